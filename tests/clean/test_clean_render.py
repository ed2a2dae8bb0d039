"""Cleaning through FFmpeg: what it removes, what it keeps, and that nothing is delayed."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import known
import numpy as np
import pytest

from finish.analysis.loudness import Loudness
from finish.analysis.noise_floor import BANDS, NoiseFacts, NoiseFloor
from finish.analysis.speech_detection import SpeechSpan, Voice, VoiceFacts
from finish.execution.frame_reader import Analysis, FrameReader
from finish.execution.renderer import Renderer
from finish.graph import Stream
from finish.media.probe import probe
from finish.model import ClipProgramme, Delivery, Measure, Programme
from finish.stages import clean
from finish.stages.clean import clean_steps
from finish.storage.store import Store
from finish.units import Size, Span

pytestmark = pytest.mark.render

DELIVERY = Delivery.model_validate({"frame": "320x180", "rates": {"low": 24, "high": 60, "otherwise": 30}})
RATE = 48_000
SPOKEN = ((1.0, 2.5), (4.0, 6.0), (7.0, 9.0))
SECONDS = 10


class World:
    """Real answers, except where somebody speaks."""

    def __init__(self, folder: Path) -> None:
        store = Store(folder / "store")
        self.reader = FrameReader(Renderer(store))
        self.asker = Analysis(self.reader, store)

    def __call__(self, question: Measure[Any]) -> Any:
        if isinstance(question.analyser, Voice):
            return VoiceFacts(
                tuple(SpeechSpan(Fraction(str(start)), Fraction(str(end))) for start, end in SPOKEN)
            )
        return self.asker(question)

    def prepare(self, questions: Any) -> None: ...

    def samples(self, of: Stream) -> np.ndarray:
        return np.concatenate([data for _, data in self.reader.samples(of, RATE)]).astype(float)


def speech() -> np.ndarray:
    """Syllables of a 120 Hz voice with harmonics and a hiss in each word; silence between the words."""
    times = np.arange(SECONDS * RATE) / RATE
    voice = sum(np.sin(2 * np.pi * 120 * harmonic * times) / harmonic for harmonic in range(1, 25))
    hiss = np.random.default_rng(5).normal(0, 0.3, len(times)) * (np.sin(2 * np.pi * 1.3 * times) > 0.9)
    spoken = np.any([(times >= start) & (times < end) for start, end in SPOKEN], axis=0)
    return 0.1 * spoken * (voice * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * times)) + hiss)


def noise(level: float, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 10 ** (level / 20), SECONDS * RATE)


def source(folder: Path, samples: np.ndarray) -> Programme:
    """A stereo clip of the samples, (n) or (n, 2)."""
    path = known.wav(
        folder / "clip.wav", samples if samples.ndim > 1 else np.repeat(samples[:, None], 2, axis=1)
    )
    found = probe(path)
    sound = found.sound().filter("aresample", osr=RATE, out_sample_fmt="fltp")
    return ClipProgramme(
        source=found,
        conformed=sound,
        picture=sound,
        sound=sound,
        frame=Size(2, 2),
        rate=Fraction(25),
        frames=SECONDS * 25,
        content_sound=sound,
    )


def cleaned(world: World, programme: Programme, **settings: Any) -> Programme:
    return clean.plan(clean.CleanSettings.model_validate(settings), programme, DELIVERY, world)


def sisdr(truth: np.ndarray, found: np.ndarray) -> float:
    """Scale-invariant signal-to-distortion ratio, dB (Le Roux et al. 2019)."""
    signal = (found @ truth) / (truth @ truth) * truth
    return float(10 * np.log10((signal @ signal) / ((found - signal) @ (found - signal))))


def heard_in(world: World, programme: Programme) -> NoiseFacts:
    spoken = tuple(Span(Fraction(str(start)), Fraction(str(end))) for start, end in SPOKEN)
    return world.asker(Measure(NoiseFloor(spoken), programme.sound))


@pytest.mark.parametrize("level", [-30, -45, -60])
def test_noise_and_speech_are_measured_as_they_were_made(tmp_path: Path, level: float) -> None:
    facts = heard_in(World(tmp_path), source(tmp_path, speech() + noise(level)))
    assert facts.floor == pytest.approx(level, abs=0.5)
    assert facts.bands[3:14] == pytest.approx([level] * 11, abs=1.5) and len(facts.bands) == len(BANDS)
    inside = np.concatenate([speech()[round(start * RATE) : round(end * RATE)] for start, end in SPOKEN])
    assert facts.speech == pytest.approx(10 * np.log10((inside**2).mean() + 10 ** (level / 10)), abs=0.5)


def test_noise_is_lowered_and_speech_comes_nearer_to_what_it_was(tmp_path: Path) -> None:
    world = World(tmp_path)
    mixture = speech() + noise(-35)
    for most in (6, 12, 20):
        done = cleaned(world, source(tmp_path, mixture), denoise=most)
        found = world.samples(done.sound)[:, 0]
        gained = sisdr(speech(), found) - sisdr(speech(), mixture)
        assert len(found) == SECONDS * RATE and gained > 0.5 * most**0.5 * 2, (most, gained)
        before, after = heard_in(world, source(tmp_path, mixture)), heard_in(world, done)
        assert 0.65 * most < before.floor - after.floor < most + 1
        assert done.notes[0].startswith("clean: noise floor -3") and len(done.notes) == 1


@pytest.mark.parametrize(
    "settings",
    [
        {"highpass": 80},
        {"denoise": 12},
        {"deess": 0.5},
        {"compress": 2},
        {"highpass": 80, "denoise": 12, "deess": 0.5, "compress": 2},
    ],
)
def test_nothing_comes_late(tmp_path: Path, settings: dict[str, Any]) -> None:
    world = World(tmp_path)
    mixture = speech() + noise(-45)
    found = world.samples(cleaned(world, source(tmp_path, mixture), **settings).sound)[:, 0]
    assert len(found) == len(mixture)
    spectrum = np.fft.rfft(found, 2 * len(found)) * np.conj(np.fft.rfft(mixture, 2 * len(found)))
    spectrum[: 2 * 200 * SECONDS] = 0  # a high-pass filter shifts the phase near its cutoff
    late = int(np.argmax(np.fft.irfft(spectrum)))
    assert min(late, 2 * len(found) - late) <= 2


def test_the_delay_of_the_denoiser_is_what_we_say(tmp_path: Path) -> None:
    world, clip = World(tmp_path), source(tmp_path, noise(-20))
    raw, late = (
        world.samples(clip.sound)[:, 0],
        world.samples(clip.sound.filter("afftdn", nr=1, nf=-80))[:, 0],
    )
    assert late[clean_steps._LATE :] == pytest.approx(raw[: -clean_steps._LATE], abs=2e-2)
    assert np.argmax(np.correlate(late[:48_000], raw[:40_000], "valid")) == clean_steps._LATE


def test_rumble_goes_and_the_voice_stays(tmp_path: Path) -> None:
    world = World(tmp_path)
    times = np.arange(SECONDS * RATE) / RATE
    for hertz, left in ((20, -24.1), (80, -3.0), (1000, 0.0)):
        found = world.samples(
            clean_steps.highpassed(source(tmp_path, 0.5 * np.sin(2 * np.pi * hertz * times)).sound, 80)
        )[RATE:, 0]
        assert 20 * np.log10(np.abs(found).max() / 0.5) == pytest.approx(left, abs=0.2)


def test_sibilants_are_held_back_and_said_so(tmp_path: Path) -> None:
    world = World(tmp_path)
    clip = source(tmp_path, speech() + noise(-70))
    done = cleaned(world, clip, deess=1)
    assert heard_in(world, done).sibilance < heard_in(world, clip).sibilance - 3
    assert "sibilants" in done.notes[0]


def test_compression_brings_loud_words_nearer_and_says_what_that_does_to_noise(tmp_path: Path) -> None:
    world = World(tmp_path)
    louder = speech() * np.where(np.arange(SECONDS * RATE) > 6.5 * RATE, 3.0, 0.7)
    done = cleaned(world, source(tmp_path, louder + noise(-40)), compress=4)
    found = world.samples(done.sound)[:, 0]

    def apart(samples: np.ndarray) -> float:
        quiet, loud = (samples[round(start * RATE) : round(end * RATE)] for start, end in SPOKEN[1:])
        return float(10 * np.log10((loud**2).mean() / (quiet**2).mean()))

    assert apart(louder) == pytest.approx(12.6, abs=0.3) and apart(found) < apart(louder) - 2
    assert any(note.startswith("clean: result is worse: speech is") for note in done.notes)


@pytest.mark.parametrize(
    ("matrix", "told"),
    [
        (np.array([[1.0, 0.0]]), "the right side is silent"),
        (np.array([[0.0, 1.0]]), "the left side is silent"),
        (np.array([[1.0, -1.0]]), "one side is inverted"),
        (np.array([[1.0, 0.5]]), ""),
    ],
)
def test_faulty_channels_are_said_and_mended(tmp_path: Path, matrix: np.ndarray, told: str) -> None:
    world = World(tmp_path)
    clip = source(tmp_path, speech()[:, None] @ matrix)
    reported, done = cleaned(world, clip), cleaned(world, clip, channels="mend")
    assert reported.sound == clip.sound and [told in note for note in reported.notes] == (
        [True] if told else []
    )
    assert [note.endswith(": repaired") for note in done.notes] == ([True] if told else [])
    facts = world.asker(Measure(Loudness(), done.sound))
    assert facts.correlation == pytest.approx(1, abs=1e-6) and abs(facts.balance or 0) < 7
    if told:
        assert world.samples(done.sound)[:, 0] == pytest.approx(world.samples(done.sound)[:, 1])


def test_a_clip_without_sound_is_left_alone(tmp_path: Path) -> None:
    clip = source(tmp_path, speech())
    silent = ClipProgramme(
        source=clip.source,
        conformed=clip.conformed,
        picture=clip.picture,
        sound=clip.sound,
        frame=clip.frame,
        rate=clip.rate,
        frames=clip.frames,
    )
    assert cleaned(World(tmp_path), silent, denoise=12).notes == ("clean: no sound to clean",)
    assert cleaned(World(tmp_path), silent).notes == ()
