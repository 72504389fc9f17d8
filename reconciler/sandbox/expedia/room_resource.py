"""Properties and room types as Product API resources: shown, created, updated. Their status follows their rate plans."""

from decimal import Decimal
from typing import Any

from reconciler.sandbox.state import Hotel, Room, World

REQUIRED = ("partnerCode", "name", "ageCategories", "bedrooms", "smokingPreferences")
WRITABLE = (
    *REQUIRED,
    "maxOccupancy",
    "livingRooms",
    "extraBedding",
    "regulatoryRecords",
    "floorSize",
    "views",
    "wheelchairAccessibility",
)
READ_ONLY = ("resourceId", "status", "_links")
_HIDDEN = ("threshold", "amenities")


def property_resource(hotel: Hotel) -> dict[str, Any]:
    """What is not described gets a plausible value; the time zone is text, as the real ones answer it."""
    models = ["ExpediaCollect", "HotelCollect"]
    defaults: dict[str, Any] = {
        "status": "Active",
        "address": {"line1": None, "city": None, "countryCode": None},
        "distributionModels": models,
        "rateAcquisitionType": "SellLAR",
        "taxInclusive": False,
        "baseAllocationEnabled": any(room.nights.get("base") for room in hotel.rooms.values()),
        "cancellationTime": "18:00",
        "timezone": f"(GMT) {hotel.timezone}",
        "reservationCutOff": {"time": "05:00", "day": "nextDay"},
        "allowedAgeCategories": ["Adult", "ChildAgeA", "Infant"],
    }
    facts = {name: value for name, value in hotel.facts.items() if name != "max_min_los"}
    own = {
        "resourceId": int(hotel.id),
        "name": hotel.name,
        "currency": hotel.currency,
        "pricingModel": hotel.pricing_model,
    }
    return {**own, **defaults, **facts}


def room_resource(room: Room, links: dict[str, Any]) -> dict[str, Any]:
    facts = {name: value for name, value in room.facts.items() if name not in _HIDDEN}
    people = {"total": room.max_occupancy, "adults": room.max_occupancy, "children": 0}
    defaults = {
        "partnerCode": room.name[:40],
        "name": {"value": room.name},
        "ageCategories": [{"category": "Adult", "minAge": 18}],
        "maxOccupancy": people,
        "bedrooms": [],
        "smokingPreferences": ["Non-Smoking"],
    }
    status = "Active" if room.active else "Inactive"
    return {"resourceId": int(room.id), "status": status, **defaults, **facts, "_links": links}


def thresholds(room: Room) -> dict[str, Any] | None:
    """Returned only where some are defined, as the documentation says of young room types."""
    found = room.facts.get("threshold")
    if not found or "min" not in found or "max" not in found:
        return None
    amounts = {"minAmount": Decimal(str(found["min"])), "maxAmount": Decimal(str(found["max"]))}
    return {"type": "SellLAR", **amounts, "source": "ManualOverride"}


def _validate(hotel: Hotel, room: Room | None, facts: dict[str, Any]) -> None:
    missing = [name for name in REQUIRED if not facts.get(name)]
    if missing:
        raise ValueError(f"required: {', '.join(missing)}")
    code = facts["partnerCode"]
    if not isinstance(code, str) or len(code) > 40:
        raise ValueError("partnerCode: at most 40 characters")
    others = [other for other in hotel.rooms.values() if other is not room]
    if any(other.facts.get("partnerCode", other.name[:40]) == code for other in others):
        raise ValueError("partnerCode has to be unique across all room types of the property")
    ages = [age.get("category") for age in facts["ageCategories"] if isinstance(age, dict)]
    if "Adult" not in ages:
        raise ValueError("ageCategories: the category Adult must be defined")
    name = facts["name"]
    if not isinstance(name, dict) or not (name.get("value") or (name.get("attributes") or {}).get("typeOfRoom")):
        raise ValueError("name: a value, or attributes with typeOfRoom")
    shown = str(name.get("value") or name["attributes"]["typeOfRoom"])
    if not (shown.isprintable() and code.isprintable()) or len(shown) > 255:
        raise ValueError("name and partnerCode: printable characters, a name at most 255 of them")


def _store(room: Room, facts: dict[str, Any]) -> None:
    hidden = {name: room.facts[name] for name in _HIDDEN if name in room.facts}
    room.facts = {**facts, **hidden}
    name = facts["name"]
    room.name = str(name.get("value") or name["attributes"]["typeOfRoom"])
    total = (facts.get("maxOccupancy") or {}).get("total")
    room.max_occupancy = int(total) if isinstance(total, int) else room.max_occupancy


def create_room(world: World, hotel: Hotel, given: dict[str, Any]) -> Room:
    """A new room type, inactive until its first active rate plan; raises ValueError with the reason."""
    strange = set(given) - set(WRITABLE) - {"status"}
    if strange:
        raise ValueError(f"cannot be provided in a create request: {', '.join(sorted(strange))}")
    facts = {name: value for name, value in given.items() if name in WRITABLE}
    _validate(hotel, None, facts)
    room_id = str(world.next_id("expedia_room", 210_000_001))
    while any(room_id in other.rooms for other in world.hotels.values()):
        room_id = str(world.next_id("expedia_room"))
    room = Room(room_id, "", active=False)
    _store(room, facts)
    hotel.rooms[room.id] = room
    return room


def update_room(hotel: Hotel, room: Room, given: dict[str, Any], *, partial: bool) -> None:
    """A full overlay, or a partial update at the top level; raises ValueError with the reason."""
    strange = set(given) - set(WRITABLE) - set(READ_ONLY)
    if strange:
        raise ValueError(f"unknown: {', '.join(sorted(strange))}")
    if (not partial or "resourceId" in given) and str(given.get("resourceId")) != room.id:
        raise ValueError("resourceId is required for modify, and cannot be changed")
    if given.get("status", "Active" if room.active else "Inactive") != ("Active" if room.active else "Inactive"):
        raise ValueError("status is derived from the rate plans and cannot be edited")
    old = {name: value for name, value in room_resource(room, {}).items() if name in WRITABLE} if partial else {}
    merged = {**old, **{name: value for name, value in given.items() if name in WRITABLE}}
    facts = {name: value for name, value in merged.items() if value is not None and value != []}
    if partial and "bedrooms" not in facts and "bedrooms" not in given:
        facts["bedrooms"] = [{"count": 1, "bedding": []}]
    _validate(hotel, room, facts)
    _store(room, facts)
