"""The meter against EBU Tech 3341 and 3342, ITU-R BS.2217 and BS.1770-5; each rule is shown to matter."""

from __future__ import annotations

import json
import math
import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from scipy import signal
from timing import Stopwatch

from finish.analysis.loudness import FLOOR, RATE, Loudness, LoudnessFacts, gating, k_weighting, loudness_meter
from finish.analysis.loudness.true_peak import PHASES
from finish.errors import FinishError
from finish.model import Samples

NOTHING = -300.0


def tone(*parts: tuple[float, float], channels: int = 2, hertz: float = 1000.0) -> np.ndarray:
    """A sine, in phase in all channels, whose level in dBFS (peak) changes from part to part.

    Each part is (seconds, level).
    """
    envelope = np.concatenate([np.full(round(length * RATE), 10 ** (level / 20)) for length, level in parts])
    wave = envelope * np.sin(2 * np.pi * hertz * np.arange(len(envelope)) / RATE)
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


def meter(sound: np.ndarray, blocks: Sequence[int] = (4096,)) -> LoudnessFacts:
    fold, start = Loudness().begin(), 0
    sizes = (
        iter(lambda: 0, 1) if not blocks else (blocks[index % len(blocks)] for index in range(len(sound) + 1))
    )
    while start < len(sound):
        size = next(sizes)
        fold.add(Fraction(start, RATE), sound[start : start + size])
        start += size
    return fold.result()


def heard(sound: np.ndarray, fact: str = "integrated") -> float:
    value = getattr(meter(sound), fact)
    return NOTHING if value is None else value


# ---------------------------------------------------------------- Tech 3341, table 1: loudness, all ±0.1 LU


SURROUND = np.concatenate([tone((20, level), channels=1) for level in (-28, -28, -24, -30, -30)], axis=1)
INTEGRATED = {
    "1": (tone((20, -23)), -23.0),
    "2": (tone((20, -33)), -33.0),
    "3": (tone((10, -36), (60, -23), (10, -36)), -23.0),
    "4": (tone((10, -72), (10, -36), (60, -23), (10, -36), (10, -72)), -23.0),
    "5": (tone((20, -26), (20.1, -20), (20, -26)), -23.0),
    "6": (SURROUND, -23.0),
}


@pytest.mark.parametrize("case", INTEGRATED)
def test_3341_integrated(case: str) -> None:
    sound, expected = INTEGRATED[case]
    assert heard(sound) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("case", ["1", "2"])
def test_3341_a_steady_tone_reads_the_same_in_every_window(case: str) -> None:
    sound, expected = INTEGRATED[case]
    facts = meter(sound)
    assert (facts.momentary, facts.short_term) == (
        pytest.approx(expected, abs=0.1),
        pytest.approx(expected, abs=0.1),
    )


def test_3341_9_and_12_changing_levels_read_constant() -> None:
    assert heard(tone(*[(1.34, -20), (1.66, -30)] * 5), "short_term") == pytest.approx(-23, abs=0.1)
    assert heard(tone(*[(0.18, -20), (0.22, -30)] * 25), "momentary") == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize("index", range(20))
def test_3341_10_and_11_greatest_short_term(index: int) -> None:
    before = (index * 0.15, NOTHING)
    assert heard(tone(before, (3, -23), (1, NOTHING)), "short_term") == pytest.approx(-23, abs=0.1)
    assert heard(tone(before, (3, -38 + index), (3 - index * 0.15, NOTHING)), "short_term") == pytest.approx(
        -38 + index, abs=0.1
    )


def momentary_13(index: int) -> float:
    return heard(tone((index * 0.02, NOTHING), (0.4, -23), (1, NOTHING)), "momentary")


@pytest.mark.parametrize("index", range(20))
def test_3341_13_and_14_greatest_momentary(index: int) -> None:
    assert momentary_13(index) == pytest.approx(-23, abs=0.1)
    live = tone((index * 0.02, NOTHING), (0.4, -38 + index), (0.4 - index * 0.02, NOTHING))
    assert heard(live, "momentary") == pytest.approx(-38 + index, abs=0.1)


