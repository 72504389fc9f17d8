"""One loading: which files are read, what is merged from them, and everything that is told on the way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from reconciler.load import overlay, workspace_file
from reconciler.load.files import WORKSPACE_FILE, File, Tree, content_of, parsed, selected
from reconciler.load.merging import Document, Inherited, amounts_of_many, defaults_problems, property_document
from reconciler.load.places import Leaf, Places
from reconciler.load.problems import Keys, Problem, Problems
from reconciler.load.resolve import resolve
from reconciler.load.translate import salvage, validate
from reconciler.load.workspace_documents import WorkspaceDoc
from reconciler.model.address import matches
from reconciler.model.diagnostics import Diagnostic, Severity, did_you_mean
from reconciler.model.explanation import Place
from reconciler.model.property import Property
from reconciler.model.workspace import Workspace


class Run:
    """One loading: the files read so far and what was found."""

    def __init__(self, root: Path, found: Tree) -> None:
        self.root = root
        self.tree = found
        self.contents: dict[str, bytes | Diagnostic] = {}
        self.folders: dict[str, tuple[str, ...]] = {}
        self.files: dict[str, File] = {}
        self.merged: dict[tuple[str, ...], Inherited] = {}
        self.normal: dict[str, Document] = {}
        self.places = Places()
        self.diagnostics = list(found.problems)

    def content(self, name: str) -> bytes | Diagnostic:
        """The bytes of a file, the same however often it is asked for until it is read; or why there are none."""
        if name not in self.contents:
            self.contents[name] = content_of(self.root, name)
        return self.contents[name]

    def file(self, name: str) -> File:
        """A file's text and data."""
        if name not in self.files:
            self.files[name] = parsed(name, self.content(name))
            self.contents.pop(name)
            self.diagnostics += self.files[name].problems
        return self.files[name]

    def forget(self, name: str) -> None:
        """Frees what is known of a file. It is read again if it is needed again."""
        self.files.pop(name, None)
        self.normal.pop(name, None)

    def document(self, name: str) -> Document | None:
        """A file's data in normal form, without its kind; None for a file that cannot be used."""
        data = self.file(name).data
        if data is not None and name not in self.normal:
            self.normal[name] = overlay.normal({key: value for key, value in data.items() if key != "kind"})
        return self.normal.get(name)

    def layers(self, slug: str) -> tuple[str, ...]:
        """The files of a property, the innermost first."""
        file = self.tree.properties[slug]
        folder = file.rpartition("/")[0]
        if folder not in self.folders:
            self.folders[folder] = tuple(reversed(self.tree.above(file)))
        return (file, *self.folders[folder])

    def tell(self, problems: Iterable[Problem], layers: Sequence[str]) -> None:
        files = [self.file(name) for name in layers]
        self.diagnostics += [self.places.locate(problem, files) for problem in problems]

    def origins(self, slug: str, keys: Keys, leaf: Leaf | None = None) -> tuple[Place, ...]:
        """Where a property's value is written: first the place that holds, then those that it overrode.

        With a leaf, where below the keys that key has that value.
        """
        layers = [self.file(name) for name in self.layers(slug)]
        return self.places.everywhere(keys, layers) if leaf is None else self.places.leaves(keys, leaf, layers)

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
        kind = (self.files[file].data or {}).get("kind")
        doc = property_document(self.inherited(layers[1:]), documents[0], kind, problems)
        sound = not problems.found
        hotel = resolve(slug, file, doc, now, known.credentials, problems) if doc else None
        found = problems.found if sound else [one for one in problems.found if one.severity is Severity.ERROR]
        self.tell(found, layers)
        return hotel if sound and not any(one.severity is Severity.ERROR for one in found) else None

    def inherited(self, layers: tuple[str, ...]) -> Inherited:
        """What these defaults, the innermost first, say together; once for all properties below them."""
        if layers not in self.merged:
            documents = [self.document(name) for name in reversed(layers)]
            self.merged[layers] = Inherited(document for document in documents if document is not None)
        return self.merged[layers]

    def currency(self, slug: str) -> str | None:
        """The currency that a property's files write, "" where they write none; None where one of them cannot be used."""
        documents = [self.document(name) for name in self.layers(slug)]
        if None in documents:
            return None
        found = next((one["currency"] for one in documents if one and "currency" in one), "")
        return found if isinstance(found, str) else ""

    def defaults(self, name: str, currencies: Collection[str]) -> None:
        """What is wrong with defaults, on their own and as the defaults of properties in these currencies."""
        document = self.document(name)
        if document is not None:
            self.tell(defaults_problems(document, (self.files[name].data or {}).get("kind")), [name])
            self.tell(amounts_of_many(document, currencies), [name])

    def above(self, currencies: Mapping[str, str | None]) -> dict[str, frozenset[str]]:
        """The defaults above properties whose currencies are these by slug (see `currency`), each with all of them."""
        found: dict[str, set[str]] = {}
        for slug, currency in currencies.items():
            if currency is not None:
                for name in self.layers(slug)[1:]:
                    found.setdefault(name, set()).update([currency] if currency else [])
        return {name: frozenset(found[name]) for name in sorted(found)}
