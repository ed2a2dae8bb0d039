"""Recognised speech aligned to captions: word times for a known text, and cues of recognised words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from finish.analysis.transcription import RecognizedWord
from finish.model.transcripts import SpokenWord
from finish.stages.captions.cues import Cue, StyledRun
from finish.stages.captions.source_place import SourcePlace
from finish.stages.captions.timing.letters import edit_distance, plain_letters
from finish.stages.captions.timing.spoken_cues import speech_sentences, spoken_cue

# A match of two words scores as much as their letters agree; an unmatched word costs this much. House: with
# these values, one word in five can be misrecognised without moving its neighbours.
_UNMATCHED: Final = -0.4
_UNLIKE: Final = 0.5  # of their letters: words that agree less aren't the same
_BAND: Final = 200  # words by which two texts can drift apart
CHARACTERS: Final = 900  # of a cue before it is split
_BRIEF: Final = Fraction(1, 10)  # s: the shortest time of a piece of text


@dataclass(frozen=True)
class _CueWord:
    """A word of a cue: the cue's index, and the word's first letter, its end, and its plain letters."""

    cue: int
    start: int
    end: int
    letters: str


def with_recognised_times(
    cues: Sequence[Cue], recognised: Sequence[RecognizedWord]
) -> tuple[tuple[Cue, ...], float]:
    """The cues with the times of their recognised words, and the share (0 to 1) of recognised words.

    Word times of the file are dropped, and so is a time outside its cue.
    """
    pairs, share = _pairs(cues, recognised)
    return _all_stamped(cues, pairs), share


def timed_by_speech(
    pieces: Sequence[Cue], recognised: Sequence[RecognizedWord]
) -> tuple[tuple[Cue, ...], float]:
    """Pieces of a text as cues from their first to their last recognised word, and the share of such words.

    `pieces` have times by syllables: one without a recognised word keeps those, within what its neighbours
    leave.
    """
    pairs, share = _pairs(pieces, recognised)
    spans: dict[int, tuple[Fraction, Fraction]] = {}
    for word, spoken in pairs:
        start, end = spans.get(word.cue, (spoken.start, spoken.end))
        spans[word.cue] = min(start, spoken.start), max(end, spoken.end)
    cues: list[Cue] = []
    for number, (cue, next_start) in enumerate(zip(pieces, _next_starts(spans, len(pieces)), strict=True)):
        start, end = spans.get(number, (cue.start, cue.end))
        start = max(start, cues[-1].end if cues else Fraction(0))
        limit = max(start, end) + _BRIEF if next_start is None else next_start
        end = min(max(end, start + _BRIEF), max(limit, start + _BRIEF))
        cues.append(replace(cue, start=start, end=end))
    return _all_stamped(cues, pairs), share


def cues_from_words(recognised: Sequence[RecognizedWord]) -> tuple[Cue, ...]:
    """Recognised words as cues, by sentences and pauses, with a time for each word."""
    words = [SpokenWord(word.text, word.start, word.end) for word in recognised]
    return tuple(
        spoken_cue(number, sentence, SourcePlace("speech", part=f"segment {number}"))
        for number, sentence in enumerate(speech_sentences(words, CHARACTERS), 1)
        if any(word.text.strip() for word in sentence)
    )


def _next_starts(spans: Mapping[int, tuple[Fraction, Fraction]], count: int) -> list[Fraction | None]:
    """For each of `count` cues, the earliest start (s) of the recognised ones after it; None without any."""
    starts: list[Fraction | None] = []
    earliest: Fraction | None = None
    for number in range(count - 1, -1, -1):
        starts.append(earliest)
        if number in spans:
            earliest = spans[number][0] if earliest is None else min(earliest, spans[number][0])
    return starts[::-1]


def _pairs(
    cues: Sequence[Cue], recognised: Sequence[RecognizedWord]
) -> tuple[list[tuple[_CueWord, RecognizedWord]], float]:
    """The cues' words with their recognised words, in order, and the share (0 to 1) of matched ones."""
    words = [word for number, cue in enumerate(cues) for word in _cue_words(number, cue)]
    pairs = _matches([word.letters for word in words], [plain_letters(word.text) for word in recognised])
    return [(words[ours], recognised[theirs]) for ours, theirs in pairs], len(pairs) / max(1, len(words))


def _cue_words(number: int, cue: Cue) -> Iterator[_CueWord]:
    """The words of a cue that have letters, separated by blanks."""
    text = cue.text
    at = 0
    for end in [*(place for place, letter in enumerate(text) if letter.isspace()), len(text)]:
        if letters := plain_letters(text[at:end]):
            yield _CueWord(number, at, end, letters)
        at = end + 1


def _matches(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int]]:
    """Which of our words are which of theirs, in order: Needleman and Wunsch's alignment, in a band."""
    if not ours or not theirs:
        return []
    scores = _alignment_scores(ours, theirs)
    matches, row, column = [], len(ours), len(theirs)
    while row and column:
        score = scores[row][column]
        match = _similarity(ours[row - 1], theirs[column - 1])
        above = scores[row - 1]
        if column - 1 in above and score == above[column - 1] + match:
            row, column = row - 1, column - 1
            if match > 0:
                matches.append((row, column))
        elif column in above and score == above[column] + _UNMATCHED:
            row -= 1
        else:
            column -= 1
    return matches[::-1]


def _alignment_scores(ours: Sequence[str], theirs: Sequence[str]) -> list[dict[int, float]]:
    """The best score of every first part of ours with every first part of theirs, near the diagonal."""
    rows, columns = len(ours), len(theirs)
    band = abs(rows - columns) + _BAND
    scores: list[dict[int, float]] = [
        {column: _UNMATCHED * column for column in range(min(columns, band) + 1)}
    ]
    for row in range(1, rows + 1):
        middle = row * columns // rows
        above = scores[-1]
        current: dict[int, float] = {}
        for column in range(max(0, middle - band), min(columns, middle + band) + 1):
            options = [above.get(column, -1e9) + _UNMATCHED, current.get(column - 1, -1e9) + _UNMATCHED]
            if column and column - 1 in above:
                options.append(above[column - 1] + _similarity(ours[row - 1], theirs[column - 1]))
            current[column] = max(options)
        scores.append(current)
    return scores


def _similarity(one: str, other: str) -> float:
    """1 for the same letters, less for fewer in common; −1 for two different words."""
    if one == other:
        return 1.0
    share = 1 - edit_distance(one, other) / max(len(one), len(other), 1)
    return share if share >= _UNLIKE else -1.0


def _all_stamped(cues: Sequence[Cue], pairs: Sequence[tuple[_CueWord, RecognizedWord]]) -> tuple[Cue, ...]:
    times: dict[int, list[tuple[int, Fraction]]] = {}
    for word, spoken in pairs:
        if cues[word.cue].start <= spoken.start < cues[word.cue].end:
            times.setdefault(word.cue, []).append((word.start, spoken.start))
    return tuple(_stamped(cue, times.get(number, [])) for number, cue in enumerate(cues))


def _stamped(cue: Cue, times: Sequence[tuple[int, Fraction]]) -> Cue:
    """The cue with a time (s) at each of these letters, as long as times ascend."""
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
