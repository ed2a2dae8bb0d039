"""The frames of a title: each is drawn once, and the still time between them isn't drawn again."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Final

from finish import graph
from finish.graph import Encoding, Stream
from finish.stages.composite.canvas import DRAWN, coded_png
from finish.stages.composite.overlay_area import FrameWindow
from finish.stages.composite.titles.title_drawing import Pixels, TitleDrawing
from finish.stages.composite.titles.title_layers import TitleClock
from finish.stages.composite.titles.title_layout import TitleLayout, TitleRequest, laid_title
from finish.units import Size, digest

# Lossless with alpha, as the frames of lower thirds are kept.
KEPT: Final = Encoding(
    ".nut", "nut", (("map_metadata", "-1"), ("c:v", "ffv1"), ("pix_fmt", "bgra"), ("fps_mode", "passthrough"))
)


@dataclass(frozen=True)
class TitleFrames:
    """The drawn frames of a title that shows for some `frames` at a `rate` (Hz); an image node's payload.

    They are the frames of the way in, those between (one, if nothing changes then), and those of the way out.
    """

    request: TitleRequest
    rate: Fraction
    frames: int

    suffix = ".png"

    @cached_property
    def digest(self) -> str:
        request = self.request
        words = (line.digest for line in self.layout.lines)
        stated = (request.short, request.room, request.factor, request.leader, self.rate, self.frames)
        return digest(
            "title", DRAWN, request.document.digest, request.content.digest, *words, *map(str, stated)
        )

    @property
    def layout(self) -> TitleLayout:
        return laid_title(self.request)

    @property
    def size(self) -> Size:
        """The size of its canvas (px)."""
        return self.layout.size

    @property
    def _out(self) -> Fraction:
        """The seconds of the way out: at most a third of the time that it shows."""
        return min(Fraction(str(self.request.template.exit)), self.frames / self.rate / 3)

    @cached_property
    def coming(self) -> int:
        """The frames of the way in; a number that runs is part of it."""
        template, content = self.request.template, self.request.content
        seconds = max(
            (layer.motion.after + layer.motion.seconds for layer in self.layout.layers), default=0.0
        )
        if content.count:
            starts = (row.enter.after for row in template.rows if row.show == "count")
            seconds = max(seconds, max(starts, default=0.0) + content.count[2])
        whole = math.ceil(Fraction(seconds) * self.rate)
        return min(max(1, whole), max(1, self.frames - self.going - 1))

    @cached_property
    def going(self) -> int:
        """The frames of the way out."""
        return math.ceil(self._out * self.rate)

    @cached_property
    def between(self) -> int:
        """The frames that are drawn between the two: one, or as many as a running part has states."""
        left = self.frames - self.coming - self.going
        shows = {row.show for row in self.request.template.rows}
        if "count" in shows and self.request.content.count is None:
            return left  # a countdown
        return min(left, max(1, self.size.width)) if "bar" in shows else 1

    def times(self) -> Iterator[Fraction]:
        """The time (s) of every drawn frame, from the title's start, in the middle of the frame."""
        left = self.frames - self.coming - self.going
        for number in range(self.coming + self.between + self.going):
            after = number - self.coming
            if after < 0:
                frame = number
            elif after < self.between:
                frame = self.coming + after * left // self.between
            else:
                frame = self.frames - self.going + after - self.between
            yield (frame + Fraction(1, 2)) / self.rate

    def content(self) -> bytes:
        """Its pictures as PNG, one after the other."""
        return _content(self)

    def pictures(self) -> Iterator[Pixels]:
        """Its pictures: RGBA of 8 bits, straight alpha."""
        length, out = float(self.frames / self.rate), float(self._out)
        drawing = TitleDrawing(self.size, self.layout.layers)
        for time in self.times():
            yield drawing.frame(TitleClock(float(time), length, out))

    def timed(self, window: FrameWindow) -> Stream:
        """The stream of its frames, each at its time in a window of a programme."""
        kept = graph.image(self, self.size, self.rate).encoded(KEPT)
        return kept.filter("setpts", expr=self._frame_times(window))

    def _frame_times(self, window: FrameWindow) -> str:
        """The programme's frame of the N-th drawn frame, as times of the stream."""
        start, coming, between = window.start, self.coming, self.between
        left = self.frames - self.coming - self.going
        still = f"floor((N-{coming})*{left}/{between})+{coming}"
        late = f"N-{coming + between}+{self.frames - self.going}"
        frame = f"{start}+if(lt(N,{coming}),N,if(lt(N,{coming + between}),{still},{late}))"
        return f"round(({frame})*{window.rate.denominator}/{window.rate.numerator}/TB)"


@lru_cache(maxsize=8)  # a sheet shows one many times
def _content(frames: TitleFrames) -> bytes:
    return b"".join(map(coded_png, frames.pictures()))
