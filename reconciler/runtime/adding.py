"""A part of a property laid over many: a plan, a policy, a season that every hotel of a group is to have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.errors import UsageError
from reconciler.load import editing
from reconciler.load.layout import Layout
from reconciler.model.property import BOOKING, CREATE, Property

_WHOLE = (("rate_plans",), ("cancellation_policies",), ("seasons",), ("rooms",))
"""What is made of named things: each of these goes in whole."""


def add(layout: Layout, fragment: Mapping[str, Any], *, replace: bool) -> None:
    """Puts everything that the fragment says. Raises UsageError where the file says something else there already, unless `replace`."""
    for keys, value in leaves(fragment, ()):
        there = editing.get(layout, keys)
        if there is not None and there != editing.part(value) and not replace:
            raise UsageError(
                f"`{'/'.join(keys)}` is there already and says something else",
                hint="give --replace to have it replaced",
            )
        editing.put(layout, keys, value)


def leaves(value: Mapping[str, Any], keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The fragment in the pieces that go in whole: named things, and single values."""
    for key, item in value.items():
        here = (*keys, str(key))
        if isinstance(item, Mapping) and item and keys not in _WHOLE:
            yield from leaves(item, here)
        else:
            yield here, item


def to_create(layout: Layout, hotel: Property, plans: Mapping[str, Any]) -> None:
    """Maps these plans as to be made, at every provider of the property where they are not mapped yet."""
    for name, plan in plans.items():
        chosen = plan.get("rooms") if isinstance(plan, Mapping) else None
        for provider in sorted(hotel.providers):
            rooms = [room for room in hotel.mappings[provider].rooms if chosen is None or room in chosen]
            keys = ("mappings", provider, "rate_plans", name)
            if rooms and editing.get(layout, keys) is None:
                value: Any = CREATE if provider == BOOKING else dict.fromkeys(rooms, CREATE)
                editing.put(layout, keys, value)
