"""The AvailRateUpdateRQ message: its form, and its content as updates over nights. What they mean is judged in `ar`.

Two forms are taken: several AvailRateUpdate elements (namespace 2011/06) and the older single one (both namespaces).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from xml.etree.ElementTree import Element

from reconciler.sandbox.expedia.common import AUTHENTICATION, Interface, day
from reconciler.sandbox.nights import ONE_DAY, WEEKDAYS, span
from reconciler.sandbox.shapes import Shape, is_bool, is_date, money, text, truth, whole
from reconciler.sandbox.wire import child, children

NEW = "http://www.expediaconnect.com/EQC/AR/2011/06"
OLD = "http://www.expediaconnect.com/EQC/AR/2007/02"

_DATES = Shape({"from": is_date, "to": is_date}, dict.fromkeys(WEEKDAYS, is_bool))
_RATE = Shape(
    optional={"currency": text(3, 3), "rateChangeIndicator": is_bool, "lengthOfStay": whole(1, 28)},
    content=r"(PerDay |(PerOccupancy ){1,20}|PerPerson )?",
    inside={
        "PerDay": Shape({"rate": money}),
        "PerOccupancy": Shape({"rate": money, "occupancy": whole(1, 20)}),
        "PerPerson": Shape({"rate": money}),
    },
)
_RESTRICTIONS = Shape(
    optional={
        "minLOS": whole(1, 28),
        "maxLOS": whole(1, 28),
        "closedToArrival": is_bool,
        "closedToDeparture": is_bool,
    },
)
_PLAN = Shape(
    {"id": text(1, 50)},
    {"closed": is_bool},
    r"(Rate ){0,28}(Restrictions )?",
    {"Rate": _RATE, "Restrictions": _RESTRICTIONS},
)
_COUNT = whole(0, 4999)
_ROOM = Shape(
    {"id": text(1, 50)},
    {"closed": is_bool},
    r"(Inventory )?(RatePlan )*",
    {"Inventory": Shape(optional={"flexibleAllocation": _COUNT, "totalInventoryAvailable": _COUNT}), "RatePlan": _PLAN},
)
_UPDATE = Shape(content=r"(DateRange )+(RoomType )+", inside={"DateRange": _DATES, "RoomType": _ROOM})
_HOTEL = Shape({"id": whole(0, 2**31 - 1)})
_INSIDE = {
    "Authentication": AUTHENTICATION,
    "Hotel": _HOTEL,
    "AvailRateUpdate": _UPDATE,
    "DateRange": _DATES,
    "RoomType": _ROOM,
}
_HEAD = r"(Authentication )?Hotel "

AR = Interface(
    "ar",
    "AvailRateUpdateRQ",
    {
        NEW: Shape(content=_HEAD + r"(DateRange (RoomType )+|(AvailRateUpdate )+)", inside=_INSIDE),
        OLD: Shape(content=_HEAD + r"DateRange (RoomType )+", inside=_INSIDE),
    },
    "AvailRateUpdateRS",
    OLD,
    writes=True,
)


@dataclass(frozen=True, slots=True)
class Range:
    first: date
    last: date
    weekdays: frozenset[int]

    def nights(self) -> Iterator[date]:
        return (night for night in span(self.first, self.last + ONE_DAY) if night.weekday() in self.weekdays)


@dataclass(frozen=True, slots=True)
class Rate:
    """One Rate element: `kind` is PerDay, PerOccupancy, PerPerson or empty; `amounts` maps guests (or "") to text."""

    kind: str
    amounts: tuple[tuple[str, str], ...]
    currency: str | None
    length_of_stay: int | None
    change_indicator: bool | None

    def count(self) -> int:
        return len(self.amounts) + (self.change_indicator is not None)


@dataclass(frozen=True, slots=True)
class PlanUpdate:
    id: str
    closed: bool | None = None
    rates: tuple[Rate, ...] = ()
    min_los: int | None = None
    max_los: int | None = None
    flags: tuple[tuple[str, bool], ...] = ()

    def count(self) -> int:
        """How many data elements are set, for one night."""
        single = [self.closed, self.min_los, self.max_los]
        return sum(value is not None for value in single) + len(self.flags) + sum(rate.count() for rate in self.rates)


@dataclass(frozen=True, slots=True)
class RoomUpdate:
    id: str
    closed: bool | None = None
    total: int | None = None
    flexible: int | None = None
    plans: tuple[PlanUpdate, ...] = ()

    def count(self) -> int:
        own = sum(value is not None for value in (self.closed, self.total, self.flexible))
        return own + sum(plan.count() for plan in self.plans)


@dataclass(frozen=True, slots=True)
class Update:
    ranges: tuple[Range, ...]
    rooms: tuple[RoomUpdate, ...] = field(default=())

    def nights(self) -> list[date]:
        """Every night named, once, in order."""
        return sorted({night for chosen in self.ranges for night in chosen.nights()})


def _flag(element: Element, name: str) -> bool | None:
    value = element.get(name)
    return None if value is None else truth(value.strip())


def _number(element: Element | None, name: str) -> int | None:
    value = element.get(name) if element is not None else None
    return None if value is None else int(value)


def _range(element: Element) -> Range:
    """As soon as one weekday is named, those left out count as false."""
    named = {index for index, name in enumerate(WEEKDAYS) if element.get(name) is not None}
    chosen = {index for index in named if _flag(element, WEEKDAYS[index])} if named else set(range(7))
    return Range(day(element, "from"), day(element, "to"), frozenset(chosen))


def _rate(element: Element) -> Rate:
    prices = list(element)
    return Rate(
        prices[0].tag.rpartition("}")[2] if prices else "",
        tuple((price.get("occupancy", "").strip(), price.get("rate", "").strip()) for price in prices),
        element.get("currency"),
        _number(element, "lengthOfStay"),
        _flag(element, "rateChangeIndicator"),
    )


def _plan(element: Element) -> PlanUpdate:
    limits = child(element, "Restrictions")
    names = (("closed_to_arrival", "closedToArrival"), ("closed_to_departure", "closedToDeparture"))
    flags = [(name, _flag(limits, wire)) for name, wire in names] if limits is not None else []
    return PlanUpdate(
        element.get("id", "").strip(),
        _flag(element, "closed"),
        tuple(_rate(rate) for rate in children(element, "Rate")),
        _number(limits, "minLOS"),
        _number(limits, "maxLOS"),
        tuple((name, value) for name, value in flags if value is not None),
    )


def _room(element: Element) -> RoomUpdate:
    inventory = child(element, "Inventory")
    return RoomUpdate(
        element.get("id", "").strip(),
        _flag(element, "closed"),
        _number(inventory, "totalInventoryAvailable"),
        _number(inventory, "flexibleAllocation"),
        tuple(_plan(plan) for plan in children(element, "RatePlan")),
    )


def updates_of(root: Element) -> list[Update]:
    """The updates of a message whose form has been checked."""
    groups = children(root, "AvailRateUpdate") or [root]
    return [
        Update(
            tuple(_range(found) for found in children(group, "DateRange")),
            tuple(_room(found) for found in children(group, "RoomType")),
        )
        for group in groups
    ]
