"""A property's document: its files merged, amounts in its currency, ready to be validated; and what defaults may not say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from reconciler.load import overlay
from reconciler.load.document import CancellationDoc
from reconciler.load.documents import AllocationDoc, PropertyDoc, RatePlanDoc, SeasonDoc
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


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a document: its data in one currency, what is wrong with it there, and its document where nothing is."""

    data: Data
    problems: tuple[Problem, ...] = ()
    doc: BaseModel | None = None

    @property
    def valid(self) -> Any:
        """What stands for it in the whole: a document is not validated again."""
        return self.doc or self.data


class Inherited:
    """Defaults, merged, that several properties inherit. A part that a property leaves as it is, is worked out for all of them at once."""

    def __init__(self, layers: Iterable[Document]) -> None:
        """`layers`: normal, the outermost first."""
        self.data = overlay.merged(layers)
        self._parts: dict[tuple[str, str, str], _Part] = {}

    def with_parts(self, data: Document, currency: str, problems: Problems) -> Document:
        """A merged document with each amount in the currency, and its inherited parts as the documents that they are."""
        found = dict(data)
        for section in _SECTIONS:
            parts, inherited = data.get(section), self.data.get(section)
            if isinstance(parts, dict):
                known = inherited if isinstance(inherited, dict) else {}
                names = {id(part): name for name, part in known.items()}
                named = {n: self._part(section, n, part, names.get(id(part)), currency) for n, part in parts.items()}
                problems.found += [problem for part in named.values() for problem in part.problems]
                found[section] = {name: part.valid for name, part in named.items()}
        return found

    def _part(self, section: str, name: str, data: Data, inherited: str | None, currency: str) -> _Part:
        """`inherited`: the name that the part has among the defaults, if it is one of theirs; it may stand for several here."""
        if inherited is None:
            return _Part(*_in_currency(section, name, data, currency))
        key = section, inherited, currency
        if key not in self._parts:
            converted, problems = _in_currency(section, name, data, currency)
            doc = validate(_SECTIONS[section], converted)[0] if isinstance(converted, dict) else None
            self._parts[key] = _Part(converted, problems, doc)
        return self._parts[key]


_SECTIONS: dict[str, type[BaseModel]] = {
    "seasons": SeasonDoc,
    "cancellation_policies": CancellationDoc,
    "allocation": AllocationDoc,
    "rate_plans": RatePlanDoc,
}
"""What is shared part by part, and what each part is."""


def property_document(inherited: Inherited, own: Document, kind: Data, problems: Problems) -> PropertyDoc | None:
    """The document of a property's own layer, which is normal, over what it inherits. None where too little of it is right."""
    data = overlay.every_room(overlay.over(inherited.data, own))
    currency = data.get("currency")
    if isinstance(currency, str) and currency in CURRENCIES:
        data = inherited.with_parts(data, currency, problems)
    data = data if kind is None else {"kind": kind, **data}
    doc, found = validate(PropertyDoc, data)
    problems.found += found
    problems.found += misplaced_nulls(own, found)
    return doc or salvage(PropertyDoc, data, found, _STAND_INS)


def _in_currency(section: str, name: str, part: Data, currency: str) -> tuple[Data, tuple[Problem, ...]]:
    """A part with each amount in the currency; and what is wrong with its amounts."""
    if section != overlay.AMOUNTS_IN:
        return part, ()
    problems = Problems()
    converted, problems.found = overlay.in_currency({section: {name: part}}, currency)
    for keys, amount in overlay.amounts(converted):
        if amount.is_finite() and abs(amount) < 10**12 and in_currency(amount, currency) != amount:
            message = f"{amount} has more than the {decimals(currency)} decimals of {currency}"
            problems.add("too-many-decimals", message, keys)
    plans = converted[section]
    assert isinstance(plans, dict)
    return plans[name], tuple(problems.found)


def defaults_problems(data: Document, kind: Data) -> Iterator[Problem]:
    """What is wrong with defaults on their own, whatever inherits them. `data`: normal, without its kind."""
    if kind is None:
        yield Problem("missing-key", "`kind` is missing", (), "write `kind: Defaults`")
    elif kind != "Defaults":
        yield Problem("unknown-value", "expected 'Defaults'", ("kind",), "files called _defaults.yaml hold defaults")
    fragment, wrong = overlay.in_currency(overlay.every_room(overlay.merged([data])), "")
    _, found = validate(PropertyDoc, {"kind": "Property", **fragment})
    yield from (one for one in (*wrong, *found) if one.code not in ("missing-key", "amount-not-in-currency"))
    yield from misplaced_nulls(data, found)


def misplaced_nulls(data: Document, found: Iterable[Problem]) -> list[Problem]:
    """Keys of a normal document that cannot be, with null behind them: merging takes them away, and nobody else would see them.

    `found`: what is known to be wrong already.
    """
    nulls = overlay.nulls(data)
    if not nulls:
        return []
    told = {problem.keys for problem in found}
    problems = [one for one in validate(PropertyDoc, nulls)[1] if one.at_key and one.code != "missing-key"]
    amounts = [Problem("wrong-type", "expected an amount", keys) for keys in overlay.removed_amounts(nulls)]
    return [one for one in (*problems, *amounts) if one.keys not in told]


def amounts_of_many(data: Document, currencies: Iterable[str]) -> Iterator[Problem]:
    """Amounts without a currency in defaults above hotels of several."""
    names = sorted(set(currencies))
    if len(names) > 1:
        example = ", ".join(f"{name}: ..." for name in names[:3])
        for keys in overlay.bare_amounts(data):
            message = f"an amount without a currency, above hotels in {', '.join(names)}"
            yield Problem("amount-without-currency", message, keys, f"write {{{example}}}")
