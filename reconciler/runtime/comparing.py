"""The verb `diff`: what two states of the files mean, in hotel terms. Looks at nothing but the files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from reconciler.engine.diff import compare
from reconciler.kinds import KINDS
from reconciler.kinds.contract import Setting
from reconciler.kinds.schedule import workspace_schedules
from reconciler.load import Loaded
from reconciler.model.address import DATABASE, Address, matches
from reconciler.model.capabilities import Access, Capabilities
from reconciler.model.comparison import Comparison
from reconciler.model.diagnostics import Diagnostic, Severity, in_order
from reconciler.model.property import Manage, Property
from reconciler.model.state import Observed, Value
from reconciler.model.workspace import Environment

NO_LONGER_IN_GIT = "no-longer-in-git"
NEW_IN_GIT = "new-in-git"
_NAMED = 8


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two states: what it is called, its files, and the environment they are read for."""

    name: str
    loaded: Loaded
    environment: Environment


def compare_sides(
    before: Side, after: Side, capabilities: Mapping[str, Capabilities], as_of: datetime, targets: tuple[str, ...] = ()
) -> Comparison:
    """Every address whose value the two say differently. What one of them no longer names is told, for it deletes nothing."""
    was, now = wanted(before, capabilities, targets), wanted(after, capabilities, targets)
    changes = [compare(a, now[a], Observed(was[a]) if a in was else None, exact=True) for a in sorted(now)]
    return Comparison(
        before.name,
        after.name,
        after.environment.name,
        as_of,
        tuple(change for change in changes if change is not None),
        in_order([*_properties(before, after), *_vanished(was, now, after)]),
        tuple(sorted(hotel.slug for hotel in after.loaded.properties)),
    )


def wanted(side: Side, capabilities: Mapping[str, Capabilities], targets: tuple[str, ...] = ()) -> dict[Address, Value]:
    """Everything that these files want, at every target."""
    setting = Setting(side.environment, side.loaded.workspace)
    found = dict(workspace_schedules(side.loaded.workspace))
    for hotel in side.loaded.properties:
        for target in (DATABASE, *sorted(hotel.providers)):
            found.update(_at(hotel, capabilities[target], setting))
    return {a: value for a, value in found.items() if not targets or any(matches(glob, str(a)) for glob in targets)}


def _at(hotel: Property, target: Capabilities, setting: Setting) -> Iterator[tuple[Address, Value]]:
    for kind in KINDS.values():
        owned = hotel.manages(target.target, kind.name) is not Manage.NO
        if owned and target.access(kind.name) not in (None, Access.READ_ONLY):
            build = kind.database if target.target == DATABASE else kind.provider
            yield from build(hotel, target.target, setting)


def _properties(before: Side, after: Side) -> Iterator[Diagnostic]:
    was, now = ({hotel.slug: hotel for hotel in side.loaded.properties} for side in (before, after))
    for slug in sorted(was.keys() ^ now.keys()):
        if slug in now:
            yield Diagnostic(NEW_IN_GIT, "a new property", Severity.INFO, file=now[slug].file, address=slug)
        else:
            message = "the property's file is gone: nothing of it is deleted or closed anywhere"
            hint = "write `retired: true` first, apply, and then remove the file"
            yield Diagnostic(NO_LONGER_IN_GIT, message, Severity.WARNING, hint, was[slug].file, address=slug)


def _vanished(was: Mapping[Address, Value], now: Mapping[Address, Value], after: Side) -> Iterator[Diagnostic]:
    known = {hotel.slug: hotel for hotel in after.loaded.properties}
    for slug, hotel in sorted(known.items()):
        gone = [address for address in sorted(was.keys() - now.keys()) if address.property == slug]
        if gone:
            keys = sorted({"/".join(address.key[-2:]) for address in gone})
            named = ", ".join(keys[:_NAMED]) + (f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else "")
            message = f"git no longer says what holds at {len(gone)} addresses; what is there stays as it is: {named}"
            hint = "to switch something off, write `retired: true`, apply, and then remove it"
            yield Diagnostic(NO_LONGER_IN_GIT, message, Severity.WARNING, hint, hotel.file, address=slug)
