"""Applying the updates of a message that was accepted, night by night, and the warnings for what was not taken.

Warnings: table of AR response business warnings; at most twenty of each code are returned. What the message as a whole
is refused for has been judged before.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from reconciler.sandbox.expedia.ar_request import PlanUpdate, Rate, RoomUpdate, Update
from reconciler.sandbox.expedia.linkage import find, followed, live_plans
from reconciler.sandbox.record import Recorder, normal_amount
from reconciler.sandbox.state import Hotel, Plan, Room
from reconciler.sandbox.switches import Switches

MAX_PER_CODE = 20
MAX_UNITS = 4999


class Application:
    """One message's effect on one hotel."""

    def __init__(self, hotel: Hotel, switches: Switches) -> None:
        self._hotel = hotel
        self._switches = switches
        self.record = Recorder()
        self.warned: list[tuple[int, str]] = []

    def run(self, updates: list[Update], refuse: tuple[int, ...]) -> None:
        """Applies all updates but those whose index is in `refuse`, which are warned about as the default warning."""
        for index, update in enumerate(updates):
            for room in update.rooms:
                for night in update.nights():
                    if index in refuse:
                        self._refuse(room, night)
                    else:
                        self._room(room, night)
        self._inactive(updates)

    def warnings(self) -> Iterator[tuple[int, str]]:
        """What to answer: twenty of each code, and when there were more, which one of how many."""
        totals = Counter(code for code, _ in self.warned)
        sent: Counter[int] = Counter()
        for code, message in self.warned:
            sent[code] += 1
            total = totals[code]
            if sent[code] > MAX_PER_CODE:
                continue
            lead = f"Warning {sent[code]} out of {total} for this cause. " if total > MAX_PER_CODE else ""
            if lead and sent[code] == MAX_PER_CODE:
                rest = total - MAX_PER_CODE
                lead += f"Remaining {rest} warnings will not be returned, we recommend that you address this problem. "
            yield code, lead + message

    def _warn(self, code: int, room: str, plan: str, night: date, text: str) -> None:
        product = f"Room Type ID {room}; Rate Plan ID {plan}" if plan else f"Room Type ID {room}"
        self.warned.append((code, f"[{product}; Stay Date {night}] {text}"))

    def _refuse(self, room: RoomUpdate, night: date) -> None:
        for plan in [update.id for update in room.plans] or [""]:
            self._warn(7000, room.id, plan, night, "The update could not be processed.")

    def _inactive(self, updates: list[Update]) -> None:
        rooms = {room.id for update in updates for room in update.rooms if not self._hotel.rooms[room.id].active}
        plans = {plan.id for update in updates for room in update.rooms for plan in room.plans}
        for room in sorted(rooms):
            self.warned.append((7000, f"[Room Type ID {room}] Inactive Room Type Updated."))
        for plan_id in sorted(plans):
            found = find(self._hotel, plan_id)
            if found and not found[0].active:
                self.warned.append((7022, f"[Rate Plan ID {plan_id}] Inactive Rate Plan Updated."))

    def _room(self, update: RoomUpdate, night: date) -> None:
        room = self._hotel.rooms[update.id]
        base = room.on("base", night) or 0
        if update.closed and base:
            self._warn(7010, room.id, "", night, "Room type cannot be closed: base allocation remaining on the room.")
        elif update.closed is not None:
            self.record.put(room, "closed", night, update.closed)
        if update.total is not None and update.total < base:
            text = f"Total Inventory Available cannot be less than the current base allocation value ({base})."
            self._warn(7013, room.id, "", night, text)
        elif update.total is not None:
            self.record.put(room, "left", night, update.total)
        if update.flexible is not None:
            self._flexible(room, update.flexible, base, night)
        for plan in update.plans:
            self._plan(room, plan, night)

    def _flexible(self, room: Room, flexible: int, base: int, night: date) -> None:
        if flexible + base > MAX_UNITS:
            self._warn(7018, room.id, "", night, "Base Availability request adjusted to the system maximum")
        self.record.put(room, "left", night, min(flexible + base, MAX_UNITS))

    def _plan(self, room: Room, update: PlanUpdate, night: date) -> None:
        found = find(self._hotel, update.id)
        if found is None:
            return
        plan, linked = found[0], followed(found[0], night)
        self._linked(room, update, linked, night)
        if update.closed is not None and "closed" not in linked:
            self._closed(room, plan, update, night)
        for rate in update.rates if "price" not in linked else ():
            self._rate(room, plan, update.id, rate, night)
        if "min_los" not in linked:
            self._stay(room, plan, update, night)
        for name, value in update.flags:
            if name not in linked:
                self.record.put(plan, name, night, value)

    def _linked(self, room: Room, update: PlanUpdate, linked: frozenset[str], night: date) -> None:
        if not self._switches.expedia_linked_warnings:
            return
        sent = {name for name, _ in update.flags}
        singles = (("closed", update.closed), ("min_los", update.min_los), ("max_los", update.max_los))
        sent |= {name for name, value in singles if value is not None}
        tail = "were not updated due to a rate plan linkage rule."
        if sent & linked:
            self._warn(7023, room.id, update.id, night, f"Restrictions {tail}")
        if update.rates and "price" in linked:
            self._warn(7024, room.id, update.id, night, f"Rates {tail}")

    def _closed(self, room: Room, plan: Plan, update: PlanUpdate, night: date) -> None:
        if update.closed and room.on("base", night) and not self._another_open(room, plan, night):
            text = "At least one standalone rate plan should be kept open until all base allocation has been sold."
            self._warn(7014, room.id, update.id, night, text)
        else:
            self.record.put(plan, "closed", night, update.closed)

    def _another_open(self, room: Room, plan: Plan, night: date) -> bool:
        return any(
            other.active and not other.on("closed", night)
            for other in live_plans(self._hotel, room.id)
            if other is not plan and other.facts.get("type", "Standalone") == "Standalone"
        )

    def _rate(self, room: Room, plan: Plan, plan_id: str, rate: Rate, night: date) -> None:
        if rate.change_indicator is not None:
            self.record.put(plan, "rate_change", night, rate.change_indicator)
        if not rate.kind:
            return
        if not all(_within(room, amount) for _, amount in rate.amounts):
            net = plan.facts.get("rateAcquisitionType") == "NetRate"
            kind = "Net" if net else "Sell/LAR"
            text = f"{kind} rate must be within Rate Verification threshold."
            self._warn(7019 if net else 7021, room.id, plan_id, night, text)
            return
        self._amounts(room, plan, plan_id, rate, night)

    def _amounts(self, room: Room, plan: Plan, plan_id: str, rate: Rate, night: date) -> None:
        los = f"los{rate.length_of_stay}" if rate.length_of_stay is not None else ""
        if rate.kind == "PerDay" and not los:
            self.record.put(plan, "price", night, normal_amount(rate.amounts[0][1]))
            return
        stored = plan.on("price", night)
        merged: dict[str, Any] = dict(stored) if isinstance(stored, dict) else {}
        for guests, amount in rate.amounts:
            if guests and int(guests) > room.max_occupancy:
                self._warn(7009, room.id, plan_id, night, f"Occupancy {guests} exceeds maximum allowed value")
            else:
                merged["/".join(part for part in (los, guests) if part)] = normal_amount(amount)
        if merged:
            self.record.put(plan, "price", night, merged)

    def _stay(self, room: Room, plan: Plan, update: PlanUpdate, night: date) -> None:
        """Both limits together have been judged; one alone must fit the other that is stored."""
        low, high = update.min_los, update.max_los
        least = low if low is not None else plan.on("min_los", night) or int(plan.facts.get("minLOSDefault", 1))
        most = high if high is not None else plan.on("max_los", night) or int(plan.facts.get("maxLOSDefault", 28))
        if (low is not None or high is not None) and least > most:
            text = f"MaxLOS value ({most}) smaller than the MinLOS value ({least})."
            self._warn(7016, room.id, update.id, night, text)
            return
        for name, value in (("min_los", low), ("max_los", high)):
            if value is not None:
                self.record.put(plan, name, night, value)


def _within(room: Room, amount: str) -> bool:
    """Whether a rate passes verification; a rate of nothing never does."""
    threshold = room.facts.get("threshold") or {}
    value = Decimal(amount)
    low, high = Decimal(str(threshold.get("min", "0"))), threshold.get("max")
    return value > 0 and value >= low and (high is None or value <= Decimal(str(high)))
