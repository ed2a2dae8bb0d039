"""The mix on paper: what is planned, decided, and refused."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from finish.analysis.decode_faults import Decoding
from finish.analysis.loudness import LoudnessFacts
from finish.analysis.speech_detection import SpeechSpan, Voice, VoiceFacts
from finish.analysis.speech_likeness import Speechlike, SpeechlikeFacts
from finish.errors import FinishError
from finish.graph import Timeline, describe, history
from finish.model import AudioTrack, ClipProgramme, DecodeReport, Delivery, Loss, Measure, Programme, Source
from finish.stages import mix
from finish.stages.mix.ducking_curve import ducked
from finish.stages.mix.mix_settings import DuckingShape
from finish.units import Size, Span

DELIVERY = Delivery.model_validate({"frame": "320x180", "rates": {"low": 24, "high": 60, "otherwise": 30}})


def recording(name: str, seconds: float = 20.0) -> Source:
    track = AudioTrack(0, "pcm_s16le", 48_000, 2, "stereo", Fraction(0), Fraction(str(seconds)))
    return Source(Path(name), name, 1, "wav", Fraction(0), None, (track,))


CLIP, BED, VOICE = recording("clip.wav", 10), recording("bed.wav", 4), recording("voice.wav", 3)
LOUDNESS = {"clip.wav": -20.0, "bed.wav": -14.0, "voice.wav": -26.0}
SPOKEN = {"clip.wav": ((1.0, 2.0), (2.5, 3.0), (7.0, 8.0)), "voice.wav": ((0.0, 3.0),)}


class World:
    """Answers with a file's loudness and speech by its name."""

    def __init__(self, silent: tuple[str, ...] = (), music: tuple[str, ...] = ()) -> None:
        self.silent, self.music, self.questions = silent, music, list[str]()

    def __call__(self, question: Measure[Any]) -> Any:
        node = question.of
        while node.inputs:
            node = node.inputs[0]
        if isinstance(question.analyser, Decoding):
            return DecodeReport()
        if isinstance(question.analyser, Voice):
            self.questions.append(node.path)
            return VoiceFacts(
                tuple(SpeechSpan(Fraction(str(a)), Fraction(str(b))) for a, b in SPOKEN[node.path])
            )
        if isinstance(question.analyser, Speechlike):
            return (
                SpeechlikeFacts(0.3, 0.2, 0.02)
                if node.path not in self.music
                else SpeechlikeFacts(0.01, 0.74, 0.11)
            )
        heard = None if node.path in self.silent else LOUDNESS.get(node.path, -30.0)
        peak = -200.0 if heard is None else -8.0
        return LoudnessFacts(heard, peak, -8.0, 5.0, -18.0, -15.0, 10.0, False, 0.0, 0.5)

    def prepare(self, questions: Any) -> None: ...


def clip(**changes: Any) -> Programme:
    sound = CLIP.sound()
    return replace(
        ClipProgramme(
            source=CLIP,
            conformed=sound,
            picture=sound,
            sound=sound,
            frame=Size(2, 2),
            rate=Fraction(25),
            frames=250,
            content_sound=sound,
        ),
        **changes,
    )


def mixed(world: World | None = None, programme: Programme | None = None, **settings: Any) -> Programme:
    return mix.plan(mix.MixSettings.model_validate(settings), programme or clip(), DELIVERY, world or World())


def test_a_clip_alone_stays_as_it_is() -> None:
    assert mixed().sound == clip().sound and mixed().notes == () and mixed().decisions == ()