# ----------------------------------------------------------------


def faded(wave: np.ndarray) -> np.ndarray:
    ramp = np.minimum(1, np.arange(len(wave)) / (0.01 * RATE))
    return np.repeat((wave * ramp * ramp[::-1])[:, None], 2, axis=1).astype(np.float32)


def sine(period: int, amplitude: float, degrees: float) -> np.ndarray:
    return faded(amplitude * np.sin(2 * np.pi * np.arange(RATE // 2) / period + math.radians(degrees)))


def burst(offset: int) -> np.ndarray:
    """One period of fs/4 at full scale within fs/6 at half, made at 4 fs and decimated from `offset`."""
    slow, fast, lead = 24, 16, 24 * 500
    wave = np.concatenate(
        [
            0.5 * np.sin(2 * np.pi * np.arange(lead) / slow),
            np.sin(2 * np.pi * np.arange(fast) / fast),
            0.5 * np.sin(2 * np.pi * np.arange(lead) / slow),
        ]
    )
    low = signal.firwin(511, 0.95 * RATE / 2, fs=4 * RATE)
    return faded(np.convolve(wave, low, "same")[offset::4])


PEAKS = {
    "15": (sine(4, 0.5, 0), -6.0),
    "16": (sine(4, 0.5, 45), -6.0),
    "17": (sine(6, 0.5, 60), -6.0),
    "18": (sine(8, 0.5, 67.5), -6.0),
    "19": (sine(4, 1.41, 45), 3.0),
    "20": (burst(0), 0.0),
    "21": (burst(1), 0.0),
    "22": (burst(2), 0.0),
    "23": (burst(3), 0.0),
}


@pytest.mark.parametrize("case", PEAKS)
def test_3341_true_peak(case: str) -> None:
    sound, expected = PEAKS[case]
    assert expected - 0.4 <= meter(sound).true_peak <= expected + 0.2


def test_the_oversampler_is_the_one_of_annex_2() -> None:
    """48 taps in 4 phases; two are the others reversed.

    Each passes steady sound within 0.25 dB (the outer two within 0.02).
    """
    assert PHASES.shape == (4, 12)
    assert np.array_equal(PHASES[2:], PHASES[1::-1, ::-1])
    assert 20 * np.log10(PHASES.sum(axis=1)) == pytest.approx([0.014, -0.238, -0.238, 0.014], abs=0.001)


def test_a_peak_between_the_last_sample_and_nothing_is_heard() -> None:
    sound = tone((0.5, NOTHING))
    sound[-2:] = 0.5
    assert meter(sound).true_peak > meter(sound).sample_peak + 1


# ---------------------------------------------------------------- Tech 3342, table 1: loudness range, ±1 LU


RANGES = {
    "1": (((20, -20), (20, -30)), 10),
    "2": (((20, -20), (20, -15)), 5),
    "3": (((20, -40), (20, -20)), 20),
    "4": (((20, -50), (20, -35), (20, -20), (20, -35), (20, -50)), 15),
}


@pytest.mark.parametrize("case", RANGES)
def test_3342_range(case: str) -> None:
    parts, expected = RANGES[case]
    assert heard(tone(*parts), "range") == pytest.approx(expected, abs=1)


def test_3342_repeating_a_sound_keeps_its_range() -> None:
    parts, _ = RANGES["1"]
    assert heard(tone(*parts * 2), "range") == pytest.approx(heard(tone(*parts), "range"), abs=1)


def test_3342_the_end_of_a_file_counts_in_full() -> None:
    """1 s of −20 after 20 s of −40: the loudest 3 s contain all of it for 1.5 s.

    10·log10((1 + 2·0.01) / 3 / 0.01) = 15.3 LU above.
    """
    assert heard(tone((20, -40), (1, -20)), "range") == pytest.approx(15.3, abs=1)


# ---------------------------------------------------------------- BS.2217 (±0.1 LKFS) and BS.1770-5


QUIET = (0.5, -90)
ABSOLUTE = tone((0.8, -90), (0.5, -69.5), QUIET, (0.5, -69.5), QUIET, (0.5, -69.5), (0.7, -90))
RELATIVE = tone((0.5, NOTHING), (0.9, -20), (1.3, -7.1), (0.8, -20), (0.5, NOTHING))


def test_2217_gates() -> None:
    assert heard(ABSOLUTE) == pytest.approx(-69.5, abs=0.1)
    assert heard(RELATIVE) == pytest.approx(-10.0, abs=0.1)


@pytest.mark.parametrize(
    ("hertz", "weight"), [(25, None), (100, None), (500, None), (1000, 0.0), (2000, None), (10_000, None)]
)
def test_2217_each_frequency_by_the_tables(hertz: int, weight: float | None) -> None:
    """The gain by the coefficients of BS.1770-5 tables 1 and 2 at this frequency; 1 kHz adds nothing."""
    _, response = signal.freqz_sos(
        [[*above, *below] for above, below in k_weighting.FILTERS], worN=[hertz], fs=RATE
    )
    expected = -20 - 0.691 + 20 * math.log10(abs(response[0]))
    assert heard(tone((5, -20), hertz=hertz)) == pytest.approx(expected, abs=0.02)
    assert weight is None or expected == pytest.approx(-20 + weight, abs=0.02)


@pytest.mark.parametrize(
    ("channel", "expected"), [(0, -23.0), (1, -23.0), (2, -23.0), (3, NOTHING), (4, -21.5), (5, -21.5)]
)
def test_2217_channels_of_5_1(channel: int, expected: float) -> None:
    """One front channel of −20 dBFS is 3 dB below a pair, a surround counts 1.5 dB more, LFE not at all."""
    sound = np.zeros((5 * RATE, 6), np.float32)
    sound[:, channel] = tone((5, -20))[:, 0]
    assert heard(sound) == pytest.approx(expected, abs=0.1)


def test_a_full_scale_997_hz_sine_in_one_front_channel_reads_minus_3_01() -> None:
    sound = tone((5, 0), hertz=997)
    sound[:, 1] = 0
    assert heard(sound) == pytest.approx(-3.01, abs=0.005)


def test_k_weighting_is_the_recursive_filter_to_rounding() -> None:
    noise = np.random.default_rng(1).standard_normal((100_003, 1)).astype(np.float32)
    expected = signal.sosfilt(
        [[*above, *below] for above, below in k_weighting.FILTERS], noise[:, 0].astype(np.float64)
    )
    fold = Loudness().begin()
    fold.add(Fraction(0), noise)
    fold.result()
    energies = np.concatenate(fold._energies)[:208]
    assert energies == pytest.approx((expected[: 208 * 480] ** 2).reshape(208, 480).sum(axis=1), rel=1e-9)


# ----------------------------------------------------------------


def off(sound: np.ndarray, expected: float, fact: str = "integrated") -> float:
    return abs(heard(sound, fact) - expected)


def test_without_the_relative_gate_3_and_5_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gating, "_RELATIVE", -200.0)
    assert off(*INTEGRATED["3"]) > 0.1
    assert off(RELATIVE, -10.0) > 0.1


def test_without_the_absolute_gate_2217_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gating, "SILENT", -200.0)
    assert off(ABSOLUTE, -69.5) > 0.1


def test_with_blocks_that_dont_overlap_5_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gating, "STEP", 40)
    assert off(RELATIVE, -10.0) > 0.1


