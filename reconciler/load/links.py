"""The property at the providers: connections, mapped rooms and plans, what git owns, what is suspended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from reconciler.load.context import Context
from reconciler.load.documents import PropertyDoc
from reconciler.load.link_documents import BookingDoc, ExpediaDoc, LinkDoc, ManageDoc, SuspendDoc
from reconciler.load.problems import Keys, Problems
from reconciler.model.address import DATABASE
from reconciler.model.property import BOOKING, CREATE, EXPEDIA, Manage, Mappings, ProviderLink, RatePlan, Suspension
from reconciler.model.workspace import Credential

_NAMES = {EXPEDIA: "Expedia", BOOKING: "Booking.com"}
_AT_PLANS = ("rate_plan", "rates", "restrictions", "availability")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One mapped room and plan, and where it is written."""

    room: str
    plan: str
    id: str
    keys: Keys


def links(doc: PropertyDoc, credentials: Mapping[str, Credential], problems: Problems) -> dict[str, ProviderLink]:
    """The connections, by provider."""
    return {provider: _link(doc, provider, link, credentials, problems) for provider, link in _links(doc)}


def _links(doc: PropertyDoc) -> Iterator[tuple[str, LinkDoc]]:
    for provider, link in ((BOOKING, doc.providers.booking), (EXPEDIA, doc.providers.expedia)):
        if link is not None:
            yield provider, link


def _link(
    doc: PropertyDoc, provider: str, link: LinkDoc, credentials: Mapping[str, Credential], problems: Problems
) -> ProviderLink:
    _check_credentials(provider, link.credentials, credentials, problems)
    expedia = link if isinstance(link, ExpediaDoc) else None
    return ProviderLink(
        provider=provider,
        external_id=expedia.property_id if expedia else link.hotel_id if isinstance(link, BookingDoc) else "",
        integration_name=link.integration_name or f"{_NAMES[provider]} - {doc.name}",
        credentials=link.credentials,
        ean_id=expedia.ean_id if expedia else None,
        webhook_url=link.webhook_url,
        commission=link.commission,
        length_of_stay=expedia.length_of_stay if expedia else "arrival",
        codes={"cancellation": dict(link.codes.cancellation), "meals": dict(link.codes.meals)},
        retired=link.retired,
    )


def _check_credentials(
    provider: str, name: str | None, credentials: Mapping[str, Credential], problems: Problems
) -> None:
    keys = ("providers", provider, "credentials")
    if name is None:
        return
    if name not in credentials:
        problems.unknown("credentials", name, [c.name for c in credentials.values() if c.provider == provider], keys)
    elif credentials[name].provider != provider:
        problems.add("wrong-credentials", f"`{name}` are credentials for {credentials[name].provider}", keys)


def managed(doc: PropertyDoc) -> dict[tuple[str, str], Manage]:
    """What git owns, by (target, kind): everything unless a file says otherwise; the narrowest word wins."""
    narrower = {DATABASE: doc.targets.database.manage, EXPEDIA: ManageDoc(), BOOKING: ManageDoc()}
    narrower.update({provider: link.manage for provider, link in _links(doc)})
    return {
        (target, kind): Manage(getattr(own, kind) or getattr(doc.manage, kind) or Manage.YES)
        for target, own in narrower.items()
        for kind in ManageDoc.model_fields
    }


def suspensions(doc: PropertyDoc) -> dict[str, Suspension]:
    """What must not be changed for now, by provider; "" is everything."""
    written: list[tuple[str, SuspendDoc | None]] = [("", doc.suspend)]
    written += [(provider, link.suspend) for provider, link in _links(doc)]
    return {scope: Suspension(found.reason, _local(found.until, doc)) for scope, found in written if found is not None}


def _local(moment: datetime, doc: PropertyDoc) -> datetime:
    """The moment on the property's clock. Where clocks change, of two readings the later: nothing ends early."""
    readings = (moment.replace(tzinfo=ZoneInfo(doc.timezone), fold=fold) for fold in (0, 1))
    return max(readings, key=datetime.timestamp)


def mappings(context: Context, plans: Mapping[str, RatePlan]) -> dict[str, Mappings]:
    """Mapped rooms and plans, by provider; nothing yet is mapped at a provider that is only connected."""
    found = {provider: Mappings() for provider, _ in _links(context.doc)}
    if context.doc.mappings.booking is not None:
        found[BOOKING] = _mapped(context, BOOKING, context.doc.mappings.booking.rooms, _booking_plans(context, plans))
    if context.doc.mappings.expedia is not None:
        found[EXPEDIA] = _mapped(context, EXPEDIA, context.doc.mappings.expedia.rooms, _expedia_plans(context, plans))
    return found


