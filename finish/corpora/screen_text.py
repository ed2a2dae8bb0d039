"""What is on the screen at each moment: two readings of one caption file compared by words over time.

Readers cut text differently: one merges rolling captions, or paragraphs that show together; another writes a
cue for each line. Only what is visible counts. The moments that are compared lie in the middle between
neighbouring starts and ends of both readings, where these are more than `TOLERANCE` apart; so a difference of
times up to it doesn't count, and every longer one does. Markup, case, punctuation, and line breaks don't
count: what is compared is how often each word is on the screen.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Final

TOLERANCE: Final = Fraction(1, 20)  # s; more than a frame at 24 Hz, and less than people see
# Rolling captions follow each other at once (the reader's own bound).
_APART: Final = Fraction(1, 5)  # s
# The share of a cue's words that are on the screen with a reader that has the cue, if not all of its words.
_MOST: Final = 0.5
_WORD: Final = re.compile(r"[^\W_]+")
_SIGN: Final = re.compile(r"[^\w\s]|_")
_MARKUP: Final = re.compile(
    r"</?(?:b|i|u|s|c|v|lang|ruby|rt|rp|font|span|br|\d[\d:.]*)(?:[ .][^<>]*)?/?>|\{\\[^{}]*\}", re.IGNORECASE
)


@dataclass(frozen=True)
class VisibleWords:
    """Words and signs by how often they are visible, and the words' letters, which don't depend on blanks."""

    counts: Counter[str]
    letters: str

    @classmethod
    def of(cls, text: str) -> VisibleWords:
        normal = unicodedata.normalize("NFKC", text).casefold().replace("\\n", " ")
        words = _WORD.findall(normal)
        return cls(Counter(words) + Counter(_SIGN.findall(normal)), "".join(words))

    @cached_property
    def compared(self) -> Counter[str]:
        """What is looked for: the words, or the signs of a text without words."""
        return Counter({word: count for word, count in self.counts.items() if word.isalnum()}) or self.counts

    def share_in(self, other: VisibleWords) -> float:
        """The share of these words that are among others; 1 if their letters are."""
        if self.letters and self.letters in other.letters:
            return 1.0
        return (self.compared & other.counts).total() / self.compared.total()


@dataclass(frozen=True)
class TimedText:
    """Text that is on the screen from `start` until `end` (s).

    The end is None where the file states none. Then only the start is compared, and the text counts as
    visible from there on. `earliest` and `latest` are set where the text can be visible sooner or longer:
    captions that appear word by word (paint-on, karaoke) can be shown whole from their first word on, and a
    reader that closes small gaps shows text longer than the file states.
    """

    start: Fraction
    end: Fraction | None
    text: str
    earliest: Fraction | None = None
    latest: Fraction | None = None

    @property
    def compared_until(self) -> Fraction:
        return self.start + 4 * TOLERANCE if self.end is None else self.end

    def visible_at(self, moment: Fraction) -> bool:
        """Whether it can be on the screen; text without a duration counts as text without an end."""
        start = self.start if self.earliest is None else self.earliest
        end = self.end if self.latest is None else self.latest
        return start <= moment and (end is None or moment < end or end <= self.start)

    @cached_property
    def readings(self) -> tuple[VisibleWords, ...]:
        """Its words as they stand, and without what could be markup or entities."""
        plain = html.unescape(_MARKUP.sub(" ", self.text))
        return tuple(VisibleWords.of(text) for text in dict.fromkeys((self.text, plain)))

    @property
    def empty(self) -> bool:
        return not self.readings[-1].counts

    @property
    def visible(self) -> bool:
        return not self.empty and (self.end is None or self.end > self.start)


@dataclass(frozen=True)
class Difference:
    """One text that two readings show differently.

    `kind` is "lost" (only the independent reading has it), "added" (only ours has it), "time" (both have it,
    but not at the same moments) or "words" (ours has some of its words at its time); "reported" is text that
    is left out on purpose, with a note.
    """

    kind: str
    start: Fraction
    text: str


def differences(theirs: Sequence[TimedText], ours: Sequence[TimedText], rolling: bool) -> list[Difference]:
    """What differs between an independent reading of a file and ours.

    In a `rolling` file our reader shows every line once: of their text, only lines that aren't on the screen
    already must be visible, and only when they appear.
    """
    them, us = [text for text in theirs if text.visible], [text for text in ours if text.visible]
    moments = _moments((*them, *us))
    our_screen, their_screen = _screen(ours, moments), _screen(theirs, moments)
    expected = list(_new_lines(them)) if rolling else them
    return [*_missing(expected, ours, our_screen, "lost"), *_missing(us, theirs, their_screen, "added")]


def _moments(texts: Iterable[TimedText]) -> list[Fraction]:
    edges = sorted({edge for text in texts for edge in (text.start, text.compared_until)})
    return [(one + other) / 2 for one, other in pairwise(edges) if other - one > TOLERANCE]


_Screen = list[tuple[Fraction, VisibleWords]]


def _screen(texts: Sequence[TimedText], moments: Sequence[Fraction]) -> _Screen:
    """The words on the screen at each moment."""
    waiting = sorted(texts, key=_first, reverse=True)
    active: list[TimedText] = []
    screen = []
    for moment in moments:
        while waiting and _first(waiting[-1]) <= moment:
            active.append(waiting.pop())
        active = [text for text in active if text.visible_at(moment)]
        screen.append((moment, _together(active)))
    return screen


def _first(text: TimedText) -> Fraction:
    return text.start if text.earliest is None else text.earliest


def _together(texts: Iterable[TimedText]) -> VisibleWords:
    """The words of texts that are visible together, with those of every reading of a text."""
    counts: Counter[str] = Counter()
    letters = ""
    for text in texts:
        counts += text.readings[0].counts | text.readings[-1].counts
        letters += "\n".join(reading.letters for reading in text.readings)
    return VisibleWords(counts, letters)


def _missing(
    expected: Sequence[TimedText], others: Sequence[TimedText], screen: _Screen, absent: str
) -> Iterator[Difference]:
    """The texts whose words another screen doesn't have at all of their moments; `absent` for none."""
    position = 0
    for text in sorted(expected, key=lambda text: text.start):
        while position < len(screen) and screen[position][0] < text.start:
            position += 1
        shares = []
        for moment, words in screen[position:]:
            if moment >= text.compared_until:
                break
            shares.append(_share(text, words))
        if not shares:
            shares = [_share_around(text, others)]
        if min(shares) < 1:
            yield Difference(_kind(text, shares, others, absent), text.start, " ".join(text.text.split()))


