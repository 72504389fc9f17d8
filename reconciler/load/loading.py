"""A workspace from its files: read, merge, validate, resolve; every problem of every file in one go, each with its place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from reconciler.load.across import across, facts
from reconciler.load.files import File, tree
from reconciler.load.places import Places
from reconciler.load.problems import Keys
from reconciler.load.run import Run
from reconciler.model.diagnostics import Diagnostic, in_order
from reconciler.model.explanation import Place
from reconciler.model.property import Property
from reconciler.model.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the files say. While `diagnostics` has an error, `properties` may lack some.

    `digest`: SHA-256 over the content of all files in scope, whatever their layout and comments. `files`: path from the workspace to
    text, of everything that was read. `layers`: by slug, the files that the property was merged from, the innermost first.
    `proposed`: what the files say of the workspace, where `workspace` has the rules of another revision.
    """

    workspace: Workspace
    properties: tuple[Property, ...]
    diagnostics: tuple[Diagnostic, ...]
    digest: str
    files: Mapping[str, str] = field(default_factory=dict)
    layers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    proposed: Workspace | None = None


def workspace(root: Path, *, now: datetime, environment: str | None = None, only: Collection[str] = ()) -> Loaded:
    """Everything that the files below `root` say, for the window that begins with each property's today at `now` (aware).

    `environment` narrows to the files that it chooses, `only` to the slugs that fit one of its globs. Raises nothing for what a user
    wrote: `diagnostics` holds all of it.
    """
    run = Run(root, tree(root))
    known = run.workspace()
    scope = run.scope(known, environment, only)
    hotels = [hotel for slug in scope if (hotel := run.hotel(slug, known, now)) is not None]
    for name, currencies in run.above({slug: run.currency(slug) for slug in scope}).items():
        run.defaults(name, currencies)
    for slug, problem in across(known, map(facts, hotels)):
        run.tell([problem], run.layers(slug))
    return Loaded(
        workspace=known,
        properties=tuple(hotels),
        diagnostics=in_order(run.diagnostics),
        digest=_digest(run.files),
        files={name: file.text for name, file in sorted(run.files.items())},
        layers={slug: run.layers(slug) for slug in scope},
    )


def origins(loaded: Loaded, slug: str, keys: Keys) -> tuple[Place, ...]:
    """Where the value at these keys of a property is written: first the place that holds, then those that it overrode."""
    files = [File(name, loaded.files[name], None) for name in loaded.layers.get(slug, ())]
    return Places().everywhere(keys, files)


def _digest(files: Mapping[str, File]) -> str:
    content = {name: file.text if file.data is None else file.data for name, file in files.items()}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=_number)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _number(value: object) -> list[str]:
    """A number with a point, so that 199.00 and 199.0 are one and the text "199" is another."""
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} is not in a document")
    return ["number", f"{value.normalize():f}"]
