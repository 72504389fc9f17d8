"""What is written at a path of keys in a property's files, or in the workspace's own."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.load.explaining.source import data_at
from reconciler.load.files import File
from reconciler.load.places import Places
from reconciler.load.problems import Keys
from reconciler.model.explanation import Explained, Step


def written(what: str, keys: Keys, layers: Sequence[File], places: Places | None = None) -> Explained | None:
    """The value with the place that holds and those that it overrode; None where no file writes anything there.

    `layers`: the files, the innermost first. `places`: shared by several questions about the same files.
    """
    places = places or Places()
    steps: list[Step] = []
    for file in layers:
        here = places.everywhere(keys, [file])
        if here:
            steps.append(Step(data_at(file, keys), "holds" if not steps else "overridden", here[0]))
    return Explained(what, steps[0].value, tuple(steps)) if steps else None
