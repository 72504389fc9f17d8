"""Rate step: no price of a night moves too far at once. A first send has no step, and neither has a price that is taken away."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache

from reconciler.model.calendar import merge
from reconciler.model.policies import RateStep
from reconciler.model.state import Price
from reconciler.policy.contract import Case, Check, Violation
from reconciler.policy.offers import offers
from reconciler.policy.wording import nights, percent, plain


def _judge(case: Case, parameters: RateStep) -> Iterator[Violation]:
    @cache
    def too_far(before: Price | None, after: Price | None) -> tuple[Fraction, str, str] | None:
        step = _step(before, after)
        return step if step and step[0] * 100 > parameters.percent else None

    for offer in offers(case):
        beyond = merge(offer.before, offer.after, too_far)
        if not beyond:
            continue
        size, before, after = max(run.value for run in beyond)
        yield Violation(
            f"the price of {offer} moves by up to {percent(size)} {nights(beyond)} ({before} → {after}), "
            f"more than policies.rate_step.percent = {plain(parameters.percent)} allows",
            "go in smaller steps, or raise the limit",
            offer.address,
            offer.hotel.slug,
            offer.keys,
        )


def _step(before: Price | None, after: Price | None) -> tuple[Fraction, str, str] | None:
    """How far the price moves, as a share of what it was."""
    if before is None or after is None or not before.amount:
        return None
    moved = abs(Fraction(after.amount) - Fraction(before.amount)) / Fraction(before.amount)
    return moved, f"{before.amount:f}", f"{after.amount:f}"


RATE_STEP = Check("rate_step", _judge)
