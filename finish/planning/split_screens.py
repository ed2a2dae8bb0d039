"""Split screens: two to four clips at the same time, each in a cell of the frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from finish.graph import PictureLayout, PicturePlace, Stream, picture_sequence
from finish.model import EditSegment, SoundEdges, SplitMaterial
from finish.units import Box, Size, even

# House: a dark line between two pictures, too thin to look like a border: 4 px of 1080.
_LINE: Final = 0.004
_COLOUR: Final = "0x101014"


@dataclass(frozen=True)
class SplitScreen:
    """A segment with a split screen in a `frame`.

    Its `cells` are segments of one clip each. The first one has its name and its sound; the others are
    silent, and are called "name/2" and so on.
    """

    segment: EditSegment
    frame: Size

    @property
    def material(self) -> SplitMaterial:
        assert isinstance(self.segment.material, SplitMaterial)
        return self.segment.material

    @property
    def cells(self) -> tuple[EditSegment, ...]:
        segment, length = self.segment, self.material.length
        first, *others = (replace(clip, length=length) for clip in self.material.clips)
        return (
            replace(segment, material=first),
            *(
                replace(segment, name=f"{segment.name}/{number}", material=clip, sound=SoundEdges(mute=True))
                for number, clip in enumerate(others, 2)
            ),
        )

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The cells on the frame, with a thin line between them; their sides are even."""
        return cell_boxes(len(self.material.clips), self.material.layout, self.frame)

    def joined(self, pictures: Sequence[Stream], frames: int, rate: Fraction, preroll: Fraction) -> Stream:
        """The pictures of the cells, `frames` long at `rate` (Hz), as one.

        Each is in a sequence, so that a slice opens each clip at its own moment.
        """
        layout = PictureLayout(rate, (PicturePlace(0, frames, preroll=preroll),))
        first, *others = (picture_sequence([picture], layout) for picture in pictures)
        places = "|".join(f"{box.left}_{box.top}" for box in self.boxes)
        return first.filter(
            "xstack", *others, size=self.frame, inputs=len(pictures), layout=places, fill=_COLOUR
        )


def cell_boxes(count: int, layout: str, frame: Size) -> tuple[Box, ...]:
    """The cells of a frame.

    In a grid of three, the first cell is half of the frame, and the others share the other half.
    """
    line = even(_LINE * min(frame.width, frame.height))
    whole = Box(0, 0, frame.width, frame.height)
    if layout != "grid":
        return _divided(whole, count, line, across=layout == "columns")
    across = frame.width >= frame.height
    if count > 3:
        rows = _divided(whole, 2, line, across=False)
        return tuple(box for row in rows for box in _divided(row, 2, line, across=True))
    one, other = _divided(whole, 2, line, across=across)
    return (one, other) if count < 3 else (one, *_divided(other, 2, line, across=not across))


def _divided(box: Box, count: int, line: int, *, across: bool) -> tuple[Box, ...]:
    """Parts of a box beside or above each other, of even lengths that differ by 2 px at most."""
    start, end = (box.left, box.right) if across else (box.top, box.bottom)
    pairs = (end - start - (count - 1) * line) // 2
    parts = []
    for number in range(count):
        length = 2 * (pairs // count + (number < pairs % count))
        edges = start, start + length
        parts.append(
            Box(edges[0], box.top, edges[1], box.bottom)
            if across
            else Box(box.left, edges[0], box.right, edges[1])
        )
        start += length + line
    return tuple(parts)
