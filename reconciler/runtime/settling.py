"""Settling what an earlier run left open, before anything new is tried.

An intent without an outcome was perhaps carried out and perhaps not. What can be read is judged by reading. What cannot be read counts
as unknown from now on: it is forgotten, and sent again by the next plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler.engine.planner import calendar_of
from reconciler.engine.remaining import remaining
from reconciler.model.address import Address
from reconciler.model.calendar import Calendar
from reconciler.model.capabilities import Access
from reconciler.model.journal import JournalEntry, Outcome
from reconciler.model.plan import Action, Change, Operation
from reconciler.model.state import Observed, Provenance
from reconciler.runtime.site import Site, Targets
from reconciler.runtime.survey import Survey
from reconciler.store.contract import Recording

_PROVEN = "cut off; reading it back shows it in force"
_NOT_PROVEN = "cut off; it is not in force"
_FORGOTTEN = "cut off; it cannot be read back, counts as unknown and is sent again"


def settle(site: Site, slug: str, targets: Targets, surveys: Sequence[Survey]) -> bool:
    """Gives every open entry of the property its outcome. Returns whether anything was forgotten (the surveys are then outdated)."""
    observed = {address: seen for survey in surveys for address, seen in survey.observed.items()}
    windows = {survey.target: survey for survey in surveys if survey.failed is None}
    forgotten = False
    for entry in site.store.unsettled(slug):
        survey = windows.get(entry.address.target)
        if survey is None or entry.address.target not in targets:
            continue
        access = targets[entry.address.target].capabilities.access(entry.address.kind)
        if access is Access.ACKNOWLEDGED:
            forgotten |= _forget(site, entry)
        else:
            _judge(site, entry, observed, survey)
    return forgotten


def _judge(site: Site, entry: JournalEntry, observed: Mapping[Address, Observed], survey: Survey) -> None:
    op = Operation("", Change(entry.address, Action(entry.action), entry.before, entry.after))
    in_force = remaining(op, observed.get(entry.address), survey.window).todo is None
    moved = remaining(op, observed.get(entry.address), survey.window).has_moved
    if in_force and not moved:
        site.store.record([_recording(site, entry, Provenance.READ_BACK)])
    outcome, detail = (Outcome.APPLIED, _PROVEN) if in_force and not moved else (Outcome.FAILED, _NOT_PROVEN)
    site.store.settle(entry.run_id, [entry.seq], outcome, site.clock(), detail, entry.messages)


def _forget(site: Site, entry: JournalEntry) -> bool:
    """An outcome that a run could not learn was forgotten by that run already; a cut-off intent is forgotten here."""
    if entry.outcome is None:
        site.store.record([_recording(site, entry, Provenance.UNKNOWN)])
    site.store.settle(entry.run_id, [entry.seq], Outcome.FAILED, site.clock(), _FORGOTTEN, entry.messages)
    return entry.outcome is None


def _recording(site: Site, entry: JournalEntry, provenance: Provenance) -> Recording:
    known = provenance is not Provenance.UNKNOWN
    nights: Calendar[bool] | None = None
    if isinstance(entry.after, Calendar) or isinstance(entry.before, Calendar):
        nights = calendar_of(entry.after).covered().overlay(calendar_of(entry.before).covered())
    return Recording(
        entry.address, entry.after if known else None, nights, provenance.value, entry.run_id, site.clock()
    )
