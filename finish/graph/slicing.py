"""Slices streams in time: the same frames at the least cost, with keys that depend only on these frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor
from typing import Final

from finish.graph.derived_sources import derived_frames, opened
from finish.graph.sequence_slicing import has_sequence, sliced_programme
from finish.graph.sliced_filters import end_of, held, is_drawn, with_values
from finish.graph.stream import ENCODED, Stream, files, history
from finish.graph.timeline import Timeline
from finish.units import Span

# In these formats each frame is drawn over the ones before, whatever their packets say about keyframes.
_FROM_THE_FIRST: Final = frozenset({"gif", "apng", "webp_anim"})


def slice_streams(ends: Sequence[Stream], span: Span, preroll: Fraction) -> tuple[Stream, ...]:
    """The streams restricted to `span` of programme time, from 0. Only what is needed is decoded and drawn.

    Values that have no effect in `span` leave no trace, and the others are on the clip's own clock. So equal
    moments of two plans are equal streams, whatever else the plans contain or remove. Every source starts
    `preroll` seconds early, so that a rate conversion has the frame before; the early output is cut off at
    once.

    An encoded stream in a picture is never sliced: a derived source is opened where it is needed, like a
    clip, and any other is read whole.

    Filters must count by time, never by frame number. FFmpeg must keep the timestamps when it seeks
    (-copyts). Where the last frame of a picture is held (`tpad` before `trim` or `cut`), that frame is also
    read for what comes later. A sound that is cut, joined, mixed or counted is read from its start.

    In a sequence, only the pictures that `span` shows are opened, each with the preroll of its place.
    """
    return tuple(_sliced(end, span, preroll) for end in ends)


def steady_until(end: Stream) -> Fraction | None:
    """The programme time (s) of the first frame that a picture holds past its own end, if any."""
    return min(held([end]), default=None)


def read_during(ends: Sequence[Stream]) -> Span | None:
    """The time (s) of their one file that encoded slices read, as `slice_streams` made them; None if they may
    read more.

    Cut streams, sequences, derived sources and streams of several files aren't analysed: they may read all of
    each file.
    """
    slice_ends = [_slice_end(end) for end in ends]
    if len(files(ends)) != 1 or any(map(_reads_all, history(ends))) or not all(slice_ends):
        return None
    starts = (node.fraction("seek") or Fraction(0) for node in history(ends) if node.name == "source")
    return Span(min(starts), max(time for time in slice_ends if time))


def _reads_all(node: Stream) -> bool:
    """Whether a slice with this node may read all of its file."""
    return node.name in ("cut", "sequence") or derived_frames(node) is not None


def _slice_end(end: Stream) -> Fraction | None:
    """The latest end of a slice, or of an analysis of one, on its clip's clock (s); None for others."""
    times, node = [], end.inputs[0] if end.name in ENCODED else end
    while len(node.inputs) == 1:
        if node.name in ("trim", "atrim") and node.arg("start") is not None:
            times.append(node.fraction("end") or Fraction(0))
        node = node.inputs[0]
    return max(times, default=None)


def _sliced(end: Stream, span: Span, preroll: Fraction) -> Stream:
    if end.kind == "video" and has_sequence(end):
        return sliced_programme(end, span, preroll, _sliced)
    nodes = tuple(_unencoded([end]))
    cut = next((node for node in nodes if node.name == "cut"), None)
    if end.kind == "audio" and any(map(_reads_from_start, nodes)):
        return end.filter("atrim", start=span.start, end=span.end).since(span.start)
    above = frozenset(node.key for node in _unencoded(cut.inputs)) if cut else frozenset()
    last = min([span.start, *held([end])])
    part = _SpanSlice(cut.kept if cut else None, above, span, last, preroll, min(_still(end), default=None))
    new: dict[str, Stream] = {}
    for node in nodes:
        inputs = () if node.name in ENCODED else tuple(new[stream.key] for stream in node.inputs)
        new[node.key] = part.of(node, node.with_inputs(inputs) if inputs else node)
    start, over = span.start + part.ahead, span.end + part.ahead
    return new[end.key].filter("trim" if end.kind == "video" else "atrim", start=start, end=over).since(start)


def _unencoded(ends: Sequence[Stream]) -> Iterator[Stream]:
    """Every node of the streams once, without the history of what is encoded: that is another clock's."""
    return history(ends, into_encoded=False)


def _reads_from_start(node: Stream) -> bool:
    """Whether a sound with this node is read from its start: it's cut, joined, mixed, encoded or counted."""
    return (
        node.name in {"cut", "sequence", *ENCODED}
        or len(node.inputs) > 1
        or (node.name == "asetpts" and "N/SR" in str(node.arg("expr")))
    )


