"""The pictures that pages show are there, and small enough to be kept. `python -m tests.browser.screenshots` makes them."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import DOCS, page

_PICTURE = re.compile(r"!\[(?P<said>[^\]]*)\]\((?P<file>images/[^)]+)\)")
_PICTURES = [found for path in sorted(DOCS.glob("*.md")) for found in _PICTURE.finditer(page(f"docs/{path.name}"))]


@pytest.mark.parametrize("picture", _PICTURES, ids=lambda found: found["file"])
def test_a_picture_is_there_and_said_in_words(picture: re.Match[str]) -> None:
    assert (DOCS / picture["file"]).is_file()
    assert len(picture["said"]) > 20


def test_pictures_are_small_and_the_report_is_shown_in_light_and_dark_on_a_desk_and_in_a_hand() -> None:
    sizes = {path.name: path.stat().st_size for path in (DOCS / "images").glob("*.png")}
    assert {f"report-{scheme}-{size}.png" for scheme in ("light", "dark") for size in ("desktop", "phone")} <= set(
        sizes
    )
    assert {name: size for name, size in sizes.items() if size > 250_000} == {}
