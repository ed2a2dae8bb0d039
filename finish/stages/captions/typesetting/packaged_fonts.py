"""The packaged fonts as libass will use them: which one draws a character, what it is called in ASS, how wide a line is.

Measured with FFmpeg 9 and libass 0.17 (a render test repeats it): a font is scaled so that its OS/2 usWinAscent + usWinDescent
is `Fontsize` pixels, so an em of e pixels wants Fontsize = e × (ascent + descent) / upem, and the baseline of a line centred on
y lies at y + e × (ascent − descent) / 2 upem. Kerning is on only with `Kerning: yes`. A named instance of a variable font is
reached by its full name ("Noto Sans SemiBold"); asking for the family with `\\b600` gives the right instance *and* a faked
emboldening on top, because libass reads the weight of the default instance.
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

# The one family whose named instances fontconfig gives no full name: bold is asked of it by `\\b700`, the faked extra is 1/64 em.
EMOJI: Final = "Noto Emoji"

REMEMBERED: Final = 50_000  # shaped stretches kept in memory: about 10 MB

# Unicode's Default_Ignorable characters that libass skips when it shapes (ass_shaper.c); no font needs to have them.
_IGNORED: Final = frozenset(
    (
        0xAD,
        0x34F,
        0x61C,
        *range(0x17B4, 0x17B6),
        *range(0x180B, 0x180F),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10),
        0xFEFF,
    )
)
# Thai and Lao vowels that Unicode calls letters (The Unicode Standard 16.1, 16.2).
_VOWELS_BEFORE: Final = frozenset((*range(0xE40, 0xE45), *range(0xEC0, 0xEC5)))
_VOWELS_AFTER: Final = frozenset((0xE30, 0xE32, 0xE33, 0xE45, 0xEB0, 0xEB2, 0xEB3))
_JOINER, _AS_EMOJI = "\u200d", "\ufe0f"


@dataclass(frozen=True)
class TextExtent:
    """What a line takes, in em: its advance, how far ink reaches beyond it on either side, above and below the baseline."""

    advance: float = 0.0
    overhang: float = 0.0
    above: float = 0.0
    below: float = 0.0

    def then(self, other: TextExtent) -> TextExtent:
        """Both in one line."""
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
    font: bytes = field(
        default=b"", repr=False, compare=False
    )  # of a font that libass must be given, none of ours

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
        ascent, descent = struct.unpack_from(">HH", bytes(self._face.reference_table("OS/2").data), 74)
        return ascent / self._face.upem, descent / self._face.upem

    @property
    def ascent(self) -> float:
        """libass' ascent, in em."""
        return self._ascent_descent[0]

    @property
    def descent(self) -> float:
        return self._ascent_descent[1]

    def draws(self, text: str) -> bool:
        """Whether the font has a shape for every character that needs one."""
        return all(ord(each) in self._covered or ord(each) in _IGNORED for each in text)

    def name(self, weight: Weight, italic: bool) -> str:
        """What ASS calls this instance after `\\fn`."""
        if self.family == EMOJI:
            return EMOJI
        return " ".join(filter(None, (self.family, NAMES[weight], "Italic" if italic else "")))

    @cache  # noqa: B019 (one per font file, for the life of the program)
    def at(self, weight: Weight) -> Any:
        """HarfBuzz's font at a weight, in font units."""
        font = hb.Font(self._face)
        font.set_variations({"wght": float(weight)})
        return font

    @property
    def upem(self) -> int:
        return int(self._face.upem)


@cache
def faces() -> tuple[FontFace, ...]:
    """All packaged upright fonts, in the order in which a character's font is looked for: text fonts by name, then symbols, emoji last."""
    last = {"NotoSansSymbols[wght].ttf": 1, "NotoEmoji[wght].ttf": 2}
    try:
        files = [path for path in resources.font_folder().glob("*.ttf") if "Italic" not in path.name]
    except ModuleNotFoundError as wrong:
        raise FontError("the packaged fonts are not installed", "pip install manimgx-fonts") from wrong
    ours = sorted(files, key=lambda path: (last.get(path.name, 0), path.name))
    # Han fonts come after all but emoji, so that what is there without them looks the same with them.
    return tuple(FontFace(path) for path in (*ours[:-1], *resources.cjk_fonts().values(), *ours[-1:]))


