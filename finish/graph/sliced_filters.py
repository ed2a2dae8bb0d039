"""What slices need to know of filters: their values in a span, drawn pictures, and held frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from finish.graph.filter_values import NOTHING, TimeSliced
from finish.graph.option_values import Arg
from finish.graph.sequence import layout_of, sequence_end
from finish.graph.stream import Stream, history
from finish.units import Span


def with_values(node: Stream, span: Span, ahead: Fraction) -> Stream:
    """A filter with its values for `span`, on a clock that is `ahead` (s).

    If it has no effect then, its input.
    """
    args: list[tuple[str, Arg]] = []
    for name, value in node.args:
        kept = value.slice(span) if isinstance(value, TimeSliced) else value
        if kept is None:
            return node.inputs[0]
        if kept != NOTHING or value == NOTHING:
            args.append((name, kept.shift(ahead) if ahead and isinstance(kept, TimeSliced) else kept))
    return replace(node, args=tuple(args)) if tuple(args) != node.args else node


def is_drawn(stream: Stream) -> bool:
    """Whether a picture has timestamps and doesn't come from the clip."""
    names = {node.name for node in history([stream])}
    return "setpts" in names and not names & {"source", "computed"}


def held(ends: Sequence[Stream]) -> list[Fraction]:
    """The programme times (s) of held frames: one frame before the end of what a `tpad` holds."""
    times = (
        _held_from(node)
        for node in history(ends, into_encoded=False, into_sequences=False)
        if node.name == "tpad"
    )
    return [time for time in times if time is not None]


def _held_from(tpad: Stream) -> Fraction | None:
    end, rate = None, None
    for node in history([tpad], into_encoded=False, into_sequences=False):
        if node.name == "trim" and node.arg("end") is not None:
            end = node.fraction("end")
        elif node.name == "cut":
            end = node.kept.end
        elif node.name == "fps":
            rate = node.fraction("fps")
        elif node.name == "sequence":
            end, rate = sequence_end(node), layout_of(node).rate
    return None if end is None or rate is None else end - 1 / rate


def end_of(trim: Stream) -> Fraction:
    """The end (s) of a `trim` that has one."""
    end = trim.fraction("end")
    assert end is not None, "the trim of a held picture has an end"
    return end
