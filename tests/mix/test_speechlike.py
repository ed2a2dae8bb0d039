"""What sounds like speech and what doesn't: synthetic sounds and real ones."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from clip_files import shared

from finish.analysis.speech_detection import Voice
from finish.analysis.speech_likeness import RATE, Speechlike, SpeechlikeFacts
from finish.units import Span

SECONDS = 12
AT = np.arange(SECONDS * RATE) / RATE


def judged(sound: np.ndarray, block: int = 7001) -> SpeechlikeFacts:
    """All of the sound."""
    fold = Speechlike((Span(Fraction(0), Fraction(len(sound), RATE)),)).begin()
    for first in range(0, len(sound), block):
        fold.add(Fraction(0), sound[first : first + block, None].astype(np.float32))
    return fold.result()


def chord(root: float) -> np.ndarray:
    return sum(np.sin(2 * np.pi * root * part * AT) / part for part in (1, 1.25, 1.5, 2, 3))


def syllables(seed: int = 1) -> np.ndarray:
    """A buzz of varying pitch, in syllables of 90 to 280 ms with stops between them, and with breaths."""
    random = np.random.default_rng(seed)
    knots = np.arange(0, SECONDS + 1, 0.15)
    pitch = 120 * np.exp(0.25 * np.interp(AT, knots, random.standard_normal(len(knots))))
    voice = sum(np.sin(part * 2 * np.pi * np.cumsum(pitch) / RATE) / part for part in range(1, 12))
    gate, now = np.zeros(len(AT)), 0
    while now < len(AT):
        long, stop = (
            random.integers(1440, 4480),
            random.choice([320, 640, 1280, 4800], p=[0.35, 0.35, 0.2, 0.1]),
        )
        piece = gate[now : now + long]
        piece[:] = random.uniform(0.4, 1) * np.hanning(long)[: len(piece)] ** 0.5
        now += int(long + stop)
    return np.asarray(0.2 * voice * gate + 0.001 * random.standard_normal(len(AT)))


def melody(seed: int = 2) -> np.ndarray:
    """Notes of uneven lengths that decay."""
    random, out, now = np.random.default_rng(seed), np.zeros(len(AT)), 0
    while now < len(AT) - 8000:
        note, long = 220 * 2 ** (random.integers(0, 13) / 12), int(random.choice([2000, 4000, 6000, 8000]))
        out[now : now + long] = sum(
            np.sin(2 * np.pi * note * part * AT[:long]) / part for part in range(1, 6)
        ) * np.exp(-5 * AT[:long])
        now += long
    return 0.15 * out


def singing() -> np.ndarray:
    """One note after another with vibrato, without a gap between them."""
    notes = np.random.default_rng(3).choice([0, 2, 4, 5, 7, 9], 2 * SECONDS)
    pitch = np.repeat(220 * 2 ** (notes / 12), RATE // 2) * (1 + 0.02 * np.sin(2 * np.pi * 5.5 * AT))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    return 0.1 * sum(np.sin(part * phase) / part for part in range(1, 12))


def test_speech_is_clear() -> None:
    assert all(judged(syllables(seed)).clear for seed in range(1, 6))


@pytest.mark.parametrize(
    "sound",
    [
        0.1 * chord(220),
        0.2 * chord(220) * np.exp(-4 * (2 * AT % 1)),
        melody(),
        singing(),
        0.1 * np.random.default_rng(4).standard_normal(len(AT)),
        0.3 * np.sin(2 * np.pi * 440 * AT),
        0.3 * np.exp(-30 * (2 * AT % 1)) * np.random.default_rng(5).standard_normal(len(AT)),
    ],
    ids=["chord", "plucked", "melody", "singing", "noise", "tone", "drums"],
)
def test_music_and_noise_are_not(sound: np.ndarray) -> None:
    assert not judged(sound).clear


def test_blocks_of_any_size_say_the_same() -> None:
    assert judged(syllables(), 160) == judged(syllables(), 50_000)


@pytest.mark.media
@pytest.mark.parametrize(
    ("name", "clear"), [("phone-call.wav", True), ("speech-and-effects.wav", True), ("music.mp3", False)]
)
def test_sounds_at_hand(name: str, clear: bool) -> None:
    """WebRTC's detector classifies all of the music as speech."""
    import av

    with av.open(str(shared(f"sound/{name}"))) as container:
        to = av.AudioResampler("flt", "mono", RATE)
        sound = np.concatenate(
            [each.to_ndarray()[0] for frame in container.decode(audio=0) for each in to.resample(frame)]
        )
    detector = Voice().begin()
    detector.add(Fraction(0), sound[:, None])
    spans = tuple(Span(span.start, span.end) for span in detector.result().spans)
    fold = Speechlike(spans).begin()
    fold.add(Fraction(0), sound[:, None])
    assert spans and fold.result().clear == clear
