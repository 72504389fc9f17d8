"""The verb `explain`: where a value comes from. Looks at nothing but the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from reconciler.errors import UsageError
from reconciler.load.explaining import Source, explain, fields_of, sources, written
from reconciler.load.explaining.addresses import DATED
from reconciler.load.files import WORKSPACE_FILE, File, read
from reconciler.model.address import DATABASE, WORKSPACE, Address
from reconciler.model.calendar import Calendar
from reconciler.model.capabilities import Capabilities
from reconciler.model.diagnostics import did_you_mean
from reconciler.model.explanation import Answer, Explained
from reconciler.model.property import PROVIDERS
from reconciler.model.state import Value
from reconciler.runtime.comparing import Side, wanted


def explained(
    root: Path, asked: str, night: date | None, now: datetime, side: Side, capabilities: Mapping[str, Capabilities]
) -> Answer:
    """Where the value at an address, or at a path in the files, comes from. Raises UsageError for what does not exist."""
    slug, _, rest = asked.strip("/").partition("/")
    if not rest:
        raise UsageError(
            f"`{asked}` is neither an address nor a path", hint="such as lisbon-baixa/expedia/rates/double/BAR"
        )
    if slug == WORKSPACE:
        path = rest.removeprefix(f"{DATABASE}/schedule/")
        return Answer(_written(asked, rest if path == rest else f"schedules/{path}", [read(root, WORKSPACE_FILE)]))
    found = sources(root, now, (slug,))
    if slug not in found:
        known = [hotel.slug for hotel in side.loaded.properties]
        raise UsageError(f"there is no property `{slug}`", hint=did_you_mean(slug, known))
    source = found[slug]
    if rest.split("/")[0] not in (DATABASE, *PROVIDERS):
        return Answer(_written(asked, rest, source.layers))
    return _address(asked, night, source, wanted(side, capabilities))


def _written(asked: str, path: str, layers: Sequence[File]) -> Explained:
    keys = tuple(int(key) if key.isdecimal() and len(key) < 4 else key for key in path.split("/"))
    for spelled in (keys, tuple(str(key) for key in keys)):
        if (found := written(asked, spelled, layers)) is not None:
            return found
    raise UsageError(
        f"nothing is written at `{path}`", hint="keys of the YAML with / between them: rate_plans/BAR/name"
    )


def _address(asked: str, night: date | None, source: Source, everything: Mapping[Address, Value]) -> Answer:
    known = {str(address): address for address in everything if address.property == source.hotel.slug}
    if asked not in known:
        raise UsageError(f"git wants nothing at `{asked}`", hint=did_you_mean(asked, known))
    address, value = known[asked], everything[known[asked]]
    if not isinstance(value, Calendar):
        return Answer(fields_of(source, address, value))
    assert address.kind in DATED
    window = source.hotel.window
    at = night or window.start
    if not window.start <= at < window.until:
        raise UsageError(f"{at} is not within the horizon, {window.start} up to {window.until}")
    answer = explain(source, address, at)
    return Answer(replace(answer, notes=() if night else ("give --night for another night",)), value)
