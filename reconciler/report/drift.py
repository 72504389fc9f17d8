"""Drift as a report: what differs out there, who moved, and the three values of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial
from typing import Any

from reconciler.engine.planner import calendar_of
from reconciler.model.address import DATABASE
from reconciler.model.alert import Told
from reconciler.model.calendar import Calendar, merge
from reconciler.model.drift import Difference, DriftReport, Mover
from reconciler.model.state import Counts, NightValue, Provenance, Value
from reconciler.report import coverage, drift_file, findings, stretches
from reconciler.report.alerts import recorded
from reconciler.report.contract import Entry, Line, Report, Section, Sign, Stretch, Tone, count, unshown
from reconciler.report.nights import lines, moment
from reconciler.report.plan import facts, folded
from reconciler.report.values import NOT_SET, NOTHING, UNKNOWN, amount, capped, flat, night, packed, telling

_MOVED = {
    Mover.THERE: "changed out there",
    Mover.GIT: "changed in git, not applied yet",
    Mover.BOTH: "changed on both sides",
    Mover.FIRST: "never applied",
}


def build(drift: DriftReport, told: Sequence[Told] | None = None) -> Report:
    """The report of one drift run; the verdict stands first. `told`: what became of alerts, where they were recorded."""
    slugs = {*drift.properties, *(d.address.property for d in drift.differences), *(p for p, _ in drift.coverage)}
    slugs |= {*findings.properties(drift.findings), *(address.property for address in drift.never_sent)}
    sections = [section for slug in sorted(slugs) if (section := _section(drift, slug))]
    quiet = len({*drift.properties} - {section.heading for section in sections} - findings.failing(drift.findings))
    sentence, alerts = recorded(told, drift.as_of) if told is not None else ("", {})
    return Report(
        subject="drift",
        title=f"Drift in {drift.environment}",
        verdict=verdict(drift),
        data=lambda: drift_file.to_json(drift) | ({} if told is None else {"alerts": alerts}),
        environment=drift.environment,
        closing=False,
        facts=facts(moment(drift.as_of), drift.commit),
        warnings=("This report is partial: only a part of the workspace was looked at.",) if drift.partial else (),
        sections=tuple(sorted(sections, key=lambda section: not section.warnings)),
        findings=findings.told_apart(drift.findings),
        tally=findings.tally(drift.findings),
        remainder=(
            *((f"{unshown(quiet, sections)} without differences.",) if quiet else ()),
            *((sentence,) if sentence else ()),
        ),
        sides=("git", "out there"),
        signs={Sign.UPDATE: "differs", Sign.DELETE: "not there"},
    )


def verdict(drift: DriftReport) -> str:
    """`1 difference at Expedia, 1 in the database: all changed out there.` or `No drift.`"""
    unknown = f" {_never_sent(len(drift.never_sent))}." if drift.never_sent else ""
    failing = len(findings.failing(drift.findings))
    if not drift.differences:
        where = f"{count(failing, 'property', 'properties')} could not be looked at whole"
        return f"No drift where it could be looked; {where}.{unknown}" if failing else f"No drift.{unknown}"
    by_target = Counter(d.address.target for d in drift.differences)
    places = [(by_target[target], _place(target)) for target in sorted(by_target, key=lambda t: (t == DATABASE, t))]
    (first, place), *rest = places
    said = ", ".join([f"{count(first, 'difference')} {place}", *(f"{number:,} {where}" for number, where in rest)])
    return f"{said}: {_movers(drift.differences)}.{unknown}"


def _place(target: str) -> str:
    return "in the database" if target == DATABASE else f"at {target.capitalize()}"


def _movers(differences: Sequence[Difference]) -> str:
    by_mover = Counter(d.mover for d in differences)
    if len(by_mover) == 1:
        return ("all " if len(differences) > 1 else "") + _MOVED[differences[0].mover]
    return ", ".join(f"{by_mover[mover]:,} {_MOVED[mover]}" for mover in Mover if by_mover[mover])


def _never_sent(number: int) -> str:
    return f"{count(number, 'address', 'addresses')} never sent and not readable there: unknown, not drift"


def _section(drift: DriftReport, slug: str) -> Section | None:
    differences = [d for d in drift.differences if d.address.property == slug]
    unknown = tuple(a.within_property() for a in sorted(drift.never_sent) if a.property == slug)
    warnings = findings.suspended(drift.findings, slug)
    notices = [*coverage.unmapped(drift.coverage, slug), *findings.unmanaged(drift.findings, slug)]
    if unknown:
        notices.append(f"{_never_sent(len(unknown))}: {coverage.names(unknown)}")
    if not (differences or warnings or notices):
        return None
    said = count(len(differences), "difference") if differences else "no drift"
    return Section(
        heading=slug,
        environment=drift.environment,
        summary=" · ".join(filter(None, (said, coverage.summary(drift.coverage, slug)))),
        warnings=warnings,
        notices=tuple(notices),
        entries=tuple(folded(_entries(differences, drift.as_of.year))),
        tally=findings.of_property(drift.findings, slug),
    )


def _entries(differences: Iterable[Difference], year: int) -> Iterator[Entry]:
    for difference in sorted(differences, key=lambda d: (d.address, list(Mover).index(d.mover))):
        yield Entry(
            Sign.DELETE if difference.observed is None and _READ[difference.provenance] else Sign.UPDATE,
            difference.address.within_property(),
            _MOVED[difference.mover],
            _calendar_lines(difference, year) if _dated(difference) else _document_lines(difference),
            Tone.QUIET if difference.mover is Mover.GIT else Tone.WARNING,
            calendar=partial(_stretches, difference) if _dated(difference) else None,
            address=difference.address,
            source=difference.source,
        )


_READ = {Provenance.READ_BACK: True, Provenance.ACKNOWLEDGED: False, Provenance.UNKNOWN: False}


def _dated(difference: Difference) -> bool:
    values = (difference.desired, difference.applied, difference.observed)
    return any(isinstance(value, Calendar) for value in values)


def _there(difference: Difference) -> tuple[str, str]:
    """How to call what is out there, and what stands for nothing there."""
    return ("out there", NOTHING) if _READ[difference.provenance] else ("acknowledged", UNKNOWN)


_Sides = tuple[NightValue | None, NightValue | None, NightValue | None, Counts | None]
"""Git's, last applied, out there, and what is left and sold there."""


