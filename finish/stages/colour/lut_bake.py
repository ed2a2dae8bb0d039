"""Several looks as one plain 0–1 cube: FFmpeg's `lut3d` ignores domains and shapers, so it is only ever given such cubes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

import numpy as np

from finish import units
from finish.errors import FinishError, several
from finish.model import Document
from finish.stages.colour import look_reading
from finish.stages.colour.balance import Balance, LightBalance, PictureBalance, PowerCurve
from finish.stages.colour.camera import Camera, CameraTransform, DisplayRendering
from finish.stages.colour.difference import GAMMA
from finish.stages.colour.table import Floats, LegalRangeTransform, Table, Transform, grid, through

# A display-referred look is smooth enough for 33 points an axis; a sharp one (a camera's log curve, a 1D table) wants 65.
SIZES = (33, 65)
# One code of an 8-bit picture in the worst place: the least that a delivery can show.
CLOSE_ENOUGH = 1 / 255
PROBES = 8192
DECIMALS = 6
# Fractions of the generalised golden ratio in three dimensions (x⁴ = x + 1): multiples of them fill a cube evenly.
_EVEN = np.array([1.2207440846057596**-power for power in (1, 2, 3)])


@dataclass(frozen=True)
class BakedLut:
    """A plain cube as FFmpeg reads it, and how far it is from the looks themselves, in code values of 0 to 1."""

    text: bytes = field(repr=False)
    size: int
    worst: float
    mean: float

    suffix = ".cube"

    @cached_property
    def digest(self) -> str:
        return units.digest(self.suffix, self.text)

    def content(self) -> bytes:
        return self.text


@lru_cache(maxsize=64)
def bake(
    looks: tuple[Document, ...],
    strength: float,
    camera: Camera | None = None,
    *balances: Balance,
    legal: bool = False,
) -> BakedLut:
    """A camera's picture rendered, balanced, then the looks in order, each mixed in by `strength` (0 to 1), as the smallest cube that is
    close enough. `legal` looks take and give the codes of limited range.

    FinishError "lut" with every look's mistake when some cannot be read.
    """
    tables = tuple(LegalRangeTransform(each) for each in _read(looks)) if legal else _read(looks)
    before = steps(camera, *balances)
    probes = _probes()
    exact = compose(tables, strength, through(before, probes))
    for size in _sizes((*before, *tables)):
        values = compose(tables, strength, through(before, grid(size))).round(DECIMALS)
        off = np.abs(plain_table(values).apply(probes) - exact)
        if off.max() <= CLOSE_ENOUGH:
            break
    return BakedLut(cube_text(values), size, float(off.max()), float(off.mean()))


def steps(camera: Camera | None, *balances: Balance) -> tuple[Transform, ...]:
    """What comes before the looks: the first balance's light is between a camera's picture and its rendering, else a screen's."""
    found: tuple[Transform, ...] = ()
    for number, balance in enumerate(balances or (Balance(),)):
        light: tuple[Transform, ...] = (LightBalance(balance),) if balance.in_light else ()
        if camera and not number:
            light = (CameraTransform(camera), *light, DisplayRendering())
        elif light:
            light = (PowerCurve(GAMMA), *light, PowerCurve(1 / GAMMA))
        found = (*found, *light, *((PictureBalance(balance),) if balance.in_picture else ()))
    return found


def compose(tables: Sequence[Transform], strength: float, rgb: Floats) -> Floats:
    """Code values (n, 3) through every transform in order; the result is held to 0 to 1, which is what a delivery can show."""
    for table in tables:
        rgb = rgb + strength * (table.apply(rgb) - rgb)
    return rgb.clip(0, 1)


def plain_table(values: Floats) -> Table:
    """The 3D table over 0 to 1 whose rows, red fastest, are `values` (n³, 3)."""
    size = round(len(values) ** (1 / 3))
    return Table(values.reshape(size, size, size, 3), np.zeros(3), np.ones(3))


def cube_text(values: Floats) -> bytes:
    """Rows (n³, 3) of 0 to 1, red fastest, as a `.cube` file; six decimals are 1/2000 of an 8-bit code.

    The digits are laid out as an array of characters: formatting a 65³ cube number by number takes half a second.
    """
    millionths = np.rint(values * 10**DECIMALS).astype(np.int64)[..., None]
    text = np.full((*values.shape, DECIMALS + 3), ord(" "), dtype=np.uint8)
    text[..., :1] = ord("0") + millionths // 10**DECIMALS
    text[..., 1] = ord(".")
    text[..., 2:-1] = ord("0") + millionths // 10 ** np.arange(DECIMALS - 1, -1, -1) % 10
    text[:, -1, -1] = ord("\n")
    return f"LUT_3D_SIZE {plain_table(values).size}\n".encode() + text.tobytes()


def _read(looks: Sequence[Document]) -> tuple[Transform, ...]:
    tables, mistakes = [], []
    for look in looks:
        try:
            tables.append(look_reading.read_usable(look.data, look.path.name, look.part)[0])
        except FinishError as mistake:
            mistakes.append(mistake)
    if mistakes:
        raise several(tuple(mistakes))
    return tuple(tables)


def _sizes(tables: Sequence[Transform]) -> list[int]:
    """Sizes worth trying: a single plain cube is exact at its own size."""
    own = {
        table.size
        for table in tables
        if isinstance(table, Table) and table.solid and table.plain and table.size <= SIZES[-1]
    }
    return sorted(own | set(SIZES))


def _probes() -> Floats:
    """Where the baked cube is compared with the looks: spread evenly over the whole cube, and as many greys."""
    spread = np.arange(1, PROBES + 1)[:, None] * _EVEN % 1
    greys = np.linspace(0, 1, PROBES)[:, None].repeat(3, axis=1)
    return np.concatenate([spread, greys])


NOTHING: Final = BakedLut(cube_text(grid(2)), 2, 0.0, 0.0)  # what lies within 0 to 1 as it is
