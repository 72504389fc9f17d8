"""Generated schemas and loading agree on structure: what one refuses the other refuses, over tens of thousands of documents."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Annotated, Any, get_origin

import jsonschema_rs
import pytest
from pydantic import TypeAdapter, ValidationError

from reconciler.load import link_documents, overlay, policy_documents, types, workspace_documents
from reconciler.load.documents import PropertyDoc
from reconciler.load.parse import parse
from reconciler.load.workspace_documents import WorkspaceDoc
from tests.docs.pages import ROOT, base_property, base_workspace, blocks, page, replaced
from tests.docs.test_yaml_page import keys
from tests.load.agreement import mutants, seeds
from tests.load.agreement.judges import BEYOND_STRUCTURE, LOADING, SCHEMAS, as_json, assert_agreed

SEEDS = seeds.seeds()
EACH = [
    pytest.param(schema, document, id=f"{schema}-{number}")
    for schema, documents in SEEDS.items()
    for number, document in enumerate(documents)
]
TYPES = {
    name: value
    for module in (types, link_documents, policy_documents, workspace_documents)
    for name, value in vars(module).items()
    if get_origin(value) is Annotated and name != "CredentialDoc"
}
FILES = {
    "workspace.json": [ROOT / "reconciler.yaml", ROOT / "tests/load/whole/reconciler.yaml"],
    "property.json": [path for path in sorted((ROOT / "properties").rglob("*.yaml")) if path.name[0] != "_"]
    + [ROOT / "tests/load/whole/properties/iberia/lisbon-baixa.yaml"],
    "defaults.json": [*ROOT.glob("properties/**/_defaults.yaml"), ROOT / "tests/load/whole/properties/_defaults.yaml"],
}


@pytest.mark.parametrize("name", sorted(TYPES))
def test_every_type_and_its_schema_take_the_same_values(name: str) -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(TYPES[name])
    schema = jsonschema_rs.validator_for(adapter.json_schema())
    taken = 0
    for value in (*mutants.VALUES, *mutants.KEYS):
        try:
            adapter.validate_python(value, strict=True)
            codes = set()
        except ValidationError as error:
            codes = {one["type"] for one in error.errors()}
        if not codes & BEYOND_STRUCTURE:
            assert schema.is_valid(as_json(value)) == (not codes), (value, codes)
        taken += not codes
    assert taken, "no value that is sound"


@pytest.mark.parametrize(("schema", "document"), EACH)
def test_a_seed_is_sound_for_both(schema: str, document: dict[str, Any]) -> None:
    assert LOADING[schema](document) == []
    assert SCHEMAS[schema].is_valid(as_json(document))


@pytest.mark.parametrize(("schema", "document"), EACH)
def test_both_refuse_the_same_wrong_values(schema: str, document: dict[str, Any]) -> None:
    for mutant in mutants.with_other_values(document, every=9):
        assert_agreed(schema, mutant)


@pytest.mark.parametrize(("schema", "document"), EACH)
def test_both_refuse_the_same_wrong_keys(schema: str, document: dict[str, Any]) -> None:
    for mutant in islice(mutants.with_other_keys(document), 0, None, 3):
        assert_agreed(schema, mutant)


@pytest.mark.parametrize("schema", sorted(SEEDS))
def test_both_refuse_the_same_documents_with_several_faults(schema: str) -> None:
    sound = 0
    for document in mutants.with_several_faults(SEEDS[schema], 1500):
        assert_agreed(schema, document)
        sound += SCHEMAS[schema].is_valid(as_json(document))
    assert 200 < sound < 1300, "the documents are all sound, or all unsound"


def test_a_property_below_defaults_needs_not_say_what_they_say() -> None:
    below = {"kind": "Property", "id": "0b9f6a5e-5d0e-4a53-8f8e-2f6d1d0c7a11", "name": "Lisbon"}
    assert SCHEMAS["inheriting.json"].is_valid(below)
    assert not SCHEMAS["property.json"].is_valid(below)
    for document in SEEDS["property.json"]:
        assert SCHEMAS["inheriting.json"].is_valid(as_json(document))


@pytest.mark.parametrize(("schema", "model"), [("property.json", PropertyDoc), ("workspace.json", WorkspaceDoc)])
def test_the_seeds_use_every_key_of_the_language(schema: str, model: Any) -> None:
    used = {key for document in SEEDS[schema] for path, _ in mutants.nodes(document) for key in path}
    written_out = {
        key for document in SEEDS[schema] for path, _ in mutants.nodes(overlay.normal(document)) for key in path
    }
    assert set(keys(model)) - used - written_out == set()


@pytest.mark.parametrize(
    ("schema", "file"), [pytest.param(schema, file, id=file.name) for schema, files in FILES.items() for file in files]
)
def test_files_that_load_fit_their_schema(schema: str, file: Path) -> None:
    assert_fits(schema, file.read_text("utf-8"))


@pytest.mark.parametrize("info", ["property", "workspace", "defaults"])
def test_the_examples_of_the_documentation_fit_their_schema(info: str) -> None:
    base = {"property": base_property(), "workspace": base_workspace(), "defaults": ""}[info]
    examples = blocks(page("docs/yaml.md"), f"yaml {info}")
    assert examples
    for example in examples:
        assert_fits(f"{info}.json", replaced(base, example.text))


def assert_fits(schema: str, text: str) -> None:
    data, problems = parse(text)
    assert problems == []
    assert [error.message for error in SCHEMAS[schema].iter_errors(as_json(data))] == []
