"""What the allotment protocol assumes, as far as what was observed shows that it does not hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from reconciler.model.calendar import Calendar, from_nights, merge
from reconciler.model.drift import Difference, Mover
from reconciler.model.examination import Examined, Verdict
from reconciler.model.state import Counts
from reconciler.model.workspace import Moving, Transport


def settings(provider: str, moving: Moving, transport: Transport) -> Examined:
    """Whether a request is surely over when it counts as dead."""
    subject = f"allotment, {provider}"
    if moving.deadline < transport.timeout:
        said = f"a request may take {transport.timeout:.0f} s and counts as dead after {moving.deadline:.0f} s"
        return Examined(subject, Verdict.ERROR, said, "raise allotment.deadline above transport.timeout")
    said = f"requests are dead after {moving.deadline:.0f} s, every sale shows after {moving.feed_wait:.0f} s"
    return Examined(subject, Verdict.OK, said)


def other_writers(slug: str, provider: str, differences: Iterable[Difference]) -> Examined:
    """Whether somebody else writes counts: nothing but a sale or an apply may change what a provider may sell."""
    theirs = [
        one
        for one in differences
        if one.address[:3] == (slug, provider, "availability") and one.mover in (Mover.THERE, Mover.BOTH)
    ]
    subject = f"other writers, {provider}"
    if not theirs:
        return Examined(subject, Verdict.OK, "nobody else has changed counts since the last apply", slug=slug)
    rooms = ", ".join(sorted({one.address.key[0] for one in theirs}))
    said = f"counts of {rooms} were changed there since the last apply, not by a sale"
    return Examined(subject, Verdict.WARNING, said, "`reconciler drift` shows them; find out who writes there", slug)


def feed(
    slug: str, provider: str, sold: Mapping[str, Calendar[Counts]], booked: Mapping[str, Calendar[int]]
) -> Examined:
    """Whether the bookings that were pulled explain what the provider says that it has sold; both by room."""
    unexplained = {
        room: merge(counts, booked.get(room, Calendar()), lambda seen, known: _more(seen, known or 0))
        for room, counts in sold.items()
    }
    nights = sum(found.nights for found in unexplained.values())
    subject = f"bookings, {provider}"
    if not nights:
        return Examined(subject, Verdict.OK, "every unit sold there is in a booking that is known here", slug=slug)
    rooms = ", ".join(sorted(room for room, found in unexplained.items() if found))
    said = f"{rooms}: units sold there on {nights} night(s) are in no booking that is known here"
    return Examined(
        subject, Verdict.WARNING, said, "run `reconciler bookings pull`; does another program take them?", slug
    )


def _more(seen: Counts | None, known: int) -> bool | None:
    return True if seen is not None and seen.sold > known else None


def booked_by_night(stays: Iterable[tuple[str, date, date, int]]) -> dict[str, Calendar[int]]:
    """Units by room and night, of stays given as room, arrival, departure and units."""
    found: dict[str, dict[date, int]] = {}
    for room, arrival, departure, units in stays:
        nights = found.setdefault(room, {})
        for night in _nights(arrival, departure):
            nights[night] = nights.get(night, 0) + units
    return {room: from_nights(nights) for room, nights in found.items()}


def _nights(arrival: date, departure: date) -> Iterator[date]:
    return (date.fromordinal(number) for number in range(arrival.toordinal(), departure.toordinal()))