def test_without_k_weighting_1_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(k_weighting, "_response", lambda: np.ones(k_weighting.FFT_LENGTH // 2 + 1))
    assert off(*INTEGRATED["1"]) > 0.1


def test_with_equal_channels_6_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(k_weighting.CHANNEL_WEIGHTS, 5, (1.0,) * 5)
    assert off(*INTEGRATED["6"]) > 0.1


def test_with_momentary_loudness_every_100_ms_13_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    every = gating.windows
    monkeypatch.setattr(gating, "windows", lambda hops, length: every(hops, length)[::10])
    assert max(abs(momentary_13(index) + 23) for index in range(20)) > 0.1


def test_without_oversampling_16_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loudness_meter, "oversampled_peaks", lambda samples: np.zeros(samples.shape[1] - 11))
    assert meter(PEAKS["16"][0]).true_peak < -6.4


def test_without_the_range_gate_3342_4_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gating, "_RANGE_GATE", -200.0)
    assert off(tone(*RANGES["4"][0]), 15, "range") > 1


# ---------------------------------------------------------------- the fold


@settings(max_examples=20, deadline=None)
@given(sizes=st.lists(st.integers(1, 30_000), min_size=1, max_size=8))
def test_blocks_of_any_size_give_the_same_facts(sizes: list[int]) -> None:
    noise = np.random.default_rng(2).normal(0, 0.1, (70_001, 2)).astype(np.float32)
    whole, split = meter(noise, [len(noise)]), meter(noise, sizes)
    assert asdict(split) == {
        key: value if value is None else pytest.approx(value, abs=1e-9)
        for key, value in asdict(whole).items()
    }


