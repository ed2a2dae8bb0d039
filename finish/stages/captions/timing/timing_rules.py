"""The rules for reading captions, by language, and the cues that break them.

Numbers: Netflix' Timed Text Style Guides as SubtitleEdit's quality controller has them (adult programmes);
durations and gaps from the general requirements.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from finish.stages.captions.cues import LONGEST_CUE, SHORTEST_CUE, Cue
from finish.stages.captions.timing.shot_snapping import GAP, ShotTimes
from finish.units import clock, tongue

LINES: Final = 2
WIDE_LANGUAGES: Final = frozenset({"ja", "ko", "zh"})  # a half-width character counts half in these


@dataclass(frozen=True)
class ReadingLimits:
    """The limits of one language: characters per line, and characters per second."""

    line: int
    speed: int


# Without a language, English counts, the fastest of the Latin scripts: what breaks its limits breaks any.
_DEFAULT: Final = "en"
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
    return LANGUAGES.get(tongue(language or _DEFAULT), _OTHERS)


@dataclass(frozen=True)
class BrokenRule:
    """A rule that a cue breaks, and by how much in words."""

    cue: Cue
    rule: str
    by: str

    def __str__(self) -> str:
        return f"cue {self.cue.number} at {clock(self.cue.start)}: {self.rule}: {self.by}"


def width(text: str, language: str) -> Fraction:
    """The number of characters, as a language counts them."""
    if tongue(language) not in WIDE_LANGUAGES:
        return Fraction(len(text))
    halves = sum(2 if unicodedata.east_asian_width(letter) in ("W", "F") else 1 for letter in text)
    return Fraction(halves, 2)


def reading_speed(cue: Cue, language: str) -> float:
    """Characters per second; a space counts as one character, and so does a line break."""
    return float(width(" ".join(cue.text.split()), language) / (cue.end - cue.start))


def reading_time(cue: Cue, language: str) -> Fraction:
    """The shortest time (s) in which a cue can be read."""
    return width(" ".join(cue.text.split()), language) / reading_limits(language).speed


def broken_rules(cues: Sequence[Cue], language: str, shots: ShotTimes) -> Iterator[BrokenRule]:
    """Every rule that a sequence in order of time breaks, cue by cue."""
    for cue, later in zip(cues, (*cues[1:], None), strict=True):
        rules = [*_text_rules(cue, language), *_time_rules(cue, later, shots), *shots.broken(cue)]
        yield from (BrokenRule(cue, rule, by) for rule, by in rules)


def _text_rules(cue: Cue, language: str) -> Iterator[tuple[str, str]]:
    limits, lines = reading_limits(language), cue.text.split("\n")
    speed = reading_speed(cue, language)
    if speed > limits.speed:
        yield "reads too fast", f"{speed:.0f} characters per second (at most {limits.speed})"
    if len(lines) > LINES:
        yield "too many lines", f"{len(lines)} (at most {LINES})"
    longest = max(width(line, language) for line in lines)
    if longest > limits.line:
        yield "a line is too long", f"{math.ceil(longest)} characters (at most {limits.line})"


def _time_rules(cue: Cue, later: Cue | None, shots: ShotTimes) -> Iterator[tuple[str, str]]:
    duration = cue.end - cue.start
    if duration < SHORTEST_CUE:
        yield "shows too briefly", f"{float(duration):.2f} s (at least {float(SHORTEST_CUE):.2f} s)"
    if duration > LONGEST_CUE:
        yield "stays too long", f"{float(duration):.1f} s (at most {LONGEST_CUE} s)"
    if later is not None and later.start - cue.end < shots.gap:
        yield "no gap to the next", f"less than {GAP} frames"
