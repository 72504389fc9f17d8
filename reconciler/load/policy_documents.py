"""`policies:` in reconciler.yaml as it is written: the parameters of each check."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Discriminator, Field, PlainValidator, Tag, WithJsonSchema

from reconciler.engine import expressions
from reconciler.kinds import KINDS
from reconciler.load.document import Doc
from reconciler.load.link_documents import ManageDoc
from reconciler.load.plan_types import meaning
from reconciler.load.types import (
    Count,
    Country,
    Currency,
    Duration,
    Flag,
    Key,
    LocalTime,
    OneOf,
    Percentage,
    Price,
    ShareOf,
    Text,
)
from reconciler.load.values import AMOUNT_BELOW, fault, money, shown
from reconciler.model.property import PlanType

_MOST_RULES = 100
ONE, BY_PROVIDER = "(one)", "(by provider)"


def _percent(value: object) -> Decimal:
    if isinstance(value, str) and value.endswith("%"):
        raise fault("wrong-type", f"expected a number, found {shown(value)}", f"write {value.removesuffix('%')}")
    number = money(value)
    if number <= 0:
        raise fault("out-of-range", f"expected a number above zero, found {number}")
    return number


def _expression(value: object) -> str:
    if not isinstance(value, str) or not re.search(r"\S", value):
        raise fault("wrong-type", f"expected an expression, found {shown(value)}", "see docs/policies.md")
    if (mistake := expressions.mistake(value)) is not None:
        raise fault("bad-expression", mistake.message, mistake.hint)
    return value


def _scopes(value: object) -> str:
    return BY_PROVIDER if isinstance(value, dict) else ONE


_KINDS = {name: str(field.description) for name, field in ManageDoc.model_fields.items()}

Percent = Annotated[
    Decimal,
    PlainValidator(_percent),
    WithJsonSchema(
        {
            "type": "number",
            "exclusiveMinimum": 0,
            "exclusiveMaximum": AMOUNT_BELOW,
            "description": "A number of percent, above zero, without the %.",
            "examples": [40],
        }
    ),
]
Expression = Annotated[
    str,
    PlainValidator(_expression),
    WithJsonSchema(
        {
            "type": "string",
            "description": "An expression in CEL.",
            "pattern": r"\S",
            "maxLength": expressions.LONGEST,
            "examples": ['kind == "rates" && has(after.price) && after.price < 80'],
        }
    ),
]
SeverityOf = Annotated[str, OneOf(error="it refuses the plan", warning="it only tells", info="it only tells, aside")]
Scope = Annotated[
    str,
    OneOf(
        none="prices may differ",
        narrow="not cheaper direct than at a provider",
        wide="neither direct nor at another provider cheaper",
    ),
]
Amounts = Annotated[
    dict[Currency, Price], Field(description="An amount per currency.", examples=[{"EUR": 60, "USD": 70}])
]
PlanTypeOf = Annotated[str, OneOf(**{kind.value: meaning(kind) for kind in PlanType})]
KindOf = Annotated[str, OneOf(**{name: _KINDS.get(name, "When something is synchronised.") for name in KINDS})]
AbsoluteOf = Annotated[
    str,
    OneOf(
        property_off="a property is switched off",
        provider_off="a property is switched off at a provider",
        last_mapping="the last mapping at a provider goes",
        booked_nights="nights with bookings are closed or emptied",
    ),
]
Globs = list[Text]


class PolicyDoc(Doc):
    """What every check has."""

    severity: SeverityOf = Field(
        default="error", description="What becomes of a plan that breaks it. Default: error.", examples=["warning"]
    )


class ScopesDoc(Doc):
    """The scope of parity, by provider."""

    expedia: Scope | None = Field(default=None, description="At Expedia. Left out: as `scope` says.")
    booking: Scope | None = Field(
        default=None, alias="booking.com", description="At Booking.com. Left out: as `scope` says."
    )


ScopeOrScopes = Annotated[
    Annotated[Scope, Tag(ONE)] | Annotated[ScopesDoc, Tag(BY_PROVIDER)],
    Discriminator(_scopes),
    Field(description="A scope, or one by provider."),
]


class RateParityDoc(PolicyDoc):
    """The same stay costs the same wherever it is sold."""

    within: Percentage = Field(
        default=Decimal(0), description="How much lower a price may be. Default: 0%.", examples=["2%"]
    )
    basis: Annotated[str, OneOf(public="what guests pay", net="what is left of it after commission")] = Field(
        default="public", description="Which prices are compared. Default: public."
    )
    scope: Scope = Field(
        default="wide",
        description="Who may not be cheaper than whom. Default: wide; for Booking.com in the European Economic Area none, "
        "unless `markets` says otherwise.",
    )
    markets: dict[Country, ScopeOrScopes] = Field(
        default={}, description="By country of the property.", examples=[{"US": "wide", "DE": {"expedia": "narrow"}}]
    )


class BoundsDoc(Doc):
    """The lowest and the highest price of some rooms and plans."""

    properties: Globs = Field(default=[], description="Globs; left out: all.", examples=[["lisbon-*"]])
    rooms: Globs = Field(default=[], description="Globs; left out: all.", examples=[["*suite*"]])
    plans: Globs = Field(default=[], description="Globs; left out: all.", examples=[["NREF*"]])
    types: list[PlanTypeOf] = Field(
        default=[], description="Types of rate plans; left out: all.", examples=[["non_refundable"]]
    )
    floor: Amounts = Field(default={}, description="No price is lower.")
    ceiling: Amounts = Field(default={}, description="No price is higher.")


class RateBoundsDoc(PolicyDoc):
    """No price is under a floor or above a ceiling."""

    floor: Amounts = Field(default={}, description="No price is lower.")
    ceiling: Amounts = Field(default={}, description="No price is higher.")
    overrides: dict[Key, BoundsDoc] = Field(
        default={}, description="Named exceptions; the last one that fits and says a bound decides it."
    )


class RateStepDoc(PolicyDoc):
    """No night's price changes by more."""

    percent: Percent = Field(
        default=Decimal(40), description="The largest change of a night's price, up or down. Default: 40."
    )


