"""The packaged fonts as libass uses them: which one draws a character, its name in ASS, the width of a line.

Measured with FFmpeg 9 and libass 0.17 (a render test repeats it): a font is scaled so that its OS/2
usWinAscent + usWinDescent is `Fontsize` pixels. So an em of e pixels needs Fontsize = e × (ascent + descent)
/ upem, and the baseline of a line centred on y is at y + e × (ascent − descent) / 2 upem. Kerning needs
`Kerning: yes`. A named instance of a variable font is selected by its full name ("Noto Sans SemiBold"). The
family with `\\b600` gives the right instance *and* an artificial bold on top, because libass reads the weight
of the default instance.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

import uharfbuzz as hb

from finish import resources, units
from finish.errors import FontError

Weight = int
NAMES: Final[dict[Weight, str]] = {400: "", 500: "Medium", 600: "SemiBold", 700: "Bold"}
HEAVIEST: Final[Weight] = max(NAMES)  # of the Noto fonts, which draw what a heavier font lacks

# The only family whose named instances have no full name in fontconfig: `\\b700` selects bold, and the
# artificial extra is 1/64 em.
EMOJI: Final = "Noto Emoji"

REMEMBERED: Final = 50_000  # shaped texts kept in memory: about 10 MB

# Unicode's Default_Ignorable characters that libass skips when it shapes (ass_shaper.c); no font needs them.
_IGNORED: Final = frozenset((
    0xAD, 0x34F, 0x61C, *range(0x17B4, 0x17B6), *range(0x180B, 0x180F), *range(0x200B, 0x2010),
    *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10), 0xFEFF,
))  # fmt: skip
# Thai and Lao vowels that are letters in Unicode (The Unicode Standard 16.1, 16.2).
_VOWELS_BEFORE: Final = frozenset((*range(0xE40, 0xE45), *range(0xEC0, 0xEC5)))
_VOWELS_AFTER: Final = frozenset((0xE30, 0xE32, 0xE33, 0xE45, 0xEB0, 0xEB2, 0xEB3))
_JOINER, _AS_EMOJI = "\u200d", "\ufe0f"


@dataclass(frozen=True)
class TextExtent:
    """The extent of a line, in em.

    Its advance, how far ink reaches beyond it on either side, and above and below the baseline.
    """

    advance: float = 0.0
    overhang: float = 0.0
    above: float = 0.0
    below: float = 0.0

    def then(self, other: TextExtent) -> TextExtent:
        """The extent of both, one after the other."""
        return TextExtent(
            self.advance + other.advance,
            max(self.overhang, other.overhang),
            max(self.above, other.above),
            max(self.below, other.below),
        )


@dataclass(frozen=True)
class FontFace:
    """One packaged font file, a variable font with a weight axis."""

    path: Path
    # The bytes of a font that must be embedded for libass; empty for a packaged one.
    font: bytes = field(default=b"", repr=False, compare=False)

    @cached_property
    def _face(self) -> Any:
        return hb.Face(hb.Blob.from_file_path(str(self.path)))

    @cached_property
    def family(self) -> str:
        return str(self._face.get_name(16) or self._face.get_name(1))

    @cached_property
    def digest(self) -> str:
        return units.digest(bytes(self._face.blob.data))

    @cached_property
    def _covered(self) -> Any:
        return self._face.unicodes

    @cached_property
    def _ascent_descent(self) -> tuple[float, float]:
        ascent, descent = struct.unpack_from(">HH", self.table("OS/2"), 74)
        return ascent / self._face.upem, descent / self._face.upem

    def table(self, tag: str) -> bytes:
        """The bytes of one of the font's tables."""
        return bytes(self._face.reference_table(tag).data)

    @property
    def ascent(self) -> float:
        """libass' ascent, in em."""
        return self._ascent_descent[0]

    @property
    def descent(self) -> float:
        return self._ascent_descent[1]

    def draws(self, text: str) -> bool:
        """Whether the font has a shape for every character that needs one."""
        return all(ord(letter) in self._covered or ord(letter) in _IGNORED for letter in text)

    def name(self, weight: Weight, italic: bool) -> str:
        """The name of this instance in ASS after `\\fn`."""
        if self.family == EMOJI:
            return EMOJI
        named = NAMES[min(weight, HEAVIEST)]
        return " ".join(filter(None, (self.family, named, "Italic" if italic else "")))

    @cache  # noqa: B019 (one per font file, for the life of the program)
    def at(self, weight: Weight) -> Any:
        """The font for HarfBuzz at a weight, in font units."""
        font = hb.Font(self._face)
        font.set_variations({"wght": float(weight)})
        return font

    @property
    def upem(self) -> int:
        return int(self._face.upem)


@cache
def faces() -> tuple[FontFace, ...]:
    """All packaged upright fonts, in order of preference: text fonts by name, then symbols, emoji last."""
    last = {"NotoSansSymbols[wght].ttf": 1, "NotoEmoji[wght].ttf": 2}
    try:
        files = [path for path in resources.font_folder().glob("*.ttf") if "Italic" not in path.name]
    except ModuleNotFoundError as error:
        raise FontError("the packaged fonts aren't installed", "pip install manimgx-fonts") from error
    own = sorted(files, key=lambda path: (last.get(path.name, 0), path.name))
    # Han fonts come after all but emoji, so that text that needs no Han font looks the same with them.
    return tuple(FontFace(path) for path in (*own[:-1], *resources.cjk_fonts().values(), *own[-1:]))


