"""What came of checking one property: plain data that can be kept and handed between processes.

Results are kept in one file of JSON, by a key that stands for everything they depend on. The file may be deleted at any time. It is
believed only with a seal that this user's key made, so that a file that came with a checkout says nothing. Only what has no error is
kept, so that no value that a file has by mistake is copied.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from reconciler.load.across import Facts
from reconciler.model.diagnostics import Diagnostic, Severity, has_errors

MAX_BYTES = 64 * 1024 * 1024
FOLDER = Path(".reconciler", "cache")
_FILE = "results.json"
_EVERYTHING = "*\n"


class Result(NamedTuple):
    """`facts` is None where the property could not be worked out. What else it depends on: `today`, the date in `timezone`."""

    diagnostics: tuple[Diagnostic, ...]
    facts: Facts | None = None
    currency: str | None = None
    timezone: str = ""
    today: date = date.min

    def to_json(self) -> list[Any]:
        """As lists and texts."""
        told = [[d.code, d.message, d.severity, d.hint, d.file, d.line, d.column, d.address] for d in self.diagnostics]
        return [told, self.facts, self.currency, self.timezone, self.today.isoformat()]


def from_json(data: Any) -> Result:
    """The result that `to_json` wrote. Raises ValueError or TypeError for anything else."""
    told, known, currency, timezone, today = data
    diagnostics = []
    for code, message, severity, hint, file, line, column, address in told:
        _texts(code, message, hint, file, address)
        if type(line) is not int or type(column) is not int:
            raise TypeError("a place is made of numbers")
        diagnostics.append(Diagnostic(code, message, Severity(severity), hint, file, line, column, address))
    facts = None if known is None else Facts(*known)
    if facts is not None:
        _texts(facts.slug, facts.file, facts.id, *_items(facts.rooms), *_items(facts.providers))
    _texts(timezone, *([] if currency is None else [currency]))
    return Result(tuple(diagnostics), facts, currency, timezone, date.fromisoformat(today))


def _items(names: Any) -> Iterable[Any]:
    if not isinstance(names, dict):
        raise TypeError("ids are by name")
    return (*names.keys(), *names.values())


def _texts(*values: Any) -> None:
    if not all(type(value) is str for value in values):
        raise TypeError("expected text")


@dataclass(slots=True)
class Kept:
    """Results of earlier runs below a workspace. `version`: of the program that made them. `secret`: what seals the file.

    Whatever cannot be read or written is as good as not there.
    """

    root: Path
    version: str
    secret: bytes = field(repr=False)
    _known: dict[str, Any] = field(default_factory=dict)
    _used: dict[str, Any] = field(default_factory=dict)
    _new: bool = False

    def load(self) -> None:
        """Reads what is kept."""
        if _is_linked(self.root):
            return
        try:
            with (self.root / FOLDER / _FILE).open("rb") as stream:
                seal, _, content = stream.read(MAX_BYTES).partition(b"\n")
            known = json.loads(content) if hmac.compare_digest(seal, self._seal(content)) else {}
            self._known = known if isinstance(known, dict) else {}
        except (OSError, ValueError):
            pass

    def get(self, key: str) -> Result | None:
        """The result of the same work, if it is kept."""
        data = self._known.get(key)
        if data is None:
            return None
        try:
            result = from_json(data)
        except (TypeError, ValueError):
            return None
        self._used[key] = data
        return result

    def put(self, key: str, result: Result) -> None:
        """Keeps a result, unless there is an error in it."""
        if not has_errors(result.diagnostics):
            self._used[key] = result.to_json()
            self._new = True

    def save(self) -> None:
        """Writes what this run used, and as many older results at most; in one step, so that nobody reads half a file."""
        if not self._new or _is_linked(self.root):
            return
        older = [item for item in self._known.items() if item[0] not in self._used]
        content = json.dumps(dict([*older[-len(self._used) :], *self._used.items()]), separators=(",", ":")).encode()
        try:
            folder = self.root / FOLDER
            if not folder.is_dir():
                folder.mkdir(parents=True)
                (folder / ".gitignore").write_text(_EVERYTHING)
            _replace(folder / _FILE, self._seal(content) + b"\n" + content)
        except OSError:
            pass

    def _seal(self, content: bytes) -> bytes:
        return hmac.new(self.secret, content, hashlib.sha256).hexdigest().encode()


def _is_linked(root: Path) -> bool:
    """Whether the folder, or one above it, only points to another place: nothing is read or written there."""
    return any((root / folder).is_symlink() for folder in (FOLDER, FOLDER.parent))


def _replace(file: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=file.name, dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def key_of(*parts: str) -> str:
    """The key that stands for these texts, in this order."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def digests(contents: Mapping[str, bytes | Diagnostic]) -> dict[str, str]:
    """SHA-256 of contents, by name, where there are any."""
    return {name: hashlib.sha256(one).hexdigest() for name, one in contents.items() if isinstance(one, bytes)}
