"""What a crop follows in each shot.

A crop follows faces and, while they turn away, the bodies of the same people; without faces, people from
any side, and animals; without those, salient regions. Later kinds cost more, so their questions are asked
only where the earlier ones leave part of a clip empty.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Final, Protocol, TypeVar

from finish.analysis.faces import Faces
from finish.analysis.people import Bodies
from finish.analysis.saliency import Saliency
from finish.analysis.shots import Shots
from finish.analysis.text_detection import TextDetection
from finish.model import Ask, ClipProgramme, Measure
from finish.stages.reframe.crop_choice import Shot
from finish.stages.reframe.crop_window import CropWindow
from finish.stages.reframe.saliency_target import salient_subjects
from finish.stages.reframe.settings import SubjectChoice
from finish.stages.reframe.subject_choice import Subject, subjects
from finish.stages.reframe.subject_tracks import BODIES, BRIDGE, BoxesAtTime, ScoredBox, main_tracks

NEAR: Final = Fraction(1, 5)  # s: half of the time between two samples of bodies


def shot_subjects(
    choice: SubjectChoice, text: bool, programme: ClipProgramme, window: CropWindow, ask: Ask
) -> list[Shot]:
    """The shots of a clip with their subjects, and with their lines of `text` if the layout needs them."""
    clip, share = programme.conformed, float(window.share)
    shots = _face_shots(text, programme, window, ask)
    empty = tuple((shot.start, shot.end) for shot in shots if _empty(shot))
    if choice == "faces" or not empty:
        return shots
    people, saliency = Measure(Bodies(empty), clip), Measure(Saliency(empty), clip)
    if choice == "any":
        ask.prepare([people, saliency])  # one decode for both
    bodies = [
        BoxesAtTime(look.time, [body for body in look.bodies if choice == "any" or body.what == "person"])
        for look in ask(people).looks
    ]
    shots = [_with_bodies(shot, within(bodies, (shot.start, shot.end)), window) for shot in shots]
    if choice == "people" or all(shot.subjects for shot in shots):
        return shots
    attention = ask(saliency).looks
    return [
        shot
        if shot.subjects
        else replace(
            shot, subjects=salient_subjects(within(attention, (shot.start, shot.end)), share, window.across)
        )
        for shot in shots
    ]


def _face_shots(text: bool, programme: ClipProgramme, window: CropWindow, ask: Ask) -> list[Shot]:
    """The shots of a clip with faces as their subjects."""
    clip, share = programme.conformed, float(window.share)
    cuts, looks = ask(Measure(Shots(), clip)).cuts, ask(Measure(Faces(), clip)).looks
    reads = ask(Measure(TextDetection(), clip)).looks if text else ()
    faces = [BoxesAtTime(look.time, look.faces) for look in looks]
    shots = []
    for span in pairwise((Fraction(0), *cuts, max(programme.duration, *cuts, Fraction(0)) + 1)):
        samples = within(faces, span)
        shots.append(Shot(*span, samples, subjects(samples, share, window.across), within(reads, span)))
    return shots


class AtTime(Protocol):
    """A sample at one time (s)."""

    @property
    def time(self) -> Fraction: ...


T = TypeVar("T", bound=AtTime)


def within(looks: Iterable[T], span: tuple[Fraction, Fraction]) -> list[T]:
    """The samples from the start of a span until before its end."""
    return [look for look in looks if span[0] <= look.time < span[1]]


def _with_bodies(shot: Shot, bodies: Sequence[BoxesAtTime], window: CropWindow) -> Shot:
    """A shot with the bodies of people while their faces aren't visible.

    A shot without a face that counts is about bodies.
    """
    has_faces = bool(main_tracks(shot.looks))
    followed = _with_visible_faces(bodies, shot.looks) if has_faces else bodies
    candidates = [
        replace(subject, kind="body")
        for subject in subjects(followed, float(window.share), window.across, BODIES)
    ]
    added = [subject for subject in candidates if _nobody_near(subject.time, shot.subjects)]
    merged = replace(shot, subjects=sorted((*shot.subjects, *added), key=lambda subject: subject.time))
    return merged if has_faces else replace(merged, crowd=bodies, kind=BODIES)


def _with_visible_faces(bodies: Sequence[BoxesAtTime], faces: Sequence[BoxesAtTime]) -> list[BoxesAtTime]:
    """The bodies of people whose faces are visible at some time.

    A crop that waits for somebody must not follow a passer-by.
    """
    kept: list[list[ScoredBox]] = [[] for _ in bodies]
    for track in main_tracks(bodies, BODIES):
        if any(
            _holds(box, face)
            for number, box in track.boxes
            for face in _boxes_near(bodies[number].time, faces)
        ):
            for number, box in track.boxes:
                kept[number].append(box)
    return [BoxesAtTime(look.time, boxes) for look, boxes in zip(bodies, kept, strict=True)]


def _boxes_near(time: Fraction, looks: Sequence[BoxesAtTime]) -> list[ScoredBox]:
    first = bisect_left(looks, time - NEAR, key=lambda look: look.time)
    return [box for look in looks[first : first + 3] if look.time <= time + NEAR for box in look.boxes]


def _holds(body: ScoredBox, face: ScoredBox) -> bool:
    """Whether the centre of a face is in a body's box."""
    x, y = (face.left + face.right) / 2, (face.top + face.bottom) / 2
    return body.left <= x <= body.right and body.top <= y <= body.bottom


def _empty(shot: Shot) -> bool:
    """Whether a sample has no subject near it in time."""
    return any(_nobody_near(look.time, shot.subjects) for look in shot.looks)


def _nobody_near(time: Fraction, subjects: Sequence[Subject]) -> bool:
    """Whether no subject is within `BRIDGE` of a time (s)."""
    near = bisect_left(subjects, time - BRIDGE, key=lambda subject: subject.time)
    return near == len(subjects) or subjects[near].time > time + BRIDGE


def leading_kind(time: Fraction, subjects: Sequence[Subject]) -> str:
    """The kind of subject that leads the crop at a time (s): the nearest one; "" if none is near."""
    after = bisect_left(subjects, time, key=lambda subject: subject.time)
    near = min(
        subjects[max(0, after - 1) : after + 1], key=lambda subject: abs(subject.time - time), default=None
    )
    return near.kind if near and abs(near.time - time) <= NEAR else ""
