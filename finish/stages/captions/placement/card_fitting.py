"""Cues → cards of a few balanced lines within a width.

A cue that needs more room is cut in time. Only a cue with a word wider than a line is set smaller, and those
beside it so far that their type looks the same.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Final

from finish.errors import GlyphError
from finish.stages.captions.cues import Cue, StyledRun
from finish.stages.captions.source_place import caption_error
from finish.stages.captions.timing.word_timing import word_starts
from finish.stages.captions.typesetting import packaged_fonts
from finish.stages.captions.typesetting.caption_style import CaptionStyle
from finish.stages.captions.typesetting.line_breaking import CueLayout, Rows, Space
from finish.stages.captions.typesetting.word_fitting import FittedWords, WordFitting
from finish.stages.captions.typesetting.words import (
    CaptionLine,
    CaptionWord,
    advance,
    right_to_left,
    styled_words,
    typeset_line,
    word_gap,
)
from finish.units import clock

_UNREADABLE: Final = 0.25  # of the style's size; house value: type so small is a mistake of the text
_ROUNDED: Final = 1 + 1e-9  # a word that was scaled to fit a line fits it


@dataclass(frozen=True)
class CaptionCard:
    """What shows at one time: from frame `start` until frame `end` (half-open), its lines, and their cue.

    `word_frames` has the frame from which each word of each line is spoken. `scale` is the size of its type
    against the style's, `divided` states that a word of the cue is on two lines, and `small` that the scale
    is below the least one.
    """

    start: int
    end: int
    lines: tuple[CaptionLine, ...]
    right_to_left: bool
    cue: Cue
    word_frames: tuple[tuple[int, ...], ...] = ()
    scale: float = 1.0
    divided: bool = False
    small: bool = False

    def line_end(self, row: int) -> int:
        """The frame in which a line's last word ends: the next line's first, else the card's end."""
        return self.word_frames[row + 1][0] if row + 1 < len(self.word_frames) else self.end

    def later(self, frames: int) -> CaptionCard:
        """The same card this many frames later."""
        word_frames = tuple(tuple(frame + frames for frame in line) for line in self.word_frames)
        return replace(self, start=self.start + frames, end=self.end + frames, word_frames=word_frames)


@dataclass(frozen=True)
class CardGrid:
    """The frames of a programme: their rate (Hz) and their number."""

    rate: Fraction
    frames: int

    def of(self, cue: Cue) -> tuple[int, int]:
        """First frame of a cue and the one after its last: at least one frame, the nearest to its times."""
        start = min(round(cue.start * self.rate), self.frames - 1)
        return start, max(start + 1, min(round(cue.end * self.rate), self.frames))


def cards_of(cues: Sequence[Cue], fitting: WordFitting, grid: CardGrid) -> Iterator[CaptionCard]:
    """The cards of cues in order of time, with lines of at most `fitting.limit` em, in steady type.

    FinishError at a cue's place if it is too short for its cards, or if no font has one of its characters.
    """
    fits = [_fitted(cue, fitting) for cue in cues]
    scales = fitting.steady([fit.scale for fit in fits])
    for cue, fit, scale in zip(cues, fits, scales, strict=True):
        yield from _cue_cards(cue, replace(fit, scale=scale), fitting, grid)


def _fitted(cue: Cue, fitting: WordFitting) -> FittedWords:
    """The words of a cue at a size that can be read."""
    whole = styled_words(cue, fitting.style, fitting.language)
    _check_characters(whole, cue, fitting.style)
    fitted = fitting.fitted(whole)
    if fitted.scale < _UNREADABLE:
        message = f"a word of cue {cue.number} fits a line only at {fitted.scale:.0%} of the type's size"
        raise caption_error(message, "put a blank or a soft hyphen (U+00AD) where it can break", cue.place)
    return fitted


