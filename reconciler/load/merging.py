"""A property's document: its files merged, amounts in its currency, ready to be validated; and what defaults may not say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.load import overlay
from reconciler.load.documents import PropertyDoc
from reconciler.load.nodes import Data
from reconciler.load.problems import Problem, Problems
from reconciler.load.translate import salvage, validate
from reconciler.model.money import CURRENCIES, decimals, in_currency

Document = dict[str, Data]
_STAND_INS: Document = {
    "kind": "Property",
    "id": "00000000-0000-0000-0000-000000000000",
    "name": "unnamed",
    "country": "PT",
    "currency": "EUR",
    "timezone": "UTC",
}
"""What holds while the rest of a document is looked at that lacks one of these."""


def property_document(layers: Iterable[Document], kind: Data, problems: Problems) -> PropertyDoc | None:
    """The document of normal layers, the outermost first. None where too little of it is right."""
    data = overlay.merged(layers)
    currency = data.get("currency")
    if isinstance(currency, str) and currency in CURRENCIES:
        data = _in_currency(data, currency, problems)
    data = overlay.every_room(data)
    data = data if kind is None else {"kind": kind, **data}
    doc, found = validate(PropertyDoc, data)
    problems.found += found
    return doc or salvage(PropertyDoc, data, found, _STAND_INS)


def _in_currency(data: Document, currency: str, problems: Problems) -> Document:
    converted, lacking = overlay.in_currency(data, currency)
    for keys in lacking:
        problems.add(
            "amount-not-in-currency", f"no amount in {currency} is written here", keys, f"add `{currency}: ...`"
        )
    for keys, amount in overlay.amounts(converted):
        if amount.is_finite() and abs(amount) < 10**12 and in_currency(amount, currency) != amount:
            message = f"{amount} has more than the {decimals(currency)} decimals of {currency}"
            problems.add("too-many-decimals", message, keys)
    return converted


def defaults_problems(data: Document, kind: Data) -> Iterator[Problem]:
    """What is wrong with defaults on their own, whatever inherits them. `data`: normal, without its kind."""
    if kind is None:
        yield Problem("missing-key", "`kind` is missing", (), "write `kind: Defaults`")
    elif kind != "Defaults":
        yield Problem("unknown-value", "expected 'Defaults'", ("kind",), "files called _defaults.yaml hold defaults")
    fragment = overlay.merged([overlay.in_currency(data, "")[0]])
    yield from (one for one in validate(PropertyDoc, {"kind": "Property", **fragment})[1] if one.code != "missing-key")


def amounts_of_many(data: Document, currencies: Iterable[str]) -> Iterator[Problem]:
    """Amounts without a currency in defaults above hotels of several."""
    names = sorted(set(currencies))
    if len(names) > 1:
        example = ", ".join(f"{name}: ..." for name in names[:3])
        for keys in overlay.bare_amounts(data):
            message = f"an amount without a currency, above hotels in {', '.join(names)}"
            yield Problem("amount-without-currency", message, keys, f"write {{{example}}}")
