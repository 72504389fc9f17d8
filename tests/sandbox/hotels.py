"""Two small hotels, one at each provider, and the accounts that may ask about them."""

from typing import Any

NOW = "2026-03-10T12:00:00+00:00"
USER, PASSWORD = "partner", "correct-horse"


def run(first: str, until: str, value: Any) -> dict[str, Any]:
    return {"from": first, "until": until, "value": value}


def expedia_hotel(**changes: Any) -> dict[str, Any]:
    year = ("2026-03-01", "2027-03-01")
    rules = [{"distributionModel": "ExpediaCollect", "partnerCode": "BAR"}]
    linkage = {
        "deriveAvailabilityStatus": True,
        "deriveLengthOfStayRestriction": True,
        "deriveClosedToArrival": False,
        "deriveClosedToDeparture": False,
        "rateDerivationRules": [
            {
                "dateStart": "1900-01-01",
                "dateEnd": "2079-06-06",
                "adjustmentType": "Percentage",
                "adjustmentValue": -10,
            },
        ],
    }
    described: dict[str, Any] = {
        "id": "42",
        "name": "Baixa",
        "currency": "EUR",
        "timezone": "Europe/Lisbon",
        "accounts": [{"username": USER, "password": PASSWORD}],
        "rooms": [
            {"id": "1", "name": "Double", "max_occupancy": 3, "left": [run(*year, 5)]},
            {"id": "2", "name": "Suite", "max_occupancy": 4, "facts": {"threshold": {"min": "50", "max": "900"}}},
        ],
        "rate_plans": [
            {
                "id": "11",
                "room": "1",
                "name": "Best",
                "facts": {"distributionRules": rules},
                "price": [run(*year, "100.00")],
            },
            {"id": "12", "room": "1", "name": "Linked", "facts": {"parent": "11", "ratePlanLinkage": linkage}},
            {
                "id": "21",
                "room": "2",
                "name": "Suite best",
                "facts": {
                    "distributionRules": [
                        {"distributionModel": "ExpediaCollect", "partnerCode": "SEC"},
                        {"distributionModel": "HotelCollect", "partnerCode": "SHC"},
                    ],
                },
            },
        ],
    }
    return described | changes


def booking_hotel(**changes: Any) -> dict[str, Any]:
    year = ("2026-03-01", "2027-03-01")
    described: dict[str, Any] = {
        "id": "367456",
        "name": "Ribeira",
        "currency": "EUR",
        "timezone": "Europe/Lisbon",
        "accounts": [{"username": USER, "password": PASSWORD}],
        "rooms": [
            {"id": "36745601", "name": "Double", "left": [run(*year, 7)]},
            {"id": "36745602", "name": "Single", "max_occupancy": 1},
        ],
        "rate_plans": [
            {"id": "1278606", "name": "Standard", "rooms": ["36745602"]},
            {"id": "1278607", "name": "Non-refundable", "facts": {"parent": {"id": "1278606", "percentage": 90}}},
            {"id": "1278608", "name": "DEAL89", "facts": {"readonly": True}},
        ],
        "room_rates": [
            {"room": "36745601", "id": "1278606", "price": [run(*year, "150.00")]},
            {"room": "36745601", "id": "1278607"},
            {"room": "36745601", "id": "1278608"},
        ],
    }
    return described | changes
