"""The expressions of GitHub's workflows, as far as these pipelines use them: contexts, `==`, `!=`, `&&`, `||`, `!`, a few functions.

https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|(\d+)|([A-Za-z_][\w-]*(?:\.[\w-]+)*)|(==|!=|&&|\|\||[!(),]))")


def filled(text: Any, contexts: Mapping[str, Any], ok: bool = True) -> str:
    """A text with every `${{ }}` in it replaced by its value."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: shown(value(found[1], contexts, ok)), str(text), flags=re.DOTALL)


def holds(condition: Any, contexts: Mapping[str, Any], ok: bool = True) -> bool:
    """Whether an `if:` is fulfilled. One that names no status function also needs that nothing failed before."""
    text = str(condition)
    plain = text[3:-2] if text.startswith("${{") else text
    asks = any(name in plain for name in ("always()", "failure()", "success()"))
    return bool(value(plain, contexts, ok)) and (ok or asks)


def shown(found: Any) -> str:
    """A value as text."""
    if found is None:
        return ""
    return str(found).lower() if isinstance(found, bool) else str(found)


def value(text: str, contexts: Mapping[str, Any], ok: bool = True) -> Any:
    """The value of an expression."""
    tokens = [found for found in _TOKEN.findall(text.strip()) if any(found)]
    parser = _Parser(tokens, contexts, ok)
    result = parser.either()
    assert parser.at == len(tokens), f"not understood: {text}"
    return result


class _Parser:
    def __init__(self, tokens: list[tuple[str, str, str, str]], contexts: Mapping[str, Any], ok: bool) -> None:
        self.tokens, self.contexts, self.ok, self.at = tokens, contexts, ok, 0

    def sign(self, *signs: str) -> str:
        if self.at < len(self.tokens) and self.tokens[self.at][3] in signs:
            self.at += 1
            return self.tokens[self.at - 1][3]
        return ""

    def either(self) -> Any:
        left = self.both()
        while self.sign("||"):
            right = self.both()
            left = left or right
        return left

    def both(self) -> Any:
        left = self.compared()
        while self.sign("&&"):
            right = self.compared()
            left = left and right
        return left

    def compared(self) -> Any:
        left = self.single()
        while sign := self.sign("==", "!="):
            left = (left == self.single()) == (sign == "==")
        return left

    def single(self) -> Any:
        if self.sign("!"):
            return not self.single()
        if self.sign("("):
            inner = self.either()
            assert self.sign(")")
            return inner
        text, number, name, _ = self.tokens[self.at]
        self.at += 1
        if text:
            return text[1:-1].replace("''", "'")
        if number:
            return int(number)
        return self.call(name) if self.sign("(") else self.context(name)

    def call(self, name: str) -> Any:
        arguments = []
        while not self.sign(")"):
            arguments.append(self.either())
            self.sign(",")
        functions: dict[str, Callable[..., Any]] = {
            "always": lambda: True,
            "success": lambda: self.ok,
            "failure": lambda: not self.ok,
            "startsWith": lambda text, start: shown(text).lower().startswith(start.lower()),
        }
        return functions[name](*arguments)

    def context(self, name: str) -> Any:
        found: Any = self.contexts
        for key in name.split("."):
            found = found.get(key) if isinstance(found, Mapping) else None
        return {"true": True, "false": False, "null": None}.get(name, found)
