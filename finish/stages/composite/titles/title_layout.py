"""The layout of a title: its rows below each other on a small canvas, as layers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from finish.model import Document
from finish.stages.composite import messages
from finish.stages.composite.lettering import LetteringLine
from finish.stages.composite.picture_file import Floats
from finish.stages.composite.titles.title_content import TitleContent
from finish.stages.composite.titles.title_layers import TitleLayer
from finish.stages.composite.titles.title_numbers import RunningNumber
from finish.stages.composite.titles.title_rows import (
    RowLook,
    TitlePart,
    bar_part,
    bleed_of,
    code_part,
    picture_part,
    rule_part,
    words_part,
)
from finish.stages.composite.titles.title_shapes import (
    SIDES,
    LeaderSide,
    TitleBacking,
    leader_layer,
    leader_length,
)
from finish.stages.composite.titles.title_template import (
    TitleMotion,
    TitleRow,
    TitleTemplate,
    read_template,
    row_font,
)
from finish.units import Box, Size, even

# Words that don't fit are set smaller down to this; then they are refused. House values.
_SCALES: Final = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6)
_ALIGNED: Final = {"left": 0.0, "centre": 0.5, "right": 1.0}


@dataclass(frozen=True)
class TitleLayout:
    """A title on its canvas: its layers, and the lines that it writes. `scale` is below 1 if it shrank."""

    size: Size
    layers: tuple[TitleLayer, ...]
    lines: tuple[LetteringLine, ...]
    scale: float


@dataclass(frozen=True)
class TitleRequest:
    """What is laid out: a template, its content, the frame's short side, the room (px), and its length (s).

    `leader` is the side of a callout's box on which its line to the point is.
    """

    document: Document
    content: TitleContent
    short: int
    room: Size
    length: float
    factor: float = 1.0
    leader: LeaderSide = ""

    @property
    def template(self) -> TitleTemplate:
        return read_template(self.document)

    @property
    def name(self) -> str:
        """The template's name, as messages use it."""
        return self.document.path.parent.name


@lru_cache(maxsize=64)
def laid_title(request: TitleRequest) -> TitleLayout:
    """A title in the largest size that fits; SpecError if none does, GlyphError for what no font draws."""
    for scale in _SCALES:
        layout = _TitleSetting(request, scale).layout()
        if layout is not None:
            return layout
    raise messages.title_too_large(request.name, request.room)


