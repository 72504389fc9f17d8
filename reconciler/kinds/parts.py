"""What an address is about: the provider, the room and the plan that its key names."""

from __future__ import annotations

from typing import NamedTuple

from reconciler.model.address import DATABASE, Address

_BY_PROVIDER = frozenset({"integration", "mapping", "rate_plan", "rates", "restrictions"})
"""Kinds whose rows in the hotel's database are one per provider."""


class Parts(NamedTuple):
    """Empty where an address does not name it: no provider in an allocation, no plan in an availability."""

    provider: str
    room: str
    plan: str


def parts(address: Address) -> Parts:
    """The parts of an address of any kind."""
    if address.kind == "schedule":
        return Parts("", "", "")
    key = address.key if address.target == DATABASE else (address.target, *address.key)
    if address.target == DATABASE and address.kind not in _BY_PROVIDER:
        key = ("", *key)
    provider, room, plan = (*key, "", "")[:3]
    return Parts(provider, room, plan)