def _kind(text: TimedText, shares: Sequence[float], others: Sequence[TimedText], absent: str) -> str:
    if max(shares) == 1 or any(_share(text, other.readings[-1]) == 1 for other in others):
        return "time"
    return "words" if max(shares) >= _MOST else absent


def _share(text: TimedText, words: VisibleWords) -> float:
    """The share of a text's words that are among others, in the reading of it that fits best."""
    return max(reading.share_in(words) for reading in text.readings if reading.counts)


def _share_around(text: TimedText, others: Sequence[TimedText]) -> float:
    """The share of a short text's words in what is on the screen within the tolerance of it."""
    edges = text.start - TOLERANCE, text.start, text.compared_until, text.compared_until + TOLERANCE
    return _share(text, _together(other for other in others if any(map(other.visible_at, edges))))


def _new_lines(texts: Sequence[TimedText]) -> Iterator[TimedText]:
    """Of rolling text, the lines that aren't on the screen already, when they appear."""
    before: dict[str, Fraction] = {}  # each line, and until when it is on the screen
    for text in sorted(texts, key=lambda text: text.start):
        plain = html.unescape(_MARKUP.sub("", text.text)).replace("\\N", "\n")
        for line in plain.split("\n"):
            key = VisibleWords.of(line).letters
            if key and before.get(key, Fraction(-1)) < text.start - _APART:
                yield TimedText(text.start, None, line)
            before[key] = max(before.get(key, Fraction(0)), text.compared_until)
