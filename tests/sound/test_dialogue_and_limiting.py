"""Dialogue in a mix and a limiter's gain reduction, measured on sounds of known truth."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from clip_files import shared

from finish.analysis.loudness import RATE, Loudness
from finish.analysis.speech_detection import SpeechSpan, Voice
from finish.checks import dialogue_level
from finish.checks.dialogue_level import ABOVE, Dialogue, DialogueFacts
from finish.execution.frame_reader import Analysis, FrameReader
from finish.execution.renderer import Renderer
from finish.media.probe import probe
from finish.model import Measure
from finish.model.sound_input import recorded
from finish.stages.sound.limiter_report import LimiterReport
from finish.storage.store import Store


def tone(*parts: tuple[float, float], hertz: float = 1000) -> np.ndarray:
    """Seconds at dBFS, in both channels."""
    level = np.concatenate([np.full(round(seconds * RATE), 10 ** (db / 20)) for seconds, db in parts])
    mono = level * np.sin(2 * np.pi * hertz * np.arange(len(level)) / RATE)
    return np.repeat(mono[:, None], 2, axis=1).astype(np.float32)


class Stated:
    """A detector that answers with fixed speech spans, and records what it was given."""

    def __init__(self, *spans: tuple[float, float]) -> None:
        self.facts = type(
            "Facts", (), {"spans": tuple(SpeechSpan(Fraction(str(a)), Fraction(str(b))) for a, b in spans)}
        )
        self.given: list[np.ndarray] = []

    def add(self, _: Fraction, data: np.ndarray) -> None:
        self.given.append(data)

    def result(self) -> object:
        return self.facts


def measured(
    sound: np.ndarray, *spans: tuple[float, float], block: int = 4801
) -> tuple[DialogueFacts, np.ndarray]:
    detector = Stated(*spans)
    fold = dialogue_level.DialogueMeter(Loudness().begin(), detector)
    for at in range(0, len(sound), block):
        fold.add(Fraction(at, RATE), sound[at : at + block])
    return fold.result(), np.concatenate(detector.given)[:, 0]


def test_only_what_is_spoken_counts() -> None:
    sound = tone((5, -20), (5, -30), (5, -20))
    facts, given = measured(sound, (5, 10))
    assert facts.dialogue == pytest.approx(-30, abs=0.6)  # a quarter of a block at either end may be louder
    assert facts.share == pytest.approx(1 / 3, abs=0.001) and facts.anchor == facts.dialogue
    assert len(given) == pytest.approx(len(sound) / 3, abs=1)
    little, _ = measured(sound, (5, 7))
    assert little.anchor == pytest.approx((little.integrated or 0) - ABOVE)
    nothing, _ = measured(np.zeros((RATE, 2), np.float32), (0, 1))
    assert (nothing.dialogue, nothing.anchor) == (None, None)


@pytest.mark.parametrize(
    ("hertz", "passes"), [(300, True), (3000, True), (6500, True), (9500, False), (15_000, False)]
)
def test_what_the_detector_hears_is_16_khz_without_aliases(hertz: float, passes: bool) -> None:
    _, given = measured(tone((1, -6), hertz=hertz))
    level = 20 * np.log10(np.sqrt(2 * (given[1000:-1000] ** 2).mean()) + 1e-9) + 6
    assert level == pytest.approx(0, abs=1.0) if passes else level < -50


@pytest.mark.render
def test_a_real_call_is_heard_as_the_voice_detector_hears_it(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    ask = Analysis(FrameReader(Renderer(store)), store)
    sound = recorded(probe(shared("sound/phone-call.wav")), lambda _: ()).sound
    facts = ask(Measure(Dialogue(), sound))
    spoken = sum(float(span.end - span.start) for span in ask(Measure(Voice(), sound)).spans)
    assert facts.share == pytest.approx(spoken / 30, abs=0.01)
    assert facts.dialogue == pytest.approx(facts.integrated, abs=1.0)


def limited(gains: np.ndarray, block: int = 1001) -> object:
    before = np.repeat(np.sin(2 * np.pi * 997 * np.arange(len(gains)) / RATE)[:, None] * 0.5, 2, axis=1)
    both = np.hstack([before, before * gains[:, None]]).astype(np.float32)
    fold = LimiterReport().begin()
    for at in range(0, len(both), block):
        fold.add(Fraction(at, RATE), both[at : at + block])
    return fold.result()


def test_a_limiters_work_is_told_as_it_was() -> None:
    gains = np.ones(4 * RATE)
    gains[RATE : RATE + RATE // 2] = 10 ** (-6 / 20)
    gains[3 * RATE : 3 * RATE + RATE // 10] = 10 ** (-0.3 / 20)  # too little to count
    done = limited(gains)
    assert (
        done.most == pytest.approx(6, abs=0.05)
        and done.limited == pytest.approx(0.5, abs=0.006)
        and done.seconds == 4
    )
    assert done.share == pytest.approx(0.125, abs=0.002)
    nothing = limited(np.ones(RATE))
    assert (nothing.most, nothing.limited) == (0, 0)
