"""Runs as reports: what one run did, operation by operation, and the list of runs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from reconciler.engine.planner import calendar_of
from reconciler.kinds import KINDS
from reconciler.model.calendar import Calendar
from reconciler.model.journal import JournalEntry, Outcome, Run, RunStatus
from reconciler.model.plan import Label
from reconciler.model.state import Json
from reconciler.report.contract import FORMAT_VERSION, Entry, Line, Report, Section, Sign, Table, Tone, count
from reconciler.report.nights import moment
from reconciler.report.plan import SIGNS, calendar_lines
from reconciler.report.values import NOTHING, document_change

OUTCOMES = {
    Outcome.APPLIED: ("applied", Tone.GOOD),
    Outcome.FAILED: ("failed", Tone.ERROR),
    Outcome.UNKNOWN: ("unknown", Tone.WARNING),
    Outcome.NOT_ATTEMPTED: ("not attempted", Tone.QUIET),
    None: ("under way", Tone.WARNING),
}
"""What became of an operation, in words, in the order in which they are counted; None: nothing yet."""
_SIGNS = {action.value: sign for action, sign in SIGNS.items()}
_COLUMNS = ("run", "started", "took", "verb", "environment", "status", "by", "operations", "commit")


def build(run: Run, entries: Sequence[JournalEntry]) -> Report:
    """One run with everything it tried, in the order in which it tried it, by property."""
    by_property: dict[str, list[JournalEntry]] = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: entry.seq):
        by_property[entry.address.property].append(entry)
    return Report(
        subject="run",
        title=f"Run {run.id}: {run.verb} in {run.environment}",
        verdict=f"{_status(run)}: {_counted(entries) or 'nothing was tried'}.",
        data=lambda: to_json(run, entries),
        environment=run.environment,
        facts=_facts(run),
        sections=tuple(_section(run, slug, found) for slug, found in sorted(by_property.items())),
    )


def build_list(runs: Sequence[Run]) -> Report:
    """The runs in the order given."""
    verdict = f"{count(len(runs), 'run')}." if runs else "No runs."
    table = Table(_COLUMNS, tuple(_row(run) for run in runs))
    return Report(
        subject="runs",
        title="Runs",
        verdict=verdict,
        data=lambda: {"format_version": FORMAT_VERSION, "runs": [_run(run) for run in runs]},
        sections=(Section("", table=table),) if runs else (),
    )


def _status(run: Run) -> str:
    if run.status is RunStatus.RUNNING:
        return "Running, or cut off and not settled yet"
    return run.status.value.capitalize()


def _counted(entries: Iterable[JournalEntry]) -> str:
    by = Counter(_outcome(entry) for entry in entries)
    return ", ".join(f"{by[outcome]:,} {word}" for outcome, (word, _) in OUTCOMES.items() if by[outcome])


def _outcome(entry: JournalEntry) -> Outcome | None:
    """What became of it; without an intent it was never tried."""
    return Outcome.NOT_ATTEMPTED if entry.outcome is None and entry.intent_at is None else entry.outcome


def _facts(run: Run) -> tuple[tuple[str, str], ...]:
    known = (
        ("started", moment(run.started_at)),
        ("finished", moment(run.finished_at)),
        ("by", _by(run)),
        ("version", run.tool_version),
        ("commit", run.commit or ""),
        ("plan", run.plan_digest or ""),
        ("change", str(run.summary.get("change") or "")),
    )
    return tuple((name, value) for name, value in known if value)


def _by(run: Run) -> str:
    return f"{run.os_user}@{run.host} (process {run.pid})"


def _section(run: Run, slug: str, entries: Sequence[JournalEntry]) -> Section:
    return Section(
        slug, run.environment, _counted(entries), entries=tuple(_entry(entry, run.started_at.year) for entry in entries)
    )


def _entry(entry: JournalEntry, year: int) -> Entry:
    word, tone = OUTCOMES[_outcome(entry)]
    name = entry.address.within_property()
    return Entry(
        _SIGNS.get(entry.action, Sign.UPDATE),
        f"{name} ({entry.label})" if entry.label in (Label.HORIZON, Label.LOWER, Label.RAISE) else name,
        word,
        (*_changed(entry, year), *_told(entry)),
        tone,
        address=entry.address,
    )


def _changed(entry: JournalEntry, year: int) -> tuple[Line, ...]:
    before, after = entry.before, entry.after
    if isinstance(before, Calendar) or isinstance(after, Calendar):
        return calendar_lines(calendar_of(before), calendar_of(after), Calendar(), NOTHING, year)
    return document_change(before, after, NOTHING)


def _told(entry: JournalEntry) -> tuple[Line, ...]:
    messages = (f"message {', '.join(entry.messages)}",) if entry.messages else ()
    return tuple((text,) for text in (entry.detail, *messages) if text)


def _row(run: Run) -> tuple[str, ...]:
    return (
        run.id,
        moment(run.started_at),
        _took(run),
        run.verb,
        run.environment,
        run.status.value,
        f"{run.os_user}@{run.host}",
        _operations(run.summary),
        (run.commit or "")[:12],
    )


def _operations(summary: Mapping[str, Json]) -> str:
    """What a run's summary counts by outcome, in words."""
    outcomes = summary.get("outcomes")
    counted = outcomes if isinstance(outcomes, dict) else summary
    named = ((key, value) for key, value in sorted(counted.items()) if type(value) is int and value > 0)
    return ", ".join(f"{value:,} {key.replace('_', ' ')}" for key, value in named)


def _took(run: Run) -> str:
    if run.finished_at is None:
        return ""
    minutes, seconds = divmod((run.finished_at - run.started_at) // timedelta(seconds=1), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def to_json(run: Run, entries: Sequence[JournalEntry]) -> dict[str, Json]:
    """One run and its entries."""
    ordered = sorted(entries, key=lambda entry: entry.seq)
    return {"format_version": FORMAT_VERSION, "run": _run(run), "entries": [_attempt(entry) for entry in ordered]}


def _run(run: Run) -> dict[str, Json]:
    return {
        "id": run.id,
        "environment": run.environment,
        "verb": run.verb,
        "status": run.status.value,
        "started_at": run.started_at.isoformat(),
        "finished_at": None if run.finished_at is None else run.finished_at.isoformat(),
        "host": run.host,
        "pid": run.pid,
        "os_user": run.os_user,
        "tool_version": run.tool_version,
        "plan_digest": run.plan_digest,
        "commit": run.commit,
        "summary": run.summary,
    }


def _attempt(entry: JournalEntry) -> dict[str, Json]:
    kind = KINDS[entry.address.kind]
    return {
        "seq": entry.seq,
        "address": str(entry.address),
        "action": entry.action,
        "label": entry.label,
        "before": kind.to_json(entry.before),
        "after": kind.to_json(entry.after),
        "outcome": outcome.value if (outcome := _outcome(entry)) else None,
        "intent_at": entry.intent_at.isoformat() if entry.intent_at else None,
        "outcome_at": entry.outcome_at.isoformat() if entry.outcome_at else None,
        "detail": entry.detail,
        "messages": list(entry.messages),
    }
