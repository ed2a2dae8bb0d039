"""The search for gain and limiter, in numbers only: the caller encodes and measures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from finish.analysis.loudness import SILENT, LoudnessFacts
from finish.checks.loudness_targets import LoudnessStandard
from finish.model import OddValue, Values, reading_lock
from finish.stages.sound import messages

MOST_GAIN: Final = 32.0  # dB; house value: more gain raises the recording's noise, not the programme
MOST_LIMITING: Final = (
    8.0  # dB of true peak above the ceiling; house value: a limiter that works harder is audible
)
MAKEUP: Final = 3.0  # dB; house value: how much of what limiter and encoder take away is added again
ENCODES: Final = 5  # at most, each of them measured
# LU; half of the promised tolerance, because muxing can move the sound by up to one AAC frame.
CLOSE: Final = 0.05

# dB; a first guess: AAC raised limited peaks by −0.3 to +0.13 dB at 192 kbit/s, to +0.4 at 128.
_OVERSHOOT: Final = 0.2
_SPARE: Final = 0.03  # dB kept below the ceiling beyond the worst overshoot measured
_SLOPES: Final = (0.25, 1.0)  # LU gained by 1 dB of drive into a limiter: at least, at most
_LOWEST: Final = -24.0  # dBTP; FFmpeg's alimiter takes no limit below 1/16
_APART: Final = 0.3  # dB of drive between two trials whose slope is more than the encoder's scatter


@dataclass(frozen=True)
class LimiterSetting:
    """The processing of a sound: `gain` in dB, and the limiter's ceiling in dBTP (None: no limiter).

    Both are rounded to hundredths. The lock file keeps them, for people to read and change.
    """

    gain: float
    limit: float | None

    @classmethod
    def of(cls, gain: float, limit: float | None) -> LimiterSetting:
        return cls(round(gain, 2), None if limit is None else round(limit, 2))

    @property
    def values(self) -> Values:
        """The setting as the lock file keeps it; no limiter is null."""
        return {"gain": self.gain, "limit": self.limit}

    @classmethod
    def read(cls, values: Values) -> LimiterSetting:
        """The setting in a lock file. SpecError for values that aren't one."""
        with reading_lock("sound"):
            gain, limit = float(values["gain"]), values["limit"]
            setting = cls.of(gain, None if limit is None else float(limit))
            ceiling = 0 if setting.limit is None else setting.limit
            if not (abs(setting.gain) <= MOST_GAIN + MAKEUP and _LOWEST <= ceiling <= 0):
                raise OddValue(f"gain {gain:g} dB, limit {limit} dBTP")
            return setting


@dataclass(frozen=True)
class Trial:
    """A setting, and its measures after encoding."""

    setting: LimiterSetting
    facts: LoudnessFacts

    @property
    def lufs(self) -> float:
        """The integrated loudness; an encoder may leave only silence, for example of a tone of 21 kHz."""
        return SILENT if self.facts.integrated is None else self.facts.integrated


@dataclass(frozen=True)
class AchievableTarget:
    """The loudness (LUFS) that a sound can have within the limits.

    If that isn't the target, `reason` shows the arithmetic.
    """

    lufs: float
    reason: str = ""

    @classmethod
    def of(
        cls, standard: LoudnessStandard, lufs: float, peak: float, short_term: float | None = None
    ) -> AchievableTarget:
        """The target nearest to the standard that a sound of `lufs` and true `peak` (dBTP) can have.

        It takes at most 32 dB of gain, peaks at most 8 dB above the ceiling, and its loudest 3 s
        (`short_term`, LUFS) no louder than the standard's.
        """
        limits = [
            (MOST_GAIN, messages.most_gain(MOST_GAIN)),
            (
                standard.ceiling + MOST_LIMITING - peak,
                messages.most_limiting(peak, MOST_LIMITING, standard.ceiling),
            ),
        ]
        if standard.short_term is not None and short_term is not None:
            reason = messages.most_short_term(short_term, standard.short_term)
            limits.append((standard.short_term - short_term, reason))
        allowed, reason = min(limits)
        if standard.lufs - lufs - allowed <= standard.tolerance:
            return cls(standard.lufs)
        return cls(round(lufs + allowed, 2), messages.unreachable(standard.lufs, lufs, allowed, reason))


