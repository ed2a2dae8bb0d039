"""How letters of a style look in ASS tags: their copies (shadow, echo, glow), and how they come in and go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from finish.stages.captions.drawing.ass_syntax import alpha, bgr, rounded_rectangle
from finish.stages.captions.placement.card_placement import MOVING, POP_PEAK, TRAVEL
from finish.stages.captions.typesetting.caption_style import CaptionStyle, GlowStyle, ShadowStyle
from finish.units import number

# House values, in ms. The pop: from 70 % past the full size and back; what shows for less than twice that
# time doesn't move. Other entrances end before a word is read.
_POP: Final = r"\fscx70\fscy70\t(0,120,\fscx{0}\fscy{0})\t(120,200,\fscx100\fscy100)".format(
    round(POP_PEAK * 100)
)
_ZOOM: Final = r"\fscx82\fscy82\t(0,160,\fscx100\fscy100)"
_ANIMATED: Final = 0.4  # s
_COMES: Final = {"fade": 200, "rise": 120, "drop": 120, "zoom": 120}
_MOVES, _GOES = 180, 150
# Layers of a card: its plates, the copies below the letters, and the letters.
PLATE, COPY, LETTERS = 0, 1, 2


@dataclass(frozen=True)
class LetterCopy:
    """One drawing of a card's letters: its layer, how far it is below and beside them (em), and its look.

    `painted` letters have their own colours.
    """

    layer: int
    look: str
    drop: float = 0.0
    side: float = 0.0
    painted: bool = False


@dataclass(frozen=True)
class Showing:
    """When something shows within its card: whether it comes in and goes out then, and for how long (s)."""

    comes: bool
    goes: bool
    seconds: float


@dataclass(frozen=True)
class PlateLook:
    """The colour (#RRGGBB), opacity, and radius (em) of a plate."""

    colour: str
    opacity: float
    radius: float


def copies(style: CaptionStyle, em: float) -> tuple[LetterCopy, ...]:
    """The drawings of a style's letters (px to the em), the lowest first."""
    below = [_cast(cast, em) for cast in (style.echo, style.shadow) if cast]
    light = [_light(style.glow, em)] if style.glow else []
    return (*below, *light, LetterCopy(LETTERS, _outline(style, em), painted=True))


def _cast(cast: ShadowStyle, em: float) -> LetterCopy:
    look = rf"\1c{bgr(cast.colour)}\1a{alpha(cast.opacity)}\bord0\blur{pixels(cast.blur, em)}"
    return LetterCopy(COPY, look, cast.drop, cast.side)


def _light(glow: GlowStyle, em: float) -> LetterCopy:
    colour, opacity = bgr(glow.colour), alpha(glow.opacity)
    edge = rf"\bord{pixels(glow.width, em)}\blur{pixels(glow.blur, em)}"
    return LetterCopy(COPY, rf"\1c{colour}\3c{colour}\1a{opacity}\3a{opacity}{edge}")


def _outline(style: CaptionStyle, em: float) -> str:
    edge = style.outline
    return rf"\bord{pixels(edge.width, em)}\blur{pixels(edge.blur, em)}" if edge else ""


def pixels(ems: float, em: float) -> str:
    """A length in px, as ASS writes it."""
    return number(round(ems * em, 2))


def position(style: CaptionStyle, x: float, y: float, em: float, showing: Showing) -> str:
    """The tag of a place, or of a way to it."""
    at = f"{number(round(x, 2))},{number(round(y, 2))}"
    if not (showing.comes and style.entrance in MOVING and showing.seconds >= _ANIMATED):
        return rf"\pos({at})"
    begin = y + TRAVEL * em * (1 if style.entrance == "rise" else -1)
    return rf"\move({number(round(x, 2))},{number(round(begin, 2))},{at},0,{_MOVES})"


def animation(style: CaptionStyle, showing: Showing) -> str:
    """The tags with which something comes in and goes out."""
    lively = showing.seconds >= _ANIMATED
    grows = {"pop": _POP, "zoom": _ZOOM}.get(style.entrance, "") if showing.comes and lively else ""
    comes = _COMES.get(style.entrance, 0) if showing.comes and lively else 0
    goes = _GOES if showing.goes and lively and style.exit == "fade" else 0
    return grows + (rf"\fad({comes},{goes})" if comes or goes else "")


def plate_text(
    style: CaptionStyle,
    look: PlateLook,
    edges: tuple[float, float, float, float],
    em: float,
    showing: Showing,
) -> str:
    """A plate (left, top, right, bottom in px) as an ASS drawing around its own middle."""
    left, top, right, bottom = edges
    width, height = right - left, bottom - top
    shape = rounded_rectangle(width, height, min(look.radius * em, width / 2, height / 2))
    place = position(style, (left + right) / 2, (top + bottom) / 2, em, showing)
    tags = rf"\1c{bgr(look.colour)}\1a{alpha(look.opacity)}\bord0\shad0\p1"
    return rf"{{{place}{tags}{animation(style, showing)}}}{shape}{{\p0}}"
