"""The frames of a lower third in one of the designs, as layers that MoviePy moves."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from finish.model.colour_contrast import contrast_ratio
from finish.stages.composite.canvas import flat, rounded
from finish.stages.composite.lettering import LetteringLine, drawn
from finish.stages.composite.moving_layers import FADES, GROWS, SLIDES, MovingLayer, add_letters, layer
from finish.stages.composite.picture_file import Floats
from finish.stages.composite.third_designs import ThirdDesign, beside, indent
from finish.units import Size, even

_WHITE, _BLACK = "#FFFFFF", "#101014"
# In em of the title: between the lines, the thickness of rules, the softness of the shadow of words.
_BETWEEN, _RULE, _SOFT = 0.42, 0.09, 0.14
_SHADOW, _FAINTER = 0.85, 0.86  # opacities
_TRAVEL: Final = 0.5  # em that a design rises


@dataclass(frozen=True)
class DesignedThird:
    """The layers of a lower third: its lines, its design, its accent colour, and whether it's on the left."""

    lines: tuple[LetteringLine, ...]
    design: ThirdDesign
    accent: str
    left: bool

    @property
    def em(self) -> float:
        return self.lines[0].em

    @cached_property
    def size(self) -> Size:
        """The size of its canvas, px."""
        width = beside(self.design) * self.em + max(line.width for line in self.lines)
        return Size(even(math.ceil(width)), even(math.ceil(self._bottom)))

    @property
    def _apart(self) -> float:
        """What lies between the two lines beside their usual distance, px."""
        extra = {"between": 0.5}.get(self.design.rule, 0.0)
        return (extra + (2 * self.design.padding[1] - _BETWEEN if self.design.second else 0.0)) * self.em

    @cached_property
    def baselines(self) -> tuple[float, ...]:
        """The rows of the baselines from the top, px."""
        first = self.design.padding[1] * self.em + self.lines[0].capitals
        first += 2 * _RULE * self.em if self.design.rule == "top" else 0.0
        later = (first + _BETWEEN * self.em + self._apart + line.capitals for line in self.lines[1:])
        return (first, *later)

    @property
    def _bottom(self) -> float:
        below = 0.12 * self.em if not self.design.plate else 0.0  # descenders and their shadow
        return self.baselines[-1] + self.design.padding[1] * self.em + below

    def moving(self) -> Any:
        """The layers as MoviePy composes them; from 0 s it comes in, and then goes out."""
        from moviepy import CompositeVideoClip

        layers = [*self._plates(), *self._rules(), *self._words()]
        return CompositeVideoClip(layers, size=(self.size.width, self.size.height))

    def _comes(self, *, words: bool = False) -> MovingLayer:
        """How plates and words come in: from the side, from below, or out of nothing."""
        fades = FADES if words or self.design.motion != "slide" else None
        if self.design.motion == "fade":
            return MovingLayer(SLIDES, lambda _: (0, 0), fades)
        if self.design.motion == "rise":
            return MovingLayer(SLIDES, lambda p: (0, round((1 - p) * _TRAVEL * self.em)), fades)
        way = -1 if self.left else 1
        return MovingLayer(SLIDES, lambda p: (way * round((1 - p) * (self.size.width - 1)), 0), fades)

    def _plates(self) -> Iterator[Any]:
        design = self.design
        if design.plate:
            colour = self.accent if design.plate == "accent" else design.plate
            plate = flat(self.size, colour)
            radius = min(design.radius * self.em, self.size.height / 2)
            plate[:, :, 3] = design.opacity * rounded(self.size, radius)
            yield layer(plate, self._comes())
        if design.second and len(self.lines) > 1:
            below = flat(self.size, design.second)
            below[: self._second_top] = 0
            yield layer(below, self._comes())

    @property
    def _second_top(self) -> int:
        """The row at which the plate of the subtitle begins."""
        return round(self.baselines[0] + self.design.padding[1] * self.em)

    def _rules(self) -> Iterator[Any]:
        """The lines of the accent colour, which grow, or fade in with the rest."""
        thick = max(2, round(_RULE * self.em))
        size, rule = self.size, self.design.rule
        if rule == "around":
            picture = flat(size, self.accent)
            picture[thick:-thick, thick:-thick] = 0
            yield layer(picture, self._comes())
        if rule == "dot":
            side = round(0.42 * self.em)
            dot = flat(Size(side, side), self.accent)
            dot[:, :, 3] = rounded(Size(side, side), side / 2)
            x = round(self.design.padding[0] * self.em * 0.8) if self.left else None
            x = size.width - round(self.design.padding[0] * self.em * 0.8) - side if x is None else x
            y = round((self.baselines[0] - self.lines[0].capitals / 2) - side / 2)
            yield layer(dot, MovingLayer(GROWS, lambda _: (x, y), FADES))
        if rule in ("top", "between"):
            yield self._growing(thick)

    def _growing(self, thick: int) -> Any:
        """A rule that grows from its own side."""
        edge = round(self.design.padding[0] * self.em)
        widest = max(line.width for line in self.lines)
        width = widest if self.design.rule == "between" else round(2.4 * self.em)
        top = 0 if self.design.rule == "top" else round(self.baselines[0] + 0.42 * self.em)
        rule = flat(Size(width, thick), self.accent)
        start = edge if self.left else self.size.width - edge - width
        hidden = -width if self.left else self.size.width

        def place(progress: float) -> tuple[int, int]:
            return round(hidden + (start - hidden) * progress), top

        return layer(rule, MovingLayer(GROWS, place, FADES))

    def _words(self) -> Iterator[Any]:
        """The lines, each in the ink that its own plate asks for; without a plate, above their shadow."""
        for number, line in enumerate(self.lines):
            cover = self._cover(number, line)
            ground = self.design.second if number and self.design.second else self.design.plate
            ground = self.accent if ground == "accent" else ground
            if not ground:
                yield layer(self._shadow(cover), self._comes(words=True))
            ink = flat(self.size, _ink_on(ground))
            ink[:, :, 3] = cover * (_FAINTER if number and ground else 1.0)
            yield layer(ink, self._comes(words=True))

    def _cover(self, number: int, line: LetteringLine) -> Floats:
        cover = np.zeros((self.size.height, self.size.width), np.float32)
        letters, start, row = drawn(line)
        edge = (self.design.padding[0] + indent(self.design)) * self.em
        left = edge if self.left else self.size.width - edge - (letters.shape[1] - 2 * start)
        add_letters(cover, letters, round(left) - start, round(self.baselines[number]) - row)
        return cover

    def _shadow(self, cover: Floats) -> Floats:
        import cv2

        soft = cv2.GaussianBlur(cover, (0, 0), _SOFT * self.em)
        shadow = flat(self.size, "#000000")
        shadow[:, :, 3] = np.clip(_SHADOW * 2.2 * np.asarray(soft, np.float32), 0, _SHADOW)
        return shadow


def _ink_on(ground: str) -> str:
    """White, or nearly black where that has the higher contrast."""
    return max((_WHITE, _BLACK), key=lambda ink: contrast_ratio(ink, ground)) if ground else _WHITE
