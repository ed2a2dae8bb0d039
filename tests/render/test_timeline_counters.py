"""Programmes of many clips, by counters in their pictures and sounds: what each delivered frame and sample
states is compared with the timeline."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from counters import RATE, RATES, CounterClip, chirp, chirps, gains, lag, readings, sound_of
from render_jobs import heard
from test_cuts import assert_pieces_are_the_whole
from timeline_jobs import SMALL, Film, Shot, in_turn, joined

import finish
from finish.engine.engine import Engine
from finish.planning import piece_tasks

pytestmark = pytest.mark.render

# Frames of the programme between a moment and the shown frame of the clip, while the speed changes: a segment
# has whole frames, so its end can be half a frame from the integral of its speed.
RAMP = 0.5
MASTER = "deliverables: [{name: done, preset: ebu-hd-prores, encode: {size: 320x180}}]\n"  # PCM, 25 fps


def delivered(place: Path) -> Path:
    (outcome,) = finish.run(finish.load(place).job)
    assert outcome.path is not None, (outcome.error, outcome.broken)
    return outcome.path


def film(rate: Fraction) -> Film:
    """Eleven shots of three clips in turn: every transition, cuts, speeds, and two ramps."""
    shots = joined(in_turn(9, 26, 3), ("dissolve", "", "dip", "wipe", "slide", "whip", "zoom", ""), 8)
    speeds = {2: Fraction(2), 5: Fraction(1, 2), 7: Fraction(3, 2)}
    sped = [replace(shot, speed=speeds.get(number, Fraction(1))) for number, shot in enumerate(shots)]
    # 48 ln 2 = 33.3 frames, and 40 / 0.5 ln 1.5 = 32.4 frames.
    ramps = [
        Shot(1, 20, 33, ramp=Fraction(2), taken=48),
        Shot(2, 20, 32, Fraction(1), "dissolve", 8, ramp=Fraction(3, 2), taken=40),
    ]
    return Film((*sped, *ramps), rate)


@pytest.fixture(scope="module", params=RATES, ids=lambda rate: f"{float(rate):.2f}")
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Film, Path]:
    """Ten joints at one rate, delivered: fifty over the five rates."""
    film_of_rate = film(request.param)
    return film_of_rate, delivered(film_of_rate.job(tmp_path_factory.mktemp("film")))


def test_every_frame_outside_transitions_is_the_one_that_is_due(made: tuple[Film, Path]) -> None:
    film, path = made
    frames = readings(path)
    assert len(frames) == film.count, "a transition changes no length"
    assert [frame.time for frame in frames] == [number / film.rate for number in range(film.count)]
    for number, shot in enumerate(film.shots):
        for frame in film.alone(number):
            counter, due = frames[frame].counter, film.position(number, frame)
            assert counter is not None and counter.clip == shot.clip, f"shot {number + 1}, frame {frame}"
            if shot.ramp is None:
                assert counter.number == math.floor(due), f"shot {number + 1}, frame {frame}"
            else:
                off = max(counter.number - due, due - counter.number - 1, 0)
                assert off <= RAMP * max(shot.speed, shot.ramp), f"shot {number + 1}, frame {frame}"


def test_a_transition_is_where_it_should_be_and_mixes_the_right_frames(made: tuple[Film, Path]) -> None:
    """A wipe takes few frames over the counters in the middle. Frames in which they can be read come from
    the clip before until the middle, and then from the one after."""
    film, path = made
    frames = readings(path)
    for number, shot in enumerate(film.shots):
        if not shot.kind:
            continue
        before, after = shot.overlap
        joint = film.starts[number]
        clips = [
            (frame >= joint, frames[frame].counter.clip if frames[frame].counter else None)
            for frame in range(joint - before, joint + after)
        ]
        assert sum(clip is None for _, clip in clips) >= 2, f"{shot.kind}: {clips}"
        assert {pair for pair in clips if pair[1] is not None} <= {
            (False, film.shots[number - 1].clip),
            (True, shot.clip),
        }, f"{shot.kind}: {clips}"
        if shot.kind == "dissolve" and shot.ramp is None:
            shares = [
                frames[frame].share(film.counter(number - 1, frame), film.counter(number, frame))
                for frame in range(joint - before, joint + after)
            ]
            assert max(off for _, off in shares) < 0.06, "both pictures go on"
            assert np.all(np.diff([share for share, _ in shares]) > 0.5 / shot.length)


def test_a_sound_is_to_the_sample_beside_every_joint_and_clicks_are_with_flashes(
    made: tuple[Film, Path],
) -> None:
    film, path = made
    sound, frames = sound_of(path), readings(path)
    assert abs(len(sound) - film.count / film.rate * RATE) <= 1024, "a frame of AAC"
    starts, count = chirps(sound), 0
    for number, shot in enumerate(film.shots):
        span = film.alone(number)
        begin, end = (round(frame / film.rate * RATE) for frame in (span.start, span.stop))
        if shot.speed == 1 and shot.ramp is None:
            begin, end = begin + 1024 + 480, end - 480
            first = round(film.position(number, 0) / film.rate * RATE)
            assert lag(sound[begin : begin + 6000], shot.clip, first + begin) in (-1, 0, 1)
            assert lag(sound[end - 6000 : end], shot.clip, first + end - 6000) in (-1, 0, 1)
        flashed = [frame for frame in span if frames[frame].flash and not frames[frame - 1].flash]
        for frame in flashed:
            time = frame / film.rate * RATE
            if shot.speed != 1 or shot.ramp is not None:
                continue
            off = float(min(abs(start - time) for start in starts) / RATE)
            assert off <= 0.001, f"shot {number + 1}, frame {frame}: {1000 * off:.2f} ms"
            count += 1
    assert count >= 5


# -- edges of sounds, at 25 fps with PCM ------------------------------------------------------------


def edge(sound: np.ndarray, one: tuple[int, int], other: tuple[int, int], at: int) -> tuple[int, int]:
    """Around sample `at`: the last sample before which there is nothing but clip `one`, and the first one
    after which there is nothing but the other; each with (clip, its sample at the programme's start)."""
    reach, window = 4800, 48
    part = sound[at - reach : at + reach]
    heard = gains(part, [(clip, first + at - reach) for clip, first in (one, other)], window)
    alone = [
        np.flatnonzero((np.abs(heard[:, mine] - 1) > 0.02) | (np.abs(heard[:, 1 - mine]) > 0.02))
        for mine in (0, 1)
    ]
    return at - reach + window * int(alone[0][0]), at - reach + window * int(alone[1][-1] + 1)


def test_j_and_l_cuts_are_at_their_samples(tmp_path: Path) -> None:
    """The second shot's sound leads by 8 frames; the third's lags by 6; the fourth has a plain cut."""
    shots = (
        Shot(0, 38, 20),
        Shot(1, 38, 20, settings="sound: {lead: 8f}"),
        Shot(2, 38, 20, settings="sound: {lag: 6f}"),
        Shot(3, 38, 20),
    )
    film = Film(shots)
    path = delivered(film.job(tmp_path, MASTER))
    sound, frames = sound_of(path), readings(path)
    assert len(sound) == 80 * 1920 and len(frames) == 80
    for number in range(4):
        for frame in film.alone(number):
            assert frames[frame].counter == film.counter(number, frame)
    places = [(shot.clip, round(film.position(number, 0) * 1920)) for number, shot in enumerate(shots)]
    for number, at in ((1, 20 - 8), (2, 40), (3, 60 + 6)):
        before, after = edge(sound, places[number - 1], places[number], at * 1920)
        assert before <= at * 1920 <= after and after - before <= 960, (number, before, after)


def test_two_beds_over_a_dissolve_keep_their_loudness(tmp_path: Path) -> None:
    """Uncorrelated noises of equal loudness, in windows of 400 ms over the joint."""
    shots = (Shot(0, 38, 30), Shot(1, 38, 30, kind="dissolve", length=18))
    path = delivered(Film(shots).job(tmp_path, MASTER))
    sound = sound_of(path)
    for start in chirps(sound):
        sound[start - 48 : start + len(chirp()) + 48] = np.nan
    levels = [
        10 * np.log10(np.nanmean(sound[at : at + 19_200] ** 2))
        for at in range(4800, len(sound) - 24_000, 2400)
    ]
    assert max(levels) - min(levels) <= 0.5, levels


# -- revisions and pieces ---------------------------------------------------------------------------


def rough_cut() -> Film:
    """Twelve shots of 1.2 s with eleven dissolves."""
    return Film(joined(in_turn(12, 30, 3), ["dissolve"] * 11, 8))


def to_render(place: Path) -> tuple[int, int]:
    """How many pieces of how many the plan would render."""
    found = re.search(r"(\d+) of (\d+) pieces to render", finish.plan(finish.load(place).job))
    return (int(found[1]), int(found[2])) if found else (0, 0)


def test_a_change_of_one_shot_renders_only_the_pieces_that_show_it(tmp_path: Path) -> None:
    film = rough_cut()
    place = film.job(tmp_path)
    delivered(place)
    shorter = film.but(2, count=24)
    shorter.job(place)
    some, all_pieces = to_render(place)
    assert all_pieces >= 4 and 1 <= some <= 2
    with heard() as processes:
        path = delivered(place)
    assert sum(process.has("-c:v", "libx264") for process in processes.all) <= some
    frames = readings(path)
    assert len(frames) == shorter.count
    for number in range(12):
        for frame in shorter.alone(number):
            assert frames[frame].counter == shorter.counter(number, frame)


def test_a_second_cut_in_one_shot_renders_only_the_pieces_that_show_it(tmp_path: Path) -> None:
    """Clip 3 of 12 loses 6 frames of its middle: it becomes two shots."""
    film = rough_cut()
    place = film.job(tmp_path)
    delivered(place)
    third = film.shots[2]
    cut = Shot(third.clip, third.first + 18, 12)
    parts = (replace(third, count=12), cut)
    replace(film, shots=(*film.shots[:2], *parts, *film.shots[3:])).job(place)
    some, all_pieces = to_render(place)
    assert all_pieces >= 4 and 1 <= some <= 2


def test_pieces_of_a_timeline_show_what_the_whole_shows(tmp_path: Path) -> None:
    """Every frame, bit by bit, over every transition, speeds, and ramps; each piece is a process of its own,
    although the clips have one keyframe each."""
    place = film(Fraction(25)).job(tmp_path)
    assert_pieces_are_the_whole(place, walking=False)
    renderings = Engine(finish.load(place).job, finish.STAGES).plan().renderings
    assert {len(task.groups) for task in piece_tasks.tasks(renderings, lambda _: False)} == {1}


def test_equal_pieces_are_rendered_once(tmp_path: Path) -> None:
    """The same shot three times, between others."""
    shots = [Shot(0, 20, 30), Shot(1, 20, 30), Shot(0, 20, 30), Shot(1, 25, 30), Shot(0, 20, 30)]
    film = Film(tuple(shots))
    frames = readings(delivered(film.job(tmp_path)))
    assert [frame.counter for frame in frames] == [
        film.counter(number, frame) for number in range(5) for frame in film.alone(number)
    ]


# -- inputs of all kinds ----------------------------------------------------------------------------


def test_clips_of_other_rates_sizes_and_without_sound_are_where_they_should_be(tmp_path: Path) -> None:
    """Ranges in seconds; each frame is nearest in time, up to half a frame of either clock."""
    (tmp_path / "media").mkdir()
    clips = [
        CounterClip(0, 96),
        CounterClip(1, 96, Fraction(30)),
        CounterClip(2, 72, Fraction(24_000, 1001), size=(480, 270)),
        CounterClip(3, 96, Fraction(50), sound=""),
        CounterClip(4, 72, Fraction(16), size=(180, 320)),
    ]
    for clip in clips:
        clip.write(tmp_path / f"media/{clip.number}.mov")
    lines = "".join(
        f"  - {{clip: media/{clip.number}.mov, in: 0.4, out: 1.6"
        f"{', transition: {dissolve: 0.32}' if clip.number else ''}}}\n"
        for clip in clips
    )
    encode = SMALL.replace("{", "{rate: 25, ", 1)
    (tmp_path / "job.yaml").write_text(
        f"timeline:\n{lines}reframe: {{follow: centre}}\nsound: {{target: none}}\n"
        f"deliverables: [{{name: done, preset: youtube, encode: {encode}}}]\n"
    )
    path = delivered(tmp_path)
    frames, sound = readings(path), sound_of(path)
    assert len(frames) == 5 * 30
    for number, clip in enumerate(clips):
        if clip.size == (180, 320):
            continue  # the crop of a vertical clip doesn't hold the cells
        for frame in range(30 * number + (4 if number else 0), 30 * number + 26):
            counter, due = (
                frames[frame].counter,
                (Fraction(2, 5) + (frame - 30 * number) / Fraction(25)) * clip.rate,
            )
            assert counter is not None and counter.clip == number, frame
            assert abs(counter.number - due) <= Fraction(1, 2) + clip.rate / 50, (number, frame)
        at = round((1.2 * number + 0.5) * RATE)
        if clip.sound:
            assert lag(sound[at : at + 8000], number, at - round((1.2 * number - 0.4) * RATE)) in (-1, 0, 1)
        else:
            assert np.abs(sound[at : at + 8000]).max() < 0.001
