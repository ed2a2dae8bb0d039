"""Look-up tables as values, applied exactly: 1D linear, 3D tetrahedral, inputs limited to the domain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LUMA: Final = np.array((0.2126, 0.7152, 0.0722))  # ITU-R BT.709-6 item 3.2


@dataclass(frozen=True, eq=False)
class Table:
    """A look-up table.

    `values` is (n, 3) for a 1D table and (n, n, n, 3), indexed [blue, green, red], for a 3D table. `low`
    and `high`, (3,) each, are its domain.
    """

    values: Floats = field(repr=False)
    low: Floats
    high: Floats
    title: str = ""

    @property
    def size(self) -> int:
        """Points per axis."""
        return len(self.values)

    @property
    def solid(self) -> bool:
        """Whether this is a 3D table."""
        return self.values.ndim == 4

    @property
    def plain(self) -> bool:
        """Whether the domain is 0 to 1 in every channel."""
        return not self.low.any() and bool((self.high == 1).all())

    def apply(self, rgb: Floats) -> Floats:
        """Code values (n, 3) through the table; outside its domain, its ends count, as in OpenColorIO."""
        if self.solid:
            return _tetrahedral(self.values, (rgb - self.low) / (self.high - self.low))
        axes = np.linspace(self.low, self.high, self.size)
        return np.stack(
            [np.interp(rgb[:, channel], axes[:, channel], self.values[:, channel]) for channel in range(3)],
            axis=1,
        )


@dataclass(frozen=True, eq=False)
class Chain:
    """Tables one after the other, such as a shaper and the cube after it."""

    tables: tuple[Table, ...]
    title: str = ""

    def apply(self, rgb: Floats) -> Floats:
        """Code values (n, 3) through all of them."""
        return through(self.tables, rgb)


@dataclass(frozen=True, eq=False)
class LegalRangeTransform:
    """A transform of limited-range codes, for full-range codes.

    Limited range is 64 to 940 of 1,023 (ITU-R BT.709-6 item 5.6).
    """

    inner: Transform

    def apply(self, rgb: Floats) -> Floats:
        """Code values (n, 3) through it."""
        low, span = 64 / 1023, 876 / 1023
        return (self.inner.apply(low + span * rgb) - low) / span


class Transform(Protocol):
    """Anything that turns colours into colours: a table, a formula, another library's processor."""

    def apply(self, rgb: Floats, /) -> Floats:
        """Code values (n, 3) to code values (n, 3)."""
        ...


def through(transforms: Iterable[Transform], rgb: Floats) -> Floats:
    """Colours (n, 3) through every transform in order."""
    for transform in transforms:
        rgb = transform.apply(rgb)
    return rgb


def grid(size: int) -> Floats:
    """The points of a plain 3D table in file order, red fastest: (size³, 3)."""
    axis = np.linspace(0, 1, size)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    return np.stack([red.ravel(), green.ravel(), blue.ravel()], axis=1)


def _tetrahedral(values: Floats, unit: Floats) -> Floats:
    """Values at `unit` (n, 3, of 0 to 1), interpolated in the tetrahedron that each is in.

    Each cell is six tetrahedra along its grey diagonal. From the dark corner, the path to a point follows
    the channel with the largest fraction first and the one with the smallest last, so greys depend on grey
    points only.
    """
    size = len(values)
    place = np.clip(unit, 0, 1) * (size - 1)
    corner = np.minimum(place.astype(np.intp), size - 2)
    fraction = place - corner
    step = np.array([1, size, size * size])
    largest, smallest = fraction.max(axis=1), fraction.min(axis=1)
    middle = fraction.sum(axis=1) - largest - smallest
    dark = corner @ step
    first = dark + step[fraction.argmax(axis=1)]
    bright = dark + step.sum()
    second = bright - step[fraction.argmin(axis=1)]
    points = values.reshape(-1, 3)
    weighted = (
        (dark, 1 - largest),
        (first, largest - middle),
        (second, middle - smallest),
        (bright, smallest),
    )
    return sum((points[at] * weight[:, None] for at, weight in weighted), np.zeros_like(unit))