def test_it_asks_for_48_khz_and_says_what_it_answers() -> None:
    assert Loudness().wants == Samples(48_000)
    assert Loudness().facts is LoudnessFacts
    assert Loudness() == Loudness()


def edges() -> Iterator[LoudnessFacts]:
    yield Loudness().begin().result()
    yield meter(tone((1, NOTHING)) * 0)
    yield meter(tone((0.2, -20)))
    yield meter(tone((4, -20)))


def test_facts_survive_json() -> None:
    adapter = TypeAdapter(LoudnessFacts)
    for facts in edges():
        assert adapter.validate_json(adapter.dump_json(facts)) == facts
        json.dumps(asdict(facts), allow_nan=False)


def test_silence_has_no_loudness_and_peaks_at_the_floor() -> None:
    for facts in (Loudness().begin().result(), meter(np.zeros((RATE, 2), np.float32))):
        assert (facts.integrated, facts.momentary, facts.range, facts.true_peak, facts.sample_peak) == (
            None,
            None,
            None,
            FLOOR,
            FLOOR,
        )


def test_short_sound_is_measured_whole_and_says_so() -> None:
    facts = meter(tone((0.39, -20)))
    assert (facts.short, facts.momentary, facts.short_term) == (True, None, None)
    assert facts.integrated == pytest.approx(-20, abs=0.1)
    assert facts.seconds == pytest.approx(0.39)
    assert not meter(tone((0.4, -20))).short


def test_one_sample_is_a_sound() -> None:
    assert meter(np.full((1, 2), 0.5, np.float32)).sample_peak == pytest.approx(-6.02, abs=0.01)


def test_an_incomplete_last_block_is_left_out() -> None:
    assert heard(tone((0.4, -20), (0.0995, 0))) == pytest.approx(-20, abs=0.1)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_number_is_refused_with_its_time(value: float) -> None:
    sound = tone((1, -20))
    sound[24_000, 1] = value
    with pytest.raises(FinishError, match=r"a sample that isn't a number at 0\.500 s") as refused:
        meter(sound)
    assert refused.value.code == "sound"


def test_channels_without_a_weight_are_refused() -> None:
    with pytest.raises(FinishError, match="7 channels"):
        meter(np.zeros((10, 7), np.float32))


def test_memory_is_flat_but_for_the_energies() -> None:
    """100 energies of 8 bytes a second: 60 s more of sound may cost 60 kB, not 23 MB."""

    def peak(seconds: int) -> int:
        block, fold = tone((0.1, -20)), Loudness().begin()
        tracemalloc.start()
        for index in range(seconds * 10):
            fold.add(Fraction(index, 10), block)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(1)
    assert peak(70) - peak(10) < 200_000


def test_forty_times_faster_than_it_sounds(stopwatch: Stopwatch) -> None:
    noise = np.random.default_rng(3).normal(0, 0.1, (20 * RATE, 2)).astype(np.float32)
    with stopwatch(20 / 40):
        meter(noise)
