"""Code owners: who has to agree to a change of which files, in the form that GitHub and GitLab read.

A folder of properties belongs to the people who run these hotels; rules (reconciler.yaml, pipelines) to those who answer for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from reconciler.errors import UsageError
from reconciler.load.files import PROPERTIES, WORKSPACE_FILE, tree
from reconciler.model.diagnostics import did_you_mean

RULES = (f"/{WORKSPACE_FILE}", f"/{PROPERTIES}/_defaults.yaml", "/.github/", "/.gitlab-ci.yml", "/CODEOWNERS")
_OWNER = re.compile(r"@[A-Za-z0-9][\w.-]*(?:/[\w.-]+)*|[^\s@]+@[^\s@]+\.[^\s@]+")
_FOLDER = "{folder}"


def owners(root: Path, team: str, rules: Sequence[str], folders: Mapping[str, str]) -> str:
    """The text of a CODEOWNERS file. Raises UsageError for an owner that is none, or a folder that is not there.

    `team`: who owns a folder of properties, with `{folder}` for its name; `folders`: by folder, who owns it instead.
    """
    known = sorted({file.split("/")[1] for file in tree(root).properties.values() if file.count("/") > 1})
    for folder in folders:
        if folder not in known:
            raise UsageError(f"there is no folder {PROPERTIES}/{folder}", hint=did_you_mean(folder, known))
    return "".join(f"{line}\n" for line in _lines(known, team, rules, folders))


def _lines(known: Sequence[str], team: str, rules: Sequence[str], folders: Mapping[str, str]) -> Iterator[str]:
    """The last line that fits a file decides, so what belongs to all stands last."""
    yield "# Written by `reconciler codeowners`; run it again after folders come or go."
    width = max(len(path) for path in (*RULES, *(f"/{PROPERTIES}/{folder}/" for folder in known)))
    everybody = " ".join(_owner(rule) for rule in rules)
    yield f"{'*':<{width}} {everybody}"
    for folder in known:
        said = folders.get(folder, team.replace(_FOLDER, folder))
        yield f"{f'/{PROPERTIES}/{folder}/':<{width}} {' '.join(_owner(one) for one in said.split())}"
    for path in RULES:
        yield f"{path:<{width}} {everybody}"


def _owner(text: str) -> str:
    if not _OWNER.fullmatch(text):
        raise UsageError(f"`{text[:80]}` is no owner", hint="such as @acme/revenue, @anna or anna@example.com")
    return text
