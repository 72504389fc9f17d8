"""What is asked for by name on the command line exists: a slip of the pen is told, and is never taken for "nothing to do".

Looks at names alone. Whether a property has such an address is known only when it is planned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.errors import UsageError
from reconciler.model.address import DATABASE, matches
from reconciler.model.diagnostics import did_you_mean
from reconciler.model.policies import Policy
from reconciler.model.property import BOOKING, EXPEDIA

_SEGMENTS = 4
"""No address has fewer: `<property>/<target>/<kind>/<key...>`."""


def check_globs(globs: Iterable[str]) -> None:
    """Raises UsageError for a glob over addresses that no address can fit, whatever the files say."""
    from reconciler.kinds import KINDS

    for glob in globs:
        segments = glob.split("/")
        for place, word, known in ((1, "target", (DATABASE, EXPEDIA, BOOKING)), (2, "kind", tuple(KINDS))):
            asked = segments[place] if place < len(segments) else ""
            if any("**" in segment for segment in segments[: place + 1]):
                break
            if asked and not any(matches(asked, name) for name in known):
                raise UsageError(
                    f"`{glob}` fits no address: there is no {word} `{asked}`", hint=did_you_mean(asked, known)
                )
        if len(segments) < _SEGMENTS and "**" not in glob:
            raise UsageError(
                f"`{glob}` fits no address: one is <property>/<target>/<kind>/<key>",
                hint="`**` stands for any number of segments, as in '*/expedia/**'",
            )


def check_rules(consents: Iterable[str], policies: Mapping[str, Policy]) -> None:
    """Raises UsageError for consent to a rule that does not exist."""
    from reconciler.policy import rules

    known = rules(policies)
    for rule in consents:
        if rule not in known:
            raise UsageError(f"there is no rule `{rule}` to consent to", hint=did_you_mean(rule, known))
