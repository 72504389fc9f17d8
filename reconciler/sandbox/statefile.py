"""The state in one JSON file: read at start, replaced as a whole after each change.

Only hotels that changed are written out anew; the text of the others is kept. The file holds the sandbox's passwords, so
only its owner may read it.
"""

import json
import os
from decimal import Decimal
from pathlib import Path

from reconciler.sandbox.state import World
from reconciler.sandbox.stored import hotel_json, rest_json, world_from
from reconciler.sandbox.wire import write_json


class StateFile:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._hotels: dict[str, str] = {}

    def load(self) -> World:
        """The stored world, or an empty one where there is no file yet."""
        if not self._path.exists():
            return World()
        return world_from(json.loads(self._path.read_text("utf-8"), parse_float=Decimal))

    def save(self, world: World, changed: set[str]) -> None:
        """Writes everything, atomically; `changed` names the hotels (`provider/id`) whose text is stale."""
        for key in changed | (set(self._hotels) - set(world.hotels)):
            self._hotels.pop(key, None)
        for key, hotel in world.hotels.items():
            if key not in self._hotels:
                self._hotels[key] = write_json(hotel_json(hotel))
        texts = ", ".join(self._hotels[key] for key in world.hotels)
        rest = write_json(rest_json(world)).removesuffix("}")
        self._replace(f'{rest}, "hotels": [{texts}]}}\n')

    def _replace(self, text: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        temporary.replace(self._path)
