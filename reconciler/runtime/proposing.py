"""Files as a commit on a branch of their own: for a pull request, or kept there for later. What is checked out does not change."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from reconciler.errors import UsageError
from reconciler.runtime.revision import authorized, fetched, git, place_in_repository

_KEPT = "reconciler/reviews"
_WHO = {"NAME": "reconciler", "EMAIL": "reconciler@localhost"}


def committed(root: Path, changed: Mapping[str, str], message: str) -> str:
    """A commit on top of what is checked out, in which these files of the workspace have these texts. Raises UsageError."""
    with tempfile.TemporaryDirectory(prefix="reconciler-") as folder:
        environ = _environ(Path(folder))
        before = place_in_repository(root)
        _needed(git(root, "read-tree", "HEAD", environ=environ))
        for name, text in sorted(changed.items()):
            blob = _needed(git(root, "hash-object", "-w", "--stdin", environ=environ, text=text))
            _needed(git(root, "update-index", "--add", "--cacheinfo", f"100644,{blob},{before}{name}", environ=environ))
        tree = _needed(git(root, "write-tree", environ=environ))
        return _needed(git(root, "commit-tree", tree, "-p", "HEAD", "-m", message, environ=environ))


def kept(root: Path, name: str, folder: Path, authorization: str) -> None:
    """Keeps the files of a folder in the repository at the origin, on a branch of their own, where the host keeps none."""
    files = {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()}
    with tempfile.TemporaryDirectory(prefix="reconciler-") as scratch:
        environ = _environ(Path(scratch))
        for file, content in files.items():
            text = content.decode("utf-8")
            blob = _needed(git(root, "hash-object", "-w", "--stdin", environ=environ, text=text))
            _needed(git(root, "update-index", "--add", "--cacheinfo", f"100644,{blob},{file}", environ=environ))
        tree = _needed(git(root, "write-tree", environ=environ))
        commit = _needed(git(root, "commit-tree", tree, "-m", name, environ=environ))
    pushed(root, commit, f"{_KEPT}/{name}", authorization)


def brought(root: Path, name: str, into: Path, names: Sequence[str], authorization: str) -> bool:
    """Brings files that were kept so, those of these names; whether there were any."""
    try:
        commit = fetched(root, f"refs/heads/{_KEPT}/{name}", authorization)
    except UsageError:
        return False
    into.mkdir(parents=True, exist_ok=True)
    for file in names:
        text = git(root, "show", f"{commit}:{file}", environ=authorized(""))
        if text is not None:
            (into / file).write_text(f"{text}\n", encoding="utf-8")
    return True


def _environ(scratch: Path) -> dict[str, str]:
    """Git's surroundings with an index of its own, and somebody who commits."""
    environ = {**os.environ, "GIT_INDEX_FILE": str(scratch / "index")}
    return environ | {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in _WHO.items()}


def pushed(root: Path, commit: str, branch: str, authorization: str) -> None:
    """Makes the commit the branch's last one at the repository's origin, whatever was there."""
    _needed(
        git(
            root,
            "push",
            "--quiet",
            "--force",
            "origin",
            f"{commit}:refs/heads/{branch}",
            environ=authorized(authorization),
        )
    )


def _needed(said: str | None) -> str:
    if said is None:
        raise UsageError("git cannot make or push the commit", hint="may the token write to the repository?")
    return said
