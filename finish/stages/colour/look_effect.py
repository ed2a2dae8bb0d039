"""What a look does to colours, measured on greys and a cube of colours, and whether it leaves a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from finish.stages.colour.table import Chain, Floats, Table, Transform, grid

_STEPS: Final = 1024  # greys
_PROBED: Final = 33  # points per axis of the cube that is measured

# The largest integer code and its bits. A table for floats has no reason to end at one of them.
_CODES: Final = {255: 8, 1023: 10, 4095: 12, 65535: 16}
_LEAST: Final = 200  # smaller values are scene light: cameras' log curves reach about 60
# House values. Doubled code values lose an eighth of all colours; a cube in integer codes, or on another
# scale, loses nearly all.
_NOTHING_LEFT, _MUCH = 0.9, 0.2
_BEYOND: Final = 1e-3  # a quarter of an 8-bit code: rounding exceeds 0 to 1 by less
_ONE_COLOUR: Final = 2 / 255


@dataclass(frozen=True)
class LookEffect:
    """The effect of a look on code values of 0 to 1.

    `rising`: whether each channel of a grey ramp never falls. `drift`: how far greys leave grey. `low` and
    `high`: the ends of all outputs. Of colours inside 0 to 1, `clipped` is the share with a channel that
    comes out at or beyond either end, and `lost` the share with every channel beyond, so that nothing of
    the colour is left.
    """

    rising: tuple[bool, bool, bool]
    drift: float
    low: float
    high: float
    clipped: float
    lost: float

    @property
    def much_lost(self) -> bool:
        """Whether a look loses more colours than a hard contrast does."""
        return self.lost >= _MUCH

    def fault(self) -> tuple[str, str] | None:
        """Why a look leaves no picture, and what to do; None for a usable look."""
        top = max(abs(self.low), self.high)
        if self.lost >= _NOTHING_LEFT and (codes := bits(top)):
            most = max(value for value, number in _CODES.items() if number == codes)
            return (
                f"values up to {top:,.0f} instead of 0 to 1: these look like {codes}-bit codes",
                f"divide them by {most:,}, or export the look with values from 0 to 1",
            )
        if self.lost >= _NOTHING_LEFT:
            return (
                f"{100 * self.lost:.0f} % of colours come out below black or above white "
                f"(outputs from {self.low:.3g} to {self.high:.3g})",
                "export the look with values from 0 to 1",
            )
        if self.high - self.low < _ONE_COLOUR:
            return (
                f"all colours come out nearly the same (outputs from {self.low:.3g} to {self.high:.3g})",
                "check that it is the right file",
            )
        return None


def bits(value: float) -> int:
    """The bits of integer codes that reach this value; 0 if it isn't the end of such codes."""
    return next((number for most, number in _CODES.items() if _LEAST <= value <= most + 1), 0)


def effect(transform: Transform) -> LookEffect:
    """The effect of a transform."""
    greys, cube, colours = transform.apply(ramp()), transform.apply(grid(_PROBED)), grid(_PROBED)
    inside = ((colours > 0) & (colours < 1)).all(1)
    cube_inside = cube[inside]
    clipped = np.any((cube_inside <= 0) | (cube_inside >= 1), axis=1).mean()
    lost = np.all((cube_inside < -_BEYOND) | (cube_inside > 1 + _BEYOND), axis=1).mean()
    red, green, blue = (bool((np.diff(greys[:, channel]) >= -1e-6).all()) for channel in range(3))
    drift = float((greys.max(1) - greys.min(1)).max())
    return LookEffect(
        (red, green, blue),
        drift,
        float(min(cube.min(), greys.min())),
        float(max(cube.max(), greys.max())),
        float(clipped),
        float(lost),
    )


def domain_fault(transform: Transform) -> tuple[str, str] | None:
    """Why a table for integer codes can't be used, and what to do; None for other tables.

    A picture of 0 to 1 would use only the start of its domain.
    """
    first = transform.tables[0] if isinstance(transform, Chain) else transform
    high = float(first.high.max()) if isinstance(first, Table) else 1.0
    codes = next((number for most, number in _CODES.items() if abs(high - most) <= 1), 0)
    if not codes:
        return None
    message = f"a domain up to {high:,.0f} instead of 1: these look like {codes}-bit codes"
    return message, "export the look with a domain from 0 to 1"


def ramp() -> Floats:
    """Greys from black to white, (1024, 3)."""
    return np.linspace(0, 1, _STEPS)[:, None].repeat(3, axis=1)
