"""Freeze: windows in which nothing changes, and windows outside of which nothing changes. What denies wins over what allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from reconciler.model.plan import Operation
from reconciler.model.policies import Freeze, Window, fits
from reconciler.policy.contract import Case, Check, Violation


def _judge(case: Case, parameters: Freeze) -> Iterator[Violation]:
    denied: Counter[tuple[str, str]] = Counter()
    for op in case.operations:
        name = _refusing(case, op, parameters.windows)
        if name is not None:
            denied[name, op.address.property] += 1
    for (name, slug), count in sorted(denied.items()):
        yield _violation(name, parameters.windows[name], slug, count)


def _refusing(case: Case, op: Operation, windows: Mapping[str, Window]) -> str | None:
    """The window that refuses the operation: one that denies now; else, where some allow and none does now, the first of them."""
    concerned = {name: window for name, window in windows.items() if _about(window, op)}
    denying = [name for name, one in concerned.items() if not one.allow and _open(case, one, op.address.property)]
    allowing = [name for name, one in concerned.items() if one.allow]
    if denying or any(_open(case, windows[name], op.address.property) for name in allowing):
        return denying[0] if denying else None
    return allowing[0] if allowing else None


def _about(window: Window, op: Operation) -> bool:
    return fits(window.properties, op.address.property) and (not window.kinds or op.address.kind in window.kinds)


def _open(case: Case, window: Window, slug: str) -> bool:
    """Whether it is that time; what belongs to no property goes by UTC."""
    now = case.local.get(slug, case.now.replace(tzinfo=None))
    return window.start <= now < window.until


def _violation(name: str, window: Window, slug: str, count: int) -> Violation:
    what = "1 operation" if count == 1 else f"{count} operations"
    until = f"{window.until:%Y-%m-%d %H:%M}"
    if window.allow:
        said = f"{what} outside of policies.freeze.{name}, which allows changes from {window.start:%Y-%m-%d %H:%M} until {until}"
    else:
        said = f"{what} while policies.freeze.{name} lets nothing change until {until}"
    return Violation(f"{said}, local time", "wait", slug, slug, severity=window.severity)


FREEZE = Check("freeze", _judge)
