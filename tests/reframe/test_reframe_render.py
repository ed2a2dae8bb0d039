"""Reframed pictures as FFmpeg makes them: every frame as planned in number, position, colour, and size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from clip_files import TAGS, ffmpeg_by_hand, shared
from reframe_studio import FixedAnswers, answered, face, looks, opened, planned, seen

from finish.analysis.faces import Faces
from finish.analysis.shots import Shots
from finish.graph import Stream, slice_streams
from finish.model import Programme
from finish.stages.reframe import frame_layouts
from finish.stages.reframe.crop_commands import CropOffsets
from finish.stages.reframe.crop_window import CropWindow
from finish.stages.reframe.delivery_frame import DeliveryFrame, FrameGrid
from finish.units import Size, Span, first_frame

pytestmark = pytest.mark.render

FRAME = Size(180, 320)


def made(path: Path, picture: str) -> Path:
    """A clip of a generated picture, almost lossless."""
    codec = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "4"]
    ffmpeg_by_hand("-f", "lavfi", "-i", f"{picture},format=yuv420p,{TAGS}", *codec, str(path))
    return path


@pytest.fixture(scope="module")
def bar(tmp_path_factory: pytest.TempPathFactory) -> Programme:
    """Two seconds of black, 320x180 at 25 Hz, with a white bar whose middle is at x = 154."""
    path = tmp_path_factory.mktemp("bar") / "bar.mp4"
    return opened(made(path, "color=c=black:s=320x180:r=25:d=2,drawbox=x=150:y=0:w=8:h=ih:c=white:t=fill"))


def bars(picture: Stream) -> Iterator[tuple[Fraction, float]]:
    """Time and position of the bar's middle in every frame."""
    for time, data in seen(picture.filter("format", pix_fmts="gray")):
        row = np.maximum(data[data.shape[0] // 2].astype(float) - 60, 0)
        yield time, float((row * (np.arange(row.size) + 0.5)).sum() / row.sum())


@pytest.mark.parametrize("rate", ["25", "30", "30000/1001", "50", "24"])
@pytest.mark.parametrize("way", ["sine", "every frame"])
def test_a_moving_crop_is_where_it_was_planned_in_every_frame(bar: Programme, rate: str, way: str) -> None:
    """A late command would miss by 15 to 85 pixels; the remainder is rounding to whole pixels."""
    hertz = Fraction(rate)
    grid, window = (
        FrameGrid(hertz, first_frame(bar.duration, hertz), Fraction(1, 10)),
        CropWindow(bar.frame, FRAME),
    )
    number = np.arange(grid.frames)
    path = (
        0.5 + 0.1 * np.sin(2 * np.pi * number / float(hertz))
        if way == "sine"
        else np.where(number % 2, 0.45, 0.55)
    )
    found = list(bars(frame_layouts.moving(bar.picture, window, path, grid, DeliveryFrame(FRAME, "yuv420p"))))
    expected = (154 / 320 - path + window.half) * FRAME.width / (2 * window.half)
    errors = np.array([middle for _, middle in found]) - expected
    assert [round(time * hertz) for time, _ in found] == number.tolist()
    assert np.abs(errors).mean() <= 0.5 and np.abs(errors).max() <= 1.1


def test_a_late_command_would_be_seen(bar: Programme) -> None:
    """The measurement above can fail: the same moves, reported one frame late."""
    grid, window = FrameGrid(Fraction(25), 50, Fraction(1, 10)), CropWindow(bar.frame, FRAME)
    good = frame_layouts.moving(
        bar.picture, window, np.where(np.arange(50) % 2, 0.45, 0.55), grid, DeliveryFrame(FRAME, "yuv420p")
    )
    moves = good.arg("x")
    assert isinstance(moves, CropOffsets)
    late = replace(moves, runs=tuple((frame + (frame > 0), offset) for frame, offset in moves.runs))
    wrong = replace(good, args=tuple((name, late if name == "x" else value) for name, value in good.args))
    right, shifted = (np.array([middle for _, middle in bars(each)]) for each in (good, wrong))
    assert np.abs(right - shifted).max() > 50


def test_a_still_frame_from_the_middle_is_the_same_frame(bar: Programme) -> None:
    """A piece that starts late has received every earlier command."""
    done = planned(
        bar,
        FixedAnswers(looks=looks(*[[face(0.35 + 0.03 * number)] for number in range(10)])),
        follow="subject",
        frame=str(FRAME),
    )
    whole = [data for _, data in seen(done.picture)]
    span = Span(Fraction(30, 25), Fraction(33, 25))
    (piece,) = slice_streams([done.picture], span, preroll=Fraction(1, 2))
    part = [data for _, data in seen(piece)]
    assert len(part) == 3 and all(
        np.array_equal(one, other) for one, other in zip(part, whole[30:33], strict=True)
    )


@pytest.mark.parametrize("rate", ["25", "30", "24"])
def test_the_crop_jumps_on_the_very_frame_of_the_cut(tmp_path: Path, rate: str) -> None:
    """Shot one is red in its crop and green elsewhere, shot two blue and green: no frame may show green."""
    left, right = "drawbox=x=0:y=0:w=160:h=ih:t=fill:c", "drawbox=x=160:y=0:w=160:h=ih:t=fill:c"
    first = f"color=c=lime:s=320x180:r=25:d=1.2,{left}=red[a]"
    second = f"color=c=lime:s=320x180:r=25:d=0.8,{right}=blue[b]"
    clip = opened(made(tmp_path / "cut.mp4", f"{first};{second};[a][b]concat=n=2:v=1"))
    told = answered(clip.conformed)
    assert told.answers[Shots].cuts == (Fraction(6, 5),)
    told.answers[Faces] = FixedAnswers(looks=looks(*[[face(0.2)]] * 6, *[[face(0.8)]] * 4)).answers[Faces]
    done = planned(clip, told, frame=str(FRAME), rate=rate, follow="subject")
    colours = [
        data[:, 20:-20].reshape(-1, 3).mean(axis=0)
        for _, data in seen(done.picture.filter("format", pix_fmts="rgb24"))
    ]
    assert len(colours) == done.frames == 2 * int(rate)
    cut = first_frame(Fraction(6, 5), Fraction(rate))
    assert all(red > 200 and green < 40 for red, green, _ in colours[:cut])
    assert all(blue > 200 and green < 40 for _, green, blue in colours[cut:])


def properties(picture: Stream) -> dict[str, object]:
    """FFmpeg's description of the picture's last frame."""
    import av

    from finish.graph import Output
    from finish.media.ffmpeg import ffmpeg_runner

    tagged = Output((picture,), "pipe:1", "matroska", (("c:v", "ffv1"), ("fps_mode", "passthrough")))
    with ffmpeg_runner.piped(tagged) as pipe, av.open(pipe, format="matroska") as container:
        *_, frame = container.decode(video=0)
        aspect = container.streams.video[0].sample_aspect_ratio
        size, pix_fmt = f"{frame.width}x{frame.height}", frame.format.name
        return {
            "size": size,
            "format": pix_fmt,
            "matrix": frame.colorspace,
            "range": frame.color_range,
            "aspect": aspect,
        }


@pytest.mark.parametrize("follow", ["subject", "pad"])
@pytest.mark.parametrize("size", ["320x180", "180x320", "322x182", "64x64", "16x16", "2x2", "640x4"])
@pytest.mark.parametrize("frame", ["180x320", "320x180"])
def test_any_picture_becomes_the_frame(tmp_path: Path, follow: str, size: str, frame: str) -> None:
    source = "format=gbrpf32le" if size == "320x180" else "null"
    clip = opened(made(tmp_path / "clip.mp4", f"color=c=gray:s={size}:r=25:d=0.2"))
    clip = clip.with_picture(clip.picture.filter("format", pix_fmts="gbrpf32le")) if "gbr" in source else clip
    ways = looks([face(0.3)], [face(0.7)])
    done = planned(clip, FixedAnswers(looks=ways), frame=frame, follow=follow)
    assert properties(done.picture) == {
        "size": frame,
        "format": "yuv420p",
        "matrix": 1,
        "range": 1,
        "aspect": 1,
    }
    times = [time for time, _ in seen(done.picture)]
    assert len(times) == done.frames == 5


def test_the_padding_is_dark_and_smooth_and_the_picture_untouched(tmp_path: Path) -> None:
    clip = opened(made(tmp_path / "clip.mp4", "testsrc2=s=320x180:r=25:d=0.2"))
    padded, plain = (planned(clip, follow="pad", frame=frame) for frame in ("320x568", "320x180"))
    data = next(data for _, data in seen(padded.picture.filter("format", pix_fmts="gray")))
    inner = next(data for _, data in seen(plain.picture.filter("format", pix_fmts="gray")))
    assert np.array_equal(data[194:374], inner)
    around = np.concatenate([data[:190], data[378:]]).astype(int)
    assert np.abs(np.diff(around[:190], axis=1)).max() <= 8, "nothing to read"
    assert 0.7 * inner.mean() < around.mean() < 0.95 * inner.mean()


@pytest.mark.parametrize(
    ("colour", "codes"),
    [("#3366CC", (100.8, 178.0, 101.4)), ("#FFFFFF", (235, 128, 128)), ("#000000", (16, 128, 128))],
)
def test_a_brands_colour_is_behind_the_picture_as_bt_709_has_it(
    tmp_path: Path, colour: str, codes: tuple[float, ...]
) -> None:
    clip = opened(made(tmp_path / "clip.mp4", "testsrc2=s=320x180:r=25:d=0.2"))
    padded, plain = (
        planned(clip, follow="pad", frame=frame, background=colour) for frame in ("320x568", "320x180")
    )
    data, inner = (
        next(data for _, data in seen(each.picture.filter("format", pix_fmts="yuv444p")))
        for each in (padded, plain)
    )
    planes, mine = data.reshape(3, 568, 320), inner.reshape(3, 180, 320)
    assert [plane[:190].mean() for plane in planes] == pytest.approx(codes, abs=1) and [
        plane[380:].std() for plane in planes
    ] == [0, 0, 0]
    assert np.array_equal(planes[0, 194:374], mine[0])


def test_flat_grey_becomes_a_flat_darker_grey(tmp_path: Path) -> None:
    """× 0.85 of the light above black: 126 − 16 = 110 codes become 93.5."""
    clip = opened(made(tmp_path / "grey.mp4", "color=c=gray:s=320x180:r=25:d=0.1"))
    data = next(data for _, data in seen(planned(clip, follow="pad", frame="320x568").picture))[:568].astype(
        int
    )
    assert abs((data[20] - 16).mean() / (data[284] - 16).mean() - 0.85) < 0.01


@pytest.mark.media
@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("footage/office-promo.mp4", "25"),
        ("phone/iphone-hlg-vfr-rotated.mp4", "30"),
        ("phone/super-slow-motion.mp4", "60"),
        ("phone/rotated-reflected.mp4", "24"),
        ("footage/film-dialogue.mp4", "25"),
    ],
)
def test_real_clips_have_the_planned_number_of_frames(name: str, rate: str) -> None:
    """A picture that starts at 0.834 s, a variable rate with frames before 0, and a last frame of 0.1 ms."""
    done = planned(opened(shared(name)), frame="36x64", rate=rate)
    times = [time for time, _ in seen(done.picture)]
    assert len(times) == done.frames
    assert times == [number / Fraction(rate) for number in range(done.frames)]


@pytest.mark.media
def test_a_real_crop_keeps_who_speaks() -> None:
    """Interviews of the promo: a centre crop cuts the largest face in 40 % of samples, the plan in 2 %."""
    clip = opened(shared("footage/office-promo.mp4"))
    told = answered(clip.conformed)
    done = planned(clip, told, follow="subject", subject="faces", frame="180x320")
    inside = []
    for look in told.answers[Faces].looks:
        if look.faces:
            largest = max(look.faces, key=lambda each: (each.right - each.left) * (each.bottom - each.top))
            (pane,) = done.framing.panes(first_frame(look.time, done.rate))
            inside.append(
                pane.crop_box.left <= largest.left * clip.frame.width
                and largest.right * clip.frame.width <= pane.crop_box.right
            )
    assert len(inside) > 60 and np.mean(inside) >= 0.9
