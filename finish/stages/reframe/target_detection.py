"""What a crop follows in each shot: faces; while they turn away, the bodies of the same people; without faces, people from any
side, and animals; without those, salient regions.

Later kinds cost more, so they are asked only where the earlier ones leave part of a clip empty.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Protocol, TypeVar

from finish.analysis.faces import Faces
from finish.analysis.people import Bodies
from finish.analysis.saliency import Saliency
from finish.analysis.shots import Shots
from finish.analysis.text_detection import TextDetection
from finish.model import Ask, Measure, Programme
from finish.stages.reframe.crop_choice import Shot
from finish.stages.reframe.crop_window import CropWindow
from finish.stages.reframe.saliency_target import salient_subjects
from finish.stages.reframe.settings import SubjectChoice
from finish.stages.reframe.subject_tracks import (
    BODIES,
    BRIDGE,
    BoxesAtTime,
    ScoredBox,
    Subject,
    main_tracks,
    subjects,
)

NEAR = Fraction(1, 5)  # s: half of the time between two looks at bodies


def shot_subjects(
    whom: SubjectChoice, letters: bool, programme: Programme, window: CropWindow, ask: Ask
) -> list[Shot]:
    """The shots of a clip with their subjects, and with their lines of letters where those are wanted."""
    clip = programme.conformed
    cuts, looks = ask(Measure(Shots(), clip)).cuts, ask(Measure(Faces(), clip)).looks
    reads, share = ask(Measure(TextDetection(), clip)).looks if letters else (), float(window.share)
    spans = list(pairwise((Fraction(0), *cuts, max(programme.duration, *cuts, Fraction(0)) + 1)))
    faces = [BoxesAtTime(look.time, look.faces) for look in looks]
    shots = [
        Shot(*span, here := within(faces, span), subjects(here, share, window.across), within(reads, span))
        for span in spans
    ]
    where = tuple((shot.start, shot.end) for shot in shots if _empty(shot))
    if whom == "faces" or not where:
        return shots
    people, eyes = Measure(Bodies(where), clip), Measure(Saliency(where), clip)
    if whom == "any":
        ask.prepare([people, eyes])  # one decode for both
    bodies = [
        BoxesAtTime(look.time, [body for body in look.bodies if whom == "any" or body.what == "person"])
        for look in ask(people).looks
    ]
    shots = [_with_bodies(shot, within(bodies, (shot.start, shot.end)), window) for shot in shots]
    if whom == "people" or all(shot.subjects for shot in shots):
        return shots
    gazes = ask(eyes).looks
    return [
        shot
        if shot.subjects
        else replace(
            shot, subjects=salient_subjects(within(gazes, (shot.start, shot.end)), share, window.across)
        )
        for shot in shots
    ]


class AtTime(Protocol):
    """What is of one moment (s)."""

    @property
    def time(self) -> Fraction: ...


T = TypeVar("T", bound=AtTime)


def within(looks: Iterable[T], span: tuple[Fraction, Fraction]) -> list[T]:
    """Those from the start of a span until before its end."""
    return [look for look in looks if span[0] <= look.time < span[1]]


def _with_bodies(shot: Shot, bodies: Sequence[BoxesAtTime], window: CropWindow) -> Shot:
    """A shot with the bodies of people while their faces aren't visible; a shot without a face that counts is about bodies."""
    faces = bool(main_tracks(shot.looks))
    theirs = _theirs(bodies, shot.looks) if faces else bodies
    more = [
        replace(subject, of="body")
        for subject in subjects(theirs, float(window.share), window.across, BODIES)
    ]
    added = [subject for subject in more if _alone(subject.time, shot.subjects)]
    found = replace(shot, subjects=sorted((*shot.subjects, *added), key=lambda subject: subject.time))
    return found if faces else replace(found, crowd=bodies, kind=BODIES)


def _theirs(bodies: Sequence[BoxesAtTime], faces: Sequence[BoxesAtTime]) -> list[BoxesAtTime]:
    """The bodies of people whose faces are visible at some time: a crop that waits for somebody must not follow a passer-by."""
    found: list[list[ScoredBox]] = [[] for _ in bodies]
    for track in main_tracks(bodies, BODIES):
        if any(
            _holds(box, near) for number, box in track.seen for near in _about(bodies[number].time, faces)
        ):
            for number, box in track.seen:
                found[number].append(box)
    return [BoxesAtTime(look.time, boxes) for look, boxes in zip(bodies, found, strict=True)]


def _about(time: Fraction, looks: Sequence[BoxesAtTime]) -> list[ScoredBox]:
    first = bisect_left(looks, time - NEAR, key=lambda look: look.time)
    return [box for look in looks[first : first + 3] if look.time <= time + NEAR for box in look.boxes]


def _holds(body: ScoredBox, face: ScoredBox) -> bool:
    x, y = (face.left + face.right) / 2, (face.top + face.bottom) / 2
    return body.left <= x <= body.right and body.top <= y <= body.bottom


def _empty(shot: Shot) -> bool:
    """Whether in some look nobody is there, nor was a moment before, nor will be a moment later."""
    return any(_alone(look.time, shot.subjects) for look in shot.looks)


def _alone(time: Fraction, subjects: Sequence[Subject]) -> bool:
    near = bisect_left(subjects, time - BRIDGE, key=lambda subject: subject.time)
    return near == len(subjects) or subjects[near].time > time + BRIDGE


def leading_kind(time: Fraction, subjects: Sequence[Subject]) -> str:
    """What leads the crop at a time (s): what was seen nearest to it, if that is near; "" if nothing was."""
    after = bisect_left(subjects, time, key=lambda subject: subject.time)
    near = min(
        subjects[max(0, after - 1) : after + 1], key=lambda subject: abs(subject.time - time), default=None
    )
    return near.of if near and abs(near.time - time) <= NEAR else ""
