"""Kinds: what can differ. One contract, one file per kind; the same word in addresses, modules, `manage` and reports."""

from __future__ import annotations

from reconciler.kinds.allocation import ALLOCATION
from reconciler.kinds.availability import AVAILABILITY
from reconciler.kinds.contract import Kind
from reconciler.kinds.integration import INTEGRATION
from reconciler.kinds.mapping import MAPPING
from reconciler.kinds.rate_plan import RATE_PLAN
from reconciler.kinds.rates import RATES
from reconciler.kinds.restrictions import RESTRICTIONS
from reconciler.kinds.schedule import SCHEDULE

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (INTEGRATION, SCHEDULE, MAPPING, RATE_PLAN, ALLOCATION, AVAILABILITY, RATES, RESTRICTIONS)
}
"""Every kind by name, in the order in which plans list them."""