def _cue_cards(
    cue: Cue, fitted: FittedWords, fitting: WordFitting, grid: CardGrid
) -> tuple[CaptionCard, ...]:
    """The cards of one cue."""
    style, language, words = fitting.style, fitting.language, fitted.words
    layout = _layout(words, style, fitting.limit / fitted.scale * _ROUNDED, language)
    cards = layout.as_written() or layout.recut()
    start, end = grid.of(cue)
    if end - start < len(cards):
        raise caption_error(
            f"cue {cue.number} at {clock(cue.start)} has {end - start} frames for {len(cards)} cards",
            "give it more time, or fewer words",
            cue.place,
        )
    times = (
        _spoken_times(words, cards, cue, grid) if cue.timed else _shared(start, end, _weights(words, cards))
    )
    turned = right_to_left(cue.text)
    han_language = language or packaged_fonts.han_language(cue.text)
    return tuple(
        CaptionCard(
            *time,
            tuple(typeset_line(words[i:j], style, han_language) for i, j in rows),
            turned,
            cue,
            _word_frames(words, rows, time, grid.rate) if style.by_word else (),
            fitted.scale,
            fitted.divided,
            fitted.small,
        )
        for time, rows in zip(times, cards, strict=True)
    )


def _weights(words: list[CaptionWord], cards: list[Rows]) -> list[int]:
    """The number of characters of each card."""
    return [sum(len(words[at].text) for at in range(rows[0][0], rows[-1][1])) for rows in cards]


def _spoken_times(
    words: list[CaptionWord], cards: list[Rows], cue: Cue, grid: CardGrid
) -> list[tuple[int, int]]:
    """The frames of a cue's cards: each starts with its first word and has at least one frame."""
    start, end = grid.of(cue)
    starts = word_starts(words, cue.start, cue.end)
    joints = [start]
    for left, rows in zip(range(len(cards) - 1, 0, -1), cards[1:], strict=True):
        joints.append(min(max(round(starts[rows[0][0]] * grid.rate), joints[-1] + 1), end - left))
    return list(pairwise([*joints, end]))


def _word_frames(
    words: list[CaptionWord], rows: Rows, time: tuple[int, int], rate: Fraction
) -> tuple[tuple[int, ...], ...]:
    """The frame from which each word of a card's lines is spoken."""
    first, last = rows[0][0], rows[-1][1]
    starts = word_starts(words[first:last], time[0] / rate, time[1] / rate)
    frames = [min(max(round(start * rate), time[0]), time[1] - 1) for start in starts]
    return tuple(tuple(frames[i - first : j - first]) for i, j in rows)


def _check_characters(words: list[CaptionWord], cue: Cue, style: CaptionStyle) -> None:
    for word in words:
        if missing := packaged_fonts.missing_character(word.text, style.face):
            name = f"U+{ord(missing):04X} {unicodedata.name(missing, 'unnamed')}"
            font = "the style's font" if style.font else style.family
            raise GlyphError(
                f"no font has {missing!r} ({name}) in cue {cue.number} at {clock(cue.start)}",
                f"neither {font} nor another packaged font has it: {packaged_fonts.remedy(missing)}",
                where=str(cue.place),
            )


def _shared(start: int, end: int, weights: list[int]) -> list[tuple[int, int]]:
    """The frames from start to end, shared by weight, at least one each."""
    total, count = sum(weights), len(weights)
    joints = [start]
    for number, reached in enumerate(accumulate(weights), 1):
        ideal = start + round(Fraction((end - start) * reached, total))
        joints.append(min(max(ideal, joints[-1] + 1), end - (count - number)))
    return list(pairwise(joints))


def _layout(words: list[CaptionWord], style: CaptionStyle, limit: float, language: str) -> CueLayout:
    """The ways to set words with their widths in the style."""
    blank, hyphen = (advance(CaptionWord((StyledRun(text),)), style) for text in (" ", "-"))
    widths = [advance(word, style) for word in words]
    gap = word_gap(style)
    blanks = [gap + (blank if word.glue else 0.0) for word in words]
    return CueLayout(words, widths, blanks, Space(limit, style.lines, style.words, hyphen), language)
