"""Sound whose samples and timestamps disagree: clicks keep their stamps, and the plan states the defect."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from known import Floats, clicks, conformed, heard, peaks

from finish import graph
from finish.graph import describe
from finish.media.clock_fit import fitted
from finish.media.probe import probe
from finish.model import AudioTrack
from finish.model.media import SampleRun
from finish.model.sample_timing import ClockRun, clock_runs_of, timed
from finish.model.sound_input import read_sound as taken
from finish.model.track_selection import ChosenTracks

RATE, FRAME = 48_000, 1024
Warp = Callable[[float], float]


def same(time: float) -> float:
    return time


def stamped(
    path: Path,
    sound: Floats,
    warp: Warp,
    codec: str = "pcm_s16le",
    lost: tuple[tuple[float, float], ...] = (),
) -> Path:
    """A grey picture and mono sound in frames of 1,024 samples.

    What was recorded at t is stamped `warp(t)`; frames in `lost` are absent.
    """
    with av.open(str(path), "w") as container:
        picture: Any = container.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        picture.width, picture.height, picture.pix_fmt = 64, 36, "yuv420p"
        track: Any = container.add_stream(codec, rate=RATE, layout="mono")
        for number in range(math.ceil(warp(len(sound) / RATE) * 25)):
            frame = av.VideoFrame.from_ndarray(np.full((54, 64), 100, np.uint8), format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(picture.encode(frame))
        container.mux(picture.encode(None))
        sort = "s16" if codec == "pcm_s16le" else "fltp"
        for first in range(0, len(sound) - FRAME + 1, FRAME):
            block = sound[first : first + FRAME, 0]
            data = (block * 32767).astype("<i2") if sort == "s16" else block.astype("<f4")
            samples = av.AudioFrame.from_ndarray(data[None, :], format=sort, layout="mono")
            samples.sample_rate, samples.pts, samples.time_base = RATE, first, Fraction(1, RATE)
            put(container, track.encode(samples), warp, lost)
        put(container, track.encode(None), warp, lost)
    return path


def put(container: Any, packets: Any, warp: Warp, lost: tuple[tuple[float, float], ...]) -> None:
    for packet in packets:
        time = float(packet.pts * packet.time_base)
        if not any(begin <= time < end for begin, end in lost):
            packet.pts = packet.dts = round(warp(time) / float(packet.time_base))
            container.mux(packet)


def bursts(times: list[float], seconds: float) -> Floats:
    """Clicks of a few samples, which every resampler keeps."""
    return np.convolve(clicks(times, seconds)[:, 0], np.hanning(9), "same")[:, None]


SECONDS = 11.0
TIMES = [0.5 + at for at in range(11)]
BENT = (5.2, 1.006)

CASES: list[tuple[str, Warp, tuple[tuple[float, float], ...], int]] = [
    ("a thousandth too few", lambda time: 1.001 * time, (), 1),
    ("a hundredth too few", lambda time: 1.01 * time, (), 1),
    ("a hundredth too many", lambda time: 0.99 * time, (), 1),
    ("late, and half a percent too few", lambda time: 0.4 + 1.005 * time, (), 1),
    ("lost packets", same, ((3.1, 3.4), (7.0, 7.02)), 3),
    ("lost packets of a slow clock", lambda time: 1.005 * time, ((3.1, 3.4),), 2),
    (
        "a clock that goes slow on the way",
        lambda time: min(time, BENT[0]) + BENT[1] * max(0.0, time - BENT[0]),
        (),
        2,
    ),
    ("a clock that wanders", lambda time: time + 0.02 * math.sin(time / 4), (), 4),
    ("an overlap", lambda time: time - 0.015 * (time > 6.1), (), 2),
]


@pytest.mark.render
@pytest.mark.parametrize(
    ("warp", "lost", "runs"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_sound_comes_at_its_stamps(
    warp: Warp, lost: tuple[tuple[float, float], ...], runs: int, tmp_path: Path
) -> None:
    """Within 1 ms at every second, with stamps in whole milliseconds."""
    path = stamped(tmp_path / "x.mkv", bursts(TIMES, SECONDS), warp, lost=lost)
    done = conformed(path)
    _, found = heard(done, tmp_path)
    assert peaks(found) == pytest.approx([warp(time) for time in TIMES], abs=0.001)
    assert len(done.source.audio[0].runs) == runs and len(found) == done.frames * RATE // 25


@pytest.mark.render
def test_a_tone_of_a_slow_clock_has_one_pitch_and_no_jump(tmp_path: Path) -> None:
    """1,000 Hz recorded with a clock 0.8 % slow is 1,000/1.008 Hz by its stamps, within a thousandth."""
    tone = 0.25 * np.sin(2 * np.pi * 1000 * np.arange(6 * RATE) / RATE)[:, None]
    _, found = heard(conformed(stamped(tmp_path / "x.mkv", tone, lambda time: 1.008 * time)), tmp_path)
    inside = found[RATE // 2 : 5 * RATE + RATE // 2, 0]
    phase = np.unwrap(
        np.angle(np.fft.ifft(np.fft.fft(inside) * (np.arange(len(inside)) < len(inside) // 2)))
    )[4800:-4800]
    pitch = np.diff(phase[::480]) * 100 / 2 / np.pi
    assert pitch == pytest.approx(1000 / 1.008, abs=0.5)


@pytest.mark.render
def test_what_is_wrong_with_a_clock_is_said(tmp_path: Path) -> None:
    path = stamped(tmp_path / "x.mkv", bursts([0.5], 4.0), lambda time: 1.005 * time, lost=((2.0, 2.3),))
    notes = {note.code: note for note in conformed(path).notes}
    assert notes["sound-clock"].startswith("the sound is 0.50% slower than its timestamps (18 ms in 4 s)")
    assert notes["sound-clock"].level == "know"
    assert (
        notes["sound-gap"].startswith("0.30 s of sound is missing at 0:02.0")
        and notes["sound-gap"].level == "act"
    )


@pytest.mark.render
@pytest.mark.parametrize(
    ("name", "codec"), [("x.mp4", "aac"), ("x.mov", "pcm_s16le"), ("x.mkv", "aac"), ("x.mkv", "pcm_s16le")]
)
def test_a_whole_clip_needs_no_clock(name: str, codec: str, tmp_path: Path) -> None:
    path = stamped(tmp_path / name, bursts([0.5], 2.0), same, codec)
    assert probe(path).audio[0].runs == ()


@pytest.mark.render
def test_a_sound_full_of_holes_goes_by_its_stamps(tmp_path: Path) -> None:
    """Every fifth packet is lost, 120 in all: what comes after each isn't early."""
    seconds, frame = 13.0, FRAME / RATE
    lost = tuple((frame * (5 * at + 3) - 0.001, frame * (5 * at + 4) - 0.001) for at in range(120))
    kept = [time for time in TIMES if not any(begin - 0.02 < time < end + 0.02 for begin, end in lost)]
    done = conformed(stamped(tmp_path / "x.mkv", bursts(kept, seconds), same, lost=lost))
    assert done.source.audio[0].torn and peaks(heard(done, tmp_path)[1]) == pytest.approx(kept, abs=0.002)
    assert len(kept) >= 4 and [note.level for note in done.notes if note.code == "sound-gaps"] == ["act"]


