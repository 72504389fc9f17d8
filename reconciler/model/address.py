"""Addresses: the name of everything that can differ, `<property>/<target>/<kind>/<key...>`.

Globs over addresses: `*` stays within a segment, `**` crosses segments.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

WORKSPACE = "_workspace"
DATABASE = "database"


class Address(NamedTuple):
    """For instance `lisbon-baixa/booking.com/rates/double/BAR`. Sorts by its parts."""

    property: str
    target: str
    kind: str
    key: tuple[str, ...]

    def __str__(self) -> str:
        return "/".join((self.property, self.target, self.kind, *self.key))

    def within_property(self) -> str:
        """Without the property: how reports name it under the property's heading."""
        return "/".join((self.target, self.kind, *self.key))


def parse(text: str) -> Address:
    """The address that `text` spells. Raises ValueError for fewer than four segments or an empty one."""
    parts = text.split("/")
    if len(parts) < 4 or not all(parts):
        raise ValueError(f"not an address: {text!r} (property/target/kind/key)")
    return Address(parts[0], parts[1], parts[2], tuple(parts[3:]))


def matches(glob: str, text: str) -> bool:
    """Whether the whole of `text` is covered by `glob`."""
    return _compiled(glob).fullmatch(text) is not None


@lru_cache(maxsize=256)
def _compiled(glob: str) -> re.Pattern[str]:
    tokens = re.findall(r"\*\*/|\*\*|\*|\?|[^*?]+", glob)
    spelled = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(spelled.get(token) or re.escape(token) for token in tokens), re.DOTALL)
