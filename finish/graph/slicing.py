"""Only a part of a stream's time: the same frames, at the least cost, named by nothing but what they show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from finish.graph.filter_values import NOTHING, TimeSliced
from finish.graph.stream import ENCODED, Arg, Stream, files, history
from finish.graph.timeline import Timeline
from finish.units import Span

# Each frame of these is drawn over the ones before, whatever their packets say of keyframes.
_FROM_THE_FIRST: Final = frozenset({"gif", "apng", "webp_anim"})


def slice_streams(ends: Sequence[Stream], span: Span, preroll: Fraction) -> tuple[Stream, ...]:
    """The streams restricted to `span` of programme time, from 0 on: only what is needed is decoded, said and shown.

    What says nothing in `span` leaves no trace, and what is said is said on the clip's own clock, so that equal moments of two
    plans are equal streams, whatever else the plans hold or leave out. Every source starts `preroll` seconds early, so that a rate
    conversion finds the frame before; what comes out of that early is cut off at once. Filters must count by time, never by
    frame number. FFmpeg must keep the timestamps of what it seeks (-copyts). Where a picture's last frame is held (`tpad` below
    `trim` or `cut`), that frame is still read for what comes after. A sound that is cut, mixed or counted is read from its beginning.
    """
    return tuple(_part(end, span, preroll) for end in ends)


def steady_until(end: Stream) -> Fraction | None:
    """The programme time (s) of the first frame of a picture that is held on past its own end; None where none is."""
    return min(_held([end]), default=None)


def read_during(ends: Sequence[Stream]) -> Span | None:
    """The time (s) of its one file that encoded parts show, as `slice_streams` made them; None where more than that may be read.

    Cut streams and those of several files are not told apart: all of each may be read.
    """
    shown = [_shown(end) for end in ends]
    if len(files(ends)) != 1 or any(node.name == "cut" for node in history(ends)) or not all(shown):
        return None
    begins = min(Fraction(node.arg("seek") or 0) for node in history(ends) if node.name == "source")  # type: ignore[arg-type]
    return Span(begins, max(each for each in shown if each))


def _shown(end: Stream) -> Fraction | None:
    """When a part, or what is asked of one, ends on its clip's clock, or later; None for what is no part."""
    found, node = [], end.inputs[0] if end.name in ENCODED else end
    while len(node.inputs) == 1:
        if node.name in ("trim", "atrim") and node.arg("start") is not None:
            found.append(Fraction(node.arg("end") or 0))  # type: ignore[arg-type]
        node = node.inputs[0]
    return max(found, default=None)


def _part(end: Stream, span: Span, preroll: Fraction) -> Stream:
    cut = next((node for node in history([end]) if node.name == "cut"), None)
    if end.kind == "audio" and any(_from_the_beginning(node) for node in history([end])):
        return end.filter("atrim", start=span.start, end=span.end).since(span.start)
    timeline = cut.arg("kept") if cut else None
    assert timeline is None or isinstance(timeline, Timeline)
    above = frozenset(node.key for node in history(cut.inputs)) if cut else frozenset()
    part = _SpanSlice(
        timeline, above, span, min([span.start, *_held([end])]), preroll, min(_still(end), default=None)
    )
    new: dict[str, Stream] = {}
    for node in history([end]):
        new[node.key] = part.of(node, node.with_inputs(tuple(new[each.key] for each in node.inputs)))
    start, over = span.start + part.ahead, span.end + part.ahead
    return new[end.key].filter("trim" if end.kind == "video" else "atrim", start=start, end=over).since(start)


def _from_the_beginning(node: Stream) -> bool:
    """Whether a sound that has this in it must be read from its first sample on: it is cut, mixed, written down, or counted by samples."""
    return (
        node.name in {"cut", *ENCODED}
        or len(node.inputs) > 1
        or (node.name == "asetpts" and "N/SR" in str(node.arg("expr")))
    )


