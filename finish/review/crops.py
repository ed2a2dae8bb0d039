"""What a crop takes of a clip: its own frames with the window, whom it follows, and what is left out darkened."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import numpy as np

from finish.analyse.faces import FaceFacts, Look
from finish.model import Deliverable, Limits, Programme
from finish.review.frames import Film, Pixels, frames, small
from finish.review.moments import moments, tidy
from finish.review.page import Cell, Page, Row, Section
from finish.units import Box, Size, scaled

_DARKER: Final = 0.35
_WINDOW: Final = np.array((255, 255, 255), np.uint8)
_FACE: Final = np.array((255, 196, 0), np.uint8)
_LINE: Final = 2    # px
_TOLD: Final = 4    # scores below a frame


def anywhere(one: Deliverable) -> Deliverable:
    """The deliverable without its destination's limits: a clip that is too long is looked at all the same."""
    return Deliverable(one.name, one.source, one.delivery.model_copy(update={"limits": Limits()}), one.settings, one.where, one.locked)


def page(clip: Programme, planned: Sequence[tuple[str, Programme]], faces: FaceFacts, cuts: Sequence[Fraction], most: int) -> Page:
    """A row for each deliverable of a clip, by its name; `clip` is the clip as it is read, `faces` and `cuts` what was seen in it."""
    chosen = moments([programme for _, programme in planned], cuts, most)
    steady = clip.picture.filter("fps", fps=clip.rate, start_time=0, round="near")
    rows = []
    for name, programme in planned:
        times = {time: _of_clip(programme.where(time), clip) for time in chosen.times if time < programme.duration}
        seen = frames([Film(clip, steady, small(clip.frame))], tuple(dict.fromkeys(times.values())))
        cells = [_cell(seen[0, at], programme, time, _look(faces, at), chosen.head(time)) for time, at in times.items()]
        rows.append(Row(name, " · ".join(tidy(note) for note in programme.notes if "subject" in note or "faces" in note), tuple(cells)))
    detail = "the window as planned, what it leaves out darkened; yellow: faces"
    return Page(tidy(clip.source.path.name), detail, (Section("", "", tuple(rows)),))


def _cell(picture: Pixels, programme: Programme, time: Fraction, look: Look | None, head: str) -> Cell:
    return Cell(_drawn(picture, programme, time, look), head, _told(look))


def _of_clip(moment: Fraction, clip: Programme) -> Fraction:
    return min(max(moment, Fraction(0)), clip.duration - 1 / clip.rate)


def _look(faces: FaceFacts, at: Fraction) -> Look | None:
    """The last look at the clip until then."""
    number = bisect_right(faces.looks, at, key=lambda look: look.time) - 1
    return faces.looks[number] if number >= 0 else None


def _told(look: Look | None) -> str:
    scores = sorted((face.score for face in look.faces), reverse=True) if look else []
    more = " …" if len(scores) > _TOLD else ""
    return "faces " + ", ".join(f"{score:.2f}" for score in scores[:_TOLD]) + more if scores else "no face"


def _drawn(picture: Pixels, programme: Programme, time: Fraction, look: Look | None) -> Pixels:
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
    for face in look.faces if look else ():
        _outline(drawn, Box(*(round(each) for each in (face.left * wide, face.top * high, face.right * wide, face.bottom * high))), _FACE)
    return drawn


def _outline(picture: Pixels, box: Box, ink: Pixels) -> None:
    left, right = max(0, box.left), min(picture.shape[1], box.right)
    top, bottom = max(0, box.top), min(picture.shape[0], box.bottom)
    for rows, columns in (
        (slice(top, top + _LINE), slice(left, right)), (slice(max(top, bottom - _LINE), bottom), slice(left, right)),
        (slice(top, bottom), slice(left, left + _LINE)), (slice(top, bottom), slice(max(left, right - _LINE), right)),
    ):
        picture[rows, columns] = ink
