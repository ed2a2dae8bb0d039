"""The tracks of a timeline as they are planned: the main track, what covers it, and what is laid over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from finish.model import Edit, EditSegment, EditTime, GapMaterial, SplitMaterial
from finish.planning.edit_layout import SegmentExtent, SegmentPlacement, lay_out
from finish.planning.over_track import covers, place_over
from finish.planning.split_screens import SplitScreen
from finish.units import Size


@dataclass(frozen=True)
class EditTracks:
    """The segments of an edit in the order in which they are planned, each of one picture.

    `covering` is B-roll, and `insets` are pictures in the picture. A split screen is its first cell on the
    main track; its other cells are `beside` it.
    """

    main: tuple[EditSegment, ...]
    covering: tuple[EditSegment, ...] = ()
    insets: tuple[EditSegment, ...] = ()
    beside: tuple[EditSegment, ...] = ()
    splits: tuple[SplitScreen, ...] = ()

    @classmethod
    def of(cls, edit: Edit, frame: Size) -> EditTracks:
        """The tracks in a `frame`; before a first segment with a transition, there is an empty gap."""
        splits = {
            segment.name: SplitScreen(segment, frame)
            for segment in edit.segments
            if isinstance(segment.material, SplitMaterial)
        }
        main = tuple(
            splits[segment.name].cells[0] if segment.name in splits else segment for segment in edit.segments
        )
        if main[0].transition is not None:
            black = EditSegment("black", 0, GapMaterial(EditTime()), main[0].where)
            begun = replace(main[0], transition=replace(main[0].transition, align="start"))
            main = (black, begun, *main[1:])
        return cls(
            main,
            tuple(one for one in edit.over if covers(one)),
            tuple(one for one in edit.over if not covers(one)),
            tuple(cell for split in splits.values() for cell in split.cells[1:]),
            tuple(splits.values()),
        )

    @cached_property
    def segments(self) -> tuple[EditSegment, ...]:
        return (*self.main, *self.covering, *self.insets, *self.beside)

    @cached_property
    def by_name(self) -> Mapping[str, EditSegment]:
        return {segment.name: segment for segment in self.segments}

    @cached_property
    def cell_sizes(self) -> Mapping[str, Size]:
        """The sizes of the cells of split screens, by the names of their segments."""
        return {
            cell.name: box.size
            for split in self.splits
            for cell, box in zip(split.cells, split.boxes, strict=True)
        }

    @cached_property
    def cells(self) -> tuple[tuple[int, ...], ...]:
        """The numbers of each split screen's cells among the segments."""
        numbers = {segment.name: number for number, segment in enumerate(self.segments)}
        return tuple(tuple(numbers[cell.name] for cell in split.cells) for split in self.splits)

    def fills_a_part(self, segment: EditSegment) -> bool:
        """Whether its picture fills only a part of the frame: a cell, or a picture in the picture."""
        is_inset = segment.place is not None and not covers(segment)
        return is_inset or segment.name in self.cell_sizes

    @property
    def over(self) -> tuple[int, int]:
        """The numbers of the segments over the main track: from the first until before the second."""
        return len(self.main), len(self.main) + len(self.covering) + len(self.insets)

    def placements(self, extents: Sequence[SegmentExtent], rate: Fraction) -> tuple[SegmentPlacement, ...]:
        """The placements of all segments at `rate` (Hz); FinishError with every mistake.

        A split screen has only the frames beyond its range that all of its clips have.
        """
        narrowed = list(extents)
        for cells in self.cells:
            before, after = (
                min(getattr(extents[number], side) for number in cells) for side in ("before", "after")
            )
            narrowed[cells[0]] = replace(narrowed[cells[0]], before=before, after=after)
        first, last = self.over
        main = lay_out(narrowed[:first], rate)
        beside = [
            _beside(main[cells[0]], self.segments[number]) for cells in self.cells for number in cells[1:]
        ]
        return (*main, *place_over(narrowed[first:last], main, rate), *beside)


def _beside(first: SegmentPlacement, cell: EditSegment) -> SegmentPlacement:
    """The placement of another cell: that of the first one, silent."""
    return replace(first, extent=replace(first.extent, segment=cell, sounds=False))
