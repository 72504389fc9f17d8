"""Integration: the hotel's connection to a provider, as its row in `third_party_integrations` says it."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.contract import Kind, Setting
from reconciler.model.address import DATABASE, Address
from reconciler.model.property import EXPEDIA, Property, ProviderLink
from reconciler.model.state import Json, Value


def _configuration(link: ProviderLink, setting: Setting) -> dict[str, Json]:
    configuration: dict[str, Json] = {"test_mode": setting.environment.test_mode}
    configuration["property_id" if link.provider == EXPEDIA else "hotel_id"] = link.external_id
    if link.ean_id is not None:
        configuration["ean_id"] = link.ean_id
    return configuration


def _credentials(link: ProviderLink, setting: Setting) -> dict[str, Json]:
    credential = setting.workspace.credentials.get(link.credentials or "")
    return dict(credential.sets.get(setting.environment.credential_set, {})) if credential else {}


def _desired(hotel: Property, _target: str, setting: Setting) -> Iterator[tuple[Address, Value]]:
    for provider, link in sorted(hotel.providers.items()):
        yield (
            Address(hotel.slug, DATABASE, "integration", (provider,)),
            {
                "integration_name": link.integration_name,
                "integration_type": "ota",
                "provider": provider,
                "credentials": _credentials(link, setting),
                "configuration": _configuration(link, setting),
                "webhook_url": link.webhook_url,
                "is_enabled": not hotel.retired_at(provider),
            },
        )


INTEGRATION = Kind(
    "integration",
    database=_desired,
    objects={"credentials": None, "configuration": frozenset({"test_mode", "property_id", "hotel_id", "ean_id"})},
)
