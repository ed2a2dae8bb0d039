"""A grade as filters: to float RGB once, then what flickers made steady, a cube from cut to cut, and levels made legal."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import log2
from typing import Final

from finish.graph import EnableSpan, Stream
from finish.stages.colour.deflicker import FrameGains
from finish.stages.colour.lut_bake import NOTHING, BakedLut

# EBU R 103 v3.0 (2020) tolerates 11 of 219 codes below black and above white; two are left to what an encoder adds to a flat area.
LEGAL: Final = Fraction(9, 219)


@dataclass(frozen=True)
class PictureGrade:
    """What is put on a picture: cubes from when on (s of the clip; None: nothing), gains frame by frame, whether levels are held.

    `early` (s) is half a frame of the clip. `everywhere`: the same could be done at any place after the clip is on another clock.
    """

    cubes: tuple[tuple[Fraction, BakedLut | None], ...]
    early: Fraction
    gains: FrameGains | None = None
    legal: bool = False
    everywhere: bool = True

    @property
    def alone(self) -> bool:
        """Whether nothing is done."""
        return not any(baked for _, baked in self.cubes) and self.gains is None and not self.legal

    def of(self, picture: Stream) -> Stream:
        """The picture in full-range float RGB, by the matrix that it is tagged with, and through all of it.

        The tags are conform's `setparams`; zscale refuses an untagged picture. On flat 4:2:0 patches the way there and back adds
        nothing to what 8-bit rounding costs (ΔE2000; plain 8-bit `lut3d` doubles it). spline36 rather than zscale's bilinear keeps 7 dB
        more of the chroma. No filter moves light between pixels but for chroma interpolation: all are pointwise, unless they tell
        times that another clock would not.
        """
        if self.alone:
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
        held = self.legal and not all(baked for _, baked in self.cubes)  # a cube gives 0 to 1 as it is
        return _legal(rgb, pointwise=every) if held else rgb

    def _cube(self, rgb: Stream, baked: BakedLut, start: Fraction, end: Fraction | None) -> Stream:
        if start == 0 and end is None:
            return rgb.filter("lut3d", file=baked, interp="tetrahedral", pointwise=self.everywhere)
        shows = EnableSpan(start, _FOREVER if end is None else end, self.early)
        return rgb.filter("lut3d", file=baked, interp="tetrahedral", enable=shows, pointwise=self.everywhere)


_FOREVER: Final = Fraction(10**6)


def _legal(rgb: Stream, *, pointwise: bool) -> Stream:
    """What lies beyond the tolerated levels brought to them, all else as it was: `lut3d` holds to 0 to 1 what `exposure` has put there.

    `exposure` gives (value − black) / (2^−exposure − black).
    """
    low, span = -LEGAL, 1 + 2 * LEGAL
    into = rgb.filter("exposure", black=low, exposure=Fraction(-log2(1 + LEGAL)), pointwise=pointwise)
    held = into.filter("lut3d", file=NOTHING, interp="tetrahedral", pointwise=pointwise)
    black = LEGAL / span
    return held.filter(
        "exposure", black=black, exposure=Fraction(-log2(1 / span + black)), pointwise=pointwise
    )
