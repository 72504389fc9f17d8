"""One hotel with one room at both providers, guests who book and cancel at any time, and a network that loses, delays and cuts.

What is ours is the real thing: planning, applying, the moving of units, both providers with their messages. The extranets are the
sandbox's state machines, asked without sockets. Time passes only with requests and waits, so a seed replays exactly.
"""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from reconciler.cli import extranets
from reconciler.errors import ReconcilerError, TemporaryError, UncertainError
from reconciler.kinds.allocation import outsold
from reconciler.load import Loaded
from reconciler.model.address import DATABASE
from reconciler.model.calendar import Calendar, constant, from_nights
from reconciler.model.journal import Run
from reconciler.model.plan import Scope
from reconciler.model.property import BOOKING, DIRECT, EXPEDIA, Property
from reconciler.model.secret import Secret
from reconciler.model.state import Allotments
from reconciler.model.workspace import CLOSE, Environment, Moving, Workspace
from reconciler.providers.booking_com.auth import Login, TokenCache
from reconciler.providers.booking_com.provider import BookingCom
from reconciler.providers.contract import Reply, Request, Target
from reconciler.providers.expedia.provider import Expedia
from reconciler.providers.remote import ids_of
from reconciler.runtime.applying import apply_plan
from reconciler.runtime.planning import make_plan
from reconciler.runtime.site import Site
from reconciler.sandbox import admin_face, bookings, wire
from reconciler.sandbox.admin import Admin, AdminError
from reconciler.sandbox.core import Sandbox
from reconciler.sandbox.nights import span
from reconciler.sandbox.state import Booking, Hotel
from reconciler.sandbox.state import World as Extranets
from reconciler.wiring.targets import CAPABILITIES, LOCAL_ACCOUNT
from tests.simulator.memory import HotelRows, MemoryStore

START = datetime(2031, 1, 13, 9, 0, tzinfo=UTC)
ROOM = "double"
PROVIDERS = (BOOKING, EXPEDIA)
DEADLINE, FEED_WAIT, LAG = 90.0, 60.0, 55.0
WRITES = ("before /eqc/ar", "before /hotels/xml/availability")
"""Guests like to come when it matters."""
READS = ("parr", "roomrateavailability")


class Killed(BaseException):
    """The process is gone: nothing that it would still do happens."""


class OversoldError(AssertionError):
    """More can be sold, or was, than there are units."""


