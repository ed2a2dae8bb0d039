"""The fonts of a folder by family and weight, and which of them draws titles and text."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from finish.errors import FontError
from finish.model import Document
from finish.model.font_files import font_at

_TITLES: Final = frozenset(
    {"display", "headline", "heading", "title", "titling", "poster", "banner", "deck", "fat", "outline"}
)
_TEXTS: Final = frozenset({"text", "sans", "body", "book", "caption", "micro"})
_NO_TEXT: Final = frozenset({"mono", "icons", "icon", "emoji", "symbols", "code"})
_FREE: Final = (
    "open font license",
    "openfontlicense",
    "apache license",
    "ubuntu font licence",
    "scripts.sil.org",
)
# Names of weights, and the weights that OpenType gives them (1.9, OS/2 usWeightClass).
_WEIGHTS: Final = {
    "thin": 100, "hairline": 100, "extralight": 200, "ultralight": 200, "light": 300, "regular": 400,
    "normal": 400, "book": 400, "roman": 400, "medium": 500, "semibold": 600, "demibold": 600, "demi": 600,
    "bold": 700, "extrabold": 800, "ultrabold": 800, "heavy": 800, "black": 900,
}  # fmt: skip
_REGULAR, _BOLD = 400, 700
_NAME: Final = 200  # characters of a name that are read: fonts come from anywhere


@dataclass(frozen=True)
class FontFacts:
    """What a font file says about itself. `weights` are those that it can draw: one, or a range."""

    name: str
    family: str
    style: str
    weights: tuple[int, int]
    italic: bool
    licence: str
    restricted: bool

    @property
    def label(self) -> str:
        """The font as people name it."""
        low, high = self.weights
        weight = f"weight {low}" if low == high else f"weights {low} to {high}"
        return f"{self.family} {self.style}, {weight}".replace("  ", " ")

    @property
    def is_free(self) -> bool:
        """Whether its licence is one that has no end."""
        return any(name in self.licence.lower() for name in _FREE)

    @property
    def words(self) -> frozenset[str]:
        return frozenset(re.findall(r"[a-z]+", self.family.lower()))

    def away(self, weight: int) -> int:
        """How far its nearest weight is from a weight."""
        low, high = self.weights
        return max(low - weight, weight - high, 0)


def font_facts(name: str, document: Document) -> FontFacts:
    """The facts about a font; FontError for one that can't be used."""
    prepared = font_at(document, _REGULAR)
    from fontTools.ttLib import TTFont

    try:
        font: Any = TTFont(io.BytesIO(document.data), lazy=True)
        names = {number: _named(font, number) for number in (1, 2, 13, 16, 17)}
        weight = _weight(names[17] or names[2], int(font["OS/2"].usWeightClass))
        italic = bool(font["OS/2"].fsSelection & 1)
        axes = font["fvar"].axes if "fvar" in font else ()
        ranges = [(int(axis.minValue), int(axis.maxValue)) for axis in axes if axis.axisTag == "wght"]
    # fontTools raises whatever its tables meet.
    except Exception as error:
        raise FontError(f"{name} has damaged tables", "export the font again") from error
    return FontFacts(
        name,
        names[16] or names[1] or name.rsplit("/", 1)[-1].rsplit(".", 1)[0],
        "" if ranges else names[17] or names[2],
        ranges[0] if ranges else (weight, weight),
        italic,
        names[13],
        prepared.restricted,
    )


@dataclass(frozen=True)
class ChosenFont:
    """A font in its role, and why."""

    role: str
    font: FontFacts
    reason: str


def chosen_fonts(fonts: Sequence[FontFacts]) -> tuple[ChosenFont, ...]:
    """The fonts of a kit: `display` for titles and `text` for captions, as far as there are such."""
    usable = [font for font in fonts if not font.words & _NO_TEXT] or list(fonts)
    if not usable:
        return ()
    counts = Counter(font.family for font in usable)
    families = list(counts)
    slanted = {font.family for font in usable if font.italic}  # italics are for text
    title = max(
        families,
        key=lambda name: (_has(name, _TITLES), not _has(name, _TEXTS), name not in slanted, -counts[name]),
    )
    others = [name for name in families if name != title] or [title]
    text = max(others, key=lambda name: (_has(name, _TEXTS), name in slanted, counts[name]))
    display, body = _cut(usable, title, _BOLD), _cut(usable, text, _REGULAR)
    only = "the only family" if len(families) == 1 else ""
    return (
        ChosenFont("display", display, f"{display.label}: {only or _why(title, _TITLES)}"),
        ChosenFont("text", body, f"{body.label}: {only or _why(text, _TEXTS)}"),
    )


def _cut(fonts: Sequence[FontFacts], family: str, weight: int) -> FontFacts:
    """The upright cut of a family that is nearest to a weight."""
    cuts = [font for font in fonts if font.family == family]
    return min(cuts, key=lambda font: (font.italic, font.away(weight), len(font.name), font.name))


def _why(family: str, words: frozenset[str]) -> str:
    return "its name says so" if _has(family, words) else "a guess between the families"


def _has(family: str, words: frozenset[str]) -> bool:
    return not words.isdisjoint(re.findall(r"[a-z]+", family.lower()))


def _weight(style: str, stated: int) -> int:
    """The weight of a cut: that of its name, because many fonts state another one."""
    word = re.sub(r"italic|oblique|[^a-z]", "", style.lower())
    return _WEIGHTS.get(word, min(1000, max(1, stated)))


def _named(font: Any, number: int) -> str:
    """A name of the font in English, on one line; "" if it has none."""
    text = font["name"].getDebugName(number) or ""
    return " ".join("".join(char if char.isprintable() else " " for char in text[:_NAME]).split())
