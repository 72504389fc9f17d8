"""Rate plans against the extranet: made, found again, renamed, switched off and on, with their conditions."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import RequestRefusedError, UncertainError
from reconciler.model.address import Address
from reconciler.model.calendar import Calendar, constant
from reconciler.model.journal import Applied, Outcome
from reconciler.model.property import CREATE, Cancellation, Mappings, Property
from reconciler.model.state import Document, Observation, Observed
from reconciler.providers.booking_com.provider import BookingCom

from .hotels import (
    ALL,
    CODES,
    DAY,
    DOCUMENT,
    DOUBLE,
    NREF,
    SINGLE,
    STANDARD,
    TODAY,
    WINDOW,
    Extranet,
    address,
    bring_about,
    described,
    hotel,
    pending,
    plan,
    price,
)

LONG = (("double", "LONG"), ("single", "LONG"))
DOUBLE_BAR = address("rate_plan", "double", "BAR")


def with_long(**changes: Any) -> Property:
    return hotel(
        plans=dict.fromkeys(LONG, CREATE),
        rate_plans={"LONG": plan("LONG", "Long stay", **changes)},
        link={"codes": CODES},
    )


def long_document(**changes: Any) -> Document:
    return {**DOCUMENT, "name": "Long stay", "meal_plan": "breakfast", "min_advance_days": 3, **changes}


def labels(extranet: Extranet) -> dict[str, dict[str, Any]]:
    return {found["name"]: found for found in extranet.there()["rate_plans"]}


def kinds_sent(extranet: Extranet) -> list[str]:
    applied = [line for entry in extranet.admin.log() for line in entry["applied"] if "hotels/ota" in entry["path"]]
    return [line.split()[0] for line in applied]


def test_a_plan_is_made_for_all_its_rooms_and_then_priced_in_one_go(extranet: Extranet) -> None:
    target = extranet.target(with_long())
    before = target.observe(ALL, WINDOW)
    assert before.assigned == {}
    assert before.findings == ()
    desired: dict[Any, Any] = {address("rate_plan", *pair): long_document() for pair in LONG}
    desired[address("rates", *LONG[0])] = constant(TODAY, TODAY + DAY, price("88.00"))
    made, priced = bring_about(target, desired, before)
    assert set(made.assigned) == set(LONG)
    assert len(set(made.assigned.values())) == 1
    assert [part.outcome for part in (*made.results, *priced.results)] == [Outcome.APPLIED] * 3
    id_ = made.assigned[LONG[0]]
    facts = extranet.room_rate(SINGLE, id_)["facts"]
    assert facts == {"policy_id": "152", "meal_plan": "1", "min_advance": "P3D"}
    seen = extranet.target(with_long(), made.assigned).observe(ALL, WINDOW)
    assert seen.entries[address("rate_plan", *LONG[1])].value == {"name": "Long stay", "active": True}
    assert seen.findings == ()


def test_a_plan_that_is_found_by_its_name_is_taken_for_made(extranet: Extranet) -> None:
    made = {"id": "77", "name": "Long stay", "rooms": [DOUBLE, SINGLE]}
    extranet.load(rate_plans=[*described()["rate_plans"], made])
    seen = extranet.target(with_long()).observe(ALL, WINDOW)
    assert seen.assigned == dict.fromkeys(LONG, "77")
    assert address("rate_plan", *LONG[0]) in seen.entries


@pytest.mark.parametrize("operation", ["OTA_HotelRatePlanNotif", "OTA_HotelProductNotif"])
def test_a_plan_whose_making_was_not_answered_is_carried_on_and_not_made_twice(
    extranet: Extranet, operation: str
) -> None:
    target = extranet.target(with_long())
    desired = {address("rate_plan", *pair): long_document() for pair in LONG}
    before = target.observe(ALL, WINDOW)
    extranet.admin.fault("drop_after", {"path": f"/hotels/ota/{operation}"})
    if operation == "OTA_HotelRatePlanNotif":
        with pytest.raises(UncertainError):
            bring_about(target, desired, before)
    else:  # the id is known already, and must not be lost
        (lost,) = bring_about(target, desired, before)
        assert {part.outcome for part in lost.results} == {Outcome.UNKNOWN}
        assert set(lost.assigned) == set(LONG)
    again = extranet.target(with_long())
    (done,) = bring_about(again, desired, again.observe(ALL, WINDOW))
    assert {part.outcome for part in done.results} == {Outcome.APPLIED}
    assert kinds_sent(extranet).count("New") == 3  # the label, and one product for each room
    assert labels(extranet)["Long stay"]["id"] == done.assigned[LONG[0]]


def test_a_name_that_is_taken_by_a_plan_nobody_lists_is_refused_in_words(extranet: Extranet) -> None:
    off = {"id": "77", "name": "Long stay", "active": False}
    extranet.load(rate_plans=[*described()["rate_plans"], off])
    target = extranet.target(with_long())
    (result,) = bring_about(target, {address("rate_plan", *LONG[0]): long_document()}, target.observe(ALL, WINDOW))
    assert result.results[0].outcome is Outcome.FAILED
    assert "already exists" in result.results[0].detail
    assert result.assigned == {}


def test_one_room_more_for_a_plan_that_was_made_gets_a_product_alone(extranet: Extranet) -> None:
    made = {"id": "77", "name": "Long stay", "rooms": [DOUBLE]}
    extranet.load(rate_plans=[*described()["rate_plans"], made])
    target = extranet.target(with_long())
    before = target.observe(ALL, WINDOW)
    assert before.assigned == {LONG[0]: "77"}
    assert address("rate_plan", *LONG[1]) not in before.entries
    (result,) = bring_about(target, {address("rate_plan", *LONG[1]): long_document()}, before)
    assert result.assigned == dict.fromkeys(LONG, "77")
    assert kinds_sent(extranet) == ["New"]


def test_a_plan_is_renamed_once_for_all_its_rooms(extranet: Extranet) -> None:
    target = extranet.target()
    desired: dict[Any, Any] = {
        address("rate_plan", room, "BAR"): {**DOCUMENT, "name": "Flexible"} for room in ("double", "single")
    }
    bring_about(target, desired, target.observe(ALL, WINDOW))
    assert kinds_sent(extranet) == ["Overlay"]
    seen = target.observe(ALL, WINDOW)
    assert seen.entries[DOUBLE_BAR].value == {"name": "Flexible", "active": True}


def test_a_child_rate_is_not_renamed_even_where_a_message_asks_for_it(extranet: Extranet) -> None:
    target = extranet.target(hotel(plans={("double", "NREF"): NREF}))
    todo = pending(address("rate_plan", "double", "NREF"), {"name": "Other", "active": True}, Observed({}))
    (batch,) = target.batches([todo])
    (part,) = target.execute(batch).results
    assert part.outcome is Outcome.FAILED
    assert "follows another" in part.detail
    assert kinds_sent(extranet) == []


@pytest.mark.parametrize("retired", [True, False])
def test_a_plan_is_switched_off_and_on_again(extranet: Extranet, retired: bool) -> None:
    target = extranet.target()
    off: Document = {**DOCUMENT, "active": False}
    bring_about(target, {DOUBLE_BAR: off}, target.observe(ALL, WINDOW))
    assert labels(extranet)["Standard"]["active"] is False
    ours = {address("rate_plan", room, "BAR"): Applied({"active": False}) for room in ("double", "single")}
    target = extranet.target(hotel(rate_plans={"BAR": plan("BAR", "Standard", retired=retired)}), applied=ours)
    seen = target.observe(ALL, WINDOW)
    assert seen.entries[DOUBLE_BAR].value == {"active": False}
    assert target.normal(DOUBLE_BAR, off, seen.traits) == ({"active": False}, ())
    assert {finding.code for finding in seen.findings} == (set() if retired else {"not-listed-at-provider"})
    (result,) = bring_about(target, {DOUBLE_BAR: DOCUMENT}, seen)
    assert result.results[0].outcome is Outcome.APPLIED
    assert target.observe(ALL, WINDOW).entries[DOUBLE_BAR].value == {"name": "Standard", "active": True}


NOWHERE = "12786066"


def mapped_to(extranet: Extranet, id_: str, **more: Any) -> Observation:
    """What is seen where the double's plan is mapped to this id."""
    wanted = hotel(mappings={"booking.com": Mappings({"double": DOUBLE}, {("double", "BAR"): id_})})
    return extranet.target(wanted, **more).observe(ALL, WINDOW)


