"""A grade as filters: float RGB once, then flicker corrected, a cube for each shot, and levels made legal."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import log2
from typing import Final

from finish.graph import EnableSpan, Stream
from finish.stages.colour.deflicker import FrameGains
from finish.stages.colour.lut_bake import IDENTITY, BakedLut

# EBU R 103 v3.0 (2020) tolerates 11 of 219 codes below black and above white. Two are left for what an
# encoder adds to a flat area.
LEGAL: Final = Fraction(9, 219)
_FOREVER: Final = Fraction(10**6)  # s


@dataclass(frozen=True)
class PictureGrade:
    """The grade of a picture: cubes, gains of frames, and whether levels are limited.

    `cubes` each begin at a time (s of the clip). A cube of None changes nothing. `early` (s) is half a
    frame of the clip. `everywhere`: the grade can be applied at any later place, even on another clock.
    """

    cubes: tuple[tuple[Fraction, BakedLut | None], ...]
    early: Fraction
    gains: FrameGains | None = None
    legal: bool = False
    everywhere: bool = True

    @property
    def empty(self) -> bool:
        """Whether the grade changes nothing."""
        return not any(baked for _, baked in self.cubes) and self.gains is None and not self.legal

    def of(self, picture: Stream) -> Stream:
        """The picture with the grade, in full-range float RGB by the matrix that it is tagged with.

        The tags are conform's `setparams`; zscale refuses an untagged picture. On flat 4:2:0 patches, the
        conversion there and back adds nothing to the error of 8-bit rounding (ΔE2000; plain 8-bit `lut3d`
        doubles it). spline36 keeps 7 dB more of the chroma than zscale's bilinear. Except for chroma
        interpolation, no filter moves light between pixels, so all are pointwise, unless they depend on
        times of the clip's clock.
        """
        if self.empty:
            return picture
        every = self.everywhere
        rgb = picture.filter(
            "zscale",
            filter="spline36",
            matrix="gbr",
            primaries="709",
            transfer="709",
            range="full",
            pointwise=every,
        )
        rgb = rgb.filter("format", pix_fmts="gbrpf32le", pointwise=every)
        if self.gains:
            rgb = rgb.filter("exposure", exposure=self.gains, pointwise=every)
        for (start, baked), (end, _) in pairwise((*self.cubes, (None, None))):
            if baked and start is not None:
                rgb = self._cube(rgb, baked, start, end)
        limited = self.legal and not all(baked for _, baked in self.cubes)  # a cube's output is 0 to 1 anyway
        return _legal(rgb, pointwise=every) if limited else rgb

    def _cube(self, rgb: Stream, baked: BakedLut, start: Fraction, end: Fraction | None) -> Stream:
        if start == 0 and end is None:
            return rgb.filter("lut3d", file=baked, interp="tetrahedral", pointwise=self.everywhere)
        enabled = EnableSpan(start, _FOREVER if end is None else end, self.early)
        return rgb.filter(
            "lut3d", file=baked, interp="tetrahedral", enable=enabled, pointwise=self.everywhere
        )


def _legal(rgb: Stream, *, pointwise: bool) -> Stream:
    """Values beyond the tolerated levels limited to them; all others unchanged.

    `exposure` maps the tolerated levels to 0 to 1 by (value − black) / (2^−exposure − black), `lut3d`
    limits to that range, and a second `exposure` maps back.
    """
    low, span = -LEGAL, 1 + 2 * LEGAL
    unit = rgb.filter("exposure", black=low, exposure=Fraction(-log2(1 + LEGAL)), pointwise=pointwise)
    limited = unit.filter("lut3d", file=IDENTITY, interp="tetrahedral", pointwise=pointwise)
    black = LEGAL / span
    return limited.filter(
        "exposure", black=black, exposure=Fraction(-log2(1 / span + black)), pointwise=pointwise
    )
