"""Placed cards → the ASS text that libass draws, with fixed line breaks, positions and fonts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Final

from pysubs2 import SSAEvent, SSAFile

from finish.graph import TimeSliced
from finish.stages.captions.drawing.ass_syntax import bgr, escaped, style_line
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
from finish.stages.captions.drawing.word_events import CardText, WordDrawing, by_line, has_places
from finish.stages.captions.placement.card_fitting import CaptionCard
from finish.stages.captions.placement.card_placement import ASCENDER, DESCENDER, PlacedCard
from finish.stages.captions.typesetting import packaged_fonts
from finish.stages.captions.typesetting.caption_style import CaptionStyle, SpokenWordStyle
from finish.stages.captions.typesetting.custom_font import ass_encoded
from finish.stages.captions.typesetting.packaged_fonts import FontFace
from finish.stages.captions.typesetting.words import CaptionLine, FontRun, right_to_left
from finish.units import Size, Span, digest, number

# libass shapes characters without a script separately from their joiners, unless a letter precedes them.
# U+180E is an invisible letter that it never draws, so an emoji and its modifiers stay one picture.
_EMOJI_LEAD: Final = "\u180e"
# Fixed line breaks, kerning as measured, and colours converted by the matrix of the delivered picture.
_HEADER: Final = {
    "WrapStyle": "2",
    "ScaledBorderAndShadow": "yes",
    "Kerning": "yes",
    "YCbCr Matrix": "TV.709",
}
_RIGHT, _LEFT = "\u200f", "\u200e"


@dataclass(frozen=True)
class AssCards(TimeSliced):
    """Cards as libass reads them, in px of `frame`, on the grid of `rate` (Hz).

    The payload of the `ass` filter.
    """

    frame: Size
    rate: Fraction
    em: float
    style: CaptionStyle
    cards: tuple[PlacedCard, ...]

    suffix = ".ass"

    @cached_property
    def digest(self) -> str:
        return digest(self.content(), *sorted(face.digest for face in self._faces))

    @property
    def _faces(self) -> set[FontFace]:
        """The fonts of the cards."""
        return {run.face for placed in self.cards for line in placed.card.lines for run in line.pieces}

    def slice(self, span: Span) -> AssCards | None:
        """The cards that show in a frame of `span`."""
        start, end = round(span.start * self.rate), round(span.end * self.rate)
        cards = tuple(placed for placed in self.cards if placed.card.start < end and start < placed.card.end)
        return replace(self, cards=cards) if cards else None

    def shift(self, by: Fraction) -> AssCards:
        """The same cards on a clock that is ahead by `by` seconds, a whole number of frames."""
        ahead = round(by * self.rate)
        cards = tuple(replace(placed, card=placed.card.later(ahead)) for placed in self.cards)
        return replace(self, cards=cards)

    def content(self) -> bytes:
        """The ASS file, in UTF-8.

        Its times are hundredths of a second, half a frame early: up to 99 Hz, rounding changes no frame.
        """
        file = SSAFile()
        file.info.clear()
        file.info |= {"PlayResX": str(self.frame.width), "PlayResY": str(self.frame.height), **_HEADER}
        file.styles.clear()
        file.styles["caption"] = style_line(self.style)
        custom = sorted((face for face in self._faces if face.font), key=lambda face: face.digest)
        file.fonts_opaque = {f"{face.family}.ttf": ass_encoded(face.font) for face in custom}
        file.events = [event for placed in self.cards for event in self._events(placed)]
        return str(file.to_string("ass", header_notice="")).encode()

    def _events(self, placed: PlacedCard) -> list[SSAEvent]:
        """The events of a card: its plate below, then shadows, then letters."""
        card = placed.card
        if card.scale != 1:
            whole = replace(placed, card=replace(card, scale=1.0))
            return replace(self, em=self.em * card.scale, cards=())._events(whole)
        by_word = self.style.changes_words
        if by_word and not has_places(card.lines, right_to_left=card.right_to_left):
            return replace(self, style=by_line(self.style), cards=())._events(placed)
        texts = [(PLATE, card.start, card.end, plate) for plate in self._plates(placed)]
        if by_word:
            drawing = WordDrawing(self.style, self.em, float(self.rate), placed, self._word_piece)
            texts += drawing.texts()
        else:
            texts += self._line_texts(placed)
        return [
            SSAEvent(start=self._stamp(start), end=self._stamp(end), text=text, style="caption", layer=layer)
            for layer, start, end, text in texts
        ]

    def _line_texts(self, placed: PlacedCard) -> Iterator[CardText]:
        """The events of a card whose lines are drawn whole."""
        card = placed.card
        for row, (line, baseline) in enumerate(zip(card.lines, placed.baselines, strict=True)):
            lead = self._lead(line, card.right_to_left)
            for copy in copies(self.style, self.em):
                for start, end, text in self._phases(card, row, shadow=not copy.painted):
                    showing = Showing(start == card.start, end == card.end, float((end - start) / self.rate))
                    tags = self._tags(placed, line, baseline, copy, showing)
                    yield copy.layer, start, end, tags + lead + text

    def _stamp(self, frame: int) -> int:
        """The time at which libass certainly shows a frame, in ms."""
        return max(0, round((frame - Fraction(1, 2)) / self.rate * 100)) * 10

    def _phases(self, card: CaptionCard, number: int, *, shadow: bool) -> Iterator[tuple[int, int, str]]:
        """A line's text from frame to frame as words are spoken; one text if it doesn't follow them.

        libass fills from left to right, so a line in the other direction highlights words instead. A shadow
        has one colour.
        """
        spoken = self.style.spoken
        if spoken is not None and spoken.how == "type":
            yield from self._typed(card, number, painted=not shadow)
        elif spoken is None or shadow:
            pieces = card.lines[number].pieces
            yield card.start, card.end, "".join(self._piece(piece, painted=not shadow) for piece in pieces)
        elif spoken.how == "fill" and not card.right_to_left:
            yield card.start, card.end, self._filled(card, number, spoken)
        else:
            yield from self._highlighted(card, number, spoken)

    def _filled(self, card: CaptionCard, number: int, spoken: SpokenWordStyle) -> str:
        """The line with a karaoke syllable for each word, and the wait before the first one."""
        word_frames = card.word_frames[number]
        frames = (*word_frames, card.line_end(number))
        stamps = [self._stamp(frame) - self._stamp(card.start) for frame in frames]
        wait = rf"{{\2c{bgr(self.style.colour)}\1c{bgr(spoken.colour)}\k{stamps[0] // 10}}}"
        text, started = wait, set[int]()
        for piece in card.lines[number].pieces:
            length = (stamps[piece.word + 1] - stamps[piece.word]) // 10
            text += ("" if piece.word in started else rf"{{\kf{length}}}") + self._piece(piece)
            started.add(piece.word)
        return text

    def _highlighted(
        self, card: CaptionCard, number: int, spoken: SpokenWordStyle
    ) -> Iterator[tuple[int, int, str]]:
        """The line once for each word, with that word in its colour."""
        word_frames, pieces = card.word_frames[number], card.lines[number].pieces
        line_end = min(card.line_end(number), card.end)
        marks = [
            (card.start, -1),
            *zip(word_frames, range(len(word_frames)), strict=True),
            (line_end, -1),
            (card.end, -1),
        ]
        for (start, word), (end, _) in pairwise(marks):
            if start < end:
                colours = (
                    spoken.colour if piece.word == word else self._own_colour(piece) for piece in pieces
                )
                texts = (
                    self._piece(piece, colour=colour) for piece, colour in zip(pieces, colours, strict=True)
                )
                yield start, end, "".join(texts)

    def _typed(self, card: CaptionCard, number: int, *, painted: bool) -> Iterator[tuple[int, int, str]]:
        """The line with more and more of its letters."""
        letters = [
            (piece, cluster)
            for piece in card.lines[number].pieces
            for cluster in packaged_fonts.clusters(piece.text)
        ]
        frames = self._letter_frames(card, number, [piece.word for piece, _ in letters])
        for at, (start, end) in enumerate(pairwise([card.start, *frames, card.end])):
            if start < end:
                yield start, end, self._partly(card.lines[number].pieces, at, painted=painted)

    def _letter_frames(self, card: CaptionCard, number: int, words: Sequence[int]) -> list[int]:
        """The frame in which each letter appears: evenly over the time of its word, given by number."""
        word_frames = card.word_frames[number]
        ends = [*word_frames[1:], card.line_end(number)]
        counts, nth, frames = Counter(words), Counter[int](), []
        for word in words:
            frames.append(word_frames[word] + (ends[word] - word_frames[word]) * nth[word] // counts[word])
            nth[word] += 1
        return frames

    def _partly(self, pieces: Sequence[FontRun], count: int, *, painted: bool) -> str:
        """Pieces of which only the first `count` letters are visible; the others keep their place."""
        text, left = "", count
        for piece in pieces:
            clusters = packaged_fonts.clusters(piece.text)
            visible, hidden = "".join(clusters[:left]), "".join(clusters[left:])
            text += self._piece(replace(piece, text=visible), painted=painted) if visible else ""
            if hidden:
                text += rf"{{\alpha&HFF&}}{self._piece(replace(piece, text=hidden), painted=painted)}"
            left = max(0, left - len(clusters))
        return text

    def _tags(
        self, placed: PlacedCard, line: CaptionLine, baseline: float, copy: LetterCopy, showing: Showing
    ) -> str:
        """Position and look of one line; its middle is such that the baseline is where it was placed."""
        ascent, descent = (
            max(getattr(piece.face, name) for piece in line.pieces) for name in ("ascent", "descent")
        )
        y = baseline - (ascent - descent) / 2 * self.em + copy.drop * self.em
        place = position(self.style, placed.centre + copy.side * self.em, y, self.em, showing)
        return f"{{{place}{copy.look}{animation(self.style, showing)}}}"

    def _lead(self, line: CaptionLine, turned: bool) -> str:
        """A direction mark for a line whose direction isn't the card's."""
        return (_RIGHT if turned else _LEFT) if right_to_left(line.text) != turned else ""

    def _piece(self, piece: FontRun, *, painted: bool = True, colour: str = "") -> str:
        """A piece with its font and, if `painted`, in `colour` or the style's colours."""
        size = number(round(self.em * (piece.face.ascent + piece.face.descent), 2))
        emoji = piece.face.family == packaged_fonts.EMOJI
        bold = r"\b700" if emoji and piece.weight >= 600 else r"\b0"
        paint = self._colour_tag(piece, colour) if painted else ""
        name = piece.face.name(piece.weight, piece.italic)
        tags = rf"\fn{name}\fs{size}{bold}\u{int(piece.underline)}{paint}"
        return f"{{{tags}}}{_EMOJI_LEAD if emoji else ''}{escaped(piece.text)}"

    def _word_piece(self, piece: FontRun, colour: str, painted: bool) -> str:
        return self._piece(piece, painted=painted, colour=colour)

    def _colour_tag(self, piece: FontRun, colour: str) -> str:
        """The colour of a piece, if anything changes it; of a filled one, the colour that it has before."""
        if colour:
            return rf"\1c{bgr(colour)}"
        before = self.style.spoken is not None and self.style.spoken.how == "fill"
        return rf"\{2 if before else 1}c{bgr(self._own_colour(piece))}" if self.style.emphasis else ""

    def _own_colour(self, piece: FontRun) -> str:
        return self.style.emphasis if piece.strong and self.style.emphasis else self.style.colour

    def _plates(self, placed: PlacedCard) -> Iterator[str]:
        """The plates of a card as ASS drawings, each around its own middle: it scales like the text."""
        box, card = self.style.box, placed.card
        if box is None:
            return
        showing = Showing(True, True, float((card.end - card.start) / self.rate))
        look = PlateLook(box.colour, box.opacity, box.radius)
        for edges in self._steps(placed) if box.stepped else (placed.plate,):
            yield plate_text(self.style, look, edges, self.em, showing)

    def _steps(self, placed: PlacedCard) -> Iterator[tuple[float, float, float, float]]:
        """The plate of each line of a card: as wide as the line, and so high that the next one joins it."""
        assert self.style.box is not None
        beside, above = (padding * self.em for padding in self.style.box.padding)
        lines = list(zip(placed.card.lines, placed.baselines, strict=True))
        for row, (line, baseline) in enumerate(lines):
            half = line.extent.advance / 2 * self.em + beside
            top = baseline - ASCENDER * self.em - above
            bottom = baseline + DESCENDER * self.em + above
            if row + 1 < len(lines):
                bottom = max(bottom, lines[row + 1][1] - ASCENDER * self.em - above)
            yield placed.centre - half, top, placed.centre + half, bottom
