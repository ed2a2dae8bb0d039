"""The contrast of a style's letters with their surroundings, and a reinforced style where it is too low.

Contrast is a ratio to 1, as in WCAG 2.2, success criterion 1.4.3.
"""

from __future__ import annotations

from typing import Final

from finish.model.colour_contrast import (
    TEXT,
    contrast_ratio,
    luminance,
    luminance_ratio,
    relative_luminance,
    rgb_values,
)
from finish.stages.captions.typesetting.caption_style import CaptionStyle, OutlineStyle

LEAST_CONTRAST: Final = TEXT
_BLACK, _WHITE = "#000000", "#FFFFFF"
# House value: an outline thinner than this (em) doesn't separate letters from the picture; with 60 px per
# em it is 2 px.
_GROUND: Final = 0.033
_ADDED: Final = OutlineStyle(width=0.07, blur=0.01, colour=_BLACK, opacity=1)


def contrast(style: CaptionStyle, luma: int) -> float:
    """The lowest contrast of a style's colours with the surroundings of its letters, on a grey (0 to 255).

    Words that are yet to come and the extra of a glow don't count.
    """
    around = _around(style, luma)
    plates = (
        [_over(colour, style.word_plate.opacity, luma) for colour in style.word_plate.colours]
        if (style.word_plate)
        else []
    )
    always = style.word_plate is not None and style.word_plate.when == "always"
    plain = plates if always else [around]
    spoken = plates or [around]
    return min(
        luminance_ratio(luminance(colour), ground)
        for colours, grounds in ((_plain_colours(style), plain), (_spoken_colours(style), spoken))
        for colour in colours
        for ground in grounds
    )


def legible_anywhere(style: CaptionStyle) -> bool:
    """Whether a style has enough contrast on any picture."""
    return all(contrast(style, luma) >= LEAST_CONTRAST for luma in (0, 64, 128, 192, 255))


def reinforced(style: CaptionStyle) -> CaptionStyle:
    """The style with an opaque box or outline, black or white if its colour is too near to the letters'."""
    if style.word_plate is not None and style.word_plate.when == "always":
        plate = style.word_plate.model_copy(update={"opacity": 1.0})
        return style.model_copy(update={"word_plate": plate})
    part = "box" if style.box else "outline"
    ground = style.box.model_copy(update={"opacity": 1.0}) if style.box else _thick(style.outline)
    opaque = style.model_copy(update={part: ground})
    if legible_anywhere(opaque):
        return opaque
    return style.model_copy(update={part: ground.model_copy(update={"colour": _furthest(style)})})


def _thick(edge: OutlineStyle | None) -> OutlineStyle:
    """The outline, opaque and wide enough, or a new one."""
    edge = edge or _ADDED
    return edge.model_copy(
        update={"opacity": 1.0, "width": max(edge.width, _ADDED.width), "blur": min(edge.blur, _ADDED.blur)}
    )


def _plain_colours(style: CaptionStyle) -> list[str]:
    """The colours of letters that aren't spoken at the moment."""
    return [style.colour, *([style.emphasis] if style.emphasis else [])]


def _spoken_colours(style: CaptionStyle) -> list[str]:
    """The colours of the word that is spoken."""
    spoken = style.spoken
    if spoken is None or spoken.how == "type":
        return []
    return list(spoken.accents or (spoken.colour,))


def _around(style: CaptionStyle, luma: int) -> float:
    """The luminance next to the letters: of the plate or outline over the picture, else of the picture."""
    ground = (luma / 255,) * 3
    outline = style.outline if style.outline and style.outline.width >= _GROUND else None
    layer = style.box or outline
    if layer is None:
        return relative_luminance(ground)
    return _over(layer.colour, layer.opacity, luma)


def _over(colour: str, opacity: float, luma: int) -> float:
    """The luminance of a colour over a grey."""
    pairs = zip(rgb_values(colour), (luma / 255,) * 3, strict=True)
    return relative_luminance(tuple(opacity * above + (1 - opacity) * below for above, below in pairs))


def _furthest(style: CaptionStyle) -> str:
    """Black or white, whichever is further from all of the letters' colours.

    One of them always has a contrast of 4.5 with a single colour.
    """

    def lowest(ground: str) -> float:
        return min(
            contrast_ratio(colour, ground) for colour in (*_plain_colours(style), *_spoken_colours(style))
        )

    return max((_BLACK, _WHITE), key=lowest)
