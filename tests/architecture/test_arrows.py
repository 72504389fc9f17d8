"""Imports point the way that ARCHITECTURE.md says."""

from __future__ import annotations

import ast
import configparser
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGE, ROOT, modules, name, tree

_CORE = ("errors.py", "model", "kinds", "engine", "policy")


def test_every_import_contract_is_kept() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(lint), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_codec_is_among_those_that_may_do_no_io() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter", encoding="utf-8")
    listed = config["importlinter:contract:codecs"]["source_modules"].split()
    there = {
        f"reconciler.providers.{path.parent.name}.{path.stem}" for path in (PACKAGE / "providers").glob("*/codec*.py")
    }
    assert there <= set(listed)


@pytest.mark.parametrize("path", [path for part in _CORE for path in modules(part)], ids=name)
def test_the_core_reads_no_clock_and_opens_nothing(path: Path) -> None:
    assert not [f"{path.name}:{line} {what}" for line, what in _impure_calls(tree(path))]


@pytest.mark.parametrize(
    "path", [path for path in modules("providers") if path.stem.startswith(("codec", "normal", "batching"))], ids=name
)
def test_codecs_read_no_clock_and_open_nothing(path: Path) -> None:
    assert not [f"{path.name}:{line} {what}" for line, what in _impure_calls(tree(path))]


def _impure_calls(module: ast.Module) -> list[tuple[int, str]]:
    found = []
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        if called in ("open", "print", "input", "exec", "eval", "__import__") or called.endswith(
            (".now", ".today", ".utcnow", ".fromtimestamp", ".read_text", ".write_text", ".read_bytes", ".getenv")
        ):
            found.append((node.lineno, called))
    return found
