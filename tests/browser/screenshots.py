"""The pictures of a report that the documentation shows. `python -m tests.browser.screenshots` makes them anew."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

from reconciler.report import html, plan
from tests.browser.chromium import browser
from tests.browser.plans import group
from tests.report import samples

if TYPE_CHECKING:
    from playwright.sync_api import Browser

IMAGES = Path(__file__).parents[2] / "docs" / "images"
_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_SIZES = {"desktop": (1280, 1800), "phone": (390, 1160)}


def pictures() -> dict[str, bytes]:
    """Each by the name of its file: one report in light and dark, on a desk from its top, in a hand at a property."""
    with TemporaryDirectory() as folder, browser() as started:
        file = Path(folder) / "report.html"
        file.write_text(html.render(plan.build(group(), digest=samples.DIGEST)), encoding="utf-8")
        return {
            f"report-{scheme}-{size}.png": _picture(started, file.as_uri(), scheme, size)
            for scheme in _SCHEMES
            for size in _SIZES
        }


def _picture(started: Browser, url: str, scheme: Literal["light", "dark"], size: str) -> bytes:
    width, height = _SIZES[size]
    with started.new_context(viewport={"width": width, "height": height}, color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(url)
        hotel = page.locator("details.property").filter(has=page.get_by_role("heading", name="lisbon-baixa"))
        hotel.locator("summary").click()
        hotel.locator(".lane").first.wait_for()
        page.mouse.move(0, 0)
        if size == "phone":
            hotel.evaluate("hotel => scrollTo(0, hotel.getBoundingClientRect().top + scrollY - 8)")
        lane = page.get_by_role("slider", name="double, booking.com, BAR · prices")
        lane.evaluate("lane => lane.focus({ preventScroll: true })")
        for key in (*("ArrowRight",) * 11, *("ArrowDown",) * 6):
            page.keyboard.press(key)
        lane.evaluate("(lane, top) => { if (top) scrollTo(0, 0); }", size == "desktop")
        return page.screenshot(animations="disabled")


def main() -> None:
    """Writes them where the documentation has them."""
    IMAGES.mkdir(exist_ok=True)
    for name, picture in pictures().items():
        (IMAGES / name).write_bytes(picture)


if __name__ == "__main__":
    main()
