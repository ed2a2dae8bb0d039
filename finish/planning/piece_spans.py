"""Where a picture is divided into pieces."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Final

from finish import graph
from finish.graph import Stream
from finish.model import Programme
from finish.units import Span

# s; house, measured: for a minute of picture, pieces of 4 s cost 2 to 4 % more than one of 60 s
# (docs/decisions), and a changed word costs 4 s of rendering.
PIECE: Final = Fraction(4)
SHORTEST: Final = Fraction(1)  # s; house: a piece has a keyframe and a process of its own …
LAST: Final = Fraction(2)  # s; … so a shorter rest at the end belongs to the piece before
# In these containers an index leads to every frame. In others, seeking isn't exact.
INDEXED: Final = frozenset({"mov", "mp4", "matroska", "webm"})


def piece_spans(programme: Programme, picture: Stream) -> tuple[Span, ...]:
    """The spans of a picture's pieces (programme time); () if it can't be divided.

    Boundaries are at regular times of the clip, so that a later change doesn't move them, and at joints, so
    that a cut doesn't move the others. There is none before the clip's picture begins or where its last frame
    is held. Changes of shot aren't boundaries: they are known only if a stage needs shots, and the key of a
    piece must not depend on what another deliverable needs.
    """
    source, rate = programme.source, programme.rate
    if source.demuxer not in INDEXED or source.video is None:
        return ()
    late, held = source.video.start - source.start + 1 / rate, graph.steady_until(picture)
    last = min(programme.duration - LAST, programme.duration if held is None else held)
    inner: list[Fraction] = []
    for mark in _marks(programme):
        moment = programme.where(mark)
        moving = late <= moment and (programme.still is None or moment <= programme.still)
        if moving and mark - max(inner, default=Fraction(0)) >= SHORTEST and mark <= last:
            inner.append(mark)
    return tuple(Span(*ends) for ends in pairwise((Fraction(0), *inner, programme.duration))) if inner else ()


def _marks(programme: Programme) -> list[Fraction]:
    """The possible boundaries in programme time: joints, and regular times of the clip."""
    joints = programme.timeline.joints if programme.timeline else ()
    return sorted({mark for mark in (*_regular(programme), *joints) if mark})


def _regular(programme: Programme) -> Iterator[Fraction]:
    """The programme times of the kept moments among every `PIECE` seconds of the clip, on the frame grid."""
    timeline, rate = programme.timeline, programme.rate
    end = timeline.parts[-1].end if timeline else programme.duration
    for count in range(1, int(end / PIECE) + 1):
        time = programme.when(round(count * PIECE * rate) / rate)
        if time is not None:
            yield round(time * rate) / rate
