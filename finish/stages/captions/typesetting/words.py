"""A cue's runs → words, the least things that a line is made of; and words → a line with the font that draws each piece."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Final

from finish.stages.captions.cues import Cue, StyledRun
from finish.stages.captions.typesetting import packaged_fonts, phrases
from finish.stages.captions.typesetting.caption_style import CaptionStyle
from finish.stages.captions.typesetting.packaged_fonts import FontFace, TextExtent, Weight
from finish.units import tongue

BOLD: Final[Weight] = 700

# Where a line may break: blanks (not the no-break ones), U+200B, U+00AD, and after a hyphen, dash or slash between two letters.
_BREAK: Final = re.compile(r"[ \n\u3000]+|\u200b+|\u00ad|(?<=\w[-‐–—/])(?=\w)")
_SOFT_HYPHEN: Final = "\u00ad"
_SPEAKER: Final = re.compile(r"\s*[-‐–—•♪>]")
_DOTTED_I: Final = frozenset({"tr", "az"})  # languages whose capital i keeps its dot


@dataclass(frozen=True)
class CaptionWord:
    """Text that is never torn. `glue` joins it to the word before on one line, `tail` is shown when a line ends after it;
    `fresh` says that it starts a line in the file, `turn` that this line is another speaker's; `time` (s) when it is spoken, if known.
    `written` is the text as it stands in the file, before a style put it into capitals."""

    runs: tuple[StyledRun, ...]
    glue: str = " "
    tail: str = ""
    fresh: bool = False
    turn: bool = False
    time: Fraction | None = None
    written: str = ""

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class FontRun:
    """A stretch of a line that one font draws. `word` counts the line's words from 0, where they are told apart; `strong` is emphasis."""

    text: str
    face: FontFace
    weight: Weight
    italic: bool = False
    underline: bool = False
    word: int = 0
    strong: bool = False

    @property
    def extent(self) -> TextExtent:
        return packaged_fonts.extent(self.face, self.weight, self.text)


@dataclass(frozen=True)
class CaptionLine:
    """One line of a card, in logical order."""

    pieces: tuple[FontRun, ...]

    @property
    def extent(self) -> TextExtent:
        total = TextExtent()
        for piece in self.pieces:
            total = total.then(piece.extent)
        return total

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


def styled_words(cue: Cue, style: CaptionStyle, language: str) -> list[CaptionWord]:
    """The cue in words, in the style's case."""
    if style.case == "as-is":
        return split_words(cue, language)
    return [
        replace(each, runs=tuple(run.but(_capitals(run.text, language)) for run in each.runs))
        for each in split_words(cue, language)
    ]


def split_words(cue: Cue, language: str) -> list[CaptionWord]:
    """The cue in words, as they stand in the file."""
    text = cue.text
    ends = [match.span() for match in _BREAK.finditer(text)] + [
        (at, at) for at in phrases.phrase_breaks(text, language)
    ]
    speakers = sum(bool(_SPEAKER.match(each)) for each in text.split("\n")) > 1
    found: list[CaptionWord] = []
    glue, fresh, at = "", True, 0
    for start, end in [*sorted(ends), (len(text), len(text))]:
        between = text[start:end]
        if start > at:
            turn = speakers and fresh and bool(_SPEAKER.match(text[at:start]))
            cut = _cut(cue.runs, at, start)
            time = next((run.time for run in cut if run.time is not None), None)
            plain = tuple(replace(run, time=None) for run in cut)
            found.append(
                CaptionWord(
                    plain, glue, "-" if between == _SOFT_HYPHEN else "", fresh, turn, time, text[at:start]
                )
            )
            glue, fresh = "", False
        at = end
        glue = " " if between.strip("\u200b\u00ad") else glue
        fresh = fresh or "\n" in between
    return found


def _cut(runs: tuple[StyledRun, ...], start: int, end: int) -> tuple[StyledRun, ...]:
    cut, at = [], 0
    for run in runs:
        text = run.text[max(0, start - at) : max(0, end - at)]
        if text:
            # Blanks before its first word are all that may lie between a run's time and what is cut from it.
            begun = not run.text[: max(0, start - at)].strip()
            cut.append(replace(run, text=text, time=run.time if begun else None))
        at += len(run.text)
    return tuple(cut)


def _capitals(text: str, language: str) -> str:
    return (text.replace("i", "İ") if tongue(language) in _DOTTED_I else text).upper()


def typeset_line(words: list[CaptionWord], style: CaptionStyle, language: str = "") -> CaptionLine:
    """The words as one line, Han letters as the language draws them; told apart where the style shows when each is spoken.

    None of their characters may be `fonts.missing`.
    """
    return _set(words, style.face, style.weight, language, apart=style.spoken is not None)


def _set(
    words: list[CaptionWord], base: FontFace, weight: Weight, language: str = "", *, apart: bool = False
) -> CaptionLine:
    last = base
    pieces: list[FontRun] = []
    for number, run in _joined(words, apart=apart):
        for text, face in packaged_fonts.font_runs(run.text, base, last, language):
            last, piece = face, _piece(text, face, run, weight, number)
            if pieces and replace(pieces[-1], text="") == replace(piece, text=""):
                pieces[-1] = replace(pieces[-1], text=pieces[-1].text + piece.text)
            else:
                pieces.append(piece)
    return CaptionLine(tuple(pieces))


def advance(word: CaptionWord, style: CaptionStyle) -> float:
    """How wide a word is, in em, without the hyphen that it may get."""
    return _advance(word.runs, style.face, style.weight)


@lru_cache(packaged_fonts.REMEMBERED)
def _advance(runs: tuple[StyledRun, ...], base: FontFace, weight: Weight) -> float:
    return _set([CaptionWord(runs)], base, weight).extent.advance


def _joined(words: list[CaptionWord], *, apart: bool) -> list[tuple[int, StyledRun]]:
    """The words' runs with blanks between them, neighbours of one styling as one; `apart`, of one word only, which is numbered."""
    runs: list[tuple[int, StyledRun]] = []
    for number, word in enumerate(words):
        named = number if apart else 0
        blank = [(runs[-1][0], runs[-1][1].but(word.glue))] if number and word.glue else []
        tail = [(named, word.runs[-1].but(word.tail))] if word.tail and number == len(words) - 1 else []
        for which, run in (*blank, *((named, each) for each in word.runs), *tail):
            if runs and runs[-1][0] == which and runs[-1][1].but("") == run.but(""):
                runs[-1] = which, run.but(runs[-1][1].text + run.text)
            else:
                runs.append((which, run))
    return runs


def _piece(text: str, face: FontFace, run: StyledRun, weight: Weight, word: int) -> FontRun:
    slanted = packaged_fonts.italic_of(face) if run.italic else None
    italic = slanted is not None and slanted.draws(text)
    return FontRun(
        text,
        slanted if slanted and italic else face,
        BOLD if run.bold else weight,
        italic,
        run.underline,
        word,
        run.bold,
    )


def right_to_left(text: str) -> bool:
    """The direction of the first letter that has one (Unicode Bidirectional Algorithm, rules P2 and P3)."""
    return next(
        (kind in ("R", "AL") for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL")),
        False,
    )
