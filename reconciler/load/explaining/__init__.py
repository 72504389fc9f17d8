"""Explaining: from a value back to the lines that gave it, step by step.

A night is worked out here once more, one night and one rule at a time, beside the way in which loading works out all nights at once. The
last step of an explanation is therefore not a copy of the value but a second reckoning of it, and tests hold the two together.
"""

from __future__ import annotations

from reconciler.load.explaining.addresses import explain, fields_of
from reconciler.load.explaining.paths import written
from reconciler.load.explaining.source import Source, sources

__all__ = ["Source", "explain", "fields_of", "sources", "written"]
