"""Small sound documents that together use every key of the language, each with one part of it."""

from __future__ import annotations

from typing import Any

from reconciler.load.parse import parse

HEAD = """
kind: Property
id: 0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11
name: Lisbon Baixa
country: PT
currency: EUR
timezone: Europe/Lisbon
"""
OWN = "kind: Property\nid: 0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11\nname: Lisbon Baixa\n"

PARTS = (
    "rates_are: {basis: net, tax: exclusive}\nweekend: [fri, sat]\nhorizon: 400\nretired: false",
    "seasons: {summer: 2027-06-15..2027-09-10, carnival: {nights: [2027-02-05..2027-02-09, 2028-02-25], priority: 2}}",
    "cancellation_policies: {flex: {type: flexible, deadline_hours: 24, penalty_percentage: 0, late_penalty: first_night}}",
    """
providers:
  expedia:
    property_id: "16636843"
    ean_id: "402918"
    credentials: expedia-group
    integration_name: Expedia - Lisbon
    webhook_url: https://hms.example.com/hooks/expedia
    commission: 18%
    length_of_stay: through
    codes: {cancellation: {flex: "152"}, meals: {breakfast: "1"}}
    manage: {rates: false}
    suspend: {reason: burst pipe, until: 2027-03-01T12:00}
    retired: true
""",
    """
providers:
  booking.com:
    hotel_id: "8011855"
    credentials: booking-com-group
    integration_name: Booking.com - Lisbon
    webhook_url: https://hms.example.com/hooks
    commission: 15%
    codes: {cancellation: {flex: "152"}, meals: {breakfast: "1"}}
    manage: {restrictions: create_only}
    suspend: {reason: burst pipe, until: 2027-03-01}
    retired: false
""",
    """
rooms:
  double:
    id: 7d3b1f0c-8f0a-4f60-a7a7-0f4d9a7be201
    name: Double
    units: {default: 6, days: {fri: 5}, seasons: {summer: {default: 5, days: {weekend: 4}}}, overrides: {x: {nights: 2027-01-10, set: 4}}}
    closed: {default: false, overrides: {pipe: {season: summer, days: [fri], set: true}}}
    occupancy: {base: 2, max: 3}
    retired: false
    moved: {from: dbl}
  suite: {id: 11e2ab0d-3e7c-4d0e-9a59-0a4f6f6d2202, units: 6, closed: true}
""",
    """
mappings:
  expedia: {rooms: {double: "30011"}, rate_plans: {BAR: {double: 880011A}}}
  booking.com: {rooms: {double: "90100101"}, rate_plans: {BAR: "77001", LONG: create}}
""",
    """
allocation:
  "*": {direct: 25%, expedia: 35%, booking.com: 40%, overbooking: 5%}
  suite:
    default: {direct: 2, expedia: null}
    days: {fri: {direct: 1}}
    seasons: {summer: {direct: 3}, winter: {default: {expedia: 1}, days: {sat: {direct: 1}}}}
    overrides: {fair: {nights: 2027-11-08..2027-11-11, set: {booking.com: 0}}}
    mode: dynamic
    bounds: {expedia: 4..12, booking.com: 3.., direct: ..5}
""",
    """
rate_plans:
  BAR:
    name: Best Available Rate
    type: bar
    base: true
    public: true
    rooms: [double, 101]
    cancellation: {type: partial, deadline_hours: 24, penalty_percentage: 30, late_penalty: 50%}
    meal_plan: breakfast
    occupancy: {1: -10%, 3: +25.00}
    on_unsupported: skip
    retired: false
    moved: {from: RACK}
    rates:
      double: 120.00
""",
    """
rate_plans:
  BAR:
    type: bar
    cancellation: flex
    rates:
      double:
        default: 120.00
        days: {weekend: 140.00}
        seasons: {summer: {default: 165.00, days: {weekend: 185.00}}, winter: 99}
        overrides: {web: {nights: 2027-11-08..2027-11-11, days: [mon], set: 260.00}}
      suite: {derive: {from: double, change: [+90.00, -5%], round: {to: 1.00, mode: down}, floor: 50.00, ceiling: 900}}
""",
    """
rate_plans:
  BAR:
    type: bar
    restrictions:
      default: {min_stay: 1, max_stay: 28, min_stay_through: 1, max_stay_through: 30, closed: false}
      seasons: {carnival: {closed_to_arrival: false}}
      overrides: {new-year: {nights: 2026-12-31, set: {closed_to_departure: true, min_advance_days: 1, max_advance_days: null}}}
    room_restrictions: {suite: {min_stay: 3}}
""",
    """
rate_plans:
  NREF:
    type: non_refundable
    derive: {from: BAR, change: -15%, round: {to: 1.00, mode: up}, floor: 50.00, ceiling: 900.00, restrictions: false}
    providers:
      expedia: {change: +3%, round: {to: 1.00, mode: nearest}, linked: true}
      booking.com: {change: -2.50}
""",
    "manage: {integration: true, mapping: true, rate_plan: false, allocation: true, availability: create_only}",
    "targets: {database: {manage: {rates: false}}}\nsuspend: {reason: sold, until: 2027-03-01T12:00:30}",
)

