"""Schedule: when the workspace synchronises what, as rows of `ota_sync_schedules`. Belongs to no property."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.contract import Kind
from reconciler.model.address import DATABASE, WORKSPACE, Address
from reconciler.model.state import Json, Value
from reconciler.model.workspace import Workspace


def workspace_schedules(workspace: Workspace) -> Iterator[tuple[Address, Value]]:
    """The desired rows, by sync type."""
    for sync_type, schedule in sorted(workspace.schedules.items()):
        configuration: dict[str, Json] = {"providers": list(schedule.providers)}
        if schedule.timezone != "UTC":
            configuration["timezone"] = schedule.timezone
        yield (
            Address(WORKSPACE, DATABASE, "schedule", (sync_type,)),
            {"schedule_cron": schedule.cron, "is_enabled": schedule.enabled, "configuration": configuration},
        )


SCHEDULE = Kind("schedule", objects={"configuration": frozenset({"providers", "timezone"})})
