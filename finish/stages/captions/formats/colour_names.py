"""The colours that caption files name → #RRGGBB."""

from __future__ import annotations

import re
from typing import Final

# HTML 4.01 and CSS Color 4: the names that caption files use; WebVTT §8.1 has the first eight as classes.
_NAMES: Final = {
    "white": "#FFFFFF",
    "lime": "#00FF00",
    "cyan": "#00FFFF",
    "red": "#FF0000",
    "yellow": "#FFFF00",
    "magenta": "#FF00FF",
    "blue": "#0000FF",
    "black": "#000000",
    "green": "#008000",
    "aqua": "#00FFFF",
    "fuchsia": "#FF00FF",
    "silver": "#C0C0C0",
    "gray": "#808080",
    "grey": "#808080",
    "maroon": "#800000",
    "olive": "#808000",
    "navy": "#000080",
    "purple": "#800080",
    "teal": "#008080",
    "orange": "#FFA500",
}
# WebVTT's own classes of colours by what they show (W3C WebVTT §5.1).
CLASS_COLOURS: Final = {code: name for name, code in list(_NAMES.items())[:8]}
_HEX: Final = re.compile(r"#?([0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})(?:[0-9A-Fa-f]{2})?")

_RGB: Final = re.compile(r"rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*(?:,[^()]*)?\)", re.ASCII)


def colour_code(text: str) -> str:
    """#RRGGBB of a colour's name, hexadecimal digits, or CSS `rgb()`; "" for anything else."""
    name = text.strip().lower()
    if name in _NAMES:
        return _NAMES[name]
    if parts := _RGB.fullmatch(name):
        return "#" + "".join(f"{min(255, int(part)):02X}" for part in parts.groups())
    match = _HEX.fullmatch(text.strip())
    if match is None:
        return ""
    digits = match[1] if len(match[1]) == 6 else "".join(2 * digit for digit in match[1])
    return f"#{digits.upper()}"
