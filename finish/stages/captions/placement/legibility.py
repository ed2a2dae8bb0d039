"""How well a style's letters stand out from what is around them, and the style made stronger where that is too little (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from finish.analysis.colour_tones import FrameTones
from finish.model import Programme
from finish.stages.captions.placement.card_fitting import CaptionCard
from finish.stages.captions.typesetting.caption_style import CaptionStyle, OutlineStyle
from finish.units import Box

LEAST_CONTRAST: Final = 4.5  # to one; WCAG 2.2 success criterion 1.4.3, level AA
_BLACK, _WHITE = "#000000", "#FFFFFF"
# House: an outline that is thinner than this (em) is no ground for the letters; at 60 px to the em it is 2 px, as is what is added.
_GROUND: Final = 0.033
_ADDED: Final = OutlineStyle(width=0.07, blur=0.01, colour=_BLACK, opacity=1)


def contrast(style: CaptionStyle, luma: int) -> float:
    """The contrast of the worst of a style's colours with what is around its letters, on a ground of this grey (0 to 255), to one."""
    around = _around(style, luma)
    return min(_ratio(_luminance(_rgb(colour)), around) for colour in _colours(style))


def legible_anywhere(style: CaptionStyle) -> bool:
    """Whether a style has enough contrast on any ground."""
    return all(contrast(style, luma) >= LEAST_CONTRAST for luma in (0, 64, 128, 192, 255))


def reinforced(style: CaptionStyle) -> CaptionStyle:
    """The style with its box or outline made opaque, and in black or white where its own colour is too near to the letters'."""
    part = "box" if style.box else "outline"
    ground = style.box.model_copy(update={"opacity": 1.0}) if style.box else _thick(style.outline)
    made = style.model_copy(update={part: ground})
    return (
        made
        if legible_anywhere(made)
        else style.model_copy(update={part: ground.model_copy(update={"colour": _far(style)})})
    )


def _thick(edge: OutlineStyle | None) -> OutlineStyle:
    edge = edge or _ADDED
    return edge.model_copy(
        update={"opacity": 1.0, "width": max(edge.width, _ADDED.width), "blur": min(edge.blur, _ADDED.blur)}
    )


@dataclass(frozen=True)
class Backdrop:
    """What captions stand on: the clip's own light, before any look, where the programme shows it."""

    programme: Programme
    style: CaptionStyle
    looks: Sequence[FrameTones]

    def contrast(self, card: CaptionCard, ink: Box) -> float:
        """The least contrast of a card in a place while it shows, to one; as on mid grey where nothing is known of it."""
        framing, rate = self.programme.framing, self.programme.rate
        shares = framing.shares((card.start + card.end) // 2, ink) if framing else None
        if shares is None or not self.looks:
            return contrast(self.style, 128)
        start, end = (self.programme.where(Fraction(frame) / rate) for frame in (card.start, card.end))
        during = [look for look in self.looks if start <= look.time < end]
        nearest = min(self.looks, key=lambda look: abs(look.time - start))
        return min(
            contrast(self.style, luma) for look in during or [nearest] for luma in look.within(*shares)
        )


def _colours(style: CaptionStyle) -> list[str]:
    """Every colour that letters may have."""
    return [
        style.colour,
        *([style.spoken.colour] if style.spoken and style.spoken.how != "type" else []),
        *([style.emphasis] if style.emphasis else []),
    ]


def _around(style: CaptionStyle, luma: int) -> float:
    """The luminance of what touches the letters: plate or outline laid over the ground, or the ground itself where there is neither."""
    ground = (luma / 255,) * 3
    under = (
        style.box
        if style.box
        else style.outline
        if style.outline and style.outline.width >= _GROUND
        else None
    )
    if under is None:
        return _luminance(ground)
    laid = zip(_rgb(under.colour), ground, strict=True)
    return _luminance(tuple(under.opacity * over + (1 - under.opacity) * below for over, below in laid))


def _far(style: CaptionStyle) -> str:
    """Black or white, whichever is further from all of the letters' colours: one of them always has 4.5 to one of a single colour."""

    def least(ground: str) -> float:
        return min(_ratio(_luminance(_rgb(colour)), _luminance(_rgb(ground))) for colour in _colours(style))

    return max((_BLACK, _WHITE), key=least)


def _rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))


def _luminance(rgb: tuple[float, ...]) -> float:
    """WCAG's relative luminance of sRGB values (0 to 1)."""
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _ratio(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)
