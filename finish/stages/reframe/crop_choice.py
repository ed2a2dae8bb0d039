"""Crop or another layout for each shot, by how much of its subjects a crop holds and what text it cuts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from statistics import fmean, median
from typing import Final

from finish.analysis.text_detection import TextAtTime, TextBox, stays
from finish.stages.reframe.camera_path import still_path
from finish.stages.reframe.crop_framing import WIDER
from finish.stages.reframe.crop_quality import crop_quality
from finish.stages.reframe.crop_segments import CropSegment
from finish.stages.reframe.crop_window import CropWindow
from finish.stages.reframe.split_panels import two_panels
from finish.stages.reframe.subject_choice import Subject, coverage, subjects
from finish.stages.reframe.subject_tracks import FACES, BoxesAtTime, SubjectKind

# Share of a shot's subjects that a crop must hold (SmartVidCrop pads below 0.6, AutoFlip below what it
# requires).
COVERED: Final = 0.85
# s; a shorter shot keeps the layout of the one before, because frequent changes distract.
SHORTEST: Final = Fraction(2)
SHIFT: Final = 0.1  # of the picture: how far a still crop can move aside for text
_STEPS: Final = 20  # positions that are compared on either side
_LEAST, _MOST = 0.01, 0.99  # of the length of a line: between them, a letter is cut
_TITLE: Final = 0.08  # of the picture: shorter lines are signs, or logos in corners
_MARGIN: Final = 0.02  # of the picture: what the detector can miss of a first or last letter
_KEPT: Final = 0.95  # of a subject: how much of it must stay when a crop moves aside


@dataclass(frozen=True)
class Shot:
    """A shot from `start` to `end` (s).

    `looks` are samples of its faces, `subjects` what a crop follows, `reads` samples of its text. Without a
    face that counts, `crowd` has samples of the `kind` of subject that the shot is about.
    """

    start: Fraction
    end: Fraction
    looks: Sequence[BoxesAtTime]
    subjects: Sequence[Subject]
    reads: Sequence[TextAtTime]
    crowd: Sequence[BoxesAtTime] = ()
    kind: SubjectKind = FACES

    @property
    def about(self) -> Sequence[BoxesAtTime]:
        """The samples of what the shot is about."""
        return self.crowd or self.looks


def with_layouts(
    shots: Sequence[Shot], segments: Sequence[CropSegment], window: CropWindow
) -> list[CropSegment]:
    """The segments of the shots, each with its layout.

    A layout is a crop, which can move aside for text if it is still; two people, one above the other; a
    wider window; or the whole picture.
    """
    result: list[CropSegment] = []
    for shot, segment in zip(shots, segments, strict=True):
        brief = shot.end - shot.start < SHORTEST
        fit_before = bool(result) and result[-1].fit
        result.append(replace(segment, fit=fit_before) if brief else _with_layout(shot, segment, window))
    return result


def _with_layout(shot: Shot, segment: CropSegment, window: CropWindow) -> CropSegment:
    share = float(window.share)
    lines = [line for line in _lasting_lines(shot.reads) if not _on_a_face(line, shot.looks)]
    covered = coverage(shot.about, share, window.across, shot.kind)
    if covered is None or covered >= COVERED:
        clear = _clear_of(lines, shot.subjects, segment, share, window.across)
        return clear or replace(segment, fit=True)
    panels = () if lines or shot.crowd else two_panels(shot.looks, window)
    if panels:
        return replace(segment, panels=panels, path=still_path(0.5))
    return _widened(shot, lines, segment, window) or replace(segment, fit=True)


def _widened(
    shot: Shot, lines: Sequence[TextBox], segment: CropSegment, window: CropWindow
) -> CropSegment | None:
    """A still window a little wider than a crop, if it holds enough of the subjects and cuts no text."""
    share = min(1.0, WIDER * float(window.share))
    if not window.across or (coverage(shot.about, share, True, shot.kind) or 0) < COVERED:
        return None
    held = subjects(shot.about, share, True, shot.kind)
    middle = min(max(median(subject.middle for subject in held), share / 2), 1 - share / 2)
    wide = replace(segment, path=still_path(round(middle, 4)), wide=True)
    return (
        _clear_of(lines, held, wide, share, True)
        if crop_quality(held, [wide], share, 1.0).covered >= COVERED
        else None
    )


def _lasting_lines(reads: Sequence[TextAtTime]) -> list[TextBox]:
    """The lines, long enough for titles, that are in the same place in two successive samples."""
    return [
        line
        for one, other in pairwise(reads)
        for line in one.lines
        if line.right - line.left >= _TITLE and any(stays(line, later) for later in other.lines)
    ]


def _on_a_face(line: TextBox, looks: Sequence[BoxesAtTime]) -> bool:
    """Whether detected text is on a face: hair, eyes or a collar."""
    x, y = (line.left + line.right) / 2, (line.top + line.bottom) / 2
    return any(
        face.left <= x <= face.right and face.top <= y <= face.bottom for look in looks for face in look.boxes
    )


def _clear_of(
    lines: Sequence[TextBox], subjects: Sequence[Subject], segment: CropSegment, share: float, across: bool
) -> CropSegment | None:
    """The segment if it cuts no text, else a still one beside it that keeps the subject, else None."""
    spans = [
        (max(0.0, low - _MARGIN), min(1.0, high + _MARGIN))
        for low, high in ((line.left, line.right) if across else (line.top, line.bottom) for line in lines)
    ]
    if not _cuts(spans, segment.path.knots, share):
        return segment
    if not segment.path.held:
        return None
    middle = segment.path.knots[0]
    for step in range(1, _STEPS + 1):
        for side in (middle - SHIFT * step / _STEPS, middle + SHIFT * step / _STEPS):
            moved = replace(segment, path=still_path(round(side, 4)))
            if (
                share / 2 <= side <= 1 - share / 2
                and not _cuts(spans, (side,), share)
                and _keeps(subjects, moved, share)
            ):
                return moved
    return None


def _keeps(subjects: Sequence[Subject], segment: CropSegment, share: float) -> bool:
    return not subjects or crop_quality(subjects, [segment], share, 1.0).covered >= _KEPT


def _cuts(spans: Iterable[tuple[float, float]], middles: Sequence[float], share: float) -> bool:
    """Whether a window at the mean of `middles` shows only a part of any span."""
    middle = fmean(middles)
    low_edge, high_edge = middle - share / 2, middle + share / 2
    inside = (
        max(0.0, min(high, high_edge) - max(low, low_edge)) / max(1e-9, high - low) for low, high in spans
    )
    return any(_LEAST < share_inside < _MOST for share_inside in inside)
