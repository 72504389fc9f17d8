"""The ledger of units in PostgreSQL: one transaction under the property's guard, in which nobody else takes or gives units of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from reconciler.model.booking import Change, Stay, Version
from reconciler.model.calendar import Calendar, Run, from_runs
from reconciler.model.holding import Holding, Phase
from reconciler.model.property import BOOKING, DIRECT, EXPEDIA
from reconciler.model.state import Allotments, Window
from reconciler.store.statements import statements


class PostgresLedger:
    """See `contract.Ledger`."""

    def __init__(self, connection: psycopg.Connection[TupleRow], property_id: str) -> None:
        self._connection, self._property = connection, property_id
        self._sql = statements("units.sql")
        connection.execute(self._sql["take_turn"], (property_id,))

    def holdings(self, room_id: str) -> Mapping[str, Calendar[Holding]]:
        runs: dict[str, list[Run[Holding]]] = {}
        for channel, start, until, held, phase, epoch, dead_at in self._rows("holdings", room_id):
            runs.setdefault(channel, []).append(Run(start, until, Holding(held, Phase(phase), epoch, dead_at)))
        return {channel: from_runs(found) for channel, found in runs.items()}

    def hold(self, room_id: str, channel: str, nights: Calendar[Holding]) -> None:
        known = self.holdings(room_id).get(channel, Calendar())
        where = (self._property, room_id, channel)
        self._connection.execute(self._sql["forget_holdings"], where)
        rows = [
            (*where, run.start, run.until, run.value.held, run.value.phase.value, run.value.epoch, run.value.dead_at)
            for run in known.overlay(nights)
        ]
        with self._connection.cursor() as cursor:
            cursor.executemany(self._sql["hold"], rows)

    def booked(self, room_id: str, window: Window) -> Mapping[str, Calendar[int]]:
        runs: dict[str, list[Run[int]]] = {}
        for channel, night, until, units in self._rows("booked", room_id, window.start, window.until):
            runs.setdefault(channel, []).append(Run(night, until, units))
        return {channel: from_runs(found) for channel, found in runs.items()}

    def standing(self, room_id: str, window: Window) -> Calendar[Allotments]:
        rows = self._rows("standing", room_id, window.start, window.until)
        return from_runs([Run(start, until, _allotments(*counts)) for start, until, *counts in rows])

    def give_way(self, room_id: str, nights: Calendar[Allotments]) -> None:
        rows = [
            (
                run.value.units,
                run.value.overbooking,
                run.value.of(DIRECT),
                self._property,
                room_id,
                run.start,
                run.until,
            )
            for run in nights
        ]
        with self._connection.cursor() as cursor:
            cursor.executemany(self._sql["give_way"], rows)

    def receive(self, version: Version, source: str) -> bool:
        where = (version.channel, version.booking)
        if self._rows("newest_version", *where) == [(version.version,)]:
            return False
        ((times,),) = self._rows("known_versions", *where, version.version)
        name = f"{version.version}~{times + 1}" if times else version.version
        stays = json.dumps([_stay_to_json(stay) for stay in version.stays])
        told = (*where, name, version.change.value, version.at, stays, source)
        self._connection.execute(self._sql["receive"], (self._property, *told))
        return True

    def versions(self, channel: str, booking: str) -> Sequence[Version]:
        return [
            Version(channel, "", booking, name, Change(change), at, tuple(_stay(stay) for stay in stays))
            for name, change, at, stays in self._rows("versions", channel, booking)
        ]

    def enter(self, version: Version, lines: Sequence[tuple[Stay, str | None]]) -> None:
        where = (self._property, version.channel, version.booking)
        self._connection.execute(self._sql["forget_lines"], where)
        told = (version.change.value, version.version, version.at)
        with self._connection.cursor() as cursor:
            cursor.executemany(
                self._sql["enter_line"],
                [
                    (*where, number, room, stay.room, stay.arrival, stay.departure, stay.units, *told)
                    for number, (stay, room) in enumerate(lines)
                ],
            )

    def sells_direct(self) -> bool:
        return bool(self._rows("sells_direct")[0][0])

    def _rows(self, name: str, *values: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(self._sql[name], (self._property, *values)).fetchall()


def _allotments(units: int, direct: int, expedia: int, booking: int, overbooking: int) -> Allotments:
    return Allotments(units, ((DIRECT, direct), (BOOKING, booking), (EXPEDIA, expedia)), overbooking)


def _stay_to_json(stay: Stay) -> dict[str, str | int]:
    dates = {"arrival": stay.arrival.isoformat(), "departure": stay.departure.isoformat()}
    return {"room": stay.room, **dates, "units": stay.units}


def _stay(data: Mapping[str, Any]) -> Stay:
    arrival, departure = (date.fromisoformat(data[name]) for name in ("arrival", "departure"))
    return Stay(data["room"], arrival, departure, data["units"])
