"""The record of what was reviewed, as a file with a seal: who cannot read the key of the pipeline cannot make one.

The seal is an HMAC with SHA-256 over the canonical JSON. A plan is found again after the merge by its record: repository, change, commit,
environment and digest all have to fit.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from typing import Any

from reconciler.engine.plan_file import canonical, read_text
from reconciler.errors import StalePlanError, UsageError
from reconciler.model.review import Record
from reconciler.model.secret import Secret
from reconciler.model.state import Json

FORMAT_VERSION = 1
MAX_BYTES = 64 * 1024
_SHORTEST_KEY = 32
_FITS = {
    "repository": "repository",
    "change": "change",
    "head": "commit",
    "environment": "environment",
    "digest": "plan",
}
"""What has to fit, in the words of people."""


def sealed(record: Record, key: Secret) -> str:
    """The text of the file. Raises UsageError for a key that could be guessed."""
    data = _to_json(record)
    return canonical({**data, "seal": _seal(data, key)}) + "\n"


def opened(text: str, key: Secret) -> Record:
    """The record in a file. Raises StalePlanError for anything that was not sealed with this key."""
    hint = "plan again on the pull request"
    try:
        data = json.loads(text[: MAX_BYTES + 1])
        if not isinstance(data, dict) or data.get("format_version") != FORMAT_VERSION:
            raise StalePlanError("not a record of a review that this version knows", hint=hint)
        seal = read_text(data.pop("seal"))
        if not hmac.compare_digest(seal.encode(), _seal(data, key).encode()):
            raise StalePlanError(
                "what was reviewed was not recorded by this pipeline: the seal does not fit", hint=hint
            )
        return _read(data)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise StalePlanError("the record of the review cannot be read", hint=hint) from error


def misfits(record: Record, wanted: Record) -> Iterator[str]:
    """What of a record is not as it has to be, in words; `base`, time and consents may be anything."""
    for name, word in _FITS.items():
        found, needed = getattr(record, name), getattr(wanted, name)
        if found != needed:
            yield f"{word} {str(found)[:80]} instead of {str(needed)[:80]}"


def _seal(data: dict[str, Json], key: Secret) -> str:
    if len(key.reveal()) < _SHORTEST_KEY:
        raise UsageError(
            f"the key of the review has fewer than {_SHORTEST_KEY} characters",
            hint="make one with `openssl rand -hex 32`, and keep it where only the pipeline of the main branch can read it",
        )
    return hmac.new(key.reveal().encode(), canonical(data).encode(), "sha256").hexdigest()


def _to_json(record: Record) -> dict[str, Json]:
    return {
        "format_version": FORMAT_VERSION,
        "repository": record.repository,
        "change": record.change,
        "base": record.base,
        "head": record.head,
        "environment": record.environment,
        "digest": record.digest,
        "made_at": record.made_at,
        "consents": [[rule, by] for rule, by in record.consents],
    }


def _read(data: dict[str, Any]) -> Record:
    if type(data["change"]) is not int:
        raise TypeError("a change has a number")
    texts = {name: read_text(data[name]) for name in ("repository", "base", "head", "environment", "digest", "made_at")}
    consents = tuple((read_text(rule), read_text(by)) for rule, by in data["consents"])
    return Record(change=data["change"], consents=consents, **texts)
