"""Suspensions: nothing is changed at a property or a target until then; what differs goes on being told."""

from __future__ import annotations

from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.property import Property
from reconciler.runtime.site import Site


def held(hotel: Property, target: str, why: str) -> Diagnostic:
    """What is said of a target that is suspended."""
    message = f"nothing is changed at {target}: {why}"
    return Diagnostic("suspended", message, Severity.WARNING, address=f"{hotel.slug}/{target}")


def suspended(site: Site, hotel: Property, target: str) -> str | None:
    """Why nothing may be changed at the target now, where a suspension says so."""
    for scope in ("", target):
        suspension = hotel.suspended.get(scope)
        if suspension is not None and site.now < suspension.until:
            return f"{suspension.reason} (until {suspension.until:%Y-%m-%d %H:%M})"
    return None
