"""A whole grade as one plain cube of 0 to 1: FFmpeg's `lut3d` ignores domains and shapers."""

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
from finish.stages.colour.balance import LightBalance, PictureBalance, PowerCurve
from finish.stages.colour.camera import CameraTransform, DisplayRendering
from finish.stages.colour.colour_settings import Balance, Camera
from finish.stages.colour.difference import GAMMA
from finish.stages.colour.table import Floats, LegalRangeTransform, Table, Transform, grid, through

# A display-referred look is smooth enough for 33 points an axis. A sharp one (a log curve, a 1D table)
# needs 65.
SIZES: Final = (33, 65)
# One code of an 8-bit picture in the worst place: the smallest error that a delivery can show.
CLOSE_ENOUGH: Final = 1 / 255
PROBES: Final = 8192
DECIMALS: Final = 6
# Powers of the generalised golden ratio in three dimensions (x⁴ = x + 1): their multiples fill a cube evenly.
_EVEN: Final = np.array([1.2207440846057596**-power for power in (1, 2, 3)])


@dataclass(frozen=True)
class BakedLut:
    """A plain cube as FFmpeg reads it, and its worst and mean error, in code values of 0 to 1."""

    text: bytes = field(repr=False)
    size: int
    worst: float
    mean: float

    suffix = ".cube"

    @cached_property
    def digest(self) -> str:
        """The digest of the file."""
        return units.digest(self.suffix, self.text)

    def content(self) -> bytes:
        """The file."""
        return self.text


@lru_cache(maxsize=64)
def bake(
    looks: tuple[Document, ...],
    strength: float,
    camera: Camera | None = None,
    *balances: Balance,
    legal: bool = False,
) -> BakedLut:
    """The smallest cube that is close enough to a grade.

    The grade renders a camera's picture, applies the balances, then the looks in order, each mixed in by
    `strength` (0 to 1). `legal` looks take and give codes of limited range. LutError with the mistakes of all
    looks that can't be read.
    """
    tables = tuple(LegalRangeTransform(table) for table in _read(looks)) if legal else _read(looks)
    before = correction_transforms(camera, *balances)
    probes = _probes()
    exact = compose(tables, strength, through(before, probes))
    for size in _sizes((*before, *tables)):
        values = compose(tables, strength, through(before, grid(size))).round(DECIMALS)
        errors = np.abs(plain_table(values).apply(probes) - exact)
        if errors.max() <= CLOSE_ENOUGH:
            break
    return BakedLut(cube_text(values), size, float(errors.max()), float(errors.mean()))


def correction_transforms(camera: Camera | None, *balances: Balance) -> tuple[Transform, ...]:
    """The transforms before the looks.

    With a camera, the first balance corrects the light of the scene, before the picture is rendered. Every
    other balance corrects the light of a screen.
    """
    transforms: tuple[Transform, ...] = ()
    for number, balance in enumerate(balances or (Balance(),)):
        light: tuple[Transform, ...] = (LightBalance(balance),) if balance.in_light else ()
        if camera and not number:
            light = (CameraTransform(camera), *light, DisplayRendering())
        elif light:
            light = (PowerCurve(GAMMA), *light, PowerCurve(1 / GAMMA))
        transforms = (*transforms, *light, *((PictureBalance(balance),) if balance.in_picture else ()))
    return transforms


def compose(tables: Sequence[Transform], strength: float, rgb: Floats) -> Floats:
    """Code values (n, 3) through every transform in order, each mixed in by `strength`, limited to 0 to 1."""
    for table in tables:
        rgb = rgb + strength * (table.apply(rgb) - rgb)
    return rgb.clip(0, 1)


def plain_table(values: Floats) -> Table:
    """The 3D table over 0 to 1 whose rows, red fastest, are `values` (n³, 3)."""
    size = round(len(values) ** (1 / 3))
    return Table(values.reshape(size, size, size, 3), np.zeros(3), np.ones(3))


def cube_text(values: Floats) -> bytes:
    """Rows (n³, 3) of 0 to 1, red fastest, as a `.cube` file; six decimals are 1/2000 of an 8-bit code.

    The digits are computed as an array of characters: formatting a 65³ cube number by number takes 0.5 s.
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
        except FinishError as error:
            mistakes.append(error)
    if mistakes:
        raise several(tuple(mistakes))
    return tuple(tables)


def _sizes(tables: Sequence[Transform]) -> list[int]:
    """The sizes to try: a single plain cube is exact at its own size."""
    own = {
        table.size
        for table in tables
        if isinstance(table, Table) and table.solid and table.plain and table.size <= SIZES[-1]
    }
    return sorted(own | set(SIZES))


def _probes() -> Floats:
    """The colours at which the cube is compared with the grade: even over all colours, and as many greys."""
    spread = np.arange(1, PROBES + 1)[:, None] * _EVEN % 1
    greys = np.linspace(0, 1, PROBES)[:, None].repeat(3, axis=1)
    return np.concatenate([spread, greys])


IDENTITY: Final = BakedLut(cube_text(grid(2)), 2, 0.0, 0.0)  # limits to 0 to 1, and changes nothing else
