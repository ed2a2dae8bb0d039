"""Corrections before any look.

Exposure and white balance are applied to light; contrast, saturation, lift, gamma and gain to the picture's
code values.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from finish.stages.colour.camera import adapted, bt709
from finish.stages.colour.colour_settings import NEUTRAL, Balance
from finish.stages.colour.table import LUMA, Floats

_TINT: Final = 0.0002  # in u'v' per unit of tint, across the line of daylights; ±100 is far


@dataclass(frozen=True, eq=False)
class LightBalance:
    """Exposure and white balance, applied to light in BT.709's primaries."""

    balance: Balance

    @cached_property
    def _matrix(self) -> Floats:
        white = adapted(daylight(self.balance.temperature, self.balance.tint), daylight(NEUTRAL))
        matrix: Floats = 2**self.balance.exposure * (np.linalg.inv(bt709()) @ white @ bt709())
        return matrix

    def apply(self, rgb: Floats) -> Floats:
        """Light (n, 3) with the correction."""
        return rgb @ self._matrix.T


@dataclass(frozen=True, eq=False)
class PowerCurve:
    """Values to a power, mirrored below 0. GAMMA turns code values into light, 1 / GAMMA the reverse."""

    exponent: float | Floats

    def apply(self, rgb: Floats) -> Floats:
        """Values (n, 3) to the power."""
        return np.asarray(np.sign(rgb) * np.abs(rgb) ** self.exponent)


@dataclass(frozen=True, eq=False)
class PictureBalance:
    """Corrections of code values: lift, gamma and gain, then contrast, then saturation and vibrance."""

    balance: Balance

    def apply(self, rgb: Floats) -> Floats:
        """Code values (n, 3) with the corrections."""
        b = self.balance
        lift, gamma, gain = (np.array(channels) for channels in (b.lift, b.gamma, b.gain))
        toned = PowerCurve(1 / gamma).apply(rgb * gain + lift * (1 - rgb))
        contrasted = b.pivot + b.contrast * (toned - b.pivot)
        luma = (contrasted @ LUMA)[:, None]
        vivid = np.clip(contrasted.max(1, keepdims=True) - contrasted.min(1, keepdims=True), 0, 1)
        return np.asarray(luma + b.saturation * (1 + b.vibrance * (1 - vivid)) * (contrasted - luma))


def daylight(kelvin: float, tint: float = 0) -> tuple[float, float]:
    """The chromaticity (x, y) of light of a colour temperature, moved off its line by `tint`.

    CIE daylight from 4,000 K (CIE 15:2004), a black body below (Kang et al. 2002, from 2,222 K).
    """
    t = 1000 / kelvin
    if kelvin > 7000:
        x = 0.237040 + 0.24748 * t + 1.9018 * t**2 - 2.0064 * t**3
    elif kelvin >= 4000:
        x = 0.244063 + 0.09911 * t + 2.9678 * t**2 - 4.6070 * t**3
    else:
        x = 0.179910 + 0.8776956 * t - 0.2343589 * t**2 - 0.2661239 * t**3
    cold = -3.0 * x**2 + 2.870 * x - 0.275
    y = cold if kelvin >= 4000 else -0.16748867 + 2.09137015 * x - 1.37418593 * x**2 - 0.9549476 * x**3
    u, v = 4 * x / (-2 * x + 12 * y + 3), 9 * y / (-2 * x + 12 * y + 3)
    v += tint * _TINT  # the greener the light, the more magenta the corrected picture
    return 9 * u / (6 * u - 16 * v + 12), 4 * v / (6 * u - 16 * v + 12)
