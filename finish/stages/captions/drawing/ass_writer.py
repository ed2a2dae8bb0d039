"""Placed cards → the ASS text that libass burns: our line breaks, our positions, our fonts by their full names."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Final

from pysubs2 import Alignment, Color, SSAEvent, SSAFile, SSAStyle

from finish.graph import TimeSliced
from finish.stages.captions.placement.card_fitting import CaptionCard
from finish.stages.captions.placement.card_placement import POP_PEAK, PlacedCard
from finish.stages.captions.typesetting import packaged_fonts
from finish.stages.captions.typesetting.caption_style import CaptionStyle, SpokenWordStyle
from finish.stages.captions.typesetting.words import CaptionLine, FontRun, right_to_left
from finish.units import Size, Span, digest, number

# The pop: from 70 % past the full size and back in 0.2 s (house value); a card that shows for less than twice that stands still.
_POP: Final = r"\fscx70\fscy70\t(0,120,\fscx{0}\fscy{0})\t(120,200,\fscx100\fscy100)".format(
    round(POP_PEAK * 100)
)
_POP_SECONDS: Final = Fraction(2, 5)

# libass shapes characters without a script of their own apart from their joiners unless a letter comes before: U+180E is an
# invisible one that it never draws, so an emoji and its modifiers stay one picture.
_EMOJI_LEAD: Final = "\u180e"
# Our own line breaks only, kerning as measured, colours converted by the matrix of the picture that is delivered.
_HEADER: Final = {
    "WrapStyle": "2",
    "ScaledBorderAndShadow": "yes",
    "Kerning": "yes",
    "YCbCr Matrix": "TV.709",
}
_RIGHT, _LEFT, _WORD_JOINER = "\u200f", "\u200e", "\u2060"
# A quarter circle as a Bézier curve: the control points stand 0.5523 radii from the ends.
_ROUND: Final = 0.5523


@dataclass(frozen=True)
class AssCards(TimeSliced):
    """Cards as libass reads them, in pixels of `frame`, on the grid of `rate`; the payload of the `ass` filter."""

    frame: Size
    rate: Fraction
    em: float
    style: CaptionStyle
    cards: tuple[PlacedCard, ...]

    suffix = ".ass"

    @cached_property
    def digest(self) -> str:
        used = {
            piece.face.digest for placed in self.cards for line in placed.card.lines for piece in line.pieces
        }
        return digest(self.content(), *sorted(used))

    def during(self, span: Span) -> AssCards | None:
        """The cards of which a frame lies in `span`."""
        start, end = round(span.start * self.rate), round(span.end * self.rate)
        cards = tuple(placed for placed in self.cards if placed.card.start < end and start < placed.card.end)
        return replace(self, cards=cards) if cards else None

    def later(self, by: Fraction) -> AssCards:
        """The same on a clock that is ahead by `by` seconds, a whole number of frames."""
        ahead = round(by * self.rate)
        return replace(self, cards=tuple(replace(each, card=each.card.later(ahead)) for each in self.cards))

    def content(self) -> bytes:
        """The ASS file: UTF-8, times rounded to its hundredths half a frame early, so that no frame changes sides up to 99 Hz."""
        file = SSAFile()
        file.info.clear()
        file.info |= {"PlayResX": str(self.frame.width), "PlayResY": str(self.frame.height), **_HEADER}
        file.styles.clear()
        file.styles["caption"] = _style(self.style)
        faces = {piece.face for placed in self.cards for line in placed.card.lines for piece in line.pieces}
        own = sorted((face for face in faces if face.font), key=lambda face: face.digest)
        file.fonts_opaque = {f"{face.family}.ttf": carried(face.font) for face in own}
        file.events = [event for placed in self.cards for event in self._events(placed)]
        return str(file.to_string("ass", header_notice="")).encode()

    def _events(self, placed: PlacedCard) -> list[SSAEvent]:
        card = placed.card
        texts = [(0, card.start, card.end, self._plate(placed))] if self.style.box else []
        for row, (line, baseline) in enumerate(zip(card.lines, placed.baselines, strict=True)):
            for layer, shadow in ((1, True), (2, False)) if self.style.shadow else ((2, False),):
                tags = self._tags(placed, line, baseline, shadow=shadow) + self._lead(
                    line, card.right_to_left
                )
                texts += [
                    (layer, start, end, tags + text)
                    for start, end, text in self._phases(card, row, shadow=shadow)
                ]
        return [
            SSAEvent(start=self._stamp(start), end=self._stamp(end), text=text, style="caption", layer=layer)
            for layer, start, end, text in texts
        ]

    def _stamp(self, frame: int) -> int:
        """The time at which libass surely shows a frame, in ms."""
        return max(0, round((frame - Fraction(1, 2)) / self.rate * 100)) * 10

    def _phases(self, card: CaptionCard, number: int, *, shadow: bool) -> Iterator[tuple[int, int, str]]:
        """A line's text, from frame to frame, as it follows its words; one text for all the time where it follows none.

        libass fills from left to right, so lines that are read the other way have their words lit. A shadow has one colour.
        """
        how = self.style.spoken
        if how is not None and how.how == "type":
            yield from self._typed(card, number, painted=not shadow)
        elif how is None or shadow:
            yield (
                card.start,
                card.end,
                "".join(self._piece(piece, painted=not shadow) for piece in card.lines[number].pieces),
            )
        elif how.how == "fill" and not card.right_to_left:
            yield card.start, card.end, self._filled(card, number, how)
        else:
            yield from self._lit(card, number, how)

    def _filled(self, card: CaptionCard, number: int, how: SpokenWordStyle) -> str:
        """The line with a karaoke syllable for each word, the wait before the first of them included."""
        said = card.said[number]
        stamps = [self._stamp(each) - self._stamp(card.start) for each in (*said, self._over(card, number))]
        wait = rf"{{\2c{_bgr(self.style.colour)}\1c{_bgr(how.colour)}\k{stamps[0] // 10}}}"
        text, begun = wait, set[int]()
        for piece in card.lines[number].pieces:
            length = (stamps[piece.word + 1] - stamps[piece.word]) // 10
            text += ("" if piece.word in begun else rf"{{\kf{length}}}") + self._piece(piece)
            begun.add(piece.word)
        return text

    def _over(self, card: CaptionCard, number: int) -> int:
        """The frame with which the last word of a line has been spoken: the next line's first, else the card's last."""
        return card.said[number + 1][0] if number + 1 < len(card.said) else card.end

    def _lit(self, card: CaptionCard, number: int, how: SpokenWordStyle) -> Iterator[tuple[int, int, str]]:
        """The line once for each word, that word in its colour."""
        said = card.said[number]
        over = self._over(card, number)
        marks = [
            (card.start, -1),
            *zip(said, range(len(said)), strict=True),
            (over if over < card.end else card.end, -1),
            (card.end, -1),
        ]
        for (start, word), (end, _) in pairwise(marks):
            if start < end:
                pieces = card.lines[number].pieces
                yield (
                    start,
                    end,
                    "".join(
                        self._piece(each, lit=how.colour if each.word == word else self._own(each))
                        for each in pieces
                    ),
                )

    def _typed(self, card: CaptionCard, number: int, *, painted: bool) -> Iterator[tuple[int, int, str]]:
        """The line with more and more of its letters shown."""
        letters = [
            (piece, cluster)
            for piece in card.lines[number].pieces
            for cluster in packaged_fonts.clusters(piece.text)
        ]
        shown = self._appear(card, number, [piece.word for piece, _ in letters])
        for at, (start, end) in enumerate(pairwise([card.start, *shown, card.end])):
            if start < end:
                yield start, end, self._partly(card.lines[number].pieces, at, painted=painted)

    def _appear(self, card: CaptionCard, number: int, words: Sequence[int]) -> list[int]:
        """The frame in which each letter appears, the letters of a word evenly over its time."""
        said, over = card.said[number], self._over(card, number)
        ends = [*said[1:], over]
        counts, nth, found = Counter(words), Counter[int](), []
        for word in words:
            found.append(said[word] + (ends[word] - said[word]) * nth[word] // counts[word])
            nth[word] += 1
        return found

    def _partly(self, pieces: Sequence[FontRun], count: int, *, painted: bool) -> str:
        """Pieces of which only the first `count` letters are seen; the others keep their place."""
        text, left = "", count
        for piece in pieces:
            clusters = packaged_fonts.clusters(piece.text)
            seen, hidden = "".join(clusters[:left]), "".join(clusters[left:])
            text += self._piece(replace(piece, text=seen), painted=painted) if seen else ""
            text += (
                rf"{{\alpha&HFF&}}{self._piece(replace(piece, text=hidden), painted=painted)}"
                if hidden
                else ""
            )
            left = max(0, left - len(clusters))
        return text

    def _tags(self, placed: PlacedCard, line: CaptionLine, baseline: float, shadow: bool) -> str:
        """Position and look of one line: its middle stands so that the baseline comes where it was placed."""
        ascent, descent = (
            max(getattr(piece.face, name) for piece in line.pieces) for name in ("ascent", "descent")
        )
        y = baseline - (ascent - descent) / 2 * self.em
        if shadow and self.style.shadow:
            cast = self.style.shadow
            y += cast.drop * self.em
            look = rf"\1c{_bgr(cast.colour)}\1a{_alpha(cast.opacity)}\bord0\blur{number(round(cast.blur * self.em, 2))}"
        elif self.style.outline:
            line_around = self.style.outline
            look = rf"\bord{number(round(line_around.width * self.em, 2))}\blur{number(round(line_around.blur * self.em, 2))}"
        else:
            look = ""
        return rf"{{\pos({number(round(placed.centre, 2))},{number(round(y, 2))}){look}{self._entrance(placed)}}}"

    def _entrance(self, placed: PlacedCard) -> str:
        shown = (placed.card.end - placed.card.start) / self.rate
        return _POP if self.style.entrance == "pop" and shown >= _POP_SECONDS else ""

    def _lead(self, line: CaptionLine, turned: bool) -> str:
        return (_RIGHT if turned else _LEFT) if right_to_left(line.text) != turned else ""

    def _piece(self, piece: FontRun, *, painted: bool = True, lit: str = "") -> str:
        """A piece with its font; `painted` in the style's own colours, or the colour in which it is `lit`."""
        size = number(round(self.em * (piece.face.ascent + piece.face.descent), 2))
        emoji = piece.face.family == packaged_fonts.EMOJI
        bold = r"\b700" if emoji and piece.weight >= 600 else r"\b0"
        colour = self._colour(piece, lit) if painted else ""
        tags = rf"\fn{piece.face.name(piece.weight, piece.italic)}\fs{size}{bold}\u{int(piece.underline)}{colour}"
        return f"{{{tags}}}{_EMOJI_LEAD if emoji else ''}{escaped(piece.text)}"

    def _colour(self, piece: FontRun, lit: str) -> str:
        """The colour of a piece, where anything changes it; of what is filled, the colour that it has before."""
        if lit:
            return rf"\1c{_bgr(lit)}"
        before = self.style.spoken is not None and self.style.spoken.how == "fill"
        return rf"\{2 if before else 1}c{_bgr(self._own(piece))}" if self.style.emphasis else ""

    def _own(self, piece: FontRun) -> str:
        return self.style.emphasis if piece.strong and self.style.emphasis else self.style.colour

    def _plate(self, placed: PlacedCard) -> str:
        """A rounded rectangle as an ASS drawing around its own middle, so that it scales like the text."""
        assert self.style.box is not None
        left, top, right, bottom = placed.plate
        width, height = right - left, bottom - top
        radius = min(self.style.box.radius * self.em, width / 2, height / 2)
        middle = rf"\pos({number(round((left + right) / 2, 2))},{number(round((top + bottom) / 2, 2))})"
        look = rf"\1c{_bgr(self.style.box.colour)}\1a{_alpha(self.style.box.opacity)}\bord0\shad0\p1"
        return rf"{{{middle}{look}{self._entrance(placed)}}}{_rounded(width, height, radius)}{{\p0}}"


