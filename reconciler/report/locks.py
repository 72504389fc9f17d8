"""Who holds which property, as a report."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model.journal import Holder
from reconciler.model.state import Json
from reconciler.report.contract import FORMAT_VERSION, Report, Section, Table, count
from reconciler.report.nights import moment

_COLUMNS = ("property", "run", "verb", "since", "by")


def build(held: Sequence[Holder]) -> Report:
    """The locks in the order given."""
    return Report(
        subject="locks",
        title="Locks",
        verdict=f"{count(len(held), 'lock')}." if held else "No locks.",
        data=lambda: {"format_version": FORMAT_VERSION, "locks": [_to_json(lock) for lock in held]},
        sections=(Section("", table=Table(_COLUMNS, tuple(_row(lock) for lock in held))),) if held else (),
    )


def _row(lock: Holder) -> tuple[str, ...]:
    by = f"{lock.os_user}@{lock.host}, process {lock.pid}"
    return lock.property, lock.run_id[:8], lock.verb, moment(lock.since), by


def _to_json(lock: Holder) -> Json:
    return {
        "property": lock.property,
        "run": lock.run_id,
        "verb": lock.verb,
        "since": lock.since.isoformat(),
        "host": lock.host,
        "pid": lock.pid,
        "os_user": lock.os_user,
    }
