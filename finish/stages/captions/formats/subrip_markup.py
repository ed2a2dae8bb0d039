"""The markup of an SRT cue → runs and its place: HTML tags, and override tags as editors write them.

SubRip has no specification. A tag counts if it's closed, or opens the cue or a line; anything else is text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from finish.stages.captions.cues import CuePosition, StyledRun
from finish.stages.captions.formats.colour_names import colour_code
from finish.stages.captions.formats.markup import TURNING, CueText, tidy

_TOKEN: Final = re.compile(r"<\s{0,2}(/?)\s{0,2}([A-Za-z]+)\s{0,2}((?:\s[^<>]*)?)>|\{(\\[^{}]*)\}|\\([Nh])")
# A backslash in a path is text.
_PATH: Final = re.compile(r"[A-Za-z]:\\|\\\\")
_STYLES: Final = {"i": "italic", "em": "italic", "b": "bold", "strong": "bold", "u": "underline"}
_FONT: Final = re.compile(r"\bcolor\s*=\s*[\"']?\s*([#\w]+)", re.IGNORECASE)
_DROPPED: Final = frozenset({"font", "span", "s", "strike"})  # styling that captions don't have
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});")
_OVERRIDE: Final = re.compile(r"\\([A-Za-z]+?)(-?\d+)?(?=\\|$)")
_ALIGNMENT: Final = re.compile(r"\\an([1-9])(?!\d)")
_BREAKS: Final = {"N": "\n", "h": "\u00a0"}


@dataclass
class _Styling:
    """The styling at a moment of the text: what is open, and the colours of the open font tags."""

    open: dict[str, int] = field(default_factory=lambda: {"italic": 0, "bold": 0, "underline": 0})
    colours: list[str] = field(default_factory=list)

    def run(self, text: str) -> StyledRun:
        italic, bold, underline = (level > 0 for level in self.open.values())
        colour = next((colour for colour in reversed(self.colours) if colour), "")
        return StyledRun(text, italic, bold, underline, colour=colour)

    def change(self, name: str, by: int) -> None:
        self.open[name] = max(0, self.open[name] + by)


def srt_text(text: str) -> CueText:
    """The text of an SRT cue without its markup."""
    path = bool(_PATH.search(text))
    tokens = [token for token in _TOKEN.finditer(text) if token[4] or (token[5] and not path)]
    tags = list(_valid_tags(text))
    styling, runs, end, dropped = _Styling(), list[StyledRun](), 0, False
    for token in sorted((*tokens, *tags), key=lambda token: token.start()):
        runs += _literal(styling, text[end : token.start()])
        end = token.end()
        if token[2]:
            _open_or_close(styling, token)
        elif token[4]:
            dropped |= _override(styling, token[4])
        else:
            runs.append(styling.run(_BREAKS[token[5]]))
    runs += _literal(styling, text[end:])
    alignment = _ALIGNMENT.search("".join(token[4] or "" for token in tokens))
    position = _position(alignment[1]) if alignment else None
    return CueText(tidy(tuple(runs)), position, lost=frozenset({"tags"} if dropped else ()))


def _literal(styling: _Styling, text: str) -> Iterator[StyledRun]:
    """A piece of text with its entities decoded."""
    plain = TURNING.sub("", _ENTITY.sub(lambda entity: html.unescape(entity[0]), text))
    if plain:
        yield styling.run(plain)


def _valid_tags(text: str) -> Iterator[re.Match[str]]:
    """The tags that count: pairs, those that open a line, and closing ones, which mean nothing as text."""
    opened: list[re.Match[str]] = []
    for tag in _TOKEN.finditer(text):
        name = (tag[2] or "").lower()
        if name == "br" and not tag[3].strip(" /"):
            yield tag
        elif (name not in _STYLES and name not in _DROPPED) or (name in _STYLES and tag[3].strip()):
            continue
        elif not tag[1]:
            opened.append(tag)
        else:
            pair = next((one for one in reversed(opened) if one[2].lower() == name), None)
            yield tag
            if pair:
                opened.remove(pair)
                yield pair
    for tag in opened:
        before = _TOKEN.sub("", text[: tag.start()]).rpartition("\n")[2]
        if not before.strip():
            yield tag


def _open_or_close(styling: _Styling, tag: re.Match[str]) -> None:
    name, by = tag[2].lower(), -1 if tag[1] else 1
    if name in _STYLES:
        styling.change(_STYLES[name], by)
    elif name == "font" and by > 0:
        colour = _FONT.search(tag[3])
        styling.colours.append(colour_code(colour[1]) if colour else "")
    elif name == "font" and styling.colours:
        styling.colours.pop()


def _override(styling: _Styling, tags: str) -> bool:
    """Obey override tags; True if one of them is left out."""
    dropped = False
    for name, value in _OVERRIDE.findall(tags):
        style = {"i": "italic", "b": "bold", "u": "underline"}.get(name)
        if style:
            styling.open[style] = int(value not in ("", "0"))
        dropped |= style is None and name not in ("an", "r")
    known = "".join(match[0] for match in _OVERRIDE.finditer(tags))
    return dropped or known != tags


def _position(alignment: str) -> CuePosition | None:
    """The place by the keys of a number pad: 7 8 9 are the top, 1 2 3 the bottom; 2 is where captions are."""
    number = int(alignment) - 1
    if number == 1:
        return None
    edge: tuple[str, ...] = ("bottom", "middle", "top")
    align, across = (("left", 0.0), ("centre", None), ("right", 1.0))[number % 3]
    return CuePosition(edge=edge[number // 3], align=align, across=across)  # type: ignore[arg-type]
