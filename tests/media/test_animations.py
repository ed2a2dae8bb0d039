"""Animations as clips: frame times, transparency, and what is refused before decoding."""

from __future__ import annotations

import re
import struct
from fractions import Fraction
from pathlib import Path

import pytest
from animated import APNG, GIF, HOLE, SIZE, WEBP, animated, grey
from pictures import chunk, plate, png

from finish.errors import FinishError
from finish.execution.frame_reader import FrameReader
from finish.execution.renderer import Renderer
from finish.graph import describe, history, slice_streams
from finish.media.ffmpeg import ffmpeg_runner
from finish.media.pictures.animations import stated
from finish.media.probe import probe
from finish.media.probe_cache import ProbeCache
from finish.model import Frames, Source
from finish.model.colour_codes import ColourOverrides
from finish.model.picture_input import conformed
from finish.stages.conform.track_lengths import Lengths, length_notes
from finish.storage.store import Store
from finish.units import Size, Span

# 0 and 10 ms show for 100 ms, as in browsers.
DELAYS, SHOWN = (100, 200, 40, 70, 10, 0, 110, 500), (100, 200, 40, 70, 100, 100, 110, 500)


def known(path: Path) -> Source:
    return ProbeCache(Store(path.parent / "store"))(path)


def starts(shown: tuple[int, ...]) -> list[Fraction]:
    return [Fraction(sum(shown[:number]), 1000) for number in range(len(shown))]


@pytest.mark.render
@pytest.mark.parametrize("suffix", [GIF, APNG, WEBP])
def test_the_probe_and_the_renderer_agree_on_every_frame(tmp_path: Path, suffix: str) -> None:
    source = known(animated(tmp_path / f"x{suffix}", DELAYS))
    video = source.video
    assert video is not None and not source.audio
    assert (video.coded, video.frames, video.start, video.end) == (
        Size(*SIZE),
        8,
        0,
        Fraction(sum(SHOWN), 1000),
    )
    assert (video.rate, video.variable, video.alpha, video.straight) == (24, True, False, False)
    assert source.warnings == ("2 frames of 10 ms or less shown for 100 ms, as in browsers",)
    read = FrameReader(Renderer(Store(tmp_path / "store"))).frames(source.picture, Frames("gray"))
    seen = [(time, int(picture.min()), int(picture.max())) for time, picture in read]
    assert seen == [(time, grey(number), grey(number)) for number, time in enumerate(starts(SHOWN))]


@pytest.mark.parametrize("suffix", [GIF, APNG, WEBP])
@pytest.mark.parametrize(
    ("delays", "rate"),
    [
        ((100,) * 5, 10),
        ((40,) * 5, 25),
        ((30, 30, 40) * 3, 30),
        ((1000, 80, 1000, 80), 25),
        ((20,) * 5, 50),
        ((0,), 10),
        ((40, 40, 80, 40, 40), 25),
    ],
)
def test_the_rate_is_one_at_which_every_frame_is_shown(
    tmp_path: Path, suffix: str, delays: tuple[int, ...], rate: int
) -> None:
    video = (
        known(animated(tmp_path / f"x{suffix}", delays)).video if len(delays) > 1 or suffix == GIF else None
    )
    assert video is None or (video.rate, video.frames) == (rate, len(delays))


@pytest.mark.render
@pytest.mark.parametrize("suffix", [GIF, APNG, WEBP])
@pytest.mark.parametrize(
    ("background", "behind"), [("#ffffff", (255, 255, 255)), ("#3366cc", (0x33, 0x66, 0xCC))]
)
def test_what_is_transparent_shows_the_background(
    tmp_path: Path, suffix: str, background: str, behind: tuple[int, ...]
) -> None:
    source = known(animated(tmp_path / f"x{suffix}", (100, 100, 100), hole=True))
    assert source.video is not None and source.video.alpha and source.video.straight
    picture, notes = conformed(ColourOverrides("auto", "auto", background), source.video, source.picture)
    assert (
        f"transparent: shown on {background} — set conform: {{background: '#RRGGBB'}} for another colour"
        in notes
    )
    left, top, right, bottom = HOLE
    for number, (_, seen) in enumerate(
        FrameReader(Renderer(Store(tmp_path / "store"))).frames(picture, Frames("rgb24"))
    ):
        assert (seen[top:bottom, left:right] == behind).all()
        seen[top:bottom, left:right] = grey(number)
        assert (seen == grey(number)).all()


