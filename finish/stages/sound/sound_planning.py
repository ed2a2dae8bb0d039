"""Plans loudness: one static gain, and a true-peak limiter if needed, both judged after encoding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from finish.analysis.loudness import RATE, Loudness, LoudnessFacts
from finish.checks.loudness_check import peaks
from finish.checks.loudness_targets import LoudnessStandard
from finish.errors import PromiseError
from finish.graph import Encoding, Stream
from finish.model import AAC, Analyser, Ask, Decision, Delivery, Measure, Note, Programme
from finish.model.stored_text import stored_text
from finish.stages.sound import messages
from finish.stages.sound.gain_search import AchievableTarget, GainSearch, LimiterSetting, Trial
from finish.stages.sound.limiter_report import LimiterReport, beside
from finish.stages.sound.loudness_goal import LoudnessTarget
from finish.stages.sound.sound_settings import NAME, SoundSettings
from finish.units import digest, gain, number

# The limiter works at four times the rate (BS.1770-5 annex 2), so that it sees the true peak. A look-ahead of
# 10 ms, half a period of 50 Hz, holds its gain still within each cycle: a 60 Hz tone limited by 6 dB keeps
# its distortion at −128 dB, where 5 ms leaves −44 dB. A release of 100 ms holds it between the peaks of lower
# notes and costs speech 0.1 LU more than 20 ms.
_OVERSAMPLED: Final = 4 * RATE
_ATTACK, _RELEASE = 10, 100  # ms


def questions(settings: SoundSettings) -> tuple[Analyser[Any], ...]:  # noqa: ARG001 (the protocol's)
    """None about the source: loudness is measured on the programme and on its encoding."""
    return ()


def plan(settings: SoundSettings, programme: Programme, delivery: Delivery, ask: Ask) -> Programme:
    """The programme at its target loudness after encoding; it promises loudness and true peak of the file.

    Silence and room tone are left unchanged. A sound shorter than 0.4 s is measured without gating.
    PromiseError if the target must be met exactly and is out of reach.
    """
    if settings.target == "none":
        return programme
    if programme.quiet:
        return programme.add_promises(*peaks(settings.aim)).add_notes(messages.room_tone_only())
    sound = _mixed(programme.sound, delivery)
    raw = ask(Measure(Loudness(), sound))
    if raw.integrated is None:
        silent = programme.with_sound(sound).add_promises(*peaks(settings.aim))
        return silent.add_notes(messages.silent())
    album = tuple(_mixed(clip, delivery) for clip in programme.together)
    target = LoudnessTarget.of(settings.aim, album, raw.integrated, sound, ask)
    return _normalised(settings, programme.with_sound(sound), (raw, raw.integrated), target, delivery, ask)


def _normalised(  # noqa: PLR0913, PLR0917 (a stage's arguments, and two measures)
    settings: SoundSettings,
    programme: Programme,
    measured: tuple[LoudnessFacts, float],
    target: LoudnessTarget,
    delivery: Delivery,
    ask: Ask,
) -> Programme:
    """The programme with the gain and limiter that bring it to its target.

    `measured` are its loudness facts and its integrated loudness (LUFS).
    """
    sound, standard, encoding = programme.sound, target.standard, delivery.sound_encoding()
    raw, lufs = measured
    reach = AchievableTarget.of(standard, lufs, raw.true_peak, raw.short_term)
    if reach.reason and settings.accept == "exact":
        raise _out_of_reach(reach.reason, reach.lufs, raw)

    def measure(setting: LimiterSetting, encoded: Encoding = encoding) -> LoudnessFacts:
        return ask(Measure(Loudness(), shaped(sound, setting).encoded(encoded)))

    about = digest("sound", sound.key, stored_text(standard), stored_text(encoding))[:16]
    locked = programme.decided(NAME, about)
    search = GainSearch(lufs, raw.true_peak, reach.lufs, standard.ceiling)
    given = None if locked is None else LimiterSetting.read(locked)
    best = _best(search, measure, delivery) if given is None else search.given(given, measure)
    achieved = reach.lufs if abs(best.lufs - reach.lufs) <= standard.tolerance else round(best.lufs, 2)
    if achieved != standard.lufs and settings.accept == "exact":
        reason = messages.after_encoding(achieved, reach.lufs)
        raise _out_of_reach(reason, achieved, raw, locked=given is not None)
    notes = (
        *target.notes,
        *_limiter_notes(sound, best.setting, delivery, ask),
        *_loudness_notes(raw, reach, standard, achieved),
    )
    promised = programme.with_sound(shaped(sound, best.setting)).add_promises(
        target.promise(achieved), *peaks(standard)
    )
    return promised.add_notes(*notes).add_decisions(Decision(NAME, about, best.setting.values))


def _limiter_notes(sound: Stream, setting: LimiterSetting, delivery: Delivery, ask: Ask) -> tuple[Note, ...]:
    """A note on what the limiter does, if there is one."""
    if setting.limit is None:
        return ()
    unlimited = shaped(sound, replace(setting, limit=None))
    facts = ask(Measure(LimiterReport(), beside(unlimited, shaped(sound, setting), delivery.sound.channels)))
    return (messages.limiter(setting.limit, facts.most, facts.limited, facts.share),)


def _best(search: GainSearch, measure: Callable[..., LoudnessFacts], delivery: Delivery) -> Trial:
    """The best setting.

    The result of AAC hardly depends on its bit rate, so all deliverables first search on one encoding, whose
    measures they share, and then refine the result on their own.
    """
    codec = delivery.sound
    if not isinstance(codec, AAC):
        return search.run(measure)
    common = AAC(rate=codec.rate, channels=codec.channels).encoding()
    shared = search.run(lambda setting: measure(setting, common))
    return shared if common == delivery.sound_encoding() else search.run(measure, shared.setting)


def shaped(sound: Stream, setting: LimiterSetting) -> Stream:
    """A 48 kHz sound after its gain and limiter: as many samples as before, without delay."""
    if setting.gain:
        sound = sound.filter("volume", volume=f"{number(setting.gain)}dB", precision="double")
    if setting.limit is None:
        return sound
    fine = sound.filter("aresample", sample_rate=_OVERSAMPLED)
    limited = fine.filter(
        "alimiter", limit=gain(setting.limit), attack=_ATTACK, release=_RELEASE, level="disabled", latency=1
    )
    return limited.filter("aresample", sample_rate=RATE)


def _loudness_notes(
    raw: LoudnessFacts, reach: AchievableTarget, standard: LoudnessStandard, achieved: float
) -> tuple[Note, ...]:
    """Notes on what the numbers alone don't show: another measure, a target that isn't met."""
    notes = [messages.ungated(raw.seconds)] if raw.short else []
    if achieved != standard.lufs:
        left = "" if achieved == reach.lufs else messages.after_encoding(achieved, reach.lufs)
        reasons = "; ".join(part for part in (reach.reason, left) if part)
        notes.append(messages.loudness_out_of_reach(achieved, reasons))
    return tuple(notes)


def _out_of_reach(reason: str, achieved: float, raw: LoudnessFacts, locked: bool = False) -> PromiseError:
    """The error for a target that must be met exactly and can't be, before anything is rendered."""
    if raw.shifted:
        return messages.offset_takes_headroom(reason, raw.offset)
    return messages.locked_gain(reason) if locked else messages.target_out_of_reach(reason, achieved)


def _mixed(sound: Stream, delivery: Delivery) -> Stream:
    """The sound in the delivered number of channels, mixed before it is measured and encoded."""
    return sound.filter("pan", args="mono|c0=0.5*c0+0.5*c1") if delivery.sound.channels == 1 else sound
