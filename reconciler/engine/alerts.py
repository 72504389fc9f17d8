"""From what drift found to alerts, and from alerts to what is news."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256

from reconciler.engine.planner import calendar_of
from reconciler.model.address import DATABASE, WORKSPACE
from reconciler.model.alert import Alert, Edge, Name, Raised, Told
from reconciler.model.calendar import Calendar, merge
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.drift import Difference, DriftReport, Mover
from reconciler.model.policies import CODE

_SAID = {Mover.THERE: ("drift", "changed out there"), Mover.BOTH: ("conflict", "changed out there and in git")}
"""What is worth an alert. What only git changed waits for an apply, and what was never applied was never ours."""


def alerts(drift: DriftReport) -> Mapping[Name, Alert]:
    """Everything of a drift run that somebody should know of, by its name."""
    found = [_differs(one) for one in drift.differences if one.mover in _SAID]
    told: dict[Name, list[Diagnostic]] = {}
    for finding in drift.findings:
        if finding.severity is not Severity.INFO:
            told.setdefault((*_place(finding), _word(finding.code), finding.address), []).append(finding)
    return {alert.name: alert for alert in (*found, *(_found(name, same) for name, same in told.items()))}


def _differs(one: Difference) -> Alert:
    kind, said = _SAID[one.mover]
    where = one.address
    place = "in the database" if where.target == DATABASE else f"at {where.target}"
    what = f"{'/'.join((where.kind, *where.key))} {place}: {said}"
    if not any(isinstance(value, Calendar) for value in (one.desired, one.observed)):
        mark = _hash((one.desired, one.observed))
        return Alert(where.property, where.target, kind, str(where), Severity.WARNING, what, mark)
    sides = merge(calendar_of(one.desired), calendar_of(one.observed), lambda wanted, there: (wanted, there))
    nights = sides.map(_hash)
    what += f", {nights.nights} night(s) from {nights.start} on"
    return Alert(where.property, where.target, kind, str(where), Severity.WARNING, what, "", nights)


def _found(name: Name, same: Sequence[Diagnostic]) -> Alert:
    worst = min((finding.severity for finding in same), key=lambda one: one.rank)
    messages = sorted({finding.message for finding in same})
    more = f" (and {len(messages) - 1} more)" if len(messages) > 1 else ""
    property_, target, kind, subject = name
    return Alert(property_, target, kind, subject, worst, messages[0] + more, _hash((worst.value, *messages)))


def _place(finding: Diagnostic) -> tuple[str, str]:
    """Property and target. What is about a file only, or about the whole property, is about the hotel's own side."""
    property_, _, rest = finding.address.partition("/")
    return property_ or WORKSPACE, rest.partition("/")[0] or DATABASE


def _word(code: str) -> str:
    return _WORDS.get(code) or re.sub(r"\W", "_", code)


_WORDS = {CODE + "credential_age": "credential_expiring"}
"""What the hotel's own programs know under another name."""


def _hash(value: object) -> str:
    return sha256(repr(value).encode("utf-8", "replace")).hexdigest()[:12]


def edges(
    now: Mapping[Name, Alert], raised: Iterable[Raised], looked_at: Callable[[Alert], bool], today: date
) -> Iterator[Told]:
    """What is new, has changed, is over, or stands as it was. What was not looked at stands, whatever it is.

    `raised`: those that were told and are not over. Those of other programs are left to them.
    """
    known = {one.alert.name: one for one in raised if one.ours}
    for name, alert in now.items():
        before = known.get(name)
        same = before is not None and _same(before.alert, alert, today)
        yield Told(Edge.NEW if before is None else Edge.STANDING if same else Edge.CHANGED, alert, before)
    for name, before in known.items():
        if name not in now:
            yield Told(Edge.CLEARED if looked_at(before.alert) else Edge.STANDING, before.alert, before)


def _same(before: Alert, now: Alert, today: date) -> bool:
    left = before.nights.clip(today, date.max)
    return (before.mark, before.severity, left) == (now.mark, now.severity, now.nights)
