"""A small hotel, as git wants it and as the extranet has it, with everything needed to bring the two together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from reconciler.model.address import Address
from reconciler.model.calendar import Calendar, constant, on_days
from reconciler.model.plan import Action, Change, Operation
from reconciler.model.property import Mappings, PlanType, Property, ProviderLink, RatePlan, Room
from reconciler.model.secret import Secret
from reconciler.model.state import Document, Observation, Price, Restrictions, Value, Window
from reconciler.model.workspace import Transport
from reconciler.providers.account import Account
from reconciler.providers.contract import BatchResult, Pending
from reconciler.providers.expedia.provider import Expedia
from reconciler.providers.http import HttpClient
from reconciler.providers.remote import Bindings, ids_of
from reconciler.sandbox.admin import Admin

TODAY = date(2026, 6, 1)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
USER, PASSWORD = "partner", "canary-horse-9"
CREDENTIAL = {"api_key": Secret(USER), "api_secret": Secret(PASSWORD)}
HOTEL = "16636843"
WINDOW = Window(TODAY, TODAY + timedelta(days=100))
ALL = frozenset({"mapping", "rate_plan", "availability", "rates", "restrictions"})

POLICY: Document = {
    "type": "flexible",
    "deadline_hours": 24,
    "penalty_percentage": 0,
    "late_penalty": "first_night",
}
DOCUMENT: Document = {
    "name": "Best Available Rate",
    "active": True,
    "category": "standalone",
    "cancellation": cast(Any, POLICY),
    "meal_plan": None,
    "min_advance_days": 0,
    "max_advance_days": None,
}


def price(amount: str, **guests: str) -> Price:
    """`price("100.00", g1="90.00")`"""
    return Price(Decimal(amount), tuple(sorted((int(key[1:]), Decimal(value)) for key, value in guests.items())))


def hotel(**changes: Any) -> Property:
    """Two rooms, three plans; `plans` and `link` change the mappings and the provider's part."""
    plans = {
        ("double", "BAR"): "880011A",
        ("double", "NREF"): "880021",
        ("suite", "BAR"): "880012A",
        **changes.pop("plans", {}),
    }
    link = ProviderLink("expedia", HOTEL, "Expedia", **changes.pop("link", {}))
    start, until = WINDOW.start, WINDOW.until
    room_of = {
        key: Room(key, key, key.title(), constant(start, until, 10), Calendar(), 2, most)
        for key, most in (("double", 3), ("suite", 2))
    }
    plan_of = {
        key: RatePlan(key, key, PlanType.BAR, True, ("double", "suite"), {}, {}, {}, {}, None)
        for key in {plan for _, plan in plans}
    }
    values: dict[str, Any] = {
        "slug": "lisbon",
        "id": "0b9f6a5e",
        "name": "Lisbon",
        "country": "PT",
        "currency": "EUR",
        "timezone": "Europe/Lisbon",
        "file": "properties/lisbon.yaml",
        "window": WINDOW,
        "rooms": room_of,
        "rate_plans": {**plan_of, **changes.pop("rate_plans", {})},
        "providers": {"expedia": link},
        "mappings": {"expedia": Mappings({"double": "30011", "suite": "30012"}, plans)},
        "allocation": {},
    }
    return Property(**{**values, **changes})


def described(**changes: Any) -> dict[str, Any]:
    """The same hotel at the extranet, with nothing loaded yet."""
    twice = [
        {"distributionModel": "ExpediaCollect", "partnerCode": "BAR"},
        {"distributionModel": "HotelCollect", "partnerCode": "BAR"},
    ]
    once = [{"distributionModel": "ExpediaCollect", "partnerCode": "NREF"}]
    full = {"defaultPenalties": [{"deadline": 0, "perStayFee": "FullCostOfStay", "amount": 0}]}
    return {
        "id": HOTEL,
        "name": "Lisbon Baixa",
        "currency": "EUR",
        "timezone": "Europe/Lisbon",
        "accounts": [{"username": USER, "password": PASSWORD}],
        "facts": {"rateAcquisitionType": "SellLAR", "taxInclusive": True},
        "rooms": [
            {"id": "30011", "name": "Double", "max_occupancy": 3},
            {"id": "30012", "name": "Suite", "max_occupancy": 2},
        ],
        "rate_plans": [
            {"id": "880011", "room": "30011", "name": "Standard", "facts": {"distributionRules": twice}},
            {
                "id": "880021",
                "room": "30011",
                "name": "Non refundable",
                "facts": {"distributionRules": once, "cancelPolicy": full},
            },
            {"id": "880012", "room": "30012", "name": "Suite standard", "facts": {"distributionRules": twice}},
        ],
        **changes,
    }


@dataclass(slots=True)
class Extranet:
    """The extranet with one hotel loaded, and targets that speak to it."""

    admin: Admin
    base_url: str
    client: HttpClient | None = None

    def load(self, **changes: Any) -> None:
        self.admin.load_hotel("expedia", described(**changes))

    def http(self, **settings: Any) -> HttpClient:
        if self.client is None:
            self.client = HttpClient(
                {"main": self.base_url},
                Transport(**{"timeout": 20.0, "attempts": 3, "delay": 0.0, **settings}),
                Account(60_000),
                sleep=lambda _: None,
            )
        return self.client

    def target(self, wanted: Property | None = None, bindings: Bindings | None = None) -> Expedia:
        wanted = wanted or hotel()
        return Expedia(wanted, ids_of(wanted, "expedia", bindings or {}), self.http(), CREDENTIAL, TODAY)

    def sent(self, operation: str) -> list[dict[str, Any]]:
        return self.admin.log(provider="expedia", operation=operation)


def address(kind: str, *key: str) -> Address:
    return Address("lisbon", "expedia", kind, key)


def pending(
    where: Address, value: Value, seen: Observation | None = None, *, action: Action = Action.UPDATE
) -> Pending:
    """Everything of `value` still to be done, with what was seen there."""
    entry = seen.entries.get(where) if seen is not None else None
    return Pending(Operation(str(where), Change(where, action, None, value)), value, entry)


def bring_about(target: Expedia, desired: Mapping[Address, Value], seen: Observation) -> list[BatchResult]:
    """Normal forms, messages, outcomes: what a run does, without its bookkeeping."""
    normal = {where: target.normal(where, value, seen.traits)[0] for where, value in desired.items()}
    todo = [pending(where, value, seen) for where, value in normal.items()]
    return [target.execute(batch) for batch in target.batches(todo)]


def weekends(low: str, high: str, window: Window = WINDOW) -> Calendar[Price]:
    """A price for most nights, another for Friday and Saturday."""
    every: Calendar[Price] = constant(window.start, window.until, price(low))
    return every.overlay(on_days(window.start, window.until, {4, 5}, price(high)))


def free(window: Window = WINDOW, **fields: Any) -> Calendar[Restrictions]:
    return constant(window.start, window.until, Restrictions(**fields))
