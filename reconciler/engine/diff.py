"""Desired against observed: what differs, night by night and field by field.

Both sides are in the target's normal form already. Only what git wants is compared: nights it has no value for are left alone unless
the target is told to keep nothing else (`exact`), fields it does not name are somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reconciler.model.address import Address
from reconciler.model.calendar import Calendar, difference
from reconciler.model.plan import Action, Change
from reconciler.model.property import Manage
from reconciler.model.state import Desired, Document, Json, Observed, Provenance, Value


def diff(
    desired: Desired,
    observed: Mapping[Address, Observed],
    *,
    manages: Callable[[Address], Manage],
    exact: Callable[[Address], bool],
) -> Iterator[Change]:
    """The changes that make what is there what is wanted, in the order of addresses.

    `manages` says whether git owns an address; `exact` whether nights without a desired value are to be empty there.
    """
    for address in sorted(desired):
        owned = manages(address)
        seen = observed.get(address)
        if owned is Manage.NO or (owned is Manage.CREATE_ONLY and seen is not None and _has_value(seen)):
            continue
        change = compare(address, desired[address], seen, exact=exact(address))
        if change is not None:
            yield change


def compare(address: Address, wanted: Value, seen: Observed | None, *, exact: bool) -> Change | None:
    """The change at one address, or None where nothing differs."""
    if isinstance(wanted, Calendar):
        return _compare_calendar(address, wanted, seen, exact=exact)
    if seen is None or isinstance(seen.value, Calendar):
        return Change(address, Action.CREATE, None, wanted)
    now = project(seen.value, wanted)
    return None if now == wanted else Change(address, Action.UPDATE, now, wanted, seen.provenance)


def _compare_calendar(address: Address, wanted: Calendar[Any], seen: Observed | None, *, exact: bool) -> Change | None:
    now: Calendar[Any] = seen.value if seen is not None and isinstance(seen.value, Calendar) else Calendar()
    if not exact:
        now = now.keep(wanted.covered())
    changed = difference(now, wanted)
    if not changed:
        return None
    before, after = changed.map(lambda c: c.before), changed.map(lambda c: c.after)
    provenance = seen.provenance if seen is not None else Provenance.READ_BACK
    known = provenance is Provenance.READ_BACK
    return Change(
        address,
        Action.CREATE if known and (seen is None or not seen.value) else Action.UPDATE,
        before or None,
        after or None,
        provenance if known or before else Provenance.UNKNOWN,
        unknown=0 if known else changed.nights - before.nights,
        counts=seen.counts.keep(changed.covered()) if seen is not None else Calendar(),
    )


def _has_value(seen: Observed) -> bool:
    return bool(seen.value)


def project(document: Document, wanted: Document) -> dict[str, Json]:
    """The observed document reduced to the fields that git names, nested objects likewise; absent fields stay absent."""
    kept: dict[str, Json] = {}
    for key, wish in wanted.items():
        if key in document:
            there = document[key]
            kept[key] = project(there, wish) if isinstance(there, dict) and isinstance(wish, dict) else there
    return kept
