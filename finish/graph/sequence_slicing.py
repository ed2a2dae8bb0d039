"""Slices programmes that contain sequences: only the pictures in range are opened, on clocks of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from finish.graph.layouts import PictureLayout, PicturePlace
from finish.graph.stream import Stream, history
from finish.units import Span

SlicedInput = Callable[[Stream, Span, Fraction], Stream]  # the slice of a stream of its own clock, from 0


def layout_of(node: Stream) -> PictureLayout:
    """The places of a sequence of pictures."""
    layout = node.arg("layout")
    assert isinstance(layout, PictureLayout), "a sequence of pictures has their layout"
    return layout


def sequence_end(node: Stream) -> Fraction:
    """The time (s) at which the last picture of a sequence ends."""
    layout = layout_of(node)
    return layout.places[-1].end / layout.rate


@dataclass(frozen=True)
class SequenceSlice:
    """What is shown in `span` of the time of a sequence, with `span.start` as 0."""

    span: Span
    sliced: SlicedInput

    def of(self, node: Stream) -> Stream | None:
        """The part of a sequence in the span; None if it shows nothing then.

        A single picture without a transition needs no sequence.
        """
        layout = layout_of(node)
        first, end = (round(time * layout.rate) for time in (self.span.start, self.span.end))
        shown = [
            (_part(place, first, end), self._input(picture, place, layout.rate))
            for place, picture in zip(layout.places, node.inputs, strict=True)
            if place.start < end and first < place.end
        ]
        if not shown:
            return None
        places, pictures = zip(*shown, strict=True)
        if len(places) == 1 and places[0].start == 0 and places[0].transition is None:
            return pictures[0]
        args = (("layout", replace(layout, places=places)),)
        return replace(node, args=args, inputs=pictures)

    def _input(self, picture: Stream, place: PicturePlace, rate: Fraction) -> Stream:
        """The frames of a picture that the span shows."""
        first, end = (round(time * rate) for time in (self.span.start, self.span.end))
        begin = place.first + max(first - place.start, 0)
        over = place.first + min(end, place.end) - place.start
        return self.sliced(picture, Span(begin / rate, over / rate), place.preroll)


def _part(place: PicturePlace, first: int, end: int) -> PicturePlace:
    """The part of a place between two frames of the sequence, for a picture with only the frames of it."""
    gone = max(first - place.start, 0)
    transition = place.transition
    if transition:
        done = transition.done + gone
        transition = replace(transition, done=done) if done < transition.frames else None
    start, over = max(place.start, first) - first, min(place.end, end) - first
    return PicturePlace(start, over, 0, transition, place.preroll)


def programme_nodes(end: Stream) -> Iterator[Stream]:
    """The nodes of a programme, inputs before their users, without those that are on clocks of their own.

    These are the inputs of sequences.
    """
    inside: dict[str, tuple[Stream, ...]] = {}
    visited: set[str] = set()
    stack: list[tuple[Stream, bool]] = [(end, False)]
    while stack:
        node, ready = stack.pop()
        if node.key in visited:
            continue
        if ready:
            visited.add(node.key)
            yield node
        else:
            stack.append((node, True))
            if node.name != "sequence":
                stack += [(stream, False) for stream in reversed(node.inputs)]
