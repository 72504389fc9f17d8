"""Which commit the workspace's files are of, and what they were at another.

Asks git, changes nothing; what git cannot say counts as not committed.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from reconciler.errors import UsageError


def git_state(root: Path) -> tuple[str | None, bool]:
    """The commit that is checked out (None outside git) and whether the workspace's files differ from it, or git could not say."""
    head = git(root, "rev-parse", "HEAD")
    if head is None:
        return None, False
    status = git(root, "status", "--porcelain", "--", "reconciler.yaml", "properties")
    return head, status is None or bool(status)


def place_in_repository(root: Path) -> str:
    """Where the workspace is in its repository, as what stands before its paths there: empty at the top, and outside git."""
    return git(root, "rev-parse", "--show-prefix") or ""


def changed_files(root: Path, revision: str) -> frozenset[str]:
    """The files of the workspace, by path from `root`, that differ from a revision: changed, new, gone, moved (under both names).

    Files that git does not know count as new, also those that it is told to ignore: they are read all the same. Raises UsageError where
    git cannot say.
    """
    commit = _commit(root, revision)
    tracked = git(root, "diff", "--name-only", "--no-renames", "-z", "--relative", commit, "--", ".")
    unknown = git(root, "ls-files", "--others", "-z", "--", "reconciler.yaml", "properties")
    if tracked is None or unknown is None:
        raise UsageError(f"git cannot say what changed since `{revision[:80]}`")
    return frozenset(name for name in (*tracked.split("\0"), *unknown.split("\0")) if name)


def file_at(root: Path, revision: str, name: str) -> bytes | None:
    """The content that a file of the workspace had at a revision; None where there was none. Raises UsageError for no revision."""
    blob = git(root, "rev-parse", "--verify", "--quiet", f"{_commit(root, revision)}:./{name}")
    return None if blob is None else _blobs(root, [blob])[0]


def _commit(root: Path, revision: str) -> str:
    commit = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise UsageError(
            f"git knows no revision `{revision[:80]}`",
            hint="name a commit, branch or tag of the repository that the workspace is in",
        )
    return commit


_MOST_FILES, _MOST_BYTES = 100_000, 1_000_000_000
_LINK = "120000"


@contextmanager
def exported(root: Path, revision: str) -> Iterator[Path]:
    """The workspace's files as they were at a revision, in a folder of their own for as long as the block runs. Nothing is checked out.

    A symbolic link becomes one that leads nowhere: loading refuses it as it refuses the real one. Raises UsageError where git cannot say.
    """
    with _files_of(root, _commit(root, revision)) as folder:
        yield folder


@contextmanager
def merged(root: Path, base: str, head: str) -> Iterator[tuple[Path, frozenset[str]]]:
    """The workspace's files as merging `head` into `base` would leave them, like `exported`; and which of them differ from `base`.

    Neither is checked out or changed. Raises UsageError where they conflict, or where git cannot say.
    """
    tree = git(root, "merge-tree", "--write-tree", "--no-messages", _commit(root, base), _commit(root, head))
    if tree is None:
        raise UsageError(
            f"{head[:12]} cannot be merged into {base[:12]}",
            hint="bring the branch up to date; git has to be 2.38 or newer, and to have the commits in which both began",
        )
    names = git(root, "diff", "--name-only", "--no-renames", "-z", "--relative", base, tree, "--", ".")
    if names is None:
        raise UsageError(f"git cannot say what {head[:12]} changes")
    with _files_of(root, tree) as folder:
        yield folder, frozenset(name for name in names.split("\0") if name)


def fetched(root: Path, ref: str, authorization: str) -> str:
    """The commit under a ref of the repository's origin, brought here as objects and nothing more. Raises UsageError where that fails.

    `authorization`: the value of an HTTP header, or empty. Git gets it through its environment: it is in no file and no list of processes.
    """
    kept = "refs/reconciler/proposed"
    environ = authorized(authorization)
    if git(root, "fetch", "--quiet", "--no-tags", "--force", "origin", f"{ref}:{kept}", environ=environ) is None:
        raise UsageError(f"{ref} cannot be fetched from the repository", hint="is it there, and may the token read it?")
    return _commit(root, kept)


def authorized(authorization: str) -> dict[str, str]:
    """The environment in which git speaks to the origin with this header, asks nobody, and runs nothing that the repository names."""
    settings = {
        "transfer.fsckObjects": "true",
        "protocol.ext.allow": "never",
        "core.hooksPath": "/dev/null",
        "http.followRedirects": "false",  # the header goes to the origin and nowhere else
    }
    if authorization:
        settings["http.extraHeader"] = f"Authorization: {authorization}"
    environ = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_COUNT": str(len(settings))}
    for number, (name, value) in enumerate(settings.items()):
        environ |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    return environ


def is_ancestor(root: Path, commit: str, of: str) -> bool:
    """Whether a commit is part of the history of another."""
    return git(root, "merge-base", "--is-ancestor", commit, of) is not None


@contextmanager
def _files_of(root: Path, tree: str) -> Iterator[Path]:
    listed = git(root, "ls-tree", "-r", "-z", "-l", tree, "--", "reconciler.yaml", "properties") or ""
    with tempfile.TemporaryDirectory(prefix="reconciler-") as name:
        _write(root, Path(name), [entry for entry in listed.split("\0") if entry])
        yield Path(name)


def _write(root: Path, into: Path, entries: list[str]) -> None:
    listed = [(entry.partition("\t")[0].split(), entry.partition("\t")[2]) for entry in entries]
    files = [(mode, blob, int(size), path) for (mode, kind, blob, size), path in listed if kind == "blob"]
    if len(files) > _MOST_FILES or sum(size for _, _, size, _ in files) > _MOST_BYTES:
        raise UsageError("that revision has too many files, or too large ones, to be compared")
    contents = _blobs(root, [blob for _, blob, _, _ in files])
    for (mode, _, _, path), content in zip(files, contents, strict=True):
        if ".." in PurePosixPath(path).parts:
            raise UsageError(f"that revision has a file that is called `{path[:80]}`")
        file = into / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if mode == _LINK:
            file.symlink_to("nowhere")
        else:
            file.write_bytes(content)


def _blobs(root: Path, blobs: list[str]) -> list[bytes]:
    """The contents, in one call of git."""
    asked = "".join(f"{blob}\n" for blob in blobs).encode()
    done = subprocess.run(
        ["git", "-C", str(root), "cat-file", "--batch"], input=asked, capture_output=True, timeout=300, check=True
    )
    found, at = [], 0
    for _ in blobs:
        head = done.stdout.index(b"\n", at)
        size = int(done.stdout[at:head].split()[2])
        found.append(done.stdout[head + 1 : head + 1 + size])
        at = head + size + 2
    return found


def git(root: Path, *arguments: str, environ: Mapping[str, str] | None = None, text: str | None = None) -> str | None:
    """What git prints; None where it fails. `environ`: all of its environment, and then it may take long; `text`: its input."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments],
            capture_output=True,
            text=True,
            input=text,
            timeout=300 if environ else 30,
            check=False,
            env=environ,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.rstrip("\n") if done.returncode == 0 else None
