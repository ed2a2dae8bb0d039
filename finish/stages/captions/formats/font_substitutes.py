"""The packaged font that replaces a font which isn't there, at the size at which its lines are as wide.

libass scales a font so that its OS/2 usWinAscent + usWinDescent is `Fontsize`, so one size means another
height of letters in every font: at the same `Fontsize`, Noto Sans is a fifth narrower than Arial.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

from pysubs2 import SSAFile, SSAStyle

# The widest coverage of the packaged fonts.
SUBSTITUTE: Final = "Noto Sans"
# The mean width of a letter of English text, as a share of `Fontsize`: the mean width in em over usWinAscent
# + usWinDescent in em. Numbers of the fonts' own tables, as Capsize's metrics (MIT) list them, weighted by
# how often a letter is used; those of Calibri are Carlito's, which has the same.
_SUBSTITUTE_WIDTH: Final = 0.4740 / 1.519
_WIDTHS: Final = {
    "arial": 0.4458 / 1.1172,
    "calibri": 0.4102 / 1.2207,
    "courier new": 0.6001 / 1.1328,
    "georgia": 0.4458 / 1.1362,
    "segoe ui": 0.4434 / 1.3301,
    "tahoma": 0.4478 / 1.2070,
    "times new roman": 0.4063 / 1.1074,
    "trebuchet ms": 0.4561 / 1.1611,
    "verdana": 0.5122 / 1.2153,
}
# Families that were made to the measures of another one, or are taken for it.
_SAME: Final = {
    "carlito": "calibri",
    "courier": "courier new",
    "cousine": "courier new",
    "gelasio": "georgia",
    "liberation mono": "courier new",
    "liberation serif": "times new roman",
    "times": "times new roman",
    "tinos": "times new roman",
}
_OTHERS: Final = "arial"  # what editors and FFmpeg write by default; Helvetica has its widths
# How much wider bold letters of the substitute are, and those of a family, where that differs from it.
_SUBSTITUTE_BOLD: Final = 1.066
_BOLD: Final = {"courier new": 1.0}
_OVERRIDE: Final = re.compile(r"\{[^{}]*\}")
_TEXT_TAG: Final = re.compile(
    r"\\fn(?P<font>[^\\}]*)|\\fs(?!c|p)(?P<size>[^\\})]*)|\\r(?P<style>[^\\})]*)"
    r"|\\b(?!e|ord|lur)(?P<bold>[^\\})]*)|\\i(?!clip)(?P<italic>[^\\})]*)"
)
_NUMBER: Final = re.compile(r"\d+(\.\d*)?|\.\d+")
_HALF_BOLD: Final = 550  # from this weight on, letters are drawn bold


def size_factor(family: str, bold: bool = False) -> float:
    """The factor on `Fontsize` that makes the substitute's text as wide as that of a missing family."""
    name = family.strip().lstrip("@").lower()
    measured = _SAME.get(name, name if name in _WIDTHS else _OTHERS)
    bolder = _BOLD.get(measured, _SUBSTITUTE_BOLD) / _SUBSTITUTE_BOLD if bold else 1
    return bolder * _WIDTHS[measured] / _SUBSTITUTE_WIDTH


@dataclass(frozen=True)
class _TextState:
    """How text is written, as the script states it."""

    family: str = ""
    size: float = 0
    bold: int = 0
    italic: bool = False

    @classmethod
    def of(cls, style: SSAStyle) -> _TextState:
        return cls(style.fontname, float(style.fontsize), int(bool(style.bold)), bool(style.italic))

    @property
    def drawn_bold(self) -> bool:
        return self.bold == 1 or self.bold > _HALF_BOLD


@dataclass(frozen=True)
class FontReplacement:
    """New names for the families of a script (`names`), of which those in `missing` are substituted.

    A substitute is named with its weight and slant, and never made bold: libass draws a variable font in the
    right weight, and thickens it on top.
    """

    names: Mapping[str, str]
    missing: Collection[str]

    def replace_in(self, file: SSAFile) -> None:
        """Write, in place, the new names and sizes into a script's styles and events."""
        states = {name: _TextState.of(style) for name, style in file.styles.items()}
        for event in file.events:
            tags = _EventTags(self, states, states.get(event.style) or _TextState())
            event.text = _OVERRIDE.sub(tags.rewritten, event.text)
        for name, style in file.styles.items():
            state = states[name]
            if self.substitutes(state):
                style.fontname, style.fontsize, style.bold, style.italic = self.written(state)
            style.fontname = self.names.get(style.fontname, style.fontname)

    def substitutes(self, state: _TextState) -> bool:
        return state.family in self.missing

    def factor(self, state: _TextState) -> float:
        """The factor on the size of a state."""
        return size_factor(state.family, state.drawn_bold) if self.substitutes(state) else 1.0

    def written(self, state: _TextState) -> tuple[str, float, int, int]:
        """Font name, size, bold and italic of a state in the new script."""
        if not self.substitutes(state):
            name = self.names.get(state.family, state.family)
            return name, state.size, state.bold, int(state.italic)
        name = " ".join((SUBSTITUTE, *(["Bold"] * state.drawn_bold), *(["Italic"] * state.italic)))
        return name, state.size * self.factor(state), 0, 0


class _EventTags:
    """The override tags of one event, read in order, as libass reads them."""

    def __init__(self, fonts: FontReplacement, styles: Mapping[str, _TextState], own: _TextState) -> None:
        self._fonts, self._styles, self._own = fonts, styles, own
        self._base = self._state = own

    def rewritten(self, block: re.Match[str]) -> str:
        """A block of tags with the new names, and all that depends on a substituted font."""
        return _TEXT_TAG.sub(self._tag, block[0])

    def _tag(self, tag: re.Match[str]) -> str:
        kind = str(tag.lastgroup)
        stated, before = tag[kind].strip(), self._state
        if kind == "style":
            self._base = self._state = self._styles.get(stated, self._own)
            return tag[0]
        change: Callable[[str], _TextState] = getattr(self, f"_{kind}")
        self._state = change(stated)
        name, size, bold, italic = self._fonts.written(self._state)
        if any(map(self._fonts.substitutes, (self._base, before, self._state))):
            # A size is written only where it changes, because it would end an animation of it.
            resized = kind == "size" or self._fonts.factor(before) != self._fonts.factor(self._state)
            sized = f"\\fs{size:.6g}" if resized else ""
            return f"\\fn{name}{sized}\\b{bold}\\i{italic}"
        return f"\\fn{self._fonts.names.get(stated, stated)}" if kind == "font" else tag[0]

    def _font(self, stated: str) -> _TextState:
        return replace(self._state, family=self._base.family if stated in ("", "0") else stated)

    def _size(self, stated: str) -> _TextState:
        """Signed sizes are tenths more or less than before; others that aren't above 0 are the style's."""
        sign, digits = (stated[:1], stated[1:]) if stated[:1] in ("+", "-") else ("", stated)
        number = _NUMBER.match(digits)
        size = float(number[0]) if number else 0
        size = self._state.size * (1 + float(f"{sign}1") * size / 10) if sign else size
        return replace(self._state, size=size if size > 0 else self._base.size)

    def _bold(self, stated: str) -> _TextState:
        weight = int(stated) if stated.isdecimal() else -1
        return replace(self._state, bold=weight if weight in (0, 1) or weight >= 100 else self._base.bold)

    def _italic(self, stated: str) -> _TextState:
        return replace(self._state, italic=stated == "1" if stated in ("0", "1") else self._base.italic)
