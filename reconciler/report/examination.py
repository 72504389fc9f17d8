"""What was examined, as a report: everything of a few properties, and of many what is not as it should be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from reconciler.model.examination import Examined, Verdict
from reconciler.model.state import Json
from reconciler.report.contract import FORMAT_VERSION, Report, Section, Table, count

_COLUMNS = ("", "looked at", "seen", "what to do")
_WORDS = {Verdict.ERROR: "wrong", Verdict.WARNING: "doubtful", Verdict.UNSEEN: "look", Verdict.OK: "ok"}
_MANY = 3
"""Of more properties than these, what is as it should be is only counted."""


def build(examined: Sequence[Examined]) -> Report:
    """The report; `slug` by `slug`, what concerns all first."""
    slugs = sorted({one.slug for one in examined})
    few = len([slug for slug in slugs if slug]) <= _MANY
    sections = [_section(slug, [one for one in examined if one.slug == slug], whole=few or not slug) for slug in slugs]
    quiet = sum(section is None for section in sections)
    counts = Counter(one.verdict for one in examined)
    told = ", ".join(f"{counts[verdict]} {_WORDS[verdict]}" for verdict in Verdict if counts[verdict])
    return Report(
        subject="doctor",
        title="What safe running assumes",
        verdict=f"{count(len(examined), 'thing')} looked at: {told}.",
        data=lambda: _to_json(examined),
        sections=tuple(section for section in sections if section),
        remainder=(f"{count(quiet, 'property', 'properties')} as it should be.",) if quiet else (),
    )


def _section(slug: str, examined: Iterable[Examined], *, whole: bool) -> Section | None:
    rows = tuple(
        (_WORDS[one.verdict], one.subject, one.said, one.hint)
        for one in examined
        if whole or one.verdict is not Verdict.OK
    )
    return Section(slug, table=Table(_COLUMNS, rows)) if rows else None


def _to_json(examined: Iterable[Examined]) -> dict[str, Json]:
    listed: list[Json] = [
        {
            "property": one.slug or None,
            "subject": one.subject,
            "verdict": one.verdict.value,
            "message": one.said,
            "hint": one.hint or None,
        }
        for one in examined
    ]
    return {"format_version": FORMAT_VERSION, "examined": listed}
