"""A broadcast master keeps ten bits, and every destination's file keeps its promises.

The bits are measured on a ramp of every code.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np
import pytest
from clip_files import TAGS, clip, ffmpeg_by_hand
from numpy.typing import NDArray
from render_jobs import CAPTIONS, Finished, finished

from finish import resources
from finish.jobspec.presets import packaged_preset
from finish.media.probe import probe
from finish.model import H264
from finish.units import Size, even

pytestmark = pytest.mark.render

WIDE, HIGH = 480, 270
# Every code from 64 to 940, rising from the upper left to the lower right corner by at most one code per
# pixel.
RAMP = f"64+floor(876*(X/{WIDE - 1}+Y/{HIGH - 1})/2)"
MASTERS = f"""\
source: ramp.mkv
encode: {{size: {WIDE}x{HIGH}}}
deliverables:
  - {{name: bare, preset: ebu-hd-prores}}
  - {{name: graded, preset: ebu-hd-prores, colour: {{looks: [warm]}}}}
  - {{name: captioned, preset: ebu-hd-prores, captions: {{file: ramp.srt, rules: note}}}}
  - {{name: padded, preset: ebu-hd-prores, encode: {{size: 270x270}}}}
"""


def luma(path: Path) -> NDArray[np.uint16]:
    """The luma of every frame as ten-bit codes (frames, height, width); refuses a picture of fewer bits."""
    with TemporaryDirectory() as place, av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert min(part.bits for part in stream.codec_context.format.components) == 10
        raw = Path(place) / "luma.raw"
        ffmpeg_by_hand(
            "-i",
            str(path),
            "-map",
            "0:v",
            "-vf",
            "extractplanes=y",
            "-f",
            "rawvideo",
            "-pix_fmt",
            "gray10le",
            str(raw),
        )
        return np.fromfile(raw, np.uint16).reshape(-1, stream.height, stream.width)


@pytest.fixture(scope="module")
def masters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finished]:
    """Eight frames of the ramp in lossless ten-bit 4:2:2, without sound, and four masters of it."""
    place = tmp_path_factory.mktemp("masters")
    ramp = f"geq=lum='{RAMP}':cb=512:cr=512"
    picture = f"nullsrc=size={WIDE}x{HIGH}:rate=25:duration=0.32,format=yuv422p10le,{ramp},{TAGS}"
    ffmpeg_by_hand("-f", "lavfi", "-i", picture, "-c:v", "ffv1", str(place / "ramp.mkv"))
    (place / "ramp.srt").write_text("1\n00:00:00,000 --> 00:00:00,320\nTen bits\n")
    (place / "job.yaml").write_text(MASTERS)
    yield finished(place)


def test_all_masters_are_published_in_one_picture_process(masters: Finished) -> None:
    assert [outcome.path and outcome.path.name for outcome in masters.outcomes] == [
        "bare.mov",
        "graded.mov",
        "captioned.mov",
        "padded.mov",
    ]
    assert sum(process.has("-c:v", "prores_ks") for process in masters.processes.all) == 1


def test_without_a_look_each_code_arrives(masters: Finished) -> None:
    truth = luma(masters.place / "ramp.mkv")
    assert len(np.unique(truth)) == 877, "the ramp itself is what it says"
    made = luma(masters.out / "bare.mov")
    error = np.abs(made.astype(int) - truth)
    assert made.shape == truth.shape == (8, HIGH, WIDE)
    assert len(np.unique(made)) >= 870 and error.mean() <= 1.0


@pytest.mark.parametrize(("name", "codes"), [("graded", 700), ("captioned", 870), ("padded", 700)])
def test_nothing_on_the_way_has_eight_bits(masters: Finished, name: str, codes: int) -> None:
    """Eight bits would leave at most 219 codes, or 877 in steps of four."""
    made = luma(masters.out / f"{name}.mov")
    seen, counts = np.unique(made, return_counts=True)
    assert len(seen) >= codes
    by_rest = [counts[seen % 4 == rest].sum() / made.size for rest in range(4)]
    assert min(by_rest) > 0.15, "codes that are no multiple of four are as usual as others"


def test_captions_leave_the_rest_of_the_picture_as_it_is(masters: Finished) -> None:
    bare, captioned = (luma(masters.out / f"{name}.mov").astype(int) for name in ("bare", "captioned"))
    assert np.abs(bare - captioned)[:, : HIGH // 2].max() == 0
    assert np.abs(bare - captioned)[:, HIGH // 2 :].max() > 300


def test_a_master_is_what_a_broadcaster_asks_for(masters: Finished) -> None:
    made = probe(masters.out / "bare.mov")
    assert made.video is not None and made.track is not None
    assert (made.video.codec, made.video.profile, made.video.pix_fmt, made.video.rate) == (
        "prores",
        "HQ",
        "yuv422p10le",
        Fraction(25),
    )
    assert (made.track.codec, made.track.rate, made.track.channels, made.sound_excess) == (
        "pcm_s24le",
        48_000,
        2,
        0.0,
    )
    assert (made.video.primaries, made.video.transfer, made.video.matrix, made.video.full_range) == (
        "bt709",
        "bt709",
        "bt709",
        False,
    )
    assert made.extras.timecode == "10:00:00:00"


PRORES = (
    f"-vf {TAGS} -c:v prores_ks -profile:v hq -c:a copy -timecode 10:00:00:00 -video_track_timescale 12800"
)


@pytest.mark.parametrize(
    ("arguments", "breaks"),
    [
        (PRORES, {}),
        (PRORES.replace("hq", "standard"), {"profile": "Standard, promised HQ"}),
        (
            PRORES.replace("hq", "4444 -pix_fmt yuv444p10le"),
            {"profile": "4444, promised HQ", "pixel format": "yuv444p12le, promised yuv422p10le"},
        ),
        (PRORES.replace("10:00", "01:00"), {"timecode": "01:00:00:00, promised 10:00:00:00"}),
        (
            "-c copy -map 0:v -map 0:a -map_metadata -1 -write_tmcd 0",
            {"timecode": "not stated, promised 10:00:00:00"},
        ),
        (PRORES.replace("-c:a copy", "-c:a pcm_s16le"), {"sound codec": "pcm_s16le, promised pcm_s24le"}),
        (
            PRORES.replace("-c:a copy", "-c:a pcm_s24le -af apad=pad_dur=0.01"),
            {"sound past the picture's end": "10 ms, promised -1 to 1 ms"},
        ),
    ],
    ids=["good", "standard", "4444", "another timecode", "no timecode", "16 bits", "sound longer"],
)
def test_a_doctored_master_breaks_its_promises_and_no_others(
    masters: Finished, arguments: str, breaks: dict[str, str], tmp_path: Path
) -> None:
    ffmpeg_by_hand("-i", str(masters.out / "bare.mov"), *arguments.split(), str(tmp_path / "doctored.mov"))
    broken = masters.broken("bare", tmp_path / "doctored.mov")
    assert set(broken) == set(breaks)
    assert {name: text for name, text in broken.items() if breaks[name] not in text} == {}


def frame_of(preset: str) -> Size:
    """The destination's frame at a quarter of its sides, or at its smallest size."""
    made = packaged_preset(preset).delivery
    share = max(Fraction(1, 4), Fraction(made.limits.side_min or 0, min(made.frame.width, made.frame.height)))
    return Size(even(made.frame.width * share), even(made.frame.height * share))


