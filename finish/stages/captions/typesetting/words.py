"""A cue's runs → words, which are never separated; and words → a line with the font that draws each run."""

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
from finish.stages.captions.typesetting.hyphenation import is_address
from finish.stages.captions.typesetting.packaged_fonts import FontFace, TextExtent, Weight
from finish.units import tongue

BOLD: Final[Weight] = 700

# Where a line can break: blanks (not the no-break ones), U+200B, U+00AD, and after a hyphen, dash or slash
# between two letters.
_BREAK: Final = re.compile(r"[ \n\u3000]+|\u200b+|\u00ad|(?<=\w[-‐–—/])(?=\w)")
_SOFT_HYPHEN: Final = "\u00ad"
_SPEAKER: Final = re.compile(r"\s*[-‐–—•♪>]")
# Blanks where no line ends: after a speaker's mark at a line's start and an opening quotation mark; before a
# mark that follows a word (French puts blanks before "?", and a dash ends its line).
_LED: Final = re.compile(
    r"(?:^[ \u3000]*(?:[-‐–—•♪♫]|>{2,3})|(?<!\S)[«‹“„([{¿¡])([ \u3000]+)(?=\S)", re.MULTILINE
)
_FOLLOWED: Final = re.compile(r"(?<=[\w»”’\")])([ \u3000]+)(?=(?:[?!:;%»›…]+|[-–—]|[♪♫]+)(?:\s|$))")
_DOTTED_I: Final = frozenset({"tr", "az"})  # languages whose capital i keeps its dot


@dataclass(frozen=True)
class CaptionWord:
    """Text that no line end separates.

    `glue` joins it to the previous word on one line; `tail` shows when a line ends after it. `fresh` states
    that it starts a line in the file, `turn` that this line is another speaker's. `time` (s) is when it is
    spoken, if known. `written` is the text as in the file, before a style put it into capitals. `bound`
    states that it's the rest of the word before it, after a soft hyphen or a division, on the same card.
    """

    runs: tuple[StyledRun, ...]
    glue: str = " "
    tail: str = ""
    fresh: bool = False
    turn: bool = False
    time: Fraction | None = None
    written: str = ""
    bound: bool = False

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)

    @property
    def lead(self) -> str:
        """What is before it in its file, on the line of the previous word."""
        return _SOFT_HYPHEN if self.bound else self.glue


@dataclass(frozen=True)
class FontRun:
    """A part of a line that one font draws.

    `word` counts the line's words from 0 if they are separate runs; `strong` is emphasis.
    """

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
    """One line of a card, in logical order; `gap` (em) is added to the blank between two words."""

    pieces: tuple[FontRun, ...]
    gap: float = 0.0

    @property
    def extent(self) -> TextExtent:
        total = TextExtent()
        for piece in self.pieces:
            total = total.then(piece.extent)
        gaps = len({piece.word for piece in self.pieces}) - 1
        return replace(total, advance=total.advance + gaps * self.gap) if self.gap else total

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


def styled_words(cue: Cue, style: CaptionStyle, language: str) -> list[CaptionWord]:
    """The words of a cue, in the style's case."""
    return [
        replace(word, runs=tuple(run.but(in_case(run.text, style, language)) for run in word.runs))
        for word in split_words(cue, language)
    ]


def in_case(text: str, style: CaptionStyle, language: str) -> str:
    """A text in the style's case."""
    if style.case == "as-is":
        return text
    return (text.replace("i", "İ") if tongue(language) in _DOTTED_I else text).upper()


def split_words(cue: Cue, language: str) -> list[CaptionWord]:
    """The words of a cue, as in the file."""
    text = cue.text
    speakers = sum(bool(_SPEAKER.match(line)) for line in text.split("\n")) > 1
    words: list[CaptionWord] = []
    glue, fresh, at = "", True, 0
    for start, end in [*_word_ends(text, language), (len(text), len(text))]:
        between = text[start:end]
        if start > at:
            turn = speakers and fresh and bool(_SPEAKER.match(text[at:start]))
            cut = cut_runs(cue.runs, at, start)
            time = next((run.time for run in cut if run.time is not None), None)
            plain = tuple(replace(run, time=None) for run in cut)
            tail = "-" if between == _SOFT_HYPHEN else ""
            bound = bool(words and words[-1].tail and not glue)
            words.append(CaptionWord(plain, glue, tail, fresh, turn, time, text[at:start], bound))
            glue, fresh = "", False
        at = end
        glue = " " if between.strip("\u200b\u00ad") else glue
        fresh = fresh or "\n" in between
    return words