@dataclass(frozen=True, slots=True)
class Odds:
    """How often what goes wrong, of each request, and how often a guest comes at each boundary, or cancels (`regrets`)."""

    lost_before: float = 0.04
    lost_after: float = 0.04
    late: float = 0.04
    refused: float = 0.03
    killed: float = 0.01
    guest: float = 0.25
    regrets: float = 1.0
    attempts: int = 3
    reads_fail: bool = True
    pauses: tuple[float, ...] = (1.0, 100.0, 300.0)

    @classmethod
    def calm(cls) -> Odds:
        """Nothing goes wrong, and nobody comes."""
        return cls(0, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Sale:
    """Units that were sold, or given back (negative), and that counters perhaps do not show yet."""

    at: datetime
    provider: str
    nights: tuple[date, ...]
    units: int


@dataclass(slots=True)
class Late:
    """A request that is carried out when nobody expects it any more."""

    at: datetime
    request: wire.Request


class _LocalAdmin(Admin):
    """The admin face without a socket."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__("http://127.0.0.1:1")
        self._sandbox = sandbox

    def call(self, method: str, path: str, body: Any = None) -> Any:
        data = b"" if body is None else wire.write_json(body).encode()
        status, found = admin_face.handle(self._sandbox, wire.Request(method, f"/admin{path}", {}, {}, data))
        if status != 200:
            raise AdminError(status, found.decode())
        return json.loads(found)


@dataclass(slots=True)
class Wire:
    """The network to one provider. A request for a count is never repeated here, and one that only reads may be."""

    world: Simulation

    def send(self, request: Request, *, repeatable: bool) -> Reply:
        for _ in range(self.world.odds.attempts - 1 if repeatable else 0):
            with suppress(TemporaryError, UncertainError):
                return self.world.exchange(request)
        return self.world.exchange(request)


@dataclass(slots=True)
class Simulation:
    """A world under a seed. `counts`: what happened how often."""

    hotel: Property
    seed: int
    odds: Odds = field(default_factory=Odds)
    nights: int = 3
    units: int = 6
    overbooking: int = 1
    direct_asks: bool = True
    move: str = CLOSE
    luck: random.Random = field(init=False)
    now: datetime = START
    counts: Counter[str] = field(default_factory=Counter)
    sandbox: Sandbox = field(init=False)
    store: MemoryStore = field(init=False)
    late: list[Late] = field(default_factory=list)
    sales: list[Sale] = field(default_factory=list)
    shown: dict[str, datetime] = field(default_factory=dict)
    guests: list[Booking] = field(default_factory=list)
    direct: list[tuple[date, ...]] = field(default_factory=list)
    killing: bool = False
    checked: bool = True
    story: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.luck = random.Random(self.seed)
        self.sandbox = Sandbox(Extranets(), lambda: self.now)
        admin = _LocalAdmin(self.sandbox)
        extranets.set_up(admin, [self.hotel])
        until = self.today + timedelta(days=self.nights)
        for provider in PROVIDERS:
            plan = {"rate_plan": self.plan_of(provider), "from": self.today.isoformat(), "until": until.isoformat()}
            where = {"room": self.room_of(provider)} if provider == BOOKING else {}
            admin.change(provider, self.hotel_of(provider).id, {**plan, **where, "set": {"price": "100.00"}})
        self.store = MemoryStore(self.boundary)
        self.store.rooms.sells_direct = self.direct_asks
        if self.direct_asks:
            self._direct_changed()

    # --- names

    @property
    def today(self) -> date:
        return START.date()

    @property
    def room_id(self) -> str:
        return self.hotel.rooms[ROOM].id

    @property
    def limit(self) -> int:
        return self.units + self.overbooking

    def hotel_of(self, provider: str) -> Hotel:
        found = self.sandbox.world.hotel(provider, self.hotel.providers[provider].external_id)
        assert found is not None
        return found

    def room_of(self, provider: str) -> str:
        return self.hotel.mappings[provider].rooms[ROOM]

    def plan_of(self, provider: str) -> str:
        return self.hotel.mappings[provider].plans[ROOM, "BAR"]

    def every_night(self) -> list[date]:
        return [self.today + timedelta(days=number) for number in range(self.nights)]

    # --- what is true

    def left(self, provider: str, night: date) -> int:
        """Units that a guest could book there now."""
        hotel = self.hotel_of(provider)
        room = hotel.rooms[self.room_of(provider)]
        plan = bookings.sold_plan(hotel, room.id, self.plan_of(provider))
        assert plan is not None
        return 0 if room.on("closed", night) or plan.on("closed", night) else (room.on("left", night) or 0)

    def sold(self, provider: str, night: date) -> int:
        return self.hotel_of(provider).rooms[self.room_of(provider)].on("sold", night) or 0

    def sold_direct(self, night: date) -> int:
        return sum(night in stay for stay in self.direct)

    def free_direct(self, night: date) -> int:
        """What the hotel may sell itself, by the rule of `reconciler.free_units`."""
        held = 0
        for provider in PROVIDERS:
            holding = self.store.rooms.holdings.get((self.room_id, provider), Calendar()).at(night)
            standing = self.store.rooms.standing.get(self.room_id, Calendar()).at(night)
            held += holding.held if holding else standing.of(provider) if standing else 0
        return max(0, self.limit - held - self.sold_direct(night))

    def sellable_direct(self, night: date) -> int:
        """What the hotel sells: what is free where it asks, else what its own row gives it."""
        return self.free_direct(night) if self.direct_asks else self._promised(night)

    def check(self) -> None:
        """Units on sale and sold are never more than there are, and no provider may sell more than it holds."""
        for night in self.every_night():
            sold = sum(self.sold(provider, night) for provider in PROVIDERS) + self.sold_direct(night)
            left = sum(self.left(provider, night) for provider in PROVIDERS)
            own = self.free_direct(night) if self.direct_asks else self._promised(night)
            if self._known(night) and sold + left + own > self.limit:
                raise OversoldError(f"{night}: {sold} sold, {left} left, {own} direct, of {self.limit}; {self._tail()}")
            for provider in PROVIDERS:
                holding = self.store.rooms.holdings.get((self.room_id, provider), Calendar()).at(night)
                if holding is not None and self.sold(provider, night) + self.left(provider, night) > holding.held:
                    raise OversoldError(f"{night}: {provider} may sell more than it holds, {holding}; {self._tail()}")

    def check_sold(self) -> None:
        """More was not sold than there are units, whoever promised what."""
        for night in self.every_night():
            sold = sum(self.sold(provider, night) for provider in PROVIDERS) + self.sold_direct(night)
            if sold > self.limit:
                raise OversoldError(f"{night}: {sold} sold of {self.limit}; {self._tail()}")

    def guests_come(self) -> None:
        """Whoever comes now."""
        while self.luck.random() < self.odds.guest:
            self.somebody_comes()

    def _tail(self) -> str:
        return f"seed {self.seed}: " + " | ".join(self.story[-25:])

    def _known(self, night: date) -> bool:
        """Before the first apply nobody keeps books, and the hotel sells nothing itself."""
        return self.store.rooms.standing.get(self.room_id, Calendar()).at(night) is not None

    def _promised(self, night: date) -> int:
        standing = self.store.rooms.standing.get(self.room_id, Calendar()).at(night)
        return max(0, (standing.of(DIRECT) if standing else 0) - self.sold_direct(night))

    # --- what happens

    def boundary(self, name: str) -> None:
        """Between two steps of a run: guests come, late requests arrive, and the run may end here."""
        self.counts["boundaries"] += 1
        self.pass_time(self.luck.random())
        hurry = self.odds.guest > 0 and name.endswith(WRITES) and self.luck.random() < 0.5
        while hurry or self.luck.random() < self.odds.guest:
            hurry = False
            self.somebody_comes()
        if self.killing and self.luck.random() < self.odds.killed:
            self.counts["killed"] += 1
            self.story.append(f"killed {name}")
            raise Killed
        self.check()

    def pass_time(self, seconds: float) -> None:
        end = self.now + timedelta(seconds=seconds)
        for one in sorted((one for one in self.late if one.at <= end), key=lambda one: one.at):
            self.now = max(self.now, one.at)
            self.late.remove(one)
            self.counts["late requests carried out"] += 1
            self.story.append("late request carried out")
            self._carry_out(one.request)
            self.check()
        self.now = end

    def sleep(self, seconds: float) -> None:
        """A wait of the run, in which the world goes on."""
        self.counts["waits"] += 1
        for _ in range(4):
            self.pass_time(seconds / 4)
            self.guests_come()
            self.check()

    def somebody_comes(self) -> None:
        """A guest books or cancels, at a provider or with the hotel."""
        fullness = (len(self.guests) + len(self.direct)) / (self.limit * self.nights)
        if self.luck.random() < fullness * 0.7 * self.odds.regrets and self.guests:
            booking = self.guests.pop(self.luck.randrange(len(self.guests)))
            bookings.cancel(self.sandbox.world, booking, self.now)
            nights = tuple(span(booking.arrival, booking.departure))
            self.sales.append(Sale(self.now, booking.provider, nights, -1))
            self._tell(f"cancelled at {booking.provider}")
            return
        if self.luck.random() < fullness * 0.4 * self.odds.regrets and self.direct:
            self._sell_direct_back()
            return
        first = self.luck.randrange(self.nights)
        stay = self.every_night()[first : first + self.luck.choice((1, 1, 2))]
        where = self.luck.choice((*PROVIDERS, *PROVIDERS, DIRECT))
        self._book_direct(tuple(stay)) if where == DIRECT else self._book(where, stay)

    def _book(self, provider: str, stay: list[date]) -> None:
        described = {
            "room": self.room_of(provider),
            "rate_plan": self.plan_of(provider),
            "arrival": stay[0].isoformat(),
            "departure": (stay[-1] + timedelta(days=1)).isoformat(),
        }
        try:
            made = bookings.book(self.sandbox.world, self.hotel_of(provider), described, self.now)
        except bookings.BookingError:
            self.counts["guests turned away"] += 1
        else:
            self.guests += made
            self.sales.append(Sale(self.now, provider, tuple(stay), 1))
            self._tell(f"booked at {provider}")

    @contextmanager
    def _as_shown(self, request: wire.Request) -> Iterator[None]:
        """What is read is what the counters show by now: each sale in its order, and none later than the feed is waited for."""
        if request.path.rpartition("/")[2] not in READS:
            yield
            return
        provider = BOOKING if "roomrate" in request.path else EXPEDIA
        newest = self.now - timedelta(seconds=self.luck.choice((0.0, LAG)))
        self.shown[provider] = max(newest, self.shown.get(provider, newest))
        self.sales = [sale for sale in self.sales if sale.provider != provider or sale.at > self.shown[provider]]
        room = self.hotel_of(provider).rooms[self.room_of(provider)]
        true = dict(room.calendar("left")), dict(room.calendar("sold"))
        hidden = Counter[date]()
        for sale in self.sales:
            if sale.provider == provider:
                hidden.update(dict.fromkeys(sale.nights, sale.units))
        for night, count in hidden.items():
            room.calendar("left")[night] = max(0, (room.on("left", night) or 0) + count)
            room.calendar("sold")[night] = max(0, (room.on("sold", night) or 0) - count)
        yield
        room.nights["left"], room.nights["sold"] = true

    def _book_direct(self, stay: tuple[date, ...]) -> None:
        if all(self._known(night) and self.sellable_direct(night) > 0 for night in stay):
            self.direct.append(stay)
            self._direct_changed()
            self._tell("sold direct")

    def _sell_direct_back(self) -> None:
        self.direct.pop(self.luck.randrange(len(self.direct)))
        self._direct_changed()
        self._tell("cancelled direct")

    def _direct_changed(self) -> None:
        if self.direct_asks:
            self.store.rooms.booked[self.room_id] = from_nights({n: self.sold_direct(n) for n in self.every_night()})

    def _tell(self, what: str) -> None:
        self.counts[what] += 1
        self.story.append(what)
        if self.checked:
            self.check()

    # --- the network

    def exchange(self, request: Request) -> Reply:
        """One request: lost on the way, lost on the way back, carried out late, refused for now, or answered."""
        self.boundary(f"before {request.path}")
        asked = wire.Request(
            request.method,
            request.path,
            dict(request.query),
            {k.lower(): v for k, v in request.headers.items()},
            request.body,
        )
        self.counts["requests"] += 1
        writes = request.path.endswith(("/eqc/ar", "/xml/availability"))
        odds = self.odds
        chance = self.luck.random() if writes or odds.reads_fail else 1.0
        for name, share in (("refused", odds.refused), ("lost_before", odds.lost_before), ("late", odds.late)):
            if chance < share:
                self.counts[name.replace("_", " ")] += 1
                self.story.append(f"{name} {request.path}")
                if name == "refused":
                    raise TemporaryError("come back later")
                if name == "late":
                    after = timedelta(seconds=self.luck.uniform(1, DEADLINE - 10))
                    self.late.append(Late(self.now + after, asked))
                raise UncertainError("no answer")
            chance -= share
        reply = self._carry_out(asked)
        self.story.append(f"{request.path.rpartition('/')[2]}")
        if chance < odds.lost_after:
            self.counts["lost after"] += 1
            self.story.append("lost after")
            raise UncertainError("no answer")
        self.boundary(f"after {request.path}")
        return reply

    def _carry_out(self, request: wire.Request) -> Reply:
        visit = self.sandbox.begin(request)
        assert visit is not None, request.path
        try:
            with self._as_shown(request):
                found = self.sandbox.carry_out(visit).reply
        finally:
            self.sandbox.end(visit)
            self.sandbox.log.clear()
        headers = {"content-type": found.media_type, **{name.lower(): v for name, v in found.headers.items()}}
        return Reply(found.status, headers, found.body)

    # --- runs

    @contextmanager
    def targets(self, hotel: Property) -> Iterator[Mapping[str, Target]]:
        """Both providers over this network."""
        secret = Secret(LOCAL_ACCOUNT)
        net = Wire(self)
        login = Login({"partner_id": secret, "api_key": secret}, TokenCache(lambda: 0.0), net, auth="basic")
        expedia, booking = (ids_of(hotel, provider, {}) for provider in (EXPEDIA, BOOKING))
        yield {
            DATABASE: HotelRows(self.store, hotel, self.boundary),
            EXPEDIA: Expedia(hotel, expedia, net, {"api_key": secret, "api_secret": secret}, self.today),
            BOOKING: BookingCom(
                hotel, booking, net, login, self.today, booked_includes_cancelled=False, test=True, applied={}
            ),
        }

    def site(self, hotel: Property) -> Site:
        def nothing(*_: Any) -> Any:
            raise AssertionError

        environment = Environment("development")
        return Site(
            loaded=Loaded(Workspace({"development": environment}, {}), (hotel,), (), ""),
            environment=environment,
            now=self.now,
            clock=lambda: self.now,
            store=self.store,
            targets=self.targets,
            desks=nothing,
            workspace_target=nothing,
            capabilities=CAPABILITIES,
            discover=nothing,
            room_ids=nothing,
            mapping=nothing,
            moving=lambda _: Moving(DEADLINE, FEED_WAIT, self.move),
            local=nothing,
            ahead=nothing,
            sleep=self.sleep,
            scope=Scope((hotel.slug,)),
            parallelism=1,
        )

    def wanting(self, wanted: Mapping[str, int]) -> Property:
        """The hotel with these allotments on every night."""
        channels = ((DIRECT, wanted[DIRECT]), (BOOKING, wanted[BOOKING]), (EXPEDIA, wanted[EXPEDIA]))
        night = Allotments(self.units, channels, self.overbooking)
        until = self.today + timedelta(days=self.nights)
        return replace(self.hotel, allocation={ROOM: constant(self.today, until, night)})

    def apply(self, wanted: Mapping[str, int], *, killable: bool = True) -> str:
        """One run of plan and apply towards these allotments: what became of it, in a word."""
        hotel = self.wanting(wanted)
        site = self.site(hotel)
        self.killing = killable
        self.counts["runs"] += 1
        self.story.append(f"apply {dict(wanted)}")
        try:
            plan = make_plan(site)
            if any(finding.code == "target-failed" for finding in plan.findings):
                return "failed"
            run = Run(f"run-{self.counts['runs']}", "development", "apply", self.now, "here", 1, "me", "0")
            applied = apply_plan(site, plan, run, threading.Event())
        except Killed:
            return "killed"
        except ReconcilerError as error:
            self.story.append(f"refused: {error.message}")
            return "refused"
        finally:
            self.killing = False
        return "failed" if applied.failed else "done"

    def settled(self, wanted: Mapping[str, int]) -> bool:
        """Whether every provider has what it is to have, as far as what others have sold leaves room for it."""
        sold = {name: from_nights({n: self.sold(name, n) for n in self.every_night()}) for name in PROVIDERS}
        if self.direct_asks:
            sold[DIRECT] = from_nights({n: self.sold_direct(n) for n in self.every_night()})
        kept = outsold(self.wanting(wanted).allocation[ROOM], sold, direct_asks=self.direct_asks)
        for night in self.every_night():
            allotments = kept.at(night)
            assert allotments is not None
            for provider in PROVIDERS:
                if self.left(provider, night) != max(0, allotments.of(provider) - self.sold(provider, night)):
                    return False
        return True
