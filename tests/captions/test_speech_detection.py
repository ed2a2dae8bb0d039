"""Speech detection: synthetic voices, a telephone call with reference turns, and the packaged detectors."""

from __future__ import annotations

import wave
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from finish.analysis.speech_detection import Silero, SpeechSpan, Voice
from finish.errors import FinishError

FOOTAGE = Path(__file__).resolve().parents[3] / "shared" / "media"


# Voice


def speechlike(seconds: float, seed: int = 1) -> NDArray[np.float32]:
    """A buzz that the detector takes for a voice.

    120 Hz through two moving resonances, four syllables a second.
    """
    rate, count = 16_000, int(seconds * 16_000)
    at = np.arange(count) / rate
    buzz = sum(np.sin(2 * np.pi * 120 * n * at) / n for n in range(1, 30))
    shape = np.clip(np.sin(2 * np.pi * 4 * at) + 0.6, 0, 1) * (0.6 + 0.4 * np.sin(2 * np.pi * 700 * at))
    return np.asarray(0.2 * buzz * shape + np.random.default_rng(seed).normal(0, 0.001, count), np.float32)


def listened(sound: NDArray[np.float32], block: int = 1000) -> tuple[SpeechSpan, ...]:
    fold = Voice().begin()
    for at in range(0, len(sound), block):
        fold.add(Fraction(at, 16_000), sound[at : at + block, np.newaxis])
    return fold.result().spans


def test_speech_is_found_between_silences_whatever_the_blocks() -> None:
    quiet = np.random.default_rng(2).normal(0, 0.0005, 16_000).astype(np.float32)
    sound = np.concatenate((quiet, speechlike(2), quiet, speechlike(1), quiet))
    spans = listened(sound)
    assert spans == listened(sound, 777) == listened(sound, len(sound)) and len(spans) == 2
    assert [float(edge) for span in spans for edge in (span.start, span.end)] == pytest.approx(
        [1, 3, 4, 5], abs=0.25
    )
    assert (
        listened(quiet) == () == listened(np.zeros(0, np.float32))
        and listened(np.zeros(16_000, np.float32)) == ()
    )


@pytest.mark.media
def test_a_telephone_call_agrees_with_its_reference_turns() -> None:
    """The speech of both speakers in frames of 10 ms: 98.6 % agree; the test needs 97 %."""
    if not FOOTAGE.is_dir():
        pytest.skip("the shared footage is not there")
    with wave.open(str(FOOTAGE / "sound" / "phone-call.wav")) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32768
    truth, found = np.zeros(len(sound) // 160, bool), np.zeros(len(sound) // 160, bool)
    for line in (FOOTAGE / "sound" / "phone-call.rttm").read_text().splitlines():
        start, length = (float(each) for each in line.split()[3:5])
        truth[round(100 * start) : round(100 * (start + length))] = True
    for span in listened(sound):
        found[int(100 * span.start) : int(100 * span.end)] = True
    assert (truth == found).mean() >= 0.97


def test_silero_hears_the_whole_at_once_and_tells_in_hundredths() -> None:
    given: list[np.ndarray] = []

    def detect(sound: np.ndarray) -> list[dict[str, int]]:
        given.append(sound)
        return [{"start": 1600, "end": 4800}, {"start": 15_000, "end": 99_999}]

    fold = Silero(detect)
    for at in range(0, 16_000, 777):
        fold.add(Fraction(at, 16_000), np.full((min(777, 16_000 - at), 2), 0.5, np.float32))
    assert fold.result().spans == (
        SpeechSpan(Fraction(1, 10), Fraction(3, 10)),
        SpeechSpan(Fraction(93, 100), Fraction(1)),
    )
    assert len(given) == 1 and given[0].shape == (16_000,)
    assert Silero(detect).result().spans == () and len(given) == 1


def test_silero_is_part_of_an_extra() -> None:
    if find_spec("faster_whisper"):
        pytest.skip("the extra is installed")
    with pytest.raises(FinishError, match="Silero's speech detector isn't installed") as missing:
        Voice("silero").begin()
    assert "finish[speech]" in missing.value.hint
