"""docs/yaml.md: every example loads, every key of the language is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from reconciler.load import Loaded
from reconciler.load.documents import PropertyDoc
from reconciler.load.workspace_documents import WorkspaceDoc
from reconciler.model.property import PlanType
from tests.docs.pages import Block, base_property, base_workspace, blocks, load, page, replaced

YAML = page("docs/yaml.md")


def name(block: Block) -> str:
    return f"line {block.line}, {block.heading}"


def wrong(loaded: Loaded) -> list[str]:
    return [f"{d.line}: {d.severity.value}[{d.code}] {d.message}" for d in loaded.diagnostics]


@pytest.mark.parametrize("block", blocks(YAML, "yaml property"), ids=name)
def test_an_example_of_a_property_loads(block: Block, tmp_path: Path) -> None:
    loaded = load(tmp_path, hotel=replaced(base_property(), block.text))
    assert wrong(loaded) == []
    assert [hotel.slug for hotel in loaded.properties] == ["harbour-house"]


@pytest.mark.parametrize("block", blocks(YAML, "yaml workspace"), ids=name)
def test_an_example_of_the_workspace_loads(block: Block, tmp_path: Path) -> None:
    assert wrong(load(tmp_path, settings=replaced(base_workspace(), block.text))) == []


@pytest.mark.parametrize("block", blocks(YAML, "yaml defaults"), ids=name)
def test_an_example_of_defaults_is_inherited(block: Block, tmp_path: Path) -> None:
    loaded = load(tmp_path, defaults=block.text)
    assert wrong(loaded) == []
    window = loaded.properties[0].window
    assert (window.until - window.start).days == 400


def test_the_complete_files_load_without_a_diagnostic(tmp_path: Path) -> None:
    assert wrong(load(tmp_path)) == []


def test_no_example_is_left_out() -> None:
    known = ("yaml", "yaml property", "yaml workspace", "yaml defaults")
    assert sum(len(blocks(YAML, info)) for info in known) == YAML.count("```yaml")
    assert len(blocks(YAML, "yaml")) == 2


@pytest.mark.parametrize("model", [PropertyDoc, WorkspaceDoc])
def test_every_key_of_the_language_is_described(model: type[BaseModel]) -> None:
    text = YAML + page("docs/policies.md")
    missing = {
        key for key in keys(model) if f"`{key}`" not in text and f".{key}`" not in text and f"{key}:" not in text
    }
    assert missing == set()


@pytest.mark.parametrize("kind", PlanType)
def test_every_type_of_rate_plan_is_described(kind: PlanType) -> None:
    assert f"`{kind.value}`" in YAML


def keys(model: type[BaseModel]) -> Iterator[str]:
    seen: set[type[BaseModel]] = set()
    todo = [model]
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        for key, field in one.model_fields.items():
            yield field.alias or key
            todo += list(models(field.annotation))


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) in (Annotated, Union, UnionType, dict, list, tuple):
        for part in get_args(annotation):
            yield from models(part)
