"""Numbered pictures as one clip: in order, complete, alike, in the job's folder, unchanged since listing."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import plate, png
from PIL import Image

from finish.errors import DiskError, FinishError, Interrupted
from finish.execution.frame_reader import FrameReader
from finish.execution.renderer import Renderer
from finish.media.job_files import JobFiles
from finish.media.pictures import image_sequences, still_headers
from finish.media.probe import probe
from finish.media.probe_cache import ProbeCache
from finish.model import Frames, Source
from finish.storage.store import Store
from finish.units import Size

RATE = Fraction(24)


def grey(number: int) -> int:
    return 20 + 24 * (number % 9)


def shot(
    folder: Path, numbers: range, name: str = "shot.%04d.png", mode: str = "RGB", **options: object
) -> Path:
    """Pictures of one grey each, by number; in transparent ones, the left half is transparent."""
    folder.mkdir(exist_ok=True)
    for number in numbers:
        value = grey(number)
        picture = Image.new("RGB", (64, 48), (value, value, value))
        if mode == "RGBA":
            picture.putalpha(Image.fromarray(np.repeat([[0] * 32 + [255] * 32], 48, 0).astype(np.uint8)))
        picture.save(folder / (name % number), **options)
    return folder


def source(job: Path, pattern: str, rate: Fraction = RATE, first: int | None = None) -> Source:
    return ProbeCache(Store(job / "store"))(JobFiles(job).pictures(pattern, job, rate, first), pattern)


def seen(job: Path, found: Source) -> list[tuple[Fraction, int]]:
    frames = FrameReader(Renderer(Store(job / "store"))).frames(found.picture, Frames("gray"))
    return [(time, int(np.median(picture))) for time, picture in frames]


@pytest.mark.render
@pytest.mark.parametrize(
    ("name", "first", "rate", "options", "near"),
    [
        ("shot.%04d.png", 1001, Fraction(24000, 1001), {}, 0),
        ("%d.png", 8, Fraction(25), {}, 0),
        ("a_%02d.tif", 98, Fraction(12), {}, 0),
        ("timelapse-%05d.JPG", 1, Fraction(60), {"format": "JPEG", "quality": 95, "subsampling": 0}, 2),
    ],
)
def test_pictures_come_in_the_order_of_their_numbers(  # noqa: PLR0917 (parameters)
    tmp_path: Path, name: str, first: int, rate: Fraction, options: dict[str, object], near: int
) -> None:
    shot(tmp_path / "media", range(first, first + 5), name, **options)
    found = source(tmp_path, f"media/{name}", rate)
    assert found.video is not None and not found.audio and found.derived is not None
    assert (found.video.rate, found.video.frames, found.video.variable, found.video.alpha) == (
        rate,
        5,
        False,
        False,
    )
    assert (found.video.coded, found.video.end, found.path.name) == (Size(64, 48), 5 / rate, name)
    told = seen(tmp_path, found)
    assert [time for time, _ in told] == [number / rate for number in range(5)]
    assert all(abs(value - grey(number)) <= near for number, (_, value) in enumerate(told, first))


@pytest.mark.render
def test_only_what_is_transparent_is_said_to_be(tmp_path: Path) -> None:
    shot(tmp_path / "a", range(3), mode="RGBA")
    for number in range(3):
        (tmp_path / "b").mkdir(exist_ok=True)
        (tmp_path / "b" / f"{number}.png").write_bytes(png(plate(64, 48)))
    transparent, opaque = source(tmp_path, "a/shot.%04d.png").video, source(tmp_path, "b/%d.png").video
    assert transparent is not None and transparent.alpha and transparent.straight
    assert opaque is not None and not opaque.alpha and not opaque.straight


@pytest.mark.render
def test_a_clip_may_begin_at_any_number_and_have_one_picture_only(tmp_path: Path) -> None:
    shot(tmp_path / "media", range(4))
    assert [value for _, value in seen(tmp_path, source(tmp_path, "media/shot.%04d.png", first=2))] == [
        grey(2),
        grey(3),
    ]
    assert [value for _, value in seen(tmp_path, source(tmp_path, "media/shot.%04d.png", first=3))] == [
        grey(3)
    ]


def without(number: int) -> Callable[[Path], object]:
    return lambda folder: (folder / f"shot.{number:04d}.png").unlink()


@pytest.mark.parametrize(
    ("pattern", "first", "harm", "says"),
    [
        (
            "media/shot.%04d.png",
            None,
            without(3),
            '"shot.0003.png" of 0 to 5 is missing — render it, or set the first number',
        ),
        (
            "media/shot.%04d.png",
            None,
            lambda folder: [without(number)(folder) for number in (2, 4)],
            '"shot.0002.png", and 1 more of 0 to 5 is missing',
        ),
        ("media/shot.%04d.png", 1, without(1), '"shot.0001.png" of 1 to 5 is missing'),
        ("media/shot.%04d.png", 7, None, 'no picture matches "shot.%04d.png" from 7 on'),
        ("media/shot.%03d.png", None, None, 'no picture matches "shot.%03d.png"'),
        ("media/shot.png", None, None, '"shot.png" isn\'t a pattern of numbered pictures — write one %04d'),
        ("media/shot.%s.%d.png", None, None, "isn't a pattern of numbered pictures"),
        ("media/a.%d.exr", None, None, "PNG, JPEG or TIFF"),
        ("../shot.%04d.png", None, None, "is outside the job folder"),
        ("medio/shot.%04d.png", None, None, 'did you mean "media"?'),
        ("s3://bucket/shot.%04d.png", None, None, "copy numbered pictures into the job folder"),
    ],
)
def test_what_makes_no_clip_is_refused_when_the_job_is_read(
    tmp_path: Path, pattern: str, first: int | None, harm: Callable[[Path], object] | None, says: str
) -> None:
    folder = shot(tmp_path / "media", range(6))
    if harm:
        harm(folder)
    with pytest.raises(ValueError) as raised:
        JobFiles(tmp_path).pictures(pattern, tmp_path, RATE, first)
    assert says in str(raised.value)


def written(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (
            written(png(plate(62, 48)[..., :3], 2)),
            "shot.0003.png is 62x48, and shot.0000.png is 64x48 — export all pictures of a clip in",
        ),
        (written(png(plate(64, 48))), "shot.0003.png is 8-bit RGBA, and shot.0000.png is 8-bit RGB"),
        (lambda path: path.write_bytes(path.read_bytes()[:-30]), "shot.0003.png is cut off"),
        (written(b"GIF89a"), "shot.0003.png isn't the kind of picture that its suffix states"),
        (
            written(
                b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
                + b"\0\xff\xff\xff" * 2
                + b"\x08\2\0\0\0\0\0\0\0\0\0\0\0IEND\0\0\0\0"
            ),
            "shot.0003.png: a size of 16777215x16777215 isn't supported — export it smaller",
        ),
    ],
)
def test_pictures_that_do_not_belong_together_are_refused_by_name(
    tmp_path: Path, harm: Callable[[Path], object], says: str
) -> None:
    harm(shot(tmp_path / "media", range(5)) / "shot.0003.png")
    with pytest.raises(FinishError) as raised:
        source(tmp_path, "media/shot.%04d.png")
    assert says in str(raised.value) and not list((tmp_path / "store").glob("drafts/*"))


def test_a_picture_that_changes_after_it_was_listed_is_noticed(tmp_path: Path) -> None:
    folder = shot(tmp_path / "media", range(3))
    note = JobFiles(tmp_path).pictures("media/shot.%04d.png", tmp_path, RATE, None)
    shot(folder, range(1, 2))
    with pytest.raises(FinishError, match=r"shot\.0001\.png changed while it was read"):
        ProbeCache(Store(tmp_path / "store"))(note)


def test_the_note_is_another_as_soon_as_a_picture_is(tmp_path: Path) -> None:
    folder = shot(tmp_path / "media", range(3))

    def known() -> tuple[str, bytes, int]:
        note = JobFiles(tmp_path).pictures("media/shot.%04d.png", tmp_path, RATE, None)
        found = image_sequences.sequence_at(note)
        assert found is not None
        return found.digest, note.read_bytes(), note.stat().st_mtime_ns

    first = known()
    assert known() == first
    shot(folder, range(2, 3))
    assert all(one != other for one, other in zip(known(), first, strict=True))


def test_a_folder_that_cannot_be_written_is_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise DiskError(f"{path} cannot be written: {len(content)}")

    folder = shot(tmp_path / "media", range(2))
    monkeypatch.setattr(image_sequences, "write_whole", full)
    note = JobFiles(tmp_path).pictures("media/shot.%04d.png", tmp_path, RATE, None)
    assert image_sequences.sequence_at(note) and not note.exists()
    monkeypatch.undo()
    JobFiles(tmp_path).pictures("media/shot.%04d.png", tmp_path, RATE, None)
    monkeypatch.setattr(image_sequences, "write_whole", full)
    shot(folder, range(1, 3))
    with pytest.raises(FinishError, match="cannot be written"):
        JobFiles(tmp_path).pictures("media/shot.%04d.png", tmp_path, RATE, None)


def test_links_count_for_what_they_lead_to(tmp_path: Path) -> None:
    job, outside = tmp_path / "job", shot(tmp_path / "outside", range(1))
    job.mkdir()
    folder = shot(job / "media", range(2))
    (folder / "shot.0002.png").symlink_to(folder / "shot.0000.png")
    assert (
        len(
            image_sequences.sequence_files(
                folder, "shot.%04d.png", None, lambda name: JobFiles(job).path(name, folder)
            )
        )
        == 3
    )
    (folder / "shot.0003.png").symlink_to(outside / "shot.0000.png")
    with pytest.raises(ValueError, match="is outside the job folder"):
        JobFiles(job).pictures("media/shot.%04d.png", job, RATE, None)
    (folder / "shot.0003.png").unlink()
    os.mkfifo(folder / "shot.0003.png")
    with pytest.raises(ValueError, match=r'"shot\.0003\.png" isn\'t a file'):
        JobFiles(job).pictures("media/shot.%04d.png", job, RATE, None)


def test_a_note_that_came_with_the_job_leads_nowhere(tmp_path: Path) -> None:
    note = tmp_path / ".finish" / "media" / "0123456789abcdef" / "shot.%04d.png"
    note.parent.mkdir(parents=True)
    note.write_text('{"rate": "24", "pictures": {"/etc/passwd": [0, 0, 0, 0, 0]}}')
    with pytest.raises(FinishError, match="can't be read as a clip"):
        ProbeCache(Store(tmp_path / "store"))(note)
    with pytest.raises(FinishError, match="can't be read as a clip"):
        probe(note)


def test_who_stops_it_waits_for_one_picture_only(tmp_path: Path) -> None:
    shot(tmp_path / "media", range(3))
    stop = threading.Event()
    stop.set()
    with pytest.raises(Interrupted, match="stopped"):
        ProbeCache(Store(tmp_path / "store"), cancel=stop)(
            JobFiles(tmp_path).pictures("media/shot.%04d.png", tmp_path, RATE, None)
        )


@given(st.binary(max_size=200), st.sampled_from(sorted(still_headers.SUFFIXES)), st.booleans())
def test_no_bytes_make_a_reader_of_pictures_fail(data: bytes, suffix: str, begun: bool) -> None:
    head = {".png": png(plate(4, 4))[:20], ".tif": b"II*\0\x08\0\0\0", ".tiff": b"MM\0*\0\0\0\x08"}.get(
        suffix, b"\xff\xd8\xff\xe1"
    )
    still_headers.still_of(head + data if begun else data, suffix)
