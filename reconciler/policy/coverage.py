"""Coverage: what exists at a provider is mapped. What is not, sells by itself: the commonest cause of overbooking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from reconciler.model.policies import MappedShare
from reconciler.policy.contract import Case, Check, Violation
from reconciler.policy.wording import plain

_NAMED = 5


def _judge(case: Case, parameters: MappedShare) -> Iterator[Violation]:
    for (slug, provider), found in sorted(case.coverage.items()):
        for what, mapped, there, names, least in (
            ("rooms", found.rooms_mapped, found.rooms, found.unmapped_rooms, parameters.rooms),
            ("rates", found.rates_mapped, found.rates, found.unmapped_rates, parameters.rates),
        ):
            if Decimal(mapped * 100) < least * there:
                yield Violation(
                    f"{mapped} of {there} {what} at {provider} are mapped, less than policies.coverage.{what} = {plain(least)}%; "
                    f"not mapped: {_some(names)}",
                    f"map them, or close them at {provider}",
                    f"{slug}/{provider}",
                    slug,
                    (("mappings", provider, what if what == "rooms" else "rate_plans"), ("mappings", provider)),
                )


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


COVERAGE = Check("coverage", _judge)
