"""A group of hotels as a group would write it: three levels of `_defaults.yaml`, and hotels that say only what is their own.

The same size and seed give the same files, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from uuid import UUID

_SEASONED = 2
"""Every so many rooms have prices of their own; the rooms between derive from the one before."""


@dataclass(frozen=True, slots=True)
class Area:
    """Hotels of one country. `night`: a usual price there; `decimals`: of the currency."""

    region: str
    name: str
    country: str
    currency: str
    timezone: str
    night: int
    decimals: int = 2

    def price(self, amount: float) -> str:
        """A price as it is written."""
        return f"{amount * self.night / 100:.{self.decimals}f}"


AREAS = (
    Area("europe", "iberia", "PT", "EUR", "Europe/Lisbon", 110),
    Area("europe", "britain", "GB", "GBP", "Europe/London", 120),
    Area("europe", "alps", "CH", "CHF", "Europe/Zurich", 210),
    Area("europe", "nordics", "SE", "SEK", "Europe/Stockholm", 1400),
    Area("america", "east-coast", "US", "USD", "America/New_York", 180),
    Area("america", "canada", "CA", "CAD", "America/Toronto", 190),
    Area("america", "mexico", "MX", "MXN", "America/Mexico_City", 2600),
    Area("asia", "japan", "JP", "JPY", "Asia/Tokyo", 21000, 0),
    Area("asia", "singapore", "SG", "SGD", "Asia/Singapore", 230),
    Area("asia", "thailand", "TH", "THB", "Asia/Bangkok", 3200),
)
REGIONS = tuple(dict.fromkeys(area.region for area in AREAS))
_ROOMS = ("single", "double", "twin", "family", "deluxe", "studio", "suite", "penthouse")
_SEASONS = {
    "europe": ("summer: [2027-06-15..2027-09-10, 2028-06-15..2028-09-10]", "winter: 2027-01-07..2027-02-28"),
    "america": ("summer: [2027-05-28..2027-09-06, 2028-05-26..2028-09-04]", "winter: 2027-01-04..2027-03-14"),
    "asia": ("summer: [2027-07-17..2027-08-31, 2028-07-15..2028-08-31]", "winter: 2027-01-05..2027-02-20"),
}

WORKSPACE = """\
# yaml-language-server: $schema=schemas/workspace.json
kind: Workspace
environments:
  development: {database: embedded, endpoints: local, test_mode: true, properties: ["**"]}
  production: {database: env:DATABASE_URL, endpoints: production, test_mode: false, properties: ["**"]}
credentials:
  expedia-group:
    provider: expedia
    production: {api_key: env:EXPEDIA_PROD_API_KEY, api_secret: env:EXPEDIA_PROD_API_SECRET}
  booking-com-group:
    provider: booking.com
    production: {api_key: env:BOOKING_COM_PROD_API_KEY, partner_id: env:BOOKING_COM_PROD_PARTNER_ID}
schedules:
  rate_sync: {cron: "*/15 * * * *", providers: [expedia, booking.com]}
  inventory_sync: {cron: "*/5 * * * *", providers: [expedia, booking.com]}
policies:
  blast_radius: {operations: 2000, properties: 100, deletions: 5}
"""


def group(hotels: int, seed: int = 1) -> dict[str, str]:
    """A workspace with so many hotels: text by path."""
    files = {"reconciler.yaml": WORKSPACE, "properties/_defaults.yaml": _of_the_group()}
    used = [AREAS[number % len(AREAS)] for number in range(hotels)]
    for region in dict.fromkeys(area.region for area in used):
        files[f"properties/{region}/_defaults.yaml"] = _of_the_region(region)
    for area in dict.fromkeys(used):
        files[f"properties/{area.region}/{area.name}/_defaults.yaml"] = _of_the_area(area)
    for number, area in enumerate(used):
        slug = f"{area.name}-{number:04}"
        files[f"properties/{area.region}/{area.name}/{slug}.yaml"] = hotel(area, number, Random(f"{seed} {number}"))
    return files


def write(root: Path, files: dict[str, str]) -> Path:
    """The files below the folder."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def _each(amount: float, sign: str = "+") -> str:
    """An amount in every currency of the group."""
    return "{" + ", ".join(f"{area.currency}: {sign}{area.price(amount)}" for area in AREAS) + "}"


def _of_the_group() -> str:
    return f"""\
# yaml-language-server: $schema=../schemas/defaults.json
# What holds for every hotel of the group.
kind: Defaults
rates_are: {{basis: sell, tax: inclusive}}
horizon: 500
providers:
  expedia: {{credentials: expedia-group, integration_name: Expedia Partner Solutions, commission: 18%}}
  booking.com:
    credentials: booking-com-group
    commission: 15%
    codes:
      cancellation: {{flexible-24h: "152", non-refundable: "1"}}
      meals: {{breakfast: "1"}}
cancellation_policies:
  flexible-24h: {{type: flexible, deadline_hours: 24, penalty_percentage: 0, late_penalty: first_night}}
  non-refundable: {{type: non_refundable, deadline_hours: 0, penalty_percentage: 100}}
allocation:
  "*": {{default: {{direct: 25%, expedia: 35%, booking.com: 40%, overbooking: 5%}}}}
rate_plans:
  BAR:
    name: Best Available Rate
    type: bar
    base: true
    cancellation: flexible-24h
    occupancy: {{1: -10%}}
    restrictions: {{overrides: {{new-year: {{nights: 2026-12-30..2027-01-01, set: {{min_stay: 2}}}}}}}}
  NREF:
    name: Non-Refundable Rate
    type: non_refundable
    cancellation: non-refundable
    derive: {{from: BAR, change: -15%, round: {{mode: down}}}}
  BB:
    name: Bed & Breakfast
    type: bed_and_breakfast
    cancellation: flexible-24h
    derive: {{from: BAR, change: {_each(22)}}}
  LONG:
    name: Long Stay
    type: long_stay
    cancellation: flexible-24h
    derive: {{from: BAR, change: -12%, floor: {_each(15, "")}}}
"""


