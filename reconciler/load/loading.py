"""A workspace from its files: read, merge, validate, resolve; every problem of every file in one go, each with its place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from reconciler.load import overlay, workspace_file
from reconciler.load.across import across
from reconciler.load.files import WORKSPACE_FILE, File, Tree, read, selected, tree
from reconciler.load.merging import Document, amounts_of_many, defaults_problems, property_document
from reconciler.load.places import Place, Places
from reconciler.load.problems import Keys, Problem, Problems
from reconciler.load.resolve import resolve
from reconciler.load.translate import salvage, validate
from reconciler.load.workspace_documents import WorkspaceDoc
from reconciler.model.address import matches
from reconciler.model.diagnostics import Diagnostic, Severity, did_you_mean, in_order
from reconciler.model.property import Property
from reconciler.model.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the files say. While `diagnostics` has an error, `properties` may lack some.

    `digest`: SHA-256 over the content of all files in scope, whatever their layout and comments. `files`: path from the workspace to
    text, of everything that was read. `layers`: by slug, the files that the property was merged from, the innermost first.
    """

    workspace: Workspace
    properties: tuple[Property, ...]
    diagnostics: tuple[Diagnostic, ...]
    digest: str
    files: Mapping[str, str] = field(default_factory=dict)
    layers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def workspace(root: Path, *, now: datetime, environment: str | None = None, only: Collection[str] = ()) -> Loaded:
    """Everything that the files below `root` say, for the window that begins with each property's today at `now` (aware).

    `environment` narrows to the files that it chooses, `only` to the slugs that fit one of its globs. Raises nothing for what a user
    wrote: `diagnostics` holds all of it.
    """
    run = _Run(root, tree(root))
    known = run.workspace()
    scope = run.scope(known, environment, only)
    hotels = [hotel for slug in scope if (hotel := run.hotel(slug, known, now)) is not None]
    run.defaults()
    for slug, problem in across(known, hotels):
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


class _Run:
    """One loading: the files read so far and what was found."""

    def __init__(self, root: Path, found: Tree) -> None:
        self.root = root
        self.tree = found
        self.files: dict[str, File] = {}
        self.normal: dict[str, Document] = {}
        self.currencies: dict[str, set[str]] = {}
        self.places = Places()
        self.diagnostics = list(found.problems)

    def file(self, name: str) -> File:
        if name not in self.files:
            self.files[name] = read(self.root, name)
            self.diagnostics += self.files[name].problems
        return self.files[name]

    def document(self, name: str) -> Document | None:
        """A file's data in normal form, without its kind; None for a file that cannot be used."""
        data = self.file(name).data
        if data is not None and name not in self.normal:
            self.normal[name] = overlay.normal({key: value for key, value in data.items() if key != "kind"})
        return self.normal.get(name)

    def layers(self, slug: str) -> tuple[str, ...]:
        """The files of a property, the innermost first."""
        file = self.tree.properties[slug]
        return (file, *reversed(self.tree.above(file)))

    def tell(self, problems: Iterable[Problem], layers: Sequence[str]) -> None:
        files = [self.files[name] for name in layers]
        self.diagnostics += [self.places.locate(problem, files) for problem in problems]

    def complain(self, code: str, message: str, hint: str, file: str = "") -> None:
        self.diagnostics.append(Diagnostic(code, message, hint=hint, file=file))

    def workspace(self) -> Workspace:
        """What `reconciler.yaml` says, and defaults for the rest."""
        if not (self.root / WORKSPACE_FILE).is_file():
            self.complain(
                "no-workspace", f"there is no {WORKSPACE_FILE} in {self.root}", "`reconciler init` writes one"
            )
            return workspace_file.defaults()
        data = self.file(WORKSPACE_FILE).data
        if data is None:
            return workspace_file.defaults()
        problems = Problems()
        doc, problems.found = validate(WorkspaceDoc, data)
        doc = doc or salvage(WorkspaceDoc, data, problems.found, {"kind": "Workspace"})
        known = workspace_file.resolve(doc, problems) if doc else workspace_file.defaults()
        self.tell(problems.found, [WORKSPACE_FILE])
        return known

    def scope(self, known: Workspace, environment: str | None, only: Collection[str]) -> list[str]:
        """The slugs to load, sorted."""
        slugs = sorted(self.tree.properties)
        if environment is not None and environment in known.environments:
            globs = known.environments[environment].properties
            slugs = [slug for slug in slugs if selected(self.tree.properties[slug], globs)]
        elif environment is not None:
            hint = did_you_mean(environment, known.environments)
            self.complain("unknown-environment", f"there is no environment `{environment}`", hint, WORKSPACE_FILE)
        for glob in sorted(only):
            if not any(matches(glob, slug) for slug in slugs):
                self.complain("unknown-property", f"no property in scope fits `{glob}`", did_you_mean(glob, slugs))
        return [slug for slug in slugs if not only or any(matches(glob, slug) for glob in only)]

    def hotel(self, slug: str, known: Workspace, now: datetime) -> Property | None:
        """One property; None where it cannot be worked out, and then a diagnostic says why."""
        layers = self.layers(slug)
        documents = [document for name in layers if (document := self.document(name)) is not None]
        if len(documents) < len(layers):
            return None
        file, problems = layers[0], Problems()
        doc = property_document(reversed(documents), (self.files[file].data or {}).get("kind"), problems)
        sound = not problems.found
        hotel = resolve(slug, file, doc, now, known.credentials, problems) if doc else None
        found = problems.found if sound else [one for one in problems.found if one.severity is Severity.ERROR]
        self.tell(found, layers)
        currency = next((document["currency"] for document in documents if "currency" in document), None)
        for name in layers[1:]:
            self.currencies.setdefault(name, set()).update([currency] if isinstance(currency, str) else [])
        return hotel if sound and not any(one.severity is Severity.ERROR for one in found) else None

    def defaults(self) -> None:
        """What is wrong with the defaults that were read, on their own and as the defaults of several currencies."""
        for name in sorted(self.currencies):
            document = self.document(name)
            if document is not None:
                self.tell(defaults_problems(document, (self.files[name].data or {}).get("kind")), [name])
                self.tell(amounts_of_many(document, self.currencies[name]), [name])


def _digest(files: Mapping[str, File]) -> str:
    content = {name: file.text if file.data is None else file.data for name, file in files.items()}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=_number)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _number(value: object) -> list[str]:
    """A number with a point, so that 199.00 and 199.0 are one and the text "199" is another."""
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} is not in a document")
    return ["number", f"{value.normalize():f}"]
