"""The lower third: a bar, a plate and one or two lines on a small canvas, animated by MoviePy.

Its frames are drawn once and stored.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np

from finish.graph import Encoding
from finish.stages.composite.canvas import DRAWN, bled, flat, png, rounded
from finish.stages.composite.composite_settings import LowerThird, Side
from finish.stages.composite.designed_third import DesignedThird
from finish.stages.composite.lettering import LetteringLine, drawn
from finish.stages.composite.moving_layers import (
    FADES,
    GROWS,
    IN,
    OUT,
    SLIDES,
    MovingLayer,
    add_letters,
    layer,
)
from finish.stages.composite.picture_file import Floats
from finish.stages.composite.third_designs import DESIGNS, DesignName, beside, packaged_font
from finish.units import Size, digest, even

# House values, in em of the title where no unit is named. By default, the title is 0.044 of the frame's short
# side (see the settings): 48 px of 1080, three quarters of the captions' size, so that the two are easy to
# distinguish.
_SUBTITLE: Final = 0.7
_BAR, _BESIDE, _OUTSIDE, _ABOVE, _BETWEEN = 0.16, 0.6, 0.75, 0.6, 0.42
_ROUND: Final = 0.16
_PLATE, _PLATE_OPACITY, _INK, _FAINTER = "#101014", 0.82, "#FFFFFF", 0.82

# Lossless with alpha: FFV1 in NUT is what planned frames are kept in too.
KEPT: Final = Encoding(
    ".nut", "nut", (("map_metadata", "-1"), ("c:v", "ffv1"), ("pix_fmt", "bgra"), ("fps_mode", "passthrough"))
)


def lines(settings: LowerThird, short: int) -> tuple[LetteringLine, LetteringLine | None]:
    """The title and the subtitle of a lower third on a frame with a short side (px), in its fonts."""
    design, em = DESIGNS[settings.design], settings.size * short
    below = em * _SUBTITLE if settings.subtitle_size is None else settings.subtitle_size * short
    first, second = (
        text.upper() if text and design.capitals else text for text in (settings.title, settings.subtitle)
    )
    fonts = [settings.font or packaged_font(name) for name in (design.title, design.subtitle)]
    subtitle = LetteringLine(second, 400, below, fonts[1]) if second else None
    return LetteringLine(first or "", 600, em, fonts[0]), subtitle


def text_room(em: float, width: int, design: DesignName = "bar") -> int:
    """The width of the longest line on a plate of a `width` (px) with a title of `em` (px)."""
    if design != "bar":
        return math.floor(width - beside(DESIGNS[design]) * em - 2)
    return math.floor(width - max(2, round(_BAR * em)) - (_BESIDE + _OUTSIDE) * em)


@dataclass(frozen=True)
class LowerThirdFrames:
    """The frames of a lower third at a `rate` (Hz), the payload of an image node.

    They are those of the animation in, one still, and those of the animation out.
    """

    title: LetteringLine
    subtitle: LetteringLine | None
    side: Side
    accent: str
    rate: Fraction
    design: DesignName = "bar"

    suffix = ".png"

    @cached_property
    def digest(self) -> str:
        below = self.subtitle.digest if self.subtitle else ""
        look = () if self.design == "bar" else (self.design,)
        parts = (self.title.digest, below, self.side, self.accent, str(self.rate), *look)
        return digest("lower third", DRAWN, *parts)

    @property
    def coming(self) -> int:
        """The number of frames of the animation in."""
        return math.ceil(IN * self.rate)

    @property
    def going(self) -> int:
        return math.ceil(OUT * self.rate)

    @property
    def lines(self) -> tuple[LetteringLine, ...]:
        return (self.title,) if self.subtitle is None else (self.title, self.subtitle)

    @property
    def bar(self) -> int:
        """The bar's width, px."""
        return max(2, round(_BAR * self.title.em))

    @cached_property
    def size(self) -> Size:
        if self.design != "bar":
            return self._designed.size
        em = self.title.em
        width = self.bar + (_BESIDE + _OUTSIDE) * em + max(line.width for line in self.lines)
        return Size(even(width), even(self._baselines[-1] + _ABOVE * em))

    @property
    def _baselines(self) -> tuple[float, ...]:
        """The rows of the baselines from the top, px."""
        first = _ABOVE * self.title.em + self.title.capitals
        return tuple(
            first if not at else first + _BETWEEN * self.title.em + line.capitals
            for at, line in enumerate(self.lines)
        )

    def content(self) -> bytes:
        """Its pictures as PNG, one after the other."""
        return _content(self)

    def frames(self) -> Iterator[Floats]:
        """`coming` frames, one still, `going` frames: RGBA, straight alpha."""
        clip: Any = self._moving() if self.design == "bar" else self._designed.moving()
        times = [(at + Fraction(1, 2)) / self.rate for at in range(self.coming)] + [IN]
        times += [IN + (at + Fraction(1, 2)) / self.rate for at in range(self.going)]
        corners = rounded(self.size, _ROUND * self.title.em) if self.design == "bar" else 1.0
        for time in map(float, times):
            alpha = clip.mask.get_frame(time).astype(np.float32)
            colours = clip.get_frame(time).astype(np.float32) / 255
            frame = bled(colours * alpha[:, :, None], alpha)
            frame[:, :, 3] *= corners
            yield frame

    @cached_property
    def _designed(self) -> DesignedThird:
        return DesignedThird(self.lines, DESIGNS[self.design], self.accent, self.side == "left")

    def _moving(self) -> Any:
        """The layers as MoviePy composes them; from 0 s it comes in, from `IN` it goes out."""
        from moviepy import CompositeVideoClip

        size = self.size
        inner = Size(size.width - self.bar, size.height)
        out = 1 if self.side == "left" else -1
        edge = self.bar if self.side == "left" else 0
        behind = flat(inner, _PLATE)
        behind[:, :, 3] = _PLATE_OPACITY
        bar = flat(Size(self.bar, size.height), self.accent)

        def behind_bar(progress: float) -> tuple[int, int]:
            return edge - out * round((1 - progress) * (inner.width - 1)), 0

        layers = [
            layer(behind, MovingLayer(SLIDES, behind_bar)),
            layer(self._words(inner), MovingLayer(SLIDES, behind_bar, FADES)),
            layer(
                bar,
                MovingLayer(
                    GROWS, lambda p: (0 if out > 0 else inner.width, round((1 - p) * (size.height - 1)))
                ),
            ),
        ]
        return CompositeVideoClip(layers, size=(size.width, size.height))

    def _words(self, size: Size) -> Floats:
        """The lines on a transparent canvas."""
        cover = np.zeros((size.height, size.width), np.float32)
        for number, (line, baseline) in enumerate(zip(self.lines, self._baselines, strict=True)):
            letters, start, row = drawn(line)
            strength = _FAINTER if number else 1.0
            left = (
                _BESIDE * self.title.em
                if self.side == "left"
                else size.width - _BESIDE * self.title.em - (letters.shape[1] - 2 * start)
            )
            add_letters(cover, letters * strength, round(left) - start, round(baseline) - row)
        words = flat(size, _INK)
        words[:, :, 3] = cover
        return words


@lru_cache(maxsize=8)  # a sheet shows one many times
def _content(plate: LowerThirdFrames) -> bytes:
    return b"".join(map(png, plate.frames()))
