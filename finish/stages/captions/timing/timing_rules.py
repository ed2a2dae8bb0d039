"""Rules that captions are judged by, language by language: what breaks them, and the same cues mended within them.

Numbers: Netflix' Timed Text Style Guides as SubtitleEdit's quality controller has them (adult programmes); durations and gaps from
the general requirements.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from finish.stages.captions.cues import LONGEST_CUE, SHORTEST_CUE, Cue, StyledRun
from finish.stages.captions.timing.shot_snapping import GAP, ShotTimes
from finish.stages.captions.typesetting.line_breaking import CueLayout, Space
from finish.stages.captions.typesetting.words import CaptionWord, split_words
from finish.units import clock, tongue

LINES: Final = 2
CHAINED: Final = Fraction(1, 2)  # s: shorter gaps are closed to two frames
_BRIEF: Final = Fraction(
    1, 2
)  # s; house: parts of a cue that would be shorter flash, and nobody reads either
_WIDE: Final = frozenset({"ja", "ko", "zh"})  # languages in which a half-width character counts half


@dataclass(frozen=True)
class ReadingLimits:
    """Of one language: characters a line, and characters a second."""

    line: int
    speed: int


# Nothing said is read as English, the fastest of the Latin scripts: what breaks that breaks any.
_NONE: Final = "en"
_OTHERS: Final = ReadingLimits(42, 17)
LANGUAGES: Final = {
    "en": ReadingLimits(42, 20),
    "ar": ReadingLimits(42, 20),
    "hi": ReadingLimits(42, 22),
    "ja": ReadingLimits(13, 4),
    "ko": ReadingLimits(16, 12),
    "zh": ReadingLimits(16, 9),
    "th": ReadingLimits(35, 17),
}


def reading_limits(language: str) -> ReadingLimits:
    """The limits for a BCP 47 tag."""
    return LANGUAGES.get(tongue(language or _NONE), _OTHERS)


@dataclass(frozen=True)
class BrokenRule:
    """A rule that a cue breaks: which, and by how much in words."""

    cue: Cue
    rule: str
    by: str

    def __str__(self) -> str:
        return f"cue {self.cue.number} at {clock(self.cue.start)}: {self.rule}: {self.by}"


def width(text: str, language: str) -> Fraction:
    """Characters as a language counts them."""
    if tongue(language) not in _WIDE:
        return Fraction(len(text))
    return sum(
        (
            Fraction(1) if unicodedata.east_asian_width(each) in ("W", "F") else Fraction(1, 2)
            for each in text
        ),
        Fraction(0),
    )


def reading_speed(cue: Cue, language: str) -> float:
    """Characters a second, spaces counted, a line break as one."""
    return float(width(" ".join(cue.text.split()), language) / (cue.end - cue.start))


def broken_rules(cues: Sequence[Cue], language: str, edges: ShotTimes) -> Iterator[BrokenRule]:
    """Every rule that a sequence in order of time breaks, cue by cue."""
    most = reading_limits(language)
    for cue, later in zip(cues, (*cues[1:], None), strict=True):
        lines, shown = cue.text.split("\n"), cue.end - cue.start
        longest = max(width(each, language) for each in lines)
        facts = (
            (
                reading_speed(cue, language) > most.speed,
                "reads too fast",
                f"{reading_speed(cue, language):.0f} characters a second, {most.speed} at most",
            ),
            (
                shown < SHORTEST_CUE,
                "shows too briefly",
                f"{float(shown):.2f} s, {float(SHORTEST_CUE):.2f} at least",
            ),
            (shown > LONGEST_CUE, "stays too long", f"{float(shown):.1f} s, {LONGEST_CUE} at most"),
            (len(lines) > LINES, "too many lines", f"{len(lines)}, {LINES} at most"),
            (
                longest > most.line,
                "a line is too long",
                f"{math.ceil(longest)} characters, {most.line} at most",
            ),
            (
                later is not None and later.start - cue.end < edges.gap,
                "no gap to the next",
                f"less than {GAP} frames",
            ),
        )
        yield from (BrokenRule(cue, rule, by) for holds, rule, by in facts if holds)
        yield from (BrokenRule(cue, rule, by) for rule, by in edges.broken(cue))


def repaired(cues: Sequence[Cue], language: str, edges: ShotTimes) -> tuple[tuple[Cue, ...], tuple[str, ...]]:
    """The same words in the same order, within the rules where there is room for it; and what was changed, cue by cue.

    Cues that are too full are parted at their words, lines set anew, ends moved: later into the pause behind a cue that is too
    brief or too fast, earlier where the next begins; both ends to a shot change near them. No other cue begins at another time than
    it did, but those that were parted.
    """
    # Given time before they are parted, but not cut short: the parts would run ahead of what is said.
    timed = _all_timed(
        cues, language, ShotTimes(edges.rate), max([LONGEST_CUE, *(cue.end - cue.start for cue in cues)])
    )
    parted = [
        part
        for cue, later in zip(timed, (*timed[1:], None), strict=True)
        for part in _parted(cue, later, language)
    ]
    found = _all_timed(list(_begun(parted, edges)), language, edges, LONGEST_CUE)
    numbered = tuple(replace(cue, number=number) for number, cue in enumerate(found, 1))
    return numbered, tuple(_changes(cues, numbered))


def _parted(cue: Cue, later: Cue | None, language: str) -> Iterator[Cue]:
    """The cue in as few parts as its lines fit in, its time shared by characters where its file says nothing of
    its words; lines set anew only where they break a rule.

    Whole where the next begins before it ends (two people speak at once), or it has no time to be parted.
    """
    most = reading_limits(language)
    lines = cue.text.split("\n")
    if len(lines) <= LINES and all(width(each, language) <= most.line for each in lines):
        yield cue
        return
    words = split_words(cue, language)
    cards = character_layout(words, language).recut()
    if len(cards) > 1 and (
        (later is not None and later.start < cue.end) or cue.end - cue.start < len(cards) * _BRIEF
    ):
        yield cue
        return
    shown = [words[rows[0][0] : rows[-1][1]] for rows in cards]
    weights = [max(1, sum(len(word.text) for word in card)) for card in shown]
    start, total, reached = cue.start, sum(weights), 0
    for number, (rows, weight) in enumerate(zip(cards, weights, strict=True), 1):
        reached, following = reached + weight, shown[number] if number < len(cards) else []
        end = cue.start + (cue.end - cue.start) * Fraction(reached, total)
        end = Fraction(round(end * 1000), 1000) if reached < total else cue.end
        said = next((word.time for word in following if word.time is not None), None)
        end = said if said is not None and start < said < cue.end else end
        yield replace(
            cue,
            start=start,
            end=max(end, start + Fraction(1, 1000)),
            runs=_set([words[i:j] for i, j in rows]),
        )
        start = max(end, start + Fraction(1, 1000))


def character_layout(words: Sequence[CaptionWord], language: str) -> CueLayout:
    """The words with their widths in characters, as em: about two of them make one, of the wide ones one."""
    em = 1.0 if tongue(language) in _WIDE else 0.5
    widths = [em * float(width(word.text, language)) for word in words]
    blank = em * float(width(" ", language))
    return CueLayout(
        words,
        widths,
        [blank if word.glue else 0.0 for word in words],
        Space(em * reading_limits(language).line, LINES),
        language,
    )


def _set(rows: Sequence[Sequence[CaptionWord]]) -> tuple[StyledRun, ...]:
    """Lines as runs, neighbours of one styling as one."""
    runs: list[StyledRun] = []
    for row_number, row in enumerate(rows):
        for number, word in enumerate(row):
            lead = "\n" if row_number and not number else word.glue if number else ""
            for at, run in enumerate(word.runs):
                timed = replace(
                    run, text=(lead if at == 0 else "") + run.text, time=word.time if at == 0 else None
                )
                if runs and timed.follows(runs[-1]):
                    runs[-1] = runs[-1].but(runs[-1].text + timed.text)
                else:
                    runs.append(timed)
    return tuple(runs)


def _begun(cues: Sequence[Cue], edges: ShotTimes) -> Iterator[Cue]:
    """The cues begun with the shot change near them, where that leaves each as long as it must be, and in order."""
    last: Cue | None = None
    for cue, later in zip(cues, (*cues[1:], None), strict=True):
        start = edges.start(cue.start)
        if start < cue.start:
            room = start >= 0 and (last is None or start - edges.gap - last.start >= SHORTEST_CUE)
        else:
            room = cue.end - start >= SHORTEST_CUE and (later is None or start < later.start)
        last = replace(cue, start=start) if room and (last is None or start > last.start) else cue
        yield last


def _all_timed(cues: Sequence[Cue], language: str, edges: ShotTimes, longest: Fraction) -> list[Cue]:
    pairs = zip(cues, (*cues[1:], None), strict=True)
    return [_timed(cue, later.start if later else None, language, edges, longest) for cue, later in pairs]


def _timed(cue: Cue, limit: Fraction | None, language: str, edges: ShotTimes, longest: Fraction) -> Cue:
    """The cue with its end where the rules want it, before the next cue's start at `limit`, and no longer than `longest`."""
    wanted = max(cue.end - cue.start, SHORTEST_CUE, _reading(cue, language))
    end = Fraction(
        math.ceil((cue.start + min(wanted, longest)) * 1000), 1000
    )  # caption files count milliseconds
    if limit is not None and limit > cue.start:
        last = max(limit - edges.gap, min(limit, cue.start + 1 / edges.rate))
        end = (
            Fraction(math.floor(min(last, cue.start + longest) * 1000), 1000)
            if limit - end < CHAINED
            else end
        )
    with_cut = edges.end(end)
    if min(
        max(SHORTEST_CUE, _reading(cue, language)), end - cue.start
    ) <= with_cut - cue.start <= longest and with_cut <= (limit or with_cut):
        end = with_cut
    return replace(cue, end=end) if end > cue.start else cue


def _reading(cue: Cue, language: str) -> Fraction:
    """The least time (s) in which a cue is read."""
    return width(" ".join(cue.text.split()), language) / reading_limits(language).speed


def _changes(before: Sequence[Cue], after: Sequence[Cue]) -> Iterator[str]:
    """Each cue of the file that is another now, in words; cues are told apart by the line where they stand."""
    found: dict[int, list[Cue]] = {}
    for cue in after:
        found.setdefault(cue.line, []).append(cue)
    for cue in before:
        now_it_is = found.get(cue.line, [])
        if len(now_it_is) > 1:
            yield f"cue {cue.number} at {clock(cue.start)}: parted in {len(now_it_is)}"
            continue
        for part in now_it_is:
            said = [
                f"{verb} {abs(float(now - then)):.2f} s {'later' if now > then else 'earlier'}"
                for verb, then, now in (("begins", cue.start, part.start), ("ends", cue.end, part.end))
                if now != then
            ]
            if part.text != cue.text:
                said.append("lines set anew")
            if said:
                yield f"cue {cue.number} at {clock(cue.start)}: {', '.join(said)}"
