"""Three-way comparison: git, last applied, observed; per night, who moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial

from reconciler.engine.diff import project
from reconciler.engine.planner import calendar_of, horizons, touched
from reconciler.kinds.availability import in_force
from reconciler.model.address import Address
from reconciler.model.calendar import Calendar, merge
from reconciler.model.drift import Difference, Mover
from reconciler.model.journal import Applied
from reconciler.model.plan import Change
from reconciler.model.state import Document, Provenance, Value


def differences(changes: Iterable[Change], applied: Mapping[Address, Applied]) -> Iterator[Difference]:
    """Every change as a difference with its mover; a calendar's nights are told apart where the movers differ.

    Unknown values are not among them: nobody can say that they differ.
    """
    ends = horizons(applied)
    for change in changes:
        if change.provenance is Provenance.UNKNOWN:
            continue
        last = applied.get(change.address)
        if isinstance(change.after, Calendar) or isinstance(change.before, Calendar):
            yield from _by_mover(change, last.value if last else None, ends.get(change.address))
        else:
            yield _document(change, change.after, change.before, last.value if last else None)


def _document(change: Change, desired: Document | None, observed: Document | None, last: Value | None) -> Difference:
    applied = project(last, desired or {}) if last is not None and not isinstance(last, Calendar) else None
    mover = who_moved(desired, applied, observed, known=last is not None)
    if mover is Mover.BOTH and applied is not None and observed is not None and project(observed, applied) == applied:
        mover = Mover.GIT  # it names more fields than it did; nobody changed those that were applied
    return Difference(change.address, mover, desired, applied, observed, change.provenance)


def _by_mover(change: Change, last: Value | None, end: date | None) -> Iterator[Difference]:
    nights = touched(change)
    desired, observed = calendar_of(change.after), calendar_of(change.before)
    if change.provenance is not Provenance.READ_BACK:
        nights = nights.keep(observed.covered())
    if end is not None:
        # Nights that entered the horizon since were never anybody's to change: not drift.
        nights = nights.clip(date.min, end)
    applied = calendar_of(last).keep(nights)
    if change.address.kind == "availability":
        applied = in_force(applied, change.counts)  # as far as bookings leave room for it, like what is desired
    sides = merge(merge(desired, applied, lambda d, a: (d, a)), observed, lambda pair, o: (*(pair or (None, None)), o))
    movers = sides.keep(nights).map(lambda side: who_moved(*side, known=side[1] is not None))
    for mover in Mover:
        on = movers.map(partial(_only, mover))
        if on:
            yield Difference(
                change.address,
                mover,
                desired.keep(on) or None,
                applied.keep(on) or None,
                observed.keep(on) or None,
                change.provenance,
                change.counts.keep(on),
            )


def _only(mover: Mover, moved: Mover) -> bool | None:
    return moved is mover or None


def who_moved(desired: object, applied: object, observed: object, *, known: bool) -> Mover:
    """Desired and observed differ: who left what was last applied?"""
    if not known:
        return Mover.FIRST
    if applied == desired:
        return Mover.THERE
    return Mover.GIT if applied == observed else Mover.BOTH
