"""Setting up the local extranets with the hotels that the files describe: rooms and rate plans exist, nothing is loaded yet.

So a workspace can be tried on one machine: what the providers' market managers would have set up is there, and the rest is for a plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reconciler.model.property import BOOKING, CREATE, EXPEDIA, Property, RatePlan
from reconciler.sandbox.admin import Admin, AdminError
from reconciler.wiring import LOCAL_ACCOUNT

NOT_FOUND = 404
_ACCOUNT = {"username": LOCAL_ACCOUNT, "password": LOCAL_ACCOUNT}
_ALWAYS = {"dateStart": "1900-01-01", "dateEnd": "2079-06-06"}
_FOLLOWS = (
    "deriveAvailabilityStatus",
    "deriveLengthOfStayRestriction",
    "deriveClosedToArrival",
    "deriveClosedToDeparture",
)
_USUAL_DISCOUNT = 10


def set_up(admin: Admin, hotels: Iterable[Property], accounts: Sequence[Mapping[str, str]] = (_ACCOUNT,)) -> int:
    """Loads every hotel that is not there yet at each of its providers, for these accounts; returns how many were loaded."""
    loaded = 0
    for hotel in hotels:
        for provider, link in sorted(hotel.providers.items()):
            if not _is_there(admin, provider, link.external_id):
                admin.load_hotel(provider, {**describe(hotel, provider), "accounts": list(accounts)})
                loaded += 1
    return loaded


def _is_there(admin: Admin, provider: str, hotel_id: str) -> bool:
    try:
        admin.hotel(provider, hotel_id)
    except AdminError as error:
        if error.status != NOT_FOUND:
            raise
        return False
    return True


def describe(hotel: Property, provider: str) -> dict[str, Any]:
    """The hotel as the sandbox's admin face takes it."""
    common = {
        "id": hotel.providers[provider].external_id,
        "name": hotel.name,
        "currency": hotel.currency,
        "timezone": hotel.timezone,
        "rooms": [
            {"id": id_, "name": hotel.rooms[key].name, "max_occupancy": hotel.rooms[key].max_occupancy}
            for key, id_ in sorted(hotel.mappings[provider].rooms.items())
            if key in hotel.rooms
        ],
    }
    return {**common, **(_expedia(hotel) if provider == EXPEDIA else _booking(hotel))}


def _expedia(hotel: Property) -> dict[str, Any]:
    guests = any(run.value.guests for p in hotel.rate_plans.values() for c in p.prices.values() for run in c)
    mapped = sorted(hotel.mappings[EXPEDIA].plans.items())
    standalone = {room: id_ for (room, key), id_ in mapped if EXPEDIA not in hotel.rate_plans[key].linked}
    return {
        "pricing_model": "OccupancyBasedPricing" if guests else "PerDayPricing",
        "facts": {
            "rateAcquisitionType": "NetRate" if hotel.rates_basis == "net" else "SellLAR",
            "taxInclusive": hotel.rates_tax == "inclusive",
        },
        "rate_plans": [
            _expedia_plan(hotel, room, key, id_, _parent(hotel, room, key) or standalone.get(room, ""))
            for (room, key), id_ in mapped
            if id_ != CREATE
        ],
    }


def _expedia_plan(hotel: Property, room: str, key: str, id_: str, parent: str) -> dict[str, Any]:
    plan = hotel.rate_plans[key]
    model = "HotelCollect" if id_.endswith("A") else "ExpediaCollect"
    facts: dict[str, Any] = {"distributionRules": [{"partnerCode": key[:10], "distributionModel": model}]}
    if EXPEDIA in plan.linked:
        facts |= {"parent": parent.removesuffix("A"), "ratePlanLinkage": _linkage(plan)}
    return {
        "id": id_.removesuffix("A"),
        "name": plan.name,
        "room": hotel.mappings[EXPEDIA].rooms[room],
        "facts": facts,
    }


def _parent(hotel: Property, room: str, key: str) -> str:
    above = hotel.rate_plans[key].derived_from
    return hotel.mappings[EXPEDIA].plans.get((room, above), "") if above else ""


def _linkage(plan: RatePlan) -> dict[str, Any]:
    """A rule that takes off what git takes off, where that is a share."""
    off = plan.discount_from_bar if plan.discount_from_bar is not None else _USUAL_DISCOUNT
    rule = {**_ALWAYS, "adjustmentType": "Percentage", "adjustmentValue": -float(off)}
    return {**dict.fromkeys(_FOLLOWS, True), "rateDerivationRules": [rule]}


def _booking(hotel: Property) -> dict[str, Any]:
    rooms = hotel.mappings[BOOKING].rooms
    plans: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for (room, key), id_ in sorted(hotel.mappings[BOOKING].plans.items()):
        if id_ != CREATE and room in rooms:
            plans.setdefault(id_, []).append(rooms[room])
            names[id_] = hotel.rate_plans[key].name
    return {"rate_plans": [{"id": id_, "name": names[id_], "rooms": ids} for id_, ids in sorted(plans.items())]}
