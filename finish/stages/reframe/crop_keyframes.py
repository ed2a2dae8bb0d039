"""A crop's keyframes through a clip, as people can read and change them in the lock file."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import isfinite

from finish.model import Note, OddValue, Values, reading_lock
from finish.stages.reframe.camera_path import CameraPath, still_path
from finish.stages.reframe.crop_quality import CropQuality
from finish.stages.reframe.crop_segments import CropSegment, Panel


@dataclass(frozen=True)
class SubjectReport:
    """What the crop follows: for each kind of subject, the share (0 to 1) of samples that it leads.

    `quality` is None if no cropped shot has a person.
    """

    samples: tuple[tuple[str, float], ...] = ()
    quality: CropQuality | None = None

    @property
    def values(self) -> Values:
        """The report as the lock file keeps it: shares and rates with three digits."""
        samples = {"samples": dict(self.samples)}
        if self.quality is None:
            return samples
        return {
            **samples,
            "inside": self.quality.inside,
            "covered": self.quality.covered,
            "reversals": self.quality.reversals,
            "jerk": self.quality.jerk,
        }

    @classmethod
    def read(cls, values: Values) -> SubjectReport:
        """The report in a lock file, inside `reading_lock`."""
        samples = tuple((str(kind), _share(share)) for kind, share in values["samples"].items())
        if "inside" not in values:
            return cls(samples)
        rates = (float(values["reversals"]), float(values["jerk"]))
        return cls(samples, CropQuality(_share(values["inside"]), _share(values["covered"]), (), *rates))


@dataclass(frozen=True)
class CropKeyframes:
    """The segments of a crop, one for each shot, and what they follow; None if they follow nothing.

    `notes` come from a lock file that was written before lock files kept the `subject`.
    """

    segments: tuple[CropSegment, ...]
    subject: SubjectReport | None = None
    notes: tuple[Note, ...] = ()

    @property
    def values(self) -> Values:
        """The keyframes as the lock file keeps them: each shot by the second in which it starts.

        `centre` is the position of a still crop; otherwise, `path` has five positions a second from
        `start`. `layout` is `fit` for the whole picture, `wide` for a wider window, and `stack` for two
        `panels` of [x, y, width].
        """
        shots = {"shots": [_shot_values(segment) for segment in self.segments]}
        if self.subject is not None:
            return {**shots, "subject": self.subject.values}
        return {**shots, "notes": [note.values for note in self.notes]} if self.notes else shots

    @classmethod
    def read(cls, values: Values) -> CropKeyframes:
        """The keyframes in a lock file. SpecError for values that are out of order or out of range."""
        with reading_lock("reframe"):
            segments = tuple(map(_segment, values["shots"]))
            starts = [segment.start for segment in segments]
            if not starts or starts[0] != 0 or any(one >= other for one, other in pairwise(starts)):
                raise OddValue("shots must start at 0, and each later than the one before")
            if "subject" in values:
                return cls(segments, SubjectReport.read(values["subject"]))
            notes = tuple(map(Note.read, values.get("notes", ())))
            return cls(segments, notes=tuple(note for note in notes if note.code != "layout"))


def _shot_values(segment: CropSegment) -> Values:
    """One line of the lock file."""
    start = {
        "from": float(segment.start),
        **({"layout": "fit"} if segment.fit else {"layout": "wide"} if segment.wide else {}),
    }
    if segment.panels:
        panels = [[panel.x, panel.y, panel.width] for panel in segment.panels]
        return {**start, "layout": "stack", "panels": panels}
    if segment.path.held:
        return {**start, "centre": segment.path.knots[0]}
    return {**start, "start": segment.path.start, "path": list(segment.path.knots)}


def _segment(shot: Values) -> CropSegment:
    """The segment in a line of a lock file."""
    start = Fraction(float(shot["from"])).limit_denominator(1_000_000)
    layout = shot.get("layout", "crop")
    fit = {"crop": False, "fit": True, "stack": False, "wide": False}[layout]
    if layout == "stack":
        upper, lower = (Panel(*map(_share, panel)) for panel in shot["panels"])
        return CropSegment(start, still_path(0.5), panels=(upper, lower))
    if "centre" in shot:
        return CropSegment(start, still_path(_share(shot["centre"])), fit=fit, wide=layout == "wide")
    first, knots = float(shot["start"]), tuple(map(_share, shot["path"]))
    if not knots or not isfinite(first):
        raise OddValue("a path must have a start and positions")
    return CropSegment(start, CameraPath(first, knots), fit=fit)


def _share(value: str | float) -> float:
    share = float(value)
    if not 0 <= share <= 1:
        raise OddValue(f"{value} isn't a share of the picture from 0 to 1")
    return share