@cache
def _han(language: str) -> FontFace | None:
    """The font that draws Han letters as a language writes them; None for a language without them."""
    tags = language.lower().split("-")
    traditional = {"hant", "tw", "hk", "mo"} & set(tags[1:]) or tags[0] == "yue"
    region = {"ja": "JP", "ko": "KR", "zh": "TC" if traditional else "SC", "yue": "TC"}.get(tags[0], "")
    path = resources.cjk_fonts().get(region)
    return FontFace(path) if path else None


def han_language(text: str) -> str:
    """The language that letters reveal, of those that share Han letters; "" for none."""
    if any("\u3041" <= letter <= "\u30ff" for letter in text):
        return "ja"
    return "ko" if any("\uac00" <= letter <= "\ud7a3" for letter in text) else ""


@cache
def italic_of(face: FontFace) -> FontFace | None:
    """The drawn italic of a font; None without one: it then stays upright, never slanted artificially."""
    if face.font:
        return None
    stem, axes = face.path.name.split("[")
    path = face.path.with_name(f"{stem}-Italic[{axes}")
    return FontFace(path) if path.exists() else None


@cache
def known_names() -> frozenset[str]:
    """Every name of a packaged font in an ASS file, in lower case."""
    upright = {face.name(weight, italic=False).lower() for face in faces() for weight in NAMES}
    return frozenset(
        upright
        | {face.name(weight, italic=True).lower() for face in faces() if italic_of(face) for weight in NAMES}
    )


@cache
def family(name: str, also: tuple[str, ...] = ()) -> FontFace:
    """The Noto family of this name; FontError with the names that exist, and other ones."""
    for face in faces():
        if face.family.lower() == name.lower():
            return face
    offered = ", ".join([*also, "Noto Sans"])
    raise FontError(f"unknown font family {name!r}", f"use a packaged one: {offered}")


def missing_character(text: str, base: FontFace | None = None) -> str:
    """The first character that neither `base` nor a packaged font draws; "" if there is none."""
    return next((letter for letter in text if not (base and base.draws(letter)) and not _drawn(letter)), "")


def remedy(character: str) -> str:
    """What the user can do about a character that no font draws."""
    wide = unicodedata.east_asian_width(character) in ("W", "F") and unicodedata.category(
        character
    ).startswith("L")
    return "pip install 'finish[cjk]'" if wide and not resources.cjk_fonts() else "replace the character"


@cache
def _drawn(character: str) -> bool:
    return any(face.draws(character) for face in faces())


def font_runs(
    text: str, base: FontFace, last: FontFace, language: str = ""
) -> Iterator[tuple[str, FontFace]]:
    """Parts of a text with the font that draws each: `base` where it can. A font must have every character.

    `last` is the font of the text before: blanks, digits and punctuation, which have no script of their own,
    stay in it. A character with an emoji selector (U+FE0F) or joined to an emoji (U+200D) is drawn as an
    emoji.
    """
    part, face = "", last
    for cluster in clusters(text):
        cluster_face = _face_for(cluster, base, face, _han(language))
        if cluster_face != face and part:
            yield part, face
            part = ""
        part, face = part + cluster, cluster_face
    if part:
        yield part, face


def clusters(text: str) -> list[str]:
    """Text in clusters that are never separated.

    A character with its marks, joiners and modifiers, or the two letters of a flag.
    """
    pieces: list[str] = []
    for character in text:
        last = pieces[-1] if pieces else ""
        flag = _regional(character) and _regional(last[-1:]) and len(last) % 2 == 1
        if last and (flag or _joins_next(last[-1]) or _joins_previous(character)):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _joins_previous(character: str) -> bool:
    """Whether a character belongs to the one before: a mark, a modifier, a vowel written after."""
    code = ord(character)
    mark = unicodedata.category(character).startswith("M") or code in _VOWELS_AFTER
    return mark or (code in _IGNORED and code != 0x200B) or 0x1F3FB <= code <= 0x1F3FF or code >= 0xE0000


def _joins_next(character: str) -> bool:
    """Whether the next character belongs to it: a joiner, a virama (class 9), a vowel written before."""
    return character == _JOINER or unicodedata.combining(character) == 9 or ord(character) in _VOWELS_BEFORE


def _regional(character: str) -> bool:
    return bool(character) and 0x1F1E6 <= ord(character) <= 0x1F1FF


@lru_cache(REMEMBERED)
def _face_for(cluster: str, base: FontFace, last: FontFace, han: FontFace | None) -> FontFace:
    emoji: FontFace = faces()[-1]
    if (_AS_EMOJI in cluster or (_JOINER in cluster and not cluster[0].isalpha())) and emoji.draws(cluster):
        return emoji
    neutral = not unicodedata.category(cluster[0]).startswith("L")
    preferred = (base, *((han,) if han else ()), *faces())
    order = (last, *preferred) if neutral and last.family != EMOJI else preferred
    whole: FontFace | None = next((face for face in order if face.draws(cluster)), None)
    return whole or next(face for face in order if face.draws(cluster[0]))


@lru_cache(REMEMBERED)
def extent(face: FontFace, weight: Weight, text: str) -> TextExtent:
    """The extent of text in one font, shaped by HarfBuzz as libass does."""
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.language = "en"
    font = face.at(weight)
    hb.shape(font, buffer)
    at = left = right = above = below = 0
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        ink = font.get_glyph_extents(info.codepoint)
        if ink is not None and ink.width:
            start, top = at + position.x_offset + ink.x_bearing, position.y_offset + ink.y_bearing
            left, right = min(left, start), max(right, start + ink.width)
            above, below = max(above, top), max(below, -(top + ink.height))
        at += position.x_advance
    return TextExtent(
        at / face.upem, max(-left, right - at, 0) / face.upem, above / face.upem, below / face.upem
    )
