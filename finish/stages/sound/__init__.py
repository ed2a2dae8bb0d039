"""Loudness: one static gain, a true-peak limiter where the ceiling demands it, judged by what the encoder makes of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from pydantic import Field, model_validator

from finish import model
from finish.analyse.loudness import RATE, Loudness, LoudnessFacts
from finish.graph import Arg, Stream
from finish.model import Accept, Analyser, Ask, Delivery, Measure, Programme, Promise
from finish.stages.sound.search import Dose, Reach, Search
from finish.stages.sound.targets import TARGETS, Target
from finish.units import gain, number

name: Final = "sound"

_FRAME: Final = 1024        # samples of one AAC frame: what muxing may add to a sound, or take from it

# Four-times oversampled (BS.1770-5 annex 2), so that what is limited is the true peak. Looking ahead 10 ms, half a period of
# 50 Hz, holds the gain still within each cycle: a 60 Hz tone limited by 6 dB keeps its distortion at −128 dB, where 5 ms
# leaves −44 dB. 100 ms of release holds it between the peaks of lower notes and costs speech 0.1 LU more than 20 ms.
_LIMITER: Final[Mapping[str, Arg]] = MappingProxyType({"attack": 10, "release": 100, "level": "disabled", "latency": 1})


class Settings(model.Settings):
    """`target` names what a destination asks; `lufs` and `ceiling` (dBTP) replace its numbers; `none` leaves the sound alone.

    `accept: achievable` takes the nearest loudness that needs at most 32 dB of gain and 8 dB of limiting, where `exact`
    lets the promise break.
    """

    target: Literal["social", "r128", "a85", "podcast", "none"] = "social"
    # House: louder than any destination asks for and quieter than any dialogue; peaks as FFmpeg's loudnorm takes them.
    lufs: Annotated[float, Field(ge=-40, le=-5)] | None = None
    ceiling: Annotated[float, Field(ge=-9, le=0)] | None = None
    accept: Literal["exact", "achievable"] = "exact"

    @model_validator(mode="after")
    def _numbers_need_a_target(self) -> Settings:
        if self.target == "none" and (self.lufs, self.ceiling) != (None, None):
            raise ValueError("target: none leaves the sound alone; remove lufs and ceiling, or name a target")
        return self

    @property
    def aim(self) -> Target:
        """The named target with the job's own numbers in it."""
        named = TARGETS[self.target]
        own = {key: value for key, value in (("lufs", self.lufs), ("ceiling", self.ceiling)) if value is not None}
        return replace(named, **own, source=f"the job's own {' and '.join(own)}; else {named.source}") if own else named


def questions(settings: Settings) -> tuple[Analyser[Any], ...]:  # noqa: ARG001 (the protocol's)
    """None of the source: loudness is asked of the programme, and of its encoding."""
    return ()


def plan(settings: Settings, programme: Programme, delivery: Delivery, ask: Ask) -> Programme:
    """The programme at its target loudness, as encoded; promises integrated loudness and true peak of the delivered file.

    Silence stays as it is. Sound shorter than 0.4 s goes by its ungated loudness.
    """
    if settings.target == "none":
        return programme
    aim, sound = settings.aim, _mixed(programme.sound, delivery)
    raw = ask(Measure(Loudness(), sound))
    if raw.integrated is None:
        return programme.but(sound=sound, promises=(_peak(aim),), notes=("sound: silent (nothing above −70 LUFS), and left so",))
    reach = Reach.of(aim, raw.integrated, raw.true_peak)
    encoding = delivery.sound.encoding()
    best = Search(raw.integrated, raw.true_peak, reach.lufs, aim.ceiling).run(
        lambda dose: ask(Measure(Loudness(), shaped(sound, dose).encoded(encoding))),
    )
    missed = abs(best.lufs - reach.lufs) > aim.tolerance
    achieved = best.lufs if missed else reach.lufs
    notes = (
        f"{raw.seconds:.2f} s is less than one gating block of 0.4 s: its loudness is ungated" if raw.short else "",
        reach.why,
        f"limiter and encoder leave {best.lufs:.2f} LUFS of {reach.lufs:g}" if missed else "",
    )
    return programme.but(
        sound=shaped(sound, best.dose),
        promises=(_loudness(aim, achieved if settings.accept == "achievable" else aim.lufs, raw), _peak(aim)),
        notes=tuple(f"sound: {note}" for note in notes if note),
    )


def shaped(sound: Stream, dose: Dose) -> Stream:
    """A 48 kHz sound after its gain and limiter: as many samples as before, none of them late."""
    if dose.gain:
        sound = sound.filter("volume", volume=f"{number(dose.gain)}dB", precision="double")
    if dose.limit is None:
        return sound
    above = sound.filter("aresample", sample_rate=4 * RATE)
    return above.filter("alimiter", limit=gain(dose.limit), **_LIMITER).filter("aresample", sample_rate=RATE)


def _mixed(sound: Stream, delivery: Delivery) -> Stream:
    """The sound as many channels as are delivered: mixed before it is measured, or the encoder would mix it after."""
    return sound.filter("pan", args="mono|c0=0.5*c0+0.5*c1") if delivery.sound.channels == 1 else sound


def _loudness(aim: Target, lufs: float, raw: LoudnessFacts) -> Promise:
    # A frame of silence that muxing adds to a very short sound thins it by this much.
    thinned = 10 * math.log10(1 + _FRAME / (raw.seconds * RATE)) if raw.short else 0.0
    tolerance = aim.tolerance + thinned
    return Promise(
        "loudness", "integrated", Accept(round(lufs - tolerance, 2), round(lufs + tolerance, 2)), "LUFS", aim.source,
        hint="lower the target, or sound: {accept: achievable}", part="sound", analyser=Loudness(),
    )


def _peak(aim: Target) -> Promise:
    return Promise(
        "true peak", "true_peak", Accept(high=aim.ceiling), "dBTP", aim.source,
        hint="lower the target, or sound: {accept: achievable}", part="sound", analyser=Loudness(),
    )
