"""A line that YAML splits, quoted so that YAML reads it whole: `text: - fresh` → `text: "- fresh"`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from finish.jobspec.spec_tree import printable
from finish.model.yaml_text import in_quotes

_ENTRY: Final = re.compile(r"\s*(?:-[ \t]+)*(?P<key>[A-Za-z_][\w-]*):[ \t]+(?P<value>\S.*?)\s*$")
_ITEM: Final = re.compile(r"\s*-[ \t]+(?P<value>\S.*?)\s*$")
_INSIDE: Final = re.compile(r"(?:(?P<key>[A-Za-z_][\w-]*):[ \t]+|[\[,][ \t]*)(?P<value>#[\w][^,\]}\"']*)")
_COMMENT: Final = re.compile(r"[ \t]#\w")
_CLOSED: Final = re.compile(r"""("[^"]*"|'[^']*'|\[[^\]]*\]|\{[^}]*\})\s*(?P<rest>.*)""")
_INDICATORS: Final = "*&!%@`|>?,]}-"
_LINES_ABOVE: Final = 3  # YAML reports a problem at the next token, which can be on a later line


@dataclass(frozen=True)
class QuotingFix:
    """A line of a file (from 0) that YAML splits, and what to write there.

    `comment`: YAML reads a part of the line as a comment.
    """

    line: int
    text: str
    comment: bool = False


def quoted_form(lines: Sequence[str], last: int, above: int = _LINES_ABOVE) -> QuotingFix | None:
    """What to write in a line or in one of those `above` it; None if YAML splits none of them."""
    numbers = range(min(last, len(lines) - 1), max(last - above, 0) - 1, -1)
    for fix in (_inside, _whole, _commented):
        for number in numbers:
            if text := fix(lines[number]):
                return QuotingFix(number, text, fix is not _whole)
    return None


def _whole(line: str) -> str:
    """A line whose value YAML splits."""
    match = _ENTRY.match(line) or _ITEM.match(line)
    return _spelled_match(match) if match and _is_split(match["value"]) else ""


def _commented(line: str) -> str:
    """A line whose plain value contains what YAML reads as a comment."""
    match = _ENTRY.match(line) or _ITEM.match(line)
    plain = match is not None and match["value"][0] not in "\"'[{|>"
    return _spelled_match(match) if match and plain and _COMMENT.search(match["value"]) else ""


def _inside(line: str) -> str:
    """A colour or a hashtag between brackets: YAML loses the closing bracket with it."""
    matches = (match for match in _INSIDE.finditer(line) if _is_open(line[: match.start("value")]))
    match = next(matches, None)
    return spelled_form(match["key"] or "", match["value"].rstrip()) if match else ""


def _spelled_match(match: re.Match[str]) -> str:
    return spelled_form(match.groupdict().get("key") or "", match["value"])


def _is_open(text: str) -> bool:
    """Whether a bracket is open at the end of a text."""
    bare = re.sub(r""""[^"]*"|'[^']*'""", "", text)
    return sum(map(bare.count, "[{")) > sum(map(bare.count, "]}"))


def _is_split(value: str) -> bool:
    """Whether YAML reads a value on one line as something other than this text."""
    closed = _CLOSED.fullmatch(value)
    if closed:
        return bool(closed["rest"]) and not closed["rest"].startswith("#")
    if value[0] in "[{\"'":
        return value[0] in "\"'" and value.count(value[0]) > 1
    indicator = value[0] in _INDICATORS and not re.fullmatch(r"[|>][+-]?\d?", value)
    plain_dash = value[0] in "-?" and not re.match(r"[-?](\s|$)", value)
    return (indicator and not plain_dash) or ": " in value or value.endswith(":")


def spelled_form(key: str, value: str) -> str:
    """`key: "value"` with at most 100 characters of the value."""
    return f"{key}: {in_quotes(printable(value, 100))}" if key else in_quotes(printable(value, 100))
