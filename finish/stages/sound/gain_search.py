"""The search for gain and limit: numbers in, numbers out; whoever calls it encodes and listens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from finish.analysis.loudness import SILENT, LoudnessFacts
from finish.checks.loudness_targets import LoudnessStandard
from finish.model import OddValue, Values, reading_lock

MOST_GAIN: Final = 32.0  # dB; house: what must be raised further is the recording's noise, not programme
MOST_LIMITING: Final = 8.0  # dB of true peak above the ceiling; house: beyond it a limiter is heard
MAKEUP: Final = 3.0  # dB; house: what limiter and encoder take away is given back, up to this
ENCODES: Final = 5  # listened to at most (design: asks)
CLOSE: Final = 0.05  # LU; half of what is promised, because muxing may move the sound by up to one AAC frame

_OVERSHOOT: Final = (
    0.2  # dB; a first guess: AAC raised limited peaks by −0.3 to +0.13 dB at 192 kbit/s, to +0.4 at 128
)
_SPARE: Final = 0.03  # dB kept below the ceiling beyond the worst overshoot heard
_SLOPES: Final = (0.25, 1.0)  # LU gained by 1 dB of drive into a limiter: at least, at most
_LOWEST: Final = -24.0  # dBTP; FFmpeg's alimiter takes no limit below 1/16
_APART: Final = 0.3  # dB of drive between two tries whose slope is more than the encoder's whims


@dataclass(frozen=True)
class LimiterSetting:
    """What is done to a sound: `gain` in dB, and where its limiter stands (dBTP), None for no limiter. In hundredths."""

    gain: float
    limit: float | None

    @classmethod
    def of(cls, gain: float, limit: float | None) -> LimiterSetting:
        return cls(round(gain, 2), None if limit is None else round(limit, 2))

    @property
    def values(self) -> dict[str, float | None]:
        """As a person can read and change it: dB of gain, and dBTP of the limiter, null for none."""
        return {"gain": self.gain, "limit": self.limit}

    @classmethod
    def read(cls, values: Values) -> LimiterSetting:
        """The dose in a lock file; SpecError for what is none."""
        with reading_lock("sound"):
            gain, limit = float(values["gain"]), values["limit"]
            dose = cls.of(gain, None if limit is None else float(limit))
            if not (
                abs(dose.gain) <= MOST_GAIN + MAKEUP
                and _LOWEST <= (0 if dose.limit is None else dose.limit) <= 0
            ):
                raise OddValue(f"gain {gain:g} dB, limit {limit} dBTP")
            return dose


@dataclass(frozen=True)
class Trial:
    """A dose and what was heard of it once encoded."""

    dose: LimiterSetting
    heard: LoudnessFacts

    @property
    def lufs(self) -> float:
        """An encoder may leave nothing to hear (a tone of 21 kHz)."""
        return SILENT if self.heard.integrated is None else self.heard.integrated


@dataclass(frozen=True)
class AchievableTarget:
    """The loudness (LUFS) that a sound can be given without force; where that isn't the target, `why` shows the arithmetic."""

    lufs: float
    why: str = ""

    @classmethod
    def of(
        cls, aim: LoudnessStandard, lufs: float, peak: float, short_term: float | None = None
    ) -> AchievableTarget:
        """How near to `aim` a sound of `lufs` and true `peak` may come: at most 32 dB up, peaks at most 8 dB above the ceiling, its loudest
        `short_term` loudness no higher than the aim's."""
        wanted = aim.lufs - lufs
        allowed, because = min(
            (MOST_GAIN, f"at most {MOST_GAIN:g} dB of gain is given"),
            (
                aim.ceiling + MOST_LIMITING - peak,
                f"peaks of {peak:.1f} dBTP are driven at most {MOST_LIMITING:g} dB over {aim.ceiling:g} dBTP",
            ),
            *(
                (
                    (
                        aim.short_term - short_term,
                        f"its loudest 3 s, {short_term:.1f} LUFS, may come to {aim.short_term:g}",
                    ),
                )
                if aim.short_term is not None and short_term is not None
                else ()
            ),
        )
        if wanted - allowed <= aim.tolerance:
            return cls(aim.lufs)
        best = round(lufs + allowed, 2)
        return cls(
            best,
            f"{aim.lufs:g} LUFS is out of reach: {lufs:.1f} LUFS needs {wanted:+.1f} dB, but {because}: "
            f"{lufs:.1f} {allowed:+.1f} = {best:.1f} LUFS",
        )


