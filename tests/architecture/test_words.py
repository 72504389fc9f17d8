"""One word for each thing; a text that speaks of hotels and providers, and not of how it came about."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.source import everything_written, name, text

_SYNONYMS = {
    r"channel manager": "the reconciler, or a provider",
    r"\bOTA's\b": "provider",
    r"\bblackout(s| date)?\b": "closed night",
    r"\bstop sale\b": "closed, or stop-sell",
    r"\brate ?plan type codes?\b": "type of the rate plan",
    r"\bmanifest(s)?\b": "property file",
}
"""Words that this project has another word for."""
_OF_THE_FORMATS = ("reconciler/providers/", "reconciler/sandbox/", "reconciler/store/", "tests/")
"""Where the words of others are spelled as they spell them."""

_PROCESS = (
    r"\bissue (tracker|#?\d+)\b",
    r"\bissue #?\d+",
    r"\bAI[- ](agent|assistant|generated)\b",
    r"\b(coding|language) (agent|model)s?\b",
    r"\bthis session\b",
    r"\bthe brief\b",
    r"\bprompt(ed)? (engineering|by)\b",
    r"# ?(TODO|FIXME|XXX)\b",
    r"NotImplementedError",
)
_PLACES = (r"/work/", r"/home/[a-z]", r"/root/", r"\bshared/(design|seed|ota|research)")
_REGISTRIES = (r"pypi\.org", r"files\.pythonhosted", r"artifactory", r"nexus", r"--index-url\b", r"proxy\.golang")

_TEXTS = [path for path in everything_written() if path.name != Path(__file__).name]
_LOCAL = {".ci/run"}
"""Names the folder of references beside the project, where there is one."""


@pytest.mark.parametrize("wrong", _SYNONYMS)
def test_each_thing_has_one_word(wrong: str) -> None:
    places = [path for path in _TEXTS if not name(path).startswith(_OF_THE_FORMATS)]
    assert _found(wrong, places) == [], f"say {_SYNONYMS[wrong]}"


@pytest.mark.parametrize("word", _PROCESS)
def test_no_text_speaks_of_how_it_was_made(word: str) -> None:
    assert _found(word, _TEXTS) == []


@pytest.mark.parametrize("place", _PLACES)
def test_no_text_names_a_place_on_one_machine(place: str) -> None:
    assert _found(place, [path for path in _TEXTS if name(path) not in _LOCAL]) == []


@pytest.mark.parametrize("host", _REGISTRIES)
def test_no_text_names_a_package_registry(host: str) -> None:
    assert _found(host, _TEXTS) == []


def _found(pattern: str, places: list[Path]) -> list[str]:
    wanted = re.compile(pattern, re.IGNORECASE)
    return [
        f"{name(path)}:{number}: {line.strip()[:120]}"
        for path in places
        for number, line in enumerate(text(path).splitlines(), 1)
        if wanted.search(line)
    ]
