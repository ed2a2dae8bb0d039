"""Sequences as FFmpeg renders them: pieces are the whole, cuts are exact, sound keeps its level."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from counters import BLACK, RATE, RATES, WHITE, Counter, CounterClip, Reading, cells
from known import Floats, read

from finish.analysis.loudness import gating, k_weighting
from finish.graph import (
    Output,
    PictureLayout,
    PicturePlace,
    PictureTransition,
    SoundLayout,
    SoundPlace,
    Stream,
    generate,
    picture_sequence,
    slice_streams,
    sound_sequence,
)
from finish.media.ffmpeg import ffmpeg_runner
from finish.media.probe import probe
from finish.units import Size, Span

pytestmark = pytest.mark.render

SIZE = Size(160, 90)
PREROLL = Fraction(1, 5)
TRANSITIONS = {
    "dissolve": PictureTransition("dissolve", 10),
    "linear": PictureTransition("dissolve", 10, light="linear"),
    "dip": PictureTransition("dip", 10, colour="#20C0F0"),
    "dip, odd": PictureTransition("dip", 9),
    "wipe": PictureTransition("wipe", 10, direction="right"),
    "slide": PictureTransition("slide", 10, direction="up"),
    "whip": PictureTransition("whip", 10, direction="left"),
    "whip, vertical": PictureTransition("whip", 10, direction="down"),
    "zoom": PictureTransition("zoom", 10),
}


def on_grid(path: Path, rate: Fraction, frames: int, pix_fmt: str) -> Stream:
    """A clip in the programme's frame; its last frame may be held for a second."""
    steady = probe(path).picture.filter("fps", fps=rate, start_time=0, round="near")
    held = steady.filter("tpad", stop_mode="clone", stop_duration=1).filter("trim", end=frames / rate)
    scaled = held.filter(
        "zscale",
        size=SIZE,
        width=SIZE.width,
        height=SIZE.height,
        matrix="709",
        range="limited",
        dither="ordered",
        threads=1,
    )
    return scaled.filter("setsar", sar=1).filter("format", pix_fmts=pix_fmt)


def counters(place: Path, rate: Fraction, pix_fmt: str, count: int = 3) -> list[Stream]:
    """Clips of 60 frames that state their number and each frame's, and hold their last one after these."""
    paths = [
        CounterClip(number, 60, rate, sound="").write(place / f"{number}.mp4") for number in range(count)
    ]
    return [on_grid(path, rate, 80, pix_fmt) for path in paths]


def film(pictures: Sequence[Stream], transition: PictureTransition, rate: Fraction) -> Stream:
    """Three clips and the first one again: a transition, a cut, a frame that is held, and a transition."""
    over = transition.frames
    places = (
        PicturePlace(0, 20 + over, 5, preroll=PREROLL),
        PicturePlace(20, 50, 7, transition, PREROLL),
        PicturePlace(50, 60 + over, 55, preroll=PREROLL),
        PicturePlace(60, 90, 0, transition, PREROLL),
    )
    return picture_sequence([*pictures[:3], pictures[0]], PictureLayout(rate, places))


def part(stream: Stream, first: int, end: int, rate: Fraction) -> Stream:
    return slice_streams([stream], Span(first / rate, end / rate), Fraction(0))[0]


def equal(one: Sequence[Floats], other: Sequence[Floats]) -> bool:
    return all(np.array_equal(*planes) for planes in zip(one, other, strict=True))


@pytest.mark.parametrize("pix_fmt", ["yuv420p", "yuv422p10le"])
@pytest.mark.parametrize("name", TRANSITIONS)
def test_pieces_are_the_whole(name: str, pix_fmt: str, tmp_path: Path) -> None:
    """Bit by bit, with boundaries before, in and after transitions, and single frames."""
    rate = Fraction(25)
    picture = film(counters(tmp_path, rate, pix_fmt), TRANSITIONS[name], rate)
    whole = read(picture, pix_fmt)
    assert [time * rate for time, _ in whole] == list(range(90))
    bounds = (0, 20, 24, 25, 28, 40, 50, 64, 66, 90)
    parts = [read(part(picture, first, end, rate), pix_fmt) for first, end in pairwise(bounds)]
    for (first, end), frames in zip(pairwise(bounds), parts, strict=True):
        assert [round(time * rate, 3) for time, _ in frames] == list(range(end - first))
    shown = [planes for frames in parts for _, planes in frames]
    assert [number for number, planes in enumerate(shown) if not equal(planes, whole[number][1])] == []


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{float(rate):.2f}")
def test_each_frame_is_the_one_of_its_place(rate: Fraction, tmp_path: Path) -> None:
    """0 frames off, and a dissolve of N frames shows mixes of 1/(N+1) to N/(N+1)."""
    whole = read(film(counters(tmp_path, rate, "yuv420p"), TRANSITIONS["dissolve"], rate))
    shown = [reading(planes[0]) for _, planes in whole]
    alone = [*range(20), *range(30, 60), *range(70, 90)]
    expected = [expected_counters(number) for number in range(90)]
    assert [shown[number].counter for number in alone] == [expected[number][0] for number in alone]
    for start in (20, 60):
        shares = [shown[start + number].share(*expected[start + number])[0] for number in range(10)]
        assert shares == pytest.approx([(number + 1) / 11 for number in range(10)], abs=0.01)


