"""Named SQL statements: `.sql` files beside the code, in which a line `-- name: x` begins the statement called x."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


@cache
def statements(file_name: str) -> dict[str, bytes]:
    """The statements of one file of this package, by name, as bytes ready to be executed."""
    text = (files("reconciler.store") / file_name).read_text("utf-8")
    parts = _NAME.split(text)[1:]
    return {name: body.strip().rstrip(";").encode() for name, body in zip(parts[::2], parts[1::2], strict=True)}
