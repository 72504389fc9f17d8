"""The verbs `status` and `lookup`: what the database knows, without asking any provider."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from reconciler.errors import UsageError
from reconciler.model.address import DATABASE, Address
from reconciler.model.diagnostics import did_you_mean
from reconciler.model.journal import Applied, Run
from reconciler.model.property import Property
from reconciler.model.state import Document, Window
from reconciler.runtime.site import Site
from reconciler.runtime.survey import suspended


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one property stands by our last word. `applied`: how many addresses have one."""

    property: str
    last_run: Run | None
    last_applied_at: datetime | None
    applied: int
    note: str = ""


def standing(site: Site) -> list[Standing]:
    """Every property in scope."""
    runs = {run.id: run for run in site.store.runs(1000)}
    held = {holder.property: holder for holder in site.store.holders()}
    rows = []
    for hotel in site.properties():
        applied = site.store.applied(hotel.slug)
        newest = max(applied.values(), key=_at, default=None)
        holder = held.get(hotel.slug)
        notes = [f"held by run {holder.run_id[:8]}"] if holder else []
        notes += [f"{name} suspended: {why}" for name in hotel.providers if (why := suspended(site, hotel, name))]
        last = runs.get(newest.run_id or "") if newest else None
        rows.append(Standing(hotel.slug, last, newest.at if newest else None, len(applied), "; ".join(notes)))
    return rows


def _at(applied: Applied) -> float:
    return applied.at.timestamp() if applied.at else 0.0


class Match(TypedDict):
    """One pair of the mapping, as the database has it."""

    property: str
    provider: str
    room: str
    external_room: str
    rate_plan: str
    external_rate_plan: str
    active: bool
    source: str


def find_mapping(site: Site, slug: str, provider: str, room: str | None, external: str | None) -> list[Match]:
    """The room (with its plans) that is asked for, by our key or id, or by the provider's id of a room or plan.

    Raises UsageError naming what was looked for and the nearest known, where nothing fits.
    """
    hotel = next((hotel for hotel in site.properties() if hotel.slug == slug), None)
    if hotel is None:
        raise UsageError(f"there is no property `{slug}`", hint=did_you_mean(slug, [h.slug for h in site.properties()]))
    if provider not in hotel.mappings:
        raise UsageError(f"{slug} is not mapped at `{provider}`", hint=did_you_mean(provider, hotel.mappings))
    rows = list(_rows(site, hotel, provider))
    if room is not None:
        known = {key: key for key in hotel.rooms} | {found.id: key for key, found in hotel.rooms.items()}
        rows = [row for row in rows if row["room"] == known.get(room)]
        candidates = sorted(known)
    else:
        candidates = sorted({row["external_room"] for row in rows} | {row["external_rate_plan"] for row in rows} - {""})
        rows = [row for row in rows if external in (row["external_room"], row["external_rate_plan"])]
    if not rows:
        asked = room or external or ""
        raise UsageError(f"no mapping found for {asked} of {slug} at {provider}", hint=did_you_mean(asked, candidates))
    return rows


def _rows(site: Site, hotel: Property, provider: str) -> Iterator[Match]:
    with site.targets(hotel) as targets:
        database = targets[DATABASE]
        window = Window(hotel.window.start, hotel.window.until)
        seen = database.observe(frozenset({"mapping", "rate_plan"}), window).entries
    rooms = {a.key[1]: e.value for a, e in seen.items() if a.kind == "mapping" and a.key[0] == provider}
    for room, value in sorted(rooms.items()):
        if isinstance(value, dict):
            yield _match(hotel, provider, room, value, "", "")
            for address, entry in sorted(seen.items()):
                if _is_plan(address, provider, room) and isinstance(entry.value, dict):
                    configuration = entry.value.get("configuration")
                    id_ = configuration.get("external_rate_plan_id", "") if isinstance(configuration, dict) else ""
                    yield _match(hotel, provider, room, value, address.key[2], str(id_ or ""))


def _is_plan(address: Address, provider: str, room: str) -> bool:
    return address.kind == "rate_plan" and address.key[:2] == (provider, room)


def _match(hotel: Property, provider: str, room: str, row: Document, plan: str, external_plan: str) -> Match:
    return Match(
        property=hotel.slug,
        provider=provider,
        room=room,
        external_room=str(row.get("external_room_id") or ""),
        rate_plan=plan,
        external_rate_plan=external_plan or ("" if plan else str(row.get("external_rate_plan_id") or "")),
        active=row.get("is_active") is True,
        source="database",
    )
