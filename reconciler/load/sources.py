"""Where the files say what is wanted at an address: file and line, for people who review a change. `explaining` has it value by value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.load.files import WORKSPACE_FILE, File
from reconciler.load.loading import Loaded
from reconciler.load.places import Places
from reconciler.load.problems import Keys
from reconciler.model.address import DATABASE, WORKSPACE, Address

MOST = 500
"""Properties of which it is looked up: it takes about 10 ms for each. Of more it is left to `explain`."""


def sources(loaded: Loaded, addresses: Iterable[Address]) -> dict[Address, str]:
    """`file:line` by address, of those that the files write something about. Nothing where they are of too many properties."""
    found: dict[Address, str] = {}
    addresses = set(addresses)
    if len({address.property for address in addresses}) > MOST:
        return {}
    places, layers, slug = Places(), [], ""
    for address in sorted(addresses):
        if address.property != slug:
            slug, places = address.property, Places()
            names = (WORKSPACE_FILE,) if slug == WORKSPACE else loaded.layers.get(slug, ())
            layers = [File(name, loaded.files[name], None) for name in names if name in loaded.files]
        for keys in _keys(address):
            if written := places.everywhere(keys, layers):
                found[address] = f"{written[0].file}:{written[0].line}"
                break
    return found


def _keys(address: Address) -> Iterator[Keys]:
    """Where it may be written, the nearest first."""
    key = address.key
    provider, *rest = key if address.target == DATABASE else (address.target, *key)
    match address.kind:
        case "rates" | "restrictions":
            room, plan = rest
            inside = [("rates", room)] if address.kind == "rates" else [("room_restrictions", room), ("restrictions",)]
            yield from (("rate_plans", plan, *at) for at in (*inside, ("derive",), ()))
        case "rate_plan":
            yield ("rate_plans", rest[-1])
        case "allocation" | "availability":
            yield from (("allocation", key[0]), ("allocation", "*"), ("rooms", key[0]))
        case "mapping":
            yield ("mappings", provider, "rooms", *rest)
        case "integration":
            yield ("providers", provider)
        case "schedule":
            yield ("schedules", *key)
