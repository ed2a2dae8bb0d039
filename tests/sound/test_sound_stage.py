"""The sound stage on numbers alone: a simulated encoder and limiter, known to the last decibel."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sound_world import DELIVERY, FACTS, RAW, World, planned, programme, required, verdicts

from finish.analysis.loudness import Loudness, LoudnessFacts
from finish.checks.dialogue_level import Dialogue, DialogueFacts
from finish.checks.loudness_targets import TARGETS
from finish.errors import FinishError
from finish.graph import describe
from finish.model import AudioTrack, Measure, Source
from finish.stages.sound.gain_search import (
    CLOSE,
    ENCODES,
    MAKEUP,
    AchievableTarget,
    GainSearch,
    LimiterSetting,
)

# ---------------------------------------------------------------- plans


def test_plan_with_gain_alone() -> None:
    done = planned(World(replace(FACTS, true_peak=-12.0), bias=0.0))
    assert describe({"sound": done.sound}) == (
        "a0   source content #0 (wav)\na1   a0 | volume precision=double volume=6dB\nsound = a1\n"
    )


def test_plan_with_a_limiter() -> None:
    done = planned(World(replace(FACTS, true_peak=-7.0), bias=0.0, hold=0.0))
    assert describe({"sound": done.sound}) == (
        "a0   source content #0 (wav)\n"
        "a1   a0 | volume precision=double volume=6dB\n"
        "a2   a1 | aresample sample_rate=192000\n"
        "a3   a2 | alimiter attack=10 latency=1 level=disabled limit=0.82224265 release=100\n"
        "a4   a3 | aresample sample_rate=48000\n"
        "sound = a4\n"
    )


def test_what_is_right_already_is_not_touched() -> None:
    assert planned(World(replace(FACTS, integrated=-14.0), bias=0.0)).sound == RAW


def test_none_promises_nothing_and_asks_nothing() -> None:
    world = World(FACTS)
    done = planned(world, target="none")
    assert (done, world.encodes) == (programme(), 0)


def test_one_channel_is_mixed_before_it_is_measured() -> None:
    mono = DELIVERY.model_copy(update={"sound": DELIVERY.sound.model_copy(update={"channels": 1})})
    assert "a0 | pan args=mono|c0=0.5*c0+0.5*c1" in describe({"sound": planned(World(FACTS), mono).sound})


def test_promises_say_what_who_and_what_to_try() -> None:
    loudness, peak = planned(World(FACTS)).promises
    assert (loudness.name, loudness.fact(FACTS), str(loudness.accept), loudness.unit) == (
        "loudness",
        FACTS.integrated,
        "-14.1 to -13.9",
        "LUFS",
    )
    assert (peak.name, peak.fact(FACTS), str(peak.accept), peak.unit) == (
        "true peak",
        FACTS.true_peak,
        "≤ -1.5",
        "dBTP",
    )
    for promise in (loudness, peak):
        assert (promise.part, promise.analyser, bool(promise.source), bool(promise.hint)) == (
            "sound",
            Loudness(),
            True,
            True,
        )


def test_the_sound_that_was_heard_last_and_best_is_the_one_given() -> None:
    world = World(FACTS, bias=-0.4, overshoot=0.6)
    done = planned(world)
    assert world.encodes == 2
    assert all(verdict.kept for verdict in verdicts(world, done).values())


def test_an_encoder_that_overshoots_gets_a_limiter_though_the_gain_alone_stays_below() -> None:
    world = World(replace(FACTS, true_peak=-8.0), overshoot=1.0)
    done = planned(world)
    assert "alimiter" in describe({"sound": done.sound})
    assert verdicts(world, done)["true peak"].kept


# ---------------------------------------------------------------- what is not forced


FAR = replace(FACTS, integrated=-60.0, true_peak=-40.0)


PEAKY = replace(FACTS, integrated=-30.0, true_peak=-3.5)


OUT = (
    "-14 LUFS is out of reach: -60.0 LUFS needs +46.0 dB, but the gain is at most 32 dB: "
    "-60.0 +32.0 = -28.0 LUFS"
)


def test_gain_beyond_32_db_is_not_forced() -> None:
    done = planned(World(FAR), accept="achievable")
    assert (
        done.notes == (f"sound: delivered at -28.0 LUFS: {OUT} — set sound: {{lufs: …}} to lower the target",)
        and done.notes[0].level == "act"
    )


def test_limiting_beyond_8_db_is_not_forced() -> None:
    done = planned(World(PEAKY, hold=0.0), accept="achievable")
    assert done.notes == (
        "sound: limiter at -1.7 dBTP: gain reduction up to 2.0 dB, active for 500 ms (5.0% of the time)",
        "sound: delivered at -20.0 LUFS: -14 LUFS is out of reach: -30.0 LUFS needs +16.0 dB, "
        "but peaks of -3.5 dBTP are driven at most "
        "8 dB over -1.5 dBTP: -30.0 +10.0 = -20.0 LUFS — set sound: {lufs: …} to lower the target",
    )


def test_what_is_out_of_reach_and_must_be_exact_is_refused_before_anything_is_encoded() -> None:
    world = World(FAR)
    with pytest.raises(FinishError) as raised:
        planned(world)
    assert (raised.value.code, raised.value.message, world.encodes) == ("promise", f"loudness: {OUT}", 0)
    assert raised.value.hint == (
        "set sound: {accept: achievable} (with --for: --loudness achievable) to deliver -28.0 LUFS, "
        "or lower the target"
    )


def test_a_dc_offset_is_named_as_the_cause() -> None:
    with pytest.raises(FinishError) as raised:
        planned(World(replace(FACTS, true_peak=-2.0, offset=0.45), hold=0.9))
    assert "after limiting and encoding it has -1" in raised.value.message
    assert (
        raised.value.hint
        == "set clean: {highpass: 40} to remove the DC offset of 0.45 of full scale, which takes headroom"
    )


@pytest.mark.parametrize("raw", [FAR, PEAKY])
def test_the_achievable_is_promised_where_it_is_accepted(raw: LoudnessFacts) -> None:
    world = World(raw)
    done = planned(world, accept="achievable")
    assert all(verdict.kept for verdict in verdicts(world, done).values())
    assert done.promises[0].accept.high < -14.1


def test_a_limiter_that_takes_too_much_is_told_with_what_it_leaves() -> None:
    world = World(replace(FACTS, true_peak=-2.0), hold=0.9)
    done = planned(world, accept="achievable")
    _, note = done.notes
    assert note.startswith("sound: delivered at -1") and "after limiting and encoding it has -1" in note
    assert note.endswith("instead of -14.00 LUFS — set sound: {lufs: …} to lower the target")
    assert verdicts(world, done)["loudness"].kept
    with pytest.raises(FinishError, match="loudness: after limiting and encoding it has -1"):
        planned(world)


def test_reach_counts_what_is_promised_as_reached() -> None:
    aim = TARGETS["social"]
    assert AchievableTarget.of(aim, -46.05, -40.0) == AchievableTarget(-14.0)
    assert AchievableTarget.of(aim, -46.2, -40.0).lufs == -14.2


# ---------------------------------------------------------------- silence and very short sounds


SILENT = LoudnessFacts(None, -200.0, -200.0, None, None, None, 3.0, False)


def test_silence_stays_silence() -> None:
    world = World(SILENT)
    done = planned(world)
    assert (done.sound, world.encodes, [promise.name for promise in done.promises]) == (RAW, 0, ["true peak"])
    assert done.notes == ("sound: silent (nothing above -70 LUFS): loudness not normalised",)
    assert verdicts(world, done)["true peak"].kept


def test_a_short_sound_goes_by_its_whole() -> None:
    done = planned(World(replace(FACTS, seconds=0.2, short=True)))
    assert str(done.promises[0].accept) == "-14.1 to -13.9"
    assert done.notes == (
        "sound: 0.20 s is shorter than one gating block (0.4 s): loudness is measured without gating",
    )


def test_an_encoder_that_leaves_nothing_is_refused() -> None:
    class Deaf(World):
        def encoded(self, dose: LimiterSetting) -> LoudnessFacts:
            super().encoded(dose)
            return SILENT

    world = Deaf(FACTS)
    with pytest.raises(FinishError, match="it has -70"):
        planned(world)
    assert 1 < world.encodes <= ENCODES


# ---------------------------------------------------------------- the search


@hypothesis_settings(max_examples=300, deadline=None)
@given(
    lufs=st.floats(-45, -3),
    over=st.floats(-15, 8),
    hold=st.floats(0, 0.3),
    bias=st.floats(-0.5, 0.1),
    overshoot=st.floats(-0.3, 1.5),
    whim=st.floats(0, 0.02),
)
def test_it_arrives_within_five_encodes(
    *, lufs: float, over: float, hold: float, bias: float, overshoot: float, whim: float
) -> None:
    """With a reachable target and enough gain: half the promised tolerance, no peak above the ceiling."""
    aim = TARGETS["social"]
    peak = aim.ceiling + over - (aim.lufs - lufs)
    world = World(
        replace(FACTS, integrated=lufs, true_peak=peak), bias=bias, overshoot=overshoot, whim=whim, hold=hold
    )
    assert AchievableTarget.of(aim, lufs, peak) == AchievableTarget(aim.lufs)
    best = GainSearch(lufs, peak, aim.lufs, aim.ceiling).run(world.encoded)
    assert world.encodes <= ENCODES
    if best.setting.gain < aim.lufs - lufs + MAKEUP - 0.01:
        assert best.facts.true_peak <= aim.ceiling
        assert abs(best.lufs - aim.lufs) <= CLOSE


@pytest.mark.parametrize("slope", [0.5, 0.6, 0.8])
def test_a_limiter_that_takes_a_steady_share_costs_two_encodes(slope: float) -> None:
    """The first trial and the point at which limiting begins show the share; the second is on target."""
    lufs, peak, settings = -20.0, -5.0, list[LimiterSetting]()

    def limited(setting: LimiterSetting) -> LoudnessFacts:
        settings.append(setting)
        assert setting.limit is not None
        above = lufs - peak + slope * (setting.gain - setting.limit + peak)
        return replace(FACTS, integrated=setting.limit + above, true_peak=setting.limit)

    best = GainSearch(lufs, peak, -14.0, -1.5).run(limited)
    assert best.lufs == pytest.approx(-14.0, abs=0.01) and len(settings) == 2


def test_of_five_bad_tries_the_best_is_kept() -> None:
    """Peaks come first: a trial above the ceiling is never better than one below it."""
    answers = iter([(-14.0, -1.0), (-14.3, -2.0), (-14.2, -2.0), (-14.0, -1.4), (-13.0, -2.0)])

    def listen(dose: LimiterSetting) -> LoudnessFacts:
        integrated, true_peak = next(answers)
        return replace(FACTS, integrated=integrated, true_peak=true_peak)

    assert GainSearch(-20.0, -8.0, -14.0, -1.5).run(listen).lufs == -14.2


class DialogueWorld(World):
    """A simulated world that also knows how loud speech is, and an album."""

    def __init__(
        self, raw: LoudnessFacts, dialogue: DialogueFacts | None = None, album: float | None = None
    ) -> None:
        super().__init__(raw)
        self.dialogue, self.album = dialogue, album

    def __call__(self, question: Measure[Any]) -> Any:
        if isinstance(question.analyser, Dialogue):
            return self.dialogue
        if question.of.name == "concat":
            return replace(self.raw, integrated=self.album)
        return super().__call__(question)


def test_dialogue_is_what_streaming_services_count() -> None:
    world = DialogueWorld(FACTS, DialogueFacts(-24.5, 0.4, -20.0))
    done = planned(world, target="netflix")
    assert done.notes == ("sound: dialogue at -24.5 LUFS (estimate; 40% speech)",)
    assert (
        done.promises[0].name == "dialogue loudness (estimate)"
        and str(done.promises[0].accept) == "-27.5 to -26.5"
    )
    assert "netflix" in str(done.promises[0].source).lower()
    heard = world(Measure(Loudness(), done.sound.encoded(DELIVERY.sound.encoding())))
    assert heard.integrated == pytest.approx(-22.5, abs=0.1)  # the programme stays 4.5 LU above its speech


@pytest.mark.parametrize("facts", [DialogueFacts(-30.0, 0.1, -20.0), DialogueFacts(None, 0.0, -20.0)])
def test_where_little_is_spoken_the_programme_counts(facts: DialogueFacts) -> None:
    world = DialogueWorld(FACTS, facts)
    done = planned(world, target="streaming")
    assert "too little: the whole programme is measured" in done.notes[0]
    heard = world(Measure(Loudness(), done.sound.encoded(DELIVERY.sound.encoding())))
    assert heard.integrated == pytest.approx(-24.0, abs=0.1)


ALBUM = tuple(
    Source(
        Path(f"{name}.wav"),
        name,
        1,
        "wav",
        Fraction(0),
        None,
        (AudioTrack(0, "pcm_s16le", 48_000, 2, "stereo", Fraction(0), Fraction(5)),),
    )
    for name in "ab"
)


BOTH = tuple(each.sound() for each in ALBUM)


@pytest.mark.parametrize("raw", [-23.0, -17.0])
def test_all_of_an_album_get_one_gain(raw: float) -> None:
    world = DialogueWorld(replace(FACTS, integrated=raw, true_peak=-15.0), album=-18.0)
    done = planned(world, album=ALBUM, together=BOTH)
    assert done.notes == ("sound: album of 2 clips at -18.0 LUFS: +4.0 dB for each clip",)
    assert done.promises[0].name == "loudness in its album"
    assert verdicts(world, done)["loudness in its album"].kept
    heard = world(Measure(Loudness(), done.sound.encoded(DELIVERY.sound.encoding())))
    assert heard.integrated == pytest.approx(raw + 4, abs=0.1)
    assert required(album=ALBUM)[0].name == "true peak"


def test_an_album_of_silence_is_no_album() -> None:
    assert verdicts(world := DialogueWorld(FACTS, album=None), planned(world, album=ALBUM, together=BOTH))[
        "loudness"
    ].kept
