"""Cancellation policies: ours to Expedia's penalties and back.

Expedia knows one or two penalties: one with deadline 0 that always is there, and one that holds for cancellations more than its deadline
(hours, 1..999) before arrival. Our `penalty_percentage` is the one before the deadline, `late_penalty` the one after it:

    deadline_hours 0     -> [{0, penalty_percentage}]                   a late penalty has no place
    deadline_hours N     -> [{0, late_penalty}, {N, penalty_percentage}]

The type follows from the figures: nothing to pay before the deadline is `flexible`, everything always is `non_refundable`, the rest
`partial`. What does not fit (amounts, nights to pay before a deadline) is shown as type `other` and never written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reconciler.model.state import Document, Json

MAX_DEADLINE = 999
ASSUMED_LATE = "first_night"
"""What holds after the deadline where git does not say: Expedia must be told something, and this is its own standard."""

_FEES = {"0%": "None", "first_night": "1stNightRoomAndTax", "two_nights": "2NightsRoomAndTax", "full": "FullCostOfStay"}
_FEES |= {f"{share}%": f"{share}PercentCostOfStay" for share in range(10, 100, 10)}
_WORDS = {fee: word for word, fee in _FEES.items()}


@dataclass(frozen=True, slots=True)
class Normal:
    """A policy in the form in which Expedia keeps it; `problem` where it cannot, `remark` where something was filled in."""

    policy: Document | None
    problem: str = ""
    remark: str = ""


def normal(policy: Document) -> Normal:
    """The policy as it reads after it was sent. Applying it twice changes nothing."""
    hours, share = policy.get("deadline_hours"), policy.get("penalty_percentage")
    if policy.get("type") == "other":
        return Normal(policy)
    if not isinstance(hours, int) or not isinstance(share, int) or not 0 <= hours <= MAX_DEADLINE:
        return Normal(None, f"a deadline is 0 to {MAX_DEADLINE} hours before arrival")
    early = _word(f"{share}%")
    if early is None:
        return Normal(None, f"a penalty of {share}% (whole tens only)")
    said = policy.get("late_penalty")
    late = _word(str(said)) if said is not None else (ASSUMED_LATE if hours and early != "full" else early)
    if late is None:
        return Normal(None, f"a late penalty of `{said}`")
    if hours == 0 or late == early:
        lost = "a penalty after a deadline of 0 hours" if said is not None and late != early else ""
        return Normal(_policy(0, early, None), remark=lost and f"{lost} has no place and is left out")
    remark = "" if said is not None else f"a late penalty of one night ({ASSUMED_LATE}) is assumed"
    return Normal(_policy(hours, early, late), remark=remark)


def penalties(policy: Document) -> list[dict[str, Json]]:
    """Expedia's penalties for a policy in normal form, not of type `other`."""
    hours, early = policy["deadline_hours"], _FEES[_word(f"{policy['penalty_percentage']}%") or ""]
    if hours == 0:
        return [_penalty(0, early)]
    return [_penalty(0, _FEES[str(policy["late_penalty"])]), _penalty(int(str(hours)), early)]


def policy_of(penalties: Sequence[Mapping[str, Any]]) -> dict[str, Json]:
    """The policy that these penalties mean; type `other` with the penalties as they are where we have no words for them."""
    fees = {hours: _fee(penalty) for penalty in penalties if isinstance(hours := penalty.get("deadline"), int)}
    late = fees.pop(0, None)
    if late is None or len(fees) > 1 or len(fees) + 1 != len(penalties):
        return _other(penalties)
    hours, early = next(iter(fees.items()), (0, late))
    if early is None or early in ("first_night", "two_nights"):
        return _other(penalties)
    return _policy(hours, early, late) if early != late else _policy(0, early, None)


def _policy(hours: int, early: str, late: str | None) -> dict[str, Json]:
    share = 100 if early == "full" else int(early.rstrip("%"))
    kind = "flexible" if share == 0 else "non_refundable" if hours == 0 and share == 100 else "partial"
    policy: dict[str, Json] = {"type": kind, "deadline_hours": hours, "penalty_percentage": share}
    return policy if late is None else {**policy, "late_penalty": late}


def _word(penalty: str) -> str | None:
    """The one spelling of a penalty, or None where Expedia has none for it."""
    share = re.fullmatch(r"(\d{1,3})%", penalty)
    word = f"{int(share[1])}%" if share else penalty
    word = "full" if word == "100%" else word
    return word if word in _FEES else None


def _penalty(deadline: int, fee: str) -> dict[str, Json]:
    return {"deadline": deadline, "perStayFee": fee, "amount": 0}


def _fee(penalty: Mapping[str, Any]) -> str | None:
    fee, amount = penalty.get("perStayFee"), penalty.get("amount", 0)
    plain = isinstance(fee, str) and isinstance(amount, int | Decimal) and amount == 0
    return _WORDS.get(str(fee)) if plain else None


def _other(penalties: Sequence[Mapping[str, Any]]) -> dict[str, Json]:
    kept: list[Json] = [
        {
            "deadline_hours": penalty.get("deadline") if isinstance(penalty.get("deadline"), int) else None,
            "fee": str(penalty.get("perStayFee")),
            "amount": str(penalty.get("amount", 0)),
        }
        for penalty in penalties
    ]
    return {"type": "other", "penalties": kept}
