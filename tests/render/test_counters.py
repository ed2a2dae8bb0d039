"""The counters that other tests measure with: they are read in finished files, and errors are found."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from clip_files import ffmpeg_by_hand
from counters import (
    RATE,
    RATES,
    Counter,
    CounterClip,
    chirps,
    flashes,
    gains,
    lag,
    noise_of,
    readings,
    sound_of,
)

import finish

pytestmark = pytest.mark.render

JOB = """\
source: clip.mov
reframe: {follow: centre}
sound: {target: none}
encode: {picture: {speed: ultrafast}}
deliverables:
  - {name: wide, preset: youtube, encode: {size: 240x136}}
  - {name: tall, preset: tiktok, encode: {size: 360x640}}
"""


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{float(rate):.2f}")
def test_frames_and_chirps_of_a_clip_are_read(rate: Fraction, tmp_path: Path) -> None:
    path = CounterClip(3, 72, rate).write(tmp_path / "clip.mov")
    frames = readings(path)
    assert [frame.counter for frame in frames] == [Counter(3, number) for number in range(72)]
    assert [frame.flash for frame in frames] == [flashes(number) for number in range(72)]
    flashed = [round(frame.time * RATE) for frame in frames if frame.flash]
    assert chirps(sound_of(path)) == flashed and len(flashed) == 3


def test_frames_of_deliveries_are_read(tmp_path: Path) -> None:
    """Scaled, cropped to the middle, encoded twice."""
    CounterClip(21, 60).write(tmp_path / "clip.mov")
    (tmp_path / "job.yaml").write_text(JOB)
    outcomes = finish.run(finish.load(tmp_path).job)
    for outcome in outcomes:
        assert outcome.path is not None, outcome
        frames = readings(outcome.path)
        assert [frame.counter for frame in frames] == [Counter(21, number) for number in range(60)]
        sound = sound_of(outcome.path)
        assert lag(sound[12_000:20_000], 21, 12_000) == 0
        assert np.abs(np.subtract(chirps(sound), [number * 1920 for number in (10, 34, 58)])).max() <= 1


def test_a_mix_of_two_frames_is_no_counter_but_a_share(tmp_path: Path) -> None:
    for number in (1, 2):
        CounterClip(number, 30).write(tmp_path / f"{number}.mov")
    graph = "[0:v][1:v]xfade=transition=fade:duration=0.4:offset=0.4"
    inputs = ("-i", str(tmp_path / "1.mov"), "-i", str(tmp_path / "2.mov"))
    mixed = tmp_path / "mixed.mov"
    ffmpeg_by_hand(*inputs, "-filter_complex", graph, "-c:v", "libx264", "-crf", "10", "-an", str(mixed))
    frames = readings(mixed)
    assert frames[9].counter == Counter(1, 9) and frames[21].counter == Counter(2, 11)
    assert all(frame.counter is None for frame in frames[13:18])
    for number in range(10, 20):
        share, off = frames[number].share(Counter(1, number), Counter(2, number - 10))
        assert share == pytest.approx((number - 10) / 10, abs=0.01) and off < 0.05
        assert frames[number].share(Counter(1, number), Counter(2, number - 9))[1] > 0.08 or number == 10


def test_a_late_sound_and_another_clips_sound_are_found() -> None:
    sound = noise_of(4, 3 * RATE, Fraction(25))
    for late in (-150, -1, 0, 1, 150):
        assert lag(sound[20_000:30_000], 4, 20_000 + late) == late
    with pytest.raises(AssertionError, match="isn't the sound of clip 5"):
        lag(sound[20_000:30_000], 5, 20_000)


def test_how_loud_two_clips_are_is_measured() -> None:
    one, other = noise_of(1, RATE, Fraction(25)), noise_of(2, RATE, Fraction(25))
    mixed = 0.8 * one[1000:9000] + 0.3 * other[2000:10_000]
    assert gains(mixed, [(1, 1000), (2, 2000)]) == pytest.approx(np.array([[0.8, 0.3]] * 33), abs=0.01)
