"""Faults to order: which request is to go wrong, and how. Deciding is pure; the server carries it out.

As JSON:

    {"match": {"provider": "expedia", "operation": "ar", "path": "/eqc/ar", "hotel": "42", "nth": 1, "times": 1},
     "kind": "latency" | "status" | "drop_before" | "drop_after" | "partial" | "truncate" | "ignore" | "misread" | "rewrite", ...}

Every part of `match` may be left out. `nth` counts matching requests from now on (1: the next), `times` is how many in a
row are hit (0: all from then on). Further keys by kind:

    latency      seconds (a number): carried out at once, the reply is held back, the hotel's connection stays busy meanwhile
    status       status (429, 500, 503, ...), retry_after (seconds, optional), after (true: the change is carried out first),
                 body (text, optional: what the reply says)
    drop_before  the connection is closed without a reply, nothing was done
    drop_after   the connection is closed without a reply, everything was done
    partial      items (list of indexes from 0, default [0]): these update elements are refused, the others applied; for
                 Expedia `ar` an AvailRateUpdate (warning 7000), for Booking.com `availability` a date element
    truncate     bytes (default: half): the reply is cut off there, after everything was done
    ignore       the reply says that everything was done, and nothing was
    misread      pattern, by (regular expression and what stands for its matches): the request is taken to say that
    rewrite      pattern, by: the reply says that instead
"""

import re
from dataclasses import dataclass, field
from typing import Any

KINDS = ("latency", "status", "drop_before", "drop_after", "partial", "truncate", "ignore", "misread", "rewrite")
MATCHED = ("provider", "operation", "path", "hotel")


@dataclass(slots=True)
class Fault:
    kind: str
    match: dict[str, str] = field(default_factory=dict)
    nth: int = 1
    times: int = 1
    details: dict[str, Any] = field(default_factory=dict)
    seen: int = 0

    def to_json(self) -> dict[str, Any]:
        match = {**self.match, "nth": self.nth, "times": self.times}
        return {"kind": self.kind, "match": match, "seen": self.seen, **self.details}

    def hits(self, facts: dict[str, str]) -> bool:
        """Whether this request is to go wrong; counts it when it matches."""
        if any(facts.get(key) != value for key, value in self.match.items()):
            return False
        self.seen += 1
        return self.seen >= self.nth and (self.times == 0 or self.seen < self.nth + self.times)

    @property
    def carries_out(self) -> bool:
        """Whether the request is still carried out."""
        return not (self.kind == "drop_before" or (self.kind == "status" and not self.details.get("after")))

    def reworded(self, body: bytes) -> bytes:
        """A body in which the details' pattern is replaced."""
        pattern, by = str(self.details["pattern"]), str(self.details["by"])
        return re.sub(pattern, by, body.decode(errors="replace"), flags=re.DOTALL).encode()


def fault_from(described: dict[str, Any]) -> Fault:
    """The fault that JSON describes; raises ValueError where it says nothing that can be done."""
    match = dict(described.get("match", {}))
    kind = described.get("kind")
    nth, times = int(match.pop("nth", 1)), int(match.pop("times", 1))
    if kind not in KINDS or nth < 1 or times < 0 or not set(match) <= set(MATCHED):
        raise ValueError(f"no such fault: {kind!r} {sorted(match)}")
    if kind == "latency" and not 0 <= float(described.get("seconds", -1)) <= 600:
        raise ValueError("latency takes seconds from 0 to 600")
    if kind == "status" and not 200 <= int(described.get("status", 0)) <= 599:
        raise ValueError("status takes an HTTP status")
    if kind in ("misread", "rewrite"):
        try:
            re.compile(str(described["pattern"])).sub(str(described["by"]), "")
        except (KeyError, re.error):
            raise ValueError(f"{kind} takes a pattern and what stands for its matches (by)") from None
    details = {key: value for key, value in described.items() if key not in ("match", "kind")}
    return Fault(kind, {key: str(value) for key, value in match.items()}, nth, times, details)


class FaultBook:
    """The faults that are ordered, in order; the first that hits is taken."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def take(self, facts: dict[str, str]) -> Fault | None:
        hit = [fault for fault in self.faults if fault.hits(facts)]
        return hit[0] if hit else None
