"""The workspace's files with changes that are not written yet: changed, loaded as they would be, and only then written, all or none.

What `edit` and `adopt` stand on. Nothing is written that would bring an error which was not there before.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from reconciler.errors import FilesError, UsageError
from reconciler.load import Loaded, workspace
from reconciler.load.files import WORKSPACE_FILE, read, tree, write
from reconciler.load.layout import Layout
from reconciler.load.layout import read as laid_out
from reconciler.load.render import render
from reconciler.model.address import matches
from reconciler.model.diagnostics import Diagnostic, Severity, did_you_mean
from reconciler.runtime.validating import Able, expressible


@dataclass(slots=True)
class Draft:
    """The files of a workspace. `changed`: texts that are to be written, by file; `properties`: the file of each by slug."""

    root: Path
    now: datetime
    able: Able
    properties: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    changed: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A file as it would be."""
        return self.changed.get(name, self.texts[name])

    def edit(self, slug: str, change: Callable[[Layout], None]) -> None:
        """Changes a property's own file. It comes out in the one layout."""
        name = self.properties[slug]
        layout = laid_out(self.text(name))
        change(layout)
        after = render(layout, name)
        if after != self.texts[name]:
            self.changed[name] = after
        else:
            self.changed.pop(name, None)

    def load(self, only: Collection[str] = ()) -> Loaded:
        """What the files would say, of the properties that fit one of the globs."""
        with tempfile.TemporaryDirectory(prefix="reconciler-") as folder:
            for name in self.texts:
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(self.text(name), encoding="utf-8")
            return workspace(Path(folder), now=self.now, only=only)

    def judge(self, before: Loaded, only: Collection[str]) -> Loaded:
        """What the files would say. Raises FilesError for every error that was not there before."""
        after = self.load(only)
        known = {(d.code, d.file, d.message) for d in self._errors(before)}
        new = [d for d in self._errors(after) if (d.code, d.file, d.message) not in known]
        if new:
            raise FilesError("nothing was written: the change would bring errors", new, texts=after.files)
        return after

    def _errors(self, loaded: Loaded) -> Iterator[Diagnostic]:
        found = [d for hotel in loaded.properties for d in expressible(hotel, self.able)]
        yield from (d for d in (*loaded.diagnostics, *found) if d.severity is Severity.ERROR)

    def write(self) -> None:
        """Writes what changed."""
        for name, text in sorted(self.changed.items()):
            write(self.root, name, text)


def draft(root: Path, now: datetime, able: Able) -> Draft:
    """The files as they are. Those that cannot be read stay out of it, and cannot be edited."""
    if not (root / WORKSPACE_FILE).is_file():
        raise UsageError(f"there is no {WORKSPACE_FILE} in {root.resolve()}", hint="give --workspace DIR")
    found = tree(root)
    names = [WORKSPACE_FILE, *found.properties.values(), *found.defaults.values()]
    files = [read(root, name) for name in names]
    wrong = [problem for file in files for problem in file.problems]
    if wrong:
        texts = {file.name: file.text for file in files}
        raise FilesError("nothing was written: there are files that cannot be read", wrong, texts=texts)
    return Draft(root, now, able, dict(found.properties), {file.name: file.text for file in files})


def chosen(found: Draft, globs: Collection[str]) -> tuple[str, ...]:
    """The slugs that fit one of the globs: over short names, or with a `/` over paths below `properties/`; all without any.

    Raises UsageError for a glob that none fits.
    """
    paths = {slug: file.removeprefix("properties/").removesuffix(".yaml") for slug, file in found.properties.items()}
    for glob in globs:
        if not any(_fits(glob, slug, path) for slug, path in paths.items()):
            raise UsageError(f"no property fits `{glob}`", hint=did_you_mean(glob, [*paths, *paths.values()]))
    fitting = (s for s, path in paths.items() if not globs or any(_fits(glob, s, path) for glob in globs))
    return tuple(sorted(fitting))


def _fits(glob: str, slug: str, path: str) -> bool:
    return matches(glob, path if "/" in glob else slug)
