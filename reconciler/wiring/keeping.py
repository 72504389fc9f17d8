"""Where results of `validate` are kept between runs, and what makes them worthless: another version of the program, another user."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import reconciler
from reconciler.load import Kept
from reconciler.load.results import key_of
from reconciler.wiring import Options

_SECRET_BYTES = 32
_READERS = ("pydantic", "ruamel.yaml", "yaml-rs")


def kept_results(options: Options) -> Kept | None:
    """The results of earlier runs; None where nothing can be kept."""
    secret = _secret(options.environ)
    if secret is None:
        return None
    kept = Kept(options.workspace, _version(), secret)
    kept.load()
    return kept


def _secret(environ: Mapping[str, str]) -> bytes | None:
    """This user's key, made on first use: results that others left in a folder are not believed."""
    folder = Path(environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME", "")) / ".cache", "reconciler")
    file = folder / "key"
    if not file.is_absolute():
        return None
    try:
        if not file.exists():
            folder.mkdir(parents=True, exist_ok=True)
            made = folder / f"key.{secrets.token_hex(8)}"
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                stream.write(secrets.token_bytes(_SECRET_BYTES))
            made.replace(file)
        found = file.read_bytes()
    except OSError:
        return None
    return found if len(found) == _SECRET_BYTES else None


def _version() -> str:
    """What the program is made of: itself, file by file, and what reads files and values for it."""
    readers = (_installed(name) for name in _READERS)
    return key_of(reconciler.__version__, sys.version, *readers, *_files(Path(reconciler.__file__).parent))


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _files(folder: Path) -> Iterator[str]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _files(Path(entry.path))
        else:
            state = entry.stat()
            yield f"{entry.path} {state.st_size} {state.st_mtime_ns}"
