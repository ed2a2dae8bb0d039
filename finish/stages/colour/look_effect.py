"""What a look does to colours, measured on a ramp of greys and a cube of colours; and what of that leaves no picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from finish.stages.colour.table import Chain, Floats, Table, Transform, grid

_STEPS: Final = 1024  # greys
_PROBED: Final = 33  # points an axis of the cube that is looked at

# What whole codes of so many bits go up to. A table for floats has no reason to end at one of them.
_CODES: Final = {255: 8, 1023: 10, 4095: 12, 65535: 16}
_LEAST: Final = 200  # below are exposures of scene light: cameras' log curves reach 0 to 60 or so
# House limits. Twice as bright, code by code, loses an eighth of all colours; a cube in codes, or in another scale, nearly all.
_NOTHING_LEFT, _MUCH = 0.9, 0.2
_BEYOND: Final = 1e-3  # a quarter of an 8-bit code: what is beyond by rounding is not
_ONE_COLOUR: Final = 2 / 255


@dataclass(frozen=True)
class LookEffect:
    """`rising` says whether each channel of a grey ramp never falls; `drift` is how far greys leave grey, `low` and `high` the ends of all
    outputs, in code values of 0 to 1; `clipped` the share of colours inside 0 to 1 of which a channel comes out at or beyond either end,
    `lost` of those of which every channel comes out beyond, so that nothing of them is left."""

    rising: tuple[bool, bool, bool]
    drift: float
    low: float
    high: float
    clipped: float
    lost: float

    @property
    def much_lost(self) -> bool:
        """Whether a look leaves nothing of more colours than a hard contrast does."""
        return self.lost >= _MUCH

    def fault(self) -> tuple[str, str] | None:
        """What is wrong with a look that leaves no picture, and what to do; None for one that can be used."""
        top = max(abs(self.low), self.high)
        if self.lost >= _NOTHING_LEFT and (codes := bits(top)):
            most = max(value for value, number in _CODES.items() if number == codes)
            return (
                f"values up to {top:,.0f}, where 0 to 1 are expected: these look like codes of {codes} bits",
                f"divide them by {most:,}, or export the look with values of 0 to 1",
            )
        if self.lost >= _NOTHING_LEFT:
            return (
                f"{self.lost:.0%} of all colours come out below black or above white (outputs from {self.low:.3g} to {self.high:.3g})",
                "export the look for a picture with values of 0 to 1",
            )
        if self.high - self.low < _ONE_COLOUR:
            return (
                f"all colours come out as nearly the same (outputs from {self.low:.3g} to {self.high:.3g})",
                "is it the right file?",
            )
        return None


def bits(value: float) -> int:
    """Of how many bits whole codes are that go up to this value; 0 where none do."""
    return next((number for most, number in _CODES.items() if _LEAST <= value <= most + 1), 0)


def effect(transform: Transform) -> LookEffect:
    """What a transform does."""
    greys, cube, colours = transform.apply(ramp()), transform.apply(grid(_PROBED)), grid(_PROBED)
    inside = ((colours > 0) & (colours < 1)).all(1)
    cube_inside = cube[inside]
    held = np.any((cube_inside <= 0) | (cube_inside >= 1), axis=1).mean()
    lost = np.all((cube_inside < -_BEYOND) | (cube_inside > 1 + _BEYOND), axis=1).mean()
    red, green, blue = (bool((np.diff(greys[:, channel]) >= -1e-6).all()) for channel in range(3))
    drift = float((greys.max(1) - greys.min(1)).max())
    return LookEffect(
        (red, green, blue),
        drift,
        float(min(cube.min(), greys.min())),
        float(max(cube.max(), greys.max())),
        float(held),
        float(lost),
    )


def domain_fault(transform: Transform) -> tuple[str, str] | None:
    """What is wrong with a table that takes codes; None for others. Of such a domain a picture of 0 to 1 is the very beginning."""
    first = transform.tables[0] if isinstance(transform, Chain) else transform
    high = float(first.high.max()) if isinstance(first, Table) else 1.0
    codes = next((number for most, number in _CODES.items() if abs(high - most) <= 1), 0)
    if not codes:
        return None
    message = f"a domain up to {high:,.0f}, where 0 to 1 are expected: these look like codes of {codes} bits"
    return message, "export the look for values of 0 to 1"


def ramp() -> Floats:
    """Greys from black to white, (1024, 3)."""
    return np.linspace(0, 1, _STEPS)[:, None].repeat(3, axis=1)
