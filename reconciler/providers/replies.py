"""What holds for the answers of every provider: what a lost or garbled one leaves open, and how a provider's own words are told.

Knows no provider's formats, and sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from reconciler.errors import ProviderError, TemporaryError, UncertainError, UnexpectedReplyError
from reconciler.providers.contract import Part

T = TypeVar("T")
_LONGEST_TEXT = 300
_SHORTEST_SECRET = 3
"""What is shorter stands in every other word."""


@contextmanager
def reading() -> Iterator[None]:
    """Reading changes nothing, so that a lost reply leaves no doubt behind."""
    try:
        yield
    except UncertainError as lost:
        raise TemporaryError(lost.message, code=lost.code) from None


@contextmanager
def writing() -> Iterator[None]:
    """An answer that cannot be understood leaves open whether the request was carried out."""
    try:
        yield
    except UnexpectedReplyError as garbled:
        raise UncertainError(f"sent, but {garbled.message}") from None


@contextmanager
def discreet(secrets: Callable[[], Iterable[str]]) -> Iterator[None]:
    """Blots the secrets out of what a provider says: its errors may quote the request."""
    try:
        yield
    except ProviderError as error:
        hidden = blotted(error.message, secrets())
        if hidden != error.message:
            error.message, error.args = hidden, (hidden,)
        raise


def blotted(text: str, secrets: Iterable[str]) -> str:
    """The text without these: also a warning inside a success may quote the request."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***") if len(secret) >= _SHORTEST_SECRET else text
    return text


def by_part(
    parts: Sequence[Part], told: Iterable[T], concerns: Callable[[T, int], bool]
) -> Iterator[tuple[Part, list[T]]]:
    """Each part of a message with what was told of it. What concerns no part (given by its number) may concern them all."""
    about: list[list[T]] = [[] for _ in parts]
    for one in told:
        named = [number for number in range(len(parts)) if concerns(one, number)]
        for number in named or range(len(parts)):
            about[number].append(one)
    return zip(parts, about, strict=True)


def plain(text: str) -> str:
    """Foreign text on one line, without control characters, cut to a length."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_LONGEST_TEXT]


def in_words(texts: Iterable[str], most: int = 3) -> str:
    """What is told on one line: each thing once, the first few, the rest counted."""
    told = list(dict.fromkeys(text for text in texts if text))
    return "; ".join(told[:most]) + (f" (and {len(told) - most} more)" if len(told) > most else "")
