"""Cases for the tests of checks: a hotel made by hand, operations on it, and what the checks say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from reconciler.model.address import parse
from reconciler.model.calendar import Calendar
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.plan import Action, Change, Label, Operation
from reconciler.model.policies import Policy
from reconciler.model.property import DIRECT, Property
from reconciler.model.state import Price
from reconciler.policy import Case, judge
from tests.kinds.hotels import SLUG, hotel, over, plan

NOW = datetime(2027, 3, 1, 6, tzinfo=UTC)


def costs(text: str, start: int = 0, until: int = 10) -> Calendar[Price]:
    """One price on some nights from today."""
    return over(Price(Decimal(text)), start, until)


def priced(at: dict[str, Calendar[Price]], *, room: str = "double", **changes: Any) -> Property:
    """The hotel with one plan BAR in one room, whose price is given by channel; of the others it is what is direct."""
    shared = at.get(DIRECT, Calendar())
    prices = {(room, channel): at.get(channel, shared) for channel in (DIRECT, "expedia", "booking.com")}
    details = {key: changes.pop(key) for key in ("type", "public", "retired", "linked") if key in changes}
    return hotel(plan("BAR", (room,), prices=prices, **details), **changes)


def op(text: str, before: Any = None, after: Any = None, label: Label = Label.NONE, **more: Any) -> Operation:
    """An operation at an address of the hotel's, or at a whole address where it begins with a slash."""
    address = parse(text[1:] if text.startswith("/") else f"{SLUG}/{text}")
    action = more.pop("action", Action.CREATE if before is None else Action.UPDATE)
    change = Change(address, action, before, after, **more)
    return Operation(f"{address}#{label.value}" if label else str(address), change, label)


def case(
    *operations: Operation, hotels: Property | Iterable[Property] | None = None, everything: bool = False, **more: Any
) -> Case:
    """These operations on these hotels; one hotel of the usual kind where none is given."""
    many = [hotel()] if hotels is None else [hotels] if isinstance(hotels, Property) else list(hotels)
    given = {"now": NOW, **more}
    return Case(operations, {one.slug: one for one in many}, everything=everything, **given)


def said(judged: Case, name: str, policy: Policy, *consents: str) -> list[Diagnostic]:
    """What one check says; the blast radius aside, which always speaks."""
    found = list(judge(judged, {name: policy}, consents))
    return [one for one in found if one.code == f"policy/{name}" or one.code.startswith(f"policy/{name}/")]
