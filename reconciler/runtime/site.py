"""What a verb works with, put together by wiring: loaded files, environment, store, targets, clock. Nothing here reads any of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.errors import FilesError, UsageError
from reconciler.kinds.contract import Setting
from reconciler.load import Loaded
from reconciler.model.capabilities import Capabilities
from reconciler.model.diagnostics import Severity
from reconciler.model.plan import Offline, Scope
from reconciler.model.property import Property
from reconciler.model.state import Window
from reconciler.model.workspace import Environment, Moving
from reconciler.providers.contract import Desk, Target
from reconciler.providers.lookup import Lookup
from reconciler.providers.remote import Remote
from reconciler.store.contract import Writer

Targets = Mapping[str, Target]
Desks = Mapping[str, Desk]


def silent(_message: str) -> None:
    """Progress that nobody watches."""


def sound(loaded: Loaded) -> tuple[Property, ...]:
    """The properties in scope. Raises FilesError while any file in scope has an error: nothing is ever silently left out.

    Raises UsageError where the only fault is that no property has the name that was asked for.
    """
    found = loaded.diagnostics
    wrong = [finding for finding in found if finding.severity is Severity.ERROR]
    if wrong and all(finding.code == "unknown-property" for finding in wrong):
        raise UsageError("; ".join(finding.message for finding in wrong), hint=wrong[0].hint)
    if wrong:
        raise FilesError("the files have errors; nothing was done", found, texts=loaded.files)
    return loaded.properties


@dataclass(frozen=True, slots=True)
class Site:
    """One environment of one workspace, ready to be worked on.

    `targets` opens the targets of a property, database last; `desks` the desks of its providers; `workspace_target` the one for what
    belongs to no property; `mapping` a property's mapping service. `clock` gives aware instants; `now` is the one that "today" is
    judged by. `discover` reads a hotel (provider, hotel id, credentials' name, window) that no file describes yet; `room_ids`: a
    property's rooms by name, where the hotel's database has them. `moving`: how units move at a provider;
    `local`: whether it is this machine's sandbox; `ahead`: seconds by which this machine's clock was last seen ahead of the provider's.
    `offline`: the snapshot that stands in place of store and targets.
    """

    loaded: Loaded
    environment: Environment
    now: datetime
    clock: Callable[[], datetime]
    store: Writer
    targets: Callable[[Property], AbstractContextManager[Targets]]
    desks: Callable[[Property], AbstractContextManager[Desks]]
    workspace_target: Callable[[], AbstractContextManager[Target]]
    capabilities: Mapping[str, Capabilities]
    discover: Callable[[str, str, str | None, Window], Remote]
    room_ids: Callable[[str], Mapping[str, str]]
    mapping: Callable[[Property], AbstractContextManager[Lookup]]
    moving: Callable[[str], Moving]
    local: Callable[[str], bool]
    ahead: Callable[[str], float | None]
    sleep: Callable[[float], None]
    commit: str | None = None
    dirty: bool = False
    scope: Scope = Scope()
    parallelism: int = 4
    lock_timeout: float = 0.0
    distrust: tuple[str, ...] = ()
    progress: Callable[[str], None] = field(default=silent)
    offline: Offline | None = None

    @property
    def setting(self) -> Setting:
        """What desired values depend on beside the property: also under another revision's rules, it is the files that say it."""
        workspace = self.loaded.proposed or self.loaded.workspace
        return Setting(workspace.environments.get(self.environment.name, self.environment), workspace)

    def properties(self) -> tuple[Property, ...]:
        """The properties in scope, see `sound`."""
        return sound(self.loaded)
