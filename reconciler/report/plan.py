"""A plan as a report: what would change, property by property.

Operations of one address are one entry; what only moves the horizon on is one line per property; entries with the same nights and
values as the one before them say so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache, lru_cache, partial
from typing import Any

from reconciler.engine import plan_file
from reconciler.engine.planner import calendar_of
from reconciler.engine.reviewed import Review
from reconciler.kinds import KINDS
from reconciler.model.address import Address
from reconciler.model.calendar import Calendar, merge
from reconciler.model.plan import Action, Label, Operation, Plan, Scope
from reconciler.model.policies import refused
from reconciler.model.state import Provenance, Value
from reconciler.report import coverage, findings, stretches
from reconciler.report.contract import Entry, Line, Report, Section, Sign, count, unshown
from reconciler.report.meaning import meaning
from reconciler.report.nights import lines, moment
from reconciler.report.values import NOTHING, UNKNOWN, document_change, night_change

SIGNS = {Action.CREATE: Sign.CREATE, Action.UPDATE: Sign.UPDATE, Action.DELETE: Sign.DELETE}
_SHOWN_ORDER = (Action.UPDATE, Action.CREATE, Action.DELETE)


@dataclass(frozen=True, slots=True)
class Proposed:
    """A plan of a change under review. `consent`: what is to be written to consent to a rule; `told`: what people said so far."""

    consent: Callable[[str], str]
    told: tuple[str, ...] = ()


def build(plan: Plan, *, digest: str = "", review: Review | None = None, proposed: Proposed | None = None) -> Report:
    """The report of a plan. `digest` of its file, where the caller has it already: computing it writes the whole file.

    `review`: how it stands to the plan that was reviewed, where it was made again. `proposed`: what is to be told where it is reviewed.
    """
    by_property = _by_property(plan)
    told = findings.told_apart(plan.findings)
    slugs = sorted(
        {*plan.properties, *by_property, *findings.properties(plan.findings), *(p for p, _ in plan.coverage)}
    )
    sections = [section for slug in slugs if (section := _section(plan, slug, by_property.get(slug, [])))]
    told_of = {section.heading for section in sections} | _not_whole(plan)
    quiet = len({*plan.properties} - told_of)
    return Report(
        subject="plan",
        title=f"Plan for {plan.environment}",
        verdict=" ".join(filter(None, (_refusal(plan) if proposed else "", closing_line(plan)))),
        data=lambda: plan_file.to_json(plan),
        environment=plan.environment,
        facts=facts(moment(plan.as_of), plan.commit, digest or plan_file.digest(plan)),
        warnings=(
            *_offline(plan),
            *_not_reviewed(review),
            *(_to_consent(plan) if proposed else (*_refused(plan), *_partial(plan.scope))),
        ),
        notices=(
            *_as_reviewed(review),
            *_consents(plan),
            *(proposed.told if proposed else ()),
            *_prune(plan.scope),
        ),
        asks=tuple(map(proposed.consent, refused(plan.findings))) if proposed else (),
        sections=tuple(sorted(sections, key=lambda section: not section.warnings)),
        findings=told,
        tally=findings.tally(plan.findings),
        remainder=(f"{unshown(quiet, sections)} without changes.",) if quiet else (),
    )


def facts(as_of: str, commit: str | None, digest: str = "") -> tuple[tuple[str, str], ...]:
    """What a report rests on, for its first lines."""
    known = (("as of", as_of), ("commit", commit or ""), ("digest", digest))
    return tuple((name, value) for name, value in known if value)


def closing_line(plan: Plan) -> str:
    """`Plan: 1 to create, 3 to update, 0 to delete; 5 messages to send. Nothing has been changed.` or `No changes.`

    The latter is only said where everything could be looked at.
    """
    failing = len(_not_whole(plan))
    if not plan.operations:
        where = f"{count(failing, 'property', 'properties')} could not be planned whole"
        return f"Nothing to change where it could be looked; {where}." if failing else "No changes."
    counts = _counts(plan.operations)
    first = counts.pop("first")
    changes = ", ".join(f"{number:,} to {action}" for action, number in counts.items())
    sends = f" {first:,} to send for the first time;" if first else ""
    return f"Plan: {changes};{sends} {count(plan.messages, 'message')} to send. Nothing has been changed."


def _not_whole(plan: Plan) -> set[str]:
    """The properties that could not be planned whole."""
    return findings.failing(plan.findings) | findings.left_out(plan.findings)


def _counts(operations: Iterable[Operation]) -> dict[str, int]:
    """Addresses by what happens to them; those of which nothing is known are counted apart, as `first`."""
    by_action: dict[str, set[Address]] = {"create": set(), "update": set(), "delete": set(), "first": set()}
    for op in operations:
        by_action["first" if op.change.provenance is Provenance.UNKNOWN else op.change.action.value].add(op.address)
    return {action: len(addresses) for action, addresses in by_action.items()}


def _by_property(plan: Plan) -> dict[str, list[Operation]]:
    by_property: dict[str, list[Operation]] = defaultdict(list)
    for op in plan.operations:
        by_property[op.address.property].append(op)
    return by_property


def _refusal(plan: Plan) -> str:
    names = refused(plan.findings)
    return f"Refused by {', '.join(names)}." if names else ""


def _refused(plan: Plan) -> Iterator[str]:
    """What refuses the plan, and how all of it would be consented to."""
    if said := _refusal(plan):
        yield f"{said} To consent, plan again with {' '.join(f'--consent {name}' for name in refused(plan.findings))}."


def _to_consent(plan: Plan) -> Iterator[str]:
    if refused(plan.findings):
        yield "To consent, somebody who may write to this repository and did not make the change comments:"


def _partial(scope: Scope) -> Iterator[str]:
    if not scope.partial:
        return
    parts = []
    if scope.properties:
        parts.append(f"properties {coverage.names(scope.properties)}")
    if scope.targets:
        parts.append(f"targets {coverage.names(scope.targets)}")
    if scope.window is not None:
        parts.append(f"the next {count(scope.window, 'night')}")
    yield f"This plan is partial. It looks at: {'; '.join(parts)}."


def _offline(plan: Plan) -> Iterator[str]:
    if plan.offline is not None:
        at, age = moment(plan.offline.as_of), _age(plan.as_of - plan.offline.as_of)
        yield f"Planned offline against a snapshot of {at}, {age} old: what is out there may be otherwise. This plan cannot be applied."


def _age(age: timedelta) -> str:
    """How old something is, in the largest unit of which it has two."""
    minutes = max(int(age.total_seconds()) // 60, 0)
    if minutes >= 2 * 24 * 60:
        return count(minutes // (24 * 60), "day")
    return count(minutes // 60, "hour") if minutes >= 2 * 60 else count(minutes, "minute")


def _not_reviewed(review: Review | None) -> Iterator[str]:
    if review is not None and review.others:
        yield f"Not as reviewed: {coverage.names(tuple(str(address) for address in review.others))}."


def _as_reviewed(review: Review | None) -> Iterator[str]:
    if review is not None and not review.others:
        done = (
            f"; at {count(len(review.done), 'more address', 'more addresses')} it is already so" if review.done else ""
        )
        yield f"As reviewed: what changes at {count(len(review.same), 'address', 'addresses')}{done}."


def _consents(plan: Plan) -> Iterator[str]:
    if plan.consents:
        yield f"Consent given to: {', '.join(plan.consents)}."


def _prune(scope: Scope) -> Iterator[str]:
    if scope.prune:
        yield "Rate plans that vanished from the files are retired (--prune)."


def _section(plan: Plan, slug: str, operations: Sequence[Operation]) -> Section | None:
    """The property with something to say, or None."""
    warnings = findings.suspended(plan.findings, slug)
    notices = (*coverage.unmapped(plan.coverage, slug), *findings.unmanaged(plan.findings, slug))
    if not (operations or warnings or notices):
        return None
    return Section(
        heading=slug,
        environment=plan.environment,
        summary=" · ".join(filter(None, (_summary(operations), coverage.summary(plan.coverage, slug)))),
        meaning=meaning(operations),
        warnings=warnings,
        notices=notices,
        entries=tuple(_entries(operations, plan.as_of.year)),
        tally=findings.of_property(plan.findings, slug),
    )


def _summary(operations: Sequence[Operation]) -> str:
    counts = _counts(operations)
    said = [f"{counts[action.value]:,} to {action.value}" for action in _SHOWN_ORDER if counts[action.value]]
    if counts["first"]:
        said.append(count(counts["first"], "first send"))
    return ", ".join(said) or "no changes"


def _entries(operations: Sequence[Operation], year: int) -> Iterator[Entry]:
    by_address: dict[Address, list[Operation]] = defaultdict(list)
    for op in operations:
        if op.label is not Label.HORIZON:
            by_address[op.address].append(op)
    entries = [
        (_SHOWN_ORDER.index(parts[0].change.action), address, _entry(address, parts, year))
        for address, parts in sorted(by_address.items())
    ]
    yield from folded([entry for _, _, entry in sorted(entries, key=lambda item: item[:2])])
    yield from _horizon([op for op in operations if op.label is Label.HORIZON], year)


def folded(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Entries with equal lines brought together under the first of them, which alone keeps the lines.

    Each keeps its own calendar: equal lines may have left out different nights.
    """
    alike: dict[object, list[Entry]] = {}
    for number, entry in enumerate(entries):
        alike.setdefault((entry.sign, entry.lines) if entry.lines else number, []).append(entry)
    for first, *others in alike.values():
        yield first
        said = "the same nights" if _dated(first.name) else "the same"
        for other in others:
            remark = f"{said}, {other.remark}" if other.remark else said
            yield replace(other, remark=remark, lines=(), alike=True)


