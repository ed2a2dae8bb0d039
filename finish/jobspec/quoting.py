"""A line that YAML takes apart, as it reads it whole: `text: - fresh` → `text: "- fresh"`."""

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
_CUT: Final = re.compile(r"[ \t]#\w")
_CLOSED: Final = re.compile(r"""("[^"]*"|'[^']*'|\[[^\]]*\]|\{[^}]*\})\s*(?P<rest>.*)""")
_INDICATORS: Final = "*&!%@`|>?,]}-"
_LOOKED_AT: Final = 3  # lines: YAML finds a mistake at the next token, which stands on a later line at times


@dataclass(frozen=True)
class QuotingFix:
    """A line of a file (from 0) that YAML takes apart, and what to write there; `comment`: a part of it is read as one."""

    line: int
    text: str
    comment: bool = False


def quoted_form(lines: Sequence[str], last: int, above: int = _LOOKED_AT) -> QuotingFix | None:
    """What to write instead, found in a line or in those above it; None where none of them is taken apart."""
    numbers = range(min(last, len(lines) - 1), max(last - above, 0) - 1, -1)
    for look in (_inside, _whole, _commented):
        for number in numbers:
            if text := look(lines[number]):
                return QuotingFix(number, text, look is not _whole)
    return None


def _whole(line: str) -> str:
    match = _ENTRY.match(line) or _ITEM.match(line)
    taken_apart = match is not None and _taken_apart(match["value"])
    return spelled_form(match.groupdict().get("key") or "", match["value"]) if match and taken_apart else ""


def _commented(line: str) -> str:
    match = _ENTRY.match(line) or _ITEM.match(line)
    plain = match is not None and match["value"][0] not in "\"'[{|>"
    return (
        spelled_form(match.groupdict().get("key") or "", match["value"])
        if match and plain and _CUT.search(match["value"])
        else ""
    )


def _inside(line: str) -> str:
    """A colour or a hashtag between brackets, whose end is then lost with it."""
    match = next((each for each in _INSIDE.finditer(line) if _open(line[: each.start("value")])), None)
    return spelled_form(match["key"] or "", match["value"].rstrip()) if match else ""


def _open(text: str) -> bool:
    bare = re.sub(r""""[^"]*"|'[^']*'""", "", text)
    return sum(map(bare.count, "[{")) > sum(map(bare.count, "]}"))


def _taken_apart(value: str) -> bool:
    """Whether YAML reads a value on one line otherwise than as this text."""
    closed = _CLOSED.fullmatch(value)
    if closed:
        return bool(closed["rest"]) and not closed["rest"].startswith("#")
    if value[0] in "[{\"'":
        return value[0] in "\"'" and value.count(value[0]) > 1
    begins = value[0] in _INDICATORS and not re.fullmatch(r"[|>][+-]?\d?", value)
    plain_dash = value[0] in "-?" and not re.match(r"[-?](\s|$)", value)
    return (begins and not plain_dash) or ": " in value or value.endswith(":")


def spelled_form(key: str, value: str) -> str:
    """`key: "value"`, at most a line of it."""
    return f"{key}: {in_quotes(printable(value, 100))}" if key else in_quotes(printable(value, 100))
