"""Loudness: one static gain, a true-peak limiter where the ceiling demands it, judged by what the encoder makes of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from finish.analysis.loudness import RATE, Loudness, LoudnessFacts
from finish.checks.loudness_check import peaks
from finish.checks.loudness_targets import LoudnessStandard
from finish.errors import FinishError, PromiseError
from finish.graph import Encoding, Kind, Stream
from finish.model import AAC, Analyser, Ask, Decision, Delivery, Measure, Note, Programme, act, detail, know
from finish.stages.sound.gain_search import AchievableTarget, GainSearch, LimiterSetting, Trial
from finish.stages.sound.limiter_report import LimiterReport, beside
from finish.stages.sound.loudness_goal import LoudnessTarget
from finish.stages.sound.sound_settings import SoundSettings
from finish.units import digest, gain, number

Settings = SoundSettings  # the name by which every stage's settings are reached (model.Stage)

__all__ = ["Settings", "SoundSettings", "name", "plan", "questions", "shaped", "touches"]

name: Final = "sound"
touches: Final[tuple[Kind, ...]] = ("audio",)

# The limiter works at four times the rate (BS.1770-5 annex 2), so that what it sees is the true peak. Looking ahead 10 ms,
# half a period of 50 Hz, holds its gain still within each cycle: a 60 Hz tone limited by 6 dB keeps its distortion at −128 dB,
# where 5 ms leaves −44 dB. 100 ms of release holds it between the peaks of lower notes and costs speech 0.1 LU more than 20 ms.
_OVERSAMPLED: Final = 4 * RATE
_ATTACK, _RELEASE = 10, 100  # ms


def questions(settings: SoundSettings) -> tuple[Analyser[Any], ...]:  # noqa: ARG001 (the protocol's)
    """None of the source: loudness is asked of the programme, and of its encoding."""
    return ()


def plan(settings: SoundSettings, programme: Programme, delivery: Delivery, ask: Ask) -> Programme:
    """The programme at its target loudness, as encoded; promises loudness and true peak of the delivered file.

    Silence and room tone stay as they are. Sound shorter than 0.4 s goes by its ungated loudness. PromiseError where the
    target is to be met exactly and is out of reach.
    """
    if settings.target == "none":
        return programme
    if programme.quiet:
        note = detail("room-tone-only", "sound: room tone only: loudness not normalised")
        return programme.add_promises(*peaks(settings.aim)).add_notes(note)
    sound = _mixed(programme.sound, delivery)
    raw = ask(Measure(Loudness(), sound))
    if raw.integrated is None:
        note = know("silent", "sound: silent (nothing above -70 LUFS), and left so")
        return programme.with_sound(sound).add_promises(*peaks(settings.aim)).add_notes(note)
    album = tuple(_mixed(each, delivery) for each in programme.together)
    goal = LoudnessTarget.of(settings.aim, album, raw.integrated, sound, ask)
    aim = goal.aim
    reach = AchievableTarget.of(aim, raw.integrated, raw.true_peak, raw.short_term)
    if reach.why and settings.accept == "exact":
        raise _out_of_reach(reach.why, reach.lufs, raw)
    encoding = delivery.sound_encoding()

    def listen(dose: LimiterSetting, encoded: Encoding = encoding) -> LoudnessFacts:
        return ask(Measure(Loudness(), shaped(sound, dose).encoded(encoded)))

    about = digest("sound", sound.key, repr(aim), repr(encoding))[:16]
    known = programme.decided(name, about)
    search = GainSearch(raw.integrated, raw.true_peak, reach.lufs, aim.ceiling)
    best = (
        _found(search, listen, delivery)
        if known is None
        else search.given(LimiterSetting.read(known), listen)
    )
    achieved = reach.lufs if abs(best.lufs - reach.lufs) <= aim.tolerance else round(best.lufs, 2)
    if achieved != aim.lufs and settings.accept == "exact":
        raise _out_of_reach(_left(reach, achieved), achieved, raw, locked=known is not None)
    return (
        programme.with_sound(shaped(sound, best.dose))
        .add_promises(goal.promise(achieved), *peaks(aim))
        .add_notes(
            *goal.notes, *_limited(sound, best.dose, delivery, ask), *_notes(raw, reach, aim, achieved)
        )
        .add_decisions(Decision(name, about, best.dose.values))
    )


def _limited(sound: Stream, dose: LimiterSetting, delivery: Delivery, ask: Ask) -> tuple[Note, ...]:
    """What the limiter does, where there is one."""
    if dose.limit is None:
        return ()
    both = beside(shaped(sound, replace(dose, limit=None)), shaped(sound, dose), delivery.sound.channels)
    done = ask(Measure(LimiterReport(), both))
    worked = f"at most {done.most:.1f} dB, {done.limited * 1000:.0f} ms in all, {done.share:.1%} of the time"
    return (detail("limiter", f"sound: limiter at {dose.limit:g} dBTP: {worked}"),)


def _found(search: GainSearch, listen: Callable[..., LoudnessFacts], delivery: Delivery) -> Trial:
    """The best dose. What AAC makes of a sound hardly depends on its rate: all deliverables search on one encoding, whose answers
    they share, and go on from there on their own."""
    own = delivery.sound
    if not isinstance(own, AAC):
        return search.run(listen)
    common = AAC(rate=own.rate, channels=own.channels).encoding()
    shared = search.run(lambda dose: listen(dose, common))
    return shared if common == delivery.sound_encoding() else search.run(listen, shared.dose)


def shaped(sound: Stream, dose: LimiterSetting) -> Stream:
    """A 48 kHz sound after its gain and limiter: as many samples as before, none of them late."""
    if dose.gain:
        sound = sound.filter("volume", volume=f"{number(dose.gain)}dB", precision="double")
    if dose.limit is None:
        return sound
    fine = sound.filter("aresample", sample_rate=_OVERSAMPLED)
    limited = fine.filter(
        "alimiter", limit=gain(dose.limit), attack=_ATTACK, release=_RELEASE, level="disabled", latency=1
    )
    return limited.filter("aresample", sample_rate=RATE)


def _notes(
    raw: LoudnessFacts, reach: AchievableTarget, aim: LoudnessStandard, achieved: float
) -> tuple[Note, ...]:
    """What the numbers alone don't tell: another measure, a target that isn't met."""
    told: list[Note] = []
    if raw.short:
        told.append(
            detail(
                "ungated",
                f"sound: {raw.seconds:.2f} s is less than one gating block (0.4 s), so its loudness is ungated",
            )
        )
    if achieved != aim.lufs:
        left = "" if achieved == reach.lufs else _left(reach, achieved)
        text = "; ".join(part for part in (reach.why, left) if part)
        told.append(
            act(
                "loudness-out-of-reach",
                f"sound: delivered at {achieved:.1f} LUFS: {text} (sound: {{lufs: …}} lowers the target)",
            )
        )
    return tuple(told)


def _left(reach: AchievableTarget, achieved: float) -> str:
    return f"limited and encoded it comes to {achieved:.2f} instead of {reach.lufs:.2f} LUFS"


def _out_of_reach(why: str, achieved: float, raw: LoudnessFacts, locked: bool = False) -> FinishError:
    """A target that is to be met exactly and cannot be: known before anything is rendered for it."""
    if raw.shifted:
        hint = f"the sound has a DC offset of {raw.offset:.2f} of full scale, which takes the room that peaks need: clean: {{highpass: 40}}"
    elif locked:
        hint = "the lock file states the gain: change it there, or run with --redecide sound"
    else:
        hint = f"sound: {{accept: achievable}} (--loudness achievable with --for) delivers {achieved:.1f} LUFS; or lower the target"
    return PromiseError(f"loudness: {why}", hint)


def _mixed(sound: Stream, delivery: Delivery) -> Stream:
    """The sound as many channels as are delivered: mixed before it is measured, or the encoder would mix it after."""
    return sound.filter("pan", args="mono|c0=0.5*c0+0.5*c1") if delivery.sound.channels == 1 else sound
