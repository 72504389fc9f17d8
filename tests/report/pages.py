"""An HTML report as tests look at it: its elements, its words, its data, the nights of its calendars."""

from __future__ import annotations

import json
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

_VOID = {"meta", "input", "br"}


class Page(HTMLParser):
    """Every element with its attributes and the text right in it, in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str], list[str]]] = []
        self.path: list[int] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}, []))
        if tag not in _VOID:
            self.path.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self.path[-1]][0] == tag, f"</{tag}> closes <{self.elements[self.path[-1]][0]}>"
        self.path.pop()

    def handle_data(self, data: str) -> None:
        if self.path:
            self.elements[self.path[-1]][2].append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def all(self, tag: str, name: str = "") -> list[tuple[dict[str, str], str]]:
        """The elements of a tag, of a class where one is named, with their own text."""
        return [
            (attributes, "".join(words))
            for found, attributes, words in self.elements
            if found == tag and (not name or name in attributes.get("class", "").split())
        ]

    @property
    def words(self) -> str:
        """All that is to be read."""
        return "".join(word for tag, _, words in self.elements if tag not in ("style", "script") for word in words)

    @property
    def data(self) -> dict[str, Any]:
        """What the calendars are drawn from."""
        texts = [text for attributes, text in self.all("script") if attributes.get("id") == "calendars"]
        data: dict[str, Any] = json.loads(texts[0])
        return data

    def nights(self, section: int) -> dict[tuple[str, ...], dict[date, tuple[str, str]]]:
        """Of each address of a section: what each night was and is to be, read as the script reads it."""
        data = self.data
        return {
            (*(data["words"][word] for word in lane[:4]), str(entry)): _nights(data, lane[4])
            for lane in data["sections"][section]
            for entry in lane[5]
        }


def _nights(data: dict[str, Any], calendar: int) -> dict[date, tuple[str, str]]:
    first, *runs = data["calendars"][calendar]
    weeks = [week for times, week in zip(runs[::2], runs[1::2], strict=True) for _ in range(times)]
    values = [value for week in weeks for value in data["weeks"][week]]
    monday = date(1970, 1, 5) + timedelta(weeks=first)
    return {
        monday + timedelta(days=day): (data["words"][data["values"][value][0]], data["words"][data["values"][value][1]])
        for day, value in enumerate(values)
        if value
    }