@pytest.mark.parametrize("listed", [True, False], ids=["rates are listed", "rates are not listed"])
@pytest.mark.parametrize("applied", [{}, {DOUBLE_BAR: Applied({"name": "Standard", "active": True})}])
def test_an_id_that_nothing_knows_is_wrong_and_the_nearest_is_named(
    extranet: Extranet, listed: bool, applied: dict[Address, Applied]
) -> None:
    extranet.admin.switch(booking_rates_list=listed)
    seen = mapped_to(extranet, NOWHERE, applied=applied)
    (finding,) = seen.findings
    assert (finding.code, finding.severity.value) == ("mapped-but-missing", "error")
    assert finding.address == "porto/booking.com/mapping/double/BAR"
    assert STANDARD in finding.hint
    assert not [where for where in seen.entries if where.key == ("double", "BAR")]
    assert address("availability", "double") in seen.entries


def test_an_id_that_only_the_list_of_rates_knows_is_a_plan_that_can_be_sold_again(extranet: Extranet) -> None:
    lonely = {"id": NOWHERE, "name": "Standard plus"}
    extranet.load(rate_plans=[*described()["rate_plans"], lonely])
    seen = mapped_to(extranet, NOWHERE)
    assert [(finding.code, finding.severity.value) for finding in seen.findings] == [
        ("not-listed-at-provider", "warning")
    ]
    assert seen.entries[DOUBLE_BAR].value == {"active": False}


