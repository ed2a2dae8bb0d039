"""Overlays, rendered: correct colours, untouched pixels, drawn once, and a missing overlay is detected."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from unittest.mock import patch

import av
import cv2
import numpy as np
import pytest
from clip_files import ffmpeg_by_hand
from numpy.typing import NDArray
from pictures import ORANGE, document, plate, png
from render_jobs import Finished, finished, folder, pictures, samples

import finish
from finish import graph
from finish.graph import Output, Stream
from finish.media.ffmpeg import ffmpeg_runner
from finish.stages.composite import lower_third
from finish.stages.composite.canvas import ScaledPicture
from finish.stages.composite.overlay_area import FrameWindow, OverlayArea
from finish.units import Box, Size

pytestmark = pytest.mark.render

# TikTok's safe area belongs to 1080x1920; at a third of it, a job must state its own.
JOB = """\
job: spring
source: hero.mp4
captions: {file: hero.en.srt}
encode: {picture: {speed: ultrafast}}
composite:
  logo: {file: logo.png, corner: bottom-left, height: 0.1}
  lower_third: {title: Ágnes, subtitle: Colour, from: 0.2, to: 1.8}
  end_card: {text: Bye, background: "#204060", seconds: 0.8}
deliverables: [{name: done, preset: youtube, encode: {size: 320x180}}]
"""
MARK = Box(18, 150, 54, 168)  # a tenth high, 2 px inside YouTube's safe area, which is 5 % of each side


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    place = folder(tmp_path_factory.mktemp("composite") / "it's 100%: [a], b", JOB)
    (place / "logo.png").write_bytes(png(plate(200, 100, border=30)))
    return finished(place)


def frames_of(file: Path) -> list[NDArray[np.uint8]]:
    return [picture for _, picture in pictures(file)]


def test_every_promise_is_kept(job: Finished) -> None:
    (outcome,) = job.outcomes
    assert outcome.error is None and outcome.broken == ()
    measured = {result.promise.name: result.measured for result in outcome.results}
    assert (measured["overlays that don't show"], measured["overlays outside the safe zone"]) == (0, 0)
    assert (measured["captions that don't show"], measured["overlays other than planned"]) == (0, 0)


def test_a_logo_has_its_colour_in_its_place(job: Finished) -> None:
    """ORANGE is (240, 120, 30); x264 at a low crf is within 6 codes of it on average."""
    shown = frames_of(job.out / "done.mp4")[3].astype(int)
    inner = shown[MARK.top + 3 : MARK.bottom - 3, MARK.left + 3 : MARK.right - 3]
    assert np.abs(inner.mean((0, 1)) - (240, 120, 30)).max() < 6
    assert MARK in [area.box for area in job.renderings[0].planned.programme.taken]


def test_the_end_card_follows_and_the_sound_is_as_long(job: Finished) -> None:
    shown = frames_of(job.out / "done.mp4")
    assert len(shown) == 70
    assert np.abs(shown[-1][2:30].mean((0, 1)) - (0x20, 0x40, 0x60)).max() < 3
    half = shown[53][2:30].mean((0, 1)) - shown[49][2:30].mean((0, 1))
    assert (
        0.2
        < np.linalg.norm(half) / np.linalg.norm(shown[-1][2:30].mean((0, 1)) - shown[49][2:30].mean((0, 1)))
        < 0.8
    ), "it fades in"
    assert (np.abs(shown[-1].astype(int) - shown[-1][2, 2]).max(2) > 100).sum() > 50, "words stand on it"
    start, sound = samples(job.out / "done.mp4")
    assert abs(start) < 0.03 and 2.78 <= start + len(sound) / 48_000 < 2.85
    assert np.abs(sound[int(2.1 * 48_000) : int(2.7 * 48_000)]).max() < 1e-3 < np.abs(sound[:48_000]).max()


def test_a_second_run_draws_nothing(job: Finished) -> None:
    """The picture's encoding changes, so it is rendered again, but the lower third comes from the store."""
    lower_third._content.cache_clear()
    (job.place / "job.yaml").write_text(
        JOB.replace("speed: ultrafast", "speed: ultrafast, crf: 22"), encoding="utf-8"
    )
    with patch.object(lower_third.LowerThirdFrames, "frames", side_effect=AssertionError("drawn again")):
        again = finished(job.place)
    assert len(again.processes.pictures) == 1 and [outcome.broken for outcome in again.outcomes] == [()]


@pytest.mark.parametrize("at", [Fraction(8, 25), Fraction(1), Fraction(53, 25), Fraction(13, 5)])
def test_a_still_is_the_frame_that_is_delivered(job: Finished, at: Fraction, tmp_path: Path) -> None:
    still = cv2.imread(str(finish.still(job.job, "done", at, tmp_path / "still.png")))[:, :, ::-1]
    delivered = frames_of(job.out / "done.mp4")
    off = [float(np.abs(still.astype(int) - frame).mean()) for frame in delivered]
    assert min(range(len(off)), key=off.__getitem__) == int(at * 25) or at > Fraction(12, 5)
    assert off[int(at * 25)] < 2.5


