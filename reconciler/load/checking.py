"""Checking the files and nothing else: every problem, and no property kept.

What is found about one property depends on its own layers, on `reconciler.yaml` and on the date, so it is found once: kept between runs,
and worked out by several processes where there is much to do. What only shows with all properties in view is always worked out, from facts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Protocol, TypeAlias
from zoneinfo import ZoneInfo

from reconciler.load.across import across, facts
from reconciler.load.files import WORKSPACE_FILE, tree
from reconciler.load.places import Leaf
from reconciler.load.problems import Keys
from reconciler.load.results import Kept, Result, digests, from_json, key_of
from reconciler.load.run import Run
from reconciler.load.workers import shared, uncollected
from reconciler.model.diagnostics import Diagnostic, in_order
from reconciler.model.explanation import Place
from reconciler.model.property import Property
from reconciler.model.workspace import Workspace


class Origins(Protocol):
    """Where a property's value is written, as `Run.origins` tells."""

    def __call__(self, keys: Keys, leaf: Leaf | None = None) -> tuple[Place, ...]: ...


"""Where a property's value is written: first the place that holds, then those that it overrode."""

Examine: TypeAlias = "Callable[[Property, Workspace, Origins], Iterable[Diagnostic]]"
"""What else is to be found about a property: a function of these and of the date, and of nothing else."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What the files say of the workspace and everything that is to be told.

    `files`: every file that was looked at. `layers`: by slug, the files of each property. `across`: what only shows with all
    properties in view; it is among the `diagnostics`.
    """

    workspace: Workspace
    diagnostics: tuple[Diagnostic, ...]
    files: tuple[str, ...]
    layers: Mapping[str, tuple[str, ...]]
    across: frozenset[Diagnostic]

    def only(self, slugs: Collection[str]) -> Checked:
        """Only what concerns these properties, the workspace as such, or several properties."""
        files = {WORKSPACE_FILE, *(name for slug in slugs for name in self.layers.get(slug, ()))}
        return replace(
            self,
            diagnostics=tuple(d for d in self.diagnostics if d.file in files or not d.file or d in self.across),
            files=tuple(name for name in self.files if name in files),
        )


def check(root: Path, *, now: datetime, examine: Examine, kept: Kept | None = None, processes: int = 1) -> Checked:
    """Everything that is to be told about the files below `root`, as `workspace` and `examine` tell it.

    `kept`: results of earlier runs. `processes`: so many may work at the same time.
    """
    run = Run(root, tree(root))
    one = _Check(run, run.workspace(), now, examine, kept)
    results = one.properties(processes)
    told = [diagnostic for result in results.values() for diagnostic in result.diagnostics]
    told += one.defaults({slug: result.currency for slug, result in results.items()})
    before = len(run.diagnostics)
    for slug, problem in across(one.known, [result.facts for result in results.values() if result.facts]):
        run.tell([problem], run.layers(slug))
    together = frozenset([*run.tree.problems, *run.diagnostics[before:]])
    if kept is not None:
        kept.save()
    layers = {slug: run.layers(slug) for slug in results}
    return Checked(one.known, in_order([*run.diagnostics, *told]), one.names, layers, together)


class _Check:
    """One check of a workspace."""

    def __init__(self, run: Run, known: Workspace, now: datetime, examine: Examine, kept: Kept | None) -> None:
        self.run, self.known, self.now, self.examine, self.kept = run, known, now, examine, kept
        layers = {name for slug in run.tree.properties for name in run.layers(slug)}
        self.names = tuple(sorted(layers | ({WORKSPACE_FILE} if WORKSPACE_FILE in run.files else set())))
        self.digests = digests({name: run.content(name) for name in layers}) if kept else {}
        settings = run.files[WORKSPACE_FILE].text if WORKSPACE_FILE in run.files else ""
        self.settings = key_of(kept.version, settings) if kept else ""
        self.today = cache(lambda timezone: now.astimezone(ZoneInfo(timezone)).date())

    def properties(self, processes: int) -> dict[str, Result]:
        """What comes of each property, by slug."""
        slugs = sorted(self.run.tree.properties, key=self.run.tree.properties.__getitem__)
        results = {slug: result for slug in slugs if (result := self.remembered(self.run.layers(slug))) is not None}
        missing = [slug for slug in slugs if slug not in results]
        with uncollected():
            found = shared(lambda slug: self.property(slug).to_json(), missing, processes)
        for slug, result in zip(missing, map(from_json, found), strict=True):
            results[slug] = result
            if result.facts is not None:
                self.remember(self.run.layers(slug), result)
        return results

    def property(self, slug: str) -> Result:
        """What comes of one property."""
        before = len(self.run.diagnostics)
        hotel = self.run.hotel(slug, self.known, self.now)
        currency = self.run.currency(slug)
        told = self.run.diagnostics[before:]
        del self.run.diagnostics[before:]
        if hotel is not None:
            told += self.examine(hotel, self.known, partial(self.run.origins, slug))
        self.run.forget(self.run.layers(slug)[0])
        if hotel is None:
            return Result(tuple(told), currency=currency)
        return Result(tuple(told), facts(hotel), currency, hotel.timezone, hotel.window.start)

    def defaults(self, currencies: Mapping[str, str | None]) -> Iterator[Diagnostic]:
        """What is wrong with the defaults above properties in these currencies."""
        for name, written in self.run.above(currencies).items():
            result = self.remembered([name], *sorted(written))
            if result is None:
                before = len(self.run.diagnostics)
                self.run.defaults(name, written)
                result = Result(tuple(self.run.diagnostics[before:]))
                self.remember([name], result, *sorted(written))
            yield from result.diagnostics

    def remembered(self, layers: Sequence[str], *more: str) -> Result | None:
        """What came of the same before: of these files as they are, of what else is named, today."""
        result = self.kept.get(self.key(layers, more)) if self.kept else None
        return None if result is None or (result.facts and result.today != self.today(result.timezone)) else result

    def remember(self, layers: Sequence[str], result: Result, *more: str) -> None:
        """Keeps a result for the next run."""
        if self.kept:
            self.kept.put(self.key(layers, more), result)

    def key(self, layers: Sequence[str], more: Sequence[str]) -> str:
        """What stands for these files with their content, and for the workspace's own file."""
        return key_of(self.settings, *more, *(f"{name} {self.digests.get(name, '')}" for name in layers))