def deliverable(preset: str) -> str:
    fast = (
        ", picture: {speed: ultrafast}" if isinstance(packaged_preset(preset).delivery.picture, H264) else ""
    )
    return f"  - {{name: {preset}, preset: {preset}, encode: {{size: {frame_of(preset)}{fast}}}}}\n"


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finished]:
    """One clip, as short as all destinations allow, for every destination."""
    place = tmp_path_factory.mktemp("everywhere")
    # 73.5 frames: at another rate the picture is shorter.
    clip(place / "hero.mp4", rate="24", seconds=3.0625)
    (place / "hero.srt").write_text(CAPTIONS)
    body = "".join(deliverable(name) for name in resources.names("presets"))
    shared = "captions: {file: hero.srt, rules: note}\nreframe: {follow: centre}"
    (place / "job.yaml").write_text(f"source: hero.mp4\n{shared}\ndeliverables:\n{body}")
    yield finished(place)


def test_every_destination_keeps_its_promises_and_shares_one_decode(everywhere: Finished) -> None:
    verdicts = {
        outcome.name: [str(each) for each in outcome.broken] or str(outcome.error or "kept")
        for outcome in everywhere.outcomes
    }
    assert verdicts == dict.fromkeys(resources.names("presets"), "kept")
    pictures = [
        process
        for process in everywhere.processes.all
        if process.has("-c:v", "libx264") or process.has("-c:v", "prores_ks")
    ]
    assert len(pictures) == 1 and pictures[0].argv.count("-i") == 1