@pytest.mark.render
def test_sound_that_begins_behind_the_picture_is_silence(tmp_path: Path) -> None:
    done = conformed(stamped(tmp_path / "x.mkv", bursts([0.5], 2.0), lambda time: time, lost=()))
    track = replace(done.source.audio[0], start=Fraction(9))
    late = taken(
        replace(done.source, audio=(track,)), ChosenTracks((0,)), (Fraction(0), Fraction(2)), lambda _: ()
    )
    assert [note.code for note in late.notes] == ["sound-too-late"] and "anullsrc" in describe(
        {"sound": late.sound}
    )


@given(st.integers(0, 2**32 - 1), st.floats(-0.01, 0.01), st.floats(0, 0.004))
def test_jitter_is_no_clock(seed: int, drift: float, jitter: float) -> None:
    """However the stamps of a steady clock jitter: one run at the true speed, never one per stamp."""
    random = np.random.default_rng(seed)
    counts = np.full(1000, float(FRAME))
    truth = np.arange(1000) * FRAME / RATE * (1 + drift)
    times = np.round((truth + random.uniform(-jitter, jitter, 1000)) * 1000) / 1000
    runs = fitted(times, counts, RATE, 0.001).runs
    assert len(runs) <= 1
    if runs:
        assert float(runs[0].start) == pytest.approx(0, abs=0.001)
        assert float(runs[0].seconds) == pytest.approx(1000 * FRAME / RATE * (1 + drift), abs=0.001)
    else:
        assert abs(drift) * 1000 * FRAME / RATE < 0.001


