"""References: where a secret is, never what it is. Resolved as late as possible, into a type that does not show itself.

`env:NAME` and `file:PATH` so far; each further kind of store is one function in the table. Errors name the reference, never a value.

Files in git can be anybody's proposal, so a reference that they write may name only what is permitted outside of git: by default the
variables that documentation names and the folders in which containers have their secrets; RECONCILER_ALLOWED_REFERENCES says otherwise.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from reconciler.errors import CredentialError
from reconciler.model.address import matches
from reconciler.model.secret import Secret
from reconciler.model.text import is_text

MAX_BYTES = 64 * 1024

ALLOWED = (
    "env:EXPEDIA_*",
    "env:BOOKING_COM_*",
    "env:*DATABASE_URL",
    "file:/run/secrets/**",
    "file:/var/run/secrets/**",
)
"""What a reference in git may name where nobody says otherwise."""
_ALLOW, _ALLOW_EXEC = "RECONCILER_ALLOWED_REFERENCES", "RECONCILER_ALLOW_EXEC"


def resolve_written(reference: str, environ: Mapping[str, str]) -> Secret:
    """The secret that a reference in the workspace's files names. Raises CredentialError, also for one that is not permitted."""
    _permit(reference, environ)
    return resolve(reference, environ)


def _permit(reference: str, environ: Mapping[str, str]) -> None:
    scheme, _, rest = reference.partition(":")
    if scheme == "exec" and environ.get(_ALLOW_EXEC, "").strip().lower() not in ("1", "true"):
        raise CredentialError(
            "references that run a command are off",
            hint=f"set {_ALLOW_EXEC}=true where nobody but you writes the files",
        )
    said = [glob.strip() for glob in environ.get(_ALLOW, "").split(",") if glob.strip()]
    climbs = scheme == "file" and ".." in PurePosixPath(rest).parts
    if scheme in ("env", "file") and (climbs or not any(matches(glob, reference) for glob in said or ALLOWED)):
        raise CredentialError(
            f"the reference {_named(reference)} may not be used here",
            hint=f"permitted: {', '.join(said or ALLOWED)}; {_ALLOW} in the environment of this command says otherwise",
        )


def _named(reference: str) -> str:
    """The reference where it is one by its looks: only those are names for sure, and no secret."""
    return f"`{reference[:100]}`" if is_text(reference) and reference.isprintable() else _shown(reference)


def resolve(reference: str, environ: Mapping[str, str]) -> Secret:
    """The secret that a reference names, whoever wrote it. Raises CredentialError."""
    scheme, _, rest = reference.partition(":")
    door = _SCHEMES.get(scheme)
    if door is None or not rest:
        known = ", ".join(f"{name}:" for name in sorted(_SCHEMES))
        raise CredentialError(
            f"`{_shown(reference)}` is not a reference that can be resolved here", hint=f"known: {known}"
        )
    return door(rest, environ)


def _shown(reference: str) -> str:
    """Only the scheme: what follows may be a secret that somebody pasted in."""
    scheme, colon, _ = reference.partition(":")
    return f"{scheme}:…" if colon and scheme.isalpha() else "…"


def _from_environment(name: str, environ: Mapping[str, str]) -> Secret:
    for candidate in (name, *_general_names(name)):
        value = environ.get(candidate, "").strip()
        if value and not is_text(value):
            raise CredentialError(f"env:{candidate} does not hold text in UTF-8")
        if value:
            return Secret(value)
    raise CredentialError(f"env:{name} is not set", hint=f"set {name} in the environment of this command")


def _general_names(name: str) -> tuple[str, ...]:
    """`EXPEDIA_API_KEY` stands in for `EXPEDIA_SANDBOX_API_KEY` where that is absent."""
    general = tuple(name.replace(part, "_") for part in ("_SANDBOX_", "_PROD_") if part in name)
    return general[:1]


def _from_file(path: str, _environ: Mapping[str, str]) -> Secret:
    try:
        file = Path(path).expanduser()
        mode = file.stat().st_mode
        if not stat.S_ISREG(mode):
            raise CredentialError(f"file:{path} is not a file", hint="name a plain file that holds nothing else")
        if mode & 0o007:
            raise CredentialError(f"file:{path} is open to everybody", hint=f"chmod o= {path}")
        with file.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
        text = content.decode("utf-8").strip()
    except OSError as error:
        raise CredentialError(
            f"file:{path} cannot be read ({error.strerror})", hint="check the path, and who may read it"
        ) from None
    except (
        ValueError,
        RuntimeError,
    ):  # not UTF-8 (the error would hold the bytes), a path with a NUL, a home that nobody has
        raise CredentialError(f"file:{path} does not hold text, or its path cannot be one") from None
    if not text or len(content) > MAX_BYTES:
        raise CredentialError(
            f"file:{path} is empty or too large for a secret", hint=f"at most {MAX_BYTES // 1024} KiB"
        )
    return Secret(text)


_SCHEMES: dict[str, Callable[[str, Mapping[str, str]], Secret]] = {"env": _from_environment, "file": _from_file}
