"""From what is to be done to messages: nothing lost, nothing twice, within the limits, in order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.calendar import Calendar, Run, constant, from_nights, from_runs
from reconciler.model.state import Availability, Counts, NightValue, Observed, Price, Restrictions
from reconciler.providers.contract import Batch, Pending
from reconciler.providers.expedia import codec_ar, traits
from reconciler.providers.expedia.batching import Updates, batches
from reconciler.providers.expedia.codec_ar import MAX_BYTES, MAX_UPDATES
from reconciler.providers.expedia.envelope import Login
from reconciler.providers.remote import ids_of

from .ar_request import Key, read, updates_in
from .hotels import HOTEL, TODAY, address, hotel, pending, price

LOGIN = Login("x" * 30, "y" * 30)
BY_GUESTS = {traits.PRICING_MODEL: traits.PER_OCCUPANCY}
PAIRS = (("double", "BAR"), ("double", "NREF"), ("suite", "BAR"))
DAY = timedelta(days=1)


def bodies(made: Sequence[Batch]) -> list[bytes]:
    """The messages as they are sent, with Expedia's ids."""
    ids = ids_of(hotel(), "expedia", {})
    sent = []
    for batch in made:
        assert isinstance(batch.payload, Updates)
        updates = [
            codec_ar.Update(ids.rooms[u.room], ids.plans[(u.room, u.plan)] if u.plan else "", u.setting, u.nights)
            for u in batch.payload.updates
        ]
        sent.append(codec_ar.encode(LOGIN, HOTEL, updates))
    return sent


def calendars(values: st.SearchStrategy[NightValue]) -> st.SearchStrategy[Calendar[NightValue]]:
    """Runs of some length, single nights and gaps, within two years."""

    def build(pieces: list[tuple[int, int, NightValue]]) -> Calendar[NightValue]:
        at, runs = TODAY, []
        for gap, nights, value in pieces:
            start = at + DAY * gap
            at = start + DAY * nights
            runs.append(Run(start, at, value))
        return from_runs(runs)

    return st.lists(st.tuples(st.integers(0, 5), st.integers(1, 40), values), max_size=12).map(build)


AMOUNTS = st.integers(1, 99_999).map(lambda cents: Decimal(cents).scaleb(-2))
PRICES = AMOUNTS.map(Price)
STAYS = st.builds(
    lambda least, more, *flags: Restrictions(
        min_stay=least,
        max_stay=None if least + more >= 28 else least + more,
        closed=flags[0],
        closed_to_arrival=flags[1],
        closed_to_departure=flags[2],
    ),
    st.integers(1, 14),
    st.integers(0, 28),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(calendars(PRICES), min_size=3, max_size=3), st.lists(calendars(STAYS), min_size=3, max_size=3))
def test_what_the_messages_say_together_is_exactly_what_was_to_be_done(
    prices: list[Calendar[NightValue]], stays: list[Calendar[NightValue]]
) -> None:
    todo = [pending(address("rates", *pair), value) for pair, value in zip(PAIRS, prices, strict=True)]
    todo += [pending(address("restrictions", *pair), value) for pair, value in zip(PAIRS, stays, strict=True)]
    made = list(batches(hotel(), {}, todo))
    said: dict[Key, Calendar[str]] = {}
    for body in bodies(made):
        assert len(body) <= MAX_BYTES
        assert updates_in(body) <= MAX_UPDATES
        for key, calendar in read(body).items():
            assert not said.get(key, Calendar()).keep(calendar.covered())
            said[key] = said.get(key, Calendar()).overlay(calendar)
    assert said == expected(prices, stays)
    assert covered(made) == {
        one.operation.id: one.value.covered() for one in todo if isinstance(one.value, Calendar) and one.value
    }


def expected(prices: list[Calendar[NightValue]], stays: list[Calendar[NightValue]]) -> dict[Key, Calendar[str]]:
    ids = ids_of(hotel(), "expedia", {})
    wanted: dict[Key, Calendar[str]] = {}
    for pair, calendar, stay in zip(PAIRS, prices, stays, strict=True):
        room, plan = ids.rooms[pair[0]], ids.plans[pair]
        wanted[(room, plan, "PerDay")] = calendar.map(lambda p: f"EUR {p.amount:f}" if isinstance(p, Price) else None)
        for name, value in (
            ("minLOS", lambda r: str(r.min_stay)),
            ("maxLOS", lambda r: str(r.max_stay or 28)),
            ("closed", lambda r: str(r.closed).lower()),
            ("closedToArrival", lambda r: str(r.closed_to_arrival).lower()),
            ("closedToDeparture", lambda r: str(r.closed_to_departure).lower()),
        ):
            wanted[(room, plan, name)] = stay.map(value)
    return {key: calendar for key, calendar in wanted.items() if calendar}


