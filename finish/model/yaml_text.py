"""Text that YAML reads as a comment, although the user means it: a `#` after a space begins a comment, but
also a colour or a hashtag.

A comment after a value is suspicious if a letter or a digit follows its `#` (`#FF8800`, `#bakery`), or a
space and a digit (`We are # 1`). Any other text after a value is an ordinary comment.
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
_WORD_SIGNS: Final = str.maketrans("", "", "/-_.")
_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off"})  # of any version of YAML
_COMMENT: Final = re.compile(r"[ \t]+#(?:[ \t].*)?$")


def cut_off(text: str, end: int, *, empty: bool = False) -> str:
    """The comment that looks like a part of the value that ends at `end`, with the spaces before it; "" if
    there is none.

    `empty` means that the value is missing: then a colour counts wherever it begins, also on its own line.
    """
    if match := _BEHIND.match(text, end):
        begins = match[1].index("#") + 1
        return match[1][:begins] + _COMMENT.sub("", match[1][begins:]).rstrip()
    coloured = _COLOURED.match(text, end) if empty else None
    return (coloured[1] or coloured[2]).replace(" ", "") if coloured else ""


@dataclass(frozen=True)
class CommentedValue:
    """A plain value from which a comment may have cut off a part: its line (from 1), its key in a map, and
    both parts."""

    line: int
    key: str
    written: str
    comment: str

    @property
    def form(self) -> str:
        """The text to write instead."""
        return f"{self.key}: {in_quotes((self.written + self.comment).strip())}"


def cuts(text: str, events: Iterable[Any]) -> Iterator[CommentedValue]:
    """Every plain scalar among a YAML parser's events from which a comment may have cut off a part."""
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
    """Whether a comment is only a colour."""
    return _COLOUR.fullmatch(comment.strip()) is not None


def in_quotes(text: str) -> str:
    """A text in the quotes with which YAML reads it completely."""
    if ('"' in text or "\\" in text) and "'" not in text:
        return f"'{text}'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def yaml_scalar(text: str) -> str:
    """A text as a scalar of YAML: plain if it is a word or a path of plain letters, else quoted."""
    plain = text[:1].isalpha() and text.isascii() and text.translate(_WORD_SIGNS).isalnum()
    return text if plain and text.lower() not in _WORDS else yaml_quoted(text)


def yaml_quoted(text: str) -> str:
    """Double-quoted, as in YAML 1.2.2 §5.7, which can escape every character, line ends included."""
    return (
        '"'
        + "".join(
            char if char.isprintable() and char not in '"\\' else f"\\U{ord(char):08x}" for char in text
        )
        + '"'
    )