@dataclass(frozen=True)
class _SpanSlice:
    """What becomes of each node when only `span` is wanted, and frames from `last` on (both programme time) are read.

    Nodes `above` the cut tell the clip's time, those below it the programme's; in a part all tell the clip's. From `still` on (the
    clip's time) the clip's last frame may stand in, so it is read for all that comes later.
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
        """The moment of the clip at which the span ends, or what is kept of it before."""
        if self.timeline is None:
            return self.span.end
        frame = 1 / self.timeline.rate
        return self.timeline.frame(min(self.span.end, self.timeline.end) - frame) + frame

    @property
    def ahead(self) -> Fraction:
        """By how much the clip's clock is ahead of the programme's (s)."""
        return self.begins - self.last

    def of(self, node: Stream, now: Stream) -> Stream:
        """What becomes of a `node`; `now` is it with what became of its inputs."""
        if node.name == "source":
            if node.arg("demuxer") in _FROM_THE_FIRST:
                return node
            first = self.begins if self.still is None else min(self.begins, self.still)
            start = Fraction(
                max(0, math.floor((first - self.preroll) * 1000)), 1000
            )  # FFmpeg seeks in whole microseconds
            return replace(node, args=(*node.args, ("seek", start))) if start else node
        if node.name == "fps" and self.begins:
            # Without a start its grid is that of all times, exactly; a start is rounded to the source's clock.
            return replace(now, args=tuple(pair for pair in now.args if pair[0] != "start_time"))
        if node.name == "cut":
            return self._said(now, Span(self.last, self.span.end), Fraction(0))
        if node.key in self.above:
            return self._said(self._on_grid(now), Span(self.begins, self.over), Fraction(0))
        if node.name == "trim" and node.inputs[0].name == "tpad":
            return self._held(node, now)
        return self._said(self._timed(node, now), self.span, self.ahead)

    def _on_grid(self, now: Stream) -> Stream:
        """Above a cut: a held end where the span sees it, else only the frames, from the first on where they come onto their grid."""
        if now.name != "trim" or now.inputs[0].name != "tpad":
            return now
        if self.still is None or self.over <= self.still:
            return now.inputs[0].inputs[0].filter("trim", start=self.begins, end=self.over)
        end = min(Fraction(now.arg("end")), self.over)  # type: ignore[arg-type]
        return (
            now.inputs[0].filter("trim", start=self.begins, end=end)
            if self.begins
            else now.inputs[0].filter("trim", end=end)
        )

    def _held(self, node: Stream, now: Stream) -> Stream:
        """The same below a cut, or where there is none."""
        if node.inputs[0].inputs[0].name == "fps":
            return self._on_grid(now)
        if _held([node]) and min(_held([node])) >= self.span.end:
            return now.inputs[0].inputs[0]
        args = {**dict(now.args), "end": Fraction(now.arg("end")) + self.ahead}  # type: ignore[arg-type]
        return replace(now, args=tuple(args.items()))

    def _timed(self, node: Stream, now: Stream) -> Stream:
        """What is drawn at times of the programme, and laid over the picture, told on the clip's clock."""
        if node.name != "overlay" or not self.ahead:
            return now
        drawn = tuple(now.inputs[:1]) + tuple(
            each.since(-self.ahead) if _drawn(each) else each for each in now.inputs[1:]
        )
        return now.with_inputs(drawn)

    def _said(self, now: Stream, span: Span, ahead: Fraction) -> Stream:
        """A filter with what its values say in `span`; what then does nothing is not there."""
        args: list[tuple[str, Arg]] = []
        for name, value in now.args:
            kept = value.during(span) if isinstance(value, TimeSliced) else value
            if kept is None:
                return now.inputs[0]
            if kept != NOTHING or value == NOTHING:
                args.append((name, kept.later(ahead) if ahead and isinstance(kept, TimeSliced) else kept))
        return replace(now, args=tuple(args)) if tuple(args) != now.args else now


def _drawn(stream: Stream) -> bool:
    """Whether a picture is none of the clip's, and has times."""
    names = {node.name for node in history([stream])}
    return "setpts" in names and "source" not in names


def _held(ends: Sequence[Stream]) -> list[Fraction]:
    """The programme time (s) of each frame that is held on: a frame before the end of what is trimmed or cut above a `tpad`."""
    return [
        found for node in history(ends) if node.name == "tpad" and (found := _held_from(node)) is not None
    ]


def _still(end: Stream) -> list[Fraction]:
    """From when on (s) the clip's last frame may stand in, where a picture comes onto its grid."""
    return [
        Fraction(node.arg("end")) - Fraction(node.inputs[0].arg("stop_duration"))  # type: ignore[arg-type]
        for node in history([end])
        if node.name == "trim" and node.inputs[0].name == "tpad" and node.inputs[0].inputs[0].name == "fps"
    ]


def _held_from(tpad: Stream) -> Fraction | None:
    end, rate = None, None
    for node in history([tpad]):
        if node.name == "trim" and node.arg("end") is not None:
            end = Fraction(node.arg("end"))  # type: ignore[arg-type]
        elif node.name == "cut":
            kept = node.arg("kept")
            assert isinstance(kept, Timeline)
            end = kept.end
        elif node.name == "fps":
            rate = Fraction(node.arg("fps"))  # type: ignore[arg-type]
    return None if end is None or rate is None else end - 1 / rate