def test_an_id_of_a_plan_that_git_retires_needs_nobody_to_know_it(extranet: Extranet) -> None:
    wanted = hotel(
        mappings={"booking.com": Mappings({"double": DOUBLE}, {("double", "BAR"): NOWHERE})},
        rate_plans={"BAR": plan("BAR", "Standard", retired=True)},
    )
    seen = extranet.target(wanted).observe(ALL, WINDOW)
    assert seen.findings == ()
    assert seen.entries[DOUBLE_BAR].value == {"active": False}


def test_conditions_are_sent_only_where_their_codes_are_known_and_they_differ(extranet: Extranet) -> None:
    target = extranet.target(hotel(link={"codes": CODES}))
    seen = target.observe(ALL, WINDOW)
    wanted, findings = target.normal(DOUBLE_BAR, {**DOCUMENT, "max_advance_days": 90}, seen.traits)
    assert findings == ()
    assert not isinstance(wanted, Calendar)
    assert wanted["cancellation_code"] == "152"
    assert target.normal(DOUBLE_BAR, wanted, seen.traits)[0] == wanted
    new: Document = {"name": "Standard", "active": True}
    for there, sent in ((new, 1), (wanted, 0)):
        extranet.admin.clear_log()
        for batch in target.batches([pending(DOUBLE_BAR, wanted, Observed(there))]):
            target.execute(batch)
        assert len(kinds_sent(extranet)) == sent
    facts = extranet.room_rate(DOUBLE, STANDARD)["facts"]
    assert facts == {"policy_id": "152", "max_advance": "P90D", "max_persons": "2", "pricing_type": "Standard"}


def test_without_codes_conditions_are_left_alone_with_one_warning_for_a_plan(extranet: Extranet) -> None:
    target = extranet.target()
    seen = target.observe(ALL, WINDOW)
    document = {**DOCUMENT, "meal_plan": "breakfast", "min_advance_days": 3}
    told = [target.normal(address("rate_plan", room, "BAR"), document, seen.traits) for room in ("double", "single")]
    assert [value for value, _ in told] == [{"name": "Standard", "active": True}] * 2
    assert [[finding.code for finding in found] for _, found in told] == [
        ["no-code-for-cancellation", "no-code-for-meals"],
        [],
    ]
    assert "advance window" in told[0][1][0].message


@pytest.mark.parametrize(
    ("codes", "policy", "code"),
    [
        ({"flexible-24h": "152", "flexible": "43"}, Cancellation("flexible", 24, 0, name="flexible-24h"), "152"),
        ({"flexible-24h": "152", "flexible": "43"}, Cancellation("flexible", 48, 0, name="flexible-48h"), "43"),
        ({"non_refundable": "1"}, Cancellation("non_refundable", 0, 100), "1"),
        ({"flexible": "43"}, Cancellation("partial", 72, 50), None),
        ({"flexible": "43"}, None, None),
    ],
)
def test_a_policys_code_is_found_by_its_name_and_then_by_its_type(
    extranet: Extranet, codes: dict[str, str], policy: Cancellation | None, code: str | None
) -> None:
    bar = plan("BAR", "Standard", cancellation=policy)
    target = extranet.target(hotel(rate_plans={"BAR": bar}, link={"codes": {"cancellation": codes}}))
    seen = target.observe(ALL, WINDOW)
    value, _ = target.normal(DOUBLE_BAR, DOCUMENT, seen.traits)
    assert not isinstance(value, Calendar)
    assert value.get("cancellation_code") == code


