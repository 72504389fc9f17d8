"""The parameters of checks from what `policies:` says; of a check that is not named there, nothing."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.load.policy_documents import (
    BlastRadiusDoc,
    BoundsDoc,
    CoverageDoc,
    CredentialAgeDoc,
    InventoryDoc,
    PoliciesDoc,
    ProtectionDoc,
    RateBoundsDoc,
    RateParityDoc,
    RateStepDoc,
    RuleDoc,
    ScopesDoc,
    WindowDoc,
)
from reconciler.load.problems import Keys, Problems
from reconciler.model.diagnostics import Severity
from reconciler.model.money import decimals
from reconciler.model.policies import (
    Absolute,
    Basis,
    BlastRadius,
    Bounds,
    CredentialAge,
    Custom,
    Freeze,
    Inventory,
    MappedShare,
    ParityScope,
    Policy,
    Protection,
    RateBounds,
    RateParity,
    RateStep,
    Rule,
    Selection,
    Window,
)
from reconciler.model.property import BOOKING, EXPEDIA


def resolve(doc: PoliciesDoc, problems: Problems) -> dict[str, Policy]:
    """By the name of the check. What is wrong goes to `problems`."""
    return dict(_named(doc, problems))


def _named(doc: PoliciesDoc, problems: Problems) -> Iterator[tuple[str, Policy]]:
    if doc.rate_parity is not None:
        yield "rate_parity", _rate_parity(doc.rate_parity)
    if doc.rate_bounds is not None:
        yield "rate_bounds", _rate_bounds(doc.rate_bounds, problems)
    if doc.rate_step is not None:
        yield "rate_step", _rate_step(doc.rate_step)
    if doc.blast_radius is not None:
        yield "blast_radius", _blast_radius(doc.blast_radius)
    if doc.inventory is not None:
        yield "inventory", _inventory(doc.inventory)
    if doc.coverage is not None:
        yield "coverage", _coverage(doc.coverage)
    if doc.freeze is not None:
        yield "freeze", Freeze(windows={name: _window(name, one, problems) for name, one in doc.freeze.items()})
    if doc.credential_age is not None:
        yield "credential_age", _credential_age(doc.credential_age)
    if doc.custom is not None:
        yield "custom", Custom(rules={name: _rule(one) for name, one in doc.custom.items()})


def _rate_parity(doc: RateParityDoc) -> RateParity:
    return RateParity(
        severity=Severity(doc.severity),
        within=doc.within,
        basis=Basis(doc.basis),
        scope=ParityScope(doc.scope),
        markets={country: _scopes(said) for country, said in doc.markets.items()},
    )


def _scopes(said: str | ScopesDoc) -> dict[str, ParityScope]:
    by_provider = (
        {EXPEDIA: said, BOOKING: said} if isinstance(said, str) else {EXPEDIA: said.expedia, BOOKING: said.booking}
    )
    return {provider: ParityScope(scope) for provider, scope in by_provider.items() if isinstance(scope, str)}


def _rate_bounds(doc: RateBoundsDoc, problems: Problems) -> RateBounds:
    general = Bounds(key="rate_bounds", floor=doc.floor, ceiling=doc.ceiling)
    narrow = [
        Bounds(key=f"rate_bounds.overrides.{name}", selected=_selection(one), floor=one.floor, ceiling=one.ceiling)
        for name, one in doc.overrides.items()
    ]
    for bounds in (general, *narrow):
        _check_amounts(bounds, ("policies", *bounds.key.split(".")), problems)
    return RateBounds(severity=Severity(doc.severity), bounds=(general, *narrow))


def _check_amounts(bounds: Bounds, keys: Keys, problems: Problems) -> None:
    for side, amounts in (("floor", bounds.floor), ("ceiling", bounds.ceiling)):
        for currency, amount in amounts.items():
            if amount != round(amount, decimals(currency)):
                message = f"{currency} has {decimals(currency)} decimals, found {amount}"
                problems.add("too-many-decimals", message, (*keys, side, currency))
    for currency, floor in bounds.floor.items():
        ceiling = bounds.ceiling.get(currency, floor)
        if floor > ceiling:
            message = f"no price lies between the floor {floor} and the ceiling {ceiling}"
            problems.add("floor-above-ceiling", message, (*keys, "floor", currency))


def _selection(doc: BoundsDoc | ProtectionDoc) -> Selection:
    plans = (tuple(doc.plans), tuple(doc.types)) if isinstance(doc, BoundsDoc) else ((), ())
    return Selection(properties=tuple(doc.properties), rooms=tuple(doc.rooms), plans=plans[0], types=plans[1])


def _rate_step(doc: RateStepDoc) -> RateStep:
    return RateStep(severity=Severity(doc.severity), percent=doc.percent)


def _blast_radius(doc: BlastRadiusDoc) -> BlastRadius:
    return BlastRadius(
        severity=Severity(doc.severity),
        operations=doc.operations,
        properties=doc.properties,
        deletions=doc.deletions,
        nights_closed=doc.nights_closed,
        allow=frozenset(Absolute(name) for name in doc.allow),
    )


def _inventory(doc: InventoryDoc) -> Inventory:
    general = Protection(key="inventory", direct=doc.direct, overbooking=doc.overbooking)
    narrow = [
        Protection(
            key=f"inventory.overrides.{name}",
            selected=_selection(one),
            direct=one.direct,
            overbooking=one.overbooking,
        )
        for name, one in doc.overrides.items()
    ]
    return Inventory(severity=Severity(doc.severity), protections=(general, *narrow))


def _coverage(doc: CoverageDoc) -> MappedShare:
    return MappedShare(severity=Severity(doc.severity), rooms=doc.rooms, rates=doc.rates)


def _window(name: str, doc: WindowDoc, problems: Problems) -> Window:
    if doc.until <= doc.from_:
        message = f"`{name}` ends at {doc.until:%Y-%m-%dT%H:%M}, which is not after it begins"
        problems.add("window-backwards", message, ("policies", "freeze", name, "until"))
    return Window(
        severity=Severity(doc.severity),
        start=doc.from_,
        until=doc.until,
        properties=tuple(doc.properties),
        kinds=tuple(doc.kinds),
        allow=doc.allow,
    )


def _credential_age(doc: CredentialAgeDoc) -> CredentialAge:
    usual = CredentialAge(severity=Severity(doc.severity))
    return usual if doc.warn_before is None else CredentialAge(severity=usual.severity, warn_before=doc.warn_before)


def _rule(doc: RuleDoc) -> Rule:
    return Rule(severity=Severity(doc.severity), when=doc.when, message=doc.message)
