"""Availability and rates, written: updates to a message, and its answer to warnings. No I/O.

Both ends of a date range are nights that it covers. All seven days are always named, because as soon as one is, those left out count as
"no". An update counts as elements set times nights; a message takes 5000 of them and 100 kB. What a message says twice about a product
and night must agree (error 3108): give each product and night once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from xml.etree.ElementTree import Element

from reconciler.errors import UnexpectedReplyError
from reconciler.model.calendar import WEEKDAYS, Pattern
from reconciler.providers import xml
from reconciler.providers.expedia.envelope import Login, code_of, open_reply, open_request

PATH = "/eqc/ar"
NAMESPACE = "http://www.expediaconnect.com/EQC/AR/2011/06"
MAX_UPDATES = 5000
MAX_BYTES = 100_000

_DAY = timedelta(days=1)
_SUNDAY_FIRST = (6, 0, 1, 2, 3, 4, 5)
INACTIVE_PLAN = 7022
_DEFAULT_WARNING = 7000


@dataclass(frozen=True, slots=True)
class RoomSetting:
    """What to set of a room: units left to sell, and whether it is closed; None leaves as it is."""

    left: int | None = None
    closed: bool | None = None

    @property
    def elements(self) -> int:
        """How many updates it is per night."""
        return (self.left is not None) + (self.closed is not None)


@dataclass(frozen=True, slots=True)
class RateSetting:
    """A rate plan's price: per day, or (number of guests, price) for each number."""

    currency: str
    per_day: Decimal | None = None
    per_occupancy: tuple[tuple[int, Decimal], ...] = ()

    @property
    def elements(self) -> int:
        """How many updates it is per night."""
        return max(1, len(self.per_occupancy))


@dataclass(frozen=True, slots=True)
class StaySetting:
    """A rate plan's restrictions, always all of them: lengths sent apart may contradict what is there (warning 7016)."""

    closed: bool
    min_los: int
    max_los: int
    closed_to_arrival: bool
    closed_to_departure: bool

    @property
    def elements(self) -> int:
        """How many updates it is per night."""
        return 5


Setting = RoomSetting | RateSetting | StaySetting


@dataclass(frozen=True, slots=True)
class Update:
    """One setting for one room, or one rate plan of it, on the nights of all patterns (none twice). Ids are Expedia's."""

    room: str
    plan: str
    setting: Setting
    nights: tuple[Pattern[object], ...]

    @property
    def count(self) -> int:
        """How many updates Expedia counts."""
        return self.setting.elements * sum(pattern.nights for pattern in self.nights)


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning: what it is about where it says so, and whether it tells of something that did not take.

    `more`: further warnings of the code were held back, so that what is not named may be concerned too.
    """

    code: int
    text: str
    room: str = ""
    plan: str = ""
    night: date | None = None
    harmless: bool = False
    more: bool = False


def encode(login: Login, hotel_id: str, updates: Iterable[Update]) -> bytes:
    """The message."""
    root = open_request("AvailRateUpdateRQ", NAMESPACE, login, hotel_id)
    for update in updates:
        _add(root, update)
    return xml.serialise(root)


def size_of(update: Update) -> int:
    """How many bytes the update adds to a message."""
    root = Element("X")
    _add(root, update)
    return len(xml.serialise(root))


def _add(root: Element, update: Update) -> None:
    element = xml.add(root, "AvailRateUpdate")
    for pattern in update.nights:
        xml.add(element, "DateRange", _range(pattern))
    setting = update.setting
    closed = setting.closed if isinstance(setting, RoomSetting) else None
    room = xml.add(element, "RoomType", {"id": update.room, **_flag("closed", closed)})
    if isinstance(setting, RoomSetting):
        if setting.left is not None:
            xml.add(room, "Inventory", {"totalInventoryAvailable": str(setting.left)})
    elif isinstance(setting, RateSetting):
        _add_rate(xml.add(room, "RatePlan", {"id": update.plan}), setting)
    else:
        plan = xml.add(room, "RatePlan", {"id": update.plan, **_flag("closed", setting.closed)})
        xml.add(plan, "Restrictions", _restrictions(setting))


def _add_rate(plan: Element, setting: RateSetting) -> None:
    rate = xml.add(plan, "Rate", {"currency": setting.currency})
    if setting.per_day is not None:
        xml.add(rate, "PerDay", {"rate": f"{setting.per_day:f}"})
    for guests, amount in setting.per_occupancy:
        xml.add(rate, "PerOccupancy", {"rate": f"{amount:f}", "occupancy": str(guests)})


def _restrictions(setting: StaySetting) -> dict[str, str]:
    return {
        "minLOS": str(setting.min_los),
        "maxLOS": str(setting.max_los),
        **_flag("closedToArrival", setting.closed_to_arrival),
        **_flag("closedToDeparture", setting.closed_to_departure),
    }


def _range(pattern: Pattern[object]) -> dict[str, str]:
    days = {WEEKDAYS[day]: "true" if day in pattern.days else "false" for day in _SUNDAY_FIRST}
    return {"from": f"{pattern.start}", "to": f"{pattern.until - _DAY}", **days}


def _flag(name: str, value: bool | None) -> Mapping[str, str]:
    return {} if value is None else {name: "true" if value else "false"}


def decode(body: bytes) -> tuple[Warned, ...]:
    """The warnings of a message that was taken; what none of them names was carried out.

    Raises the errors of one that was not: nothing of it was carried out then.
    """
    root = open_reply(body, "AvailRateUpdateRS")
    success = xml.child(root, "Success")
    if success is None:
        raise UnexpectedReplyError("the reply tells neither success nor error")
    return tuple(_warned(code_of(warning), warning.text or "") for warning in xml.children(success, "Warning"))


_ROOM = re.compile(r"Room Type ID[: ]+([^\s;,\]]{1,50})", re.IGNORECASE)
_PLAN = re.compile(r"Rate Plan ID[: ]+([^\s;,\]]{1,50})", re.IGNORECASE)
_NIGHT = re.compile(r"(?:Stay|Inventory) date[: ]+(\d{4}-\d{2}-\d{2})", re.IGNORECASE)
_MORE = re.compile(r"Remaining \d+ warnings will not be returned", re.IGNORECASE)
_INACTIVE = re.compile(r"inactive (rate plan|room type) updated", re.IGNORECASE)


def _warned(code: int, text: str) -> Warned:
    """Two warnings only inform: the product is inactive, but was updated. Any other, known or not, is a failure of its line."""
    text = " ".join(text[:1024].split())
    return Warned(
        code,
        text,
        room=_found(_ROOM, text),
        plan=_found(_PLAN, text),
        night=_date(_found(_NIGHT, text)),
        harmless=code == INACTIVE_PLAN or (code == _DEFAULT_WARNING and _INACTIVE.search(text) is not None),
        more=_MORE.search(text) is not None,
    )


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else ""


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def halves(pattern: Pattern[object]) -> Sequence[Pattern[object]]:
    """The pattern cut in two by date, for one that is too much for a message."""
    middle = pattern.start + (pattern.until - pattern.start) // 2
    cut = (pattern._replace(until=middle), pattern._replace(start=middle))
    return [part for part in cut if part.nights]
