"""Compiles a sequence of pictures to FFmpeg's filters: hard cuts between frames, and transitions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from finish.graph.filter_pads import FilterPad, combined, copies, then
from finish.graph.layouts import PicturePlace
from finish.graph.overlaps import Overlap
from finish.graph.pixel_formats import PlanarFormat
from finish.graph.sequence import layout_of
from finish.graph.stream import Stream
from finish.graph.transitions import transition_picture


def sequence_picture(node: Stream, pictures: Sequence[FilterPad]) -> FilterPad:
    """The frames of each place one after the other, on the grid of the layout.

    `pictures` are the inputs of the node. The parts have exactly the frames of their places, so that the
    number of a frame is its time.
    """
    layout = layout_of(node)
    parts = list(_parts(node, layout.places, pictures))
    joined = combined(parts, "concat", n=len(parts)) if len(parts) > 1 else parts[0]
    on_grid = then(joined, "settb", expr=f"{layout.rate.denominator}/{layout.rate.numerator}")
    return then(on_grid, "setpts", expr=f"N+{layout.places[0].start}")


def _parts(
    node: Stream, places: Sequence[PicturePlace], pictures: Sequence[FilterPad]
) -> Iterator[FilterPad]:
    """What is shown in order: a picture alone, or two in a transition."""
    overlaps = [0, *(one.end - other.start for one, other in pairwise(places)), 0]
    assert min(overlaps) >= 0, "the places of a sequence leave no gap"
    going: FilterPad = None
    for number, (place, picture) in enumerate(zip(places, pictures, strict=True)):
        coming, tail = overlaps[number], overlaps[number + 1]
        alone = place.end - place.start - coming - tail
        assert alone >= 0, "two transitions don't overlap"
        ranges = _ranges(max(0, place.first), (coming, alone, tail))
        branches = iter(copies(_held(picture, place), sum(first < end for first, end in ranges)))
        head, body, last = (
            then(next(branches), "trim", start_frame=first, end_frame=end) if first < end else None
            for first, end in ranges
        )
        if coming:
            assert place.transition and node.size, "places overlap in a transition of pictures of one size"
            name = f"{node.key[:12]}.{number}"
            pixels = _pixel_format(node.inputs[number])
            yield transition_picture(Overlap(going, head, place.transition, coming, pixels, node.size, name))
        if alone:
            yield body
        going = last


def _held(picture: FilterPad, place: PicturePlace) -> FilterPad:
    """A picture with its first and last frames held, where its place needs frames that it hasn't."""
    before, after = place.held
    if not before and not after:
        return picture
    return then(picture, "tpad", start=before, start_mode="clone", stop=after, stop_mode="clone")


def _ranges(first: int, lengths: Sequence[int]) -> list[tuple[int, int]]:
    """Ranges of frames of these lengths, one after the other."""
    ranges = []
    for length in lengths:
        ranges.append((first, first + length))
        first += length
    return ranges


def _pixel_format(picture: Stream) -> PlanarFormat:
    """The pixel format that a picture was last converted to."""
    while picture.name != "format" and picture.inputs:
        picture = picture.inputs[0]
    assert picture.name == "format", "a picture in a transition has a stated pixel format"
    return PlanarFormat(str(picture.arg("pix_fmts")))
