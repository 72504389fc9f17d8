"""The rules of the revision that a change is proposed to, read out of git. Nothing of that revision is checked out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from reconciler.engine.rules import Rules, credentials_of, keys_changed, told_of_hotels, told_of_settings, under
from reconciler.errors import UsageError
from reconciler.load import Loaded, workspace
from reconciler.load.files import WORKSPACE_FILE, read
from reconciler.load.places import Places
from reconciler.model.diagnostics import Severity, in_order
from reconciler.runtime.revision import exported, file_at


def rules_of(root: Path, revision: str, now: datetime) -> Rules:
    """What holds at the revision. Raises UsageError where it has no rules, or none that can be read."""
    if file_at(root, revision, WORKSPACE_FILE) is None:
        raise UsageError(
            f"there is no {WORKSPACE_FILE} at {revision[:40]}, so there are no rules to judge by",
            hint="the first one is merged by people who trust it; from then on plans can be made",
        )
    with exported(root, revision) as folder:
        found = workspace(folder, now=now)
    wrong = [d for d in found.diagnostics if d.severity is Severity.ERROR and d.file == WORKSPACE_FILE]
    if wrong:
        raise UsageError(
            f"{WORKSPACE_FILE} at {revision[:40]} has errors: {wrong[0].message}", hint="mend it there first"
        )
    return Rules(revision, found.workspace, credentials_of(found.properties))


def ruled(loaded: Loaded, rules: Rules, files: Path) -> Loaded:
    """What was loaded, under the rules; what it would change of them is told."""
    settings, places = read(files, WORKSPACE_FILE), Places()
    told = list(told_of_hotels(loaded.properties, rules))
    for keys in keys_changed(loaded.workspace, rules.workspace):
        place = places.find(keys, [settings])
        told.append(replace(told_of_settings(keys, rules), file=place.file, line=place.line, column=place.column))
    return replace(
        loaded,
        workspace=under(loaded.workspace, rules.workspace),
        proposed=loaded.workspace,
        diagnostics=in_order([*loaded.diagnostics, *told]),
    )
