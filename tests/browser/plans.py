"""Plans as a group of hotels has them: a season with its weekends, dearer summers, units that move. No clock and no chance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from reconciler.model.address import Address
from reconciler.model.calendar import Calendar, Run, constant, difference, on_days
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.plan import Action, Change, Operation, Plan, Scope
from reconciler.model.state import Availability, Counts, Coverage, Json, Price, Provenance, Restrictions, Value
from tests.report import samples

START = date(2027, 5, 1)
ROOMS = ("double", "family", "suite")
PLANS = ("BAR", "NREF")
PROVIDERS = ("booking.com", "expedia")
_DAY = timedelta(days=1)


def large(properties: int = 200, nights: int = 500) -> Plan:
    """Every price of every hotel rises, on every night. Each room and plan has its own, and no two neighbouring nights cost the same."""
    operations = tuple(
        _change(f"hotel-{hotel:03}", provider, "rates", (room, plan), *prices)
        for hotel in range(properties)
        for r, room in enumerate(ROOMS)
        for p, plan in enumerate(PLANS)
        for prices in [_rising(hotel, 600 * r - 90 * p, nights)]
        for provider in PROVIDERS
    )
    slugs = tuple(f"hotel-{hotel:03}" for hotel in range(properties))
    findings = tuple(
        Diagnostic("rate-step", f"the price rises at {slug}", Severity.WARNING, address=f"{slug}/expedia/rates")
        for slug in slugs[::25]
    )
    return replace(samples.plan(operations), properties=slugs, findings=findings)


def _rising(hotel: int, dearer: int, nights: int) -> tuple[Calendar[Price], Calendar[Price]]:
    days = [START + _DAY * night for night in range(nights)]
    tenths = [800 + 7 * hotel + dearer + 10 * day.month * (day.weekday() + 1) for day in days]
    before = [Run(day, day + _DAY, _tenths(amount)) for day, amount in zip(days, tenths, strict=True)]
    after = [Run(day, day + _DAY, _tenths(amount + 40)) for day, amount in zip(days, tenths, strict=True)]
    return Calendar(tuple(before)), Calendar(tuple(after))


@cache
def _tenths(amount: int) -> Price:
    return Price(Decimal(amount) / 10)


def _change(
    slug: str, target: str, kind: str, key: tuple[str, ...], before: Value | None, after: Value | None, **more: Any
) -> Operation:
    at = Address(slug, target, kind, key)
    action = more.pop("action", Action.UPDATE if before is not None else Action.CREATE)
    return Operation(str(at), Change(at, action, before, after, **more))


def group() -> Plan:
    """A morning at a small group: a dearer summer in Lisbon, units that move, a new plan in Porto, a hotel that is held."""
    operations = (*_lisbon(), *_porto(), *_sintra(), *_faro())
    return replace(
        samples.plan(operations),
        findings=_FINDINGS,
        properties=("cascais-mar", "faro-ria", "lisbon-baixa", "porto-ribeira", "sintra-vila", "tavira-salinas"),
        coverage={
            (slug, provider): Coverage(3, 3, 6, 6)
            for slug in ("faro-ria", "lisbon-baixa", "porto-ribeira", "sintra-vila")
            for provider in PROVIDERS
        },
        messages=31,
        scope=Scope(),
    )


_FINDINGS = (
    Diagnostic(
        "rate-step",
        "the price of 24 Dec rises by 54%, and 40% is the limit",
        Severity.ERROR,
        "`rate_step.percent`, or `--consent rate_step`",
        "properties/iberia/lisbon-baixa.yaml",
        42,
        9,
        "lisbon-baixa/booking.com/rates/suite/BAR",
    ),
    Diagnostic(
        "linked-price",
        "the price of NREF follows BAR at Expedia; none is sent",
        Severity.WARNING,
        address="porto-ribeira/expedia/rates/double/NREF",
    ),
    Diagnostic(
        "suspended",
        "suspended at expedia until 2027-05-03 12:00: extranet under repair; nothing is changed there",
        Severity.WARNING,
        address="tavira-salinas/expedia",
    ),
)


def _season(low: int, weekend: int, summer: int, until: date = date(2028, 5, 1)) -> Calendar[Price]:
    """A price for all nights, more at weekends, more again in summer and over the new year."""

    def priced(start: date, end: date, more: int) -> Calendar[Price]:
        plain = constant(start, end, Price(Decimal(f"{low + more}.00")))
        return plain.overlay(on_days(start, end, (4, 5), Price(Decimal(f"{low + weekend + more}.00"))))

    year = priced(START, until, 0)
    for start, end, more in (
        (date(2027, 6, 15), date(2027, 7, 10), summer // 2),
        (date(2027, 7, 10), date(2027, 8, 29), summer),
        (date(2027, 8, 29), date(2027, 9, 20), summer // 2),
        (date(2027, 12, 26), date(2028, 1, 3), summer + 40),
    ):
        year = year.overlay(priced(start, end, more))
    return year


def _at_both(
    slug: str, kind: str, room: str, plan: str, before: Calendar[Any], after: Calendar[Any]
) -> Iterator[Operation]:
    changed = difference(before, after)
    old, new = changed.map(lambda c: c.before), changed.map(lambda c: c.after)
    for provider in PROVIDERS:
        known = Provenance.ACKNOWLEDGED if provider == "booking.com" else Provenance.READ_BACK
        yield _change(slug, provider, kind, (room, plan), old, new, provenance=known)
        yield _change(slug, "database", kind, (provider, room, plan), old, new)


def _lisbon() -> Iterator[Operation]:
    slug = "lisbon-baixa"
    yield from _at_both(slug, "rates", "double", "BAR", _season(118, 22, 40), _season(121, 34, 62))
    yield from _at_both(slug, "rates", "suite", "BAR", _season(210, 30, 60), _season(210, 48, 95))
    stays = constant(date(2027, 7, 10), date(2027, 8, 29), Restrictions())
    longer = constant(date(2027, 7, 10), date(2027, 8, 29), Restrictions(min_stay=2)).overlay(
        on_days(date(2027, 7, 10), date(2027, 8, 29), (4, 5), Restrictions(min_stay=3, closed_to_arrival=True))
    )
    yield from _at_both(slug, "restrictions", "double", "BAR", stays, longer)
    days = (date(2027, 6, 1), date(2027, 10, 1))
    more, less = constant(*days, Availability(14)), constant(*days, Availability(10))
    full = constant(date(2027, 8, 12), date(2027, 8, 17), Availability(10, closed=True))
    yield _change(
        slug, "expedia", "availability", ("double",), more, less.overlay(full), counts=constant(*days, Counts(12, 2))
    )
    yield _change(slug, "booking.com", "availability", ("double",), less, more, counts=constant(*days, Counts(7, 3)))


def _porto() -> Iterator[Operation]:
    plan: dict[str, Json] = {"name": "Long Stay", "active": True, "cancellation": {"type": "flexible"}}
    yield _change("porto-ribeira", "booking.com", "rate_plan", ("double", "LONG"), None, plan)
    new = _season(84, 14, 30, date(2027, 12, 1))
    yield _change("porto-ribeira", "booking.com", "rates", ("double", "LONG"), None, new, provenance=Provenance.UNKNOWN)


def _sintra() -> Iterator[Operation]:
    yield from _at_both(
        "sintra-vila", "rates", "double", "BAR", _season(95, 15, 20), _season(95, 15, 20, date(2027, 12, 20))
    )


def _faro() -> Iterator[Operation]:
    row: dict[str, Json] = {"external_room_id": "30011", "is_active": True}
    yield _change("faro-ria", "database", "mapping", ("expedia", "old"), row, None, action=Action.DELETE)