def _sides(difference: Difference) -> Calendar[_Sides]:
    wanted = merge(calendar_of(difference.desired), calendar_of(difference.applied), lambda d, a: (d, a))
    sides = merge(wanted, calendar_of(difference.observed), lambda pair, o: (*(pair or (None, None)), o))
    return merge(sides, difference.counts, lambda side, units: None if side is None else (*side, units))


def _cells(difference: Difference, side: _Sides) -> tuple[str, str, str]:
    place, absent = _there(difference)
    desired, applied, observed = telling(side[:3])
    units = side[3]
    sold = f" (left {units.left}, sold {units.sold})" if units is not None else ""
    seen = f"{place} {night(observed, absent)}{sold}"
    return f"git {night(desired)}", f"last applied {night(applied, _never(difference))}", seen


def _calendar_lines(difference: Difference, year: int) -> tuple[Line, ...]:
    return lines(_sides(difference).map(partial(_cells, difference)), year)


def _stretches(difference: Difference) -> tuple[Stretch, ...]:
    @cache
    def words(side: _Sides) -> stretches.Words:
        git, applied, seen = _cells(difference, side)
        return f"{git}, {applied}", seen, amount(side[0]), amount(side[2])

    return stretches.stretches(_sides(difference), words)


def _never(difference: Difference) -> str:
    return "never" if difference.applied is None else NOTHING


def _document_lines(difference: Difference) -> tuple[Line, ...]:
    place, absent = _there(difference)
    desired, applied, observed = (_leaves(v) for v in (difference.desired, difference.applied, difference.observed))
    if observed is None:
        gone = "not there any more" if applied is not None else "not there"
        return ((f"{gone}; git wants",), *packed(_document(difference.desired)))
    wanted = desired or {}
    differing = [name for name in sorted({*wanted, *observed}) if wanted.get(name) != observed.get(name)]
    return capped(
        (
            name,
            f"git {wanted.get(name, NOT_SET)}",
            f"last applied {'never' if applied is None else applied.get(name, NOT_SET)}",
            f"{place} {observed.get(name, absent if absent == UNKNOWN else NOT_SET)}",
        )
        for name in differing
    )


def _leaves(value: Value | None) -> dict[str, str] | None:
    return None if value is None or isinstance(value, Calendar) else flat(value)


def _document(value: Value | None) -> dict[str, Any]:
    return {} if value is None or isinstance(value, Calendar) else dict(value)
