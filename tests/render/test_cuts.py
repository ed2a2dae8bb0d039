"""Pacing, rendered: exact frames and samples, equal pieces, and a cut that renames only affected pieces."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import known
import numpy as np
import pytest
from clip_files import TAGS, ffmpeg_by_hand
from render_jobs import folder, heard, walked
from test_pieces import ALL, CUES, frames, logo, srt

import finish
from finish import graph
from finish.engine.engine import Engine
from finish.graph import Output, Stream, Timeline
from finish.graph.timeline import SpeedSpan
from finish.media.ffmpeg import ffmpeg_runner
from finish.media.probe import probe
from finish.units import Span

pytestmark = pytest.mark.render

PACED = "pacing: {trim: 0.4-19.5, cut: [3-4.2, 4.6-5.1, 13-14.04]}\n"


def engine(place: Path) -> Engine:
    return Engine(finish.load(place).job, finish.STAGES)


def assert_pieces_are_the_whole(place: Path, *, walking: bool = True) -> None:
    """Every frame of every piece of a job, bit by bit."""
    if walking:
        walked(finish.load(place).job)
    here = engine(place)
    for one in here.plan().renderings:
        programme = one.planned.programme
        whole = frames(here, one.picture.inputs[0])
        assert len(whole) == programme.frames == sum(each.frames for each in one.pieces)
        assert len(one.pieces) >= 4
        for piece in one.pieces:
            first = round(piece.span.start * programme.rate)
            expected, part = whole[first : first + piece.frames], frames(here, piece.picture.inputs[0])
            assert len(part) == piece.frames
            assert [
                number
                for number, (mine, other) in enumerate(zip(part, expected, strict=True))
                if mine[1] != other[1]
            ] == []


@pytest.mark.parametrize(("rate", "to"), [("25", ""), ("24000/1001", "29.97")])
def test_pieces_of_a_cut_programme_show_what_the_whole_shows(rate: str, to: str, tmp_path: Path) -> None:
    """Every frame, bit by bit: a moving crop, captions over joints, a logo, a lower third, an end card.

    Where frame times aren't whole milliseconds, libass' own clock shifts animation by one, so the captions
    there don't move.
    """
    text = (
        ALL.replace("speed: ultrafast}", f"speed: ultrafast}}, rate: {to}").replace("bold-pop", "boxed")
        if to
        else ALL
    )
    place = folder(
        tmp_path / "job", PACED + text, srt([*CUES, (12.5, 14.5, "cut in the middle")]), seconds=20, rate=rate
    )
    logo(place / "logo.png")
    assert_pieces_are_the_whole(place)


def test_a_cut_shows_the_clips_own_frames(tmp_path: Path) -> None:
    bare = (
        "encode: {picture: {speed: ultrafast}, size: 320x180}\nsource: hero.mp4\n"
        "deliverables: [{name: done, preset: youtube}]\n"
    )
    plain, cut = (
        folder(tmp_path / "plain", bare, seconds=20),
        folder(tmp_path / "cut", PACED + bare, seconds=20),
    )
    (uncut,) = engine(plain).plan().renderings
    (one,) = engine(cut).plan().renderings
    every, shown = frames(engine(plain), uncut.picture.inputs[0]), frames(engine(cut), one.picture.inputs[0])
    kept = [
        number
        for number in range(10, 488)
        if not any(a <= number < b for a, b in ((75, 105), (115, 128), (325, 351)))
    ]
    assert [image for _, image in shown] == [every[number][1] for number in kept]
    assert [round(time * 25) for time, _ in shown] == list(range(len(kept)))


def ramp(seconds: int) -> Stream:
    """A sound whose every sample states, in hundredths, its second of the clip."""
    return graph.generate("audio", "aevalsrc", exprs="t/100|t/100", sample_rate=48_000).filter(
        "atrim", end=seconds
    )


def test_sound_is_cut_to_the_sample_and_joined_without_a_step(tmp_path: Path) -> None:
    rate = Fraction(30_000, 1001)
    parts = tuple(
        Span(Fraction(start) / rate, Fraction(end) / rate)
        for start, end in ((13, 101), (140, 171), (172, 420), (500, 503))
    )
    kept = Timeline(rate, parts)
    path = tmp_path / "cut.wav"
    ffmpeg_runner.write([Output((ramp(20).cut(kept),), str(path), "wav", (("c:a", "pcm_f32le"),))])
    with av.open(str(path)) as container:
        heard = np.concatenate([frame.to_ndarray()[0, ::2] for frame in container.decode(audio=0)])
    assert len(heard) == round(kept.end * 48_000)
    times = np.arange(len(heard)) / 48_000
    meant = np.array([float(kept.where(Fraction(time).limit_denominator(48_000))) for time in times[::37]])
    joints = np.array([float(joint) for joint in kept.joints])
    apart = np.min(np.abs(times[::37, None] - joints), axis=1) > 0.006
    assert np.abs(heard[::37] * 100 - meant)[apart].max() < 1.5 / 48_000
    # A quarter sine over 480 samples of 0.167 has this slope; without it the first gap is 0.013.
    assert np.abs(np.diff(heard)).max() < 0.001


JOB = """\
source: hero.mp4
captions: {file: hero.en.srt}
encode: {picture: {speed: ultrafast}, size: 320x180}
deliverables: [{name: done, preset: youtube}]
"""
LINES = [
    (0.5, 1.5, "one"),
    (3.2, 3.8, "of what is cut"),
    (5.0, 6.0, "two"),
    (9.0, 11.0, "over a later joint"),
    (17, 18, "three"),
]


def test_a_cut_costs_the_piece_it_touches(tmp_path: Path) -> None:
    place = folder(tmp_path / "job", JOB, srt(LINES), seconds=20)
    (before,) = finish.run(finish.load(place).job)
    assert before.exit_code == 0
    (place / "job.yaml").write_text("pacing: {cut: [3-4]}\n" + JOB)
    with heard() as processes:
        (after,) = finish.run(finish.load(place).job)
    assert after.exit_code == 0, after
    assert len(processes.pictures) == 1
    with av.open(str(place / "out/done.mp4")) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert video.frames == 475 and abs(video.duration * video.time_base - 19) < Fraction(1, 1000)
        assert abs(float(audio.duration * audio.time_base) - 19) < 0.05
    assert any("0:00.00–0:03.00, 0:04.00–0:20.00" in note for note in after.notes), after.notes
    assert any("1 of 5 cues" in note for note in after.notes), after.notes


def test_the_plan_says_which_pieces_a_cut_touches(tmp_path: Path) -> None:
    place = folder(tmp_path / "job", JOB, srt(LINES), seconds=20)
    keys = {piece.place: piece.picture.key for piece in engine(place).plan().renderings[0].pieces}
    (place / "job.yaml").write_text("pacing: {cut: [3-4, 14.4-15.4]}\n" + JOB)
    (one,) = engine(place).plan().renderings
    assert [(float(piece.place), float(piece.span.start)) for piece in one.pieces] == [
        (0, 0),
        (4, 3),
        (8, 7),
        (12, 11),
        (15.4, 13.4),
    ]
    assert [piece.picture.key == keys.get(piece.place) for piece in one.pieces] == [
        False,
        True,
        True,
        False,
        False,
    ]


def test_picture_and_sound_stay_together_over_many_joints(tmp_path: Path) -> None:
    """A flash and a click every second, cut a hundred times between them: they stay together."""
    place = folder(tmp_path / "job", "", seconds=0.2)
    flash = "drawbox=c=white:t=fill:enable='lt(mod(t+0.001,1),0.039)'"
    ffmpeg_by_hand(
        "-f",
        "lavfi",
        "-i",
        f"color=black:s=320x180:r=25:d=110,{flash},format=yuv420p,{TAGS}",
        "-f",
        "lavfi",
        "-i",
        "aevalsrc='0.5*lt(mod(t,1),0.002)*sin(2*PI*2000*t)':s=48000:d=110",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-c:a",
        "pcm_s16le",
        str(place / "hero.mov"),
    )
    cuts = ", ".join(f"{second}.{3 + second % 3}-{second}.{6 + second % 4}4" for second in range(5, 105))
    (place / "job.yaml").write_text(
        f"source: hero.mov\npacing: {{cut: [{cuts}]}}\nsound: {{target: none}}\nreframe: {{follow: pad}}\n"
        "encode: {picture: {speed: ultrafast}, size: 320x180}\n"
        "deliverables: [{name: done, preset: youtube}]\n"
    )
    (outcome,) = finish.run(finish.load(place).job)
    assert outcome.exit_code == 0, outcome
    flashes, clicks = seen_and_heard(place / "out/done.mp4")
    assert len(flashes) == 110 and len(clicks) == 109, (
        "the first click is in the 21 ms that fade in where edit lists are forbidden"
    )
    assert max(abs(one - other) for one, other in zip(flashes[1:], clicks, strict=True)) < 0.001


def seen_and_heard(path: Path) -> tuple[list[float], list[float]]:
    """The times (s) of a file's flashes and clicks."""
    with av.open(str(path)) as container:
        shown = (
            (float(frame.pts * frame.time_base), frame.to_ndarray(format="gray").mean())
            for frame in container.decode(video=0)
        )
        flashes = [time for time, light in shown if light > 100]
    with av.open(str(path)) as container:
        blocks = [
            (float(frame.pts * frame.time_base), frame.to_ndarray()[0]) for frame in container.decode(audio=0)
        ]
    loud = [
        time + number / 48_000 for time, block in blocks for number in np.flatnonzero(np.abs(block) > 0.1)
    ]
    return flashes, [time for before, time in zip([-1.0, *loud], loud, strict=False) if time - before > 0.1]


