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

from finish.stages.captions.cues import Cue, Run
from finish.units import clock

SHORTEST: Final = Fraction(5, 6)    # s
LONGEST: Final = Fraction(7)        # s
LINES: Final = 2
GAP: Final = 2                      # frames
CHAINED: Final = Fraction(1, 2)     # s: shorter gaps are closed to two frames
_BRIEF: Final = Fraction(1, 2)      # s; house: parts of a cue that would be shorter flash, and nobody reads either
_WIDE: Final = frozenset({"ja", "ko", "zh"})   # languages in which a half-width character counts half


@dataclass(frozen=True)
class Limits:
    """Of one language: characters a line, and characters a second."""

    line: int
    speed: int


# Nothing said is read as English, the fastest of the Latin scripts: what breaks that breaks any.
_NONE: Final = "en"
_OTHERS: Final = Limits(42, 17)
LANGUAGES: Final = {
    "en": Limits(42, 20), "ar": Limits(42, 20), "hi": Limits(42, 22), "ja": Limits(13, 4), "ko": Limits(16, 12), "zh": Limits(16, 9),
    "th": Limits(35, 17),
}


def limits(language: str) -> Limits:
    """The limits for a BCP 47 tag."""
    return LANGUAGES.get((language or _NONE).lower().split("-")[0], _OTHERS)


@dataclass(frozen=True)
class Broken:
    """A rule that a cue breaks: which, and by how much in words."""

    cue: Cue
    rule: str
    by: str

    def __str__(self) -> str:
        return f"cue {self.cue.number} at {clock(self.cue.start)}: {self.rule}: {self.by}"


def width(text: str, language: str) -> Fraction:
    """Characters as a language counts them."""
    if language.lower().split("-")[0] not in _WIDE:
        return Fraction(len(text))
    return sum((Fraction(1) if unicodedata.east_asian_width(each) in ("W", "F") else Fraction(1, 2) for each in text), Fraction(0))


def speed(cue: Cue, language: str) -> float:
    """Characters a second, spaces counted, a line break as one."""
    return float(width(" ".join(cue.text.split()), language) / (cue.end - cue.start))


def broken(cues: Sequence[Cue], language: str, rate: Fraction) -> Iterator[Broken]:
    """Every rule that a sequence in order of time breaks, cue by cue; `rate` is that of the frames (Hz)."""
    most = limits(language)
    for cue, later in zip(cues, (*cues[1:], None), strict=True):
        lines, shown = cue.text.split("\n"), cue.end - cue.start
        longest = max(width(each, language) for each in lines)
        facts = (
            (speed(cue, language) > most.speed, "reads too fast", f"{speed(cue, language):.0f} characters a second, {most.speed} at most"),
            (shown < SHORTEST, "shows too briefly", f"{float(shown):.2f} s, {float(SHORTEST):.2f} at least"),
            (shown > LONGEST, "stays too long", f"{float(shown):.1f} s, {LONGEST} at most"),
            (len(lines) > LINES, "too many lines", f"{len(lines)}, {LINES} at most"),
            (longest > most.line, "a line is too long", f"{math.ceil(longest)} characters, {most.line} at most"),
            (later is not None and later.start - cue.end < GAP / rate, "no gap to the next", f"less than {GAP} frames"),
        )
        yield from (Broken(cue, rule, by) for holds, rule, by in facts if holds)


def mended(cues: Sequence[Cue], language: str, rate: Fraction) -> tuple[tuple[Cue, ...], tuple[str, ...]]:
    """The same words in the same order, within the rules where there is room for it; and what was changed, cue by cue.

    Cues that are too full are parted at their words, lines set anew, ends moved: later into the pause behind a cue that is too
    brief or too fast, earlier where the next begins. No cue begins at another time than it did, but those that were parted.
    """
    # Given time before they are parted, but not cut short: the parts would run ahead of what is said.
    timed = _all_timed(cues, language, rate, max([LONGEST, *(cue.end - cue.start for cue in cues)]))
    parted = [part for cue, later in zip(timed, (*timed[1:], None), strict=True) for part in _parted(cue, later, language)]
    found = _all_timed(parted, language, rate, LONGEST)
    numbered = tuple(replace(cue, number=number) for number, cue in enumerate(found, 1))
    return numbered, tuple(_changes(cues, numbered))


