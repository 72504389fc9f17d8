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
    before = place_in_repository(root)
    return _commit(root, {before + name: text for name, text in changed.items()}, message, parent="HEAD")


def kept(root: Path, name: str, folder: Path, authorization: str) -> None:
    """Keeps the files of a folder in the repository at the origin, on a branch of their own, where the host keeps none."""
    files = {file.name: file.read_text(encoding="utf-8") for file in sorted(folder.iterdir()) if file.is_file()}
    pushed(root, _commit(root, files, name), f"{_KEPT}/{name}", authorization)


def _commit(root: Path, files: Mapping[str, str], message: str, parent: str = "") -> str:
    """A commit of these files, on top of all of its parent's where it has one."""
    with tempfile.TemporaryDirectory(prefix="reconciler-") as scratch:
        environ = {**os.environ, "GIT_INDEX_FILE": str(Path(scratch, "index"))}
        environ |= {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in _WHO.items()}
        if parent:
            _needed(git(root, "read-tree", parent, environ=environ))
        for name, text in sorted(files.items()):
            blob = _needed(git(root, "hash-object", "-w", "--stdin", environ=environ, text=text))
            _needed(git(root, "update-index", "--add", "--cacheinfo", f"100644,{blob},{name}", environ=environ))
        tree = _needed(git(root, "write-tree", environ=environ))
        return _needed(
            git(root, "commit-tree", tree, *(("-p", parent) if parent else ()), "-m", message, environ=environ)
        )


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
