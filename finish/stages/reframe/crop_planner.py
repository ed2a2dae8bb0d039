"""The keyframes of a crop that follows its subject: obeyed from the lock file, or found in the clip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from finish.model import Ask, ClipProgramme, Decision, Note
from finish.stages.reframe import messages
from finish.stages.reframe.camera_path import MOTIONS, QUICK, Motion, follow, still_path
from finish.stages.reframe.crop_choice import Shot, with_layouts
from finish.stages.reframe.crop_keyframes import CropKeyframes, SubjectReport
from finish.stages.reframe.crop_quality import CropQuality, crop_quality, require_inside
from finish.stages.reframe.crop_segments import CropSegment
from finish.stages.reframe.crop_window import CropWindow
from finish.stages.reframe.settings import MotionChoice, ReframeSettings
from finish.stages.reframe.target_detection import leading_kind, shot_subjects
from finish.units import digest

_READIER: Final[dict[MotionChoice, tuple[Motion, ...]]] = {
    "calm": (MOTIONS["calm"], MOTIONS["responsive"], QUICK),
    "responsive": (MOTIONS["responsive"], QUICK),
    "locked": (MOTIONS["locked"],),
}


def decided_keyframes(
    settings: ReframeSettings, programme: ClipProgramme, window: CropWindow, ask: Ask
) -> tuple[CropKeyframes, Decision]:
    """The lock file's keyframes if they are of the same clip and settings, else new ones."""
    subject_matter = _digest(settings, programme, window)
    locked = programme.decided("reframe", subject_matter)
    keyframes = _following(settings, programme, window, ask) if locked is None else CropKeyframes.read(locked)
    return keyframes, Decision("reframe", subject_matter, keyframes.values)


def keyframe_notes(settings: ReframeSettings, keyframes: CropKeyframes) -> tuple[Note, ...]:
    """The notes on keyframes, whether they are new or from the lock file."""
    layouts = messages.layout(keyframes.segments)
    subject = keyframes.subject
    if subject is None:
        return (*keyframes.notes, *layouts)
    if not subject.samples:
        return (messages.no_subject(faces_only=settings.subject == "faces"), *layouts)
    kept = (messages.crop_kept(subject.quality),) if subject.quality else ()
    return (messages.crop(subject, keyframes.segments), *layouts, *kept)


def _digest(settings: ReframeSettings, programme: ClipProgramme, window: CropWindow) -> str:
    """What keyframes depend on; not the frame's size, the look, the captions, or an analyser's version."""
    video = programme.source.video
    # Settings that came later don't change the digest at their defaults: earlier lock files stay valid.
    defaults = {
        "layout": "crop",
        "subject": "faces",
        "inside": ReframeSettings.model_fields["inside"].default,
    }
    changed = [
        str(value) for key, default in defaults.items() if (value := getattr(settings, key)) != default
    ]
    return digest(
        "reframe",
        settings.motion,
        programme.source.digest,
        str(video.index if video else ""),
        str(window.picture),
        str(window.frame.aspect),
        *changed,
    )[:16]


def _following(
    settings: ReframeSettings, programme: ClipProgramme, window: CropWindow, ask: Ask
) -> CropKeyframes:
    """A segment for every shot, around its subjects or in the centre; nothing carries over a cut."""
    shots = shot_subjects(settings.subject, settings.layout == "auto", programme, window, ask)
    segments = [_segment(shot, window, settings) for shot in shots]
    if settings.layout == "auto":
        segments = with_layouts(shots, segments, window)
    if not any(shot.subjects for shot in shots):
        return CropKeyframes(tuple(segments), SubjectReport())
    quality = _quality(settings, programme, shots, segments, window)
    if quality:
        require_inside(quality, settings.inside, programme.rate)
    return CropKeyframes(
        tuple(segments), SubjectReport(_samples(shots), quality.rounded if quality else None)
    )


def _segment(shot: Shot, window: CropWindow, settings: ReframeSettings) -> CropSegment:
    """The calmest segment that keeps its people; if none does, the one that keeps the most of them."""
    targets = [(float(subject.time), subject.middle) for subject in shot.subjects]
    if not targets:
        return CropSegment(shot.start, still_path(0.5))
    people = [subject for subject in shot.subjects if subject.kind != "gaze"]
    candidates: list[tuple[float, CropSegment]] = []
    for motion in _READIER[settings.motion]:
        segment = CropSegment(shot.start, follow(targets, window.half, motion))
        inside = crop_quality(people, [segment], float(window.share), 1.0).inside if people else 1.0
        if inside >= settings.inside:
            return segment
        candidates.append((inside, segment))
    return max(candidates, key=lambda candidate: candidate[0])[1]


def _quality(
    settings: ReframeSettings,
    programme: ClipProgramme,
    shots: Sequence[Shot],
    segments: Sequence[CropSegment],
    window: CropWindow,
) -> CropQuality | None:
    """Of the people in cropped shots, outside the ranges that are set by hand; None where there are none."""
    people = [
        subject
        for segment, shot in zip(segments, shots, strict=True)
        if segment.cropped
        for subject in shot.subjects
        if subject.kind != "gaze" and not any(override.holds(subject.time) for override in settings.centre)
    ]
    return crop_quality(people, segments, float(window.share), float(programme.duration)) if people else None


def _samples(shots: Sequence[Shot]) -> tuple[tuple[str, float], ...]:
    """For each kind of subject, the share of the samples of faces that it leads."""
    kinds = [leading_kind(look.time, shot.subjects) for shot in shots for look in shot.looks]
    counts = {kind: kinds.count(kind) for kind in ("face", "body", "gaze")}
    return tuple((kind, round(count / len(kinds), 3)) for kind, count in counts.items() if count)
