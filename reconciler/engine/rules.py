"""Whose rules a proposed change is judged by: those of the revision that it is proposed to, never its own.

Where secrets are, where they are sent, and what a plan must not do are rules. A proposal may change them; what it changes is named, and
holds once it is merged. What should be true of the hotels comes from the proposal all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.model.property import Property
from reconciler.model.workspace import Workspace

RULES = ("environments", "providers", "credentials", "policies", "plan_ttl")
"""The parts of reconciler.yaml that are rules; schedules and events are state that a plan brings about."""

Credentials = Mapping[tuple[str, str], str | None]
"""Which credentials a property has at a provider, by (property, provider)."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a revision."""

    revision: str
    workspace: Workspace
    credentials: Credentials


def credentials_of(hotels: Iterable[Property]) -> Credentials:
    """The names of the credentials of these properties."""
    return {(hotel.slug, name): link.credentials for hotel in hotels for name, link in hotel.providers.items()}


def under(proposed: Workspace, rules: Workspace) -> Workspace:
    """The proposed workspace under the rules of another revision."""
    return replace(proposed, **{name: getattr(rules, name) for name in RULES})


def told_of_settings(keys: tuple[str, ...], rules: Rules) -> Diagnostic:
    """That the rule with these keys in reconciler.yaml is proposed to be another."""
    return _told(f"{'.'.join(keys)} is changed", rules.revision)


def told_of_hotels(hotels: Iterable[Property], rules: Rules) -> Iterator[Diagnostic]:
    """Which properties are proposed to have other credentials."""
    for hotel in hotels:
        for name, link in sorted(hotel.providers.items()):
            before = rules.credentials.get((hotel.slug, name), link.credentials)
            if before != link.credentials:
                said = f"the credentials at {name} become `{link.credentials}` instead of `{before}`"
                yield replace(_told(said, rules.revision), file=hotel.file, address=f"{hotel.slug}/{name}")


def keys_changed(proposed: Workspace, rules: Workspace) -> Iterator[tuple[str, ...]]:
    """The keys of every rule in reconciler.yaml that is proposed to be another, in order."""
    for name in RULES:
        here, there = getattr(proposed, name), getattr(rules, name)
        if isinstance(here, Mapping):
            yield from ((name, key) for key in sorted({*here, *there}) if here.get(key) != there.get(key))
        elif here != there:
            yield (name,)


def _told(said: str, revision: str) -> Diagnostic:
    return Diagnostic(
        "rules-changed",
        f"{said}: it takes effect after the merge, and this plan is judged by the rules of {revision[:12]}",
        Severity.WARNING,
        "a change of rules is best reviewed alone, before what needs it",
    )
