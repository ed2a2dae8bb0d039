"""Times of tracks: runs of samples on one clock or several, and film in interlaced video."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from paper_media import stereo_track, video_track

from finish import graph
from finish.model import Source
from finish.model.media import SampleRun
from finish.model.pulldown import restored_track
from finish.model.sample_timing import clock_runs_of, timed
from finish.units import Size

SOUND = graph.source("audio", "c0ffee", "/clip.mp4", index=1, demuxer="mov")
TRACK = stereo_track(Fraction(0), Fraction(10))


def run(start: Fraction, seconds: Fraction, ratio: Fraction = Fraction(1)) -> SampleRun:
    """Samples that last `seconds`, `ratio` times as long as their rate says."""
    return SampleRun(start, seconds, round(seconds / ratio * 48_000))


@pytest.mark.parametrize("ratio", [Fraction(1), Fraction(1001, 1000), Fraction(999, 1000)])
def test_a_clock_is_as_slow_as_its_runs_are_long(ratio: Fraction) -> None:
    (clock,) = clock_runs_of(replace(TRACK, runs=(run(Fraction(0), 10 * ratio, ratio),)))
    assert clock.ratio == pytest.approx(ratio, abs=1e-6)
    assert (clock.first, clock.end) == (0, 480_000)


@pytest.mark.parametrize("start", [Fraction(1, 2), Fraction(-1, 4), Fraction(1, 3)])
def test_samples_are_where_their_run_begins(start: Fraction) -> None:
    sound = timed(SOUND, replace(TRACK, runs=(run(start, Fraction(9)),)), Fraction(0), Fraction(10))
    (count,) = (node for node in graph.history([sound]) if node.name == "asetpts")
    term = re.search(r"N/SR([+-]\d+/\d+)", str(count.arg("expr")))
    assert term and Fraction(term[1]) == pytest.approx(start, abs=1e-9)


def test_restored_film_lasts_as_long_as_its_video() -> None:
    rate, start = Fraction(30_000, 1001), Fraction(7, 5)
    video = video_track(
        Size(720, 480), rate, frames=100, start=start, end=start + 100 / rate, telecine=True, interlaced=True
    )
    film = restored_track(Source(Path("clip.mp4"), "c0ffee", 1, "mov", start, video), "auto")
    assert (film.rate, film.frames) == (Fraction(24_000, 1001), 80)
    assert (film.start, film.end) == (video.start, video.end)


def test_what_the_sound_has_before_and_after_the_picture_is_in_milliseconds() -> None:
    video = video_track(Size(64, 36), frames=100, start=Fraction(1), end=Fraction(5))
    sound = stereo_track(Fraction(49, 50), Fraction(503, 100))
    source = Source(Path("clip.mp4"), "c0ffee", 1, "mov", Fraction(0), video, (sound,))
    assert (source.sound_lead, source.sound_excess) == (20, 30)
    assert replace(source, audio=()).sound_excess is None
