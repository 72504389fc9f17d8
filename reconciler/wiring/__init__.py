"""The composition root: settings from outside, and the site that verbs work on. `targets` holds the tables of plug-ins."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import RefusedError, UsageError
from reconciler.load import Loaded, in_environment, reached, workspace
from reconciler.model.diagnostics import did_you_mean
from reconciler.model.moves import Moves
from reconciler.model.plan import Scope
from reconciler.model.workspace import REFERENCE_SCHEMES, Environment, Workspace
from reconciler.runtime.closures import with_closures
from reconciler.runtime.pruning import with_vanished
from reconciler.runtime.revision import changed_files, file_at, git_state
from reconciler.runtime.site import Site, silent
from reconciler.wiring.rules import ruled, rules_of
from reconciler.wiring.targets import CAPABILITIES, LOCAL_ACCOUNT, Plant, all_local, capabilities

if TYPE_CHECKING:
    from reconciler.engine.rules import Rules
    from reconciler.model.diagnostics import Diagnostic
    from reconciler.model.property import Property
    from reconciler.store.contract import Reader
    from reconciler.store.seed import PropertyRow

__all__ = [
    "CAPABILITIES",
    "LOCAL_ACCOUNT",
    "Options",
    "capabilities",
    "changed_since",
    "clock",
    "database_of",
    "directory",
    "environment_of",
    "load",
    "loaded_under_rules",
    "proposed_in",
    "reached_since",
    "refuse_prune",
    "remembered",
    "site",
]


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says, common to all verbs.

    `files`: where the files are read from, where that is not the workspace's own folder; `commit`: the one that they are of. `base`: the
    revision whose rules hold.
    """

    workspace: Path = Path()
    files: Path | None = None
    base: str | None = None
    commit: str | None = None
    environment: str | None = None
    database: str | None = None
    scope: Scope = Scope()
    as_of: datetime | None = None
    parallelism: int = 4
    lock_timeout: float = 0.0
    distrust: tuple[str, ...] = ()
    progress: Callable[[str], None] = silent
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)


def clock() -> datetime:
    """The instant."""
    return datetime.now(UTC)


def load(options: Options) -> tuple[Loaded, Environment]:
    """The workspace's files and the environment to work in."""
    loaded, environment, _ = loaded_under_rules(options)
    return loaded, environment


def loaded_under_rules(options: Options) -> tuple[Loaded, Environment, Rules | None]:
    """The files under the rules that hold, the environment, and the rules where they are another revision's."""
    now, environment, rules = _settings(options)
    files = options.files or options.workspace
    loaded = workspace(files, now=now, environment=environment.name, only=options.scope.properties)
    return (loaded if rules is None else ruled(loaded, rules, files)), environment, rules


def _settings(options: Options) -> tuple[datetime, Environment, Rules | None]:
    """The instant, the environment to work in, and the rules of another revision where they hold."""
    now = options.as_of or clock()
    name = options.environment or options.environ.get("RECONCILER_ENV") or None
    if not (options.workspace / "reconciler.yaml").is_file():
        raise UsageError(
            f"there is no reconciler.yaml in {options.workspace.resolve()}",
            hint="give --workspace DIR, or lay one out with `reconciler init`",
        )
    rules = rules_of(options.workspace, options.base, now) if options.base is not None else None
    settings = rules.workspace if rules is not None else workspace(options.workspace, now=now, only=("!**",)).workspace
    return now, choose_environment(settings, name, options.environ), rules


def environment_of(options: Options) -> str:
    """The name of the environment to work in."""
    return _settings(options)[1].name


def proposed_in(options: Options, slugs: Iterable[str]) -> tuple[str, ...]:
    """Those of the properties that the environment chooses by the files' own word, sorted."""
    assert options.files is not None
    now, environment, _ = _settings(options)
    known = workspace(options.files, now=now, only=("!**",)).workspace.environments
    chosen = in_environment(options.files, known.get(environment.name, environment))
    return tuple(sorted(chosen.intersection(slugs)))


def changed_since(options: Options, revision: str) -> tuple[str, ...]:
    """The properties of the environment that a change since a revision of git can reach, sorted."""
    _, environment, _ = _settings(options)
    return tuple(sorted(reached_since(options.workspace, revision) & in_environment(options.workspace, environment)))


def reached_since(root: Path, revision: str) -> frozenset[str]:
    """The properties that a change since a revision of git can reach."""
    return reached(root, changed_files(root, revision), file_at(root, revision, "reconciler.yaml"))


def choose_environment(settings: Workspace, name: str | None, environ: Mapping[str, str]) -> Environment:
    """The environment that was named; else the one that OTA_TEST_MODE speaks for; else `development`, or the only one."""
    test_mode = _flag(environ, "OTA_TEST_MODE")
    environments = settings.environments
    if name is None:
        fitting = [e.name for e in environments.values() if test_mode is None or e.test_mode == test_mode]
        name = "development" if "development" in fitting else fitting[0] if len(fitting) == 1 else None
        if name is None:
            raise UsageError(
                "which environment?", hint=f"give --env, one of: {', '.join(sorted(fitting or environments))}"
            )
    if name not in environments:
        raise UsageError(f"there is no environment `{name}`", hint=did_you_mean(name, environments))
    chosen = environments[name]
    if test_mode is not None and chosen.test_mode != test_mode:
        raise RefusedError(
            f"OTA_TEST_MODE={environ['OTA_TEST_MODE']} does not agree with environment `{name}`",
            hint="unset it, or choose the environment that it speaks for",
        )
    debug = _flag(environ, "OTA_DEBUG")
    return chosen if debug is None else replace(chosen, debug=debug)


