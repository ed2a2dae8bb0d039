"""A simulated encoder and limiter, known to the last decibel, for the tests of the sound stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from finish import graph
from finish.analysis.loudness import Loudness, LoudnessFacts
from finish.checks import loudness_check
from finish.graph import Stream
from finish.model import CheckResult, ClipProgramme, Delivery, Measure, Programme, Promise, Source
from finish.stages import sound as stage
from finish.stages.sound.gain_search import LimiterSetting
from finish.stages.sound.limiter_report import LimiterFacts, LimiterReport
from finish.units import Size, decibels, digest

RAW = graph.source("audio", "content", "clip.wav", index=0, demuxer="wav")


DELIVERY = Delivery.model_validate({"frame": "320x180", "rates": {"low": 24, "high": 60, "otherwise": 30}})


FACTS = LoudnessFacts(-20.0, -8.0, -8.0, 5.0, -18.0, -15.0, 10.0, False)


class World:
    """A simulated encoder and limiter.

    The encoder adds `bias` LU and `overshoot` dB, each ± `whim`; the limiter takes `hold` of what is far
    above it.
    """

    def __init__(
        self,
        raw: LoudnessFacts,
        *,
        bias: float = -0.05,
        overshoot: float = 0.1,
        whim: float = 0.0,
        hold: float = 0.3,
    ) -> None:
        self.raw, self.bias, self.overshoot, self.whim, self.hold = raw, bias, overshoot, whim, hold
        self.encodes = 0

    def encoded(self, dose: LimiterSetting) -> LoudnessFacts:
        self.encodes += 1
        facts = self.plain(dose)
        luck = int(digest(str(dose))[:4], 16) / 0xFFFF * 2 - 1
        return replace(
            facts,
            integrated=facts.integrated + self.bias + luck * self.whim,
            true_peak=facts.true_peak + self.overshoot - luck * self.whim,
        )

    def plain(self, dose: LimiterSetting) -> LoudnessFacts:
        assert self.raw.integrated is not None
        peak = self.raw.true_peak + dose.gain
        over = 0.0 if dose.limit is None else max(0.0, peak - dose.limit)
        lost = self.hold * over * over / (over + 3)
        return replace(self.raw, integrated=self.raw.integrated + dose.gain - lost, true_peak=peak - over)

    def __call__(self, question: Measure[Any]) -> Any:
        if isinstance(question.analyser, LimiterReport):
            return LimiterFacts(2.0, 0.5, 10.0)
        made, dose, encoded = question.of, LimiterSetting(0.0, None), False
        while made.inputs:
            encoded |= made.name == "encode"
            if made.name == "volume":
                dose = replace(dose, gain=float(str(made.arg("volume")).removesuffix("dB")))
            if made.name == "alimiter":
                dose = replace(dose, limit=round(decibels(float(made.arg("limit"))), 2))  # type: ignore[arg-type]
            made = made.inputs[0]
        if self.raw.integrated is None:
            return self.raw
        return self.encoded(dose) if encoded else self.plain(dose)

    def prepare(self, questions: Sequence[Measure[Any]]) -> None: ...


def programme(sound: Stream = RAW) -> Programme:
    source = Source(Path("clip.mp4"), "digest", 1, "mov", Fraction(0), None)
    return ClipProgramme(
        source=source,
        conformed=sound,
        picture=sound,
        sound=sound,
        frame=Size(2, 2),
        rate=Fraction(25),
        frames=25,
    )


def planned(
    world: World, delivery: Delivery = DELIVERY, together: tuple[Stream, ...] = (), **settings: Any
) -> Programme:
    return stage.plan(
        stage.SoundSettings.model_validate(settings), replace(programme(), together=together), delivery, world
    )


def verdicts(world: World, done: Programme) -> dict[str, CheckResult]:
    heard = world(Measure(Loudness(), done.sound.encoded(DELIVERY.sound.encoding())))
    return {promise.name: CheckResult(promise, promise.fact(heard)) for promise in done.promises}


def required(**settings: Any) -> tuple[Promise[Any], ...]:
    """What these settings require of any file."""
    requirements = stage.SoundSettings(**settings).requirements
    return tuple(promise for requirement in requirements for promise in loudness_check.promises(requirement))
