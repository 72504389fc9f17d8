"""Every session in the documentation prints what it says. With REWRITE_SESSIONS=1 the pages are rewritten instead."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from reconciler.cli import extranets
from reconciler.load import workspace
from reconciler.sandbox.server import running
from tests.docs.pages import DOCS, ROOT
from tests.docs.sessions import INSTANT, Shell, committed, has_sessions, replayed
from tests.scenarios.world import _environ

PAGES = [path.name for path in sorted(DOCS.glob("*.md")) if has_sessions(path.read_text(encoding="utf-8"))]


@pytest.fixture
def shell(tmp_path: Path, database: str) -> Iterator[Shell]:
    for name in ("reconciler.yaml", "properties", "schemas"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    (tmp_path / ".gitignore").write_text(".reconciler/\n", encoding="utf-8")
    committed(tmp_path)
    with (
        running() as sandbox,
        _environ({"DATABASE_URL": database, "RECONCILER_SANDBOX": sandbox.url, "COLUMNS": "140"}),
    ):
        sandbox.admin.clock(frozen_at=INSTANT)
        extranets.set_up(sandbox.admin, workspace(tmp_path, now=datetime.fromisoformat(INSTANT)).properties)
        yield Shell(tmp_path, {"LOGNAME": "ana"}, sandbox.admin, database)


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_shows_is_what_is_printed(name: str, shell: Shell) -> None:
    page = DOCS / name
    text = page.read_text(encoding="utf-8")
    now = replayed(text, shell.run)
    if os.environ.get("REWRITE_SESSIONS"):
        page.write_text(now, encoding="utf-8")
    else:
        assert now == text, "REWRITE_SESSIONS=1 rewrites the page"
