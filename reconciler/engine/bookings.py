"""What the versions of a booking come to. Versions may come twice and in any order: what counts is when each was made."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model.booking import Change, Stay, Version

_ORDER = {Change.BOOKED: 0, Change.MODIFIED: 1, Change.CANCELLED: 2}


def current(versions: Sequence[Version]) -> tuple[Version, tuple[Stay, ...]]:
    """The version that holds, and the stays that it is about.

    `versions`: at least one, in the order in which they came, which decides between versions of one instant. A cancellation that
    names no stays is about those of the newest version before it that does.
    """
    ordered = [one for _, one in sorted(enumerate(versions), key=_when)]
    stays = next((one.stays for one in reversed(ordered) if one.stays), ())
    return ordered[-1], stays


def _when(numbered: tuple[int, Version]) -> tuple[object, ...]:
    number, version = numbered
    return version.at, _ORDER[version.change], number