@pytest.mark.parametrize(
    ("without", "broken"),
    [
        ("logo", "overlays that don't show: 2, promised 0; for more contrast with the picture"),
        # Where the lower third would be, the captions are: something shows, but not what is planned.
        ("lower_third", "overlays other than planned: 2 places, promised 0 places"),
    ],
)
def test_a_file_without_an_overlay_is_caught(
    job: Finished, without: str, broken: str, tmp_path: Path
) -> None:
    """The same frames without one overlay; without a logo below it, the lower third is lower."""
    place = folder(
        tmp_path / "other", JOB.replace("name: done,", f"name: done, composite: {{{without}: null}},")
    )
    (place / "logo.png").write_bytes((job.place / "logo.png").read_bytes())
    texts = job.broken("done", finished(place).out / "done.mp4").values()
    assert any(text.startswith(broken) for text in texts)


def test_ink_outside_the_safe_zone_is_caught(job: Finished, tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.mp4"
    box = "drawbox=x=312:y=1:w=8:h=8:color=red:t=fill"
    ffmpeg_by_hand(
        "-i",
        str(job.out / "done.mp4"),
        "-vf",
        box,
        "-c:v",
        "libx264",
        "-qp",
        "10",
        "-c:a",
        "copy",
        str(spoilt),
    )
    assert "overlays outside the safe zone" in job.broken("done", spoilt)


@pytest.mark.parametrize(("pix_fmt", "dtype"), [("yuv420p", np.uint8), ("yuv422p10le", np.uint16)])
def test_a_transparent_pixel_changes_nothing_and_an_opaque_one_is_exact(pix_fmt: str, dtype: type) -> None:
    """Full-range noise underneath: alpha of 0 must keep every bit, 255 must give BT.709's own codes."""
    logo = plate(32, 16, border=8)
    stamp = graph.image(graph.PayloadBytes(".png", png(logo)), Size(48, 32))
    room = OverlayArea(Size(128, 64), Box(0, 0, 128, 64), pix_fmt, Fraction(25), 25)
    noise = graph.generate(
        "video", "nullsrc", size=Size(128, 64), s="128x64", rate=25, duration=Fraction(2, 25)
    )
    depth = 2 ** (10 if dtype is np.uint16 else 8) - 1
    dice = {plane: f"random({seed})*{depth}" for seed, plane in enumerate(("lum", "cb", "cr"))}
    shaken = noise.filter("format", pix_fmts=pix_fmt).filter("geq", **dice)  # type: ignore[arg-type]
    tagged = shaken.filter("setparams", colorspace="bt709", range="tv")
    laid = room.overlaid(tagged, stamp, Box(40, 20, 88, 52), FrameWindow(0, 25, Fraction(25)))
    before, after = (luma(each, dtype) for each in (tagged, laid))
    inside = np.zeros(before.shape, bool)
    inside[28:44, 48:80] = True
    assert np.array_equal(before[~inside], after[~inside])
    # 0.2126 R + 0.7152 G + 0.0722 B of ORANGE is 0.5451: 16 + 219 of it at 8 bits, 64 + 876 of it at 10.
    assert np.abs(after[inside].astype(int) - (135 if depth == 255 else 541.5)).max() <= 1


@pytest.mark.parametrize("ground", ["white", "0xF0781E"])
@pytest.mark.parametrize("size", [Size(62, 40), Size(31, 21)], ids=["its own size", "smaller"])
def test_edges_show_no_fringe_on_their_own_colour(ground: str, size: Size) -> None:
    """A logo over its own colour is invisible, even while it fades; the black under its alpha would show."""
    alpha = np.clip(np.minimum.outer(np.arange(40), np.arange(62)) * 20, 0, 255).astype(np.uint8)
    alpha[21:28, 31:40] = 0
    data = np.dstack(
        [
            *(np.where(alpha > 0, number, 0) for number in ((255,) * 3 if ground == "white" else ORANGE[:3])),
            alpha,
        ]
    )
    stamp = graph.image(ScaledPicture(document(png(data.astype(np.uint8))), size), size)
    room = OverlayArea(Size(80, 60), Box(0, 0, 80, 60), "yuv420p", Fraction(25), 25)
    flat = graph.generate(
        "video", "color", size=room.frame, color=ground, s="80x60", rate=25, duration=Fraction(2, 25)
    )
    exact = flat.filter("format", pix_fmts="rgb24").filter("scale", out_color_matrix="bt709", out_range="tv")
    box = Box(10, 10, 10 + size.width, 10 + size.height)
    laid = room.overlaid(
        exact.filter("format", pix_fmts="yuv420p"), stamp, box, FrameWindow(0, 25, Fraction(25))
    )
    rgb = laid.filter(
        "scale", in_color_matrix="bt709", in_range="tv", out_range="pc", flags="accurate_rnd+full_chroma_int"
    )
    shown = first(rgb.filter("format", pix_fmts="rgb24")).to_ndarray().astype(int)
    assert np.abs(shown - shown[0, 0]).max() <= 3


def luma(picture: Stream, dtype: type) -> NDArray[np.generic]:
    frame = first(picture)
    return np.frombuffer(frame.planes[0], dtype).reshape(frame.height, -1)[:, : frame.width].copy()


def first(picture: Stream) -> av.VideoFrame:
    """The first frame of a stream."""
    output = Output((picture,), "pipe:1", "nut", (("c:v", "rawvideo"), ("frames:v", "1")))
    with ffmpeg_runner.piped(output) as pipe, av.open(pipe, format="nut") as opened:
        (frame,) = opened.decode(video=0)
        return frame