def test_every_file_is_called_by_its_container(everywhere: Finished) -> None:
    made = {path.stem: path.suffix for path in everywhere.out.glob("*.m??") if path.suffix != ".json"}
    assert made == {
        name: f".{packaged_preset(name).delivery.container.format}" for name in resources.names("presets")
    }


def test_colour_is_stated_in_the_container_and_in_the_picture_itself(
    everywhere: Finished, tmp_path: Path
) -> None:
    """BT.709 three times, by H.273's numbers.

    In `colr` (ISO 14496-12, QuickTime), the VUI of H.264, and the frame header of ProRes (SMPTE RDD 36).
    """
    for name in resources.names("presets"):
        path = everywhere.out / f"{name}.{packaged_preset(name).delivery.container.format}"
        data = path.read_bytes()
        at = data.index(b"colr") + 4
        assert data[at : at + 4] in (b"nclx", b"nclc") and struct.unpack(">HHH", data[at + 4 : at + 10]) == (
            1,
            1,
            1,
        ), name
        raw = tmp_path / f"{name}.raw"
        if path.suffix == ".mov":
            ffmpeg_by_hand("-i", str(path), "-c", "copy", "-map", "0:v", "-f", "data", str(raw))
            header = raw.read_bytes()[:32]
            assert header[4:8] == b"icpf" and tuple(header[22:25]) == (1, 1, 1)
        else:
            ffmpeg_by_hand(
                "-i",
                str(path),
                "-c",
                "copy",
                "-map",
                "0:v",
                "-bsf:v",
                "h264_mp4toannexb",
                "-f",
                "h264",
                str(raw),
            )
            with av.open(str(raw), format="h264") as bare:
                context = next(bare.decode(video=0))
                assert (context.color_primaries, context.color_trc, context.colorspace) == (1, 1, 1), name
                assert context.color_range == 1, name


def test_a_lowered_ceiling_holds_on_noise(tmp_path: Path) -> None:
    """The hardest picture to encode stays below its ceiling: at most its rate and one full buffer."""
    picture = H264(speed="ultrafast", crf=10, max_rate=4_000, buffer=8_000).under(400)
    options: list[Any] = [
        word for name, value in picture.encoding(Fraction(25)).options for word in (f"-{name}", value)
    ]
    noise = "nullsrc=size=160x90:rate=25:duration=4,geq=lum='random(1)*255':cb=128:cr=128,format=yuv420p"
    ffmpeg_by_hand("-f", "lavfi", "-i", noise, *options, str(tmp_path / "noise.mp4"))
    kbits = (tmp_path / "noise.mp4").stat().st_size * 8 / 1000
    assert kbits < picture.most(Size(160, 90), Fraction(25), Fraction(4)) == 400 * 4 + 800
    assert kbits > 400 * 4 * 0.9, "the ceiling was reached, or this proves nothing"
