"""The same cues within the rules for reading, as far as there is room."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from finish.stages.captions.cues import LONGEST_CUE, SHORTEST_CUE, Cue, StyledRun
from finish.stages.captions.source_place import SourcePlace
from finish.stages.captions.timing.shot_snapping import ShotTimes
from finish.stages.captions.timing.timing_rules import (
    LINES,
    WIDE_LANGUAGES,
    reading_limits,
    reading_time,
    width,
)
from finish.stages.captions.typesetting.line_breaking import CueLayout, Rows, Space
from finish.stages.captions.typesetting.words import CaptionWord, split_words
from finish.units import clock, tongue

_CHAINED: Final = Fraction(1, 2)  # s: shorter gaps are closed to two frames (Netflix TTSG)
_BRIEF: Final = Fraction(1, 2)  # s; house value: shorter parts of a cue flash, and nobody can read them
_MILLISECOND: Final = Fraction(1, 1000)  # the resolution of caption files


def repaired(cues: Sequence[Cue], language: str, shots: ShotTimes) -> tuple[tuple[Cue, ...], tuple[str, ...]]:
    """The same words in the same order, within the rules where there is room; and every change, in words.

    Cues that are too full are split at words, lines are broken again, and ends move: later into the pause
    after a cue that is too brief or too fast, earlier where the next one starts, and both ends to a shot
    change near them. No other cue than the parts of a split one starts at another time.
    """
    # Cues get more time before they are split but aren't shortened: the parts would run ahead of the speech.
    longest = max([LONGEST_CUE, *(cue.end - cue.start for cue in cues)])
    timed = _with_ends(cues, language, ShotTimes(shots.rate, length=shots.length), longest)
    parts = [
        part
        for cue, later in zip(timed, (*timed[1:], None), strict=True)
        for part in _split(cue, later, language)
    ]
    snapped = _with_ends(list(_with_starts(parts, shots)), language, shots, LONGEST_CUE)
    numbered = tuple(replace(cue, number=number) for number, cue in enumerate(snapped, 1))
    return numbered, tuple(_changes(cues, numbered))


def character_layout(words: Sequence[CaptionWord], language: str) -> CueLayout:
    """The ways to set words by the limits of a language.

    Widths are characters as em: about two make one, and a wide one is one.
    """
    em = 1.0 if tongue(language) in WIDE_LANGUAGES else 0.5
    widths = [em * float(width(word.text, language)) for word in words]
    blank = em * float(width(" ", language))
    blanks = [blank if word.glue else 0.0 for word in words]
    return CueLayout(words, widths, blanks, Space(em * reading_limits(language).line, LINES), language)


def _split(cue: Cue, later: Cue | None, language: str) -> Iterator[Cue]:
    """The cue in the fewest parts that hold its lines; lines are broken again only where they break a rule.

    Characters share its time where the file has no word times. It stays whole where the next cue starts
    before it ends (two people speak at once), or where it has no time for parts.
    """
    limit, lines = reading_limits(language).line, cue.text.split("\n")
    if len(lines) <= LINES and all(width(line, language) <= limit for line in lines):
        yield cue
        return
    words = split_words(cue, language)
    cards = character_layout(words, language).recut()
    overlaps = later is not None and later.start < cue.end
    if len(cards) > 1 and (overlaps or cue.end - cue.start < len(cards) * _BRIEF):
        yield cue
        return
    yield from _parts(cue, words, cards)


def _parts(cue: Cue, words: Sequence[CaptionWord], cards: Sequence[Rows]) -> Iterator[Cue]:
    """The cue as one cue for each card; a part ends when the next one's first word is spoken."""
    texts = [words[rows[0][0] : rows[-1][1]] for rows in cards]
    weights = [max(1, sum(len(word.text) for word in text)) for text in texts]
    start, total, reached = cue.start, sum(weights), 0
    for number, (rows, weight) in enumerate(zip(cards, weights, strict=True), 1):
        reached, following = reached + weight, texts[number] if number < len(cards) else []
        share = cue.start + (cue.end - cue.start) * Fraction(reached, total)
        end = Fraction(round(share * 1000), 1000) if reached < total else cue.end
        spoken = next((word.time for word in following if word.time is not None), None)
        end = spoken if spoken is not None and start < spoken < cue.end else end
        end = max(end, start + _MILLISECOND)
        yield replace(cue, start=start, end=end, runs=_joined([words[i:j] for i, j in rows]))
        start = end