def _mapped(context: Context, provider: str, rooms: Mapping[str, str], entries: list[_Entry]) -> Mappings:
    keys = ("mappings", provider)
    if provider not in dict(_links(context.doc)):
        message = f"rooms and plans are mapped at {provider}, which is not under `providers`"
        context.problems.add("unknown-provider", message, keys, f"add `providers.{provider}`", at_key=True)
    _check_rooms(context, rooms, (*keys, "rooms"))
    _unique(context, [(id_, room, (*keys, "rooms", room)) for room, id_ in rooms.items()], "room")
    plans = {(entry.room, entry.plan): entry.id for entry in sorted(entries, key=lambda one: (one.room, one.plan))}
    _check_base(context, provider, plans)
    return Mappings(dict(rooms), plans)


def _check_rooms(context: Context, rooms: Mapping[str, str], keys: Keys) -> None:
    for room, id_ in rooms.items():
        if room not in context.rooms:
            context.problems.unknown("room", room, context.rooms, (*keys, room), at_key=True)
        elif id_ == CREATE:
            context.problems.add("room-never-created", "rooms are not created by a plan", (*keys, room), "write its id")


def _known_plan(context: Context, plan: str, keys: Keys) -> bool:
    if plan in context.doc.rate_plans:
        return True
    context.problems.unknown("rate plan", plan, context.doc.rate_plans, keys, at_key=True)
    return False


def _booking_plans(context: Context, plans: Mapping[str, RatePlan]) -> list[_Entry]:
    mapping = context.doc.mappings.booking
    assert mapping is not None
    entries: list[_Entry] = []
    ids: list[tuple[str, str, Keys]] = []
    for name, id_ in mapping.rate_plans.items():
        keys = ("mappings", BOOKING, "rate_plans", name)
        if not _known_plan(context, name, keys):
            continue
        ids.append((id_, name, keys))
        if name in plans:
            entries += [_Entry(room, name, id_, keys) for room in plans[name].rooms if room in mapping.rooms]
    _unique(context, ids, "rate plan")
    return entries


def _expedia_plans(context: Context, plans: Mapping[str, RatePlan]) -> list[_Entry]:
    mapping = context.doc.mappings.expedia
    assert mapping is not None
    entries = []
    for name, by_room in mapping.rate_plans.items():
        keys = ("mappings", EXPEDIA, "rate_plans", name)
        if not _known_plan(context, name, keys):
            continue
        for room, id_ in by_room.items():
            here = (*keys, room)
            if room not in context.rooms:
                context.problems.unknown("room", room, context.rooms, here, at_key=True)
            elif room not in mapping.rooms:
                message = f"room `{room}` has no id under `mappings.{EXPEDIA}.rooms`"
                context.problems.add("room-not-mapped", message, here, "map the room too", at_key=True)
            elif name in plans and room not in plans[name].rooms:
                context.problems.add("room-not-in-plan", f"`{name}` is not for room `{room}`", here, at_key=True)
            else:
                entries.append(_Entry(room, name, id_, here))
    _unique_at_expedia(context, entries)
    return entries


def _unique_at_expedia(context: Context, entries: list[_Entry]) -> None:
    """There a plan belongs to one room: an id for two rooms is only good for the rows in the database."""
    seen: dict[str, _Entry] = {}
    managed_there = any(context.manages(EXPEDIA, kind) for kind in _AT_PLANS)
    for entry in entries:
        first = seen.setdefault(entry.id, entry)
        if entry.id == CREATE or first is entry:
            continue
        if first.plan != entry.plan:
            _used_twice(context, "rate plan", entry.id, f"{first.plan} ({first.room})", entry.keys)
        elif managed_there:
            message = (
                f"`{entry.id}` stands for rooms `{first.room}` and `{entry.room}`, at Expedia a rate plan has one room"
            )
            hint = f"give each room its own id, or set `providers.{EXPEDIA}.manage` to false for {', '.join(_AT_PLANS)}"
            context.problems.add("expedia-rate-plan-shared", message, entry.keys, hint)


def _unique(context: Context, ids: list[tuple[str, str, Keys]], what: str) -> None:
    seen: dict[str, str] = {}
    for id_, name, keys in ids:
        if id_ != CREATE and seen.setdefault(id_, name) != name:
            _used_twice(context, what, id_, seen[id_], keys)


def _used_twice(context: Context, what: str, id_: str, first: str, keys: Keys) -> None:
    context.problems.add("id-used-twice", f"`{id_}` is already the id of {what} `{first}`", keys)


def _check_base(context: Context, provider: str, plans: Mapping[tuple[str, str], str]) -> None:
    """A room's mapping row has one plan: at most one with `base: true`."""
    first: dict[str, str] = {}
    for room, plan in plans:
        if context.plan(plan).base and first.setdefault(room, plan) != plan:
            message = f"`{first[room]}` and `{plan}` are both `base: true` for room `{room}` at {provider}"
            context.problems.add("two-base-plans", message, ("rate_plans", plan, "base"), "keep one")
