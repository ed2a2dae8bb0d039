"""The crop sheet: a clip's own frames with the crop window and its subjects.

The parts outside the crop are darkened.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeVar

import numpy as np

from finish.analysis.faces import FaceBox, FaceFacts, FacesAtTime
from finish.analysis.people import BodiesAtTime, BodyBox, BodyFacts
from finish.model import Programme
from finish.review.moments import Moments, moments, tidy
from finish.review.page import PageCell, PageRow, PageSection, SheetPage
from finish.review.small_frames import FrameRequest, Pixels, frames, small
from finish.units import Box, Size, scaled

_DARKER: Final = 0.35
_WINDOW: Final = np.array((255, 255, 255), np.uint8)
_KINDS: Final = ("faces", "bodies")
_INKS: Final = (np.array((255, 196, 0), np.uint8), np.array((64, 160, 255), np.uint8))  # of faces and bodies
_CROP_NOTES: Final = frozenset({"crop", "crop-kept", "no-subject"})  # codes of notes about the crop
_LINE: Final = 2  # px
_MAX_SCORES: Final = 4  # below a frame
T = TypeVar("T", FacesAtTime, BodiesAtTime)
Subjects = tuple[Sequence[FaceBox | BodyBox], Sequence[FaceBox | BodyBox]]  # faces, bodies


@dataclass(frozen=True)
class ClipSightings:
    """What analysis found in a clip: faces, bodies, and the starts of shots (s).

    `bodies` is None if analysis didn't look for them.
    """

    faces: FaceFacts
    bodies: BodyFacts | None
    cuts: Sequence[Fraction]

    def near(self, time: Fraction) -> Subjects:
        """The faces and the bodies of the last samples up to a time (s) of the clip."""
        faces = _last(self.faces.looks, time)
        bodies = _last(self.bodies.looks if self.bodies else (), time)
        return faces.faces if faces else (), bodies.bodies if bodies else ()


def page(
    clip: Programme, planned: Sequence[tuple[str, Programme]], sightings: ClipSightings, most: int
) -> SheetPage:
    """A row for each deliverable of a clip, by its name; `clip` is the clip before any crop."""
    chosen = moments([programme for _, programme in planned], sightings.cuts, most)
    rows = tuple(
        PageRow(name, _crop_notes(programme), _cells(clip, programme, sightings, chosen))
        for name, programme in planned
    )
    facts = ["crop window as planned", "darkened: left out", "yellow: faces"]
    if sightings.bodies:
        facts.append("blue: bodies")
    return SheetPage("Crops", tidy(clip.title), tuple(facts), (PageSection("", (), rows),))


def _crop_notes(programme: Programme) -> tuple[str, ...]:
    return tuple(tidy(note) for note in programme.notes if note.code in _CROP_NOTES)


def _cells(
    clip: Programme, programme: Programme, sightings: ClipSightings, chosen: Moments
) -> tuple[PageCell, ...]:
    steady = clip.picture.filter("fps", fps=clip.rate, start_time=0, round="near")
    times = {
        time: _of_clip(programme.where(time), clip) for time in chosen.times if time < programme.duration
    }
    request = FrameRequest(clip, steady, small(clip.frame))
    pictures = frames([request], tuple(dict.fromkeys(times.values())))
    return tuple(
        _cell(pictures[0, of_clip], programme, time, sightings.near(of_clip), chosen.head(time, programme))
        for time, of_clip in times.items()
    )


def _cell(picture: Pixels, programme: Programme, time: Fraction, subjects: Subjects, head: str) -> PageCell:
    words = ", ".join(_scores(kind, boxes) for kind, boxes in zip(_KINDS, subjects, strict=True) if boxes)
    return PageCell(_drawn(picture, programme, time, subjects), head, words or "nobody")


def _of_clip(time: Fraction, clip: Programme) -> Fraction:
    return min(max(time, Fraction(0)), clip.duration - 1 / clip.rate)


def _last(samples: Sequence[T], time: Fraction) -> T | None:
    number = bisect_right(samples, time, key=lambda sample: sample.time) - 1
    return samples[number] if number >= 0 else None


def _scores(kind: str, boxes: Sequence[FaceBox | BodyBox]) -> str:
    """The kind with its boxes' scores, the highest first."""
    scores = sorted((box.score for box in boxes), reverse=True)
    more = " …" if len(scores) > _MAX_SCORES else ""
    return f"{kind} {', '.join(f'{score:.2f}' for score in scores[:_MAX_SCORES])}{more}"


def _drawn(picture: Pixels, programme: Programme, time: Fraction, subjects: Subjects) -> Pixels:
    """The frame with the crop's windows and the outlines of its subjects."""
    height, width = picture.shape[:2]
    drawn = (picture * _DARKER).astype(np.uint8)
    if programme.framing:
        panes = programme.framing.panes(int(time * programme.rate))
        windows = [scaled(pane.crop_box, programme.framing.picture, Size(width, height)) for pane in panes]
        for window in windows:
            inside = (slice(window.top, window.bottom), slice(window.left, window.right))
            drawn[inside] = picture[inside]
        for window in windows:
            _outline(drawn, window, _WINDOW)
    for boxes, ink in zip(subjects, _INKS, strict=True):
        for box in boxes:
            edges = (box.left * width, box.top * height, box.right * width, box.bottom * height)
            _outline(drawn, Box(*(round(edge) for edge in edges)), ink)
    return drawn


def _outline(picture: Pixels, box: Box, ink: Pixels) -> None:
    left, right = max(0, box.left), min(picture.shape[1], box.right)
    top, bottom = max(0, box.top), min(picture.shape[0], box.bottom)
    for rows, columns in (
        (slice(top, top + _LINE), slice(left, right)),
        (slice(max(top, bottom - _LINE), bottom), slice(left, right)),
        (slice(top, bottom), slice(left, left + _LINE)),
        (slice(top, bottom), slice(max(left, right - _LINE), right)),
    ):
        picture[rows, columns] = ink
