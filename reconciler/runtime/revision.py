"""Which commit the workspace's files are of. Asks git, changes nothing; what git cannot say counts as not committed."""

from __future__ import annotations

import subprocess
from pathlib import Path

from reconciler.errors import UsageError


def git_state(root: Path) -> tuple[str | None, bool]:
    """The commit that is checked out (None outside git) and whether the workspace differs from it, or git could not say."""
    head = _git(root, "rev-parse", "HEAD")
    if head is None:
        return None, False
    status = _git(root, "status", "--porcelain", "--", ".")
    return head, status is None or bool(status)


def changed_files(root: Path, revision: str) -> frozenset[str]:
    """The files of the workspace, by path from `root`, that differ from a revision; files that git does not know yet included.

    Raises UsageError where git cannot say.
    """
    tracked = _git(root, "diff", "--name-only", "-z", "--relative", "--end-of-options", revision, "--", ".")
    unknown = _git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    if tracked is None or unknown is None:
        raise UsageError(
            f"git cannot say what changed since `{revision[:80]}`",
            hint="name a commit, branch or tag of the repository that the workspace is in",
        )
    return frozenset(name for name in (*tracked.split("\0"), *unknown.split("\0")) if name)


def _git(root: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.rstrip("\n") if done.returncode == 0 else None
