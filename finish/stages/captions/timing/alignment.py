"""What was heard, put to captions: words' times for a known text, names spelt as they should be, cues of recognised words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from finish.analysis.transcription import RecognizedWord as Heard
from finish.model.transcripts import SpokenWord
from finish.stages.captions.cues import Cue, StyledRun
from finish.stages.captions.formats.transcript_cues import speech_sentences, spoken_cue
from finish.units import clock

# A match of two words is worth as much as their letters agree; one left out costs so much. House: with these, one word in five may be
# misheard without moving its neighbours.
_LEFT_OUT: Final = -0.4
_UNLIKE: Final = 0.5  # of their letters: words that agree less are not one
_BAND: Final = 200  # words that two texts may have run apart
# Names, in letters: nearer than a quarter of them, from five letters on, and with the same first; so "cling" is Kling and "open" is open.
_NEAR: Final = 0.25
_LONG_ENOUGH: Final = 5
CHARACTERS: Final = 900  # of a cue, before it is parted
_BRIEF: Final = Fraction(1, 10)  # s: the least that a piece of a text is given
_JOINED: Final = 3  # words that a name may have been heard as


@dataclass(frozen=True)
class _CueWord:
    """A word of a cue: which cue, from which letter until which of its text."""

    cue: int
    start: int
    end: int
    text: str


def with_heard_times(cues: Sequence[Cue], heard: Sequence[Heard]) -> tuple[tuple[Cue, ...], float]:
    """The cues with the times at which their words were heard, as far as they were, and the share (0 to 1) of words that were.

    What a file says of its words' times is forgotten; a time outside its cue is none.
    """
    pairs, share = _pairs(cues, heard)
    return _stamped_all(cues, pairs), share


def timed_by_speech(spread: Sequence[Cue], heard: Sequence[Heard]) -> tuple[tuple[Cue, ...], float]:
    """The pieces of a text as cues from their first to their last heard word, and the share of words that were heard.

    `spread` are the pieces by rule: one of which nothing was heard keeps to what its neighbours leave of that.
    """
    pairs, share = _pairs(spread, heard)
    spans: dict[int, tuple[Fraction, Fraction]] = {}
    for part, word in pairs:
        start, end = spans.get(part.cue, (word.start, word.end))
        spans[part.cue] = min(start, word.start), max(end, word.end)
    found: list[Cue] = []
    for number, (cue, next_heard) in enumerate(zip(spread, _next(spans, len(spread)), strict=True)):
        start, end = spans.get(number, (cue.start, cue.end))
        start = max(start, found[-1].end if found else Fraction(0))
        later = max(start, end) + _BRIEF if next_heard is None else next_heard
        end = min(max(end, start + _BRIEF), max(later, start + _BRIEF))
        found.append(replace(cue, start=start, end=end))
    return _stamped_all(found, pairs), share


def _next(spans: Mapping[int, tuple[Fraction, Fraction]], count: int) -> list[Fraction | None]:
    """For each of so many cues, when the earliest of those behind it was heard; None for none."""
    found: list[Fraction | None] = []
    earliest: Fraction | None = None
    for number in range(count - 1, -1, -1):
        found.append(earliest)
        if number in spans:
            earliest = spans[number][0] if earliest is None else min(earliest, spans[number][0])
    return found[::-1]


def _pairs(cues: Sequence[Cue], heard: Sequence[Heard]) -> tuple[list[tuple[_CueWord, Heard]], float]:
    """Which words of the cues are which of those heard, in order, and the share (0 to 1) of the cues' words that were."""
    parts = [part for number, cue in enumerate(cues) for part in _parts(number, cue)]
    pairs = _matched([part.text for part in parts], [word.text for word in heard])
    return [(parts[mine], heard[theirs]) for mine, theirs in pairs], len(pairs) / max(1, len(parts))


def _stamped_all(cues: Sequence[Cue], pairs: Sequence[tuple[_CueWord, Heard]]) -> tuple[Cue, ...]:
    times: dict[int, list[tuple[int, Fraction]]] = {}
    for part, word in pairs:
        if cues[part.cue].start <= word.start < cues[part.cue].end:
            times.setdefault(part.cue, []).append((part.start, word.start))
    return tuple(_stamped(cue, times.get(number, [])) for number, cue in enumerate(cues))


def cues_from_words(heard: Sequence[Heard]) -> tuple[Cue, ...]:
    """Recognised words as cues, by sentences and pauses, each word at its time; long ones are parted by the rules for reading."""
    groups = speech_sentences([SpokenWord(word.text, word.start, word.end) for word in heard], CHARACTERS)
    return tuple(
        spoken_cue(number, group, "speech")
        for number, group in enumerate(groups, 1)
        if any(word.text.strip() for word in group)
    )