PER_CURRENCY = """
kind: Defaults
rate_plans:
  BB:
    occupancy: {1: {EUR: -5.00, USD: -10%}}
    derive: {change: [{EUR: 2.00, USD: 3.00}, 1%], round: {to: {EUR: 1.00, JPY: 100}}, floor: {EUR: 50}}
    providers: {expedia: {change: {EUR: +25.00, USD: +3%}}}
    rates:
      double: {EUR: 100.00, USD: 120}
      suite: {days: {fri: {EUR: 120}}, overrides: {x: {nights: 2027-01-01, set: {EUR: 90, USD: 95}}}}
"""

WORKSPACE = (
    "transport: {timeout: 30s, attempts: 5, delay: 500ms, max_delay: 60s, requests_per_minute: 300}\nplan_ttl: 7d",
    """
providers:
  expedia:
    requests_per_minute: 300
    transport: {timeout: 65s}
    endpoints: {local: "http://127.0.0.1:8790", production: "https://services.example.com/x"}
    booked_includes_cancelled: false
    allotment: {deadline: 90s, feed_wait: 60s, move: close}
  booking.com: {auth: basic}
""",
    """
environments:
  development:
    {database: embedded, endpoints: local, test_mode: true, debug: true, sync: {enabled: false, interval: 60s}, properties: ["**"]}
  production: {database: env:DATABASE_URL, require_commit: true, allow_prune: false}
""",
    """
credentials:
  e: {provider: expedia, rotate_every: 90d, sandbox: {api_key: env:KEY, api_secret: file:/run/key}, production: {api_key: env:K}}
  b: {provider: booking.com, sandbox: {api_key: env:KEY, partner_id: sealed:x}, production: {partner_id: vault:a/b}}
""",
    """
schedules:
  rate_sync: {cron: "*/15 * * * *", providers: [expedia, booking.com], enabled: true, timezone: Europe/Lisbon}
  inventory_sync: {cron: "0 2 * * MON-FRI"}
  booking_sync: {cron: "0,30 8-18 1-7 JAN 1"}
  content_sync: {cron: "0 2 L * *"}
""",
    """
policies:
  rate_parity:
    {severity: warning, within: 2%, basis: net, scope: narrow, markets: {US: wide, DE: {expedia: narrow, booking.com: none}}}
  rate_bounds:
    floor: {EUR: 60, USD: 70.50}
    ceiling: {EUR: 900}
    overrides: {suites: {properties: ["lisbon-*"], rooms: ["*suite*"], plans: [BAR], types: [bar], floor: {EUR: 90}, ceiling: {EUR: 999}}}
  rate_step: {percent: 40, severity: error}
  blast_radius: {operations: 2000, properties: 20, deletions: 5, nights_closed: 100, allow: [booked_nights]}
""",
    """
policies:
  inventory: {direct: 2, overbooking: 5%, overrides: {x: {properties: ["*"], rooms: [a], direct: 10%, overbooking: 0}}}
  coverage: {severity: info, rooms: 100%, rates: 80%}
  freeze:
    christmas: {from: 2026-12-23T00:00, until: 2026-12-27T00:00, properties: ["*"], kinds: [rates], allow: false, severity: error}
  credential_age: {warn_before: 30d}
  custom: {suites: {when: 'kind == "rates"', message: never, severity: warning}}
""",
    """
events:
  enabled: true
  booking_created: {level: critical, retries: 5, delay: 1s, timeout: 30s}
  booking_cancelled: {level: high}
  inventory_updated: {level: medium}
  rate_updated: {level: low}
  content_updated: {retries: 2}
""",
)


def document(text: str) -> dict[str, Any]:
    """The data of a sound text."""
    data, problems = parse(text)
    assert isinstance(data, dict) and not problems, problems
    return data


def seeds() -> dict[str, list[dict[str, Any]]]:
    """The documents by the file name of their schema."""
    properties = [document(HEAD + part) for part in PARTS]
    return {
        "property.json": properties,
        "defaults.json": [document("kind: Defaults\n" + part) for part in PARTS] + [document(PER_CURRENCY)],
        "inheriting.json": [document(OWN + part) for part in PARTS],
        "workspace.json": [document("kind: Workspace\n" + part) for part in WORKSPACE],
    }
