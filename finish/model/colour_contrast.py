"""The contrast of two colours, as accessibility standards measure it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

TEXT: Final = 4.5  # to 1; WCAG 2.2, 1.4.3, level AA
LARGE: Final = 3.0  # to 1; WCAG 2.2, 1.4.3 for large text, and 1.4.11 for graphics
MOST: Final = 21.0  # to 1; black on white


def contrast_ratio(colour: str, ground: str) -> float:
    """The contrast ratio of two colours (#RRGGBB), 1 to 21, whichever is the lighter (WCAG 2.2)."""
    return luminance_ratio(luminance(colour), luminance(ground))


def luminance_ratio(one: float, other: float) -> float:
    """The contrast ratio of two relative luminances, 1 to 21, whichever is the higher (WCAG 2.2)."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def luminance(colour: str) -> float:
    """WCAG's relative luminance (0 to 1) of an sRGB colour (#RRGGBB)."""
    return relative_luminance(rgb_values(colour))


def relative_luminance(rgb: Iterable[float]) -> float:
    """WCAG's relative luminance (0 to 1) of red, green and blue of sRGB (0 to 1)."""
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in rgb
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def rgb_values(colour: str) -> tuple[float, ...]:
    """Red, green and blue (0 to 1) of #RRGGBB."""
    return tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