@dataclass(frozen=True)
class _TitleSetting:
    """One attempt to lay a title out, at a scale."""

    request: TitleRequest
    scale: float

    @property
    def _template(self) -> TitleTemplate:
        return self.request.template

    @property
    def em(self) -> float:
        """The template's em (px)."""
        return self._template.size * self.request.factor * self.scale * self.request.short

    @property
    def _look(self) -> RowLook:
        """What rows stand on: the common plate, the card, or the picture."""
        content, plate = self.request.content, self._template.plate
        common = RowLook(content.accent, content.ground, self._template.align)
        if plate is not None and plate.opacity >= 0.5:
            return replace(common, ground=common.colour(plate.colour))
        return common

    @property
    def _around(self) -> tuple[int, int]:
        """What lies around the rows: the padding of the plate, or what letters need beyond their size."""
        plate = self._template.plate
        across, down = plate.padding if plate else (0.0, 0.0)
        bare = 0 if plate else bleed_of(self.em)
        return max(math.ceil(across * self.em), bare), max(math.ceil(down * self.em), bare)

    @property
    def _edge(self) -> int:
        """The width of the upright line and its gap (px)."""
        edge = self._template.edge
        return math.ceil((edge.thickness + edge.gap) * self.em) if edge else 0

    @property
    def _room(self) -> float:
        """The widest that a row can be (px)."""
        room = self._template.width * self.request.room.width
        room -= self._leader_length if self.request.leader in ("left", "right") else 0
        return room - 2 * self._around[0] - self._edge - 2  # the canvas is even

    @property
    def _leader_length(self) -> int:
        return leader_length(self._template.leader, self.em)

    def layout(self) -> TitleLayout | None:
        rows = list(self._rows())
        if any(part is None for _, part in rows):
            return None
        parts = [(row, part) for row, part in rows if part is not None]
        inner = max(part.size.width for _, part in parts)
        parts = [(row, self._widened(row, part, inner)) for row, part in parts]
        across, down = self._around
        tall = sum(part.size.height for _, part in parts)
        tall += round(sum(row.gap for row, _ in parts[1:]) * self.em)
        box = Size(even(inner + 2 * across + self._edge), even(tall + 2 * down))
        left, top, size = self._placed(box)
        if size.width > self.request.room.width or size.height > self.request.room.height:
            return None
        layers = (
            *self._behind(Box(left, top, left + box.width, top + box.height)),
            *self._stacked(parts, inner, (left + across, top + down), size),
        )
        lines = tuple(line for _, part in parts for line in part.lines)
        return TitleLayout(size, layers, lines, self.scale)

    def _placed(self, box: Size) -> tuple[int, int, Size]:
        """Where the box is on the canvas beside its leader, and the canvas."""
        side, long = self.request.leader, self._leader_length
        if not side:
            return 0, 0, box
        if side in ("left", "right"):
            return (long if side == "left" else 0), 0, Size(box.width + long, box.height)
        return 0, (long if side == "top" else 0), Size(box.width, box.height + long)

    # ------------------------------------------------------------ rows

    def _rows(self) -> Iterator[tuple[TitleRow, TitlePart | None]]:
        """The rows that the content has, each with its part; None for words that don't fit."""
        for row in self._template.rows:
            make = _MAKERS.get(row.show)
            yield from (make or _TitleSetting._words)(self, row)

    def _line(self, row: TitleRow, text: str = "0") -> LetteringLine:
        font = self.request.content.font or row_font(self.request.document, row)
        return LetteringLine(text, row.weight, row.size * self.em, font)

    def _words(self, row: TitleRow) -> Iterator[tuple[TitleRow, TitlePart | None]]:
        text = self.request.content.text(row.show)
        if text:
            words = words_part(text, row, self._line(row, text), self._look, self._room)
            yield row, words.part(row.enter) if words else None

    def _items(self, row: TitleRow) -> Iterator[tuple[TitleRow, TitlePart | None]]:
        """A row for each item, one after the other."""
        for number, text in enumerate(self.request.content.items):
            gap = row.gap if number else row.gap + row.above
            stepped = replace_motion(row.enter, row.stagger * number)
            written = f"{number + 1}. {text}" if row.marker == "number" else text
            mark = "" if row.marker == "number" else row.marker
            marked = row.model_copy(update={"symbol": mark, "enter": stepped, "gap": gap})
            words = words_part(written, marked, self._line(row, written), self._look, self._room)
            yield marked, words.part(stepped) if words else None

    def _number(self, row: TitleRow) -> Iterator[tuple[TitleRow, TitlePart | None]]:
        number = RunningNumber(self.request.content, row, self._line(row), self._look, self.request.length)
        part = number.part()
        yield row, part if part.size.width <= self._room else None

    def _logo(self, row: TitleRow) -> Iterator[tuple[TitleRow, TitlePart | None]]:
        if self.request.content.logo is not None:
            yield row, picture_part(self.request.content.logo, row, self.em, self._room)

    def _code(self, row: TitleRow) -> Iterator[tuple[TitleRow, TitlePart | None]]:
        if self.request.content.link:
            part = code_part(self.request.content.link, row, self.em)
            yield row, part if part.size.width <= self._room else None

    def _rule(self, row: TitleRow) -> Iterator[tuple[TitleRow, TitlePart | None]]:
        yield row, rule_part(row, self.em, row.width * self.em or 2, self._look)

    def _bar(self, row: TitleRow) -> Iterator[tuple[TitleRow, TitlePart | None]]:
        yield row, bar_part(row, self.em, self._room, self._look, self.request.length)

    def _widened(self, row: TitleRow, part: TitlePart, inner: int) -> TitlePart:
        """A rule without a width of its own, as wide as the rows."""
        return rule_part(row, self.em, inner, self._look) if row.show == "rule" and not row.width else part

    # ------------------------------------------------------------ layers

    def _behind(self, box: Box) -> Iterator[TitleLayer]:
        """What lies behind the rows, and a callout's leader."""
        content, template = self.request.content, self._template
        common = RowLook(content.accent, content.ground)
        if template.leader is not None and self.request.leader:
            yield leader_layer(template.leader, self.em, box, self.request.leader, common)
        yield from TitleBacking(template, self.em, box, common, self._look).layers()

    def _stacked(
        self, parts: list[tuple[TitleRow, TitlePart]], inner: int, at: tuple[int, int], canvas: Size
    ) -> Iterator[TitleLayer]:
        """The rows from top to bottom, aligned; what they bleed stays on the canvas."""
        left, top = at
        left += 0 if self._template.align == "right" else self._edge
        for number, (row, part) in enumerate(parts):
            top += round(row.gap * self.em) if number else 0
            x = left + round((inner - part.size.width) * _ALIGNED[self._template.align])
            box = Box(
                x - part.bleed,
                top - part.bleed,
                x + part.size.width + part.bleed,
                top + part.size.height + part.bleed,
            )
            kept = Box(
                max(0, box.left),
                max(0, box.top),
                min(canvas.width, box.right),
                min(canvas.height, box.bottom),
            )
            yield TitleLayer(
                kept, part.motion, _cut(part.picture, box, kept), SIDES[self._template.align], part.running
            )
            top += part.size.height


def replace_motion(motion: TitleMotion, later: float) -> TitleMotion:
    """The same motion, so many seconds later."""
    return motion.model_copy(update={"after": motion.after + later})


def _cut(picture: Callable[[float], Floats], box: Box, kept: Box) -> Callable[[float], Floats]:
    """A picture of a box, cut to the part that is kept."""
    rows = slice(kept.top - box.top, kept.bottom - box.top)
    columns = slice(kept.left - box.left, kept.right - box.left)
    return lambda now: picture(now)[rows, columns]


_MAKERS: Final[
    dict[str, Callable[[_TitleSetting, TitleRow], Iterator[tuple[TitleRow, TitlePart | None]]]]
] = {
    "items": _TitleSetting._items,
    "count": _TitleSetting._number,
    "logo": _TitleSetting._logo,
    "code": _TitleSetting._code,
    "rule": _TitleSetting._rule,
    "bar": _TitleSetting._bar,
}