SPED = (
    "pacing: {trim: 0.4-19.5, cut: [13-14.04], speed: [{range: 2-6, by: 1.37}, {range: 9-11, by: 0.5}, "
    "{range: 15-18, by: 2}]}\n"
)


@pytest.mark.parametrize(("rate", "to"), [("25", ""), ("24000/1001", "29.97")])
def test_pieces_of_a_sped_programme_show_what_the_whole_shows(rate: str, to: str, tmp_path: Path) -> None:
    """Every frame, bit by bit: a moving crop, captions over changes of speed, a logo, and an end card."""
    text = ALL.replace("speed: ultrafast}", f"speed: ultrafast}}, rate: {to}") if to else ALL
    # The phase of animation is up to a millisecond off where parts begin between two frames.
    text = text.replace("bold-pop", "boxed")
    place = folder(
        tmp_path / "job", SPED + text, srt([*CUES, (12.5, 14.5, "cut in the middle")]), seconds=20, rate=rate
    )
    logo(place / "logo.png")
    assert_pieces_are_the_whole(place)


def test_a_sped_part_shows_the_frame_that_is_due(tmp_path: Path) -> None:
    bare = (
        "encode: {picture: {speed: ultrafast}, size: 320x180}\nsource: hero.mp4\n"
        "deliverables: [{name: done, preset: youtube}]\n"
    )
    plain, fast = (
        folder(tmp_path / "plain", bare, seconds=20),
        folder(tmp_path / "fast", SPED + bare, seconds=20),
    )
    (uncut,) = engine(plain).plan().renderings
    (one,) = engine(fast).plan().renderings
    every, shown = frames(engine(plain), uncut.picture.inputs[0]), frames(engine(fast), one.picture.inputs[0])
    timeline = one.planned.programme.timeline
    assert timeline is not None
    due = [number for part in timeline.frames for number in part]
    assert [image for _, image in shown] == [every[number][1] for number in due]
    assert [round(time * 25) for time, _ in shown] == list(range(len(due)))