def expected_counters(number: int) -> list[Counter]:
    """What one frame of the film with a transition of ten frames shows."""
    starts = ((0, 30, 0, 5), (20, 50, 1, 7), (50, 70, 2, 55), (60, 90, 0, 0))
    return [
        Counter(clip, min(number - start + first, 59))
        for start, end, clip, first in starts
        if start <= number < end
    ]


def reading(luma: Floats) -> Reading:
    """The levels of a picture's cells."""
    parts = [luma[rows, columns] for rows, columns in cells(luma.shape[1], luma.shape[0])]
    inner = [cell[len(cell) // 4 : -len(cell) // 4, 2:-2].mean() for cell in parts]
    return Reading(Fraction(0), (np.array(inner) - BLACK) / (WHITE - BLACK), flash=False)


# -- sound ------------------------------------------------------------------------------------------


def bed(seed: int) -> Stream:
    """Eight seconds of pink noise that correlates with no other seed's."""
    noise = generate(
        "audio", "anoisesrc", color="pink", seed=seed, sample_rate=RATE, amplitude=0.3, duration=8
    )
    return noise.filter("aformat", channel_layouts="stereo")


def heard(sound: Stream) -> Floats:
    """The samples of a stream (n, channels)."""
    output = Output((sound,), "pipe:1", "nut", (("c:a", "pcm_f32le"),))
    with ffmpeg_runner.piped(output) as pipe, av.open(pipe, format="nut") as container:
        return np.concatenate([frame.to_ndarray().reshape(-1, 2) for frame in container.decode(audio=0)])


def test_sounds_are_where_their_places_are_to_the_sample() -> None:
    """An overlap with fades, a gap, another gain, a sound that is shorter than its place, many places."""
    places = [
        SoundPlace(0, 90_000, 10, 0, 480),
        SoundPlace(80_000, 200_000, 700, 10_000, 480, -6.0),
        SoundPlace(210_011, 250_000, 380_000),
    ]
    places += [SoundPlace(250_000 + 7_000 * n, 258_000 + 7_000 * n, n, 1_000, 1_000) for n in range(50)]
    beds = [bed(number % 3) for number in range(len(places))]
    sounds = [heard(bed(seed)) for seed in range(3)]
    expected = np.zeros((610_000, 2))
    for number, place in enumerate(places):
        length = place.end - place.start
        sound = np.zeros((length, 2))
        own = sounds[number % 3][place.first : place.first + length]
        sound[: len(own)] = own * 10 ** (place.gain / 20)
        for fade, ramp in ((place.fade_in, sound), (place.fade_out, sound[::-1])):
            first = 0 if ramp is sound else 1  # a fade ends one step before silence
            ramp[:fade] *= np.sin(np.pi / 2 * np.arange(first, fade + first) / max(fade, 1))[:, None]
        expected[place.start : place.end] += sound
    joined = heard(sound_sequence(beds, SoundLayout(610_000, tuple(places))))
    assert joined.shape == expected.shape and np.abs(joined - expected).max() < 1e-6


def test_two_beds_over_an_edge_keep_their_loudness() -> None:
    """Within 0.5 LU in each half second of a fade of two seconds, against the seconds around it."""
    fade = 2 * RATE
    places = (SoundPlace(0, 5 * RATE, 0, 0, fade), SoundPlace(3 * RATE, 8 * RATE, 0, fade, 0))
    joined = heard(sound_sequence([bed(1), bed(2)], SoundLayout(8 * RATE, places)))
    block = RATE // 2
    weighted = [
        k_weighting.k_weighted(joined.T[:, at - k_weighting.OVERLAP : at + block])
        for at in range(RATE, 7 * RATE, block)
    ]
    levels = [gating.loudness((samples**2).mean(1).sum()) for samples in weighted]
    around = [*levels[:4], *levels[8:]]
    assert min(levels[4:8]) > np.mean(around) - 0.5 and max(levels[4:8]) < np.mean(around) + 0.5, levels
