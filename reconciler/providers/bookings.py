"""What holds for the bookings of every provider: what ids, nights and instants may look like, and what is made of the rest.

Of a booking nothing is kept but its rooms and nights. What cannot be understood is told by a reason in our own words: a booking is full of
guests and cards, so that nothing of its text may stand in a value or an error.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from reconciler.errors import UnexpectedReplyError
from reconciler.model.booking import Stay, Version
from reconciler.model.diagnostics import Diagnostic
from reconciler.providers.contract import Handover

T = TypeVar("T")
MAX_NIGHTS = 366
MAX_UNITS = 500

_IDENTIFIER = re.compile(r"[A-Za-z0-9_-]{1,40}")
_NUMBER = re.compile(r"[0-9]{1,20}")
"""What ids of bookings look like: anything else may be a name."""
_NIGHT = re.compile(r"[0-8][0-9]{3}-[0-9]{2}-[0-9]{2}")
"""No later, so that every night has one after it."""
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})?"
)


def handover(
    provider: str, hotel_id: str, entries: Iterable[T], read: Callable[[T], Version], id_of: Callable[[T], str]
) -> Handover:
    """Every entry as a version, each once; one that `read` refuses becomes a finding, and the others go on."""
    versions: dict[Version, None] = {}
    findings: dict[Diagnostic, None] = {}
    for entry in entries:
        try:
            versions.setdefault(read(entry))
        except UnexpectedReplyError as reason:
            findings.setdefault(_not_understood(provider, hotel_id, id_of(entry), reason.message))
    return Handover(tuple(versions), tuple(findings))


def _not_understood(provider: str, hotel_id: str, booking: str, reason: str) -> Diagnostic:
    named = f"booking {booking}" if _NUMBER.fullmatch(booking) else "a booking without an id"
    return Diagnostic(
        "booking-not-understood",
        f"{named} of hotel {hotel_id} at {provider} is not counted: {reason}",
        hint="look at it in the extranet; it is not acknowledged, so the hotel gets it by e-mail too",
    )


def identifier(text: str | None, what: str) -> str:
    """An id as providers give them: letters, digits, - and _."""
    found = (text or "").strip()
    if not _IDENTIFIER.fullmatch(found):
        raise UnexpectedReplyError(f"{what} is missing or is no id")
    return found


def night(text: str | None) -> date:
    """A date, perhaps with a time behind it."""
    found = (text or "").strip().partition("T")[0]
    try:
        if _NIGHT.fullmatch(found):
            return date.fromisoformat(found)
    except ValueError:
        pass
    raise UnexpectedReplyError("a date of its stay is missing or is no date")


def instant(text: str | None) -> datetime:
    """A date and time in UTC; one without an offset is taken for UTC."""
    found = (text or "").strip()
    try:
        if _INSTANT.fullmatch(found):
            read = datetime.fromisoformat(found)
            return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        pass
    raise UnexpectedReplyError("it does not say when it was made")


def stay(room: str, arrival: date, departure: date, units: int = 1) -> Stay:
    """A stay that can be."""
    if not timedelta(0) < departure - arrival <= timedelta(MAX_NIGHTS):
        raise UnexpectedReplyError(f"its stay has not 1 to {MAX_NIGHTS} nights")
    return Stay(room, arrival, departure, units)


def joined(stays: Iterable[Stay]) -> tuple[Stay, ...]:
    """Equal stays as one with so many units, in order."""
    units: Counter[Stay] = Counter()
    for one in stays:
        units[Stay(one.room, one.arrival, one.departure)] += one.units
    ordered = sorted(units, key=lambda one: (one.arrival, one.departure, one.room))
    return tuple(Stay(one.room, one.arrival, one.departure, units[one]) for one in ordered)


def version_name(kind: str, at: datetime, stays: tuple[Stay, ...]) -> str:
    """What tells this version from others, the same at every handing over: its kind, its time and a digest of its stays.

    The stays are in it because neither provider's time is enough: two changes may fall in a second, Booking.com may only tell when the
    booking was made, and a new booking that changed before it was acknowledged is still handed over as new. A booking that is changed
    back may so get a name again that it had before: what counts is the version that was handed over last.
    """
    said = "; ".join(f"{one.room} {one.arrival} {one.departure} {one.units}" for one in stays)
    return f"{kind} {spelled(at)} {hashlib.sha256(said.encode()).hexdigest()[:8]}"


def spelled(at: datetime) -> str:
    """An instant as messages have it, in UTC."""
    return f"{at.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat()}Z"
