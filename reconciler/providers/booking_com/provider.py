"""Booking.com as a target: observe by B.XML, execute by B.XML and OTA messages, for one hotel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from reconciler.errors import RequestRefusedError
from reconciler.model.address import Address
from reconciler.model.calendar import Calendar
from reconciler.model.capabilities import Capabilities
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.journal import Applied, Outcome
from reconciler.model.property import BOOKING, CREATE, Property
from reconciler.model.state import Observation, Observed, Value, Window
from reconciler.providers.booking_com import outcome, traits
from reconciler.providers.booking_com.auth import Login
from reconciler.providers.booking_com.batching import PlanChange, Updates, batches, settle, unsettled
from reconciler.providers.booking_com.capabilities import CAPABILITIES
from reconciler.providers.booking_com.codec_bxml import Item
from reconciler.providers.booking_com.normal import About, normal
from reconciler.providers.booking_com.plans import PlanWork, made_pairs
from reconciler.providers.booking_com.reading import Wanted, read, sold_on
from reconciler.providers.booking_com.session import Session
from reconciler.providers.contract import Batch, BatchResult, Http, PartResult, Pending
from reconciler.providers.remote import Ids, Remote, to_observation

Pair = tuple[str, str]
_UNTOLD = "Booking.com does not tell what the room has sold while it sells no rate; nothing was sent for it"


class BookingCom:
    """One hotel at Booking.com; see `contract.Target`.

    It remembers what observing said of the hotel (its traits), which messages depend on, and the ids of plans that were made or found.
    `booked_includes_cancelled` says how this account's counts are to be understood. `test`: a test hotel. `applied`: what we last put in
    force here, which tells a plan that we switched off from one whose id is wrong.
    """

    def __init__(
        self,
        hotel: Property,
        ids: Ids,
        http: Http,
        login: Login,
        today: date,
        *,
        booked_includes_cancelled: bool = False,
        test: bool = False,
        applied: Mapping[Address, Applied] | None = None,
    ) -> None:
        self._hotel, self._today, self._ids = hotel, today, ids
        self._made: dict[Pair, str] = {}
        self._asked = {pair for pair, id_ in hotel.mappings[BOOKING].plans.items() if id_ == CREATE}
        self._booked_includes_cancelled = booked_includes_cancelled
        self._session = Session(hotel.providers[BOOKING].external_id, http, login, test=test)
        self._applied = applied or {}
        self._traits: Mapping[str, str] = {}
        self._listed = ids

    @property
    def name(self) -> str:
        """The word in addresses."""
        return BOOKING

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        return CAPABILITIES

    def normal(self, address: Address, value: Value, traits: Mapping[str, str]) -> tuple[Value, tuple[Diagnostic, ...]]:
        """See `contract.Target.normal`."""
        return normal(About(self._hotel, self._listed, address, traits), value)

    def observe(self, kinds: frozenset[str], window: Window) -> Observation:
        """See `contract.Target.observe`. A plan that is to be made and is found by its name is taken for made."""
        wanted = Wanted(window, kinds, frozenset(self._ids.rooms.values()), self._booked_includes_cancelled)
        remote = read(self._session, wanted)
        self._find_made(remote)
        pairs = {(plan.room_id, plan.id) for plan in remote.plans}
        self._listed = self._sold(pairs)
        off = dict(self._switched_off(remote, pairs))
        self._traits = {**remote.traits, **dict(self._plan_traits(pairs, off))}
        shown = replace(self._listed, plans={p: i for p, i in self._listed.plans.items() if p not in off})
        seen = to_observation(remote, self._hotel, BOOKING, shown)
        entries = {**seen.entries, **{self._plan_at(pair): Observed({"active": False}) for pair in off}}
        return replace(
            seen,
            traits=self._traits,
            entries={address: entry for address, entry in entries.items() if address.kind in kinds},
            findings=(*seen.findings, *(finding for finding in off.values() if finding is not None)),
            assigned={pair: id_ for pair, id_ in self._listed.plans.items() if pair in self._asked and pair not in off},
        )

    def recall(self, seen: Observation) -> None:
        """Takes what was observed earlier for what is there: nothing is asked. What is to be made and was not there has no id."""
        self._traits = seen.traits
        known = {**seen.assigned, **self._ids.plans}
        there = {p: i for p, i in known.items() if p not in self._asked or self._plan_at(p) in seen.entries}
        self._listed = replace(self._ids, plans=there)

    def batches(self, pending: Sequence[Pending]) -> Iterator[Batch]:
        """See `contract.Target.batches`."""
        return batches(self._hotel, self._traits, pending)

    def execute(self, batch: Batch) -> BatchResult:
        """See `contract.Target.execute`."""
        if isinstance(batch.payload, PlanChange):
            return self._execute_plan(batch, batch.payload)
        if not isinstance(batch.payload, Updates):
            raise TypeError("not a batch of this target")
        return self._execute_updates(batch, batch.payload)

    def _execute_updates(self, batch: Batch, updates: Updates) -> BatchResult:
        resolved = [self._settled(self._resolved(item)) for item in updates.items]
        items = [item for item in resolved if not unsettled(item)]
        rooms = {item.room for item in resolved if unsettled(item)}
        parts = [part for part in batch.parts if self._product(part.address)[0] not in rooms]
        results = tuple(PartResult(part, Outcome.FAILED, _UNTOLD) for part in batch.parts if part not in parts)
        if not items:
            return BatchResult(results)
        sent = self._session.update(items, repeatable=batch.repeatable)
        products = [self._product(part.address) for part in parts]
        told = outcome.results(parts, products, sent.told, nothing_done=sent.nothing_done)
        return BatchResult((*results, *told), sent.message_id)

    def _settled(self, item: Item) -> Item:
        """The item with what is left in place of allotments, where it is told what is sold; else as it is."""
        nights = unsettled(item)
        if not nights:
            return item
        included = self._booked_includes_cancelled
        sold = sold_on(self._session, item.room, nights, booked_includes_cancelled=included)
        return settle(item, sold) if sold.keys() >= set(nights) else item

    def _execute_plan(self, batch: Batch, change: PlanChange) -> BatchResult:
        known = self._plan_id(change.plan)
        work = PlanWork(self._session, change, known, self._room_id, self._rooms_of(change.plan))
        result = work.run(batch)
        made = made_pairs(change, work.plan_id, self._asked)
        self._made.update(made)
        return replace(result, assigned=made)

    # --- ids

    def _plan_id(self, plan: str) -> str:
        """Booking.com's id of our plan, which is one for all rooms; empty where it is not made yet."""
        known = {**self._made, **self._ids.plans}
        return next((id_ for (_, other), id_ in sorted(known.items()) if other == plan), "")

    def _rooms_of(self, plan: str) -> frozenset[str]:
        """Booking.com's ids of all rooms that are mapped for our plan."""
        mapped = (room for room, other in self._hotel.mappings[BOOKING].plans if other == plan)
        return frozenset(self._ids.rooms[room] for room in mapped if room in self._ids.rooms)

    def _room_id(self, room: str) -> str:
        try:
            return self._ids.room(room)
        except KeyError:
            raise RequestRefusedError(f"room {room} has no id at Booking.com") from None

    def _product(self, address: Address) -> Pair:
        """Booking.com's room and rate (or none) of an address."""
        room, *plan = address.key
        return self._ids_of(room, plan[0] if plan else "")

    def _resolved(self, item: Item) -> Item:
        room, rate = self._ids_of(item.room, item.rate)
        return replace(item, room=room, rate=rate)

    def _ids_of(self, room: str, plan: str) -> Pair:
        rate = ""
        if plan:
            rate = self._ids.plans.get((room, plan)) or self._made.get((room, plan), "")
            if not rate:
                name = f"rate plan {plan} of {room}"
                raise RequestRefusedError(f"{name} has no id at Booking.com yet", hint="was the rate plan made?")
        return self._room_id(room), rate

    # --- plans that are not listed

    def _find_made(self, remote: Remote) -> None:
        """Plans that are to be made and exist: their names are unique in the hotel."""
        by_name = {plan.name.strip(): plan.id for plan in remote.plans}
        for room, plan in self._asked:
            if (room, plan) not in self._ids.plans and plan in self._hotel.rate_plans:
                found = self._plan_id(plan) or by_name.get(self._hotel.rate_plans[plan].name.strip(), "")
                if found:
                    self._made[(room, plan)] = found

    def _sold(self, pairs: set[Pair]) -> Ids:
        """The ids as they are to be shown: what is to be made and is not sold yet has none, so that it is still made."""
        known = {**self._made, **self._ids.plans}
        sold = {
            (room, plan): id_
            for (room, plan), id_ in known.items()
            if (room, plan) not in self._asked or (self._ids.rooms.get(room, ""), id_) in pairs
        }
        return replace(self._ids, plans=sold)

    def _switched_off(self, remote: Remote, pairs: set[Pair]) -> Iterator[tuple[Pair, Diagnostic | None]]:
        """Plans that no room sells, as far as they are mapped: such as are switched off are not listed.

        One that git wants switched off is so without a word, for others there is a remark. An id that nothing vouches for is no plan that
        is switched off: it is taken for wrong, and is mapped but missing.
        """
        rooms, listed = {room.id for room in remote.rooms}, {plan for _, plan in pairs}
        labels: frozenset[str] | None = None
        for (room, plan), asked in sorted(self._hotel.mappings[BOOKING].plans.items()):
            id_ = self._ids.plans.get((room, plan), self._made.get((room, plan), ""))
            ours = self._hotel.rate_plans.get(plan)
            retired = self._hotel.retired_at(BOOKING) or (ours is not None and ours.retired)
            if self._ids.rooms.get(room, "") not in rooms or (self._ids.rooms[room], id_) in pairs:
                continue
            made = asked == CREATE and (room, plan) in self._ids.plans
            if retired:
                yield (room, plan), None
            elif made:
                yield (room, plan), self._not_listed((room, plan), id_)
            elif asked != CREATE and id_ not in listed:
                labels = frozenset(rate.id for rate in self._session.rates()) if labels is None else labels
                if id_ in labels or self._switched_off_by_us((room, plan)):
                    yield (room, plan), self._not_listed((room, plan), id_)

    def _plan_traits(self, pairs: set[Pair], off: Mapping[Pair, Diagnostic | None]) -> Iterator[tuple[str, str]]:
        for (room, plan), finding in off.items():
            if finding is None:
                yield traits.switched_off(room, plan), "yes"
        for plan in sorted({plan for _, plan in self._listed.plans}):
            id_ = self._plan_id(plan)
            others = sorted({room for room, rate in pairs if rate == id_} - self._rooms_of(plan))
            if others:
                yield traits.sold_elsewhere(id_), " ".join(others)

    def _switched_off_by_us(self, pair: Pair) -> bool:
        last = self._applied.get(self._plan_at(pair))
        return last is not None and not isinstance(last.value, Calendar) and last.value.get("active") is False

    def _not_listed(self, pair: Pair, id_: str) -> Diagnostic:
        return Diagnostic(
            "not-listed-at-provider",
            f"rate plan {id_} is not among those that Booking.com lists for the room: it is switched off, or was never sold there",
            Severity.WARNING,
            hint="applying switches it on",
            file=self._hotel.file,
            address=str(self._plan_at(pair)),
        )

    def _plan_at(self, pair: Pair) -> Address:
        return Address(self._hotel.slug, BOOKING, "rate_plan", pair)
