"""A crop's way through a clip, as a person can read and change it in the lock file."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import isfinite
from typing import Any

from finish.model import Note, OddValue, Values, reading_lock
from finish.stages.reframe.camera_path import CameraPath, hold
from finish.stages.reframe.crop_commands import CropLeg, Panel


@dataclass(frozen=True)
class CropKeyframes:
    """Where the crop's middle stands, shot by shot, and what is to be said of it."""

    legs: tuple[CropLeg, ...]
    notes: tuple[Note, ...] = ()

    @property
    def values(self) -> dict[str, Any]:
        """Each shot by the second in which it begins: `centre` where the crop holds, else `path`, five positions a second
        from `start`; `layout: fit` where all is shown instead, `wide` a wider window, `stack` its two `panels` of [x, y, width]."""
        return {"shots": [_shot(leg) for leg in self.legs], "notes": [note.values for note in self.notes]}

    @classmethod
    def read(cls, values: Values) -> CropKeyframes:
        """The way in a lock file; SpecError for what is none."""
        with reading_lock("reframe"):
            legs = [_leg(each) for each in values["shots"]]
            if (
                not legs
                or legs[0].start != 0
                or any(one.start >= other.start for one, other in pairwise(legs))
            ):
                raise OddValue("shots begin at 0, and each later than the one before")
            return cls(tuple(legs), tuple(map(Note.read, values.get("notes", ()))))


def _shot(leg: CropLeg) -> dict[str, Any]:
    start: dict[str, Any] = {
        "from": float(leg.start),
        **({"layout": "fit"} if leg.fit else {"layout": "wide"} if leg.wide else {}),
    }
    if leg.panels:
        return {**start, "layout": "stack", "panels": [[each.x, each.y, each.width] for each in leg.panels]}
    return (
        {**start, "centre": leg.path.knots[0]}
        if leg.path.held
        else {**start, "start": leg.path.start, "path": list(leg.path.knots)}
    )


def _leg(shot: Values) -> CropLeg:
    start = Fraction(float(shot["from"])).limit_denominator(1_000_000)
    fit = {"crop": False, "fit": True, "stack": False, "wide": False}[shot.get("layout", "crop")]
    if shot.get("layout") == "stack":
        upper, lower = (Panel(*map(_share, each)) for each in shot["panels"])
        return CropLeg(start, hold(0.5), panels=(upper, lower))
    if "centre" in shot:
        return CropLeg(start, hold(_share(shot["centre"])), fit=fit, wide=shot.get("layout") == "wide")
    first, knots = float(shot["start"]), tuple(map(_share, shot["path"]))
    if not knots or not isfinite(first):
        raise OddValue("a path has a start and positions")
    return CropLeg(start, CameraPath(first, knots), fit=fit)


def _share(value: Any) -> float:
    share = float(value)
    if not 0 <= share <= 1:
        raise OddValue(f"{value} is no share of the picture")
    return share