def _dated(name: str) -> bool:
    kind = KINDS.get(name.split("/")[1]) if "/" in name else None
    return kind is not None and kind.dated


def _entry(address: Address, parts: Sequence[Operation], year: int) -> Entry:
    changes = [part.change for part in parts]
    provenance = changes[0].provenance
    absent = NOTHING if provenance is Provenance.READ_BACK else UNKNOWN
    before, after = _joined([change.before for change in changes]), _joined([change.after for change in changes])
    remark = "acknowledged" if provenance is Provenance.ACKNOWLEDGED else ""
    entry = Entry(SIGNS[changes[0].action], address.within_property(), remark, address=address, source=parts[0].source)
    if not (isinstance(before, Calendar) or isinstance(after, Calendar)):
        return replace(entry, lines=document_change(before, after, absent))
    counts: Calendar[Any] = Calendar()
    for change in changes:
        counts = counts.overlay(change.counts)
    nights = (calendar_of(before), calendar_of(after), counts, absent)
    return replace(entry, lines=calendar_lines(*nights, year), calendar=partial(stretches.of_change, *nights))


def _joined(values: Sequence[Value | None]) -> Value | None:
    """The value of all operations of one address together: they have no night in common."""
    there = [value for value in values if value is not None]
    if len(there) < 2 or not isinstance(there[0], Calendar):
        return there[0] if there else None
    whole: Calendar[Any] = Calendar()
    for value in there:
        whole = whole.overlay(calendar_of(value))
    return whole


@lru_cache(maxsize=256)  # the database and a provider mostly get the same nights
def calendar_lines(
    before: Calendar[Any], after: Calendar[Any], counts: Calendar[Any], absent: str, year: int
) -> tuple[Line, ...]:
    """What becomes of the nights of a calendar, as runs."""
    said = cache(partial(night_change, absent=absent))
    sides = merge(before, after, lambda b, a: (b, a))
    if not counts:
        return lines(sides.map(lambda side: said(*side, None)), year)
    counted = merge(sides, counts, lambda side, units: None if side is None else (*side, units))
    return lines(counted.map(lambda side: said(*side)), year)


def _horizon(operations: Sequence[Operation], year: int) -> Iterator[Entry]:
    """One line for all the nights that the horizon lets in."""
    entering: Calendar[bool] = Calendar()
    for op in operations:
        entering = entering.overlay(calendar_of(op.change.after).covered())
    if entering:
        addresses = count(len({op.address for op in operations}), "address", "addresses")
        yield Entry(
            Sign.UPDATE,
            f"horizon: new nights at {addresses}",
            lines=lines(entering.map(lambda _: ()), year),
            calendar=partial(stretches.entering, entering),
        )