def test_sound_keeps_its_place_and_its_pitch_at_every_speed(tmp_path: Path) -> None:
    """A tone with a burst every half second: each burst's time, the length, and the tone's pitch."""
    rate, times = Fraction(25), np.arange(14 * 48_000) / 48_000
    bursts = (0.05 + 0.5 * (times % 0.5 < 0.004)) * np.sin(2 * np.pi * 1000 * times)
    sound = probe(known.wav(tmp_path / "bursts.wav", np.repeat(bursts[:, None], 2, axis=1))).sound()
    parts = (
        Span(Fraction(0), Fraction(2)),
        SpeedSpan(Fraction(2), Fraction(5), Fraction(2)),
        SpeedSpan(Fraction(6), Fraction(8), Fraction(4)),
        SpeedSpan(Fraction(8), Fraction(12), Fraction(91, 25)),
    )
    kept = Timeline(rate, parts)
    path = tmp_path / "sped.wav"
    ffmpeg_runner.write([Output((sound.cut(kept),), str(path), "wav", (("c:a", "pcm_f32le"),))])
    with av.open(str(path)) as container:
        samples = np.concatenate([frame.to_ndarray()[0, ::2] for frame in container.decode(audio=0)])
    assert len(samples) == round(kept.end * 48_000)
    loud = np.convolve(samples**2, np.ones(192) / 192, "same")
    for beat in range(1, 24):
        when = kept.when(Fraction(beat, 2))
        if when is None or any(
            abs(when - joint) < Fraction(1, 20) for joint in (*kept.joints, Fraction(0), kept.end)
        ):
            continue
        near = loud[round((when - Fraction(1, 20)) * 48_000) : round((when + Fraction(1, 20)) * 48_000)]
        off = np.argmax(near) / 48_000 - 0.05
        slow = 6 <= beat / 2 < 8  # at half speed, a burst of 4 ms may be heard twice
        assert abs(off) < (0.025 if slow else 0.008), (beat, float(when), off)
    for (part, begins), following in zip(kept.placed, [*kept.joints, kept.end], strict=True):
        inside = samples[round(begins * 48_000) + 2400 : round(following * 48_000) - 2400]
        spectrum = np.abs(np.fft.rfft(inside * np.hanning(len(inside))))
        assert np.argmax(spectrum) * 48_000 / len(inside) == pytest.approx(1000, abs=4), part
    # No step larger than those of the bursts.
    assert np.abs(np.diff(samples)).max() < 0.6 * 2 * np.pi * 1000 / 48_000 * 2