@pytest.mark.render
@pytest.mark.parametrize("suffix", [GIF, APNG, WEBP])
def test_a_part_is_drawn_over_all_that_came_before(tmp_path: Path, suffix: str) -> None:
    """A seek would begin with a frame that holds only the changes."""
    source = known(animated(tmp_path / f"x{suffix}", (500,) * 8))
    (part,) = slice_streams(
        [source.picture.filter("fps", fps=2)], Span(Fraction(3), Fraction(4)), Fraction(1)
    )
    assert all(node.arg("seek") is None for node in history([part]))
    read = FrameReader(Renderer(Store(tmp_path / "store"))).frames(part, Frames("gray"))
    assert [(int(picture.min()), int(picture.max())) for _, picture in read] == [
        (grey(6), grey(6)),
        (grey(7), grey(7)),
    ]


@pytest.mark.render
def test_one_picture_is_shown_for_its_own_time_and_said_to_be_one(tmp_path: Path) -> None:
    source = known(animated(tmp_path / "x.gif", (0,)))
    assert source.video is not None and (source.video.frames, source.video.end) == (1, Fraction(1, 10))
    notes = length_notes(Lengths.of(source.video, ()), source.video, ())
    assert [(note.level, str(note)) for note in notes] == [
        ("act", "the clip is a single picture, shown for 0.1 s")
    ]


def test_a_webp_is_read_by_its_own_demuxer_and_no_other(tmp_path: Path) -> None:
    source = known(animated(tmp_path / "x.webp", (100, 100), hole=True))
    assert source.video is not None
    picture, _ = conformed(ColourOverrides("auto", "auto"), source.video, source.picture)
    assert describe({"x": picture}).splitlines()[1:] == [
        "v1   v0 | format pix_fmts=gbrap",
        "v2   v1 | premultiply inplace=1",
        "v3   v2 | lutrgb a=negval",
        "v4   v3 | colorchannelmixer ba=1 ga=1 ra=1",
        "v5   v4 | format pix_fmts=gbrp",
        "v6   v5 | setparams color_primaries=bt709 color_trc=bt709 colorspace=gbr range=pc",
        "v7   v6 | setsar sar=1",
        "x = v7",
    ]
    with ffmpeg_runner.workplace() as (root, place):
        words = ffmpeg_runner.command(
            ffmpeg_runner.compile_outputs([ffmpeg_runner.Output((picture,), "-", "null")], place), root
        )
    at = words.index("-i")
    assert {words[number - 1]: words[number] for number in range(at - 9, at, 2)} == {
        "-f": "webp_anim",
        "-protocol_whitelist": "file,pipe",
        "-format_whitelist": "webp_anim",
        "-min_delay": "10",
        "-default_delay": "100",
    }


@pytest.mark.parametrize("suffix", [GIF, APNG, WEBP])
def test_one_that_is_cut_short_says_so_wherever_it_is_cut(tmp_path: Path, suffix: str) -> None:
    whole = animated(tmp_path / f"x{suffix}", DELAYS).read_bytes()
    for share in (0.4, 0.6, 0.9):
        cut = tmp_path / f"cut{suffix}"
        cut.write_bytes(whole[: int(len(whole) * share)])
        (loss,) = probe(cut).losses
        assert loss.code == "cut-off" and re.fullmatch(
            r"it is cut off or damaged after \d( of 8)? frames", loss.text
        )