def test_a_plan_with_a_policy_without_a_name_is_made_by_the_code_of_its_type(extranet: Extranet) -> None:
    link = {"codes": {"cancellation": {"non_refundable": "1"}}}
    long = plan("LONG", "Long stay", cancellation=Cancellation("non_refundable", 0, 100))
    target = extranet.target(hotel(plans=dict.fromkeys(LONG, CREATE), rate_plans={"LONG": long}, link=link))
    seen = target.observe(ALL, WINDOW)
    where = address("rate_plan", *LONG[0])
    value, findings = target.normal(where, {**DOCUMENT, "name": "Long stay"}, seen.traits)
    assert findings == ()
    (result,) = bring_about(target, {where: value}, seen)
    assert extranet.room_rate(DOUBLE, result.assigned[LONG[0]])["facts"]["policy_id"] == "1"


def test_conditions_that_would_take_unknown_meals_away_are_not_sent(extranet: Extranet) -> None:
    target = extranet.target(hotel(link={"codes": CODES}))
    seen = target.observe(ALL, WINDOW)
    value, findings = target.normal(DOUBLE_BAR, {**DOCUMENT, "meal_plan": "half_board"}, seen.traits)
    assert value == {"name": "Standard", "active": True}
    assert [finding.code for finding in findings] == ["no-code-for-meals"]


def test_a_plan_cannot_be_made_without_a_code(extranet: Extranet) -> None:
    target = extranet.target(with_long(cancellation=None))
    seen = target.observe(ALL, WINDOW)
    _, findings = target.normal(address("rate_plan", *LONG[0]), long_document(), seen.traits)
    assert [(finding.code, finding.severity.value) for finding in findings] == [("create-needs-code", "error")]


def test_prices_for_a_plan_that_was_not_made_are_refused(extranet: Extranet) -> None:
    target = extranet.target(with_long())
    (batch,) = target.batches([pending(address("rates", *LONG[0]), constant(TODAY, TODAY + DAY, price("88.00")))])
    with pytest.raises(RequestRefusedError, match="no id"):
        target.execute(batch)


def test_making_is_never_repeated_by_itself_and_its_summary_says_so(extranet: Extranet) -> None:
    target: BookingCom = extranet.target(with_long())
    (batch,) = target.batches([pending(address("rate_plan", *LONG[0]), long_document())])
    assert not batch.repeatable
    assert "create" in batch.summary


def test_a_name_of_one_letter_and_one_with_markup_go_through(extranet: Extranet) -> None:
    target = extranet.target()
    for name in ("A", '<B&B> "café" ☕'):
        bring_about(target, {DOUBLE_BAR: {**DOCUMENT, "name": name}}, target.observe(ALL, WINDOW))
        assert name in labels(extranet)


def test_where_the_list_of_plans_is_not_given_making_still_works(extranet: Extranet) -> None:
    extranet.admin.switch(booking_rates_list=False)
    target = extranet.target(with_long())
    desired = {address("rate_plan", *pair): long_document() for pair in LONG}
    (result,) = bring_about(target, desired, target.observe(ALL, WINDOW))
    assert {part.outcome for part in result.results} == {Outcome.APPLIED}


def test_a_made_plan_that_a_room_no_longer_sells_is_put_back(extranet: Extranet) -> None:
    made = {"id": "77", "name": "Long stay", "rooms": [SINGLE]}
    extranet.load(rate_plans=[*described()["rate_plans"], made])
    target = extranet.target(with_long(), dict.fromkeys(LONG, "77"))
    where = address("rate_plan", *LONG[0])
    seen = target.observe(ALL, WINDOW)
    assert seen.entries[where].value == {"active": False}
    assert [finding.code for finding in seen.findings] == ["not-listed-at-provider"]
    bring_about(target, {where: long_document()}, seen)
    assert kinds_sent(extranet) == ["New"]
    assert target.observe(ALL, WINDOW).entries[where].value == {"name": "Long stay", "active": True}


def test_a_plan_without_policy_meals_and_windows_needs_no_codes(extranet: Extranet) -> None:
    target = extranet.target(hotel(rate_plans={"BAR": plan("BAR", "Standard", cancellation=None)}))
    seen = target.observe(ALL, WINDOW)
    bare = {**DOCUMENT, "cancellation": None}
    assert target.normal(DOUBLE_BAR, bare, seen.traits) == ({"name": "Standard", "active": True}, ())
    _, findings = target.normal(DOUBLE_BAR, {**bare, "max_advance_days": 30}, seen.traits)
    assert [finding.code for finding in findings] == ["no-code-for-cancellation"]
