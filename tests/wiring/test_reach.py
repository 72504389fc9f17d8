"""`--changed-since` over a generated group of 300 hotels: exactly those that a change can reach, for every kind of change."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.group import group, write
from reconciler.load import workspace
from reconciler.load.files import File, parsed, tree
from reconciler.load.merging import property_document
from reconciler.load.problems import Problems
from reconciler.load.run import Run
from reconciler.model.diagnostics import Diagnostic
from reconciler.wiring import reached_since
from tests.load.writing import NOW

HOTELS = 300
HOTEL = "properties/europe/iberia/iberia-0000.yaml"
OWN_CREDENTIALS = """\
  singapore-expedia:
    provider: expedia
    production: {api_key: env:SINGAPORE_KEY, api_secret: env:SINGAPORE_SECRET}
schedules:
"""
AREA = "properties/asia/singapore"


def git(root: Path, *arguments: str) -> None:
    who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com"]
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


def committed(root: Path, hotels: int) -> Path:
    """A group in git; the hotels of Singapore have credentials of their own, and ignored files may lie in Thailand."""
    files = group(hotels)
    files["reconciler.yaml"] = files["reconciler.yaml"].replace("schedules:\n", OWN_CREDENTIALS, 1)
    if f"{AREA}/_defaults.yaml" in files:
        files[f"{AREA}/_defaults.yaml"] += "providers: {expedia: {credentials: singapore-expedia}}\n"
    write(root, {**files, ".gitignore": "local/\n"})
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "the group")
    return root


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return committed(tmp_path_factory.mktemp("group"), HOTELS)


@pytest.fixture
def root(repository: Path) -> Iterator[Path]:
    """The workspace, which is as it was committed afterwards."""
    yield repository
    restore(repository)


FILES: dict[tuple[str, bytes | Diagnostic], File] = {}
"""What was read before."""


def restore(root: Path) -> None:
    git(root, "reset", "-q", "--hard")
    git(root, "clean", "-fdxq")


def documents(root: Path) -> dict[str, tuple[Any, ...]]:
    """By slug, what a property is resolved from and what is wrong with it: its document, or why there is none."""
    run = Run(root, tree(root))
    for name in (*run.tree.properties.values(), *run.tree.defaults.values()):
        content = run.content(name)
        run.files[name] = FILES.get((name, content)) or parsed(name, content)
        FILES[name, content] = run.files[name]
    found: dict[str, tuple[Any, ...]] = {}
    for slug in run.tree.properties:
        own, *above = run.layers(slug)
        document = run.document(own)
        problems = Problems()
        inherited = run.inherited(tuple(above))
        doc = None if document is None else property_document(inherited, document, "Property", problems)
        found[slug] = own, doc, [(one.code, one.keys, one.message) for one in problems.found]
    return found


@pytest.fixture(scope="module")
def before(repository: Path) -> dict[str, tuple[Any, ...]]:
    return documents(repository)


def edit(root: Path, file: str, old: str, new: str) -> None:
    text = (root / file).read_text()
    assert old in text
    (root / file).write_text(text.replace(old, new, 1))


def below(folder: str) -> Callable[[str], bool]:
    return lambda file: file.startswith(f"{folder}/")


def is_hotel(file: str) -> bool:
    return file == HOTEL


def move(root: Path) -> None:
    (root / HOTEL).rename(root / "properties/europe/britain/iberia-0000.yaml")


def add_defaults(root: Path) -> None:
    (root / "properties/europe/iberia/local").mkdir()
    (root / HOTEL).rename(root / "properties/europe/iberia/local/iberia-0000.yaml")
    (root / "properties/europe/iberia/local/_defaults.yaml").write_text("kind: Defaults\nhorizon: 100\n")


def append(file: str, text: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        (root / file).write_text((root / file).read_text() + text)

    return change


def gone(file: str) -> Callable[[Path], None]:
    return lambda root: (root / file).unlink()


def nothing(_file: str) -> bool:
    return False


def everything(_file: str) -> bool:
    return True


KINDS: dict[str, tuple[Callable[[Path], None], Callable[[str], bool]]] = {
    "one hotel": (lambda root: edit(root, HOTEL, "units: ", "units: 1"), is_hotel),
    "group defaults": (
        lambda root: edit(root, "properties/_defaults.yaml", "change: -15%", "change: -16%"),
        everything,
    ),
    "region defaults": (append("properties/europe/_defaults.yaml", "horizon: 90\n"), below("properties/europe")),
    "area defaults": (append(f"{AREA}/_defaults.yaml", "horizon: 90\n"), below(AREA)),
    "group defaults gone": (gone("properties/_defaults.yaml"), everything),
    "region defaults gone": (gone("properties/america/_defaults.yaml"), below("properties/america")),
    "area defaults gone": (gone(f"{AREA}/_defaults.yaml"), below(AREA)),
    "moved to another area": (move, lambda file: file.endswith("/iberia-0000.yaml")),
    "moved under new defaults that git ignores": (add_defaults, lambda file: file.endswith("/iberia-0000.yaml")),
    "hotel gone": (gone(HOTEL), nothing),
    "hotel without a kind": (lambda root: edit(root, HOTEL, "kind: Property\n", "kind: [\n"), is_hotel),
    "nothing": (lambda root: None, nothing),
}


def test_a_change_of_files_reaches_exactly_what_is_resolved_from_them(
    root: Path, before: dict[str, tuple[Any, ...]]
) -> None:
    for kind, (change, expected) in KINDS.items():
        change(root)
        after = documents(root)
        reached = reached_since(root, "HEAD")
        assert reached == {slug for slug, found in after.items() if found != before.get(slug)}, kind
        assert reached == {slug for slug, (file, *_) in after.items() if expected(file)}, kind
        restore(root)


def test_defaults_that_are_new_reach_everything_below_them(repository: Path, root: Path) -> None:
    git(root, "rm", "-q", f"{AREA}/_defaults.yaml")
    git(root, "commit", "-q", "-m", "without")
    git(root, "checkout", "-q", "HEAD~1", "--", f"{AREA}/_defaults.yaml")
    reached = reached_since(root, "HEAD")
    git(root, "reset", "-q", "--hard", "HEAD~1")
    assert reached == {slug for slug, file in tree(root).properties.items() if below(AREA)(file)}
    assert len(reached) == HOTELS // 10


def test_where_two_files_have_one_short_name_the_one_that_stays_is_reached(root: Path) -> None:
    shutil.copy(root / HOTEL, root / "properties/europe/nordics/iberia-0000.yaml")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "twice")
    (root / HOTEL).unlink()
    reached = reached_since(root, "HEAD")
    git(root, "reset", "-q", "--hard", "HEAD~1")
    assert reached == {"iberia-0000"}


SETTINGS: dict[str, tuple[str, str, Callable[[str], bool]]] = {
    "a comment": ("kind: Workspace", "kind: Workspace  # ours", nothing),
    "a schedule": ("*/15 * * * *", "*/20 * * * *", everything),
    "a limit": ("operations: 2000", "operations: 10", everything),
    "credentials of an area": ("SINGAPORE_KEY", "OTHER_KEY", below(AREA)),
    "credentials gone": (OWN_CREDENTIALS, "schedules:\n", below(AREA)),
    "credentials that are wrong": (
        "provider: expedia\n    production: {api_key: env:SINGAPORE",
        "x: {api_key: env:S",
        everything,
    ),
    "not a workspace": ("kind: Workspace", "kind: [", everything),
}


def test_a_change_of_the_workspaces_own_file_reaches_everything_but_for_credentials_and_comments(root: Path) -> None:
    for kind, (old, new, expected) in SETTINGS.items():
        edit(root, "reconciler.yaml", old, new)
        reached = reached_since(root, "HEAD")
        assert reached == {slug for slug, file in tree(root).properties.items() if expected(file)}, kind
        restore(root)


def test_a_comment_in_defaults_may_reach_what_it_does_not_change(
    root: Path, before: dict[str, tuple[Any, ...]]
) -> None:
    append(f"{AREA}/_defaults.yaml", "# nothing\n")(root)
    assert documents(root) == before
    assert reached_since(root, "HEAD") == {slug for slug, file in tree(root).properties.items() if below(AREA)(file)}


SMALL = ("one hotel", "group defaults", "region defaults", "area defaults gone", "moved to another area", "hotel gone")


def test_what_is_not_reached_is_resolved_to_the_same_with_the_same_findings(tmp_path: Path) -> None:
    root = committed(tmp_path, 10)
    known = workspace(root, now=NOW)
    hotels = {hotel.slug: hotel for hotel in known.properties}
    for kind in SMALL:
        KINDS[kind][0](root)
        found = workspace(root, now=NOW)
        reached = reached_since(root, "HEAD")
        same = {hotel.slug for hotel in found.properties if hotel == hotels[hotel.slug]}
        assert same == set(tree(root).properties) - reached, kind
        told = {one.file for one in set(found.diagnostics) ^ set(known.diagnostics)}
        assert told <= {file for slug in reached for file in found.layers[slug]}, kind
        restore(root)
