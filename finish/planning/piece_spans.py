"""Where a picture is divided into pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Final

from finish import graph
from finish.graph import Stream
from finish.model import PlacedClip, Programme
from finish.units import Span

# s; house, measured: for a minute of picture, pieces of 4 s cost 2 to 4 % more than one of 60 s
# (docs/decisions), and a changed word costs 4 s of rendering.
PIECE: Final = Fraction(4)
SHORTEST: Final = Fraction(1)  # s; house: a piece has a keyframe and a process of its own …
LAST: Final = Fraction(2)  # s; … so a shorter rest at the end belongs to the piece before


def piece_spans(programme: Programme, picture: Stream) -> tuple[Span, ...]:
    """The spans of a picture's pieces (programme time); () if it can't be divided.

    Boundaries are where clips meet, at regular times of each clip, so that a later change doesn't move them,
    and at its joints, so that a cut doesn't move the others. There is none before a clip's picture begins,
    where its last frame is held, or inside a transition. Changes of shot aren't boundaries: they are known
    only if a stage needs shots, and the key of a piece must not depend on what another deliverable needs.
    """
    held = graph.steady_until(picture)
    last = min(programme.duration - LAST, programme.duration if held is None else held)
    marks = _open(programme, {mark for part in programme.parts for mark in _marks(part, programme.rate)})
    bounds = [Fraction(0)]
    for edge in (*_open(programme, set(programme.edges)), None):
        end = last if edge is None else min(last, edge - SHORTEST)
        for mark in marks:
            if bounds[-1] + SHORTEST <= mark <= end:
                bounds.append(mark)
        if edge is not None and bounds[-1] + SHORTEST <= edge <= last:
            bounds.append(edge)
    return tuple(Span(*ends) for ends in pairwise((*bounds, programme.duration))) if bounds[1:] else ()


def _open(programme: Programme, times: set[Fraction]) -> Sequence[Fraction]:
    """The times that aren't inside a closed span, in order."""
    return sorted(
        time for time in times if not any(span.start < time < span.end for span in programme.closed)
    )


def _marks(part: PlacedClip, rate: Fraction) -> Iterator[Fraction]:
    """The possible boundaries inside a clip in programme time: its joints, and regular times of the clip."""
    source, still = part.clip.source, part.clip.still
    if not source.indexed or source.video is None:
        return
    late = source.video.start - source.start + 1 / part.clip.rate
    joints = part.clip.timeline.joints if part.clip.timeline else ()
    for mark in (*_regular(part, rate), *(part.start + joint for joint in joints)):
        moment = part.where(mark)
        moving = late <= moment and (still is None or moment <= still)
        if moving and any(span.start < mark < span.end for span in part.spans):
            yield mark


def _regular(part: PlacedClip, rate: Fraction) -> Iterator[Fraction]:
    """The programme times of the visible moments among every `PIECE` seconds of the clip, on the frame
    grid."""
    clip = part.clip
    end = clip.timeline.parts[-1].end if clip.timeline else clip.duration
    for count in range(1, int(end / PIECE) + 1):
        time = part.when(round(count * PIECE * rate) / rate)
        if time is not None:
            yield round(time * rate) / rate