def _flag(environ: Mapping[str, str], name: str) -> bool | None:
    value = environ.get(name, "").strip().lower()
    if value not in ("", "true", "false", "1", "0"):
        raise UsageError(f"{name} is true or false, not `{value[:20]}`")
    return None if not value else value in ("true", "1")


@contextmanager
def site(options: Options, *, changes: bool = False) -> Iterator[Site]:
    """Everything a verb needs, open for as long as the block runs. `changes`: the verb is going to change something."""
    from reconciler.store.connect import open_database
    from reconciler.store.postgres import PostgresStore

    loaded, environment, rules = loaded_under_rules(options)
    refuse_prune(options, environment)
    database = database_of(options, environment)
    if changes:
        _refuse_lost_journal(database, environment, loaded.workspace, options.environ)
    with ExitStack() as stack:
        url = stack.enter_context(open_database(database, options.workspace))
        prepare_database(url, embedded=database.startswith("embedded"))
        store = PostgresStore(url, environment.name)
        stack.callback(store.close)
        plant = Plant(options, loaded.workspace, environment, url, store, rules.credentials if rules else {})
        commit, dirty = (options.commit, False) if options.commit else git_state(options.workspace)
        hotels = tuple(remembered(store, loaded.properties, prune=options.scope.prune))
        store.expect({hotel.slug: hotel.pending for hotel in hotels if hotel.pending})
        yield Site(
            loaded=replace(loaded, properties=hotels),
            environment=environment,
            now=options.as_of or clock(),
            clock=clock,
            store=store,
            targets=plant.targets,
            desks=plant.desks,
            workspace_target=plant.workspace_target,
            discover=plant.discover,
            room_ids=plant.room_ids,
            mapping=plant.mapping,
            moving=plant.moving,
            local=plant.local,
            ahead=plant.ahead,
            sleep=time.sleep,
            capabilities=CAPABILITIES,
            commit=commit,
            dirty=dirty,
            scope=options.scope,
            parallelism=options.parallelism,
            lock_timeout=options.lock_timeout,
            distrust=options.distrust,
            progress=options.progress,
        )


def refuse_prune(options: Options, environment: Environment) -> None:
    """Raises UsageError for --prune where the environment does not let it."""
    if options.scope.prune and not environment.allow_prune:
        raise UsageError(
            f"--prune is not allowed in environment `{environment.name}`",
            hint="write `retired: true` instead; or `allow_prune: true` for the environment in reconciler.yaml",
        )


def remembered(store: Reader, hotels: Iterable[Property], *, prune: bool) -> Iterator[Property]:
    """The properties with what people and earlier runs did to them: rooms closed by hand, moves that are still to be carried out.

    With `prune`, plans that earlier runs applied and that vanished, retired.
    """
    closures, done = store.closures(), store.moves()
    for hotel in hotels:
        pending = hotel.moves.without(done.get(hotel.slug, Moves()))
        closed = [replace(one, room=pending.rooms.get(one.room, one.room)) for one in closures.get(hotel.slug, ())]
        here = with_vanished(hotel, store.applied(hotel.slug)) if prune else hotel
        yield with_closures(replace(here, pending=pending), closed)


def database_of(options: Options, environment: Environment) -> str:
    """The database to use: --database, then DATABASE_URL, then what the environment says."""
    said = options.database or options.environ.get("DATABASE_URL") or environment.database
    if said.partition(":")[0] in REFERENCE_SCHEMES:
        from reconciler.credentials.references import resolve, resolve_written

        written = said == environment.database
        return (resolve_written if written else resolve)(said, options.environ).reveal()
    return said


def prepare_database(url: str, *, embedded: bool) -> None:
    """Our own database is brought up to date by itself; one that belongs to others is only looked at."""
    from reconciler.store.check import require
    from reconciler.store.connect import connect
    from reconciler.store.migrate import applied, migrate, pending

    with connect(url, autocommit=True) as connection:
        if embedded and pending(applied(connection)):
            migrate(connection)
        require(connection)


def database_findings(options: Options) -> tuple[Diagnostic, ...]:
    """What is off in the shape of the database."""
    from reconciler.store.check import check
    from reconciler.store.connect import connect, open_database

    _, environment = load(options)
    with (
        open_database(database_of(options, environment), options.workspace) as url,
        connect(url, autocommit=True) as connection,
    ):
        return check(connection, url)


def _refuse_lost_journal(
    database: str, environment: Environment, settings: Workspace, environ: Mapping[str, str]
) -> None:
    if environ.get("CI") and database.startswith("embedded") and not all_local(settings, environment, environ):
        raise RefusedError(
            "in CI the embedded database would be lost with the machine, and the journal with it",
            hint="set DATABASE_URL to a database that stays",
        )


def directory(options: Options) -> list[PropertyRow]:
    """The properties that the hotel system has enabled for providers."""
    from reconciler.store.connect import connect, open_database
    from reconciler.store.directory import enabled_properties

    _, environment = load(options)
    database = database_of(options, environment)
    with open_database(database, options.workspace) as url:
        prepare_database(url, embedded=database.startswith("embedded"))
        with connect(url, autocommit=True) as connection:
            return enabled_properties(connection)