def carried(data: bytes) -> list[str]:
    """A file as ASS carries it: six bits a character from "!" on, 80 characters a line; libass loads it for this script alone."""
    letters = []
    for at in range(0, len(data), 3):
        three = data[at : at + 3]
        value = int.from_bytes(three.ljust(3, b"\0"), "big")
        letters.append("".join(chr((value >> shift & 63) + 33) for shift in (18, 12, 6, 0))[: len(three) + 1])
    text = "".join(letters)
    return [text[at : at + 80] for at in range(0, len(text), 80)]


def escaped(text: str) -> str:
    """Text as libass shows it literally: braces escaped, and an invisible U+2060 after every backslash, which has no escape."""
    return text.replace("\\", f"\\{_WORD_JOINER}").replace("{", r"\{").replace("}", r"\}")


def _style(style: CaptionStyle) -> SSAStyle:
    red, green, blue = (int(style.colour[at : at + 2], 16) for at in (1, 3, 5))
    edge = style.outline
    dark = tuple(int(edge.colour[at : at + 2], 16) for at in (1, 3, 5)) if edge else (0, 0, 0)
    return SSAStyle(
        fontname=style.family,
        fontsize=100.0,
        primarycolor=Color(red, green, blue, 0),
        outlinecolor=Color(*dark, round(255 * (1 - (edge.opacity if edge else 1)))),
        outline=0.0,
        shadow=0.0,
        alignment=Alignment.MIDDLE_CENTER,
        encoding=-1,
        marginl=0,
        marginr=0,
        marginv=0,
    )


def _bgr(colour: str) -> str:
    return f"&H{colour[5:7]}{colour[3:5]}{colour[1:3]}&".upper()


def _alpha(opacity: float) -> str:
    return f"&H{math.floor(255 * (1 - opacity) + 0.5):02X}&"


def _rounded(width: float, height: float, radius: float) -> str:
    """The outline of a rounded rectangle with its corner at the origin, in ASS drawing commands."""
    w, h, r, k = width, height, radius, radius * (1 - _ROUND)
    path = [
        ("m", r, 0),
        ("l", w - r, 0),
        ("b", w - k, 0, w, k, w, r),
        ("l", w, h - r),
        ("b", w, h - k, w - k, h, w - r, h),
        ("l", r, h),
        ("b", k, h, 0, h - k, 0, h - r),
        ("l", 0, r),
        ("b", 0, k, k, 0, r, 0),
    ]
    return " ".join(
        " ".join([str(command), *(number(round(float(each), 2)) for each in points)])
        for command, *points in path
    )
