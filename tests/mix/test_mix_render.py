"""The mix through FFmpeg: moving gains, seamless loops, tracks at their positions."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import known
import numpy as np
import pytest
from clip_files import ffmpeg_by_hand

from finish.analysis.loudness import Loudness, LoudnessFacts
from finish.analysis.speech_detection import SpeechSpan, Voice, VoiceFacts
from finish.analysis.speech_likeness import Speechlike, SpeechlikeFacts
from finish.errors import FinishError
from finish.execution.frame_reader import Analysis, FrameReader
from finish.execution.renderer import Renderer
from finish.graph import Stream
from finish.media.probe import probe
from finish.model import CheckResult, ClipProgramme, Delivery, Measure, Programme, Source
from finish.stages import mix
from finish.stages.mix import mix_tracks
from finish.stages.mix.ducking_curve import ducked, moved
from finish.stages.mix.mix_planning import ROOM
from finish.stages.mix.mix_settings import DuckingShape
from finish.storage.store import Store
from finish.units import Size

pytestmark = pytest.mark.render

DELIVERY = Delivery.model_validate({"frame": "320x180", "rates": {"low": 24, "high": 60, "otherwise": 30}})
SHAPE = DuckingShape(12.0, Fraction(3, 10), Fraction(1, 2), Fraction(4, 5))
RATE = 48_000


class World:
    """Real answers, except where somebody speaks."""

    def __init__(
        self, folder: Path, spoken: dict[str, tuple[tuple[float, float], ...]] | None = None
    ) -> None:
        store = Store(folder / "store")
        self.reader = FrameReader(Renderer(store))
        self.asker, self.spoken = Analysis(self.reader, store), spoken or {}

    def __call__(self, question: Measure[Any]) -> Any:
        if isinstance(question.analyser, Speechlike):
            return SpeechlikeFacts(0.3, 0.2, 0.02)
        if not isinstance(question.analyser, Voice):
            return self.asker(question)
        node = question.of
        while node.inputs:
            node = node.inputs[0]
        return VoiceFacts(
            tuple(
                SpeechSpan(Fraction(str(a)), Fraction(str(b)))
                for a, b in self.spoken.get(Path(node.path).name, ())
            )
        )

    def prepare(self, questions: Any) -> None: ...

    def samples(self, of: Stream) -> np.ndarray:
        return np.concatenate([data for _, data in self.reader.samples(of, RATE)]).astype(float)

    def loudness(self, of: Stream) -> LoudnessFacts:
        return self.asker(Measure(Loudness(), of))


def tone(
    folder: Path,
    name: str,
    *,
    hertz: float = 440,
    seconds: float = 10.0,
    level: float = 0.25,
    channels: int = 2,
) -> Path:
    samples = level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)
    return known.wav(folder / name, np.repeat(samples[:, None], channels, axis=1))


def silent(folder: Path, seconds: float) -> Path:
    return known.wav(folder / "silent.wav", np.zeros((round(seconds * RATE), 2)))


def programme(path: Path) -> Programme:
    source = probe(path)
    sound = source.sound().filter("aresample", osr=RATE, out_sample_fmt="fltp")
    frames = round(source.seconds * 25)
    return ClipProgramme(
        source=source,
        conformed=sound,
        picture=sound,
        sound=sound,
        frame=Size(2, 2),
        rate=Fraction(25),
        frames=frames,
        content_sound=sound,
    )


def mixed(path: Path, world: World, **settings: Any) -> Programme:
    return mix.plan(mix.MixSettings.model_validate(probed(settings)), programme(path), DELIVERY, world)


def probed(value: Any) -> Any:
    """Settings with the facts of the files that they name."""
    if isinstance(value, dict):
        return {key: probed(each) for key, each in value.items()}
    return (
        [probed(each) for each in value]
        if isinstance(value, list)
        else probe(value)
        if isinstance(value, Path)
        else value
    )


def recorded(path: Path) -> tuple[Source, Stream]:
    source = probe(path)
    return source, mix_tracks.sounded(mix_tracks.MixedFile("music", source, known.unasked()), Fraction(0))[
        0
    ].sound


def steepest(gains: np.ndarray, over: int) -> float:
    """The steepest change of a gain, in dB/s, over this many samples."""
    levels = 20 * np.log10(gains)
    return float(np.abs(levels[over:] - levels[:-over]).max() * RATE / over)


def test_the_gain_is_down_under_speech_and_moves_no_faster_than_asked(tmp_path: Path) -> None:
    world = World(tmp_path)
    constant = known.wav(tmp_path / "one.wav", np.full((10 * RATE, 2), 0.5))
    source, sound = recorded(constant)
    curve = ducked([(Fraction(2), Fraction(4)), (Fraction("4.5"), Fraction(6))], SHAPE, Fraction(10))
    gains = world.samples(moved(sound, curve))[:, 0] / 0.5
    assert len(gains) == 10 * RATE and source.seconds == 10
    levels = 20 * np.log10(gains)
    assert levels[2 * RATE : round(6.5 * RATE)] == pytest.approx(-12.0, abs=0.05)
    assert levels[: round(1.69 * RATE)] == pytest.approx(0.0, abs=0.02) and levels[
        round(7.31 * RATE) :
    ] == pytest.approx(0.0, abs=0.02)
    asked = 12 / 0.3
    assert steepest(gains, 480) <= asked * 1.01
    assert levels[round(1.85 * RATE)] == pytest.approx(-6, abs=0.1)  # half of the change in half of the time


def test_a_moving_gain_makes_no_click(tmp_path: Path) -> None:
    world = World(tmp_path)
    _, sound = recorded(tone(tmp_path, "tone.wav", level=0.5))
    curve = ducked([(Fraction(2), Fraction(4)), (Fraction(7), Fraction(8))], SHAPE, Fraction(10))
    smooth = world.samples(moved(sound, curve))[:, 0]
    whole = world.samples(sound)[:, 0]
    jumped = np.where(np.arange(len(whole)) // RATE % 4 == 2, whole / 4, whole)

    def above(samples: np.ndarray, hertz: float) -> float:
        """The loudest moment of the content above a frequency, in dB of full scale."""
        spectrum = np.fft.rfft(samples)
        spectrum[: round(hertz * len(samples) / RATE)] = 0
        # The ends of a tone are steps themselves.
        inside = np.abs(np.fft.irfft(spectrum, len(samples)))[RATE // 10 : -RATE // 10]
        return 20 * np.log10(max(float(inside.max()), 1e-12))

    assert above(smooth, 2000) < -85
    assert above(jumped, 2000) > -45  # so a click would be visible


def test_a_bed_is_repeated_without_a_gap_and_as_long_as_the_programme(tmp_path: Path) -> None:
    world = World(tmp_path)
    source, sound = recorded(tone(tmp_path, "tone.wav", seconds=3.0, level=0.25))
    again, loop = mix_tracks.looped(sound, Fraction(3), Fraction(20), None, Fraction(1, 2))
    assert loop and loop.period == Fraction(5, 2) and source.seconds == 3
    samples = world.samples(mix_tracks.ended(again, Fraction(20)))
    assert len(samples) == 20 * RATE
    # 440 Hz fits 2.5 s in whole cycles, so both sides of each crossfade are the same tone: equal power raises
    # it by 3 dB at most.
    blocks = np.sqrt((samples[:, 0].reshape(-1, 4800) ** 2).mean(axis=1))
    assert blocks.min() > 0.25 / 2**0.5 * 0.99 and blocks.max() < 0.25 * 1.01
    assert np.abs(np.diff(samples[:, 0])).max() < 0.25 * 2**0.5 * 2 * np.pi * 440 / RATE * 1.02


def test_rounds_are_whole_bars(tmp_path: Path) -> None:
    world = World(tmp_path)
    beats = known.clicks([at / 2 for at in range(11)], 5.3)  # 120 beats per minute
    path = known.wav(tmp_path / "beat.wav", np.repeat(beats, 2, axis=1))
    _, sound = recorded(path)
    again, loop = mix_tracks.looped(sound, Fraction("5.3"), Fraction(21), Fraction(2), Fraction(1))
    assert loop and loop.period == 4
    found = known.peaks(world.samples(mix_tracks.ended(again, Fraction(21))))
    assert found == pytest.approx([at / 2 for at in range(42)], abs=1e-4)
    exact, loop = mix_tracks.looped(
        mix_tracks.ended(sound, Fraction(4)), Fraction(4), Fraction(21), Fraction(2), Fraction(1)
    )
    assert loop and (loop.period, loop.crossfade) == (4, 0)
    assert known.peaks(world.samples(mix_tracks.ended(exact, Fraction(21)))) == pytest.approx(found, abs=1e-4)


def test_tracks_stand_where_they_are_put_and_nothing_is_turned_down(tmp_path: Path) -> None:
    world = World(tmp_path)
    click = known.wav(tmp_path / "click.wav", np.repeat(known.clicks([0.0], 0.1), 2, axis=1))
    clip = known.wav(tmp_path / "clip.wav", np.repeat(known.clicks([1.0, 3.0], 4.0), 2, axis=1))
    done = mixed(clip, world, effects=[{"file": click, "at": 2.5}, {"file": click, "at": 3, "gain": -6}])
    samples = world.samples(done.sound)
    assert len(samples) == 4 * RATE
    assert samples[RATE, 0] == pytest.approx(0.5, abs=1e-6)
    assert samples[5 * RATE // 2, 0] == pytest.approx(0.5, abs=1e-6)
    assert samples[3 * RATE, 0] == pytest.approx(0.5 + 0.5 * 10 ** (-6 / 20), abs=1e-5)
    assert np.count_nonzero(np.abs(samples[:, 0]) > 1e-6) == 3


def test_levels_are_counted_from_the_clip_and_from_the_voice(tmp_path: Path) -> None:
    world = World(tmp_path, {"clip.wav": ((2.0, 8.0),)})
    clip, bed = (
        tone(tmp_path, "clip.wav", level=0.1),
        tone(tmp_path, "bed.wav", hertz=3000, level=0.5, seconds=12),
    )
    done = mixed(clip, world, music={"file": bed, "level": -8, "fade_in": 0, "fade_out": 0})
    samples = world.samples(done.sound)[:, 0]
    spectrum = np.abs(np.fft.rfft(samples[3 * RATE : 7 * RATE])) / (2 * RATE)
    under, before = spectrum[4 * 3000], np.abs(np.fft.rfft(samples[:RATE]))[3000] / (RATE / 2)
    assert 20 * np.log10(under / before) == pytest.approx(-10, abs=0.05)
    assert spectrum[4 * 440] == pytest.approx(0.1, rel=1e-3)
    own, anchor = world.loudness(recorded(bed)[1]).integrated, world.loudness(recorded(clip)[1]).integrated
    assert own is not None and anchor is not None
    assert 20 * np.log10(before / 0.5) == pytest.approx(anchor - 8 - own, abs=0.1)
    over = mixed(clip, world, clip={"mute": True}, voice={"file": bed})
    assert world.samples(over.sound)[RATE, 0] == pytest.approx(
        world.samples(recorded(bed)[1])[RATE, 0], abs=1e-6
    )


def test_nothing_heard_is_room_tone_and_silence_only_as_asked(tmp_path: Path) -> None:
    world, clip = World(tmp_path), silent(tmp_path, 12)
    done = mixed(clip, world)
    facts = world.loudness(done.sound)
    assert done.quiet and facts.integrated == pytest.approx(ROOM, abs=0.5) and facts.seconds == 12
    assert facts.correlation == pytest.approx(0, abs=0.1)
    faint = known.wav(tmp_path / "faint.wav", np.random.default_rng(3).normal(0, 1e-4, (4 * RATE, 2)))
    assert mixed(faint, world).sound == programme(faint).sound, "a quiet place has a tone of its own"
    asked = mixed(clip, world, room="none")
    assert not asked.quiet and world.loudness(asked.sound).true_peak == -200


def test_what_is_lost_on_one_loudspeaker_is_said_and_promised(tmp_path: Path) -> None:
    world = World(tmp_path)
    noise = np.random.default_rng(1).normal(0, 0.1, (4 * RATE, 1))
    inverted = known.wav(tmp_path / "inverted.wav", np.hstack([noise, -0.9 * noise]))
    done = mixed(inverted, world)
    assert "the mono downmix loses" in done.notes[0] and done.promises == ()
    asked = mixed(inverted, world, mono="require")
    (promise,) = asked.promises
    assert not CheckResult(promise, world.loudness(asked.sound).fold).kept
    fine = known.wav(tmp_path / "fine.wav", np.hstack([noise, noise[::-1]]))
    assert mixed(fine, world).notes == ()
    assert world.loudness(recorded(fine)[1]).fold == pytest.approx(-3, abs=0.1)


def test_width_moves_both_sides_together_or_apart(tmp_path: Path) -> None:
    world = World(tmp_path)
    sides = np.random.default_rng(2).normal(0, 0.1, (RATE, 2))
    _, sound = recorded(known.wav(tmp_path / "sides.wav", sides))
    for width in (0, 0.5, 2):
        got = world.samples(mix_tracks.wide(sound, width))
        middle, side = sides.mean(axis=1), (sides[:, 0] - sides[:, 1]) / 2
        assert got[:, 0] == pytest.approx(middle + width * side, abs=1e-6)


def test_a_file_that_is_damaged_is_named_and_not_the_clip(tmp_path: Path) -> None:
    """Frames of an MP3 whose second half is overwritten."""
    music = tmp_path / "music.mp3"
    ffmpeg_by_hand(
        "-f", "lavfi", "-i", "anoisesrc=d=4:a=0.3:seed=1", "-c:a", "libmp3lame", "-b:a", "128k", str(music)
    )
    data = bytearray(music.read_bytes())
    data[len(data) // 2 :] = bytes(
        (at * 151 + 89) % 256 if at % 97 > 3 else byte for at, byte in enumerate(data[len(data) // 2 :])
    )
    music.write_bytes(data)
    clip = tone(tmp_path, "clip.wav")
    with pytest.raises(FinishError, match=r"^mix\.music: music\.mp3 is damaged: ") as raised:
        mixed(clip, World(tmp_path), music={"file": music})
    assert (
        raised.value.code == "media" and raised.value.hint == "export or copy it again, or name another file"
    )


def test_files_that_are_mixed_in_are_read_as_clips_are(tmp_path: Path) -> None:
    """Music on the fourth of eight channels is heard on both sides.

    A note reports it, and a silent effect; silent music is refused.
    """
    sound = np.zeros((2 * RATE, 8))
    sound[:, 3] = 0.25 * np.sin(2 * np.pi * 440 * np.arange(2 * RATE) / RATE)
    music, nothing = known.wav(tmp_path / "m.wav", sound), known.wav(tmp_path / "n.wav", np.zeros((RATE, 2)))
    world = World(tmp_path)
    done = mixed(
        silent(tmp_path, 2.0),
        world,
        music={"file": music, "fade_in": 0, "fade_out": 0},
        effects=[{"file": nothing, "at": 0}],
    )
    samples = world.samples(done.sound)
    assert np.array_equal(samples[:, 0], samples[:, 1]) and np.abs(samples).max() > 0.05
    notes = {note.code: note for note in done.notes}
    assert notes["silent-effect"].startswith("mix.effects: n.wav is silent")
    assert notes.get("channels-guessed", notes.get("lfe-alone", "")).startswith("mix: m.wav: ")
    with pytest.raises(FinishError, match=r"mix\.music: n\.wav is silent"):
        mixed(silent(tmp_path, 2.0), world, music={"file": nothing})
