"""Filling what a provider cannot be asked with what it last acknowledged.

For an acknowledged kind the last acknowledged value stands; fields that can be read all the same are taken from the reading. Nights
never acknowledged stay unknown, even where a field of them can be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from reconciler.engine.planner import calendar_of
from reconciler.kinds import KINDS
from reconciler.model.address import Address
from reconciler.model.calendar import Calendar, merge
from reconciler.model.capabilities import Access, Capabilities, KindSupport
from reconciler.model.journal import Applied, JournalEntry
from reconciler.model.state import Document, NightValue, Observation, Observed, Provenance, Value

N = TypeVar("N", bound=NightValue)


def with_acknowledged(
    seen: Observation, applied: Mapping[Address, Applied], capabilities: Capabilities, wanted: Iterable[Address]
) -> dict[Address, Observed]:
    """The entries of one target, acknowledged kinds completed from what was last applied there.

    `wanted` addresses of acknowledged calendars that nobody ever saw or sent are there too, as unknown.
    """
    entries = dict(seen.entries)
    acknowledged = {
        kind: support for kind, support in capabilities.kinds.items() if support.access is Access.ACKNOWLEDGED
    }
    known = {address: last for address, last in applied.items() if address.kind in acknowledged}
    asked = (address for address in wanted if address.kind in acknowledged and KINDS[address.kind].dated)
    for address in {*known, *asked, *(address for address in entries if address.kind in acknowledged)}:
        read = entries.get(address)
        whole = _complete(read.value if read else None, known.get(address), acknowledged[address.kind], seen.traits)
        entries[address] = replace(whole, counts=read.counts) if read else whole
    return entries


def without_doubtful(applied: Mapping[Address, Applied], entries: Iterable[JournalEntry]) -> dict[Address, Applied]:
    """What was applied, without the documents and nights that these attempts may have replaced."""
    known = dict(applied)
    for entry in entries:
        last = known.pop(entry.address, None)
        if last is not None and isinstance(last.value, Calendar):
            nights = calendar_of(entry.after).covered().overlay(calendar_of(entry.before).covered())
            known[entry.address] = replace(last, value=last.value.without(nights))
    return known


def _complete(read: Value | None, last: Applied | None, support: KindSupport, traits: Mapping[str, str]) -> Observed:
    if last is None:
        # Nothing acknowledged: a document's readable fields are known, a calendar's nights are not.
        value: Value = Calendar() if isinstance(read, Calendar) or read is None else read
        return Observed(value, Provenance.UNKNOWN if isinstance(value, Calendar) else Provenance.READ_BACK)
    readable = support.readable - frozenset(traits.get("unreadable", "").split())
    if isinstance(last.value, Calendar):
        calendar = last.value
        if isinstance(read, Calendar) and readable:
            calendar = merge(last.value, read, lambda acked, now: _refresh(acked, now, readable))
        return Observed(calendar, Provenance.ACKNOWLEDGED, at=last.at)
    document: Document = {**last.value, **(read if read is not None and not isinstance(read, Calendar) else {})}
    return Observed(document, Provenance.ACKNOWLEDGED, at=last.at)


def _refresh(acked: N | None, now: N | None, readable: frozenset[str]) -> N | None:
    if acked is None or now is None:
        return acked
    return replace(acked, **{name: getattr(now, name) for name in sorted(readable)})