def test_what_lies_behind_a_webp_is_no_part_of_it_and_what_lies_in_it_is(tmp_path: Path) -> None:
    path = animated(tmp_path / "x.webp", (100, 100, 100))
    data = path.read_bytes()
    for junk in (b"junk", bytes(100)):
        path.write_bytes(data + junk)
        assert probe(path).losses == ()
    path.write_bytes(data[: len(data) * 2 // 3] + bytes(len(data) - len(data) * 2 // 3))
    assert [loss.code for loss in probe(path).losses] == ["cut-off"]


def test_a_gif_that_lacks_only_the_mark_of_its_end_is_whole(tmp_path: Path) -> None:
    path = animated(tmp_path / "x.gif", (100, 100))
    path.write_bytes(path.read_bytes().rstrip(b";"))
    assert probe(path).warnings == ()
    path.write_bytes(path.read_bytes() + b";junk")
    assert probe(path).warnings == ()


def _huge_gif(path: Path) -> None:
    data = bytearray(animated(path, (100, 100)).read_bytes())
    data[6:10] = struct.pack("<HH", 60_000, 60_000)
    path.write_bytes(data)


def _huge_webp(path: Path) -> None:
    data = bytearray(animated(path, (100, 100)).read_bytes())
    data[24:30] = (16_000).to_bytes(3, "little") * 2
    path.write_bytes(data)


def _huge_apng(path: Path) -> None:
    frame = struct.pack(">IIIIIHHBB", 0, 60_000, 60_000, 0, 0, 1, 10, 0, 0)
    extra = chunk(b"acTL", struct.pack(">II", 1, 0)) + chunk(b"fcTL", frame)
    data = bytearray(png(plate(4, 4), 6, extra))
    data[16:24] = struct.pack(">II", 60_000, 60_000)
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("name", "build"), [("x.gif", _huge_gif), ("x.webp", _huge_webp), ("x.png", _huge_apng)]
)
def test_what_no_screen_shows_is_refused_before_it_is_decoded(
    tmp_path: Path, name: str, build: object
) -> None:
    build(tmp_path / name)  # type: ignore[operator]
    with pytest.raises(
        FinishError,
        match=r"exceed the maximum — export it smaller: the maximum is 100,000 frames of 8192x4320",
    ):
        probe(tmp_path / name)


def test_no_bytes_make_a_reader_fail(tmp_path: Path) -> None:
    """Every prefix, and every changed byte: facts or a message, never an internal error."""
    for suffix in (GIF, APNG, WEBP):
        whole = animated(tmp_path / f"x{suffix}", (100, 20)).read_bytes()
        for at in range(1, len(whole)):
            stated(whole[:at])
            stated(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (png(plate(4, 4)), "x can't be read as a clip: it is a PNG picture — a clip needs numbered pictures"),
        (
            b"\xff\xd8\xff\xe0" + bytes(40),
            "x can't be read as a clip: it is a JPEG picture — a clip needs numbered pictures",
        ),
        (
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
            "x is an HEIC picture, not a clip — export it as PNG or JPEG; finish reads MP4",
        ),
        (b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", "x is an AVIF picture, not a clip"),
        (b"\0\0\1\0RED2" + bytes(40), "it is REDCODE raw (R3D) — export ProRes or MP4"),
        (b"this is no film", "x can't be read as a clip: its format is unknown — finish reads MP4, MOV, MKV"),
        (
            b"\0\0\0\x18ftypisom\0\0\0\0isommp42",
            "x can't be read as a clip: it starts like MP4 or MOV, but its structure is damaged",
        ),
    ],
)
def test_a_refusal_names_the_format_and_what_is_read(tmp_path: Path, data: bytes, says: str) -> None:
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(FinishError) as raised:
        probe(tmp_path / "x")
    assert says in str(raised.value)