def _parted(cue: Cue, later: Cue | None, language: str) -> Iterator[Cue]:
    """The cue in as few parts as its lines fit in, its time shared by characters where its file says nothing of
    its words; lines set anew only where they break a rule.

    Whole where the next begins before it ends (two people speak at once), or it has no time to be parted.
    """
    most = limits(language)
    lines = cue.text.split("\n")
    if len(lines) <= LINES and all(width(each, language) <= most.line for each in lines):
        yield cue
        return
    words = _words(cue, language)
    rows = _rows(words, most.line, language)
    cards = [rows[at:at + LINES] for at in range(0, len(rows), LINES)]
    if len(cards) > 1 and ((later is not None and later.start < cue.end) or cue.end - cue.start < len(cards) * _BRIEF):
        yield cue
        return
    weights = [max(1, sum(len(run.text) for row in card for word in row for run in word)) for card in cards]
    start, total, reached = cue.start, sum(weights), 0
    for number, (card, weight) in enumerate(zip(cards, weights, strict=True), 1):
        reached, following = reached + weight, cards[number] if number < len(cards) else []
        end = cue.start + (cue.end - cue.start) * Fraction(reached, total)
        end = Fraction(round(end * 1000), 1000) if reached < total else cue.end
        said = next((run.time for word in following[0] for run in word if run.time is not None), None) if following else None
        end = said if said is not None and start < said < cue.end else end
        yield replace(cue, start=start, end=max(end, start + Fraction(1, 1000)), runs=_set(card))
        start = max(end, start + Fraction(1, 1000))


_Word = tuple[Run, ...]


def _words(cue: Cue, language: str) -> list[_Word]:
    """The cue's words with their styling; in languages without blanks, its characters."""
    words: list[list[Run]] = [[]]
    apart = language.lower().split("-")[0] in _WIDE
    for run in cue.runs:
        for number, part in enumerate(run.text.replace("\n", " ").split(" ")):
            if number:
                words.append([])
            if part and apart:
                words[-1].append(run.but(part[0]))
                words += [[replace(run, text=each, time=None)] for each in part[1:]]
            elif part:
                words[-1].append(run.but(part))
            run = replace(run, time=None) if part else run  # noqa: PLW2901 (its time is that of its first word)
    return [tuple(word) for word in words if word]


def _rows(words: Sequence[_Word], most: int, language: str) -> list[list[_Word]]:
    """Words in lines of at most so many characters, as even as they can be; one that is longer has a line of its own."""
    glue = 0 if language.lower().split("-")[0] in _WIDE else 1
    sizes = [width("".join(run.text for run in word), language) for word in words]
    total = sum(sizes) + glue * (len(sizes) - 1)
    aim = max(Fraction(total, max(1, math.ceil(total / most))), *sizes)
    rows: list[list[_Word]] = [[]]
    filled = Fraction(0)
    for word, size in zip(words, sizes, strict=True):
        with_it = filled + (glue if rows[-1] else 0) + size
        if rows[-1] and (with_it > most or filled >= aim):
            rows.append([])
            with_it = size
        rows[-1].append(word)
        filled = with_it
    return rows


def _set(rows: Sequence[Sequence[_Word]]) -> tuple[Run, ...]:
    """Lines as runs, neighbours of one styling as one."""
    runs: list[Run] = []
    for row_number, row in enumerate(rows):
        for number, word in enumerate(row):
            lead = "\n" if row_number and not number else " " if number else ""
            for at, run in enumerate(word):
                text = (lead if at == 0 else "") + run.text
                if runs and run.follows(runs[-1]):
                    runs[-1] = runs[-1].but(runs[-1].text + text)
                else:
                    runs.append(run.but(text))
    return tuple(runs)


def _all_timed(cues: Sequence[Cue], language: str, rate: Fraction, longest: Fraction) -> list[Cue]:
    pairs = zip(cues, (*cues[1:], None), strict=True)
    return [_timed(cue, later.start if later else None, language, rate, longest) for cue, later in pairs]


def _timed(cue: Cue, limit: Fraction | None, language: str, rate: Fraction, longest: Fraction) -> Cue:
    """The cue with its end where the rules want it, before the next cue's start at `limit`, and no longer than `longest`."""
    wanted = max(cue.end - cue.start, SHORTEST, width(" ".join(cue.text.split()), language) / limits(language).speed)
    end = Fraction(math.ceil((cue.start + min(wanted, longest)) * 1000), 1000)   # caption files count milliseconds
    if limit is not None and limit > cue.start:
        last = max(limit - GAP / rate, min(limit, cue.start + 1 / rate))
        end = Fraction(math.floor(min(last, cue.start + longest) * 1000), 1000) if limit - end < CHAINED else end
    return replace(cue, end=end) if end > cue.start else cue


def _changes(before: Sequence[Cue], after: Sequence[Cue]) -> Iterator[str]:
    """Each cue of the file that is another now, in words; cues are told apart by the line where they stand."""
    now: dict[int, list[Cue]] = {}
    for cue in after:
        now.setdefault(cue.line, []).append(cue)
    for cue in before:
        parts = now.get(cue.line, [])
        if len(parts) > 1:
            yield f"cue {cue.number} at {clock(cue.start)}: parted in {len(parts)}"
            continue
        for part in parts:
            said = []
            if part.end != cue.end:
                said.append(f"ends {abs(float(part.end - cue.end)):.2f} s {'later' if part.end > cue.end else 'earlier'}")
            if part.text != cue.text:
                said.append("lines set anew")
            if said:
                yield f"cue {cue.number} at {clock(cue.start)}: {', '.join(said)}"
