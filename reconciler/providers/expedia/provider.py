"""Expedia as a target: observe by Product API and PARR, execute by AR and Product API, for one hotel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from reconciler.errors import RequestRefusedError
from reconciler.model.address import Address
from reconciler.model.capabilities import Capabilities
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.journal import Outcome
from reconciler.model.property import CREATE, EXPEDIA, Property
from reconciler.model.secret import Secret
from reconciler.model.state import Observation, Value, Window
from reconciler.providers.contract import Batch, BatchResult, Http, PartResult, Pending
from reconciler.providers.expedia import codec_product, outcome, traits
from reconciler.providers.expedia.batching import PlanChange, Updates, batches
from reconciler.providers.expedia.capabilities import capabilities_of
from reconciler.providers.expedia.codec_ar import Update
from reconciler.providers.expedia.codec_product import PlanFacts
from reconciler.providers.expedia.normal import About, normal
from reconciler.providers.expedia.reading import Wanted, read
from reconciler.providers.expedia.session import Session
from reconciler.providers.remote import Ids, Remote, to_observation


class Expedia:
    """One hotel at Expedia; see `contract.Target`.

    It remembers what observing said of the hotel (its traits), which messages and new rate plans depend on, and the ids of plans that
    were made through it.
    """

    def __init__(self, hotel: Property, ids: Ids, http: Http, credential: Mapping[str, Secret], today: date) -> None:
        self._hotel, self._today = hotel, today
        self._link = hotel.providers[EXPEDIA]
        self._ids = ids
        self._session = Session(self._link.external_id, http, credential)
        self._traits: Mapping[str, str] = {}

    @property
    def name(self) -> str:
        """The word in addresses."""
        return EXPEDIA

    @property
    def capabilities(self) -> Capabilities:
        """What it can do for this hotel."""
        return capabilities_of(self._link.length_of_stay)

    def normal(self, address: Address, value: Value, traits: Mapping[str, str]) -> tuple[Value, tuple[Diagnostic, ...]]:
        """See `contract.Target.normal`."""
        return normal(About(self._hotel, self._ids, address, traits), value)

    def observe(self, kinds: frozenset[str], window: Window) -> Observation:
        """See `contract.Target.observe`. A plan that is to be made and is found by its code is taken for made."""
        remote = read(self._session, self._wanted(kinds, window))
        found = self._made(remote)
        if found:
            self._ids = replace(self._ids, plans={**self._ids.plans, **found})
            remote = read(self._session, self._wanted(kinds, window))
        self._traits = remote.traits
        seen = to_observation(remote, self._hotel, EXPEDIA, self._ids)
        return replace(
            seen,
            entries={address: entry for address, entry in seen.entries.items() if address.kind in kinds},
            findings=(*seen.findings, *self._findings(remote), *self._untold(remote, kinds)),
            assigned=self.assigned,
        )

    def recall(self, seen: Observation) -> None:
        """Takes what was observed earlier for what is there: nothing is asked."""
        self._traits = seen.traits
        self._ids = replace(self._ids, plans={**self._ids.plans, **seen.assigned})

    def batches(self, pending: Sequence[Pending]) -> Iterator[Batch]:
        """See `contract.Target.batches`."""
        return batches(self._hotel, self._traits, pending)

    def execute(self, batch: Batch) -> BatchResult:
        """See `contract.Target.execute`."""
        if isinstance(batch.payload, PlanChange):
            return self._execute_plan(batch, batch.payload)
        if not isinstance(batch.payload, Updates):
            raise TypeError("not a batch of this target")
        updates = [self._resolved(update) for update in batch.payload.updates]
        warned = self._session.update(updates, repeatable=batch.repeatable)
        products = [self._product(part.address) for part in batch.parts]
        return BatchResult(outcome.results(batch.parts, products, warned))

    @property
    def assigned(self) -> Mapping[tuple[str, str], str]:
        """The ids of plans that a mapping says to make and that exist, by (room, plan)."""
        asked = self._hotel.mappings[EXPEDIA].plans
        return {pair: id_ for pair, id_ in self._ids.plans.items() if asked.get(pair) == CREATE}

    def _wanted(self, kinds: frozenset[str], window: Window) -> Wanted:
        ids = self._ids
        rooms = {ids.rooms[key]: room.base_occupancy for key, room in self._hotel.rooms.items() if key in ids.rooms}
        return Wanted(
            window,
            kinds,
            rooms=frozenset(ids.rooms.values()),
            plans=frozenset((ids.rooms.get(room, ""), plan) for (room, _), plan in ids.plans.items()),
            length_of_stay=self._link.length_of_stay,
            base_guests=rooms,
        )

    def _made(self, remote: Remote) -> dict[tuple[str, str], str]:
        codes = {(plan.room_id, plan.code): plan.id for plan in remote.plans}
        asked = self._hotel.mappings[EXPEDIA].plans.items()
        missing = [pair for pair, id_ in asked if id_ == CREATE and pair not in self._ids.plans]
        found = {pair: codes.get((self._ids.rooms.get(pair[0], ""), pair[1])) for pair in missing}
        return {pair: id_ for pair, id_ in found.items() if id_ is not None}

    def _untold(self, remote: Remote, kinds: frozenset[str]) -> Iterator[Diagnostic]:
        """Plans that exist and were asked about, and of which nothing at all is told, while others are told of."""
        told = {*remote.rates, *remote.restrictions}
        there = {(plan.room_id, plan.id) for plan in remote.plans}
        for (room, plan), id_ in sorted(self._ids.plans.items() if told and kinds & {"rates", "restrictions"} else ()):
            pair = (self._ids.rooms.get(room, ""), id_)
            if pair in there and pair not in told:
                yield Diagnostic(
                    "plan-not-told",
                    f"Expedia was asked about rate plan {id_} and says nothing of it; it counts as one of which nothing is loaded",
                    Severity.WARNING,
                    hint="look it up in the extranet before you apply what the plan says",
                    address=f"{self._hotel.slug}/{EXPEDIA}/rates/{room}/{plan}",
                )

    def _findings(self, remote: Remote) -> Iterator[Diagnostic]:
        if remote.currency != self._hotel.currency:
            yield Diagnostic(
                "currency-mismatch",
                f"the hotel is priced in {self._hotel.currency} here and in {remote.currency} at Expedia",
                hint="prices are sent in one currency only: correct `currency`, or the hotel at Expedia",
                file=self._hotel.file,
            )
        if traits.BASE_ALLOCATION in remote.traits:
            yield Diagnostic(
                "contracted-base",
                "the hotel has a contracted base at Expedia: counts below it and closing it are refused",
                Severity.WARNING,
                file=self._hotel.file,
            )

    def _product(self, address: Address) -> tuple[str, str]:
        """Expedia's room and plan (or none) of an address."""
        room, *plan = address.key
        try:
            return self._ids.room(room), self._ids.plan(room, plan[0]) if plan else ""
        except KeyError:
            raise RequestRefusedError(f"{address} has no id at Expedia yet", hint="was the rate plan made?") from None

    def _resolved(self, update: Update) -> Update:
        key = (update.room, update.plan) if update.plan else (update.room,)
        room, plan = self._product(Address(self._hotel.slug, EXPEDIA, "mapping", key))
        return replace(update, room=room, plan=plan)

    def _execute_plan(self, batch: Batch, change: PlanChange) -> BatchResult:
        room_id, pair = self._ids.room(change.room), (change.room, change.plan)
        there = self._find(room_id, pair)
        if there is None:
            there = self._create(room_id, change)
        self._ids = replace(self._ids, plans={**self._ids.plans, pair: there.plan.id})
        problem = self._change(room_id, there, change)
        result = PartResult(batch.parts[0], Outcome.FAILED if problem else Outcome.APPLIED, problem)
        return BatchResult((result,), assigned={pair: there.plan.id} if pair in self.assigned else {})

    def _find(self, room_id: str, pair: tuple[str, str]) -> PlanFacts | None:
        """The plan with our id, or for one still to be made with our code: after a lost reply it is there already."""
        id_ = self._ids.plans.get(pair)
        for facts in self._session.plans(room_id):
            if facts.plan.id == id_ or (id_ is None and facts.plan.code == pair[1]):
                return facts
        if id_ is not None:
            raise RequestRefusedError(f"rate plan {id_} does not exist in room {room_id} at Expedia")
        return None

    def _create(self, room_id: str, change: PlanChange) -> PlanFacts:
        body = codec_product.creation(
            change.plan,
            change.wanted,
            pricing_model=self._traits.get(traits.PRICING_MODEL, traits.PER_DAY),
            distribution_models=self._traits.get(traits.DISTRIBUTION_MODELS, "").split(),
            base_guests=self._hotel.rooms[change.room].base_occupancy,
        )
        return self._session.create_plan(room_id, body)

    def _change(self, room_id: str, there: PlanFacts, change: PlanChange) -> str:
        """Changes what differs in a plan as it was just read; what then still differs, in words."""
        if there.plan.linked:
            return "Expedia derives this rate plan from another; it cannot be changed here"
        now = self._session.plan(room_id, there.resource_id)
        patch = codec_product.changes(now, change.wanted, self._today)
        if patch:
            now = self._session.change_plan(room_id, there.resource_id, patch)
        left = codec_product.changes(now, change.wanted, self._today)
        return f"Expedia did not take {', '.join(sorted(left))}" if left else ""
