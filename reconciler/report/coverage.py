"""Coverage in words: how many rooms and rates of a provider are mapped, and which are not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.state import Coverage
from reconciler.report.contract import count

_MOST_NAMES = 12


def summary(coverage: Mapping[tuple[str, str], Coverage], slug: str) -> str:
    """`mapped 4 of 4 rooms, 11 of 12 rates` over all providers of a property; empty where nothing is known."""
    of = [value for (hotel, _), value in coverage.items() if hotel == slug]
    if not of:
        return ""
    rooms = f"{sum(c.rooms_mapped for c in of)} of {count(sum(c.rooms for c in of), 'room')}"
    return f"mapped {rooms}, {sum(c.rates_mapped for c in of)} of {count(sum(c.rates for c in of), 'rate')}"


def unmapped(coverage: Mapping[tuple[str, str], Coverage], slug: str) -> Iterator[str]:
    """For each provider of a property with something unmapped, a sentence that names it."""
    for (hotel, provider), value in sorted(coverage.items()):
        lists = [
            f"{word} {names(missing)}"
            for word, missing in (("rooms", value.unmapped_rooms), ("rates", value.unmapped_rates))
            if missing
        ]
        if hotel == slug and lists:
            yield f"not mapped at {provider}: {'; '.join(lists)}"


def names(items: tuple[str, ...], between: str = ", ") -> str:
    """Names with commas, the rest counted."""
    rest = len(items) - _MOST_NAMES
    return between.join(items[:_MOST_NAMES]) + (f" and {rest:,} more" if rest > 0 else "")