def _joined(rows: Sequence[Sequence[CaptionWord]]) -> tuple[StyledRun, ...]:
    """Lines of words as runs, neighbours of one styling as one."""
    runs: list[StyledRun] = []
    for row_number, row in enumerate(rows):
        for number, word in enumerate(row):
            hyphen = "-" if word.bound else ""
            lead = f"{hyphen}\n" if row_number and not number else word.lead if number else ""
            for at, run in enumerate(word.runs):
                first = at == 0
                timed = replace(
                    run, text=(lead if first else "") + run.text, time=word.time if first else None
                )
                if runs and timed.follows(runs[-1]):
                    runs[-1] = runs[-1].but(runs[-1].text + timed.text)
                else:
                    runs.append(timed)
    return tuple(runs)


def _with_starts(cues: Sequence[Cue], shots: ShotTimes) -> Iterator[Cue]:
    """The cues started with the shot change near them, where each stays long enough and in order."""
    last: Cue | None = None
    for cue, later in zip(cues, (*cues[1:], None), strict=True):
        start = shots.start(cue.start)
        if start < cue.start:
            room = start >= 0 and (last is None or start - shots.gap - last.start >= SHORTEST_CUE)
        else:
            room = cue.end - start >= SHORTEST_CUE and (later is None or start < later.start)
        last = replace(cue, start=start) if room and (last is None or start > last.start) else cue
        yield last


def _with_ends(cues: Sequence[Cue], language: str, shots: ShotTimes, longest: Fraction) -> list[Cue]:
    pairs = zip(cues, (*cues[1:], None), strict=True)
    return [_with_end(cue, later.start if later else None, language, shots, longest) for cue, later in pairs]


def _with_end(cue: Cue, limit: Fraction | None, language: str, shots: ShotTimes, longest: Fraction) -> Cue:
    """The cue with the end that the rules want, before `limit` (the next cue) and within `longest` (s)."""
    reading = reading_time(cue, language)
    duration = min(max(cue.end - cue.start, SHORTEST_CUE, reading), longest)
    end = Fraction(math.ceil((cue.start + duration) * 1000), 1000)
    if limit is not None and limit > cue.start and limit - end < _CHAINED:
        last = max(limit - shots.gap, min(limit, cue.start + 1 / shots.rate))
        end = Fraction(math.floor(min(last, cue.start + longest) * 1000), 1000)
    snapped = shots.end(end)
    shortest = min(max(SHORTEST_CUE, reading), end - cue.start)
    if shortest <= snapped - cue.start <= longest and snapped <= (limit or snapped):
        end = snapped
    if shots.length is not None:
        end = min(end, max(Fraction(math.floor(shots.length * 1000), 1000), cue.end))
    return replace(cue, end=end) if end > cue.start else cue


def _changes(before: Sequence[Cue], after: Sequence[Cue]) -> Iterator[str]:
    """Each cue of the file that changed, in words; its place in the file identifies a cue."""
    parts_by_place: dict[SourcePlace, list[Cue]] = {}
    for cue in after:
        parts_by_place.setdefault(cue.place, []).append(cue)
    for cue in before:
        parts = parts_by_place.get(cue.place, [])
        change = (
            f"split into {len(parts)}" if len(parts) > 1 else "".join(_change(cue, part) for part in parts)
        )
        if change:
            yield f"cue {cue.number} at {clock(cue.start)}: {change}"


def _change(cue: Cue, part: Cue) -> str:
    """What is different in the one cue that a cue became; "" for nothing."""
    changes = [
        f"{verb} {abs(float(now - then)):.2f} s {'later' if now > then else 'earlier'}"
        for verb, then, now in (("begins", cue.start, part.start), ("ends", cue.end, part.end))
        if now != then
    ]
    return ", ".join([*changes, *(["lines broken again"] if part.text != cue.text else [])])