def test_a_plan_shows_every_track() -> None:
    done = mixed(
        music={"file": BED}, voice={"file": VOICE, "at": 4}, effects=[{"file": BED, "at": 9, "gain": -3}]
    )
    assert done.notes == (
        "mix: the clip ducked by 10 dB in 0:04.00–0:07.40",
        "mix: voice.wav +6.0 dB, to -20.0 LUFS",
        "mix: bed.wav -14.0 dB, to -28.0 LUFS",
        "mix: bed.wav repeats every 3.00 s",
        "mix: bed.wav ducked by 10 dB in 0:01.00–0:08.40",
        "mix: bed.wav is cut at the end of the programme, 3.0 s before its own end",
    )
    text = describe({"sound": done.sound})
    for part in (
        "amix duration=first inputs=4 normalize=0",
        "adelay all=1 delays=192000S",
        "amultiply",
        "atrim end_sample=48000 start_sample=0",
        "atrim end_sample=192000 start_sample=48000",
        "aloop loop=-1 size=144000",
        "acrossfade curve1=qsin curve2=qsin nb_samples=48000",
        "volume precision=double volume=-14dB",
    ):
        assert part in text, part


def test_speech_is_decided_once_and_obeyed() -> None:
    world = World()
    (decision,) = mixed(world, music={"file": BED}).decisions
    assert decision.stage == "mix" and decision.values == {"clip": ["1-2", "2.5-3", "7-8"], "voice": []}
    assert world.questions == ["clip.wav"]
    locked = {"mix": {"of": decision.of, "clip": ["5-6"], "voice": []}}
    again = mixed(world, clip(locked=locked), music={"file": BED})
    assert (
        world.questions == ["clip.wav"]
        and again.notes[-1] == "mix: bed.wav ducked by 10 dB in 0:05.00–0:06.40"
    )
    for wrong in ({"clip": ["x"], "voice": []}, {"clip": 3, "voice": []}, {"voice": []}):
        with pytest.raises(FinishError, match="the lock file's values of mix can't be read"):
            mixed(world, clip(locked={"mix": {"of": decision.of, **wrong}}), music={"file": BED})


def test_ducking_follows_a_cut() -> None:
    kept = Timeline(Fraction(25), (Span(Fraction(0), Fraction(3, 2)), Span(Fraction(6), Fraction(10))))
    done = mixed(programme=clip(timeline=kept, frames=round(kept.end * 25)), music={"file": BED})
    assert done.decisions[0].values["clip"] == ["1-1.5", "2.5-3.5"]


