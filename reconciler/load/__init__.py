"""Files to meaning: YAML to documents with places, overlays, derivation, and in the end `Property` and `Workspace`.

Reads files below one folder and nothing else: no clock, no environment, no network, no secret's value.
"""

from __future__ import annotations

from reconciler.load import schemas
from reconciler.load.loading import Loaded, origins, workspace
from reconciler.load.places import Place

__all__ = ["Loaded", "Place", "origins", "schemas", "workspace"]
