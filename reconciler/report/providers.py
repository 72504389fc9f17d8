"""What each target can do, as a report: the matrix of kinds and targets, and what each claim rests on. All of it from capabilities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconciler.kinds import KINDS
from reconciler.model.capabilities import Capabilities, KindSupport
from reconciler.model.state import Json
from reconciler.report.contract import FORMAT_VERSION, Report, Section, Table, count

_COLUMNS = ("kind", "access", "fields", "rests on")


def build(targets: Sequence[Capabilities]) -> Report:
    """The matrix first, then each target by itself."""
    matrix = Table(
        ("kind", *(target.target for target in targets)),
        tuple((kind, *(_cell(target, kind) for target in targets)) for kind in KINDS),
    )
    return Report(
        subject="providers",
        title="Kinds and targets",
        verdict=f"{count(len(KINDS), 'kind')} at {count(len(targets), 'target')}.",
        data=lambda: {"format_version": FORMAT_VERSION, "targets": [_to_json(target) for target in targets]},
        sections=(Section("", table=matrix), *(_section(target) for target in targets)),
    )


def _cell(target: Capabilities, kind: str) -> str:
    access = target.access(kind)
    return access.value if access else "–"


def _section(target: Capabilities) -> Section:
    rows = ((kind, support.access.value, _fields(support), support.rests_on) for kind, support in _in_order(target))
    return Section(
        target.target,
        summary=f"{count(target.horizon, 'night')} from today on",
        notices=target.notes,
        table=Table(_COLUMNS, tuple(rows)),
    )


def _in_order(target: Capabilities) -> Iterable[tuple[str, KindSupport]]:
    return (
        (kind, target.kinds[kind]) for kind in (*KINDS, *sorted({*target.kinds} - {*KINDS})) if kind in target.kinds
    )


def _fields(support: KindSupport) -> str:
    """The fields that can be expressed, with their limits; those that an acknowledged kind reads all the same are marked."""
    return ", ".join(_field(support, name) for name in sorted(support.fields))


def _field(support: KindSupport, name: str) -> str:
    limits = support.limits.get(name)
    marks = [f"{limits[0]}–{limits[1]}"] if limits else []
    if name in support.readable:
        marks.append("read back")
    return f"{name} ({', '.join(marks)})" if marks else name


def _to_json(target: Capabilities) -> Json:
    return {
        "target": target.target,
        "horizon": target.horizon,
        "notes": list(target.notes),
        "kinds": {kind: _support(support) for kind, support in _in_order(target)},
    }


def _support(support: KindSupport) -> Json:
    return {
        "access": support.access.value,
        "fields": list[Json](sorted(support.fields)),
        "readable": list[Json](sorted(support.readable)),
        "limits": {name: list(support.limits[name]) for name in sorted(support.limits)},
        "rests_on": support.rests_on,
    }
