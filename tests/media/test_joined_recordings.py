"""Recordings in one file, each with its own clock: every picture in order, and sound in sync."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from clip_files import ffmpeg_by_hand
from hypothesis import given
from hypothesis import strategies as st

from finish.errors import FinishError, Interrupted
from finish.execution.frame_reader import FrameReader
from finish.execution.renderer import Renderer
from finish.media import clock_restarts
from finish.media.probe import probe
from finish.media.probe_cache import ProbeCache
from finish.model import Frames, Source
from finish.storage.store import Store

CODECS = {".ts": ("libx264", "aac"), ".m2ts": ("libx264", "ac3"), ".mpg": ("mpeg2video", "mp2")}


def recording(path: Path, grey: int, tone: int, *extra: str, seconds: float = 1.0) -> bytes:
    """Pictures of one grey, at 25 fps, each brighter by 3, with a tone."""
    picture, sound = CODECS[path.suffix]
    shown = f"color=s=64x48:r=25:d={seconds},geq=lum='{grey}+3*N':cb=128:cr=128"
    ffmpeg_by_hand(
        "-f",
        "lavfi",
        "-i",
        shown,
        "-f",
        "lavfi",
        "-i",
        f"sine=frequency={tone}:sample_rate=48000:duration={seconds}",
        "-c:v",
        picture,
        "-q:v",
        "1",
        "-g",
        "12",
        "-c:a",
        sound,
        "-b:a",
        "96k",
        *extra,
        str(path),
    )
    return path.read_bytes()


def found_in(path: Path) -> Source:
    return ProbeCache(Store(path.parent / "store"))(path, path.name)


@pytest.mark.render
@pytest.mark.parametrize("suffix", CODECS)
def test_every_picture_is_there_in_its_order_and_sound_with_its_own(tmp_path: Path, suffix: str) -> None:
    first, second = recording(tmp_path / f"a{suffix}", 20, 400), recording(tmp_path / f"b{suffix}", 130, 3000)
    path = tmp_path / f"c{suffix}"
    path.write_bytes(first + second + first)
    demuxer = "mpeg" if suffix == ".mpg" else "mpegts"
    assert clock_restarts.restarts(path, demuxer) == (len(first), len(first + second))
    source = found_in(path)
    assert source.path == path and source.derived is not None and source.video is not None
    assert (
        source.warnings[0]
        == "the timestamps restart at 1 s, 2 s: 3 recordings in one file, joined on one clock"
    )
    reader, start = FrameReader(Renderer(Store(tmp_path / "store"))), source.video.start
    frames = list(reader.frames(source.picture.since(start), Frames("gray")))
    assert [round(float(time * 25), 3) for time, _ in frames] == list(range(75))
    greys = [(grey + 3 * number - 16) * 255 / 219 for grey in (20, 130, 20) for number in range(25)]
    assert (
        max(abs(float(np.median(picture)) - grey) for (_, picture), grey in zip(frames, greys, strict=True))
        <= 3
    )
    sound = source.sound().since(start).filter("aresample", async_=1, first_pts=0)
    assert [high(reader, sound, time) for time in (0.5, 0.9, 1.1, 1.5, 1.9, 2.1, 2.5)] == [
        False,
        False,
        True,
        True,
        True,
        False,
        False,
    ]


def high(reader: FrameReader, sound: object, time: float) -> bool:
    """Whether the tone at a time (s) is the higher of the two."""
    blocks = [data[:, 0] for _, data in reader.samples(sound, 48_000)]  # type: ignore[arg-type]
    here = np.concatenate(blocks)[round(time * 48_000) :][:1024]
    return int(np.abs(np.fft.rfft(here * np.hanning(len(here)))).argmax()) * 48_000 / 1024 > 1500


@pytest.mark.render
def test_what_is_no_source_of_a_job_is_refused_with_the_second_and_a_way_out(tmp_path: Path) -> None:
    path = tmp_path / "c.ts"
    path.write_bytes(recording(tmp_path / "a.ts", 20, 400) + recording(tmp_path / "b.ts", 130, 3000))
    with pytest.raises(FinishError) as raised:
        probe(path)
    assert str(raised.value) == (
        "c.ts: the timestamps restart at 1 s: 2 recordings in one file, joined on one clock — "
        "join the recordings with FFmpeg's concat demuxer, or name each one"
    )


@pytest.mark.render
@pytest.mark.parametrize(
    "other", [("-mpegts_start_pid", "0x200"), ("-output_ts_offset", "100"), ("-mpegts_service_id", "7")]
)
def test_a_recording_may_number_its_tracks_otherwise_and_begin_at_any_time(
    tmp_path: Path, other: tuple[str, ...]
) -> None:
    path, first = tmp_path / "c.ts", recording(tmp_path / "a.ts", 20, 400)
    path.write_bytes(first + recording(tmp_path / "b.ts", 130, 3000, *other))
    assert clock_restarts.restarts(path, "mpegts") == (len(first),)
    source = found_in(path)
    assert source.video is not None and (len(source.pictures), len(source.audio)) == (1, 1)
    assert (source.video.frames, source.video.end - source.video.start, source.video.variable) == (
        50,
        2,
        False,
    )


@pytest.mark.render
def test_recordings_of_other_tracks_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.ts"
    path.write_bytes(
        recording(tmp_path / "a.ts", 20, 400) + recording(tmp_path / "b.ts", 130, 3000, "-ac", "2")
    )
    with pytest.raises(
        FinishError, match=r"c\.ts: the timestamps restart at 1 s, with other tracks than before — join"
    ):
        found_in(path)


@pytest.mark.render
def test_a_clock_that_goes_on_is_one(tmp_path: Path) -> None:
    """One file, one whose clock wraps (33 bits), and one cut at two places of its own clock."""
    data = recording(tmp_path / "a.ts", 20, 400, seconds=2)
    wraps = tmp_path / "wraps.ts"
    wraps.write_bytes(recording(wraps, 20, 400, "-output_ts_offset", str(2**33 / 90_000 - 2.4), seconds=2))
    gap = tmp_path / "gap.ts"
    gap.write_bytes(data[: len(data) // 376 // 2 * 188] + data[len(data) * 5 // 188 // 8 * 188 :])
    assert [clock_restarts.restarts(path, "mpegts") for path in (tmp_path / "a.ts", wraps, gap)] == [
        (),
        (),
        (),
    ]


def leaps(times: Sequence[int]) -> list[int]:
    return clock_restarts._leaps([(number, time) for number, time in enumerate(times)])


def test_one_wrong_stamp_is_no_restart() -> None:
    steady = [3600 * number for number in range(20)]
    assert (
        leaps([*steady[:9], 0, *steady[10:]])
        == leaps([*steady[:9], 9_000_000, *steady[10:]])
        == leaps(steady)
        == []
    )
    assert leaps([*steady, *steady]) == [20] and leaps([*steady, *(9_000_000 + each for each in steady)]) == [
        20
    ]


@given(st.lists(st.integers(0, 2**33), max_size=30))
def test_any_stamps_have_restarts_or_none(times: list[int]) -> None:
    assert all(0 < leap < len(times) for leap in leaps(times))


def test_who_stops_it_is_heard(tmp_path: Path) -> None:
    path = tmp_path / "c.ts"
    path.write_bytes(recording(tmp_path / "a.ts", 20, 400) * 2)
    stop = threading.Event()
    stop.set()
    with pytest.raises(Interrupted, match="stopped"):
        ProbeCache(Store(tmp_path / "store"), cancel=stop)(path)
