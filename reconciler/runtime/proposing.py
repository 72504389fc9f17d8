"""Changed files as a commit on a branch of their own, for a pull request. Neither what is checked out nor git's settings change."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from reconciler.errors import UsageError
from reconciler.runtime.revision import authorized, git, place_in_repository

_WHO = {"NAME": "reconciler", "EMAIL": "reconciler@localhost"}


def committed(root: Path, changed: Mapping[str, str], message: str) -> str:
    """A commit on top of what is checked out, in which these files of the workspace have these texts. Raises UsageError."""
    with tempfile.TemporaryDirectory(prefix="reconciler-") as folder:
        environ = {**os.environ, "GIT_INDEX_FILE": str(Path(folder, "index"))}
        environ |= {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in _WHO.items()}
        before = place_in_repository(root)
        _needed(git(root, "read-tree", "HEAD", environ=environ))
        for name, text in sorted(changed.items()):
            blob = _needed(git(root, "hash-object", "-w", "--stdin", environ=environ, text=text))
            _needed(git(root, "update-index", "--add", "--cacheinfo", f"100644,{blob},{before}{name}", environ=environ))
        tree = _needed(git(root, "write-tree", environ=environ))
        return _needed(git(root, "commit-tree", tree, "-p", "HEAD", "-m", message, environ=environ))


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
