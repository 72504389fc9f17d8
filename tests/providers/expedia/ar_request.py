"""An availability and rates request, read: what it sets, as a calendar for each element of each product.

Written from the documentation alone, to hold our messages against; the product has no use for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from reconciler.model.calendar import Calendar, from_nights

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Key = tuple[str, str, str]
"""Room, plan (empty for the room itself), element."""


def read(body: bytes) -> dict[Key, Calendar[str]]:
    """Everything that the message sets. Raises where one element of a product is set twice on a night."""
    found: dict[Key, dict[date, str]] = {}
    root = fromstring(body)
    for update in [child for child in root if _name(child) == "AvailRateUpdate"]:
        nights = {night for child in update if _name(child) == "DateRange" for night in _nights(child)}
        for room in [child for child in update if _name(child) == "RoomType"]:
            for key, value in _room(room):
                for night in nights:
                    assert night not in found.setdefault(key, {}), f"{key} twice on {night}"
                    found[key][night] = value
    return {key: from_nights(values) for key, values in found.items()}


def updates_in(body: bytes) -> int:
    """How many updates Expedia counts: elements times nights."""
    return sum(calendar.nights for calendar in read(body).values())


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _nights(element: Element) -> Iterator[date]:
    """Both ends included; as soon as one day is named, those that are not named do not count."""
    night, last = date.fromisoformat(element.attrib["from"]), date.fromisoformat(element.attrib["to"])
    named = any(day in element.attrib for day in DAYS)
    while night <= last:
        if not named or element.get(DAYS[night.weekday()]) == "true":
            yield night
        night += timedelta(days=1)


def _room(room: Element) -> Iterator[tuple[Key, str]]:
    id_ = room.attrib["id"].strip()
    if "closed" in room.attrib:
        yield (id_, "", "closed"), room.attrib["closed"]
    for child in room:
        if _name(child) == "Inventory":
            yield from (((id_, "", name), value) for name, value in child.attrib.items())
        else:
            yield from (((id_, child.attrib["id"].strip(), name), value) for name, value in _plan(child))


def _plan(plan: Element) -> Iterator[tuple[str, str]]:
    if "closed" in plan.attrib:
        yield "closed", plan.attrib["closed"]
    for child in plan:
        if _name(child) == "Restrictions":
            yield from child.attrib.items()
        else:
            yield from _rate(child)


def _rate(rate: Element) -> Iterator[tuple[str, str]]:
    stay = f" for {rate.attrib['lengthOfStay']} nights" if "lengthOfStay" in rate.attrib else ""
    for amount in rate:
        guests = f" for {amount.attrib['occupancy']}" if "occupancy" in amount.attrib else ""
        yield f"{_name(amount)}{guests}{stay}", f"{rate.attrib['currency']} {amount.attrib['rate']}"
