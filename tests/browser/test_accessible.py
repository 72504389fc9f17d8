"""axe finds nothing to object to, in light and dark, on a desk and in a hand; and all of it fits the width."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from axe_playwright_python.base import AXE_FILE_PATH

from tests.browser.chromium import DESKTOP, PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def _objections(page: Page) -> list[object]:
    page.evaluate(Path(AXE_FILE_PATH).read_text(encoding="utf-8"))
    found, held = page.evaluate("axe.run().then(({ violations, passes }) => [violations, passes.length])")
    assert held > 15
    return [(v["id"], v["impact"], [node["html"][:200] for node in v["nodes"][:3]]) for v in found]


@pytest.mark.parametrize("scheme", _SCHEMES)
@pytest.mark.parametrize("name", ["findings", "providers", "run"])
def test_axe_finds_nothing_in_reports_without_calendars(
    name: str, scheme: Literal["light", "dark"], browser: Browser, drawn: Callable[[str], Path]
) -> None:
    with browser.new_context(color_scheme=scheme, bypass_csp=True) as context:
        page = context.new_page()
        page.goto(drawn(name).as_uri())
        assert _objections(page) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", _SCHEMES)
@pytest.mark.parametrize("name", ["group", "drift"])
def test_axe_finds_nothing(
    name: str,
    scheme: Literal["light", "dark"],
    size: tuple[int, int],
    browser: Browser,
    drawn: Callable[[str], Path],
) -> None:
    """The page's policy is set aside for axe alone, which is no part of the page."""
    with browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, bypass_csp=True
    ) as context:
        page = context.new_page()
        page.goto(drawn(name).as_uri())
        page.evaluate(
            "for (const details of [...document.querySelectorAll('details')].slice(0, 4)) details.open = true"
        )
        page.locator(".calendars").first.scroll_into_view_if_needed()
        page.wait_for_selector(".lane")
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert _objections(page) == []
