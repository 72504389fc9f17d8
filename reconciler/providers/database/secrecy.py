"""What of a row's JSONB may be seen: references as they are, secrets never, not even in part."""

from __future__ import annotations

import re

from reconciler.model.state import Json
from reconciler.model.workspace import REFERENCE_SCHEMES

PLAINTEXT = "(plaintext)"
SEALED = "(sealed)"

# A word, a colon and something is not enough: `user:password` looks the same.
_PATHS = "|".join(sorted(REFERENCE_SCHEMES - {"env", "sealed"}))
_REFERENCE = re.compile(rf"env:[A-Za-z_][A-Za-z0-9_]*|({_PATHS}):[^\r\n]{{1,500}}")
_TELLING = re.compile(
    r"secret|passw|passphrase|token|(api|private|access|signing|encryption)_?key|credential|signature|authorization"
    r"|^(pwd|pass|auth|key|pin)$",
    re.IGNORECASE,
)
_USER_INFO = re.compile(r"(?<=://)[^/?#\s]+@")


def credentials(value: Json) -> Json:
    """The column `credentials`, with a mark in place of everything that is not a reference."""
    if value is None or value in (PLAINTEXT, SEALED):
        return value
    if isinstance(value, dict):
        return SEALED if "sealed" in value else {key: credentials(item) for key, item in value.items()}
    if isinstance(value, str) and _REFERENCE.fullmatch(value):
        return value
    return SEALED if isinstance(value, str) and value.startswith("sealed:") else PLAINTEXT


def configuration(value: Json) -> Json:
    """The column `configuration`, where other programs may keep what their key names call a secret."""
    if isinstance(value, dict):
        return {k: credentials(v) if _TELLING.search(k) else configuration(v) for k, v in value.items()}
    if isinstance(value, list):
        return [configuration(item) for item in value]
    return value


def url(value: Json) -> Json:
    """A URL without the user and password that it may carry."""
    return _USER_INFO.sub(f"{PLAINTEXT}@", value) if isinstance(value, str) else value
