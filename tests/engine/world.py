"""Addresses, values and generated changes for the tests of the engine."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from reconciler.engine.diff import diff
from reconciler.model.address import Address, parse
from reconciler.model.calendar import Calendar
from reconciler.model.journal import Applied
from reconciler.model.plan import Action, Change, Operation
from reconciler.model.property import Manage
from reconciler.model.state import Allotments, Availability, Counts, Observed, Price, Provenance, Restrictions, Value
from tests.kinds.hotels import over
from tests.model.strategies import calendars

NOW = datetime(2027, 3, 1, 6, tzinfo=UTC)


def at(text: str) -> Address:
    """An address of the hotel."""
    return parse(f"lisbon-baixa/{text}")


def price(text: str, start: int = 0, until: int = 10) -> Calendar[Any]:
    """One price on some nights from today."""
    return over(Price(Decimal(text)), start, until)


def units(allotment: int, start: int = 0, until: int = 10, *, closed: bool = False) -> Calendar[Any]:
    """One allotment on some nights from today."""
    return over(Availability(allotment, closed), start, until)


def read(value: Value, counts: Calendar[Counts] = Calendar()) -> Observed:
    """Seen just now."""
    return Observed(value, counts=counts)


def acked(value: Value) -> Observed:
    """Last acknowledged."""
    return Observed(value, Provenance.ACKNOWLEDGED, at=NOW)


def unknown() -> Observed:
    """Never sent, and not to be asked."""
    return Observed(Calendar(), Provenance.UNKNOWN)


def last(value: Value) -> Applied:
    """Put in force by an earlier run."""
    return Applied(value, "run", at=NOW)


def changes(
    desired: dict[Address, Value],
    observed: dict[Address, Observed],
    owned: Manage = Manage.YES,
    *,
    exact: bool = False,
) -> list[Change]:
    """The changes of a whole comparison."""
    return list(diff(desired, observed, manages=lambda _: owned, exact=lambda _: exact))


def change(text: str, before: Value | None, after: Value | None, **more: Any) -> Change:
    """A change at one address."""
    return Change(at(text), more.pop("action", Action.UPDATE if before else Action.CREATE), before, after, **more)


def operation(made: Change) -> Operation:
    """The whole change as one operation."""
    return Operation(str(made.address), made)


_counts = st.integers(0, 6)
NIGHT_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "rates": st.builds(Price, st.sampled_from([Decimal("90.00"), Decimal("120.00"), Decimal("140.00")])),
    "availability": st.builds(Availability, _counts, st.booleans()),
    "restrictions": st.builds(Restrictions, min_stay=st.integers(1, 3), closed=st.booleans()),
    "allocation": st.builds(
        Allotments,
        _counts,
        st.tuples(_counts, _counts).map(lambda n: (("direct", n[0]), ("booking.com", n[1]), ("expedia", 1))),
    ),
}
_documents = st.dictionaries(
    st.sampled_from(["name", "active", "id"]),
    st.sampled_from(["a", "b", True, False, None, "(assigned when created)"]),
    max_size=3,
)
ADDRESSES = [
    *(
        f"{target}/{kind}/{key}"
        for target in ("expedia", "booking.com")
        for kind, keys in (
            ("rate_plan", ("double/BAR", "double/LONG", "suite/LONG")),
            ("rates", ("double/BAR", "double/LONG", "suite/LONG")),
            ("restrictions", ("double/BAR", "double/LONG")),
            ("availability", ("double", "suite")),
        )
        for key in keys
    ),
    "database/mapping/expedia/double",
    "database/mapping/booking.com/suite",
    "database/rate_plan/expedia/double/LONG",
    "database/rate_plan/booking.com/suite/LONG",
    "database/rates/expedia/double/LONG",
    "database/allocation/double",
    "database/allocation/suite",
]


def value_for(kind: str) -> st.SearchStrategy[Any]:
    """A calendar or document of the kind."""
    return calendars(NIGHT_VALUES[kind], span=24) if kind in NIGHT_VALUES else _documents


@st.composite
def states(draw: st.DrawFn) -> tuple[dict[Address, Value], dict[Address, Observed], dict[Address, Applied]]:
    """What is wanted, seen and was last applied at some addresses."""
    desired: dict[Address, Value] = {}
    observed: dict[Address, Observed] = {}
    applied: dict[Address, Applied] = {}
    for text in draw(st.lists(st.sampled_from(ADDRESSES), unique=True, max_size=10)):
        address = at(text)
        values = value_for(address.kind)
        desired[address] = draw(values)
        if draw(st.booleans()):
            provenance = draw(st.sampled_from([Provenance.READ_BACK, Provenance.ACKNOWLEDGED]))
            observed[address] = Observed(draw(values), provenance)
        if draw(st.booleans()):
            applied[address] = last(draw(values))
    return desired, observed, applied
