"""The parts of a programme's frames that graphics keep clear of, and the tones behind graphics."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal, TypeVar

from finish.analysis.colour_tones import FrameTones, Tones
from finish.analysis.faces import FaceBox, Faces, FacesAtTime
from finish.analysis.shots import Shots
from finish.analysis.text_detection import TextAtTime, TextDetection, stays
from finish.model import Ask, Programme
from finish.model.framing import Shares
from finish.model.graphics import SceneNeed
from finish.units import Box

T = TypeVar("T")

Content = Literal["eyes", "face", "head", "letters"]

_SURE: Final = 0.7  # score of the detector: most false faces are between its 0.6 and this (as in reframe)
# House values, in distances between the eyes: how far brows and lids extend from the middle of an eye, and
# lips from the corners of the mouth. An eye is about half that distance wide (Farkas 1994: 0.48).
_HAIR: Final = 0.4  # house value, of a face's box: how far hair extends above it, and half as far beside it
_EYE_BESIDE, _EYE_ABOVE, _LIP_BESIDE, _LIP_ABOVE = 0.4, 0.35, 0.15, 0.3


@dataclass(frozen=True)
class SceneBox:
    """Something to keep clear of, on the frame (px), from frame `start` until frame `end`.

    `size` is the area (px) of the face that it belongs to, by which passers-by are known.
    """

    content: Content
    box: Box
    start: int
    end: int
    size: int = 0


@dataclass(frozen=True)
class Scene:
    """The frames at which shots begin, what to keep clear of in order of time, and the tones of the clip."""

    cuts: tuple[int, ...] = ()
    boxes: tuple[SceneBox, ...] = ()
    tones: tuple[FrameTones, ...] = ()

    @classmethod
    def of(cls, programme: Programme, needs: frozenset[SceneNeed], ask: Ask) -> Scene:
        """What `needs` names of a programme."""
        boxes = sorted(_boxes(programme, needs, ask), key=lambda box: box.start)
        cuts = programme.content(Shots(), ask).cuts if "cuts" in needs else ()
        moments = (programme.when(cut) for cut in cuts)
        frames = {round(moment * programme.rate) for moment in moments if moment is not None}
        edges = (round(edge * programme.rate) for edge in programme.edges)
        tones = programme.content(Tones(), ask).looks if "tones" in needs else ()
        return cls(tuple(sorted(frames.union(edges))), tuple(boxes), tuple(tones))

    def during(self, start: int, end: int) -> list[SceneBox]:
        """What there is to keep clear of from frame `start` until frame `end`."""
        first = bisect_left(self.boxes, start - self._longest, key=lambda box: box.start)
        last = bisect_left(self.boxes, end, key=lambda box: box.start)
        return [box for box in self.boxes[first:last] if box.end > start]

    def tones_during(self, start: Fraction, end: Fraction) -> Sequence[FrameTones]:
        """The samples of tones from `start` to `end` (s of the content); the nearest one if there is none."""
        first, last = (bisect_left(self.tones, time, key=lambda look: look.time) for time in (start, end))
        nearest = sorted(self.tones[max(0, first - 1) : first + 1], key=lambda look: abs(look.time - start))
        return self.tones[first:last] or nearest[:1]

    @cached_property
    def _longest(self) -> int:
        """The most frames that one box shows for."""
        return max((box.end - box.start for box in self.boxes), default=0)


def _boxes(programme: Programme, needs: frozenset[SceneNeed], ask: Ask) -> Iterator[SceneBox]:
    if programme.framing is None:
        return
    if "faces" in needs:
        yield from face_boxes(programme, programme.content(Faces(), ask).looks)
    if "letters" in needs:
        yield from letter_boxes(programme, programme.content(TextDetection(), ask).looks)


def face_boxes(programme: Programme, looks: Sequence[FacesAtTime]) -> Iterator[SceneBox]:
    """The faces of a clip with their eyes and mouths, on the programme's frames until the next sample."""
    samples = [(look.time, [face for face in look.faces if face.score >= _SURE]) for look in looks]
    for start, end, faces in _on_frames(programme, samples):
        for face in faces:
            whole = _box(programme, start, (face.left, face.top, face.right, face.bottom))
            if whole is None:
                continue
            yield SceneBox("face", whole, start, end, whole.size.pixels)
            eyes, mouth = features(face)
            parts: tuple[tuple[Content, Shares], ...] = (
                ("eyes", eyes),
                ("eyes", mouth),
                ("head", _head(face)),
            )
            for content, shares in parts:
                box = _box(programme, start, shares)
                if box:
                    yield SceneBox(content, box, start, end, whole.size.pixels)


def _head(face: FaceBox) -> Shares:
    """A head with its hair: the detector's box ends at the hairline."""
    wide, high = face.right - face.left, face.bottom - face.top
    return face.left - _HAIR * wide / 2, face.top - _HAIR * high, face.right + _HAIR * wide / 2, face.bottom


def features(face: FaceBox) -> tuple[Shares, Shares]:
    """The eyes and the mouth of a face, in shares of the picture's sides.

    Without landmarks, they are where a detector's box of an upright face has them.
    """
    wide, high = face.right - face.left, face.bottom - face.top
    if len(face.landmarks) != 10:
        return (
            (face.left + 0.1 * wide, face.top + 0.28 * high, face.right - 0.1 * wide, face.top + 0.52 * high),
            (
                face.left + 0.25 * wide,
                face.top + 0.68 * high,
                face.right - 0.25 * wide,
                face.top + 0.9 * high,
            ),
        )
    points = face.landmarks
    # The distance between the eyes, at least a quarter of the face's width: from the side, the eyes coincide.
    unit = max(abs(points[2] - points[0]), 0.25 * wide)
    tall = unit * high / wide if wide else unit
    eyes = _around(points[0:4], unit * _EYE_BESIDE, tall * _EYE_ABOVE)
    return eyes, _around(points[6:10], unit * _LIP_BESIDE, tall * _LIP_ABOVE)


def _around(points: Sequence[float], beside: float, above: float) -> Shares:
    """The box around two points with a margin."""
    xs, ys = points[0::2], points[1::2]
    return min(xs) - beside, min(ys) - above, max(xs) + beside, max(ys) + above


def letter_boxes(programme: Programme, looks: Sequence[TextAtTime]) -> Iterator[SceneBox]:
    """The lines of text that stay in place for at least two samples, on the programme's frames."""
    neighbours = zip((None, *looks), looks, (*looks[1:], None), strict=False)
    steady = [
        (
            look.time,
            [
                line
                for line in look.lines
                if any(stays(line, other) for beside in (before, after) if beside for other in beside.lines)
            ],
        )
        for before, look, after in neighbours
    ]
    for start, end, lines in _on_frames(programme, steady):
        for line in lines:
            box = _box(programme, start, (line.left, line.top, line.right, line.bottom))
            if box:
                yield SceneBox("letters", box, start, end)


def _on_frames(
    programme: Programme, samples: Sequence[tuple[Fraction, list[T]]]
) -> Iterator[tuple[int, int, list[T]]]:
    """The frames (from, until) of the programme that show each sample of the content."""
    step = min((later - one for (one, _), (later, _) in pairwise(samples)), default=Fraction(1, 5))
    for time, things in samples:
        moment = programme.when(time) if things else None
        if moment is not None:
            start = round(moment * programme.rate)
            yield start, max(start + 1, round((moment + step) * programme.rate)), things


def _box(programme: Programme, frame: int, shares: Shares) -> Box | None:
    assert programme.framing is not None
    return programme.framing.box(frame, *shares)
