"""Cues → the screens of broadcast captions: what stands on the picture together, in rows of few columns."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final

from finish.stages.captions.cues import Cue, CuePosition, StyledRun, without_small_overlaps

# The rows of 608 and teletext lie in the safe area, a tenth of the picture from each edge.
_MARGIN: Final = 0.1
# Typographic marks and what is written for them where a format doesn't have them.
_PLAIN: Final = {
    "’": "'", "‘": "'", "‚": ",", "′": "'", "“": '"', "”": '"', "„": '"', "″": '"', "‹": "<", "›": ">",
    "–": "-", "‐": "-", "‑": "-", "‒": "-", "—": "-", "―": "-", "−": "-", "…": "...", "\u00ad": "",
    "♫": "♪", "♩": "♪", "♬": "♪", "×": "x", "⁄": "/", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "đ": "d",
    "Đ": "D", "ı": "i", "ẞ": "SS", "ð": "d", "þ": "th", "Þ": "Th", "€": "EUR",
}  # fmt: skip


class NoCodeError(ValueError):
    """A letter or digit that a format can't write: `letter`."""

    def __init__(self, letter: str) -> None:
        super().__init__(letter)
        self.letter = letter


@dataclass(frozen=True)
class CaptionScreen:
    """The cues that show from frame `start` until frame `end`."""

    start: int
    end: int
    cues: tuple[Cue, ...]


@dataclass(frozen=True)
class StyledWord:
    """A word with the styling of its first letter; `colour` is #RRGGBB, or "" for white."""

    text: str
    italic: bool = False
    underline: bool = False
    colour: str = ""


Row = tuple[StyledWord, ...]


def screens(cues: tuple[Cue, ...], frame: Callable[[Fraction], int]) -> Iterator[CaptionScreen]:
    """What shows between any two moments at which cues start or end; `frame` is the frame of a time."""
    timed = []
    for cue in without_small_overlaps(cues):
        start = frame(cue.start)
        timed.append((start, max(start + 1, frame(cue.end)), cue))
    edges = sorted({edge for start, end, _ in timed for edge in (start, end)})
    waiting, active = timed[::-1], list[tuple[int, int, Cue]]()
    for start, end in pairwise(edges):
        while waiting and waiting[-1][0] <= start:
            active.append(waiting.pop())
        active = [entry for entry in active if entry[1] > start]
        if active:
            yield CaptionScreen(start, end, tuple(cue for _, _, cue in active))


def spelled(text: str, has_code: Callable[[str], bool]) -> str:
    """Text in the characters that a format has: plain typographic marks, letters without accents.

    A sign without a code is left out. NoCodeError for a letter or digit without one.
    """
    return "".join(_spelled(letter, has_code) for letter in unicodedata.normalize("NFC", text))


def _spelled(letter: str, has_code: Callable[[str], bool]) -> str:
    if has_code(letter):
        return letter
    if letter.isspace():
        return " "
    plain = _PLAIN.get(letter)
    if plain is None:
        plain = "".join(
            part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part)
        )
    if plain != letter and all(map(has_code, plain)):
        return plain
    if unicodedata.category(letter)[0] in "LNM":
        raise NoCodeError(letter)
    return ""


def styled_within_words(cue: Cue) -> bool:
    """Whether the styling changes inside a word."""
    letters = [(letter, run.styling) for run in cue.runs for letter in run.text]
    return any(
        one != other and first.isalnum() and second.isalnum()
        for (first, one), (second, other) in pairwise(letters)
    )


def rows(cue: Cue, columns: int, spell: Callable[[str], str]) -> tuple[Row, ...]:
    """The lines of a cue in words, broken again, evenly, if one of them is wider than the columns.

    A word that is wider than the columns is in a row by itself.
    """
    lines = [row for line in _lines(cue.runs) if (row := tuple(_words(line, spell)))]
    if all(width(line) <= columns for line in lines):
        return tuple(lines)
    words = [word for line in lines for word in line]
    fewest = len(_wrapped(words, columns))
    even = next(size for size in range(1, columns + 1) if len(_wrapped(words, size)) <= fewest)
    return tuple(_wrapped(words, even))


def width(row: Sequence[StyledWord]) -> int:
    """The columns of a row: its words, and a blank between each two."""
    return sum(len(word.text) for word in row) + len(row) - 1


def _lines(runs: Iterable[StyledRun]) -> list[list[StyledRun]]:
    lines: list[list[StyledRun]] = [[]]
    for run in runs:
        first, *others = run.text.split("\n")
        lines[-1].append(run.but(first))
        lines += [[run.but(text)] for text in others]
    return lines


def _words(line: Iterable[StyledRun], spell: Callable[[str], str]) -> Iterator[StyledWord]:
    """The words of a line: parts of one word in two stylings are one word, in the first of them."""
    text, first = "", StyledRun("")
    for run in line:
        for letter in spell(run.text):
            if letter == " ":
                yield from _word(text, first)
                text = ""
            else:
                first = first if text else run
                text += letter
    yield from _word(text, first)


def _word(text: str, run: StyledRun) -> Iterator[StyledWord]:
    if text:
        yield StyledWord(text, run.italic, run.underline, run.colour)


def _wrapped(words: Iterable[StyledWord], columns: int) -> list[Row]:
    wrapped: list[Row] = []
    for word in words:
        if wrapped and width((*wrapped[-1], word)) <= columns:
            wrapped[-1] = (*wrapped[-1], word)
        else:
            wrapped.append((word,))
    return wrapped


def first_row(position: CuePosition | None, count: int, total: int) -> int:
    """The first of `count` rows of a cue, from 0, on a screen of `total` rows."""
    last = total - count
    if position is None:
        return last
    share = {"top": 0.0, "middle": 0.5, "bottom": 1.0}[position.edge]
    down = share if position.down is None else (position.down - _MARGIN) / (1 - 2 * _MARGIN)
    return min(last, max(0, round(down * total - share * count)))


def first_column(position: CuePosition | None, size: int, columns: int) -> int:
    """The first column of a row of this size, from 0."""
    align = "centre" if position is None else position.align
    share = {"left": 0.0, "centre": 0.5, "right": 1.0}[align]
    across = share
    if position is not None and position.across is not None:
        across = (position.across - _MARGIN) / (1 - 2 * _MARGIN)
    return min(columns - size, max(0, round(across * columns - share * size - 0.25)))


def stacked(blocks: Sequence[tuple[int, int]], total: int) -> tuple[int, ...]:
    """The first rows of several blocks, each (first row, count), moved so that none lies on another.

    They stand in their order, as near to their rows as the order leaves room for.
    """
    has_room = sum(count for _, count in blocks) <= total
    places: dict[int, int] = {}
    free, below = 0, sum(count for _, count in blocks)
    for number in sorted(range(len(blocks)), key=lambda number: blocks[number][0]):
        first, count = blocks[number]
        places[number] = min(max(first, free), max(free, total - below)) if has_room else free
        free, below = places[number] + count, below - count
    return tuple(places[number] for number in range(len(blocks)))
