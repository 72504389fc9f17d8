"""What became of each part of a message, read from its warnings. Pure.

What no warning names was carried out. At most twenty warnings of a code come back: where more were held back, parts that none names
are unknown, and a reading tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from reconciler.model.calendar import Calendar, constant
from reconciler.model.journal import Outcome
from reconciler.providers.contract import Part, PartResult
from reconciler.providers.expedia.codec_ar import Warned
from reconciler.providers.replies import by_part, in_words, plain

_DAY = timedelta(days=1)


def results(
    parts: Sequence[Part], products: Sequence[tuple[str, str]], warned: Iterable[Warned]
) -> tuple[PartResult, ...]:
    """One result per part; `products` are Expedia's (room, plan) of each, plan empty for a room."""
    harmful = [warning for warning in warned if not warning.harmless]
    more = any(warning.more for warning in harmful)
    about = by_part(parts, harmful, lambda warning, number: _concerns(warning, parts[number], products[number]))
    return tuple(_result(part, told, more=more) for part, told in about)


def _concerns(warning: Warned, part: Part, product: tuple[str, str]) -> bool:
    room, plan = product
    if warning.night is not None and part.nights is not None and not part.nights.at(warning.night):
        return False
    if warning.plan and plan and warning.plan != plan:
        return False
    return not (warning.room and warning.room != room) and bool(warning.room or warning.plan)


def _result(part: Part, told: Sequence[Warned], *, more: bool) -> PartResult:
    if not told:
        if more:
            return PartResult(part, Outcome.UNKNOWN, "Expedia held back further warnings")
        return PartResult(part, Outcome.APPLIED)
    words = in_words(f"{warning.code} {plain(warning.text)}" for warning in told)
    return PartResult(part, Outcome.FAILED, words, _refused(told, more=more))


def _refused(told: Sequence[Warned], *, more: bool) -> Calendar[bool] | None:
    """The nights that did not take, where every warning names its night and none was held back."""
    refused: Calendar[bool] = Calendar()
    for warning in told:
        if warning.night is None or more:
            return None
        refused = refused.overlay(constant(warning.night, warning.night + _DAY, True))
    return refused
