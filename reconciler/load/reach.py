"""Which properties a change of files can reach: by where they are and what they are called; for `reconciler.yaml` by what it says."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path, PurePosixPath

from reconciler.load import overlay
from reconciler.load.files import DEFAULTS, WORKSPACE_FILE, Tree, parsed, read, selected, tree
from reconciler.load.nodes import Data
from reconciler.load.run import Run
from reconciler.load.translate import validate
from reconciler.load.workspace_documents import WorkspaceDoc
from reconciler.model.workspace import Environment


def reached(root: Path, changed: Collection[str], settings: bytes | None) -> frozenset[str]:
    """The slugs that a change of these files, by path from `root`, can reach. `settings`: what `reconciler.yaml` was before."""
    found = tree(root)
    slugs = _by_files(found, changed)
    if WORKSPACE_FILE not in changed:
        return slugs
    credentials = None if settings is None else _changed_credentials(settings, root)
    return frozenset(found.properties) if credentials is None else slugs | _naming(Run(root, found), credentials)


def in_environment(root: Path, environment: Environment) -> frozenset[str]:
    """The slugs of the properties that an environment chooses."""
    return frozenset(slug for slug, file in tree(root).properties.items() if selected(file, environment.properties))


def _by_files(found: Tree, changed: Collection[str]) -> frozenset[str]:
    """Changed, new and gone files alike.

    Defaults reach every property below their folder. A property's file reaches what has its short name now: where two files had it,
    the other one counts from now on. What is no file but a folder, such as a repository in the repository, reaches all that is in it.
    """
    paths = [PurePosixPath(name) for name in changed if name != WORKSPACE_FILE]
    names = {path.stem for path in paths if path.suffix == ".yaml"}
    places = {path.parent for path in paths if path.name == DEFAULTS} | set(paths)
    return frozenset(
        slug
        for slug, file in found.properties.items()
        if slug in names or not places.isdisjoint((PurePosixPath(file), *PurePosixPath(file).parents))
    )


def _changed_credentials(before: bytes, root: Path) -> frozenset[str] | None:
    """The names of the credentials that differ; None where anything else differs, or where a state cannot be used as it is."""
    old, new = parsed(WORKSPACE_FILE, before).data, read(root, WORKSPACE_FILE).data
    if old is None or new is None or not validate(WorkspaceDoc, old)[0] or not validate(WorkspaceDoc, new)[0]:
        return None
    were, are = old.pop("credentials", {}), new.pop("credentials", {})
    if old != new or not isinstance(were, dict) or not isinstance(are, dict):
        return None
    return frozenset(name for name in were.keys() | are.keys() if were.get(name) != are.get(name))


def _naming(run: Run, credentials: frozenset[str]) -> frozenset[str]:
    """The properties that name one of these credentials, or may: their files cannot be read, or name some that nobody knows."""
    known = run.workspace().credentials.keys()
    if not credentials:
        return frozenset()
    return frozenset(
        slug
        for slug in run.tree.properties
        if (named := _named(run, slug)) is None or named & credentials or not named <= known
    )


def _named(run: Run, slug: str) -> frozenset[Data] | None:
    file, *above = run.layers(slug)
    documents = [run.document(name) for name in (file, *above)]
    own = documents[0]
    if own is None or None in documents:
        return None
    links = overlay.over(run.inherited(tuple(above)).data, own).get("providers")
    given = (
        [link.get("credentials") for link in links.values() if isinstance(link, dict)]
        if isinstance(links, dict)
        else []
    )
    return frozenset(name for name in given if isinstance(name, str))
