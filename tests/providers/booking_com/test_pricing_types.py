"""How the hotel prices its rates: other models than a price for the room are refused by name, before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.calendar import Calendar, constant
from reconciler.model.diagnostics import Severity
from reconciler.model.property import CREATE
from reconciler.model.state import Availability
from reconciler.providers.booking_com import codec_bxml

from .hotels import (
    ALL,
    CODES,
    DAY,
    DOUBLE,
    SINGLE,
    STANDARD,
    TODAY,
    WINDOW,
    Extranet,
    address,
    free,
    hotel,
    plan,
    price,
)

RATES = address("rates", "double", "BAR")
PRICES = constant(TODAY, TODAY + DAY, price("150.00"))


def refused(extranet: Extranet, where: Any = RATES, **changes: Any) -> list[tuple[str, Severity, str]]:
    """The findings about prices; where there is one, there are no prices."""
    target = extranet.target(hotel(**changes))
    value, findings = target.normal(where, PRICES, target.observe(ALL, WINDOW).traits)
    assert (value == Calendar()) is bool(findings)
    return [(finding.code, finding.severity, finding.message) for finding in findings]


@pytest.mark.parametrize("model", ["OBP", "LOS"])
def test_prices_of_a_hotel_with_another_model_are_refused_by_name_and_the_rest_goes_on(
    extranet: Extranet, model: str
) -> None:
    extranet.load(pricing_model=model)
    ((code, severity, message),) = refused(extranet)
    assert (code, severity) == ("pricing-model-unsupported", Severity.ERROR)
    assert model in message
    target = extranet.target()
    facts = target.observe(ALL, WINDOW).traits
    assert facts["pricing_model"] == model
    units = constant(TODAY, TODAY + DAY, Availability(4))
    assert target.normal(address("availability", "double"), units, facts) == (units, ())
    assert target.normal(address("restrictions", "double", "BAR"), free(), facts) == (free(), ())


@pytest.mark.parametrize("model", ["Standard", "RLO", "standard"])
def test_prices_for_the_room_are_taken(extranet: Extranet, model: str) -> None:
    extranet.load(pricing_model=model)
    assert refused(extranet) == []


def test_where_it_is_not_told_nothing_is_said_of_it(extranet: Extranet) -> None:
    extranet.load(pricing_model="OBP")
    extranet.admin.switch(booking_pricing_type=False)
    assert refused(extranet) == []


def test_only_the_rate_that_is_priced_otherwise_is_refused(extranet: Extranet) -> None:
    pairs = [
        {"id": STANDARD, "room": DOUBLE, "facts": {"pricing_type": "LOS"}},
        {"id": STANDARD, "room": SINGLE},
    ]
    extranet.load(rate_plans=[{"id": STANDARD, "name": "Standard"}], room_rates=pairs)
    assert [code for code, *_ in refused(extranet)] == ["pricing-model-unsupported"]
    assert refused(extranet, address("rates", "single", "BAR")) == []


def test_a_plan_that_is_to_be_made_will_be_priced_as_the_hotel_is(extranet: Extranet) -> None:
    extranet.load(pricing_model="OBP")
    making: Any = {
        "plans": {("double", "LONG"): CREATE},
        "rate_plans": {"LONG": plan("LONG", "Long stay")},
        "link": {"codes": CODES},
    }
    assert [code for code, *_ in refused(extranet, address("rates", "double", "LONG"), **making)] == [
        "pricing-model-unsupported"
    ]


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ('<pricing type="OBP"/>', "OBP"),
        ('<extra><pricing type=" LOS "><x/></pricing></extra>', "LOS"),
        ("<pricing/>", ""),
        ('<pricing type=""/><pricing type="RLO"/>', "RLO"),
        ("", ""),
    ],
)
def test_the_element_is_found_wherever_it_stands_in_the_rate(inside: str, told: str) -> None:
    body = f'<rooms><room id="1"><rates><rate id="2">{inside}</rate></rates></room></rooms>'
    assert codec_bxml.rooms_of(body.encode())[0].rates[0].pricing == told
