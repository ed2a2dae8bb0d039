"""ASS syntax: literal text, colours, opacity, the style line, and a rounded rectangle as a drawing."""

from __future__ import annotations

import math
from typing import Final

from pysubs2 import Alignment, Color, SSAStyle

from finish.stages.captions.typesetting.caption_style import CaptionStyle
from finish.units import number

_WORD_JOINER: Final = "\u2060"
# A quarter circle as a Bézier curve: the control points are 0.5523 radii from the ends.
_ROUND: Final = 0.5523


def escaped(text: str) -> str:
    """Text as libass shows it literally.

    Braces are escaped, and an invisible U+2060 follows every backslash, which has no escape.
    """
    return text.replace("\\", f"\\{_WORD_JOINER}").replace("{", r"\{").replace("}", r"\}")


def bgr(colour: str) -> str:
    """#RRGGBB as ASS writes it."""
    return f"&H{colour[5:7]}{colour[3:5]}{colour[1:3]}&".upper()


def alpha(opacity: float) -> str:
    """Opacity (0 to 1) as the transparency that ASS writes."""
    return f"&H{math.floor(255 * (1 - opacity) + 0.5):02X}&"


def style_line(style: CaptionStyle) -> SSAStyle:
    """The style that every event uses; tags state all else."""
    edge = style.outline
    dark = _rgb(edge.colour) if edge else (0, 0, 0)
    return SSAStyle(
        fontname=style.family,
        fontsize=100.0,
        primarycolor=Color(*_rgb(style.colour), 0),
        outlinecolor=Color(*dark, round(255 * (1 - (edge.opacity if edge else 1)))),
        outline=0.0,
        shadow=0.0,
        alignment=Alignment.MIDDLE_CENTER,
        encoding=-1,
        marginl=0,
        marginr=0,
        marginv=0,
    )


def rounded_rectangle(width: float, height: float, radius: float) -> str:
    """The outline of a rounded rectangle with its corner at the origin, in ASS drawing commands."""
    w, h, r, k = width, height, radius, radius * (1 - _ROUND)
    path: list[tuple[str, tuple[float, ...]]] = [
        ("m", (r, 0)),
        ("l", (w - r, 0)),
        ("b", (w - k, 0, w, k, w, r)),
        ("l", (w, h - r)),
        ("b", (w, h - k, w - k, h, w - r, h)),
        ("l", (r, h)),
        ("b", (k, h, 0, h - k, 0, h - r)),
        ("l", (0, r)),
        ("b", (0, k, k, 0, r, 0)),
    ]
    return " ".join(
        " ".join([command, *(number(round(float(value), 2)) for value in values)]) for command, values in path
    )


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue
