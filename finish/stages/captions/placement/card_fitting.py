"""Cues → cards: each at most `lines` lines inside a width, balanced; a cue that needs more is cut in time, never shrunk."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate, pairwise

from finish.errors import GlyphError
from finish.stages.captions.cues import Cue, StyledRun, caption_error
from finish.stages.captions.timing.word_timing import word_starts
from finish.stages.captions.typesetting import packaged_fonts
from finish.stages.captions.typesetting.caption_style import CaptionStyle
from finish.stages.captions.typesetting.line_breaking import CueLayout, Rows, Space
from finish.stages.captions.typesetting.words import (
    CaptionLine,
    CaptionWord,
    advance,
    right_to_left,
    styled_words,
    typeset_line,
)
from finish.units import clock


@dataclass(frozen=True)
class CaptionCard:
    """What is on the screen at one time: from frame `start` until frame `end` (half-open), its lines, the cue that says it.

    `torn` says that a word of the cue was wider than a line and was parted; `said` is the frame from which each word of each line
    is spoken.
    """

    start: int
    end: int
    lines: tuple[CaptionLine, ...]
    right_to_left: bool
    cue: Cue
    torn: bool = False
    said: tuple[tuple[int, ...], ...] = ()

    def later(self, frames: int) -> CaptionCard:
        """The same so many frames later."""
        said = tuple(tuple(each + frames for each in words) for words in self.said)
        return replace(self, start=self.start + frames, end=self.end + frames, said=said)


@dataclass(frozen=True)
class CardGrid:
    """The frames that there are to show captions on, and where cues come from."""

    rate: Fraction
    frames: int
    path: str

    def of(self, cue: Cue) -> tuple[int, int]:
        """First frame of a cue and the one after its last: at least one frame, the nearest to its times."""
        start = min(round(cue.start * self.rate), self.frames - 1)
        return start, max(start + 1, min(round(cue.end * self.rate), self.frames))


def cue_cards(
    cue: Cue, style: CaptionStyle, limit: float, grid: CardGrid, language: str = ""
) -> tuple[CaptionCard, ...]:
    """The cards of one cue, lines at most `limit` em wide; FinishError when the cue is too short to show them."""
    where = f"{grid.path}:{cue.line}"
    whole = styled_words(cue, style, language)
    _check(whole, cue, style, where)
    parts = [piece for word in whole for piece in _pieces(word, style, limit, where)]
    layout = _layout(parts, style, limit, language)
    spans = layout.as_written() or layout.recut()
    start, end = grid.of(cue)
    if end - start < len(spans):
        raise caption_error(
            f"cue {cue.number} at {clock(cue.start)} has {end - start} frames to show {len(spans)} cards",
            "give it more time or fewer words",
            where,
        )
    times = _as_spoken(parts, spans, cue, grid) if cue.timed else _shared(start, end, _weights(parts, spans))
    turned, torn = right_to_left(cue.text), len(parts) > len(whole)
    tongue = language or packaged_fonts.han_language(cue.text)
    return tuple(
        CaptionCard(
            *time,
            tuple(typeset_line(parts[i:j], style, tongue) for i, j in rows),
            turned,
            cue,
            torn,
            _said(parts, rows, time, grid.rate) if style.spoken else (),
        )
        for time, rows in zip(times, spans, strict=True)
    )


def _weights(parts: list[CaptionWord], spans: list[Rows]) -> list[int]:
    return [sum(len(parts[at].text) for at in range(rows[0][0], rows[-1][1])) for rows in spans]


def _as_spoken(
    parts: list[CaptionWord], spans: list[Rows], cue: Cue, grid: CardGrid
) -> list[tuple[int, int]]:
    """The frames of a cue's cards: each from the first of its words on, at least one frame."""
    start, end = grid.of(cue)
    when = word_starts(parts, cue.start, cue.end)
    joints = [start]
    for left, rows in zip(range(len(spans) - 1, 0, -1), spans[1:], strict=True):
        joints.append(min(max(round(when[rows[0][0]] * grid.rate), joints[-1] + 1), end - left))
    return list(pairwise([*joints, end]))


def _said(
    parts: list[CaptionWord], rows: Rows, time: tuple[int, int], rate: Fraction
) -> tuple[tuple[int, ...], ...]:
    """The frame from which each word of a card's lines is spoken."""
    first, last = rows[0][0], rows[-1][1]
    when = word_starts(parts[first:last], time[0] / rate, time[1] / rate)
    frames = [min(max(round(each * rate), time[0]), time[1] - 1) for each in when]
    return tuple(tuple(frames[i - first : j - first]) for i, j in rows)


def _check(parts: list[CaptionWord], cue: Cue, style: CaptionStyle, where: str) -> None:
    for word in parts:
        if missing := packaged_fonts.missing_character(word.text, style.face):
            name = f"U+{ord(missing):04X} {unicodedata.name(missing, 'without a name')}"
            own = "the style's font" if style.font else style.family
            raise GlyphError(
                f"no font draws {missing!r} ({name}) in cue {cue.number} at {clock(cue.start)}",
                f"neither {own} nor another packaged font has it: {packaged_fonts.remedy(missing)}",
                where=where,
            )


def _shared(start: int, end: int, weights: list[int]) -> list[tuple[int, int]]:
    """The frames from start to end, shared by weight, at least one each."""
    total, count = sum(weights), len(weights)
    joints = [start]
    for number, reached in enumerate(accumulate(weights), 1):
        ideal = start + round(Fraction((end - start) * reached, total))
        joints.append(min(max(ideal, joints[-1] + 1), end - (count - number)))
    return list(pairwise(joints))


def _layout(parts: list[CaptionWord], style: CaptionStyle, limit: float, language: str) -> CueLayout:
    """The words with the widths that they will have."""
    blank, tail = (advance(CaptionWord((StyledRun(text),)), style) for text in (" ", "-"))
    widths, blanks = [advance(each, style) for each in parts], [blank if each.glue else 0.0 for each in parts]
    return CueLayout(parts, widths, blanks, Space(limit, style.lines, style.words, tail), language)


def _pieces(word: CaptionWord, style: CaptionStyle, limit: float, where: str) -> Iterator[CaptionWord]:
    """The word itself, or where it is wider than a line as few even pieces as fit; a hyphen stands where letters of a cased script part."""
    width = advance(word, style) + (
        advance(CaptionWord((StyledRun(word.tail),)), style) if word.tail else 0.0
    )
    if width <= limit:
        yield word
        return
    clusters = [run.but(cluster) for run in word.runs for cluster in packaged_fonts.clusters(run.text)]
    wide = [advance(CaptionWord((cluster,)), style) for cluster in clusters]
    if max(wide) > limit - 1:
        raise caption_error(
            f"a line of {limit:.1f} em holds no letter of this size",
            "lower `captions: size` or choose a wider safe zone",
            where,
        )
    count = int(width / (limit - 1)) + 1  # one em is room for a hyphen
    start, filled = 0, 0.0
    for end in range(1, len(clusters) + 1):
        filled += wide[end - 1]
        last = end == len(clusters)
        if last or filled + wide[end] > limit - 1 or filled >= width / count:
            hyphen = not last and _cased(clusters[end - 1].text) and _cased(clusters[end].text)
            first = start == 0
            yield CaptionWord(
                tuple(clusters[start:end]),
                word.glue if first else "",
                "-" if hyphen else word.tail if last else "",
                word.fresh and first,
                word.turn and first,
            )
            start, filled = end, 0.0


def _cased(text: str) -> bool:
    return text[:1].lower() != text[:1].upper()
