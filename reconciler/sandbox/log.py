"""The record of what was received, in order, with secrets blotted out before anything is kept.

Kept in memory only: it tells what this process saw. Bodies and replies of the most recent requests are kept whole.
"""

from collections import Counter, deque
from typing import Any

MAX_ENTRIES = 20_000
MAX_TEXTS = 2_000


class Log:
    """Entries are JSON objects: seq, at, provider, operation, method, path, hotel, status, codes, updates, applied,
    fault, body, reply (the last two None once older than the newest two thousand)."""

    def __init__(self) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=MAX_ENTRIES)
        self._seq = 0

    def add(self, entry: dict[str, Any]) -> dict[str, Any]:
        self._seq += 1
        self._entries.append({"seq": self._seq, **entry})
        if len(self._entries) > MAX_TEXTS:
            old = self._entries[-MAX_TEXTS - 1]
            old["body"] = old["reply"] = None
        return self._entries[-1]

    def select(self, filters: dict[str, str]) -> list[dict[str, Any]]:
        """Entries whose fields equal every filter given; `since` keeps those with a greater seq."""
        wanted = {key: value for key, value in filters.items() if key != "since"}
        since = int(filters.get("since", "0"))
        return [
            entry
            for entry in self._entries
            if entry["seq"] > since and all(str(entry.get(key)) == value for key, value in wanted.items())
        ]

    def counts(self) -> dict[str, int]:
        return dict(Counter(f"{entry['provider']}/{entry['operation']}" for entry in self._entries))

    def clear(self) -> None:
        self._entries.clear()
