"""Plans, drift reports and runs that the tests of this folder draw. A hotel, two providers, everything that can be said of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from reconciler.model.address import Address, parse
from reconciler.model.calendar import Calendar, constant, difference, on_days
from reconciler.model.capabilities import Access, Capabilities, KindSupport
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.drift import Difference, DriftReport, Mover
from reconciler.model.journal import JournalEntry, Outcome, Run, RunStatus
from reconciler.model.plan import Action, Change, Label, Operation, Plan, Scope
from reconciler.model.state import (
    Allotments,
    Availability,
    Counts,
    Coverage,
    Json,
    Price,
    Provenance,
    Restrictions,
    Value,
)

NOW = datetime(2027, 5, 1, 6, 0, tzinfo=UTC)
DIGEST = "5f" * 32
HOTEL = "lisbon-baixa"
COVERAGE = {
    (HOTEL, "booking.com"): Coverage(2, 2, 6, 5, (), ("Weekend Special",)),
    (HOTEL, "expedia"): Coverage(2, 2, 6, 6),
    ("porto-ribeira", "expedia"): Coverage(3, 3, 9, 9),
}


def price(text: str, **guests: str) -> Price:
    """A price, with other numbers of guests as `g1="90.00"`."""
    return Price(Decimal(text), tuple((int(number[1:]), Decimal(amount)) for number, amount in guests.items()))


def address(text: str) -> Address:
    """The address within the sample hotel."""
    return parse(f"{HOTEL}/{text}")


def nights(first: str, until: str, value: Any) -> Calendar[Any]:
    """One value from `first` up to and not including `until`."""
    return constant(date.fromisoformat(first), date.fromisoformat(until), value)


def operation(
    where: str,
    before: Value | None,
    after: Value | None,
    *,
    provenance: Provenance = Provenance.READ_BACK,
    label: Label = Label.NONE,
    counts: Calendar[Counts] = Calendar(),
    action: Action | None = None,
) -> Operation:
    """An operation, with only the nights that differ."""
    known = provenance is Provenance.READ_BACK
    if isinstance(before, Calendar) and isinstance(after, Calendar):
        changed = difference(before, after)
        before, after = changed.map(lambda c: c.before), changed.map(lambda c: c.after)
    if action is None:
        empty = known and not before
        action = Action.CREATE if empty else Action.UPDATE
    at = address(where)
    change = Change(at, action, before, after, provenance, counts=counts)
    return Operation(f"{at}#{label.value}" if label else str(at), change, label)


def weekend(low: str, high: str) -> Calendar[Price]:
    """A summer with its weekends dearer."""
    start, until = date(2027, 6, 15), date(2027, 9, 11)
    return constant(start, until, price(low)).overlay(on_days(start, until, (4, 5), price(high)))


def operations() -> tuple[Operation, ...]:
    """One of everything."""
    units, autumn = Counts(12, 2), ("2027-11-08", "2027-11-12")
    acknowledged, unknown = Provenance.ACKNOWLEDGED, Provenance.UNKNOWN
    flexible: dict[str, Json] = {"type": "flexible", "deadline_hours": 24}
    plan: dict[str, Json] = {"name": "Long Stay", "active": True, "cancellation": flexible}
    row: dict[str, Json] = {"rate_plan_name": "BAR", "cancellation_policy": flexible, "meal_plan": None}
    longer: dict[str, Json] = {**flexible, "deadline_hours": 48}
    stricter: dict[str, Json] = {**row, "cancellation_policy": longer, "meal_plan": "breakfast"}
    shares = Allotments(40, (("direct", 10), ("booking.com", 16), ("expedia", 14)), 2)
    moved = Allotments(40, (("direct", 14), ("booking.com", 16), ("expedia", 10)), 2)
    dearer = (weekend("165.00", "165.00"), weekend("165.00", "185.00"))
    closed = Restrictions(closed_to_arrival=True, min_stay=3)
    return (
        operation("booking.com/rate_plan/double/LONG", None, plan),
        operation(
            "expedia/availability/double",
            nights(*autumn, Availability(14)),
            nights(*autumn, Availability(10)),
            label=Label.LOWER,
            counts=nights(*autumn, units),
        ),
        operation("booking.com/rates/double/BAR", *dearer, provenance=acknowledged),
        operation(
            "booking.com/rates/suite/BAR", None, nights("2027-05-01", "2028-09-12", price("289.00")), provenance=unknown
        ),
        operation(
            "expedia/rates/double/BAR",
            nights("2027-12-24", "2028-01-03", price("240.00", g1="220.00")),
            nights("2027-12-24", "2028-01-03", price("264.00", g1="230.00", g3="290.00")),
        ),
        operation(
            "expedia/rates/double/BAR", None, nights("2028-09-10", "2028-09-12", price("120.00")), label=Label.HORIZON
        ),
        operation(
            "expedia/restrictions/double/BAR", None, nights("2028-09-10", "2028-09-12", closed), label=Label.HORIZON
        ),
        operation(
            "expedia/restrictions/double/BAR",
            nights("2027-05-03", "2027-05-04", Restrictions(max_stay=7, closed_to_departure=True)),
            nights("2027-05-03", "2027-05-04", closed),
        ),
        operation("database/rates/booking.com/double/BAR", *dearer),
        operation("database/rate_plan/expedia/double/BAR", row, stricter),
        operation(
            "database/mapping/expedia/old", {"external_room_id": "1", "is_active": True}, None, action=Action.DELETE
        ),
        operation("database/allocation/double", nights(*autumn, shares), nights(*autumn, moved)),
    )


FINDINGS = (
    Diagnostic("linked-price", "BAR is linked", Severity.WARNING, address=f"{HOTEL}/expedia/rates/double/NREF"),
    Diagnostic(
        "rate-step",
        "the price of 15 Jun rises by 54%, and 40% is the limit",
        hint="`rate_step.percent`, or `--consent rate_step`",
        address=f"{HOTEL}/booking.com/rates/double/BAR",
    ),
    Diagnostic("unmanaged", "not in git: 1 rate plan at Booking.com", Severity.INFO, address=f"{HOTEL}/booking.com"),
    Diagnostic(
        "unmanaged", "not in git: 2 in ota_rate_plans (a, b)", Severity.INFO, address=f"{HOTEL}/database/rate_plan"
    ),
    Diagnostic("unmanaged", "not git's: restrictions at Booking.com", Severity.INFO, address=f"{HOTEL}/booking.com"),
    Diagnostic(
        "suspended",
        "suspended at expedia until 2027-05-03 12:00: extranet under repair; nothing is changed there",
        Severity.WARNING,
        address="porto-ribeira/expedia",
    ),
)


def plan(changes: tuple[Operation, ...] | None = None, scope: Scope = Scope()) -> Plan:
    """A plan with one of everything."""
    return Plan(
        environment="production",
        as_of=NOW,
        workspace_digest="ab" * 32,
        scope=scope,
        operations=operations() if changes is None else changes,
        findings=FINDINGS if changes is None else (),
        properties=(HOTEL, "porto-ribeira", "sintra-vila"),
        coverage=COVERAGE if changes is None else {},
        messages=5,
        commit="1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
    )


def drift() -> DriftReport:
    """Somebody lowered a price at Expedia, somebody closed nights in the database, git moved on."""
    week = ("2027-06-07", "2027-06-14")
    row: dict[str, Json] = {"external_room_id": "30011", "is_active": True}
    return DriftReport(
        environment="production",
        as_of=NOW,
        differences=(
            Difference(
                address("expedia/rates/double/BAR"),
                Mover.THERE,
                nights(*week, price("185.00")),
                nights(*week, price("185.00")),
                nights(*week, price("170.00")),
                Provenance.READ_BACK,
            ),
            Difference(
                address("expedia/availability/double"),
                Mover.BOTH,
                nights(*week, Availability(10)),
                nights(*week, Availability(12)),
                nights(*week, Availability(14, closed=True)),
                Provenance.READ_BACK,
                nights(*week, Counts(12, 2)),
            ),
            Difference(
                address("database/mapping/expedia/double"),
                Mover.THERE,
                row,
                row,
                {**row, "is_active": False},
                Provenance.READ_BACK,
            ),
            Difference(address("database/mapping/expedia/suite"), Mover.FIRST, row, None, None, Provenance.READ_BACK),
            Difference(
                address("booking.com/restrictions/double/BAR"),
                Mover.GIT,
                nights(*week, Restrictions(min_stay=3)),
                nights(*week, Restrictions()),
                nights(*week, Restrictions()),
                Provenance.ACKNOWLEDGED,
            ),
        ),
        never_sent=(address("booking.com/rates/suite/BAR"),),
        findings=FINDINGS[:1],
        properties=(HOTEL, "porto-ribeira"),
        coverage=COVERAGE,
        commit="1a2b3c4d5e6f",
    )


RUN = Run(
    id="6f1c9a52-2f5e-4d1e-9a59-0a4f6f6d2202",
    environment="production",
    verb="apply",
    started_at=NOW,
    host="ci-7",
    pid=4711,
    os_user="deploy",
    tool_version="0.1.0",
    plan_digest=DIGEST,
    commit="1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
    status=RunStatus.FAILED,
    finished_at=NOW + timedelta(seconds=83),
    summary={"operations": 3, "outcomes": {"applied": 1, "failed": 1, "not_attempted": 1}},
)


def entries() -> tuple[JournalEntry, ...]:
    """One applied, one failed, one not settled."""
    applied, failed, open_ = operations()[1], operations()[4], operations()[9]
    said = "expedia 3203: the rate plan is not active"
    return (
        _entry(1, applied, Outcome.APPLIED, messages=("AR-1",)),
        _entry(2, failed, Outcome.FAILED, detail=said, messages=("AR-2",)),
        _entry(3, open_, None),
    )


def _entry(
    seq: int, op: Operation, outcome: Outcome | None, *, detail: str = "", messages: tuple[str, ...] = ()
) -> JournalEntry:
    change, at = op.change, NOW + timedelta(seconds=seq)
    return JournalEntry(
        RUN.id,
        seq,
        op.address,
        change.action.value,
        change.before,
        change.after,
        at,
        op.label.value,
        outcome,
        at if outcome else None,
        detail,
        messages,
    )


CAPABILITIES = (
    Capabilities(
        "database",
        {"rates": KindSupport(Access.READ_BACK, frozenset({"price"}), rests_on="tables of our own")},
        horizon=1000,
    ),
    Capabilities(
        "booking.com",
        {
            "rates": KindSupport(
                Access.ACKNOWLEDGED, frozenset({"price"}), rests_on="B.XML availability 1.1 has no reading of prices"
            ),
            "restrictions": KindSupport(
                Access.ACKNOWLEDGED,
                frozenset({"closed", "min_stay", "max_stay"}),
                readable=frozenset({"closed"}),
                limits={"min_stay": (1, 31)},
                rests_on="roomrateavailability returns `closed` alone",
            ),
        },
        horizon=729,
        notes=("conditions need codes from the extranet",),
    ),
)