def test_a_fitted_clip_is_delivered_as_long_as_asked_with_its_sound(tmp_path: Path) -> None:
    text = JOB.replace("name: done", "name: done, pacing: {fit: {exactly: 18.6}}")
    place = folder(tmp_path / "job", text, srt(LINES), seconds=20)
    (outcome,) = finish.run(finish.load(place).job)
    assert outcome.exit_code == 0, outcome
    with av.open(str(place / "out/done.mp4")) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert video.frames == 465 and abs(video.duration * video.time_base - Fraction("18.6")) < Fraction(
            1, 1000
        )
        assert abs(float(audio.duration * audio.time_base) - 18.6) < 0.05


def test_pieces_of_mixed_layouts_show_what_the_whole_shows(tmp_path: Path) -> None:
    """Every frame, bit by bit, over cuts and joints: the fit layout in two parts, a manual crop in others."""
    layouts = (
        "reframe: {centre: [{from: 0, to: 5, at: [0.3, 0.5]}, {from: 5, to: 9.48, layout: fit}, "
        "{from: 9.48, to: 16, at: [0.7, 0.5]}, {from: 16, layout: fit}]}\n"
    )
    job = f"{PACED}{layouts}encode: {{picture: {{speed: ultrafast}}, size: 360x640}}\n"
    job += "source: hero.mp4\ndeliverables: [{name: a, preset: tiktok}]\n"
    here = engine(folder(tmp_path / "job", job, seconds=20))
    (one,) = here.plan().renderings
    whole = frames(here, one.picture.inputs[0])
    assert len(one.pieces) >= 4 and len(whole) == one.planned.programme.frames
    for piece in one.pieces:
        first = round(piece.span.start * one.planned.programme.rate)
        part = frames(here, piece.picture.inputs[0])
        assert [image for _, image in part] == [image for _, image in whole[first : first + piece.frames]], (
            piece.number
        )
    overlaid = [
        any(node.name == "overlay" and node.arg("enable") for node in graph.history([piece.picture]))
        for piece in one.pieces
    ]
    assert any(overlaid) and not all(overlaid), "a piece that shows but one layout is made of that one alone"
