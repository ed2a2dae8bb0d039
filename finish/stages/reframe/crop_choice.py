"""Crop or another layout for each shot: by how much of its subjects fits a crop, and by text that a crop would cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from statistics import fmean, median

from finish.analysis.text_detection import TextAtTime, TextBox, stays
from finish.stages.reframe.camera_path import still_path
from finish.stages.reframe.crop_framing import WIDER
from finish.stages.reframe.crop_quality import crop_quality
from finish.stages.reframe.crop_segments import CropSegment
from finish.stages.reframe.crop_window import CropWindow
from finish.stages.reframe.split_panels import two_panels
from finish.stages.reframe.subject_tracks import FACES, BoxesAtTime, Subject, SubjectKind, coverage, subjects

# Share of a shot's subjects that a crop must hold (SmartVidCrop pads below 0.6, AutoFlip below what it requires).
COVERED = 0.85
SHORTEST = Fraction(2)  # s; a shorter shot keeps the layout of the one before: frequent changes distract
SHIFT = 0.1  # of the picture: so far a crop that stands may step aside for letters
_STEPS = 20  # places tried on either side
_LEAST, _MOST = 0.01, 0.99  # of the length of a line: between them some letter is cut
_TITLE = 0.08  # of the picture: shorter lines are signs, or corners' logos
_MARGIN = 0.02  # of the picture: what the detector may miss of a first or last letter
_KEPT = 0.95  # of a subject: so much of it must stay when a crop steps aside


@dataclass(frozen=True)
class Shot:
    """A shot from `start` to `end` (s): samples of its faces (`looks`), the subjects that a crop follows, samples of its text (`reads`).

    Without a face that counts, `crowd` has samples of the `kind` of subject that the shot is about.
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
        return self.crowd or self.looks


def with_layouts(shots: Sequence[Shot], legs: Sequence[CropSegment], window: CropWindow) -> list[CropSegment]:
    """The segments of the shots, each with its layout: a crop, which may move aside for text while it is still; two people one
    above the other; a wider window; or the whole picture."""
    result: list[CropSegment] = []
    for shot, leg in zip(shots, legs, strict=True):
        brief = shot.end - shot.start < SHORTEST
        result.append(
            replace(leg, fit=bool(result) and result[-1].fit) if brief else _chosen(shot, leg, window)
        )
    return result


def _chosen(shot: Shot, leg: CropSegment, window: CropWindow) -> CropSegment:
    share, lines = (
        float(window.share),
        [line for line in _steady(shot.reads) if not _on_a_face(line, shot.looks)],
    )
    covered = coverage(shot.about, share, window.across, shot.kind)
    if covered is None or covered >= COVERED:
        return _clear_of(lines, shot.subjects, leg, share, window.across) or replace(leg, fit=True)
    panels = () if lines or shot.crowd else two_panels(shot.looks, window)
    if panels:
        return replace(leg, panels=panels, path=still_path(0.5))
    return _widened(shot, lines, leg, window) or replace(leg, fit=True)


def _widened(
    shot: Shot, lines: Sequence[TextBox], leg: CropSegment, window: CropWindow
) -> CropSegment | None:
    """A still window that is a little wider than a crop, if it holds enough of the subjects and cuts no text."""
    share = min(1.0, WIDER * float(window.share))
    if not window.across or (coverage(shot.about, share, True, shot.kind) or 0) < COVERED:
        return None
    held = subjects(shot.about, share, True, shot.kind)
    middle = min(max(median(each.middle for each in held), share / 2), 1 - share / 2)
    wide = replace(leg, path=still_path(round(middle, 4)), wide=True)
    return (
        _clear_of(lines, held, wide, share, True)
        if crop_quality(held, [wide], share, 1.0).covered >= COVERED
        else None
    )


def _steady(reads: Sequence[TextAtTime]) -> list[TextBox]:
    """The lines, long enough for titles, that are in the same place in two looks one after the other."""
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
    lines: Sequence[TextBox], subjects: Sequence[Subject], leg: CropSegment, share: float, across: bool
) -> CropSegment | None:
    """The segment if it cuts no line of text, or a still one a little to the side that keeps the subject; None if neither exists."""
    spans = [
        (max(0.0, low - _MARGIN), min(1.0, high + _MARGIN))
        for low, high in ((line.left, line.right) if across else (line.top, line.bottom) for line in lines)
    ]
    if not _cut(spans, leg.path.knots, share):
        return leg
    if not leg.path.held:
        return None
    middle = leg.path.knots[0]
    for step in range(1, _STEPS + 1):
        for side in (middle - SHIFT * step / _STEPS, middle + SHIFT * step / _STEPS):
            moved = replace(leg, path=still_path(round(side, 4)))
            if (
                share / 2 <= side <= 1 - share / 2
                and not _cut(spans, (side,), share)
                and _keeps(subjects, moved, share)
            ):
                return moved
    return None


def _keeps(subjects: Sequence[Subject], leg: CropSegment, share: float) -> bool:
    return not subjects or crop_quality(subjects, [leg], share, 1.0).covered >= _KEPT


def _cut(spans: Iterable[tuple[float, float]], middles: Sequence[float], share: float) -> bool:
    """Whether a window at the mean of `middles` shows only a part of any span."""
    middle = fmean(middles)
    for low, high in spans:
        inside = max(0.0, min(high, middle + share / 2) - max(low, middle - share / 2)) / max(
            1e-9, high - low
        )
        if _LEAST < inside < _MOST:
            return True
    return False
