"""What an explanation is made from: a property's merged document, the files that it came from, and the property itself."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from reconciler.load.documents import PropertyDoc
from reconciler.load.files import File, tree
from reconciler.load.merging import property_document
from reconciler.load.parse import positions
from reconciler.load.places import WRITTEN_OUT, Places
from reconciler.load.problems import Keys, Problems
from reconciler.load.run import Run
from reconciler.load.values import WEEKEND
from reconciler.model.calendar import WEEKDAYS
from reconciler.model.explanation import Place
from reconciler.model.property import Property


@dataclass(frozen=True, slots=True)
class Source:
    """One property, as written and as resolved. `layers`: its files, the innermost first."""

    hotel: Property
    doc: PropertyDoc
    layers: tuple[File, ...]
    _places: Places = field(default_factory=Places, repr=False)

    @property
    def weekend(self) -> frozenset[int]:
        """The weekdays that `weekend` stands for (0 is Monday)."""
        return frozenset(WEEKDAYS.index(name) for name in self.doc.weekend if name != WEEKEND)

    def places(self, keys: Keys) -> tuple[Place, ...]:
        """Where the keys are written: first the place that holds, then those that it overrode."""
        found = self._places.everywhere(keys, self.layers)
        if keys[:1] == ("allocation",) and len(keys) > 2 and keys[1] != "*":
            # A room's own allocation stands over that of every room.
            found += self._places.everywhere(("allocation", "*", *keys[2:]), self.layers)
        return found


def sources(root: Path, now: datetime, only: Collection[str]) -> dict[str, Source]:
    """The properties that fit one of the globs, by slug; those with errors are left out."""
    run = Run(root, tree(root))
    known = run.workspace()
    found = {}
    for slug in run.scope(known, None, only):
        hotel = run.hotel(slug, known, now)
        doc = _document(run, slug)
        if hotel is not None and doc is not None:
            found[slug] = Source(hotel, doc, tuple(run.file(name) for name in run.layers(slug)))
    return found


def _document(run: Run, slug: str) -> PropertyDoc | None:
    layers = run.layers(slug)
    own = run.document(layers[0])
    kind = (run.file(layers[0]).data or {}).get("kind")
    return None if own is None else property_document(run.inherited(layers[1:]), own, kind, Problems())


def data_at(file: File, keys: Keys) -> object:
    """What a file writes at the keys, numbers as they are spelled; None where it writes nothing. A short form stands for its default."""
    node = positions(file.text)
    for key in keys:
        if node is not None and node.entries is not None and str(key) in node.entries:
            node = node.entries[str(key)][2]
        elif node is not None and node.items is not None and isinstance(key, int) and key < len(node.items):
            node = node.items[key]
        elif key not in WRITTEN_OUT:
            return None
    return node.data() if node is not None else None
