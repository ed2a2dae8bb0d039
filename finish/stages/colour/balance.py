"""Corrections before any look: exposure and white in light; contrast, saturation, lift, gamma and gain in the picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Final

import numpy as np
from pydantic import Field, field_validator

from finish.model import Settings
from finish.stages.colour.camera import adapted, bt709
from finish.stages.colour.table import LUMA, Floats

NEUTRAL: Final = 6504  # K; the daylight that is D65
# Of u'v', per unit of tint: from green to magenta, across the line of daylights; ±100 is far.
_TINT: Final = 0.0002

Three = tuple[float, float, float]


class Balance(Settings):
    """`exposure` in stops; `temperature` in kelvin of the light that the scene has (6504 leaves it; more makes the picture warmer) and
    `tint` (−100 green to 100 magenta) across it; `contrast` around `pivot`, a code value; `saturation`; `vibrance`, which spares what
    is vivid; `lift`, `gamma`, `gain` for each channel."""

    exposure: Annotated[float, Field(ge=-6, le=6, allow_inf_nan=False, description="stops")] = 0
    temperature: Annotated[
        float,
        Field(
            ge=2500,
            le=20_000,
            allow_inf_nan=False,
            description="kelvin of the light in the scene; more makes the picture warmer",
        ),
    ] = NEUTRAL
    tint: Annotated[
        float, Field(ge=-100, le=100, allow_inf_nan=False, description="−100 green to 100 magenta")
    ] = 0
    contrast: Annotated[
        float, Field(ge=0, le=3, allow_inf_nan=False, description="factor around `pivot`")
    ] = 1
    pivot: Annotated[
        float,
        Field(
            gt=0, lt=1, allow_inf_nan=False, description="the code value that contrast leaves alone, 0 to 1"
        ),
    ] = 0.4
    saturation: Annotated[float, Field(ge=0, le=3, allow_inf_nan=False, description="factor; 0 is grey")] = 1
    vibrance: Annotated[
        float,
        Field(ge=-1, le=1, allow_inf_nan=False, description="saturation that spares vivid colours, −1 to 1"),
    ] = 0
    lift: Three = Field(default=(0, 0, 0), description="added to red, green, blue in the shadows")
    gamma: Three = Field(
        default=(1, 1, 1), description="exponent of the mid-tones for red, green, blue; 0.1 to 10"
    )
    gain: Three = Field(default=(1, 1, 1), description="factor of red, green, blue in the highlights")

    @field_validator("gamma")
    @classmethod
    def _above_zero(cls, gamma: tuple[float, float, float]) -> tuple[float, float, float]:
        if not all(0.1 <= each <= 10 for each in gamma):
            raise ValueError("gamma is from 0.1 to 10 in each channel")
        return gamma

    @property
    def in_light(self) -> bool:
        """Whether anything is done to light."""
        return (self.exposure, self.temperature, self.tint) != (0, NEUTRAL, 0)

    @property
    def in_picture(self) -> bool:
        """Whether anything is done to code values."""
        flat = (self.contrast, self.saturation, self.vibrance, self.lift, self.gamma, self.gain)
        return flat != (1, 1, 0, (0, 0, 0), (1, 1, 1), (1, 1, 1))

    @property
    def alone(self) -> bool:
        """Whether nothing is done."""
        return not self.in_light and not self.in_picture

    @property
    def stated(self) -> str:
        """What is done, as "exposure +0.3, saturation 1.1"."""
        changed = {
            name: value
            for name, value in self.model_dump().items()
            if value != type(self).model_fields[name].default
        }
        return ", ".join(f"{name} {_spelled(value)}" for name, value in changed.items())


def _spelled(value: float | tuple[float, ...]) -> str:
    return "/".join(f"{each:g}" for each in value) if isinstance(value, tuple) else f"{value:g}"


@dataclass(frozen=True, eq=False)
class LightBalance:
    """Exposure and white balance of light in BT.709's primaries."""

    balance: Balance

    @cached_property
    def _matrix(self) -> Floats:
        white = adapted(daylight(self.balance.temperature, self.balance.tint), daylight(NEUTRAL))
        found: Floats = 2**self.balance.exposure * (np.linalg.inv(bt709()) @ white @ bt709())
        return found

    def apply(self, rgb: Floats) -> Floats:
        return rgb @ self._matrix.T


@dataclass(frozen=True, eq=False)
class PowerCurve:
    """To a power, what is below 0 as what is above it: GAMMA makes light of code values, 1 / GAMMA the reverse."""

    exponent: float | Floats

    def apply(self, rgb: Floats) -> Floats:
        return np.asarray(np.sign(rgb) * np.abs(rgb) ** self.exponent)


@dataclass(frozen=True, eq=False)
class PictureBalance:
    """What is done to code values: lift, gamma and gain, then contrast, then saturation and vibrance."""

    balance: Balance

    def apply(self, rgb: Floats) -> Floats:
        b = self.balance
        lift, gamma, gain = (np.array(each) for each in (b.lift, b.gamma, b.gain))
        done = PowerCurve(1 / gamma).apply(rgb * gain + lift * (1 - rgb))
        done = b.pivot + b.contrast * (done - b.pivot)
        luma = (done @ LUMA)[:, None]
        vivid = np.clip(done.max(1, keepdims=True) - done.min(1, keepdims=True), 0, 1)
        return np.asarray(luma + b.saturation * (1 + b.vibrance * (1 - vivid)) * (done - luma))


def daylight(kelvin: float, tint: float = 0) -> tuple[float, float]:
    """The chromaticity (x, y) of light of this temperature: CIE daylight from 4,000 K, a black body's below; off it by `tint`."""
    t = 1000 / kelvin
    if kelvin > 7000:  # CIE 15:2004
        x = 0.237040 + 0.24748 * t + 1.9018 * t**2 - 2.0064 * t**3
    elif kelvin >= 4000:
        x = 0.244063 + 0.09911 * t + 2.9678 * t**2 - 4.6070 * t**3
    else:  # Kang et al. 2002, from 2,222 K
        x = 0.179910 + 0.8776956 * t - 0.2343589 * t**2 - 0.2661239 * t**3
    cold = -3.0 * x**2 + 2.870 * x - 0.275
    y = cold if kelvin >= 4000 else -0.16748867 + 2.09137015 * x - 1.37418593 * x**2 - 0.9549476 * x**3
    u, v = 4 * x / (-2 * x + 12 * y + 3), 9 * y / (-2 * x + 12 * y + 3)
    v += tint * _TINT  # light that is greener makes the corrected picture more magenta
    return 9 * u / (6 * u - 16 * v + 12), 4 * v / (6 * u - 16 * v + 12)
