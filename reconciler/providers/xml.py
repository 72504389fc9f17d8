"""XML from and to providers: a hostile document in, a plain element tree out.

Document types and entities are forbidden, bytes, depth and elements are limited. Elements are found by local name, because providers
answer in other namespaces than they are asked in. Knows no message of any provider.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, TreeBuilder, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, XMLParser

from reconciler.errors import RequestRefusedError, UnexpectedReplyError

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 64
MAX_ELEMENTS = 1_000_000

_UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def parse(body: bytes) -> Element:
    """The root element. Raises UnexpectedReplyError for anything malformed, too large, too deep, or with a document type."""
    if len(body) > MAX_BYTES:
        raise UnexpectedReplyError(f"the reply is larger than {MAX_BYTES} bytes")
    try:
        parser = XMLParser(target=_Bounded(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
        parser.feed(body)
        root = parser.close()
    except (DefusedXmlException, ParseError, ValueError, LookupError) as reason:
        raise UnexpectedReplyError(f"the reply is not XML that is accepted here ({type(reason).__name__})") from None
    if not isinstance(root, Element):
        raise UnexpectedReplyError("the reply has no root element")
    return root


def local(tag: str) -> str:
    """A tag without its namespace."""
    return tag.rpartition("}")[2]


def children(element: Element, name: str) -> Iterator[Element]:
    """The direct children with this local name, in order."""
    return (child for child in element if local(child.tag) == name)


def child(element: Element, name: str) -> Element | None:
    """The first direct child with this local name."""
    return next(children(element, name), None)


def add(parent: Element, tag: str, attributes: Mapping[str, str] | None = None, text: str | None = None) -> Element:
    """A new last child of `parent`; attributes are written in the order given."""
    new = SubElement(parent, tag, dict(attributes or {}))
    new.text = text
    return new


def serialise(element: Element) -> bytes:
    """The document in UTF-8 with its declaration, every text escaped. Give namespaces as an `xmlns` attribute of the root.

    Raises RequestRefusedError for a character that XML cannot carry.
    """
    text = tostring(element, encoding="unicode", short_empty_elements=True)
    if _UNSPEAKABLE.search(text):
        raise RequestRefusedError("a text holds a character that XML cannot carry", hint="remove control characters")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + text.encode()


class _Bounded(TreeBuilder):
    """A tree builder that gives up on depth and on the number of elements."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._elements = 0

    def start(self, tag: Any, attrs: Any, /) -> Element:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise UnexpectedReplyError("the reply is nested too deeply or has too many elements")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)
