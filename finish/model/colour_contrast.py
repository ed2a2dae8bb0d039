"""The contrast of two colours, as accessibility standards measure it."""

from __future__ import annotations

from typing import Final

TEXT: Final = 4.5  # to 1; WCAG 2.2, 1.4.3, level AA
LARGE: Final = 3.0  # to 1; WCAG 2.2, 1.4.3 for large text, and 1.4.11 for graphics


def contrast_ratio(colour: str, ground: str) -> float:
    """The contrast ratio of two colours (#RRGGBB), 1 to 21, whichever is the lighter (WCAG 2.2)."""
    dark, light = sorted((luminance(colour), luminance(ground)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """WCAG's relative luminance (0 to 1) of an sRGB colour (#RRGGBB)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
