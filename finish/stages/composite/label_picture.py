"""A label as a small picture: lines of text on a plate, or with an outline, and the tail of a callout."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np

from finish.stages.composite.canvas import DRAWN, bled, png, rgb, rounded
from finish.stages.composite.end_card import wrapped
from finish.stages.composite.label_settings import Label
from finish.stages.composite.lettering import LetteringLine, drawn
from finish.stages.composite.moving_layers import add_letters
from finish.stages.composite.picture_file import Floats
from finish.units import Size, digest, even

# House values, in em.
_BESIDE, _ABOVE, _LEADING, _ROUND, _OUTLINE, TAIL = 0.6, 0.5, 1.25, 0.22, 0.09, 0.7
_PLATE, _PLATE_OPACITY, _INK = "#101014", 0.82, "#FFFFFF"
_WIDEST: Final = 0.6  # of the area, for labels; legal supers take all of it

TailSide = Literal["", "left", "right", "top", "bottom"]


@dataclass(frozen=True)
class LabelPicture:
    """A label's picture, the payload of an image node; `tail` is the side of a callout's tail."""

    lines: tuple[LetteringLine, ...]
    opacity: float | None
    tail: TailSide = ""

    suffix = ".png"

    @cached_property
    def digest(self) -> str:
        return digest("label", DRAWN, *(line.digest for line in self.lines), repr(self.opacity), self.tail)

    @property
    def em(self) -> float:
        """The size of its letters (px)."""
        return self.lines[0].em

    @property
    def tail_length(self) -> int:
        """How far the tail extends beyond the plate (px)."""
        return even(TAIL * self.em) if self.tail else 0

    @cached_property
    def plate(self) -> Size:
        """The size of the plate, or of the lines with their outline (px)."""
        width = max(line.width for line in self.lines) + 2 * _BESIDE * self.em
        step = _LEADING * self.em * (len(self.lines) - 1)
        return Size(even(width), even(self.lines[0].capitals + step + 2 * _ABOVE * self.em))

    @property
    def size(self) -> Size:
        across = self.tail_length if self.tail in ("left", "right") else 0
        down = self.tail_length if self.tail in ("top", "bottom") else 0
        return Size(self.plate.width + across, self.plate.height + down)

    @property
    def _corner(self) -> tuple[int, int]:
        """The left and the top of the plate in the picture (px)."""
        return (self.tail_length if self.tail == "left" else 0, self.tail_length if self.tail == "top" else 0)

    def content(self) -> bytes:
        letters = self._letters()
        behind = self._behind(letters)
        alpha = np.maximum(behind, letters)
        ink, plate = np.asarray(rgb(_INK), np.float32), np.asarray(rgb(_PLATE), np.float32)
        share = np.where(alpha > 0, letters / np.maximum(alpha, 1e-6), 0)[:, :, None]
        colours = share * ink + (1 - share) * plate
        return png(bled(np.asarray(colours * alpha[:, :, None], np.float32), alpha))

    def _letters(self) -> Floats:
        """How much of each pixel the letters cover."""
        cover = np.zeros((self.size.height, self.size.width), np.float32)
        left, top = self._corner
        baseline = top + _ABOVE * self.em + self.lines[0].capitals
        for line in self.lines:
            letters, start, row = drawn(line)
            middle = left + (self.plate.width - (letters.shape[1] - 2 * start)) / 2
            add_letters(cover, letters, round(middle) - start, round(baseline) - row)
            baseline += _LEADING * self.em
        return cover

    def _behind(self, letters: Floats) -> Floats:
        """The opacity of what is behind the letters: a plate with its tail, or an outline."""
        import cv2

        if self.opacity is None:
            around = 2 * math.ceil(_OUTLINE * self.em) + 1
            wide = cv2.dilate(letters, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (around, around)))
            return np.asarray(cv2.GaussianBlur(wide, (3, 3), 0), np.float32)
        left, top = self._corner
        shape = np.zeros_like(letters)
        plate = rounded(self.plate, _ROUND * self.em)
        shape[top : top + self.plate.height, left : left + self.plate.width] = plate
        return np.asarray(np.maximum(shape, self._tail()) * self.opacity, np.float32)

    def _tail(self) -> Floats:
        """A triangle from the middle of the plate's side to the picture's edge."""
        height, width = self.size.height, self.size.width
        if not self.tail:
            return np.zeros((height, width), np.float32)
        x, y = np.arange(width)[None, :] + 0.5, np.arange(height)[:, None] + 0.5
        distance = {"left": x, "right": width - x, "top": y, "bottom": height - y}[self.tail]
        across = np.abs(y - height / 2) if self.tail in ("left", "right") else np.abs(x - width / 2)
        inside = (distance <= self.tail_length + 1) + 0 * across
        return np.asarray(np.clip(distance / 2 - across + 0.5, 0, 1) * inside, np.float32)


def label_lines(settings: Label, short: int, width: int) -> tuple[LetteringLine, ...]:
    """The lines of a label on a frame with a short side, in an area of a width (px).

    SpecError for a word that is too wide.
    """
    em = settings.em * short
    widest = width if settings.role in ("legal", "disclosure") else round(_WIDEST * width)
    line = LetteringLine(settings.words, 500, em, settings.font)
    return wrapped(line, math.floor(widest - 2 * _BESIDE * em), "label")


def label_picture(settings: Label, lines: tuple[LetteringLine, ...], tail: TailSide = "") -> LabelPicture:
    """The picture of a label: the plate of a legal super is opaque, as its rule asks."""
    opacity = 1.0 if settings.role == "legal" else _PLATE_OPACITY
    return LabelPicture(lines, opacity if settings.plate else None, tail)
