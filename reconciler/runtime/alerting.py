"""Alerts of drift runs: told when they are new, when they change and when they are over; and resolved by hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from reconciler.engine.alerts import alerts, edges
from reconciler.model.address import WORKSPACE, matches
from reconciler.model.alert import Alert, Edge, Raised, Told
from reconciler.model.drift import DriftReport
from reconciler.runtime.site import Site


def record(site: Site, drift: DriftReport) -> Sequence[Told]:
    """Writes down what is news in a drift run, and says what became of every alert. Needs the whole window to have been looked at."""
    ids = {hotel.slug: hotel.id for hotel in site.properties()}
    with site.store.alerts() as book:
        told = list(edges(alerts(drift), book.raised(site.now), _LookedAt(site, drift), site.now.date()))
        for one in told:
            match one.edge, one.before:
                case Edge.NEW, None:
                    book.tell(one.alert, ids.get(one.alert.slug), site.now)
                case Edge.CHANGED, Raised() as before:
                    book.change(before.id, one.alert, site.now)
                case Edge.CLEARED, Raised() as before:
                    book.resolve(before.id, "over", site.now)
    return told


class _LookedAt:
    """Whether a drift run looked at what an alert is about, so that it can be over."""

    def __init__(self, site: Site, drift: DriftReport) -> None:
        self._scope, self._properties = site.scope, {*drift.properties, WORKSPACE}
        self._failed = {finding.address for finding in drift.findings if finding.code == "target-failed"}

    def __call__(self, alert: Alert) -> bool:
        if f"{alert.slug}/{alert.target}" in self._failed:
            return False
        if self._scope.targets:
            return any(matches(glob, alert.subject) for glob in self._scope.targets)
        return alert.slug in self._properties or not self._scope.properties


def standing(site: Site) -> list[Raised]:
    """The alerts in scope that are not over, the oldest first; those of other programs by the name of their property too."""
    slugs = {hotel.id: hotel.slug for hotel in site.properties()}
    raised = [_named(one, slugs) for one in site.store.raised()]
    return [one for one in raised if _in_scope(site, one.alert, slugs.values())]


def _named(one: Raised, slugs: Mapping[str, str]) -> Raised:
    return replace(one, alert=replace(one.alert, slug=slugs.get(one.alert.slug, one.alert.slug)))


def _in_scope(site: Site, alert: Alert, slugs: Collection[str]) -> bool:
    scope = site.scope
    asked = not scope.properties or alert.slug in slugs
    return asked and (not scope.targets or any(matches(glob, alert.subject) for glob in scope.targets))


def resolve(site: Site, chosen: Sequence[str], reason: str) -> tuple[Sequence[Raised], Sequence[str]]:
    """Resolves the alerts whose ids begin so. Those that were resolved, and what named none or several (then nothing was done)."""
    slugs = {hotel.id: hotel.slug for hotel in site.properties()}
    with site.store.alerts() as book:
        raised = [_named(one, slugs) for one in book.raised(site.now)]
        found = {text: [one for one in raised if one.id.startswith(text)] for text in chosen}
        wrong = [text for text, named in found.items() if len(named) != 1]
        if wrong:
            return (), wrong
        resolved = list({named[0].id: named[0] for named in found.values()}.values())
        for one in resolved:
            book.resolve(one.id, reason, site.now)
    return resolved, ()
