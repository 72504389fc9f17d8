"""`edit` and `export`: changes of many files at a time, and the way to a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import click

from reconciler.cli.formatting import difference
from reconciler.cli.options import Instant, common
from reconciler.cli.output import save
from reconciler.errors import FilesError, UsageError
from reconciler.load import Loaded, editing
from reconciler.load.layout import Layout
from reconciler.load.nodes import Data
from reconciler.load.parse import MAX_BYTES, decode, parse
from reconciler.model.diagnostics import Diagnostic
from reconciler.report.contract import count
from reconciler.runtime import adding, repricing, spreadsheet
from reconciler.runtime.drafting import Draft, chosen, draft
from reconciler.runtime.site import sound
from reconciler.wiring import Options, capabilities, clock

_PROPERTY = click.option(
    "--property",
    "properties",
    multiple=True,
    metavar="GLOB",
    help="Only these: short names, or with a / paths below properties/ (repeatable).",
)


@click.group(short_help="Change many files at a time; comments stay.")
def edit() -> None:
    """Change many properties' files at a time. Comments stay, and nothing is written that would bring an error.

    \b
    Examples:
      reconciler edit rates --csv prices.csv --dry-run
      reconciler edit add long-stay.yaml --create --property 'iberia/**'
      reconciler edit set rate_plans/BAR/restrictions/default/min_stay 2 --property 'lisbon-*'
      reconciler edit remove rate_plans/BAR/restrictions/overrides/new-year
    """


def _edits(function: Callable[..., str]) -> Callable[..., Any]:
    """A command that changes a draft: shows what changes, and writes it."""

    @_PROPERTY
    @click.option("--dry-run", is_flag=True, help="Show the lines that would change; write nothing.")
    @click.option("--as-of", type=Instant(), metavar="INSTANT", help="Judge the files as if it were then.")
    @common()
    @wraps(function)
    def command(options: Options, dry_run: bool, **given: Any) -> int:
        found = draft(options.workspace, options.as_of or clock(), capabilities)
        slugs = chosen(found, options.scope.properties)
        said = function(found=found, slugs=slugs, **given)
        if dry_run:
            for name, text in sorted(found.changed.items()):
                click.echo("".join(difference(name, found.texts[name], text)), nl=False)
        else:
            found.write()
            for name in sorted(found.changed):
                click.echo(f"{name} is changed")
        files = count(len(found.changed), "file")
        click.echo(f"{said}{files} {'would be' if dry_run else ''} changed.".replace("  ", " "), err=True)
        if found.changed and not dry_run:
            click.echo("Next: read `git diff`, run `reconciler plan`, open a pull request.", err=True)
        return 0

    return command


@edit.command(short_help="Prices from a CSV file.")
@click.option("--csv", "file", type=click.Path(path_type=Path, dir_okay=False), required=True, metavar="FILE")
@_edits
def rates(found: Draft, slugs: Sequence[str], file: Path) -> str:
    """Prices from a spreadsheet that was saved as CSV: columns property, room, rate_plan, from, through, days, price.

    Each price becomes part of a named override, so that exactly those nights have exactly that price. `reconciler export rates` writes
    such a file. Rows whose price is so already change nothing.

    \b
    Examples:
      reconciler edit rates --csv prices.csv --dry-run
      reconciler edit rates --csv prices.csv
    """
    rows, problems = spreadsheet.read(_content(file), file.name)
    loaded = _sound(found.load(slugs))
    hotels = {hotel.slug: hotel for hotel in loaded.properties}
    prices: repricing.Wanted = {}
    if not problems:
        prices, problems = repricing.wanted(rows, hotels, file.name)
    if problems:
        _refuse(problems, {file.name: _content(file).decode("utf-8-sig", "replace")})
    done = repricing.reprice(found, prices, slugs)
    return f"{count(len(rows), 'row')}: {count(done.nights, 'price')} of {count(done.groups, 'room')} differ; "


@edit.command(short_help="A part of a property, for many.")
@click.argument("fragment", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option("--create", is_flag=True, help="Map new plans as `create` at every provider.")
@click.option("--replace", is_flag=True, help="Replace what says something else already.")
@_edits
def add(found: Draft, slugs: Sequence[str], fragment: Path, create: bool, replace: bool) -> str:
    """Lay a part of a property over many: FILE is YAML with, for instance, `rate_plans` and `cancellation_policies`.

    \b
    Examples:
      reconciler edit add long-stay.yaml --create --property 'iberia/**'
      reconciler edit add seasons-2028.yaml --dry-run
    """
    said = _fragment(fragment)
    before = _sound(found.load(slugs))
    plans = said.get("rate_plans")
    for hotel in before.properties:

        def change(layout: Layout, hotel: Any = hotel) -> None:
            adding.add(layout, said, replace=replace)
            if create and isinstance(plans, dict):
                adding.to_create(layout, hotel, plans)

        found.edit(hotel.slug, change)
    found.judge(before, slugs)
    return ""


@edit.command("set", short_help="One value, for many.")
@click.argument("path")
@click.argument("value")
@_edits
def set_(found: Draft, slugs: Sequence[str], path: str, value: str) -> str:
    """Write VALUE (as YAML has it) at PATH, the keys that lead there with / between them.

    \b
    Examples:
      reconciler edit set horizon 365
      reconciler edit set rate_plans/BAR/restrictions/default/min_stay 2 --property 'lisbon-*'
      reconciler edit set providers/booking.com/commission 15% --property 'iberia/**'
    """
    data, problems = parse(f"value: {value}\n")
    if problems or not isinstance(data, dict) or data.get("value") is None:
        raise UsageError(f"`{value[:80]}` is not a value", hint="as YAML has it: 2, 120.00, -15%, true, {min_stay: 2}")
    return _changed(found, slugs, lambda layout: editing.put(layout, _keys(path), data["value"]))


@edit.command(short_help="One value away, for many.")
@click.argument("path")
@_edits
def remove(found: Draft, slugs: Sequence[str], path: str) -> str:
    """Take away what is written at PATH, the keys that lead there with / between them. Comments above it stay.

    Nothing is deleted out there by that: see `retired`.

    \b
    Examples:
      reconciler edit remove rate_plans/BAR/restrictions/overrides/new-year --property lisbon-baixa
    """
    return _changed(found, slugs, lambda layout: editing.take(layout, _keys(path)))


def _changed(found: Draft, slugs: Sequence[str], change: Callable[[Layout], Any]) -> str:
    before = found.load(slugs)
    for slug in slugs:
        found.edit(slug, change)
    found.judge(before, slugs)
    return ""


def _keys(path: str) -> tuple[str, ...]:
    keys = tuple(path.strip("/").split("/"))
    if not all(keys):
        raise UsageError(f"`{path[:80]}` is not a path", hint="keys with / between them: rate_plans/BAR/name")
    return keys


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(spreadsheet.MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{file} cannot be read ({error.strerror})") from error


def _fragment(file: Path) -> dict[str, Data]:
    content = _content(file)[: MAX_BYTES + 1]
    text, problems = decode(content)
    data: Data = None
    if not problems:
        data, problems = parse(text)
    if problems:
        _refuse(problems, {file.name: text}, file.name)
    if not isinstance(data, dict) or not data:
        raise UsageError(
            f"{file} is not a part of a property", hint="for instance `rate_plans: {LONG: {type: long_stay, ...}}`"
        )
    return {key: value for key, value in data.items() if key != "kind"}


def _refuse(problems: Sequence[Diagnostic], texts: dict[str, str], name: str = "") -> None:
    placed = [
        Diagnostic(p.code, p.message, p.severity, p.hint, name or p.file, p.line, p.column, p.address) for p in problems
    ]
    raise FilesError("nothing was written", placed, texts=texts)


def _sound(loaded: Loaded) -> Loaded:
    sound(loaded)
    return loaded


@click.group(short_help="Write what the files say for other programs.")
def export() -> None:
    """Write what the files say for spreadsheets and other programs.

    \b
    Examples:
      reconciler export rates --csv prices.csv
    """


@export.command("rates", short_help="Prices as a CSV file.")
@click.option(
    "--csv", "file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Default: standard output."
)
@click.option("--derived", is_flag=True, help="Also the prices that are made from others.")
@_PROPERTY
@click.option("--as-of", type=Instant(), metavar="INSTANT", help="The prices from then on.")
@common()
def export_rates(options: Options, file: Path | None, derived: bool) -> int:
    """The prices of all nights as a spreadsheet takes them: the columns that `reconciler edit rates` reads.

    Prices that follow others are left out, for they follow: --derived has them too, and reading them back makes them stand by themselves.

    \b
    Examples:
      reconciler export rates --csv prices.csv
      reconciler export rates --property 'iberia/**' --derived
    """
    found = draft(options.workspace, options.as_of or clock(), capabilities)
    loaded = _sound(found.load(chosen(found, options.scope.properties)))
    text = spreadsheet.written(repricing.exported(loaded.properties, derived=derived))
    if file is None:
        click.echo(text, nl=False)
    else:
        save(text, file)
        click.echo(f"Wrote {file}: {count(text.count(chr(10)) - 1, 'row')}.", err=True)
    return 0
