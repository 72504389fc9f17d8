"""Settling what an earlier run left open, before anything new is tried.

An intent without an outcome was perhaps carried out and perhaps not. What can be read is judged by reading. What cannot be read counts
as unknown from now on: it is forgotten, and sent again by the next plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from reconciler.engine.planner import calendar_of
from reconciler.engine.remaining import remaining
from reconciler.model.address import DATABASE, Address
from reconciler.model.calendar import Calendar
from reconciler.model.capabilities import Access
from reconciler.model.journal import JournalEntry, Outcome
from reconciler.model.plan import Action, Change, Operation
from reconciler.model.state import Observed, Provenance, Window
from reconciler.providers.contract import Target
from reconciler.runtime.site import Site, Targets
from reconciler.runtime.survey import ALWAYS_READ
from reconciler.store.contract import Recording

_PROVEN = "cut off; reading it back shows it in force"
_NOT_PROVEN = "cut off; it is not in force"
_FORGOTTEN = "cut off; it cannot be read back, counts as unknown and is sent again"


def settle(site: Site, slug: str, targets: Targets, today: date) -> None:
    """Gives every open entry of the property its outcome, as far as its target can be read now; the others stay open.

    Looks for itself, whatever the scope of the run: an entry may be of a wider one.
    """
    by_target: dict[str, list[JournalEntry]] = {}
    for entry in site.store.unsettled(slug):
        by_target.setdefault(entry.address.target, []).append(entry)
    for name in sorted(by_target.keys() & targets.keys()):
        target = targets[name]
        readable = [entry for entry in by_target[name] if not _is_acknowledged(target, entry)]
        for entry in by_target[name]:
            if entry not in readable:
                _forget(site, entry)
        if readable:
            _judge_all(site, target, readable, today)


def _is_acknowledged(target: Target, entry: JournalEntry) -> bool:
    return target.capabilities.access(entry.address.kind) is Access.ACKNOWLEDGED


def _judge_all(site: Site, target: Target, entries: Sequence[JournalEntry], today: date) -> None:
    end = max((nights.until for entry in entries if (nights := _nights(entry))), default=today)
    last = today + timedelta(days=target.capabilities.horizon)
    window = Window(today, min(max(end, today + timedelta(days=1)), last))
    always = ALWAYS_READ if target.name != DATABASE else frozenset[str]()
    kinds = (frozenset(entry.address.kind for entry in entries) | always) & frozenset(target.capabilities.kinds)
    try:
        seen = target.observe(kinds, window)
    except Exception:  # noqa: BLE001 - what cannot be looked at now stays open; the survey says why
        return
    for entry in entries:
        _judge(site, entry, seen.entries, window)


def _judge(site: Site, entry: JournalEntry, observed: Mapping[Address, Observed], window: Window) -> None:
    op = Operation("", Change(entry.address, Action(entry.action), entry.before, entry.after))
    stands = remaining(op, observed.get(entry.address), window)
    in_force = stands.todo is None and not stands.has_moved
    if in_force:
        site.store.record([_recording(site, entry, Provenance.READ_BACK)])
    outcome, detail = (Outcome.APPLIED, _PROVEN) if in_force else (Outcome.FAILED, _NOT_PROVEN)
    site.store.settle(entry.run_id, [entry.seq], outcome, site.clock(), detail, entry.messages)


def _forget(site: Site, entry: JournalEntry) -> None:
    """An outcome that a run could not learn was forgotten by that run already; a cut-off intent is forgotten here."""
    if entry.outcome is None:
        site.store.record([_recording(site, entry, Provenance.UNKNOWN)])
    site.store.settle(entry.run_id, [entry.seq], Outcome.FAILED, site.clock(), _FORGOTTEN, entry.messages)


def _nights(entry: JournalEntry) -> Calendar[bool]:
    return calendar_of(entry.after).covered().overlay(calendar_of(entry.before).covered())


def _recording(site: Site, entry: JournalEntry, provenance: Provenance) -> Recording:
    known = provenance is not Provenance.UNKNOWN
    nights: Calendar[bool] | None = None
    if isinstance(entry.after, Calendar) or isinstance(entry.before, Calendar):
        nights = _nights(entry)
    return Recording(
        entry.address, entry.after if known else None, nights, provenance.value, entry.run_id, site.clock()
    )
