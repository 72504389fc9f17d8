"""What counts as text. Bytes from outside that are not UTF-8 come as halves of surrogate pairs, which nothing can store or send."""

from __future__ import annotations


def is_text(text: str) -> bool:
    """Whether it can be written in UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
