"""Cards whose words are drawn one by one: each at its own place, so that nothing else moves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from finish.stages.captions.drawing.ass_syntax import alpha
from finish.stages.captions.drawing.letter_looks import (
    PLATE,
    LetterCopy,
    PlateLook,
    Showing,
    animation,
    copies,
    plate_text,
    position,
)
from finish.stages.captions.placement.card_placement import ASCENDER, DESCENDER, PlacedCard
from finish.stages.captions.typesetting.caption_style import CaptionStyle, PlateStyle, SpokenWordStyle
from finish.stages.captions.typesetting.words import CaptionLine, FontRun, direction
from finish.units import number

_GROWS: Final = 90  # ms in which the spoken word takes its size, and gives it up (house value)

# An event before it is one: its layer, its frames, and its text.
CardText = tuple[int, int, int, str]
# A piece as ASS text, in a colour.
PieceText = Callable[[FontRun, str, bool], str]


@dataclass(frozen=True)
class PlacedWord:
    """A word of a card: its pieces, where its middle and its baseline are and its width (px), its number in
    the card, and the frames from which it is spoken and from which the next one is."""

    pieces: tuple[FontRun, ...]
    middle: float
    baseline: float
    width: float
    number: int
    spoken: int
    done: int

    @property
    def ascent(self) -> float:
        return max(piece.face.ascent for piece in self.pieces)

    @property
    def descent(self) -> float:
        return max(piece.face.descent for piece in self.pieces)


@dataclass(frozen=True)
class _Phase:
    """A time of a word: its frames, and its colour, opacity, and size; `before` is the size that it had.

    A word that is `plated` stands on the plate of the spoken word, and needs no outline and no shadow.
    """

    start: int
    end: int
    colour: str
    opacity: float = 1.0
    scale: float = 1.0
    before: float = 1.0
    plated: bool = False


def has_places(lines: Sequence[CaptionLine], *, right_to_left: bool) -> bool:
    """Whether the words of lines stand in one direction, so that each has a place of its own."""
    turned = {True: "R", False: "L"}[right_to_left]
    words = (direction(piece.text) for line in lines for piece in line.pieces)
    return all(way in ("", turned) for way in words)


def by_line(style: CaptionStyle) -> CaptionStyle:
    """The nearest style whose lines are drawn whole, for lines whose words stand in two directions."""
    plate, spoken, box = style.word_plate, style.spoken, style.box
    if plate is not None and plate.when == "always":
        box = PlateStyle(
            colour=plate.colours[0],
            opacity=plate.opacity,
            padding=plate.padding,
            radius=plate.radius,
            stepped=True,
        )
    if spoken is not None:
        lit = plate.colours[0] if plate is not None and plate.when == "spoken" else _lit_colour(spoken, 0)
        spoken = SpokenWordStyle(how="word", colour=lit)
    changes = {"word_plate": None, "spoken": spoken, "box": box}
    plain = style.model_copy(update=changes)
    plain._own = style._own
    return plain


@dataclass(frozen=True)
class WordDrawing:
    """Draws a placed card word by word, in px to the `em` and at a `rate` (Hz).

    `text_of` is a piece as ASS text.
    """

    style: CaptionStyle
    em: float
    rate: float
    placed: PlacedCard
    text_of: PieceText

    def texts(self) -> Iterator[CardText]:
        """The events of the card's words; plates first."""
        words = tuple(self._words())
        for word in words:
            yield from self._plate(word)
        for copy in copies(self.style, self.em):
            for word in words:
                yield from self._letters(copy, word)

    def _letters(self, copy: LetterCopy, word: PlacedWord) -> Iterator[CardText]:
        comes = self._appears(word)
        for phase in self._phases(word):
            if phase.opacity > 0 and (copy.painted or not phase.plated):
                showing = self._showing(phase.start, phase.end, comes=phase.start <= comes)
                text = "".join(self.text_of(piece, phase.colour, copy.painted) for piece in word.pieces)
                yield copy.layer, phase.start, phase.end, self._tags(copy, word, phase, showing) + text

    def _showing(self, start: int, end: int, *, comes: bool) -> Showing:
        return Showing(comes, end == self.placed.card.end, (end - start) / self.rate)

    def _appears(self, word: PlacedWord) -> int:
        """The frame in which a word first shows."""
        hidden = self.style.spoken is not None and self.style.spoken.unspoken == 0
        return word.spoken if hidden else self.placed.card.start

    def _words(self) -> Iterator[PlacedWord]:
        card, count = self.placed.card, 0
        for row, (line, baseline) in enumerate(zip(card.lines, self.placed.baselines, strict=True)):
            frames = card.word_frames[row] if card.word_frames else ()
            at = -line.extent.advance / 2
            for index, pieces in _by_word(line):
                whole = sum(piece.extent.advance for piece in pieces)
                inked = _trimmed(pieces)
                wide = sum(piece.extent.advance for piece in inked)
                across = at + wide / 2
                at += whole + line.gap
                begin = frames[index] if frames else card.start
                later = frames[index + 1] if index + 1 < len(frames) else card.line_end(row)
                middle = self.placed.centre + (-across if card.right_to_left else across) * self.em
                yield PlacedWord(inked, middle, baseline, wide * self.em, count, begin, later)
                count += 1

    def _phases(self, word: PlacedWord) -> Iterator[_Phase]:
        """The times of a word: before it's spoken, while it is, and after."""
        style, start, end = self.style, self.placed.card.start, self.placed.card.end
        spoken = style.spoken
        own = style.emphasis if word.pieces[0].strong and style.emphasis else style.colour
        if spoken is None:
            yield _Phase(start, end, own)
            return
        lit, back = max(start, min(word.spoken, end)), max(start, min(word.done, end))
        bright = _lit_colour(spoken, word.number)
        after = bright if spoken.how == "stay" else own
        phases = (
            _Phase(start, lit, own, spoken.unspoken),
            _Phase(lit, back, bright, scale=spoken.scale, plated=style.word_plate is not None),
            _Phase(back, end, after, before=spoken.scale),
        )
        yield from (phase for phase in phases if phase.start < phase.end)

    def _tags(self, copy: LetterCopy, word: PlacedWord, phase: _Phase, showing: Showing) -> str:
        y = word.baseline - (word.ascent - word.descent) / 2 * self.em + copy.drop * self.em
        place = position(self.style, word.middle + copy.side * self.em, y, self.em, showing)
        dim = rf"\alpha{alpha(phase.opacity)}" if phase.opacity < 1 else ""
        look = "" if phase.plated else copy.look
        return f"{{{place}{look}{dim}{animation(self.style, showing)}{_size(phase)}}}"

    def _plate(self, word: PlacedWord) -> Iterator[CardText]:
        plate, start, end = self.style.word_plate, self.placed.card.start, self.placed.card.end
        if plate is None:
            return
        always = plate.when == "always"
        first = max(start, min(self._appears(word) if always else word.spoken, end))
        last = end if always else max(start, min(word.done, end))
        if first >= last:
            return
        showing = self._showing(first, last, comes=always)
        beside, above = (padding * self.em for padding in plate.padding)
        half = word.width / 2 + beside
        edges = (
            word.middle - half,
            word.baseline - ASCENDER * self.em - above,
            word.middle + half,
            word.baseline + DESCENDER * self.em + above,
        )
        look = PlateLook(plate.colours[word.number % len(plate.colours)], plate.opacity, plate.radius)
        yield PLATE, first, last, plate_text(self.style, look, edges, self.em, showing)


def _by_word(line: CaptionLine) -> Iterator[tuple[int, tuple[FontRun, ...]]]:
    for word in dict.fromkeys(piece.word for piece in line.pieces):
        yield word, tuple(piece for piece in line.pieces if piece.word == word)


def _trimmed(pieces: Sequence[FontRun]) -> tuple[FontRun, ...]:
    """The pieces of a word without the blank behind it."""
    last = pieces[-1]
    text = last.text.rstrip()
    kept = (replace(last, text=text),) if text else ()
    return (*pieces[:-1], *kept) or tuple(pieces)


def _lit_colour(spoken: SpokenWordStyle, word: int) -> str:
    return spoken.accents[word % len(spoken.accents)] if spoken.accents else spoken.colour


def _size(phase: _Phase) -> str:
    """The tags with which a word takes its size in a phase."""
    if phase.scale == phase.before:
        return ""
    begin, size = (number(round(100 * scale, 1)) for scale in (phase.before, phase.scale))
    return rf"\fscx{begin}\fscy{begin}\t(0,{_GROWS},\fscx{size}\fscy{size})"
