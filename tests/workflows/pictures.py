"""The pictures of README.md: the comment and the report of a pull request that went through the whole pipeline.

`python -m tests.workflows.pictures` makes them anew. The comment is Markdown; it is drawn here about as code hosts draw it.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from markdown_it import MarkdownIt

from reconciler.sandbox.server import running
from reconciler.store.connect import open_database
from reconciler.wiring import prepare_database
from tests.browser.chromium import browser
from tests.workflows.conftest import FILE, PLAIN, Repository, set_up
from tests.workflows.standin import GitHubStandIn, standing_in

IMAGES = Path(__file__).parents[2] / "docs" / "images"
_STYLE = """
body { margin: 0; padding: 24px; background: #fff; color: #1f2328; font: 14px/1.5 "Noto Sans", Arial, sans-serif; }
main { border: 1px solid #d1d9e0; border-radius: 6px; width: 860px; }
header { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; border-radius: 6px 6px 0 0; padding: 8px 16px; color: #59636e; }
header b { color: #1f2328; }
article { padding: 16px; }
h4 { font-size: 16px; margin: 20px 0 8px; }
code { background: #818b981f; border-radius: 6px; font: 12px monospace; padding: .2em .4em; overflow-wrap: anywhere; }
pre { background: #f6f8fa; border-radius: 6px; padding: 12px; overflow: hidden; }
pre code { background: none; padding: 0; white-space: pre; }
pre .add { background: #dafbe1; color: #116329; display: block; }
pre .del { background: #ffebe9; color: #82071e; display: block; }
ul { padding-left: 24px; }
a { color: #0969da; }
"""


def pictures() -> dict[str, bytes]:
    """Each by the name of its file."""
    with TemporaryDirectory() as name, running() as sandbox, standing_in(GitHubStandIn()) as host:
        folder = Path(name)
        with open_database("embedded", folder) as url:
            prepare_database(url, embedded=True)
            repository = set_up(folder, url, sandbox, host, "github")
            review = _reviewed(repository)
        with browser() as started, started.new_context(viewport={"width": 908, "height": 1000}) as context:
            page = context.new_page()
            page.set_content(_drawn((review / "comment.md").read_text("utf-8")))
            comment = page.screenshot(full_page=True)
            page.set_viewport_size({"width": 1000, "height": 1100})
            page.goto((review / "report.html").as_uri())
            hotel = page.locator("details.property").first
            if hotel.get_attribute("open") is None:
                hotel.locator("summary").first.click()
            hotel.locator(".lane").first.wait_for()
            hotel.evaluate("hotel => scrollTo(0, hotel.getBoundingClientRect().top + scrollY - 12)")
            report = page.screenshot(animations="disabled")
    return {"comment.png": comment, "report.png": report}


def _reviewed(repository: Repository) -> Path:
    """What the pipeline kept of a change that raises prices, moves units and closes some nights."""
    today = repository.world.today
    fair = f"{today + timedelta(days=20)}..{today + timedelta(days=24)}"
    repair = f"{today + timedelta(days=9)}..{today + timedelta(days=11)}"
    repository.propose(3, "horizon: 40", "horizon: 180")
    repository.merge(3)
    repository.world.apply()
    text = (repository.folder / FILE).read_text("utf-8")
    assert text != PLAIN
    special = f"overrides: {{web-summit: {{nights: {fair}, set: 350.00}}}}"
    changes = {
        "days: {weekend: 140.00}": "days: {weekend: 149.00}",
        "suite: {derive: {from: double, change: +90.00}}": f"suite: {{derive: {{from: double, change: +90.00}}, {special}}}",
        "{direct: 5, expedia: 8, booking.com: 7,": "{direct: 5, expedia: 6, booking.com: 9,",
        "units: 6, occ": f"units: 6, closed: {{overrides: {{painting: {{nights: {repair}, set: true}}}}}}, occ",
    }
    for old, new in changes.items():
        repository.propose(12, old, new)
    repository.plan(12)
    name = f"reconciler-plan-production-{repository.host.pulls[12].head}"
    return next(run.artefacts[name] for run in repository.host.runs if name in run.artefacts)


def _drawn(text: str) -> str:
    body = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable("table").render(text)
    body = re.sub(r"(?m)^(\+ .*)$", r'<span class="add">\1</span>', body)
    body = re.sub(r"(?m)^(- (?!\*).*)$", r'<span class="del">\1</span>', body)
    return (
        f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style>"
        f"<main><header><b>github-actions</b> commented</header><article>{body}</article></main>"
    )


def main() -> None:
    """Writes them where README.md has them."""
    for name, picture in pictures().items():
        (IMAGES / name).write_bytes(picture)


if __name__ == "__main__":
    main()
