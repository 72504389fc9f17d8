"""Files to meaning: YAML to documents with places, overlays, derivation, and in the end `Property` and `Workspace`.

Reads files below one folder and nothing else: no clock, no environment, no network, no secret's value.
"""

from __future__ import annotations

from reconciler.load import schemas
from reconciler.load.checking import Checked, Origins, check
from reconciler.load.files import text_of
from reconciler.load.loading import Loaded, origins, workspace
from reconciler.load.reach import in_environment, reached
from reconciler.load.results import Kept
from reconciler.load.workers import processors
from reconciler.model.explanation import Place

__all__ = [
    "Checked",
    "Kept",
    "Loaded",
    "Origins",
    "Place",
    "check",
    "in_environment",
    "origins",
    "processors",
    "reached",
    "schemas",
    "text_of",
    "workspace",
]
