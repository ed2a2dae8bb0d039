"""Film in video: 3:2 pulldown is undone, to the frame; where it can't be, the note says why."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from clip_files import ffmpeg_by_hand
from known import LARGE, Clip, Frames, conformed, framed, numbered, numbers, ran, read

from finish import graph
from finish.execution.renderer import Renderer
from finish.model import Programme
from finish.model.pulldown import restored_frames
from finish.storage.store import Store
from finish.units import Span

pytestmark = pytest.mark.render

FILM = Fraction(24000, 1001)
CODED = ("-c:v", "libx264", "-crf", "18", "-preset", "veryfast")


def telecined(
    path: Path,
    filters: str,
    *after: str,
    count: int = 48,
    sound: Path | None = None,
    coded: tuple[str, ...] = CODED,
) -> Path:
    """Numbered frames of film in video of 29.97 fps."""
    clip = Clip(rate="24000/1001", size=LARGE, filters=filters, after=(*coded, *after), sound=sound)
    return clip.write(path, numbered(count, LARGE))


def frames_of(done: Programme, folder: Path) -> Frames:
    (end,) = Renderer(Store(folder / "store")).decoded([framed(done).picture])
    return read(end)


def note(done: Programme) -> tuple[str, str]:
    (found,) = (line for line in done.notes if line.code == "telecine")
    return found.level, str(found)


@pytest.mark.parametrize("first", ["top", "bottom"])
@pytest.mark.parametrize("flags", [(), ("-flags", "+ilme+ildct")])
def test_every_frame_of_the_film_is_shown_once(first: str, flags: tuple[str, ...], tmp_path: Path) -> None:
    done = conformed(telecined(tmp_path / "x.mp4", f"telecine=first_field={first}", *flags))
    assert (done.rate, done.frames) == (FILM, 48)
    assert note(done) == (
        "know",
        "film of 23.976 fps in video of 29.97 fps (3:2 pulldown): the film's frames are restored — "
        "set conform: {fields: …} to override",
    )
    frames = frames_of(done, tmp_path)
    assert numbers(frames, LARGE) == list(range(48))
    assert [float(time) for time, _ in frames] == pytest.approx([number / FILM for number in range(48)])


@pytest.mark.parametrize("cut", [1, 2, 3, 4])
def test_a_clip_that_begins_in_the_middle_of_a_cycle(cut: int, tmp_path: Path) -> None:
    """At the start, a field of a film frame can be alone, and at the end, a cycle can be incomplete: only
    there, one frame is lost or repeated."""
    filters = f"telecine=first_field=top,trim=start_frame={cut},setpts=PTS-STARTPTS"
    done = conformed(telecined(tmp_path / "x.mp4", filters))
    frames = numbers(frames_of(done, tmp_path), LARGE)
    assert len(frames) == done.frames == restored_frames(60 - cut)
    steps = np.diff(np.array(frames, int))
    assert (steps[4:-4] == 1).all() and (steps >= 0).all() and (steps <= 2).all()


@pytest.mark.parametrize("count", [1, 4, 5, 6, 9, 10, 14, 23])
def test_the_number_of_frames_that_decimate_leaves_is_known(count: int, tmp_path: Path) -> None:
    path = tmp_path / "x.nut"
    ran(
        [
            "-f",
            "lavfi",
            "-i",
            f"testsrc2=r=30:s=64x36,trim=end_frame={count},decimate",
            "-c:v",
            "rawvideo",
            str(path),
        ]
    )
    source = graph.source("video", "x", str(path), index=0, demuxer="nut")
    assert len(read(source)) == restored_frames(count)


def test_the_frames_are_those_of_the_film(tmp_path: Path) -> None:
    """Without coding losses in between, bit by bit: so nothing combs."""
    moving = "testsrc2=s=320x180:r=24000/1001:d=2,scroll=h=0.01"
    films = []
    for name, filters in (("film", "null"), ("video", "telecine=first_field=top")):
        path = tmp_path / f"{name}.mp4"
        coded = ("-c:v", "libx264", "-qp", "0", "-preset", "ultrafast", str(path))
        ffmpeg_by_hand("-f", "lavfi", "-i", moving, "-vf", f"{filters},format=yuv420p", *coded)
        films.append(frames_of(conformed(path), tmp_path))
    for (_, one), (_, two) in zip(*films, strict=True):
        assert all((a == b).all() for a, b in zip(one, two, strict=True))


def test_a_noisy_film_loses_no_frame(tmp_path: Path) -> None:
    """No frame of a noisy video repeats exactly."""
    filters = "noise=alls=40:allf=t,telecine=first_field=top"
    done = conformed(telecined(tmp_path / "x.mp4", filters))
    assert numbers(frames_of(done, tmp_path), LARGE) == list(range(48))


def test_slices_of_the_film_are_the_whole(tmp_path: Path) -> None:
    done = framed(conformed(telecined(tmp_path / "x.mp4", "telecine=first_field=top")))
    assert done.preroll == 0
    renderer = Renderer(Store(tmp_path / "store"))
    spans = [Span(start / FILM, (start + 12) / FILM) for start in range(0, 48, 12)]
    parts = [graph.slice_streams([done.picture], span, done.preroll)[0] for span in spans]
    (whole,) = renderer.decoded([done.picture])
    pieces = [planes for part in renderer.decoded(parts) for _, planes in read(part)]
    for (_, one), two in zip(read(whole), pieces, strict=True):
        assert all((a == b).all() for a, b in zip(one, two, strict=True))


def test_a_picture_that_begins_late_keeps_its_place(tmp_path: Path) -> None:
    """The sound begins half a second before the picture."""
    film = telecined(tmp_path / "film.mp4", "telecine=first_field=top")
    path = tmp_path / "x.mp4"
    ffmpeg_by_hand(
        *("-itsoffset", "0.5005", "-i", str(film), "-f", "lavfi", "-i", "sine=duration=2.5"),
        *("-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac", str(path)),
    )
    done = conformed(path)
    frames = frames_of(done, tmp_path)
    assert numbers(frames, LARGE)[12:60] == list(range(48))
    assert set(numbers(frames, LARGE)[:12]) == {0}


@pytest.mark.parametrize("fields", ["tff", "bff", "progressive"])
def test_a_job_can_override_it(fields: str, tmp_path: Path) -> None:
    done = conformed(telecined(tmp_path / "x.mp4", "telecine=first_field=top"), fields=fields)
    assert done.rate == Fraction(30000, 1001) and not any(
        graph.derived_frames(node) for node in graph.history([done.picture])
    )
    level, text = note(done)
    assert level == "act" and text.endswith(
        "(3:2 pulldown): one frame in 5 repeats, and motion stutters, because conform: {fields: …} is set — "
        "export the clip at 23.976 fps"
    )


def test_ten_bits_stay_ten_bits(tmp_path: Path) -> None:
    """FFmpeg would match the fields in 8 bits."""
    coded = ("-c:v", "libx264", "-crf", "18", "-preset", "veryfast", "-pix_fmt", "yuv420p10le")
    done = conformed(telecined(tmp_path / "x.mp4", "telecine=first_field=top", coded=coded))
    level, text = note(done)
    assert level == "act" and "because yuv420p10le can't be restored without loss" in text
    assert done.rate == Fraction(30000, 1001)


def test_a_clip_that_would_fill_the_store_is_deinterlaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("finish.graph.derived_sources.MOST_PIXELS", LARGE.pixels * 59)
    level, text = note(conformed(telecined(tmp_path / "x.mp4", "telecine=first_field=top")))
    assert level == "act" and "because it is too long to be restored" in text


def test_the_version_of_ffmpeg_matches_fields_in_8_bits_only() -> None:
    """If this fails, deeper pictures can be restored too."""
    log = ffmpeg_by_hand(
        *("-v", "verbose", "-f", "lavfi", "-i", "testsrc2=d=0.1,format=yuv420p10le"),
        *("-vf", "fieldmatch", "-f", "null", "-"),
    )
    assert "auto_scale" in log
