"""Placed cards → the ASS text that libass burns: our line breaks, our positions, our fonts by their full names."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Final

from pysubs2 import Alignment, Color, SSAEvent, SSAFile, SSAStyle

from finish.stages.captions import fonts
from finish.stages.captions.place import POP_PEAK, Placed
from finish.stages.captions.style import Style
from finish.stages.captions.words import Line, Piece, right_to_left
from finish.units import Size, Span, digest, number

# The pop: from 70 % past the full size and back in 0.2 s (house value); a card that shows for less than twice that stands still.
_POP: Final = r"\fscx70\fscy70\t(0,120,\fscx{0}\fscy{0})\t(120,200,\fscx100\fscy100)".format(round(POP_PEAK * 100))
_POP_SECONDS: Final = Fraction(2, 5)

# libass shapes characters without a script of their own apart from their joiners unless a letter comes before: U+180E is an
# invisible one that it never draws, so an emoji and its modifiers stay one picture.
_EMOJI_LEAD: Final = "\u180e"
# Our own line breaks only, kerning as measured, colours converted by the matrix of the picture that is delivered.
_HEADER: Final = {"WrapStyle": "2", "ScaledBorderAndShadow": "yes", "Kerning": "yes", "YCbCr Matrix": "TV.709"}
_RIGHT, _LEFT, _WORD_JOINER = "\u200f", "\u200e", "\u2060"
# A quarter circle as a Bézier curve: the control points stand 0.5523 radii from the ends.
_ROUND: Final = 0.5523


@dataclass(frozen=True)
class Burnt:
    """Cards as libass reads them, in pixels of `frame`, on the grid of `rate`; the payload of the `ass` filter."""

    frame: Size
    rate: Fraction
    em: float
    style: Style
    cards: tuple[Placed, ...]

    suffix = ".ass"

    @cached_property
    def digest(self) -> str:
        used = {piece.face.digest for placed in self.cards for line in placed.card.lines for piece in line.pieces}
        return digest(self.content(), *sorted(used))

    def during(self, span: Span) -> Burnt | None:
        """The cards of which a frame lies in `span`."""
        start, end = round(span.start * self.rate), round(span.end * self.rate)
        cards = tuple(placed for placed in self.cards if placed.card.start < end and start < placed.card.end)
        return replace(self, cards=cards) if cards else None

    def later(self, by: Fraction) -> Burnt:
        """The same on a clock that is ahead by `by` seconds, a whole number of frames."""
        ahead = round(by * self.rate)
        cards = (replace(each.card, start=each.card.start + ahead, end=each.card.end + ahead) for each in self.cards)
        return replace(self, cards=tuple(replace(each, card=card) for each, card in zip(self.cards, cards, strict=True)))

    def content(self) -> bytes:
        """The ASS file: UTF-8, times rounded to its hundredths half a frame early, so that no frame changes sides up to 99 Hz."""
        file = SSAFile()
        file.info.clear()
        file.info |= {"PlayResX": str(self.frame.width), "PlayResY": str(self.frame.height), **_HEADER}
        file.styles.clear()
        file.styles["caption"] = _style(self.style)
        file.events = [event for placed in self.cards for event in self._events(placed)]
        return str(file.to_string("ass", header_notice="")).encode()

    def _events(self, placed: Placed) -> list[SSAEvent]:
        start, end = (max(0, round((frame - Fraction(1, 2)) / self.rate * 100)) * 10 for frame in (placed.card.start, placed.card.end))
        texts = [(0, self._plate(placed))] if self.style.box else []
        for line, baseline in zip(placed.card.lines, placed.baselines, strict=True):
            text = self._text(line, placed.card.right_to_left)
            if self.style.shadow:
                texts.append((1, self._tags(placed, line, baseline, shadow=True) + text))
            texts.append((2, self._tags(placed, line, baseline, shadow=False) + text))
        return [SSAEvent(start=start, end=end, text=text, style="caption", layer=layer) for layer, text in texts]

    def _tags(self, placed: Placed, line: Line, baseline: float, shadow: bool) -> str:
        """Position and look of one line: its middle stands so that the baseline comes where it was placed."""
        ascent, descent = (max(getattr(piece.face, name) for piece in line.pieces) for name in ("ascent", "descent"))
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

    def _entrance(self, placed: Placed) -> str:
        shown = (placed.card.end - placed.card.start) / self.rate
        return _POP if self.style.entrance == "pop" and shown >= _POP_SECONDS else ""

    def _text(self, line: Line, turned: bool) -> str:
        lead = (_RIGHT if turned else _LEFT) if right_to_left(line.text) != turned else ""
        return lead + "".join(self._piece(piece) for piece in line.pieces)

    def _piece(self, piece: Piece) -> str:
        size = number(round(self.em * (piece.face.ascent + piece.face.descent), 2))
        emoji = piece.face.family == fonts.EMOJI
        bold = r"\b700" if emoji and piece.weight >= 600 else r"\b0"
        tags = rf"\fn{piece.face.name(piece.weight, piece.italic)}\fs{size}{bold}\u{int(piece.underline)}"
        return f"{{{tags}}}{_EMOJI_LEAD if emoji else ''}{escaped(piece.text)}"

    def _plate(self, placed: Placed) -> str:
        """A rounded rectangle as an ASS drawing around its own middle, so that it scales like the text."""
        assert self.style.box is not None
        left, top, right, bottom = placed.plate
        width, height = right - left, bottom - top
        radius = min(self.style.box.radius * self.em, width / 2, height / 2)
        middle = rf"\pos({number(round((left + right) / 2, 2))},{number(round((top + bottom) / 2, 2))})"
        look = rf"\1c{_bgr(self.style.box.colour)}\1a{_alpha(self.style.box.opacity)}\bord0\shad0\p1"
        return rf"{{{middle}{look}{self._entrance(placed)}}}{_rounded(width, height, radius)}{{\p0}}"


def escaped(text: str) -> str:
    """Text as libass shows it literally: braces escaped, and an invisible U+2060 after every backslash, which has no escape."""
    return text.replace("\\", f"\\{_WORD_JOINER}").replace("{", r"\{").replace("}", r"\}")


def _style(style: Style) -> SSAStyle:
    red, green, blue = (int(style.colour[at:at + 2], 16) for at in (1, 3, 5))
    edge = style.outline
    dark = tuple(int(edge.colour[at:at + 2], 16) for at in (1, 3, 5)) if edge else (0, 0, 0)
    return SSAStyle(fontname=style.family, fontsize=100.0, primarycolor=Color(red, green, blue, 0),
                    outlinecolor=Color(*dark, round(255 * (1 - (edge.opacity if edge else 1)))), outline=0.0, shadow=0.0,
                    alignment=Alignment.MIDDLE_CENTER, encoding=-1, marginl=0, marginr=0, marginv=0)


def _bgr(colour: str) -> str:
    return f"&H{colour[5:7]}{colour[3:5]}{colour[1:3]}&".upper()


def _alpha(opacity: float) -> str:
    return f"&H{math.floor(255 * (1 - opacity) + 0.5):02X}&"


def _rounded(width: float, height: float, radius: float) -> str:
    """The outline of a rounded rectangle with its corner at the origin, in ASS drawing commands."""
    w, h, r, k = width, height, radius, radius * (1 - _ROUND)
    path = [("m", r, 0), ("l", w - r, 0), ("b", w - k, 0, w, k, w, r), ("l", w, h - r), ("b", w, h - k, w - k, h, w - r, h),
            ("l", r, h), ("b", k, h, 0, h - k, 0, h - r), ("l", 0, r), ("b", 0, k, k, 0, r, 0)]
    return " ".join(" ".join([str(command), *(number(round(float(each), 2)) for each in points)]) for command, *points in path)
