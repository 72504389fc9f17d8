"""One browser for all tests of a process, and the pages that they open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reconciler.report import html, plan
from reconciler.report.contract import Report
from tests.browser import chromium
from tests.browser.plans import group, large
from tests.report import samples
from tests.report.test_golden import REPORTS as GOLDEN
from tests.report.test_hostile_text import NASTY, reports
from tests.report.test_html import BREAKS_OUT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

REPORTS: dict[str, Callable[[], Report]] = GOLDEN | {
    "group": lambda: plan.build(group(), digest=samples.DIGEST),
    "large": lambda: plan.build(large(), digest=samples.DIGEST),
    "fifty": lambda: plan.build(large(50, nights=60), digest=samples.DIGEST),
    "hostile": lambda: reports(" ".join((*NASTY, *BREAKS_OUT)))[0],
}


class Opened:
    """A page with what it asked for and complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if chromium.installed() is None:
        pytest.skip("no Chromium is installed on this system")
    with chromium.browser() as started:
        yield started


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The page of a report of that name as a file, drawn once."""
    folder = tmp_path_factory.mktemp("pages")

    def file(name: str) -> Path:
        path = folder / f"{name}.html"
        if not path.exists():
            path.write_text(html.render(REPORTS[name]()), encoding="utf-8")
        return path

    return file


@pytest.fixture
def opened(browser: Browser, drawn: Callable[[str], Path]) -> Iterator[Callable[[str], Opened]]:
    """Opens the page of a report; afterwards nothing may have been asked of a network, and nothing complained of."""
    context = browser.new_context(viewport={"width": chromium.DESKTOP[0], "height": chromium.DESKTOP[1]})
    pages: list[tuple[str, Opened]] = []

    def open_page(name: str) -> Opened:
        url = drawn(name).as_uri()
        page = Opened(context.new_page())
        pages.append((url, page))
        page.page.goto(url)
        return page

    yield open_page
    for url, page in pages:
        assert set(page.requests) == {url}
        assert page.complaints == []
    context.close()