def test_a_lost_packet_does_not_change_the_clock() -> None:
    """Runs of one rate are one clock, whatever their lengths; where the rate changes, another begins."""

    def run(start: int, samples: int, rate: Fraction) -> SampleRun:
        return SampleRun(Fraction(start), samples / (RATE * rate), samples)

    slow, fast = Fraction(99, 100), Fraction(101, 100)
    runs = (run(0, 5 * RATE, slow), run(6, 2 * RATE, slow), run(9, 3 * RATE, fast))
    track = AudioTrack(0, "aac", RATE, 2, "stereo", Fraction(0), Fraction(12), runs=runs)
    assert clock_runs_of(track) == (ClockRun(0, runs[:2], 1 / slow), ClockRun(7 * RATE, runs[2:], 1 / fast))


@given(st.integers(3, 40), st.floats(0.01, 2.0), st.integers(0, 2**32 - 1))
def test_a_gap_is_found_where_it_is(at: int, gap: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    counts = np.full(50, float(FRAME))
    times = np.arange(50) * FRAME / RATE + gap * (np.arange(50) >= at) + random.uniform(-0.0005, 0.0005, 50)
    runs = fitted(times, counts, RATE, 0.001).runs
    assert [run.samples for run in runs] == [at * FRAME, (50 - at) * FRAME]
    assert float(runs[1].start - runs[0].start - runs[0].seconds) == pytest.approx(gap, abs=0.001)


@given(st.lists(st.tuples(st.integers(-(10**13), 10**13), st.integers(0, 48_000)), min_size=2, max_size=60))
def test_stamps_of_any_kind_make_a_clock_or_none(frames: list[tuple[int, int]]) -> None:
    """Whatever a file claims: no error, plausible runs, and parts that total the programme's length."""
    fit = fitted(
        np.array([time / 1000 for time, _ in frames]),
        np.array([float(count) for _, count in frames]),
        RATE,
        0.001,
    )
    assert all(
        run.samples > 0 and Fraction(1, 2) <= run.seconds * RATE / run.samples <= 2 for run in fit.runs
    )
    track = AudioTrack(0, "aac", RATE, 2, "stereo", Fraction(0), Fraction(10), runs=fit.runs, torn=fit.torn)
    sound = timed(graph.source("audio", "x", "/x", index=0, demuxer="mov"), track, Fraction(0), Fraction(10))
    if sound.name == "concat":
        assert sum(int(str(each.arg("end_sample"))) for each in sound.inputs) == 10 * RATE


def test_an_hour_of_short_frames_is_fitted_in_a_moment() -> None:
    """A clock that drifts by 50 ms, 10 ms per frame, is followed as closely as a short one."""
    count = 360_000
    times = np.arange(count) / 100 + 0.05 * np.sin(np.arange(count) / 100 / 200)
    runs = fitted(times, np.full(count, 480.0), RATE, 1 / 90_000).runs
    assert 4 < len(runs) <= 100
    ends = np.cumsum([float(run.samples) for run in runs]) / RATE
    assert [float(run.start + run.seconds) for run in runs] == pytest.approx(
        list(ends + 0.05 * np.sin(ends / 200)), abs=0.001
    )
