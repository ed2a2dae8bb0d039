"""The lower third: a bar, a plate and one or two lines on a small canvas, animated by MoviePy.

Its frames are drawn once and stored.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np

from finish.graph import Encoding
from finish.stages.composite.canvas import DRAWN, bled, flat, png, rounded
from finish.stages.composite.composite_settings import LowerThird, Side
from finish.stages.composite.lettering import LetteringLine, drawn
from finish.stages.composite.picture_file import Floats
from finish.units import Size, digest, even

# House values, in em of the title where no unit is named. By default, the title is 0.044 of the frame's short
# side (see the settings): 48 px of 1080, three quarters of the captions' size, so that the two are easy to
# distinguish.
_SUBTITLE: Final = 0.7
_BAR, _BESIDE, _OUTSIDE, _ABOVE, _BETWEEN = 0.16, 0.6, 0.75, 0.6, 0.42
_ROUND: Final = 0.16
_PLATE, _PLATE_OPACITY, _INK, _FAINTER = "#101014", 0.82, "#FFFFFF", 0.82
# Seconds. The bar grows, the plate comes out from behind it with the words, which appear last; it goes the
# same way back, quicker.
IN, OUT = Fraction(3, 5), Fraction(2, 5)
_GROWS, _SLIDES, _FADES = (0.0, 0.3), (0.12, 0.55), (0.25, 0.6)

# Lossless with alpha: FFV1 in NUT is what planned frames are kept in too.
KEPT: Final = Encoding(
    ".nut", "nut", (("map_metadata", "-1"), ("c:v", "ffv1"), ("pix_fmt", "bgra"), ("fps_mode", "passthrough"))
)


def lines(settings: LowerThird, short: int) -> tuple[LetteringLine, LetteringLine | None]:
    """The title and the subtitle of a lower third on a frame with a short side (px)."""
    em, font = settings.size * short, settings.font
    below = em * _SUBTITLE if settings.subtitle_size is None else settings.subtitle_size * short
    subtitle = LetteringLine(settings.subtitle, 400, below, font) if settings.subtitle else None
    return LetteringLine(settings.title, 600, em, font), subtitle


def text_room(em: float, width: int) -> int:
    """The width of the longest line on a plate of a `width` (px) with a title of `em` (px)."""
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

    suffix = ".png"

    @cached_property
    def digest(self) -> str:
        below = self.subtitle.digest if self.subtitle else ""
        return digest("lower third", DRAWN, self.title.digest, below, self.side, self.accent, str(self.rate))

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
        clip: Any = self._moving()
        times = [(at + Fraction(1, 2)) / self.rate for at in range(self.coming)] + [IN]
        times += [IN + (at + Fraction(1, 2)) / self.rate for at in range(self.going)]
        corners = rounded(self.size, _ROUND * self.title.em)
        for time in map(float, times):
            alpha = clip.mask.get_frame(time).astype(np.float32)
            colours = clip.get_frame(time).astype(np.float32) / 255
            frame = bled(colours * alpha[:, :, None], alpha)
            frame[:, :, 3] *= corners
            yield frame

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
            _layer(behind, _MovingLayer(_SLIDES, behind_bar)),
            _layer(self._words(inner), _MovingLayer(_SLIDES, behind_bar, _FADES)),
            _layer(
                bar,
                _MovingLayer(
                    _GROWS, lambda p: (0 if out > 0 else inner.width, round((1 - p) * (size.height - 1)))
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


@dataclass(frozen=True)
class _MovingLayer:
    """When a layer moves, and its place at a progress of 0 to 1.

    `fades` is when it appears, if it does so gradually.
    """

    moves: tuple[float, float]
    where: Callable[[float], tuple[int, int]]
    fades: tuple[float, float] | None = None

    def position(self, time: float) -> tuple[int, int]:
        return self.where(_progress(time, self.moves))

    def strength(self, time: float) -> float:
        """How opaque it is; a layer that has not set out is not there."""
        return _progress(time, self.fades) if self.fades else float(_progress(time, self.moves) > 0)


def _progress(time: float, between: tuple[float, float]) -> float:
    """From 0 to 1, slower towards the end; on the way out in reverse, in the time that is left."""
    if time > IN:
        time = float(IN) * (1 - (time - float(IN)) / float(OUT))
    share = min(1.0, max(0.0, (time - between[0]) / (between[1] - between[0])))
    return 1 - (1 - share) ** 3


@lru_cache(maxsize=8)  # a sheet shows one many times
def _content(plate: LowerThirdFrames) -> bytes:
    return b"".join(map(png, plate.frames()))


def _layer(data: Floats, part: _MovingLayer) -> Any:
    from moviepy import ImageClip

    colours = np.rint(data[:, :, :3] * 255).astype(np.uint8)
    mask: Any = ImageClip(data[:, :, 3], is_mask=True).transform(
        lambda frame, time: frame(time) * part.strength(time)
    )
    return ImageClip(colours).with_mask(mask).with_position(part.position).with_duration(float(IN + OUT) + 1)


def add_letters(cover: Floats, letters: Floats, left: int, top: int) -> None:
    """Letters onto a canvas, what leaves it cut off: their own margin does."""
    height, width = cover.shape
    rows = slice(max(0, top), min(height, top + letters.shape[0]))
    columns = slice(max(0, left), min(width, left + letters.shape[1]))
    part = letters[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    np.maximum(cover[rows, columns], part, out=cover[rows, columns])