@dataclass(frozen=True)
class _Point:
    """How far a sound was driven into its limit, and how loud it then stood above it, in dB."""

    drive: float
    above: float


@dataclass(frozen=True)
class GainSearch:
    """A sound of `lufs` and true `peak`, to become `wanted` LUFS once encoded with no peak above `ceiling`.

    Limited sound scales with its limiter: loudness above the limit is a function of drive (gain − limit) alone, rising 1 dB
    per dB until the limiter first acts (drive = −peak) and ever slower after. So one curve serves all tries, whatever their
    limits, and a secant on it finds the drive.
    """

    lufs: float
    peak: float
    wanted: float
    ceiling: float

    def run(
        self, listen: Callable[[LimiterSetting], LoudnessFacts], first: LimiterSetting | None = None
    ) -> Trial:
        """The best of at most five doses: no peak above the ceiling first, then the nearest loudness. `first` is a better guess."""
        gain = self.wanted - self.lufs
        dose = first or LimiterSetting.of(
            gain, self.ceiling - _OVERSHOOT if self.peak + gain > self.ceiling else None
        )
        tried: list[Trial] = []
        while len(tried) < ENCODES and all(dose != each.dose for each in tried):
            tried.append(Trial(dose, listen(dose)))
            if self._too_loud(tried[-1]) == 0 and self._off(tried[-1]) <= CLOSE:
                break
            dose = self._next(tried)
        return min(tried, key=lambda each: (self._too_loud(each), self._off(each)))

    def given(self, dose: LimiterSetting, listen: Callable[[LimiterSetting], LoudnessFacts]) -> Trial:
        """A dose that was decided before."""
        return Trial(dose, listen(dose))

    def _next(self, tried: Sequence[Trial]) -> LimiterSetting:
        last = tried[-1]
        room = max(self.ceiling - max(self._overshoot(each) for each in tried) - _SPARE, _LOWEST)
        most = self.wanted - self.lufs + MAKEUP
        if last.dose.limit is None:
            gain = min(last.dose.gain + self.wanted - last.lufs, most)
            return LimiterSetting.of(gain, room if self.peak + gain > room else None)
        limit = min(last.dose.limit, room)
        return LimiterSetting.of(min(self._drive_for(self.wanted - limit, tried) + limit, most), limit)

    def _drive_for(self, above: float, tried: Sequence[Trial]) -> float:
        """The drive at which sound stands `above` its limit: between the tries around it, or out from the last."""
        points = [self._point(each) for each in tried]
        lower = max(
            (point for point in points if point.above <= above), key=lambda point: point.above, default=None
        )
        upper = min(
            (point for point in points if point.above > above), key=lambda point: point.above, default=None
        )
        if lower and upper:
            return lower.drive + (upper.drive - lower.drive) * (above - lower.above) / (
                upper.above - lower.above
            )
        return points[-1].drive + (above - points[-1].above) / self._slope(points)

    def _slope(self, points: Sequence[_Point]) -> float:
        """LU per dB of drive near the last try: to the latest other try that is far enough, or to where limiting begins."""
        last, begins = points[-1], _Point(-self.peak, self.lufs - self.peak)
        for other in (*reversed(points), begins):
            if abs(last.drive - other.drive) >= _APART:
                return min(
                    max((last.above - other.above) / (last.drive - other.drive), _SLOPES[0]), _SLOPES[1]
                )
        return _SLOPES[1]

    def _limit(self, each: Trial) -> float:
        """Where peaks stood before encoding (dBTP): without a limiter, as if one just touched them."""
        gained = self.peak + each.dose.gain
        return gained if each.dose.limit is None else min(gained, each.dose.limit)

    def _point(self, each: Trial) -> _Point:
        return _Point(each.dose.gain - self._limit(each), each.lufs - self._limit(each))

    def _overshoot(self, each: Trial) -> float:
        """dB by which the encoder raised the true peak."""
        return each.heard.true_peak - self._limit(each)

    def _too_loud(self, each: Trial) -> float:
        return max(0.0, each.heard.true_peak - self.ceiling)

    def _off(self, each: Trial) -> float:
        return abs(each.lufs - self.wanted)
