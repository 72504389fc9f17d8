"""Which hotels `import --all` is to read: the properties that the hotel's database has enabled, each under a short name of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.load.files import read, tree
from reconciler.load.nodes import Data
from reconciler.model.property import BOOKING, EXPEDIA
from reconciler.runtime.describing import free_name, slugged
from reconciler.runtime.seeding import PROVIDER_SETTINGS
from reconciler.store.seed import PropertyRow

EAN_SETTING = "expedia_ean_id"
_LINKS = {EXPEDIA: "property_id", BOOKING: "hotel_id"}

Identity = tuple[str, str]
"""`("id", its id)`, or a provider and the hotel's id there."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An enabled property. `hotels`: its id by provider; `file`: the file that describes it already, if one does."""

    slug: str
    row: PropertyRow
    hotels: Mapping[str, str]
    file: str = ""

    @property
    def ean_id(self) -> str | None:
        """Its id at Expedia Affiliate Network."""
        return self.row.ota_settings.get(EAN_SETTING) or None


def listed(rows: Iterable[PropertyRow], described: Mapping[Identity, str], taken: Collection[str]) -> list[Listed]:
    """Every row, in its order. Names that are `taken`, or would be used twice, get a number."""
    names, found = set(taken), []
    for row in rows:
        hotels = hotel_ids(row)
        same = (described.get(identity) for identity in (("id", str(row.id)), *hotels.items()))
        file = next((file for file in same if file), "")
        slug = Path(file).stem if file else free_name(slugged(row.name, "hotel"), names.__contains__)
        names.add(slug)
        found.append(Listed(slug, row, hotels, file))
    return found


def hotel_ids(row: PropertyRow) -> dict[str, str]:
    """The property's id by provider, as its settings have it."""
    return {provider: row.ota_settings[key] for provider, key in PROVIDER_SETTINGS.items() if row.ota_settings.get(key)}


def described(root: Path) -> tuple[dict[Identity, str], frozenset[str]]:
    """What the files of a workspace describe, by identity; and the short names that are taken."""
    files = tree(root).properties
    return {identity: file for file in files.values() for identity in _identities(read(root, file).data)}, frozenset(
        files
    )


def _identities(data: Data) -> Iterator[Identity]:
    if not isinstance(data, dict):
        return
    providers = data.get("providers")
    for provider, key in _LINKS.items():
        link = providers.get(provider) if isinstance(providers, dict) else None
        if isinstance(link, dict) and isinstance(link.get(key), str):
            yield provider, str(link[key])
    if isinstance(data.get("id"), str):
        yield "id", str(data["id"]).lower()