class BlastRadiusDoc(PolicyDoc):
    """How much one plan may change, and what no plan does."""

    operations: Count = Field(default=2000, description="Addresses at most. Default: 2000.", examples=[2000])
    properties: Count = Field(default=100, description="Properties at most. Default: 100.", examples=[20])
    deletions: Count = Field(default=5, description="Things deleted or switched off at most. Default: 5.", examples=[5])
    nights_closed: Count = Field(
        default=2000, description="Nights of rooms and plans closed at most. Default: 2000.", examples=[2000]
    )
    allow: list[AbsoluteOf] = Field(
        default=[], description="Absolute rules that do not hold.", examples=[["booked_nights"]]
    )


class ProtectionDoc(Doc):
    """Limits of the allocation of some rooms."""

    properties: Globs = Field(default=[], description="Globs; left out: all.", examples=[["lisbon-*"]])
    rooms: Globs = Field(default=[], description="Globs; left out: all.", examples=[["*suite*"]])
    direct: ShareOf | None = Field(default=None, description="Units that `direct` has at least.")
    overbooking: ShareOf | None = Field(default=None, description="Units that may be overbooked at most.")


class InventoryDoc(PolicyDoc):
    """Units that stay the hotel's own, and no more on sale than there is."""

    direct: ShareOf | None = Field(default=None, description="Units that `direct` has at least.", examples=[2])
    overbooking: ShareOf | None = Field(
        default=None, description="Units that may be overbooked at most.", examples=["5%"]
    )
    overrides: dict[Key, ProtectionDoc] = Field(
        default={}, description="Named exceptions; the last one that fits and says a limit decides it."
    )


class CoverageDoc(PolicyDoc):
    """What exists at a provider is mapped."""

    severity: SeverityOf = Field(
        default="warning", description="What becomes of a plan that breaks it. Default: warning."
    )
    rooms: Percentage = Field(
        default=Decimal(100), description="Rooms mapped at least. Default: 100%.", examples=["100%"]
    )
    rates: Percentage = Field(
        default=Decimal(100), description="Rates mapped at least. Default: 100%.", examples=["80%"]
    )


class WindowDoc(PolicyDoc):
    """When nothing changes; with `allow: true`, outside of which nothing changes."""

    from_: LocalTime = Field(alias="from", description="Local time of the property.")
    until: LocalTime = Field(description="Local time of the property; no longer part of it.")
    properties: Globs = Field(default=[], description="Globs; left out: all.", examples=[["lisbon-*"]])
    kinds: list[KindOf] = Field(default=[], description="Left out: all.", examples=[["rates", "restrictions"]])
    allow: Flag = Field(default=False, description="Changes are allowed inside only. Default: false.")


class CredentialAgeDoc(PolicyDoc):
    """Credentials are rotated in time."""

    warn_before: Duration | None = Field(default=None, description="How long before it is due. Default: 30d.")


class RuleDoc(PolicyDoc):
    """A rule of your own."""

    when: Expression = Field(description="In CEL, over one change: where it is true, the rule is broken.")
    message: Text = Field(description="What is said then.", examples=["suites are never sold under 150"])


def _few(value: object) -> object:
    if isinstance(value, dict) and len(value) > _MOST_RULES:
        raise fault("out-of-range", f"at most {_MOST_RULES} rules, found {len(value):,}")
    return value


Rules = Annotated[dict[Key, RuleDoc], BeforeValidator(_few), Field(json_schema_extra={"maxProperties": _MOST_RULES})]


class PoliciesDoc(Doc):
    """What a plan must not do without consent."""

    rate_parity: RateParityDoc | None = Field(
        default=None, description="The same stay costs the same wherever it is sold.", examples=[{"within": "2%"}]
    )
    rate_bounds: RateBoundsDoc | None = Field(
        default=None,
        description="No price is under a floor or above a ceiling.",
        examples=[{"floor": {"EUR": 60}, "ceiling": {"EUR": 900}}],
    )
    rate_step: RateStepDoc | None = Field(
        default=None, description="No night's price changes by more.", examples=[{"percent": 40}]
    )
    blast_radius: BlastRadiusDoc | None = Field(
        default=None,
        description="How much one plan may change, and what no plan does.",
        examples=[{"operations": 2000, "properties": 20, "deletions": 5}],
    )
    inventory: InventoryDoc | None = Field(
        default=None,
        description="Units that stay the hotel's own, and no more on sale than there is.",
        examples=[{"direct": 2, "overbooking": "5%"}],
    )
    coverage: CoverageDoc | None = Field(
        default=None, description="What exists at a provider is mapped.", examples=[{"rooms": "100%"}]
    )
    freeze: dict[Key, WindowDoc] | None = Field(
        default=None,
        description="Named windows in which nothing changes.",
        examples=[{"christmas": {"from": "2026-12-23T00:00", "until": "2026-12-27T00:00"}}],
    )
    credential_age: CredentialAgeDoc | None = Field(
        default=None, description="Credentials are rotated in time.", examples=[{"warn_before": "30d"}]
    )
    custom: Rules | None = Field(
        default=None,
        description="Rules of your own, by name.",
        examples=[{"large-steps": {"when": "percent > 40 || percent < -40", "message": "a price moves by too much"}}],
    )
