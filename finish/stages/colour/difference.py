"""How different two colours look: CIELAB relative to a BT.1886 screen's white, and CIEDE2000."""

from __future__ import annotations

from typing import Final

import numpy as np

from finish.stages.colour.camera import bt709
from finish.stages.colour.table import Floats

GAMMA: Final = 2.4  # BT.1886: the exponent from code values to light
_WHITE: Final = bt709().sum(1)  # D65
_EDGE: Final = 6 / 29  # CIE 15: below its cube, the cube root is replaced by a line


def lab(rgb: Floats) -> Floats:
    """CIE L*a*b* (…, 3) of code values (0 to 1) on a BT.1886 screen with BT.709's primaries.

    It is relative to the white of the screen.
    """
    share = np.maximum(rgb, 0) ** GAMMA @ bt709().T / _WHITE
    root = np.where(share > _EDGE**3, np.cbrt(share), share / (3 * _EDGE**2) + 4 / 29)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)


def difference(one: Floats, other: Floats) -> Floats:
    """CIEDE2000 between L*a*b* colours (…, 3), with all weights 1 (Sharma, Wu and Dalal 2005)."""
    l1, a1, b1 = np.moveaxis(one, -1, 0)
    l2, a2, b2 = np.moveaxis(other, -1, 0)
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1 + 0.5 * (1 - np.sqrt(mean**7 / (mean**7 + 25.0**7)))
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    grey = c1 * c2 == 0
    turn = np.where(grey, 0, (h2 - h1 + 180) % 360 - 180)
    hue = np.where(grey, h1 + h2, (h1 + turn / 2) % 360)
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    lightness = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    tilt = (
        1
        - 0.17 * _cos(hue - 30)
        + 0.24 * _cos(2 * hue)
        + 0.32 * _cos(3 * hue + 6)
        - 0.20 * _cos(4 * hue - 63)
    )
    blue = 60 * np.exp(-(((hue - 275) / 25) ** 2))
    rotation = -2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * np.sin(np.radians(blue))
    d_light = (l2 - l1) / lightness
    d_chroma = (c2 - c1) / (1 + 0.045 * chroma)
    d_hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2) / (1 + 0.015 * chroma * tilt)
    return np.asarray(np.sqrt(d_light**2 + d_chroma**2 + d_hue**2 + rotation * d_chroma * d_hue))


def _cos(degrees: Floats) -> Floats:
    return np.asarray(np.cos(np.radians(degrees)))
