"""Documents to YAML text, laid out as people would write them: ids quoted, prices with their decimals, small mappings on one line.

Writes new files only; editing what people wrote, with its comments, is another matter.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

_WIDTH = 140
_FLOW_UP_TO = 100
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


class Signed(Decimal):
    """A change of a price, written with its sign."""


def dumps(document: Mapping[str, Any], *, schema: str, comments: Mapping[tuple[str, ...], str] | None = None) -> str:
    """The YAML text. Numbers are Decimal or int, ids are text. `schema` is the path that the first line points at.

    `comments`: a line to stand before the key at a path.
    """
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(Decimal, _number)
    yaml.representer.add_representer(Signed, _signed)
    tree = _tree(document)
    for path, comment in (comments or {}).items():
        _comment(tree, path, comment)
    out = io.StringIO()
    yaml.dump(tree, out)
    return f"# yaml-language-server: $schema={schema}\n{out.getvalue()}"


def _number(representer: Any, value: Decimal) -> Any:
    return _plain(representer, f"{value:f}")


def _signed(representer: Any, value: Signed) -> Any:
    return _plain(representer, f"{value:+f}")


def _plain(representer: Any, text: str) -> Any:
    """The number as it is spelled, of the type that a reader takes it for; any other would be written with a tag."""
    return representer.represent_scalar(f"tag:yaml.org,2002:{'float' if '.' in text else 'int'}", text)


def _tree(value: Any) -> Any:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, Mapping):
        tree = CommentedMap((key, _tree(item)) for key, item in value.items())
        if _is_small(value):
            tree.fa.set_flow_style()
        return tree
    if isinstance(value, str):
        return DoubleQuotedScalarString(value) if _NUMBER.fullmatch(value) else value
    if isinstance(value, Sequence):
        items = CommentedSeq(_tree(item) for item in value)
        items.fa.set_flow_style()
        return items
    return value


def _is_small(value: Mapping[str, Any]) -> bool:
    """Whether a mapping reads better on one line: leaves only, and not too many."""
    leaves = all(not isinstance(item, Mapping) or _is_small(item) for item in value.values())
    return leaves and len(str(value)) <= _FLOW_UP_TO


def _comment(tree: Any, path: tuple[str, ...], comment: str) -> None:
    for key in path[:-1]:
        tree = tree[key]
    tree.yaml_set_comment_before_after_key(path[-1], before=comment, indent=2 * (len(path) - 1))
