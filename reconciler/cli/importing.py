"""`import`."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from reconciler.cli.options import Instant, common
from reconciler.errors import FilesError, UsageError
from reconciler.model.diagnostics import has_errors
from reconciler.model.plan import Scope
from reconciler.model.property import BOOKING, EXPEDIA
from reconciler.report.contract import count
from reconciler.runtime.describing import slugged
from reconciler.runtime.importing import Imported, Said, exactly, read_hotel
from reconciler.runtime.seeding import PROVIDER_SETTINGS
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

    What a provider does not let anybody read is left unmanaged there, with a comment that says so.

    \b
    Examples:
      reconciler import --property lisbon-baixa --expedia 16636843 --booking.com 8011855 --timezone Europe/Lisbon
      reconciler import --all
    """
    if everything == (slug is not None):
        raise UsageError("give either --property with the hotel's ids, or --all")
    known = {slugged(row.name): row for row in directory(options)}
    if slug is not None:
        hotels = {provider: id_ for provider, id_ in ((EXPEDIA, expedia), (BOOKING, booking)) if id_}
        wanted = {slug: hotels}
    else:
        wanted = {
            name: {p: row.ota_settings[key] for p, key in PROVIDER_SETTINGS.items() if row.ota_settings.get(key)}
            for name, row in known.items()
        }
        wanted = {name: hotels for name, hotels in wanted.items() if hotels}
    for name, hotels in wanted.items():
        row = known.get(name)
        property_id = str(row.id) if row else str(uuid.uuid5(uuid.NAMESPACE_URL, f"reconciler/{name}"))
        _import_one(options, name, property_id, hotels, Said(credentials, country, timezone, currency), into)
    if not wanted:
        click.echo("No property of the database has ota_enabled and an id at a provider.")
    return 0


def _import_one(
    options: Options, slug: str, property_id: str, hotels: Mapping[str, str], said: Said, into: Path
) -> None:
    if not _SLUG.fullmatch(slug):
        raise UsageError(f"`{slug}` is not a short name", hint="small letters, digits and hyphens, at most 63")
    if not hotels:
        raise UsageError("at which provider?", hint="give --expedia ID, --booking.com ID or both")
    file = options.workspace / into / f"{slug}.yaml"
    if file.exists():
        raise UsageError(f"{file} exists; nothing is overwritten", hint="choose another --property, or remove the file")
    imported = _read(options, slug, property_id, hotels, said)
    _write(file, imported)
    try:
        with site(replace(options, scope=Scope(properties=(slug,)))) as here:
            imported = exactly(here, imported)
    except FilesError as error:
        if not has_errors(d for d in error.diagnostics if d.file.endswith(f"{slug}.yaml")):
            raise
        click.echo(f"{file} needs attention before it can be planned:", err=True)
        raise
    _write(file, imported)
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


def _write(file: Path, imported: Imported) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".yaml.partial")
    partial.write_text(imported.text(), encoding="utf-8")
    partial.replace(file)


def _told(imported: Imported) -> str:
    document = imported.document
    told = f"{count(len(document['rooms']), 'room')}, {count(len(document['rate_plans']), 'rate plan')}"
    left = sorted(f"{provider} {kind}" for provider, kind in imported.unmanaged)
    return f"{told}; left unmanaged: {', '.join(left)}" if left else told
