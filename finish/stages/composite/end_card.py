"""The end card: a picture or text that fills the frame after the programme."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from finish.model import Document
from finish.model.colour_contrast import luminance
from finish.stages.composite import messages
from finish.stages.composite.canvas import DRAWN, fitted, flat, over, png, rgb
from finish.stages.composite.lettering import LetteringLine, drawn
from finish.stages.composite.picture_file import Floats, read
from finish.stages.composite.text_settings import HEADING
from finish.units import Box, Size, digest

# House values. The first line has the heading's size, the others 0.6 of it; a rule between them in parts of
# the first line's em.
_SMALLER: Final = 0.6
_LEADING, _APART = 1.25, 0.62
_SAME: Final = 0.005  # of an aspect: a card this near to the frame's was made for it
_BACKGROUND: Final = "#101014"


@dataclass(frozen=True)
class EndCardPicture:
    """A frame-sized opaque picture, the payload of an image node.

    Pictures and text stay inside the box `room`.
    """

    frame: Size
    room: Box
    file: Document | None
    text: str
    background: str | None
    font: Document | None = None
    heading: float = HEADING

    suffix = ".png"

    @cached_property
    def digest(self) -> str:
        content = self.file.digest if self.file else digest(*(line.digest for line in self.lines))
        return digest("end card", DRAWN, str(self.frame), repr(self.room), content, str(self.background))

    def content(self) -> bytes:
        return png(self._picture(self.file) if self.file else self._words())

    def _picture(self, file: Document) -> Floats:
        """A picture that fills the frame if it has its aspect.

        Any other is inside the room, on the `background`, or on the colour of its own edge without one.
        """
        data = read(file)
        size = Size(data.shape[1], data.shape[0])
        made_for_it = abs(size.aspect / self.frame.aspect - 1) <= _SAME
        behind = flat(self.frame, self.background or _edge(data))
        if made_for_it:
            return over(behind, fitted(data, self.frame))
        box = self.room
        scale = min(box.size.width / size.width, box.size.height / size.height)
        inner = Size(max(1, int(size.width * scale)), max(1, int(size.height * scale)))
        left, top = (box.left + box.right - inner.width) // 2, (box.top + box.bottom - inner.height) // 2
        return over(behind, fitted(data, inner), left, top)

    @cached_property
    def lines(self) -> tuple[LetteringLine, ...]:
        """The text's lines, wrapped to the room; SpecError where they don't fit."""
        if not self.text:
            return ()
        em = self.heading * min(self.frame.width, self.frame.height)
        width = self.room.size.width
        heading, *others = [line.strip() for line in self.text.split("\n") if line.strip()]
        lines = (
            *wrapped(LetteringLine(heading, 600, em, self.font), width),
            *(
                line
                for text in others
                for line in wrapped(LetteringLine(text, 400, em * _SMALLER, self.font), width)
            ),
        )
        if self._height(lines) > self.room.size.height:
            raise messages.card_too_tall(len(lines))
        return lines

    @property
    def height(self) -> float:
        """The height of its words (px)."""
        return self._height(self.lines)

    def _height(self, lines: tuple[LetteringLine, ...]) -> float:
        return sum(step for _, step in _steps(lines)) + lines[0].capitals

    def _words(self) -> Floats:
        background = self.background or _BACKGROUND
        page, ink = flat(self.frame, background), np.asarray(_contrast(background), np.float32)
        if not self.lines:
            return page
        middle = (self.room.left + self.room.right) / 2
        top = (self.room.top + self.room.bottom - self._height(self.lines)) / 2
        baseline = top + self.lines[0].capitals
        for line, step in _steps(self.lines):
            baseline += step
            letters, start, row = drawn(line)
            left = round(middle - (letters.shape[1] - 2 * start) / 2) - start
            _inked(page, letters, ink, (left, round(baseline) - row))
        return page


def _steps(lines: tuple[LetteringLine, ...]) -> Iterator[tuple[LetteringLine, float]]:
    """Every line with the distance of its baseline from the one before (px)."""
    before: LetteringLine | None = None
    for line in lines:
        apart = (
            0.0
            if before is None
            else _APART * before.em + line.capitals
            if before.em > line.em
            else _LEADING * line.em
        )
        yield line, apart
        before = line


def wrapped(line: LetteringLine, width: int, graphic: str = "end card") -> tuple[LetteringLine, ...]:
    """A text in the fewest lines that fit, of even length."""
    words = line.text.split()
    fewest = _filled(words, line, width)
    if any(part.width > width for part in fewest):
        widest = max(fewest, key=lambda part: part.width)
        raise messages.card_too_wide(graphic, widest.text, widest.width, width)
    narrowest = width
    while narrowest > width // 2 and len(_filled(words, line, narrowest - 8)) == len(fewest):
        narrowest -= 8
    even = _filled(words, line, narrowest)
    return even if all(part.width <= width for part in even) else fewest


def _filled(words: list[str], line: LetteringLine, width: int) -> tuple[LetteringLine, ...]:
    lines = [replace(line, text=words[0])]
    for word in words[1:]:
        longer = replace(line, text=f"{lines[-1].text} {word}")
        if longer.width <= width:
            lines[-1] = longer
        else:
            lines.append(replace(line, text=word))
    return tuple(lines)


def _inked(page: Floats, letters: Floats, ink: Floats, at: tuple[int, int]) -> None:
    """Draw letters onto a page in place; their empty margin may be outside it."""
    left, top = at
    rows = slice(max(0, top), min(page.shape[0], top + letters.shape[0]))
    columns = slice(max(0, left), min(page.shape[1], left + letters.shape[1]))
    cover = letters[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left, None]
    part = page[rows, columns, :3]
    part += cover * (ink - part)


def _contrast(colour: str) -> tuple[float, float, float]:
    """White on dark colours, nearly black on light ones: whichever has the higher contrast ratio.

    WCAG 2.2, 1.4.3; both have the same at a luminance of 0.179.
    """
    return rgb("#FFFFFF" if luminance(colour) < 0.179 else _BACKGROUND)


def _edge(data: Floats) -> str:
    """The median colour of a picture's edge, where it is opaque; else the default background."""
    edge = np.concatenate([data[0], data[-1], data[:, 0], data[:, -1]])
    opaque = edge[edge[:, 3] > 0.99]
    if 2 * len(opaque) < len(edge):
        return _BACKGROUND
    red, green, blue = (round(float(part) * 255) for part in np.median(opaque[:, :3], axis=0))
    return f"#{red:02x}{green:02x}{blue:02x}"
