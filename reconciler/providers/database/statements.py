"""Named SQL: `.sql` files beside the code, in which a line `-- name: x` begins the statement x and comments below it describe it.

`[[x: column]]` in a statement stands for the piece of SQL named x, said of that column. Nothing here is built from values.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)
_PIECE = re.compile(r"\[\[(\w+): (\w+)\]\]")


@cache
def statement(file_name: str, name: str) -> bytes:
    """One statement of one file, ready to be executed. KeyError for a name that is not there."""
    named = _split(file_name)
    return _PIECE.sub(lambda piece: named[piece[1]].replace("[[column]]", piece[2]), named[name]).encode()


@cache
def _split(file_name: str) -> dict[str, str]:
    text = (files("reconciler.providers.database") / file_name).read_text("utf-8")
    parts = _NAME.split(text)[1:]
    return {name: body.strip().rstrip(";") for name, body in zip(parts[::2], parts[1::2], strict=True)}