@dataclass(frozen=True)
class _Point:
    """How far a sound was driven into its limiter, and its loudness above the limit, both in dB."""

    drive: float
    above: float


@dataclass(frozen=True)
class GainSearch:
    """A sound of `lufs` and true `peak`, which is to have `target` LUFS after encoding, with no peak above
    `ceiling`.

    Limited sound scales with its limiter: loudness above the limit is a function of drive (gain − limit)
    alone, rising 1 dB per dB until the limiter first acts (drive = −peak) and more slowly after that. So one
    curve serves all trials, whatever their limits, and a secant on it finds the drive.
    """

    lufs: float
    peak: float
    target: float
    ceiling: float

    def run(
        self, measure: Callable[[LimiterSetting], LoudnessFacts], first: LimiterSetting | None = None
    ) -> Trial:
        """The best of at most five settings: first no peak above the ceiling, then the nearest loudness.

        `first` is a better first guess.
        """
        gain = self.target - self.lufs
        setting = first or LimiterSetting.of(
            gain, self.ceiling - _OVERSHOOT if self.peak + gain > self.ceiling else None
        )
        trials: list[Trial] = []
        while len(trials) < ENCODES and all(setting != trial.setting for trial in trials):
            trials.append(Trial(setting, measure(setting)))
            if self._over(trials[-1]) == 0 and self._distance(trials[-1]) <= CLOSE:
                break
            setting = self._next(trials)
        return min(trials, key=lambda trial: (self._over(trial), self._distance(trial)))

    def given(self, setting: LimiterSetting, measure: Callable[[LimiterSetting], LoudnessFacts]) -> Trial:
        """The trial of a setting that the lock file states."""
        return Trial(setting, measure(setting))

    def _next(self, trials: Sequence[Trial]) -> LimiterSetting:
        """The setting that the trials suggest."""
        last = trials[-1]
        safe = max(self.ceiling - max(map(self._overshoot, trials)) - _SPARE, _LOWEST)
        most = self.target - self.lufs + MAKEUP
        if last.setting.limit is None:
            gain = min(last.setting.gain + self.target - last.lufs, most)
            return LimiterSetting.of(gain, safe if self.peak + gain > safe else None)
        limit = min(last.setting.limit, safe)
        return LimiterSetting.of(min(self._drive_for(self.target - limit, trials) + limit, most), limit)

    def _drive_for(self, above: float, trials: Sequence[Trial]) -> float:
        """The drive at which the loudness is `above` the limit (dB).

        It is between the trials around it, or beyond the last.
        """
        points = [self._point(trial) for trial in trials]
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
        """LU per dB of drive near the last trial.

        It is measured to the latest other trial that is far enough away, or to where limiting begins.
        """
        last, begins = points[-1], _Point(-self.peak, self.lufs - self.peak)
        for other in (*reversed(points), begins):
            if abs(last.drive - other.drive) >= _APART:
                return min(
                    max((last.above - other.above) / (last.drive - other.drive), _SLOPES[0]), _SLOPES[1]
                )
        return _SLOPES[1]

    def _limit(self, trial: Trial) -> float:
        """The peaks before encoding (dBTP): without a limiter, as if one just touched them."""
        gained = self.peak + trial.setting.gain
        return gained if trial.setting.limit is None else min(gained, trial.setting.limit)

    def _point(self, trial: Trial) -> _Point:
        return _Point(trial.setting.gain - self._limit(trial), trial.lufs - self._limit(trial))

    def _overshoot(self, trial: Trial) -> float:
        """By how many dB the encoder raised the true peak."""
        return trial.facts.true_peak - self._limit(trial)

    def _over(self, trial: Trial) -> float:
        """By how many dB the peaks exceed the ceiling."""
        return max(0.0, trial.facts.true_peak - self.ceiling)

    def _distance(self, trial: Trial) -> float:
        """From the target (LU)."""
        return abs(trial.lufs - self.target)
