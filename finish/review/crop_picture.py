"""What a crop takes of a clip: its own frames with the window, whom it follows, and what is left out darkened."""

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
from finish.review.moments import moments, tidy
from finish.review.page import PageCell, PageRow, PageSection, SheetPage
from finish.review.small_frames import FrameRequest, Pixels, frames, small
from finish.units import Box, Size, scaled

_DARKER: Final = 0.35
_WINDOW: Final = np.array((255, 255, 255), np.uint8)
_NAMES: Final = ("faces", "bodies")
_INKS: Final = (np.array((255, 196, 0), np.uint8), np.array((64, 160, 255), np.uint8))
_CODES: Final = frozenset({"crop", "crop-kept", "no-subject"})  # of notes on the crop
T = TypeVar("T", FacesAtTime, BodiesAtTime)
There = tuple[Sequence[FaceBox | BodyBox], Sequence[FaceBox | BodyBox]]  # faces, bodies
_LINE: Final = 2  # px
_TOLD: Final = 4  # scores below a frame


@dataclass(frozen=True)
class ClipSightings:
    """What was seen in a clip: faces, bodies (None: nobody asked), and where its shots begin (s)."""

    faces: FaceFacts
    bodies: BodyFacts | None
    cuts: Sequence[Fraction]

    def near(self, at: Fraction) -> There:
        """The faces and the bodies of the last looks at the clip until then."""
        look, sight = _last(self.faces.looks, at), _last(self.bodies.looks if self.bodies else (), at)
        return look.faces if look else (), sight.bodies if sight else ()


def page(
    clip: Programme, planned: Sequence[tuple[str, Programme]], spotted: ClipSightings, most: int
) -> SheetPage:
    """A row for each deliverable of a clip, by its name; `clip` is the clip as it is read."""
    chosen = moments([programme for _, programme in planned], spotted.cuts, most)
    steady = clip.picture.filter("fps", fps=clip.rate, start_time=0, round="near")
    rows = []
    for name, programme in planned:
        times = {
            time: _of_clip(programme.where(time), clip) for time in chosen.times if time < programme.duration
        }
        seen = frames([FrameRequest(clip, steady, small(clip.frame))], tuple(dict.fromkeys(times.values())))
        cells = [
            _cell(seen[0, at], programme, time, spotted.near(at), chosen.head(time))
            for time, at in times.items()
        ]
        rows.append(
            PageRow(
                name, " · ".join(tidy(note) for note in programme.notes if note.code in _CODES), tuple(cells)
            )
        )
    detail = "the window as planned, what it leaves out darkened; yellow: faces" + (
        "; blue: bodies" if spotted.bodies else ""
    )
    return SheetPage(tidy(clip.source.path.name), detail, (PageSection("", "", tuple(rows)),))


def _cell(picture: Pixels, programme: Programme, time: Fraction, there: There, head: str) -> PageCell:
    told = ", ".join(_told(name, boxes) for name, boxes in zip(_NAMES, there, strict=True) if boxes)
    return PageCell(_drawn(picture, programme, time, there), head, told or "nobody")


def _of_clip(moment: Fraction, clip: Programme) -> Fraction:
    return min(max(moment, Fraction(0)), clip.duration - 1 / clip.rate)


def _last(looks: Sequence[T], at: Fraction) -> T | None:
    number = bisect_right(looks, at, key=lambda look: look.time) - 1
    return looks[number] if number >= 0 else None


def _told(name: str, boxes: Sequence[FaceBox | BodyBox]) -> str:
    scores = sorted((box.score for box in boxes), reverse=True)
    return (
        f"{name} "
        + ", ".join(f"{score:.2f}" for score in scores[:_TOLD])
        + (" …" if len(scores) > _TOLD else "")
    )


def _drawn(picture: Pixels, programme: Programme, time: Fraction, there: There) -> Pixels:
    high, wide = picture.shape[:2]
    drawn = (picture * _DARKER).astype(np.uint8)
    if programme.framing:
        panes = programme.framing.panes(int(time * programme.rate))
        windows = [scaled(pane.shown, programme.framing.picture, Size(wide, high)) for pane in panes]
        for window in windows:
            inside = (slice(window.top, window.bottom), slice(window.left, window.right))
            drawn[inside] = picture[inside]
        for window in windows:
            _outline(drawn, window, _WINDOW)
    for boxes, ink in zip(there, _INKS, strict=True):
        for box in boxes:
            _outline(
                drawn,
                Box(
                    *(
                        round(each)
                        for each in (box.left * wide, box.top * high, box.right * wide, box.bottom * high)
                    )
                ),
                ink,
            )
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
