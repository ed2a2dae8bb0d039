"""The corrections of a clip's shots, as people can read and change them in the lock file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from finish.model import OddValue, Values, reading_lock
from finish.stages.colour.colour_settings import Balance
from finish.stages.colour.correction_fitting import PARTS, FittedCorrection


@dataclass(frozen=True)
class MatchedShot:
    """A shot from `start` (s) until the next one, and its correction."""

    start: Fraction
    correction: FittedCorrection

    @property
    def values(self) -> Mapping[str, object]:
        """One line of the lock file: the start, the parts of the correction, and how well it matches."""
        correction = self.correction
        return {
            "from": float(self.start),
            **{part: getattr(correction.balance, part) for part in PARTS},
            "scene": "same" if correction.same_scene else "other",
            "before": correction.before,
            "after": correction.after,
        }

    @classmethod
    def read(cls, values: Values) -> MatchedShot:
        """The shot in a line of a lock file, inside `reading_lock`."""
        balance = {part: value for part, value in values.items() if part in Balance.model_fields}
        correction = FittedCorrection(
            Balance.model_validate(balance),
            values.get("scene") == "same",
            float(values.get("before", 0)),
            float(values.get("after", 0)),
        )
        return cls(Fraction(float(values["from"])).limit_denominator(1_000_000), correction)


@dataclass(frozen=True)
class ShotCorrections:
    """The corrections of all shots of a clip, in order; the first starts at 0."""

    shots: tuple[MatchedShot, ...]

    @property
    def values(self) -> Values:
        """The corrections as the lock file keeps them."""
        return {"shots": [shot.values for shot in self.shots]}

    @classmethod
    def read(cls, values: Values) -> ShotCorrections:
        """The corrections in a lock file. SpecError for values that are out of order or out of range."""
        with reading_lock("colour"):
            shots = tuple(map(MatchedShot.read, values["shots"]))
            starts = [shot.start for shot in shots]
            if not starts or starts[0] != 0 or any(one >= other for one, other in pairwise(starts)):
                raise OddValue("shots must start at 0, and each later than the one before")
            return cls(shots)

    def at(self, time: Fraction) -> FittedCorrection:
        """The correction of the shot that contains a time (s)."""
        return [shot for shot in self.shots if shot.start <= time][-1].correction
