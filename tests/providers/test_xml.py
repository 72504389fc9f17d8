"""XML from providers: what is accepted, what is refused, and what is written."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import RequestRefusedError, UnexpectedReplyError
from reconciler.providers import xml

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=20)


@settings(max_examples=50, deadline=None)
@given(TEXT, TEXT)
def test_any_text_and_attribute_comes_back_as_it_was_written(text: str, attribute: str) -> None:
    root = Element("R", {"xmlns": "urn:example", "a": attribute})
    xml.add(root, "C", {"b": attribute}, text)
    again = xml.parse(xml.serialise(root))
    assert (xml.local(again.tag), again.get("a")) == ("R", attribute)
    (found,) = xml.children(again, "C")
    assert (found.text or "", found.get("b")) == (text, attribute)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>gateway</html>",
        b"<a><b></a>",
        b'{"not": "xml"}',
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b'<!DOCTYPE a SYSTEM "http://example.com/a.dtd"><a/>',
        b"<!DOCTYPE a><a/>",
        b'<?xml version="1.0" encoding="no-such"?><a/>',
        b"<a>" * 65 + b"</a>" * 65,
    ],
)
def test_malformed_documents_types_entities_and_depth_are_refused(body: bytes) -> None:
    with pytest.raises(UnexpectedReplyError):
        xml.parse(body)


def test_a_reply_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "MAX_BYTES", 10)
    with pytest.raises(UnexpectedReplyError, match="larger"):
        xml.parse(b"<a>0123456789</a>")


def test_too_many_elements_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "MAX_ELEMENTS", 3)
    with pytest.raises(UnexpectedReplyError, match="too many"):
        xml.parse(b"<a><b/><b/><b/></a>")


def test_a_comment_after_the_root_does_not_disturb() -> None:
    assert xml.parse(b"<ok/>\n<!-- RUID: [abc] -->").tag == "ok"


def test_control_characters_are_not_sent() -> None:
    root = Element("R", {"name": "a\x00b"})
    with pytest.raises(RequestRefusedError):
        xml.serialise(root)


def test_children_are_found_by_local_name_alone() -> None:
    root = xml.parse(b'<a xmlns="urn:one" xmlns:t="urn:two"><t:b n="1"/><b n="2"/><c/></a>')
    assert [found.get("n") for found in xml.children(root, "b")] == ["1", "2"]
    assert xml.child(root, "d") is None