def _word_ends(text: str, language: str) -> list[tuple[int, int]]:
    """What is between words (from, until): blanks and soft hyphens, or nothing; ascending."""
    held = {match.span(1) for pattern in (_LED, _FOLLOWED) for match in pattern.finditer(text)}
    whole = [match.span() for match in re.finditer(r"\S+", text) if is_address(match[0])]
    breaks = [span for match in _BREAK.finditer(text) if (span := match.span()) not in held]
    breaks += [(at, at) for at in phrases.phrase_breaks(text, language)]
    return sorted(
        (start, end)
        for start, end in breaks
        if end > start or not any(first < start < last for first, last in whole)
    )


def cut_runs(runs: tuple[StyledRun, ...], start: int, end: int) -> tuple[StyledRun, ...]:
    """The letters from start to end."""
    cut, at = [], 0
    for run in runs:
        text = run.text[max(0, start - at) : max(0, end - at)]
        if text:
            # Only blanks can be between a run's start, whose time is known, and the first cut from it.
            first = not run.text[: max(0, start - at)].strip()
            cut.append(replace(run, text=text, time=run.time if first else None))
        at += len(run.text)
    return tuple(cut)


def typeset_line(words: list[CaptionWord], style: CaptionStyle, language: str = "") -> CaptionLine:
    """The words as one line, Han letters as the language draws them.

    Each word is a run of its own if the style shows when it is spoken. A font must have every character
    (`packaged_fonts.missing_character`).
    """
    line = _line(words, style.face, style.weight, language, apart=style.by_word)
    return replace(line, gap=word_gap(style))


def word_gap(style: CaptionStyle) -> float:
    """The em that are added to a blank, so that the plates of two words don't touch."""
    plate = style.word_plate
    if plate is None or plate.when == "spoken":
        return 0.0
    blank = packaged_fonts.extent(style.face, style.weight, " ").advance
    return max(0.0, 2 * plate.padding[0] + plate.gap - blank)


def _line(
    words: list[CaptionWord], base: FontFace, weight: Weight, language: str = "", *, apart: bool = False
) -> CaptionLine:
    last = base
    pieces: list[FontRun] = []
    for number, run in _joined(words, apart=apart):
        for text, face in packaged_fonts.font_runs(run.text, base, last, language):
            last, piece = face, _font_run(text, face, run, weight, number)
            if pieces and replace(pieces[-1], text="") == replace(piece, text=""):
                pieces[-1] = replace(pieces[-1], text=pieces[-1].text + piece.text)
            else:
                pieces.append(piece)
    return CaptionLine(tuple(pieces))


def advance(word: CaptionWord, style: CaptionStyle) -> float:
    """The width of a word, in em, without a hyphen at the line end."""
    return _advance(word.runs, style.face, style.weight)


@lru_cache(packaged_fonts.REMEMBERED)
def _advance(runs: tuple[StyledRun, ...], base: FontFace, weight: Weight) -> float:
    return _line([CaptionWord(runs)], base, weight).extent.advance


def _joined(words: list[CaptionWord], *, apart: bool) -> list[tuple[int, StyledRun]]:
    """The words' runs with blanks between them, each with its word's number; like neighbours are one.

    Without `apart`, runs can extend over words, and every number is 0.
    """
    runs: list[tuple[int, StyledRun]] = []
    for number, word in enumerate(words):
        index = number if apart else 0
        blank = [(runs[-1][0], runs[-1][1].but(word.glue))] if number and word.glue else []
        tail = [(index, word.runs[-1].but(word.tail))] if word.tail and number == len(words) - 1 else []
        for owner, run in (*blank, *((index, run) for run in word.runs), *tail):
            if runs and runs[-1][0] == owner and runs[-1][1].but("") == run.but(""):
                runs[-1] = owner, run.but(runs[-1][1].text + run.text)
            else:
                runs.append((owner, run))
    return runs


def _font_run(text: str, face: FontFace, run: StyledRun, weight: Weight, word: int) -> FontRun:
    """A part of a run in one font, which stays upright if that font has no italic."""
    slanted = packaged_fonts.italic_of(face) if run.italic else None
    italic = slanted is not None and slanted.draws(text)
    return FontRun(
        text,
        slanted if slanted and italic else face,
        max(BOLD, weight) if run.bold else weight,
        italic,
        run.underline,
        word,
        run.bold,
    )


def right_to_left(text: str) -> bool:
    """Whether a text's direction is from right to left."""
    return direction(text) == "R"


def direction(text: str) -> str:
    """The direction of the first letter that has one, "L" or "R"; "" if none has one.

    Unicode Bidirectional Algorithm, rules P2 and P3.
    """
    kinds = map(unicodedata.bidirectional, text)
    return next(("L" if kind == "L" else "R" for kind in kinds if kind in ("L", "R", "AL")), "")