def with_glossary(
    heard: Sequence[Heard], glossary: Sequence[str]
) -> tuple[tuple[Heard, ...], tuple[str, ...]]:
    """The words with the names of a glossary spelt as there, and every change in words.

    One to three words with a name's very letters always become it; such as come near it too, unless they are another name.
    """
    names = {_letters(name): name for name in glossary if _letters(name)}
    found: list[Heard] = []
    said: list[str] = []
    at = 0
    while at < len(heard):
        count, name = max(
            (
                (count, meant)
                for count in range(1, _JOINED + 1)
                if at + count <= len(heard) and (meant := _meant(heard[at : at + count], names))
            ),
            default=(1, ""),
            key=lambda pair: pair[0],
        )
        words = heard[at : at + count]
        at += count
        if not name:
            found += words
            continue
        old = "".join(word.text for word in words)
        core = old.strip(" " + _MARKS)
        new = old.replace(core, name, 1)
        found.append(Heard(new, words[0].start, words[-1].end, min(word.sure for word in words)))
        if new != old:
            said.append(f'heard "{core}", written "{name}" at {clock(words[0].start)}')
    return tuple(found), tuple(said)


_MARKS: Final = ".,;:!?…\"'“”‘’«»()[]¿¡-–—"


def _meant(words: Sequence[Heard], names: dict[str, str]) -> str:
    if any(set(word.text.strip()[-1:]) & set(".,;:!?…") for word in words[:-1]):
        return ""
    letters = "".join(_letters(word.text) for word in words)
    if letters in names:
        return names[letters]
    near = [
        (_distance(letters, each) / len(each), name)
        for each, name in names.items()
        if len(each) >= _LONG_ENOUGH
        and letters[:1] == each[:1]
        and abs(len(letters) - len(each)) <= _NEAR * len(each)
    ]
    share, name = min(near, default=(1.0, ""))
    return name if share <= _NEAR else ""


def _letters(text: str) -> str:
    """Letters and digits, small, without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in plain if each.isalnum())


def _parts(number: int, cue: Cue) -> Iterator[_CueWord]:
    """The words of a cue that have letters, parted by blanks."""
    text = cue.text
    at = 0
    for end in [*(place for place, letter in enumerate(text) if letter.isspace()), len(text)]:
        if _letters(text[at:end]):
            yield _CueWord(number, at, end, _letters(text[at:end]))
        at = end + 1


def _matched(mine: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int]]:
    """Which of my words are which of theirs, in order: the alignment of most letters in common (Needleman and Wunsch, in a band)."""
    other = [_letters(word) for word in theirs]
    rows, columns = len(mine), len(other)
    if not rows or not columns:
        return []
    band = abs(rows - columns) + _BAND
    worth: list[dict[int, float]] = [{column: _LEFT_OUT * column for column in range(min(columns, band) + 1)}]
    for row in range(1, rows + 1):
        middle = row * columns // rows
        before = worth[-1]
        now: dict[int, float] = {}
        for column in range(max(0, middle - band), min(columns, middle + band) + 1):
            ways = [before.get(column, -1e9) + _LEFT_OUT, now.get(column - 1, -1e9) + _LEFT_OUT]
            if column and column - 1 in before:
                ways.append(before[column - 1] + _alike(mine[row - 1], other[column - 1]))
            now[column] = max(ways)
        worth.append(now)
    found, row, column = [], rows, columns
    while row and column:
        here = worth[row][column]
        both = _alike(mine[row - 1], other[column - 1])
        if column - 1 in worth[row - 1] and here == worth[row - 1][column - 1] + both:
            row, column = row - 1, column - 1
            if both > 0:
                found.append((row, column))
        elif column in worth[row - 1] and here == worth[row - 1][column] + _LEFT_OUT:
            row -= 1
        else:
            column -= 1
    return found[::-1]


def _alike(one: str, other: str) -> float:
    """1 for the same letters, less for fewer in common; −1 for two words that are not one."""
    if one == other:
        return 1.0
    share = 1 - _distance(one, other) / max(len(one), len(other), 1)
    return share if share >= _UNLIKE else -1.0


def _distance(one: str, other: str) -> int:
    """Levenshtein's: letters to put in, take out or change."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        last, row[0] = row[0], at
        for place, each in enumerate(other, 1):
            last, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, last + (letter != each))
    return row[-1]


def _stamped(cue: Cue, times: Sequence[tuple[int, Fraction]]) -> Cue:
    """The cue with a time at each of these letters, as long as they ascend."""
    rising: list[tuple[int, Fraction]] = []
    for place, time in times:
        if not rising or time > rising[-1][1]:
            rising.append((place, time))
    runs: list[StyledRun] = []
    at = 0
    for run in cue.runs:
        inside = [(place - at, time) for place, time in rising if at <= place < at + len(run.text)]
        edges = [0, *(place for place, _ in inside), len(run.text)]
        stamps = [None, *(time for _, time in inside)]
        runs += [
            replace(run, text=run.text[start:end], time=time)
            for start, end, time in zip(edges[:-1], edges[1:], stamps, strict=True)
            if start < end
        ]
        at += len(run.text)
    return replace(cue, runs=tuple(runs))
