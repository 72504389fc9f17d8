"""`import`."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from reconciler.cli.options import Instant, common
from reconciler.cli.output import show_error
from reconciler.errors import FilesError, ReconcilerError, UsageError
from reconciler.load.files import write
from reconciler.model.diagnostics import has_errors
from reconciler.model.plan import Scope
from reconciler.model.property import BOOKING, EXPEDIA
from reconciler.report.clean import clean
from reconciler.report.contract import count
from reconciler.runtime.describing import slugged
from reconciler.runtime.importing import Imported, Said, exactly, read_hotel
from reconciler.runtime.listing import Listed, described, listed
from reconciler.wiring import CAPABILITIES, Options, directory, site

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@click.command("import", short_help="Write YAML for what runs out there.")
@click.option("--property", "slug", metavar="SLUG", help="The short name that the property gets (its file's name).")
@click.option("--expedia", metavar="ID", help="Its id at Expedia.")
@click.option("--booking.com", "booking", metavar="ID", help="Its id at Booking.com.")
@click.option("--credentials", metavar="NAME", help="Which credentials of reconciler.yaml to use.")
@click.option(
    "--timezone", metavar="NAME", help="Its time zone, where no provider names it as the time zone database does."
)
@click.option("--country", metavar="CODE", help="Its country (ISO 3166-1), where its time zone does not tell.")
@click.option("--currency", metavar="CODE", help="Its currency (ISO 4217), where no provider tells.")
@click.option("--all", "everything", is_flag=True, help="Every property of the database with ota_enabled.")
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), default=Path("properties"), show_default=True)
@click.option("--as-of", type=Instant(), metavar="INSTANT", help="Import the nights from then on.")
@common()
def import_(
    options: Options,
    slug: str | None,
    expedia: str | None,
    booking: str | None,
    credentials: str | None,
    timezone: str | None,
    country: str | None,
    currency: str | None,
    everything: bool,
    into: Path,
) -> int:
    """Write YAML for what runs out there. The plan after it is empty at the providers imported from.

    What a provider does not let anybody read is left unmanaged there, with a comment that says so. With --all, every property with
    `ota_enabled` and an id in `ota_settings` that no file describes yet; one that cannot be imported stops itself only (exit 1).

    \b
    Examples:
      reconciler import --property lisbon-baixa --expedia 16636843 --booking.com 8011855 --timezone Europe/Lisbon
      reconciler import --all
      reconciler import --all --country PT --currency EUR --into properties/iberia
    """
    if everything == (slug is not None):
        raise UsageError("give either --property with the hotel's ids, or --all")
    if everything and (expedia or booking):
        raise UsageError("--expedia and --booking.com go with --property; --all has the ids from ota_settings")
    said = Said(credentials, country, timezone, currency)
    if slug is None:
        return _import_all(options, said, into)
    hotels = {provider: id_ for provider, id_ in ((EXPEDIA, expedia), (BOOKING, booking)) if id_}
    row = next((row for row in directory(options) if slugged(row.name, "hotel") == slug), None)
    property_id = str(row.id) if row else str(uuid.uuid5(uuid.NAMESPACE_URL, f"reconciler/{slug}"))
    _import_one(options, slug, property_id, hotels, said, into)
    return 0


def _import_all(options: Options, said: Said, into: Path) -> int:
    """Every enabled property; one that cannot be imported stops itself only."""
    found = listed(directory(options), *described(options.workspace))
    left = {one.slug: why for one in found if (why := _why_left(one, _file(options, into, one.slug)))}
    new = [one for one in found if one.slug not in left]
    failed = 0
    for number, one in enumerate(new, start=1):
        options.progress(f"{number} of {len(new)}: {clean(one.row.name)}")
        failed += not _imported(options, one, said, into)
    for one in found:
        if one.slug in left:
            click.echo(f"Left alone: {clean(one.row.name)}, {left[one.slug]}.")
    if not found:
        click.echo("No property of the database has ota_enabled.")
        return 0
    counted = f"{len(new) - failed} imported, {len(left)} left alone, {failed} failed"
    click.echo(f"{count(len(found), 'property', 'properties')} with ota_enabled: {counted}.")
    return 1 if failed else 0


def _why_left(one: Listed, file: Path) -> str:
    """Why a property is not imported; empty for one that is."""
    if one.file:
        return f"{one.file} describes it already"
    if not one.hotels:
        return "it has no id at a provider in ota_settings"
    return f"{file} exists" if file.exists() else ""


def _imported(options: Options, one: Listed, said: Said, into: Path) -> bool:
    """Whether the property could be imported; if not, it is told why, and its draft is not in the way of others."""
    named = replace(said, name=one.row.name, ean_id=one.ean_id)
    try:
        _import_one(options, one.slug, str(one.row.id), one.hotels, named, into)
    except ReconcilerError as error:
        ids = ", ".join(f"{provider} {clean(id_)}" for provider, id_ in sorted(one.hotels.items()))
        click.echo(f"{clean(one.row.name)} ({ids}) is not imported:", err=True)
        show_error(error)
        _set_aside(_file(options, into, one.slug))
        return False
    return True


def _set_aside(file: Path) -> None:
    """A draft with errors would stop every plan; under another name it is no property."""
    if file.exists():
        draft = file.replace(file.with_suffix(".yaml.draft"))
        click.echo(f"What is known of it is in {draft}.", err=True)


def _file(options: Options, into: Path, slug: str) -> Path:
    return options.workspace / into / f"{slug}.yaml"


def _import_one(
    options: Options, slug: str, property_id: str, hotels: Mapping[str, str], said: Said, into: Path
) -> None:
    if not _SLUG.fullmatch(slug):
        raise UsageError(f"`{slug}` is not a short name", hint="small letters, digits and hyphens, at most 63")
    if not hotels:
        raise UsageError("at which provider?", hint="give --expedia ID, --booking.com ID or both")
    file = _file(options, into, slug)
    if file.exists():
        raise UsageError(f"{file} exists; nothing is overwritten", hint="choose another --property, or remove the file")
    imported = _read(options, slug, property_id, hotels, said)
    _write(options, file, imported)
    try:
        with site(replace(options, scope=Scope(properties=(slug,)))) as here:
            imported = exactly(here, imported)
    except FilesError as error:
        if not has_errors(d for d in error.diagnostics if d.file.endswith(f"{slug}.yaml")):
            raise
        click.echo(f"{file} needs attention before it can be planned:", err=True)
        raise
    _write(options, file, imported)
    click.echo(f"Wrote {file}: {_told(imported)}.")


def _read(options: Options, slug: str, property_id: str, hotels: Mapping[str, str], said: Said) -> Imported:
    with site(replace(options, scope=Scope(properties=("!**",)))) as here:
        return read_hotel(
            slug,
            property_id,
            hotels,
            discover=here.discover,
            settings=here.loaded.workspace,
            capabilities=CAPABILITIES,
            said=said,
            now=here.now,
            room_ids=here.room_ids(property_id),
        )


def _write(options: Options, file: Path, imported: Imported) -> None:
    name = Path(os.path.relpath(file, options.workspace)).as_posix()
    write(options.workspace, name, imported.text(name))


def _told(imported: Imported) -> str:
    document = imported.document
    told = f"{count(len(document['rooms']), 'room')}, {count(len(document['rate_plans']), 'rate plan')}"
    left = sorted(f"{provider} {kind}" for provider, kind in imported.unmanaged)
    return f"{told}; left unmanaged: {', '.join(left)}" if left else told
