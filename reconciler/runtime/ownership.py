"""What git does not own, counted: things at providers that no mapping names, and kinds that `manage` leaves to others.

Rows of the hotel's database that git does not know are told where they are read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds import KINDS
from reconciler.model.address import DATABASE
from reconciler.model.capabilities import Access, Capabilities
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.property import Manage, Property
from reconciler.model.state import Coverage

_UNMANAGED = "unmanaged"


def not_owned(
    hotel: Property, capabilities: Mapping[str, Capabilities], coverage: Mapping[tuple[str, str], Coverage]
) -> Iterator[Diagnostic]:
    """One finding per provider for what is there and not in git, and one per target for the kinds that are not git's."""
    for target in (DATABASE, *sorted(hotel.providers)):
        seen = coverage.get((hotel.slug, target), Coverage())
        if seen.unmapped_rooms or seen.unmapped_rates:
            yield _told(hotel, target, f"not in git: {_counted(seen)} {_at(target)}")
        kinds = [kind for kind in KINDS if _left_to_others(hotel, target, kind, capabilities[target])]
        if kinds:
            yield _told(hotel, target, f"not git's: {', '.join(kinds)} {_at(target)}")


def _left_to_others(hotel: Property, target: str, kind: str, known: Capabilities) -> bool:
    return hotel.manages(target, kind) is Manage.NO and known.access(kind) not in (None, Access.READ_ONLY)


def _counted(seen: Coverage) -> str:
    counts = ((len(seen.unmapped_rooms), "room"), (len(seen.unmapped_rates), "rate plan"))
    return ", ".join(f"{number:,} {word if number == 1 else word + 's'}" for number, word in counts if number)


def _at(target: str) -> str:
    return "in the database" if target == DATABASE else f"at {target.capitalize()}"


def _told(hotel: Property, target: str, message: str) -> Diagnostic:
    return Diagnostic(_UNMANAGED, message, Severity.INFO, address=f"{hotel.slug}/{target}")