def covered(made: Sequence[Batch]) -> dict[str, Calendar[bool]]:
    """The nights of the parts of each operation, each once."""
    nights: dict[str, Calendar[bool]] = {}
    for part in (part for batch in made for part in batch.parts):
        assert part.nights is not None
        before = nights.get(part.operation_id, Calendar())
        assert not before.keep(part.nights)
        nights[part.operation_id] = before.overlay(part.nights)
    return nights


def test_many_updates_are_spread_over_messages_at_the_limit() -> None:
    two_years = [constant(TODAY, TODAY + DAY * 730, price("100.00", g1="90.00", g3="120.00")) for _ in PAIRS]
    todo = [pending(address("rates", *pair), value) for pair, value in zip(PAIRS, two_years, strict=True)]
    made = list(batches(hotel(), BY_GUESTS, todo))
    counts = [updates_in(body) for body in bodies(made)]
    assert sum(counts) == 3 * 3 * 730
    assert max(counts) <= MAX_UPDATES
    assert len(made) == 2
    assert all(batch.repeatable for batch in made)


def test_a_single_pattern_that_is_too_much_is_cut_by_date() -> None:
    guests = tuple((n, Decimal(n)) for n in range(2, 21))
    todo = [pending(address("rates", "double", "BAR"), constant(TODAY, TODAY + DAY * 730, Price(Decimal(1), guests)))]
    made = list(batches(hotel(), BY_GUESTS, todo))
    assert sum(updates_in(body) for body in bodies(made)) == 730 * 20
    assert max(updates_in(body) for body in bodies(made)) <= MAX_UPDATES


def test_many_small_changes_keep_to_the_bytes_of_a_message() -> None:
    every_night_another = from_nights({TODAY + DAY * i: Price(Decimal(i + 1)) for i in range(700)})
    todo = [pending(address("rates", *pair), every_night_another) for pair in PAIRS]
    made = bodies(list(batches(hotel(), {}, todo)))
    assert len(made) > 1
    assert max(map(len, made)) <= MAX_BYTES


def units(value: Calendar[Availability], counts: Calendar[Counts]) -> Pending:
    where = address("availability", "double")
    one = pending(where, value)
    return Pending(one.operation, value, Observed(Calendar(), counts=counts))


def test_what_is_left_is_the_allotment_less_what_is_sold_and_never_below_nothing() -> None:
    counts = from_nights({TODAY: Counts(9, 1), TODAY + DAY: Counts(0, 5), TODAY + DAY * 2: Counts(4, 0)})
    (batch,) = batches(hotel(), {}, [units(constant(TODAY, TODAY + DAY * 4, Availability(4)), counts)])
    said = read(*bodies([batch]))
    left = said[("30011", "", "totalInventoryAvailable")]
    assert dict(left.items()) == {TODAY: "3", TODAY + DAY * 3: "4"}
    assert said[("30011", "", "closed")].nights == 4
    assert not batch.repeatable


def test_closing_alone_may_be_repeated() -> None:
    counts = constant(TODAY, TODAY + DAY, Counts(3, 1))
    (batch,) = batches(hotel(), {}, [units(constant(TODAY, TODAY + DAY, Availability(4, closed=True)), counts)])
    assert batch.repeatable


def test_messages_come_in_the_order_given_and_are_of_one_kind_each() -> None:
    night = (TODAY, TODAY + DAY)
    todo = [
        pending(address("availability", "double"), constant(*night, Availability(1, closed=True))),
        pending(address("rates", "double", "BAR"), constant(*night, price("1.00"))),
        pending(address("rates", "suite", "BAR"), constant(*night, price("2.00"))),
        pending(address("restrictions", "double", "BAR"), constant(*night, Restrictions())),
        pending(address("availability", "suite"), constant(*night, Availability(2))),
    ]
    kinds = [{part.address.kind for part in batch.parts} for batch in batches(hotel(), {}, todo)]
    assert kinds == [{"availability"}, {"rates"}, {"restrictions"}, {"availability"}]


def test_nothing_to_do_is_no_message() -> None:
    assert list(batches(hotel(), {}, [pending(address("rates", "double", "BAR"), Calendar())])) == []


def test_nothing_secret_or_bulky_is_in_what_a_batch_shows() -> None:
    (batch,) = batches(
        hotel(), {}, [pending(address("rates", "double", "BAR"), constant(TODAY, TODAY + DAY, price("1.00")))]
    )
    assert "payload" not in repr(batch)
    assert batch.summary == "rates: 1 product, 1 night"