@dataclass(frozen=True)
class _SpanSlice:
    """Changes each node so that only `span` is computed, with frames read from `last` (both programme time).

    The nodes `above` the cut use the clip's time, and those after it the programme's; in a slice all use the
    clip's. From `still` (the clip's time), the clip's last frame may be repeated, so it's read for everything
    later.
    """

    timeline: Timeline | None
    above: frozenset[str]
    span: Span
    last: Fraction
    preroll: Fraction
    still: Fraction | None = None

    @property
    def begins(self) -> Fraction:
        """The first moment of the clip that is needed."""
        return self.timeline.frame(self.last) if self.timeline else self.last

    @property
    def over(self) -> Fraction:
        """The moment of the clip at which the span ends, or at which the kept parts end before that."""
        if self.timeline is None:
            return self.span.end
        frame = 1 / self.timeline.rate
        return self.timeline.frame(min(self.span.end, self.timeline.end) - frame) + frame

    @property
    def ahead(self) -> Fraction:
        """How far the clip's clock is ahead of the programme's (s)."""
        return self.begins - self.last

    def of(self, node: Stream, changed: Stream) -> Stream:
        """What `node` becomes. `changed` is the node with its changed inputs."""
        if node.name == "source" or node.name in ENCODED:
            return self._sought(node)
        if node.name == "fps" and self.begins:
            return self._gridded(node, changed)
        if node.name == "cut":
            return with_values(changed, Span(self.last, self.span.end), Fraction(0))
        if node.key in self.above:
            return with_values(self._on_grid(changed), Span(self.begins, self.over), Fraction(0))
        if node.name == "trim" and node.inputs[0].name == "tpad":
            return self._held_end(node, changed)
        return with_values(self._overlaid(node, changed), self.span, self.ahead)

    def _gridded(self, node: Stream, changed: Stream) -> Stream:
        """`fps` in a slice: without a start, its grid is that of all times, exactly.

        A start is rounded to the source's clock. Only a slice that begins before its picture has one, from
        which the first picture is held.
        """
        args = {name: value for name, value in changed.args if name != "start_time"}
        sources = (one for one in _unencoded([node]) if one.name == "source")
        if any((source.fraction("late") or 0) > self.begins for source in sources):
            args["start_time"] = self.begins
        return replace(changed, args=tuple(args.items()))

    def _sought(self, source: Stream) -> Stream:
        """A clip or a derived source from the keyframe before the first needed moment."""
        is_whole = source.name in ENCODED and derived_frames(source) is None
        if is_whole or source.arg("demuxer") in _FROM_THE_FIRST:
            return source
        first = self.begins if self.still is None else min(self.begins, self.still)
        start = Fraction(
            max(0, floor((first - self.preroll) * 1000)), 1000
        )  # FFmpeg seeks in whole microseconds
        if not start:
            return source
        if source.name in ENCODED:
            return opened(source, start)
        return replace(source, args=(*source.args, ("seek", start)))

    def _on_grid(self, changed: Stream) -> Stream:
        """A trimmed `tpad` before a cut.

        The held end stays if the span shows it. Otherwise only the frames stay, from the first one that gets
        onto their grid.
        """
        if changed.name != "trim" or changed.inputs[0].name != "tpad":
            return changed
        if self.still is None or self.over <= self.still:
            return changed.inputs[0].inputs[0].filter("trim", start=self.begins, end=self.over)
        end = min(end_of(changed), self.over)
        padded = changed.inputs[0]
        return (
            padded.filter("trim", start=self.begins, end=end)
            if self.begins
            else padded.filter("trim", end=end)
        )

    def _held_end(self, node: Stream, changed: Stream) -> Stream:
        """A trimmed `tpad` after a cut, or without one."""
        if node.inputs[0].inputs[0].name == "fps":
            return self._on_grid(changed)
        if held([node]) and min(held([node])) >= self.span.end:
            return changed.inputs[0].inputs[0]
        args = {**dict(changed.args), "end": end_of(changed) + self.ahead}
        return replace(changed, args=tuple(args.items()))

    def _overlaid(self, node: Stream, changed: Stream) -> Stream:
        """An overlay with its drawn pictures, which are timed by the programme, moved to the clip's clock."""
        if node.name != "overlay" or not self.ahead:
            return changed
        base, *overlays = changed.inputs
        moved = (stream.since(-self.ahead) if is_drawn(stream) else stream for stream in overlays)
        return changed.with_inputs((base, *moved))


def _still(end: Stream) -> list[Fraction]:
    """The times (s) from which the clip's last frame may be repeated, where a picture gets onto its grid."""
    return [
        end_of(node) - (node.inputs[0].fraction("stop_duration") or 0)
        for node in _unencoded([end])
        if node.name == "trim" and node.inputs[0].name == "tpad" and node.inputs[0].inputs[0].name == "fps"
    ]
