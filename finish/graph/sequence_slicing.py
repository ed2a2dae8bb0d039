"""Slices programmes that contain sequences: only the pictures in range are opened, on clocks of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from finish.graph.layouts import PicturePlace
from finish.graph.sequence import layout_of
from finish.graph.sliced_filters import end_of, held, is_drawn, with_values
from finish.graph.stream import Stream, history
from finish.units import Span

# The slice of a stream in a span of the stream's own clock, from 0, with a preroll (s).
SlicedStream: TypeAlias = Callable[[Stream, Span, Fraction], Stream]


def has_sequence(end: Stream) -> bool:
    """Whether a picture is made of a sequence."""
    nodes = history([end], into_encoded=False, into_sequences=False)
    return any(node.name == "sequence" for node in nodes)


def sliced_programme(end: Stream, span: Span, preroll: Fraction, sliced: SlicedStream) -> Stream:
    """A picture that contains sequences in `span` of programme time, from 0.

    The filters after the sequences use the programme's time, and in the slice a clock on which the first
    needed frame is at 0. So a slice doesn't depend on when the programme shows it.
    """
    nodes = tuple(history([end], into_encoded=False, into_sequences=False))
    begin = min([span.start, *held([end])])
    part = _ProgrammeSlice(span, begin, _before_held(nodes), preroll, sliced)
    joined: dict[str, Stream | None] = {}
    for node in nodes:
        if node.name == "sequence":
            joined[node.key] = part.sequence(node)
        elif any(stream.key in joined for stream in node.inputs):
            inputs = [
                joined[stream.key] if stream.key in joined else part.beside(stream) for stream in node.inputs
            ]
            joined[node.key] = part.of(node, inputs)
    picture = joined[end.key]
    assert picture is not None, "a programme shows a picture at any time"
    if _is_exact(picture) and begin == span.start:
        return picture
    start = span.start - begin
    return picture.filter("trim", start=start, end=span.end - begin).since(start)


def _before_held(nodes: Sequence[Stream]) -> frozenset[str]:
    """The nodes on which a held frame depends."""
    tpads = [node for node in nodes if node.name == "tpad"]
    return frozenset(node.key for node in history(tpads, into_encoded=False, into_sequences=False))


def _is_exact(picture: Stream) -> bool:
    """Whether a slice has only its own frames: no filter after its sequence or its clip adds any.

    A filter of two pictures continues with the second one when the first one ends.
    """
    while len(picture.inputs) == 1 and picture.name not in ("sequence", "tpad", "trim"):
        picture = picture.inputs[0]
    return picture.name == "sequence" or (picture.name == "trim" and picture.inputs[0].name != "tpad")


@dataclass(frozen=True)
class _ProgrammeSlice:
    """Changes each node so that only `span` is computed, on a clock with `begin` as 0 (both programme time).

    The nodes `before_held` are also needed from `begin` on, for a last frame that is held.
    """

    span: Span
    begin: Fraction
    before_held: frozenset[str]
    preroll: Fraction
    sliced: SlicedStream

    @property
    def needed(self) -> Span:
        """The span of programme time that is read."""
        return Span(self.begin, self.span.end)

    def of(self, node: Stream, inputs: Sequence[Stream | None]) -> Stream | None:
        """What a filter after a sequence becomes; None if its picture shows nothing in the span."""
        present = tuple(stream for stream in inputs if stream is not None)
        if len(present) < len(inputs):
            return inputs[0] if node.name == "overlay" else None
        changed = node.with_inputs(present)
        if node.name == "trim" and node.inputs[0].name == "tpad":
            return self._held_end(node, changed)
        span = self.needed if node.key in self.before_held else self.span
        return with_values(changed, span, -self.begin)

    def beside(self, stream: Stream) -> Stream:
        """What a stream without a sequence becomes: a clip's is sliced, and a drawn picture is moved."""
        if is_drawn(stream):
            return stream.since(self.begin)
        names = {node.name for node in history([stream])}
        return self.sliced(stream, self.needed, self.preroll) if names & {"source", "computed"} else stream

    def _held_end(self, node: Stream, changed: Stream) -> Stream:
        """A trimmed `tpad`: gone unless the span shows what it holds."""
        if min(held([node])) >= self.span.end:
            return changed.inputs[0].inputs[0]
        args = {**dict(changed.args), "end": end_of(node) - self.begin}
        return replace(changed, args=tuple(args.items()))

    def sequence(self, node: Stream) -> Stream | None:
        """The part of a sequence in the span; a single picture without a transition needs none."""
        layout = layout_of(node)
        first, end = (round(time * layout.rate) for time in (self.begin, self.span.end))
        visible = [
            (place, picture)
            for place, picture in zip(layout.places, node.inputs, strict=True)
            if place.start < end and first < place.end
        ]
        if not visible:
            return None
        places = tuple(place.within(first, end) for place, _ in visible)
        pictures = tuple(self._picture(picture, place, layout.rate) for place, picture in visible)
        if len(places) == 1 and places[0].is_plain:
            return pictures[0]
        return replace(node, args=(("layout", replace(layout, places=places)),), inputs=pictures)

    def _picture(self, picture: Stream, place: PicturePlace, rate: Fraction) -> Stream:
        """The frames of a picture that the span shows, on the picture's clock."""
        first, end = place.own(round(self.begin * rate), round(self.span.end * rate))
        return self.sliced(picture, Span(first / rate, end / rate), place.preroll)
