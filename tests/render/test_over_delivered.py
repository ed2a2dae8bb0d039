"""The track over a timeline, by counters in pictures and sounds: what covers it, and what is heard of it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from counters import RATE, RATES, Counter, CounterClip, readings, sound_of
from test_cuts import assert_pieces_are_the_whole
from timeline_jobs import Film, Shot

import finish

pytestmark = pytest.mark.render

MASTER = "deliverables: [{name: done, preset: ebu-hd-prores, encode: {size: 320x180}}]\n"  # PCM, 25 fps


def delivered(place: Path) -> Path:
    (outcome,) = finish.run(finish.load(place).job)
    assert outcome.path is not None, (outcome.error, outcome.broken)
    return outcome.path


def job(place: Path, over: str, rate: Fraction = Fraction(25), deliverables: str = "") -> Path:
    """Two shots of 60 and 50 frames with a dissolve of ten, and what is over them."""
    film = Film((Shot(0, 20, 60), Shot(1, 30, 50, kind="dissolve", length=10)), rate)
    clips = [CounterClip(number, rate=rate) for number in range(3)]
    return film.job(place, deliverables, f"over:\n{over}" if over else "", clips)


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{float(rate):.2f}")
def test_b_roll_is_to_the_frame_where_it_should_be(rate: Fraction, tmp_path: Path) -> None:
    """Over a clip, and over the second half of a dissolve: the main clips go on below it."""
    over = (
        "  - {clip: media/2.mov, in: 15f, at: 10f, seconds: 20f}\n"
        '  - {clip: media/2.mov, in: 40f, at: {segment: "1", offset: 0f}, seconds: 25f, name: second}\n'
    )
    frames = readings(delivered(job(tmp_path, over, rate)))
    assert len(frames) == 110
    due = {
        **{frame: Counter(0, 20 + frame) for frame in (*range(10), *range(30, 55))},
        **{frame: Counter(2, 15 + frame - 10) for frame in range(10, 30)},
        **{frame: Counter(2, 40 + frame - 60) for frame in range(60, 85)},
        **{frame: Counter(1, 30 + frame - 60) for frame in range(85, 110)},
    }
    assert {frame: frames[frame].counter for frame in due} == due


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """The sound without anything over it."""
    return sound_of(delivered(job(tmp_path_factory.mktemp("plain"), "", deliverables=MASTER)))


def test_silent_b_roll_and_an_inset_leave_the_main_sound_alone(plain: np.ndarray, tmp_path: Path) -> None:
    over = (
        "  - {clip: media/2.mov, in: 15f, at: 10f, seconds: 20f, transition: {dissolve: 8f}}\n"
        "  - {clip: media/2.mov, in: 15f, at: 50f, seconds: 20f, place: top-left, name: inset}\n"
    )
    assert np.array_equal(sound_of(delivered(job(tmp_path, over, deliverables=MASTER))), plain)


def test_a_sound_over_the_main_sound_is_added_to_the_sample(plain: np.ndarray, tmp_path: Path) -> None:
    """With its gain, and equal-power fades of 10 ms at its edges."""
    over = "  - {clip: media/2.mov, in: 15f, at: 10f, seconds: 20f, sound: {gain: -6}}\n"
    place = job(tmp_path, over, deliverables=MASTER)
    added = sound_of(delivered(place)).astype(float) - plain
    begin, end = (round(frame / 25 * RATE) for frame in (10, 30))
    own = sound_of(place / "media/2.mov")[round(15 / 25 * RATE) :][: end - begin].astype(float)
    ramp = np.sin(np.pi / 2 * np.arange(480) / 480)
    own[:480] *= ramp
    own[-480:] *= np.sin(np.pi / 2 * np.arange(480, 0, -1) / 480)
    expected = np.zeros_like(added)
    expected[begin:end] = own * 10 ** (-6 / 20)
    assert np.abs(added - expected).max() < 2e-4 * max(1.0, float(np.abs(plain).max()))


def test_pieces_with_everything_over_them_are_the_whole(tmp_path: Path) -> None:
    """B-roll with a dissolve over a joint, two insets at the same time, and a split screen."""
    film = Film((Shot(0, 10, 90), Shot(1, 10, 60), Shot(2, 10, 50)))
    split = "{split: [{clip: media/0.mov, in: 5f}, {clip: media/1.mov}, {clip: media/2.mov}], seconds: 2.4}"
    over = (
        f"  - {split}\n"
        "over:\n"
        "  - {clip: media/2.mov, in: 15f, at: 80f, seconds: 30f, transition: {dissolve: 8f}}\n"
        "  - {clip: media/1.mov, in: 15f, at: 20f, seconds: 75f, place: top-left, name: one, border: 0.01}\n"
        "  - {clip: media/2.mov, in: 9f, at: 30f, seconds: 85f, place: bottom-right, name: two,\n"
        "     radius: 0.05, transition: {dissolve: 6f}, width: 0.25}\n"
    )
    assert_pieces_are_the_whole(film.job(tmp_path, extra=over), walking=False)