@cache
def _han(language: str) -> FontFace | None:
    """The font that draws Han letters as a language has them; None for one without."""
    tags = language.lower().split("-")
    traditional = {"hant", "tw", "hk", "mo"} & set(tags[1:]) or tags[0] == "yue"
    wanted = {"ja": "JP", "ko": "KR", "zh": "TC" if traditional else "SC", "yue": "TC"}.get(tags[0], "")
    path = resources.cjk_fonts().get(wanted)
    return FontFace(path) if path else None


def han_language(text: str) -> str:
    """The language that letters give away, of those that share Han letters; "" for none."""
    if any("\u3041" <= each <= "\u30ff" for each in text):
        return "ja"
    return "ko" if any("\uac00" <= each <= "\ud7a3" for each in text) else ""


@cache
def italic_of(face: FontFace) -> FontFace | None:
    """The drawn italic of a font; None where there is none: it then stays upright (never slanted by machine)."""
    if face.font:
        return None
    stem, axes = face.path.name.split("[")
    path = face.path.with_name(f"{stem}-Italic[{axes}")
    return FontFace(path) if path.exists() else None


@cache
def known_names() -> frozenset[str]:
    """Every name by which a packaged font can be asked for in an ASS file, in lower case."""
    upright = {face.name(weight, italic=False).lower() for face in faces() for weight in NAMES}
    return frozenset(
        upright
        | {face.name(weight, italic=True).lower() for face in faces() if italic_of(face) for weight in NAMES}
    )


@cache
def family(name: str) -> FontFace:
    """The packaged family of this name; FinishError with those that there are."""
    for face in faces():
        if face.family.lower() == name.lower():
            return face
    offered = ", ".join(face.family for face in faces())
    raise FontError(f"no font {name!r}", f"these are packaged: {offered}")


def missing_character(text: str, base: FontFace | None = None) -> str:
    """The first character that neither `base` nor a packaged font draws, "" when all are."""
    return next((each for each in text if not ((base is not None and base.draws(each)) or _drawn(each))), "")


def remedy(character: str) -> str:
    """What to do about a character that no font draws."""
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
    """Stretches of text with the font that draws each: `base` where it can. Nothing may be `missing_character`.

    `last` is the font of what stands before: blanks, digits and punctuation, which have no script of their own, stay with it.
    A character that asks for an emoji (U+FE0F) or is joined to one (U+200D) is drawn as one.
    """
    stretch, face = "", last
    for cluster in clusters(text):
        found = _face_for(cluster, base, face, _han(language))
        if found != face and stretch:
            yield stretch, face
            stretch = ""
        stretch, face = stretch + cluster, found
    if stretch:
        yield stretch, face


def clusters(text: str) -> list[str]:
    """Text in pieces that are never torn: a character with the marks, joiners and modifiers that hang on it, a flag's two letters."""
    found: list[str] = []
    for character in text:
        last = found[-1] if found else ""
        flag = _regional(character) and _regional(last[-1:]) and len(last) % 2 == 1
        if last and (flag or _reaches(last[-1]) or _hangs(character)):
            found[-1] += character
        else:
            found.append(character)
    return found


def _hangs(character: str) -> bool:
    code = ord(character)
    mark = unicodedata.category(character).startswith("M") or code in _VOWELS_AFTER
    return mark or (code in _IGNORED and code != 0x200B) or 0x1F3FB <= code <= 0x1F3FF or code >= 0xE0000


def _reaches(character: str) -> bool:
    """Whether what follows belongs to it: after a joiner, a virama (combining class 9), a Thai or Lao vowel written before."""
    return character == _JOINER or unicodedata.combining(character) == 9 or ord(character) in _VOWELS_BEFORE


def _regional(character: str) -> bool:
    return bool(character) and 0x1F1E6 <= ord(character) <= 0x1F1FF


@lru_cache(REMEMBERED)
def _face_for(cluster: str, base: FontFace, last: FontFace, han: FontFace | None) -> FontFace:
    emoji: FontFace = faces()[-1]
    if (_AS_EMOJI in cluster or (_JOINER in cluster and not cluster[0].isalpha())) and emoji.draws(cluster):
        return emoji
    neutral = not unicodedata.category(cluster[0]).startswith("L")
    all_of_them = (base, *((han,) if han else ()), *faces())
    order = (last, *all_of_them) if neutral and last.family != EMOJI else all_of_them
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
