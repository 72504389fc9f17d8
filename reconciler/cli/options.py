"""Flags that the verbs share, read into `wiring.Options` once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from reconciler.cli.asked import check_globs
from reconciler.cli.output import FORMATS, WITH_FINDINGS, progress
from reconciler.errors import UsageError
from reconciler.model.calendar import YEARS
from reconciler.model.plan import MAX_WINDOW, Scope
from reconciler.model.text import is_text
from reconciler.runtime.site import silent
from reconciler.wiring import Options, changed_since

F = TypeVar("F", bound=Callable[..., Any])


class Instant(click.ParamType[datetime]):
    """An instant with its offset, or a date (midnight UTC)."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """An aware datetime."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not an instant such as 2026-11-24T09:00:00+00:00", param, ctx)
        if not YEARS[0] <= moment.year <= YEARS[1]:
            self.fail(f"{value!r} is not in a year from {YEARS[0]} to {YEARS[1]}", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Night(click.ParamType[datetime]):
    """A date, as the instant at which it begins."""

    name = "night"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The date at midnight."""
        try:
            night = datetime.strptime(value, "%Y-%m-%d")  # noqa: DTZ007 - a date has no zone
        except ValueError:
            self.fail(f"{value!r} is not a date such as 2026-11-24", param, ctx)
        if not YEARS[0] <= night.year <= YEARS[1]:
            self.fail(f"{value!r} is not in a year from {YEARS[0]} to {YEARS[1]}", param, ctx)
        return night


class Seconds(click.FloatRange):
    """A time to wait; also not a number is out of range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds."""
        seconds: float = super().convert(value, param, ctx)
        if math.isnan(seconds):
            self.fail(f"{value} is not in the range {self._describe_range()}.", param, ctx)
        return seconds


_WHERE = [
    click.option(
        "--workspace", type=click.Path(path_type=Path), default=Path(), metavar="DIR", help="Where reconciler.yaml is."
    ),
    click.option("--env", "environment", metavar="NAME", help="The environment (or RECONCILER_ENV)."),
    click.option("--database", metavar="URL", help="embedded, embedded:DIR or a PostgreSQL URL (or DATABASE_URL)."),
    click.option("--no-color", is_flag=True, help="No colours on a terminal either."),
    click.option("--quiet", is_flag=True, help="No results on standard output, only errors."),
    click.option("--verbose", is_flag=True, help="Say more on standard error."),
]
_PROPERTIES = click.option(
    "--property", "properties", multiple=True, metavar="SLUG", help="Only these properties (globs; repeatable)."
)
_SINCE = click.option(
    "--changed-since", "since", metavar="REV", help="Only properties that a change since this revision can reach."
)
_AS_OF = click.option("--as-of", type=Instant(), metavar="INSTANT", help="Plan as if it were then.")
_WHICH = [_PROPERTIES, _SINCE, _AS_OF]
_SCOPE = [
    _PROPERTIES,
    click.option("--target", "targets", multiple=True, metavar="GLOB", help="Only these addresses (repeatable)."),
    click.option(
        "--window", type=click.IntRange(1, MAX_WINDOW), metavar="DAYS", help="Only so many nights from today."
    ),
    _SINCE,
    _AS_OF,
    click.option("--distrust", multiple=True, metavar="GLOB", help="Acknowledged values that count as unknown."),
]
_WORK = [
    click.option(
        "--parallelism", type=click.IntRange(1, 64), default=4, show_default=True, help="Properties at a time."
    ),
    click.option(
        "--lock-timeout", type=Seconds(0, 86400), default=0.0, metavar="SECONDS", help="Wait so long for a lock."
    ),
]
_FORMAT = [
    click.option(
        "--json-into", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Also as JSON into a file."
    ),
]


def _format(forms: click.Choice[str]) -> Callable[[Any], Any]:
    return click.option(
        "--format", "form", type=forms, default="text", show_default=True, help="How results are written."
    )


def common(
    *, scope: bool = False, which: bool = False, work: bool = False, form: bool = False, found: bool = False
) -> Callable[[F], F]:
    """Adds the shared flags; the command gets `options` (and `form`, `json_into`, `quiet` where formats are offered).

    `which`: of the scope only the properties, for what is whole or nothing.
    `found`: what is shown is mostly findings, and has the forms of code hosts too.
    """

    def decorate(function: F) -> F:
        @wraps(function)
        def command(**given: Any) -> Any:
            _refuse_bytes(given)
            since = given.pop("since", None)
            options = _read(given)
            quiet = given.pop("quiet")
            if since is not None:
                options = _narrowed(options, since)
                if not options.scope.properties:
                    click.echo(f"No property changed since {since}.", err=True)
                    return 0
            if form:
                given["quiet"] = quiet
            return function(options=options, **given)

        wrapped: Any = command
        formats = [_format(WITH_FINDINGS if found else FORMATS), *_FORMAT]
        for option in reversed(
            [
                *(_SCOPE if scope else _WHICH if which else []),
                *(_WORK if work else []),
                *(formats if form else []),
                *_WHERE,
            ]
        ):
            wrapped = option(wrapped)
        return cast(F, wrapped)

    return decorate


def _refuse_bytes(given: Mapping[str, Any]) -> None:
    """Raises UsageError for bytes that are not UTF-8, which only the name of a file may have."""
    for value in given.values():
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str) and not is_text(text):
                raise UsageError(f"`{text[:80]}` is not text in UTF-8")


def _narrowed(options: Options, since: str) -> Options:
    if options.scope.properties:
        raise UsageError("--changed-since and --property cannot be given together")
    return replace(options, scope=replace(options.scope, properties=changed_since(options, since)))


def _read(given: dict[str, Any]) -> Options:
    if given.pop("no_color"):
        click.get_current_context().find_root().meta["no_color"] = True
    verbose, quiet = given.pop("verbose"), given["quiet"]
    as_of, database = given.pop("as_of", None), given.pop("database")
    targets, distrust = tuple(given.pop("targets", ())), tuple(given.pop("distrust", ()))
    check_globs((*targets, *distrust))
    return Options(
        workspace=given.pop("workspace"),
        environment=given.pop("environment"),
        database=database,
        scope=Scope(tuple(given.pop("properties", ())), targets, given.pop("window", None)),
        as_of=as_of,
        parallelism=given.pop("parallelism", 4),
        lock_timeout=given.pop("lock_timeout", 0.0),
        distrust=distrust,
        progress=silent if quiet else (lambda message: click.echo(message, err=True)) if verbose else progress,
    )