def test_nothing_is_asked_where_nothing_makes_room() -> None:
    world = World()
    mixed(world, music={"file": BED, "duck": None})
    mixed(world, effects=[{"file": BED, "at": 1}])
    assert world.questions == []


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (
            {"music": {"file": BED, "at": 10}},
            "bed.wav would begin at 0:10.00, but the programme ends at 0:10.00",
        ),
        ({"effects": [{"file": BED, "at": 99}]}, "bed.wav would begin at 1:39.00"),
        ({"voice": {"file": VOICE, "at": 11}}, "voice.wav would begin at 0:11.00"),
        ({"music": {"file": BED, "from": 4}}, "bed.wav is 4.00 s long: nothing is left from 4 s on"),
        ({"music": {"file": BED, "bpm": 20}}, r"the music is 4.00 s long: shorter than a bar of 12.00 s"),
        ({"music": {"file": recording("bed.wav", 0.4)}}, "the music is 0.40 s long: too short to repeat"),
        (
            {"music": {"file": BED, "level": -40}, "clip": {"gain": -40}},
            r"bed.wav has -14.0 LUFS and would need -86.0 dB",
        ),
    ],
)
def test_a_track_that_cannot_be_is_refused(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(FinishError, match=told):
        mixed(**settings)


def test_damaged_music_is_refused_by_its_own_name_and_what_may_be_missing_is_noted() -> None:
    gone = Loss("cut-off", "the file is cut off", start=Fraction(2), seconds=Fraction(2))
    with pytest.raises(
        FinishError, match=r"^mix.music: bed.wav is damaged: the file is cut off \(2 s from 2 s on\)"
    ):
        mixed(music={"file": replace(BED, losses=(gone,))})
    elsewhere = replace(gone, part="picture", track=1)  # a video whose sound is the music
    notes = mixed(music={"file": replace(BED, losses=(replace(gone, certain=False), elsewhere))}).notes
    assert [note for note in notes if note.level == "act"] == [
        "mix.music: bed.wav: the file is cut off (2 s from 2 s on)"
    ]


def test_silent_music_is_refused() -> None:
    with pytest.raises(FinishError, match=r"bed\.wav is silent"):
        mixed(World(silent=("bed.wav",)), music={"file": BED})


def test_a_bed_under_a_silent_clip_is_as_recorded() -> None:
    done = mixed(World(silent=("clip.wav",)), music={"file": BED})
    assert done.notes == ("mix: bed.wav repeats every 3.00 s",) and not done.quiet


def test_where_nothing_is_heard_each_side_has_its_own_noise() -> None:
    done = mixed(World(silent=("clip.wav",)))
    noises = [dict(node.args) for node in history([done.sound]) if node.arg("filter") == "anoisesrc"]
    assert done.quiet and len({noise["seed"] for noise in noises}) == len(noises) == 2
    assert {noise["amplitude"] for noise in noises} == {noises[0]["amplitude"]}, "neither side is louder"


@pytest.mark.parametrize(("width", "own", "other"), [(0, 0.5, 0.5), (0.5, 0.75, 0.25), (2, 1.5, -0.5)])
def test_a_width_keeps_the_middle_as_loud_as_it_is(width: float, own: float, other: float) -> None:
    """Of what both sides share, each keeps all: the shares total 1."""
    pan = re.compile(r"pan args=stereo\|c0=(\S+)\*c0\+(\S+)\*c1\|c1=(\S+)\*c0\+(\S+)\*c1\n")
    (shares,) = pan.findall(describe({"sound": mixed(clip={"width": width}).sound}))
    assert tuple(map(float, shares)) == (own, other, other, own)


@pytest.mark.parametrize(
    "settings",
    [
        {"music": {"file": BED, "bpm": 5}},
        {"music": {"file": BED, "crossfade": 0}},
        {"clip": {"width": 3}},
        {"effects": [{"file": BED}]},
        {"music": {"file": BED, "duck": {"depth": -3}}},
        {"music": {"file": BED, "duck": {"attack": 0}}},
        {"room": "hall"},
    ],
)
def test_a_bad_setting_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        mix.MixSettings.model_validate(settings)


times = st.integers(0, 1000).map(lambda value: Fraction(value, 10))


@given(
    st.lists(st.tuples(times, times).filter(lambda span: span[0] < span[1]), max_size=8),
    st.integers(1, 40),
    times,
    times,
    times,
)
def test_a_curve_is_down_in_every_span_and_never_steeper_than_asked(
    spans: list[tuple[Fraction, Fraction]], depth: int, attack: Fraction, hold: Fraction, release: Fraction
) -> None:
    shape = DuckingShape(depth, attack + Fraction(1, 50), hold, release + Fraction(1, 50))
    points = ducked(spans, shape, Fraction(100)).points
    slopes = [(after - before) / float(end - start) for (start, before), (end, after) in pairwise(points)]
    assert all(start < end for (start, _), (end, _) in pairwise(points))
    assert all(
        -depth / float(shape.attack) * 1.000001 <= slope <= depth / float(shape.release) * 1.000001
        for slope in slopes
    )
    for start, end in spans:
        inside = [level for time, level in points if start <= time <= end + hold]
        around = [level for time, level in points if time <= start][-1:] + [
            level for time, level in points if time >= end
        ][:1]
        assert set(inside) | set(around) <= {-depth}


def test_music_in_the_clip_is_not_ducked_for() -> None:
    """The detector calls it speech, but the spectrum can't confirm it: a note gives the figures."""
    done = mixed(World(music=("clip.wav",)), music={"file": BED})
    assert "amultiply" not in describe({"sound": done.sound})
    (note,) = (each for each in done.notes if each.code == "speech-unclear")
    assert (
        note.level == "know"
        and "gaps 0.01 of at least 0.12, beat 0.74 of at most 0.5, steady tones 0.11 of at most 0.3" in note
    )
    assert "amultiply" in describe({"sound": mixed(music={"file": BED}).sound})
