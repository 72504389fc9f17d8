"""`manage`, every kind at every level with every word: what it makes of a plan and of drift."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from reconciler.engine.diff import diff
from reconciler.engine.drift import differences
from reconciler.load.link_documents import ManageDoc
from reconciler.model.calendar import Calendar
from reconciler.model.plan import Action
from reconciler.model.property import Manage
from reconciler.model.state import Allotments, Restrictions
from tests.engine.world import at, last, price, read, units
from tests.kinds.hotels import over
from tests.load.writing import HOTEL, hotel

DOCUMENTS: tuple[Any, Any] = ({"name": "A"}, {"name": "B"})
VALUES: dict[str, tuple[Any, Any]] = {
    "integration": DOCUMENTS,
    "mapping": DOCUMENTS,
    "rate_plan": DOCUMENTS,
    "allocation": (over(Allotments(9, ())), over(Allotments(8, ()))),
    "availability": (units(5), units(4)),
    "rates": (price("90.00"), price("95.00")),
    "restrictions": (over(Restrictions(min_stay=2)), over(Restrictions(min_stay=3))),
}
"""Of each kind, what git wants and what somebody else has put there."""
WORDS = (None, *(word.value for word in Manage))
TARGETS = ("database", "expedia", "booking.com")


def test_every_kind_is_in_the_matrix() -> None:
    assert set(VALUES) == set(ManageDoc.model_fields)


def said(word: str | None) -> str:
    return "{" + ", ".join(f"{kind}: {word}" for kind in VALUES if word) + "}"


@pytest.mark.parametrize(("outer", "inner"), list(itertools.product(WORDS, WORDS)))
def test_the_narrowest_word_decides_what_a_plan_and_drift_may_say(
    tmp_path: Path, outer: str | None, inner: str | None
) -> None:
    """`outer` is the property's word, `inner` that of the provider, and of the database for its own rows; None: none."""
    text = f"""
manage: {said(outer)}
targets: {{database: {{manage: {said(inner)}}}}}
providers:
  expedia: {{property_id: "1", manage: {said(inner)}}}
  booking.com: {{hotel_id: "2"}}
"""
    here = hotel(tmp_path, HOTEL + text)
    for target, (kind, (wanted, theirs)) in itertools.product(TARGETS, VALUES.items()):
        word = Manage((inner if target != "booking.com" else None) or outer or "true")
        address = at(f"{target}/{kind}/double")
        empty: Any = Calendar() if isinstance(wanted, Calendar) else None
        for there in (None, empty, theirs):
            observed = {} if there is None else {address: read(there)}
            changes = list(
                diff(
                    {address: wanted},
                    observed,
                    manages=lambda a: here.manages(a.target, a.kind),
                    exact=lambda a: a.target == "database",
                )
            )
            touched = word is Manage.YES or (word is Manage.CREATE_ONLY and not there)
            assert [change.action for change in changes] == ([Action.UPDATE if there else Action.CREATE] * touched)
            drifted = list(differences(changes, {address: last(wanted)}))
            assert {one.address for one in drifted} == ({address} if touched else set())
