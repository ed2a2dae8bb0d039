"""What somebody wrote and YAML does not read: in it a `#` after a blank begins a comment, and colours and
hashtags begin so too.

A comment behind a value is suspicious where its `#` is followed at once by a letter or a digit (`#FF8800`,
`#bakery`), or by a blank and a digit (`We are # 1`). Anything else behind a value is a comment as people
write them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

_BEHIND: Final = re.compile(r"([ \t]+#(?:\w|[ \t]\d)[^\r\n]*)")
_COLOUR: Final = re.compile(r"#[ \t]*(?:[0-9A-Fa-f]{3}){1,2}(?![0-9A-Za-z])")
_COLOURED: Final = re.compile(
    rf"[ \t]+({_COLOUR.pattern})|[ \t]*\r?\n[ \t]+({_COLOUR.pattern})[ \t]*(?=\r?\n|$)"
)
_COMMENT: Final = re.compile(r"[ \t]+#(?:[ \t].*)?$")


def cut_off(text: str, end: int, *, empty: bool = False) -> str:
    """What looks like a part of the value that ends at `end` and is read as a comment, the blanks before it
    included; "" for nothing.

    `empty`: no value is written there, so that a colour counts wherever it begins, on a line of its own too.
    """
    if match := _BEHIND.match(text, end):
        begins = match[1].index("#") + 1
        return match[1][:begins] + _COMMENT.sub("", match[1][begins:]).rstrip()
    coloured = _COLOURED.match(text, end) if empty else None
    return (coloured[1] or coloured[2]).replace(" ", "") if coloured else ""


@dataclass(frozen=True)
class CommentedValue:
    """A bare value that a comment may have been cut off from: its line (from 1), the text before it (its key,
    in a map), and both parts."""

    line: int
    key: str
    written: str
    comment: str

    @property
    def form(self) -> str:
        """What to write instead."""
        return f"{self.key}: {in_quotes((self.written + self.comment).strip())}"


def cuts(text: str, events: Iterable[Any]) -> Iterator[CommentedValue]:
    """Every bare scalar among a YAML parser's events that has something cut off."""
    key, before = "", 0
    for event in events:
        value = getattr(event, "value", None)
        if isinstance(value, str) and not event.style:
            empty = event.start_mark.index == event.end_mark.index
            end = text.find(":", before) + 1 if empty else event.end_mark.index
            comment = cut_off(text, end, empty=empty)
            if comment and text[end : end + 1] != ":":
                yield CommentedValue(text.count("\n", 0, end) + 1, key, value, comment)
        key, before = value if isinstance(value, str) else key, event.end_mark.index


def is_colour(comment: str) -> bool:
    """Whether a comment is a colour and nothing else."""
    return _COLOUR.fullmatch(comment.strip()) is not None


def in_quotes(text: str) -> str:
    """A text as YAML wants it when it is to be read whole."""
    if ('"' in text or "\\" in text) and "'" not in text:
        return f"'{text}'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