def _of_the_region(region: str) -> str:
    summer, winter = _SEASONS[region]
    return f"""\
# yaml-language-server: $schema=../../schemas/defaults.json
kind: Defaults
weekend: [fri, sat]
seasons:
  {summer}
  {winter}
  festive: {{nights: [2026-12-23..2026-12-26, 2026-12-30..2027-01-01], priority: 2}}
rate_plans:
  BAR: {{restrictions: {{seasons: {{festive: {{closed_to_departure: false}}}}}}}}
  LONG: {{restrictions: {{seasons: {{festive: {{closed: true}}}}}}}}
"""


def _of_the_area(area: Area) -> str:
    return f"""\
# yaml-language-server: $schema=../../../schemas/defaults.json
kind: Defaults
country: {area.country}
currency: {area.currency}
timezone: {area.timezone}
rate_plans:
  BB: {{occupancy: {{1: -{area.price(10)}}}}}
"""


def hotel(area: Area, number: int, random: Random) -> str:
    """One hotel: 60 to 156 lines, with from three rooms to eight."""
    rooms = _ROOMS[: random.randint(3, len(_ROOMS))]
    return "\n".join(
        [*_head(area, number, random), *_rooms(rooms, random), *_mapped(rooms, number), *_sold(area, rooms, random)]
    )


def _head(area: Area, number: int, random: Random) -> Iterator[str]:
    yield from (
        "# yaml-language-server: $schema=../../../schemas/property.json",
        "kind: Property",
        f"id: {_id(random)}",
        f"name: {area.name.title()} {number}",
        "",
        "providers:",
        "  expedia:",
        f'    property_id: "{16_000_000 + number}"',
        f'    ean_id: "{400_000 + number}"',
        "  booking.com:",
        f'    hotel_id: "{8_000_000 + number}"',
        "",
    )


def _id(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


def _rooms(rooms: tuple[str, ...], random: Random) -> Iterator[str]:
    yield "rooms:"
    for room in rooms:
        yield from (
            f"  {room}:",
            f"    id: {_id(random)}",
            f"    name: {room.title()} Room",
            f"    units: {random.randint(4, 60)}",
            f"    occupancy: {{base: {1 if room == 'single' else 2}, max: {random.randint(2, 4)}}}",
        )
        if random.random() < 0.2:
            start = random.randint(10, 20)
            yield from ("    closed:", "      overrides:")
            yield f"        painting: {{nights: 2027-03-{start}..2027-03-{start + 5}, set: true}}"
    yield ""


def _mapped(rooms: tuple[str, ...], number: int) -> Iterator[str]:
    base = 10_000 + number * 100
    yield from ("mappings:", "  expedia:")
    yield "    rooms: {" + ", ".join(f'{room}: "{base + at}"' for at, room in enumerate(rooms)) + "}"
    yield "    rate_plans:"
    for place, plan in enumerate(("BAR", "NREF", "BB", "LONG"), 1):
        yield f"      {plan}:"
        for at, room in enumerate(rooms):
            yield f'        {room}: "{base + at}{place}A"'
    yield "  booking.com:"
    yield "    rooms: {" + ", ".join(f'{room}: "{base + at}01"' for at, room in enumerate(rooms)) + "}"
    plans = ", ".join(f'{plan}: "{base + at}77"' for at, plan in enumerate(("BAR", "NREF", "BB", "LONG")))
    yield f"    rate_plans: {{{plans}}}"
    yield ""


def _sold(area: Area, rooms: tuple[str, ...], random: Random) -> Iterator[str]:
    yield from ("rate_plans:", "  BAR:", "    rates:")
    for at, room in enumerate(rooms):
        if at % _SEASONED:
            yield f"      {room}: {{derive: {{from: {rooms[at - 1]}, change: +{area.price(random.randint(8, 30))}}}}}"
            continue
        usual = random.randint(70, 130) + 30 * at
        yield from (
            f"      {room}:",
            f"        default: {area.price(usual)}",
            f"        days: {{weekend: {area.price(usual + 18)}}}",
            "        seasons:",
            f"          summer: {{default: {area.price(usual + 45)}, days: {{weekend: {area.price(usual + 60)}}}}}",
            f"          winter: {area.price(usual - 12)}",
            f"          festive: {area.price(usual + 40)}",
        )
        if random.random() < 0.6:
            start = random.randint(1, 24)
            yield "        overrides:"
            yield f"          fair: {{nights: 2027-10-{start:02}..2027-10-{start + 4:02}, set: {area.price(usual + 90)}}}"
    yield from ("    restrictions:", "      overrides:")
    for at in range(random.randint(1, 3)):
        start = random.randint(1, 24)
        month = f"2027-{3 + at * 3:02}"
        yield f"        event-{at + 1}: {{nights: {month}-{start:02}..{month}-{start + 3:02}, set: {{min_stay: 2}}}}"
    yield ""
