"""Money: exact decimals, rounded where the rules say and nowhere else.

A price is a `Decimal` with exactly its currency's decimals. Nothing here is ever a float.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cache

# ISO 4217, active currencies.
CURRENCIES = frozenset(
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY "
    "COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS "
    "INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP "
    "MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR "
    "SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND "
    "VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG".split()
)
_NO_DECIMALS = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split())
_THREE_DECIMALS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())


class Rounding(StrEnum):
    """Where a price goes that lies between two steps."""

    NEAREST = "nearest"
    UP = "up"
    DOWN = "down"


_MODES = {Rounding.NEAREST: ROUND_HALF_UP, Rounding.UP: ROUND_CEILING, Rounding.DOWN: ROUND_FLOOR}


def decimals(currency: str) -> int:
    """How many decimals prices in this currency have (ISO 4217)."""
    return 0 if currency in _NO_DECIMALS else 3 if currency in _THREE_DECIMALS else 2


@cache
def smallest(currency: str) -> Decimal:
    """The smallest step of the currency, for instance 0.01."""
    return Decimal(1).scaleb(-decimals(currency))


def in_currency(amount: Decimal, currency: str, mode: Rounding = Rounding.NEAREST) -> Decimal:
    """The amount with exactly the currency's decimals; half up unless told otherwise."""
    return amount.quantize(smallest(currency), rounding=_MODES[mode])


def round_to(amount: Decimal, step: Decimal, mode: Rounding) -> Decimal:
    """The multiple of `step` (above zero) that `mode` chooses. 169.15 down to 1.00 is 169."""
    return (amount / step).to_integral_value(rounding=_MODES[mode]) * step
