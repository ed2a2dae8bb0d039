"""The delivery's frame: its grid in time, size, pixel format, and what is behind a smaller picture."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from finish.graph import Stream, Timeline
from finish.stages.reframe.camera_path import Floats
from finish.units import Size


@dataclass(frozen=True)
class FrameGrid:
    """The delivery's frame grid: `frames` of the clip at a constant `rate` (Hz).

    `timeline` is what is kept of the clip (None: all). `hold` (s) is how long the last picture may replace
    missing ones.
    """

    rate: Fraction
    frames: int
    hold: Fraction
    timeline: Timeline | None = None

    @property
    def length(self) -> int:
        """The number of frames that are delivered."""
        return round(self.timeline.end * self.rate) if self.timeline else self.frames

    def kept(self, values: Floats) -> Floats:
        """Of one value per frame of the clip, those of the delivered frames, joined."""
        if self.timeline is None:
            return values
        return np.concatenate([values[frames] for frames in self.timeline.frames])

    def of(self, picture: Stream) -> Stream:
        """`picture` on the grid, cut to the frame: containers are vague about where the last frame ends."""
        steady = picture.filter("fps", fps=self.rate, start_time=0, round="near")
        filled = steady.filter("tpad", stop_mode="clone", stop_duration=self.hold)
        trimmed = filled.filter("trim", end=self.frames / self.rate)
        return trimmed.cut(self.timeline) if self.timeline else trimmed


@dataclass(frozen=True)
class DeliveryFrame:
    """The size and pixel format of a destination's deliverables.

    `background` is behind a picture that doesn't fill the frame: a colour (#RRGGBB), or "" for the picture
    itself, blurred.
    """

    size: Size
    pix_fmt: str
    background: str = ""

    def of(self, picture: Stream, size: Size | None = None) -> Stream:
        """`picture` scaled to `size` (else the frame's): BT.709, limited range, square pixels, dithered.

        One thread, because slices change the bytes. Of the chains tried, this one has the least colour
        error (ΔE2000 of flat patches 0.002).
        """
        size = size or self.size
        scaled = picture.filter(
            "zscale",
            size=size,
            width=size.width,
            height=size.height,
            filter="spline36",
            matrix="709",
            primaries="709",
            transfer="709",
            range="limited",
            chromal="left",
            dither="ordered",
            threads=1,
        )
        return scaled.filter("setsar", sar=1).filter("format", pix_fmts=self.pix_fmt)
