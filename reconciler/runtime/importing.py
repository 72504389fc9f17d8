"""The verb `import`: YAML for what runs out there, such that the plan after it is empty at the providers imported from.

Describes first, then lets the ordinary survey judge the description: a kind that cannot be said exactly is left unmanaged there, with
a comment that says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from reconciler.errors import UsageError
from reconciler.load import editing
from reconciler.load.render import render
from reconciler.model.capabilities import Access, Capabilities
from reconciler.model.diagnostics import did_you_mean
from reconciler.model.property import BOOKING, EXPEDIA
from reconciler.model.state import Window
from reconciler.model.workspace import Workspace
from reconciler.providers.remote import Remote
from reconciler.runtime.describing import describe
from reconciler.runtime.site import Site
from reconciler.runtime.survey import survey_property

HORIZON = 500
_DATED = ("rates", "restrictions")
_NOT_READABLE = "cannot be read there; set to true to review the first send"
_NOT_EXACT = "what is there cannot be said exactly in YAML; compare before setting to true"

Discover = Callable[[str, str, str | None, Window], Remote]


@dataclass(frozen=True, slots=True)
class Imported:
    """A description under way: the document and, by provider and kind, why a kind is left unmanaged."""

    slug: str
    document: dict[str, Any]
    unmanaged: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The YAML file in the one layout. `name`: its path from the workspace."""
        document = {**self.document, "providers": dict(self.document["providers"])}
        comments: dict[tuple[str, ...], str] = {}
        for (provider, kind), why in sorted(self.unmanaged.items()):
            link = dict(document["providers"][provider])
            link["manage"] = {**link.get("manage", {}), kind: False}
            document["providers"][provider] = link
            comments[("providers", provider, "manage")] = f"{_kinds(self.unmanaged, provider, why)} {why}"
        return render(editing.laid_out(document, comments), name)


def _kinds(unmanaged: Mapping[tuple[str, str], str], provider: str, why: str) -> str:
    return ", ".join(kind for (at, kind), reason in sorted(unmanaged.items()) if at == provider and reason == why) + ":"


@dataclass(frozen=True, slots=True)
class Said:
    """What is said beside the ids: the credentials' name, and what no provider may tell or the hotel's database knows better."""

    credentials: str | None = None
    country: str | None = None
    timezone: str | None = None
    currency: str | None = None
    name: str | None = None
    ean_id: str | None = None


def read_hotel(
    slug: str,
    property_id: str,
    hotels: Mapping[str, str],
    *,
    discover: Discover,
    settings: Workspace,
    capabilities: Mapping[str, Capabilities],
    said: Said,
    now: datetime,
    room_ids: Mapping[str, str],
) -> Imported:
    """Reads the hotel at every provider named in `hotels` (provider to hotel id) and describes it."""
    named = {provider: _credential(settings, provider, said.credentials) for provider in sorted(hotels)}

    def read(window: Window) -> dict[str, Remote]:
        return {provider: discover(provider, hotels[provider], named[provider], window) for provider in sorted(hotels)}

    window = _from(now.date())
    remotes = read(window)
    zone = _zone(said.timezone or next((remote.timezone for remote in remotes.values() if remote.timezone), "UTC"))
    if window != (local := _from(now.astimezone(zone).date())):  # another day there than in UTC
        window, remotes = local, read(local)
    currency = said.currency or next((remote.currency for remote in remotes.values() if remote.currency), "")
    if not currency:
        raise UsageError(
            "in which currency are its prices? the provider does not tell", hint="give --currency, for instance EUR"
        )
    document = describe(slug, property_id, remotes, {p: name for p, name in named.items() if name}, window, currency)
    document["name"] = said.name or document["name"]
    if said.ean_id and EXPEDIA in hotels:
        document["providers"][EXPEDIA]["ean_id"] = said.ean_id
    document["timezone"] = zone.key
    document["country"] = said.country or country_of(document["timezone"])
    if not document["country"]:
        raise UsageError("in which country is it? its time zone does not tell", hint="give --country, for instance PT")
    for room in document["rooms"].values():
        room["id"] = room_ids.get(room["name"], room["id"])
    unmanaged = {
        (provider, kind): _NOT_READABLE
        for provider in hotels
        for kind in _DATED
        if capabilities[provider].access(kind) is Access.ACKNOWLEDGED
    }
    return Imported(slug, document, unmanaged)


def _from(today: date) -> Window:
    return Window(today, today + timedelta(days=HORIZON))


def _zone(name: str) -> ZoneInfo:
    if name not in available_timezones():
        raise UsageError(
            f"which time zone is it in? the provider only says `{name}`",
            hint="give --timezone, for instance Europe/Lisbon",
        )
    return ZoneInfo(name)


def country_of(timezone: str) -> str:
    """The country in which a time zone lies, by the time zone database; empty where it does not say."""
    rows = (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines()
    zones = (row.split("\t") for row in rows if row and not row.startswith("#"))
    return next((country for country, _, zone, *_ in zones if zone == timezone), "")


def _credential(settings: Workspace, provider: str, asked: str | None) -> str | None:
    fitting = sorted(name for name, credential in settings.credentials.items() if credential.provider == provider)
    if asked in fitting:
        return asked
    if asked is not None and asked not in settings.credentials:
        raise UsageError(
            f"reconciler.yaml has no credentials `{asked}`", hint=did_you_mean(asked, settings.credentials)
        )
    if len(fitting) > 1:
        raise UsageError(f"which credentials for {provider}?", hint=f"give --credentials, one of: {', '.join(fitting)}")
    return fitting[0] if fitting else None


def exactly(site: Site, imported: Imported) -> Imported:
    """The description with every kind left unmanaged at a provider where a plan would change something; `site` has the file loaded."""
    hotel = next(hotel for hotel in site.properties() if hotel.slug == imported.slug)
    with site.targets(hotel) as targets:
        surveys = survey_property(site, hotel, targets, frozenset({EXPEDIA, BOOKING}))
    failed = next((survey.failed for survey in surveys if survey.failed), None)
    if failed:
        raise failed
    differing = {(survey.target, change.address.kind): _NOT_EXACT for survey in surveys for change in survey.changes}
    return Imported(imported.slug, imported.document, {**imported.unmanaged, **differing})
