"""Pieces: equal to the whole, joined without loss, and a revision renders only what it changes."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import av
import pytest
from clip_files import ffmpeg_by_hand
from render_jobs import folder, heard, walked
from render_pieces import CAPTIONED, LINES, ONE, decoded, logo, run, srt

import finish
from finish import graph
from finish.deliver.outcome import Event
from finish.engine.engine import Engine
from finish.graph import Output, Stream
from finish.media.ffmpeg import piece_joining as joining
from finish.model import H264
from finish.planning import piece_tasks
from finish.storage.store import Store
from finish.units import Span

pytestmark = pytest.mark.render


CUES = [
    (0.5, 1.5, "before the joint"),
    (3.8, 4.6, "over the joint"),
    (7.9, 8.0, "at the joint"),
    (9.0, 9.9, "behind it"),
]


ALL = """\
source: hero.mp4
captions: {file: hero.en.srt, style: bold-pop, position: middle}
colour: {looks: [warm]}
composite:
  logo: {file: logo.png, from: 2, to: 8}
  lower_third: {title: Ann, from: 3, to: 6}
  end_card: {text: Visit us, seconds: 1}
encode: {picture: {speed: ultrafast}}
deliverables:
  - {name: tall, preset: tiktok, encode: {size: 360x640}}
  - {name: wide, preset: youtube, encode: {size: 320x180}}
"""


def frames(engine: Engine, picture: Stream) -> list[tuple[Fraction, bytes]]:
    """Every frame of a stream with its time, before encoding."""
    (end,) = engine.renderer.decoded([picture])
    options = (("c:v", "rawvideo"), ("fps_mode", "passthrough"), ("enc_time_base:v", "filter"))
    path = engine.store.draft(".nut")
    engine.renderer.run([Output((end,), str(path), "nut", options)])
    with av.open(str(path)) as container:
        found = [
            (frame.pts * frame.time_base, frame.to_ndarray().tobytes()) for frame in container.decode(video=0)
        ]
    path.unlink()
    return found


@pytest.mark.parametrize(("rate", "to"), [("25", ""), ("60", "30"), ("24000/1001", "29.97"), ("30", "29.97")])
def test_pieces_show_what_the_whole_shows(rate: str, to: str, tmp_path: Path) -> None:
    """Every frame, bit by bit, before encoding.

    A moving crop, a look, a logo that comes and goes, captions over joints, an end card.
    """
    text = ALL.replace("speed: ultrafast}", f"speed: ultrafast}}, rate: {to}") if to else ALL
    place = folder(tmp_path / "job", text, srt(CUES), seconds=10, rate=rate)
    logo(place / "logo.png")
    job = finish.load(place).job
    walked(job)
    engine = Engine(job, finish.STAGES)
    for one in engine.plan().renderings:
        whole = frames(engine, one.picture.inputs[0])
        assert (
            len(one.pieces) == 3
            and sum(each.frames for each in one.pieces) == len(whole) == one.planned.programme.frames
        )
        for piece in one.pieces:
            first = round(piece.span.start * one.planned.programme.rate)
            expected, part = whole[first : first + piece.frames], frames(engine, piece.picture.inputs[0])
            assert all(
                abs(mine - (other - piece.span.start)) < Fraction(1, 10_000)
                for (mine, _), (other, _) in zip(part, expected, strict=True)
            )
            odd = [
                number
                for number, (mine, other) in enumerate(zip(part, expected, strict=True))
                if mine[1] != other[1]
            ]
            assert odd == [], f"{one.name}, piece {piece.number + 1}"


def test_a_last_picture_that_is_held_for_the_sound_is_in_every_piece_that_shows_it(tmp_path: Path) -> None:
    """6 s of picture and 9 s of sound: no piece begins in the held frame; any moment of it renders alone."""
    job = "source: hero.mp4\ndeliverables: [{name: wide, preset: youtube, encode: {size: 320x180}}]\n"
    place = folder(tmp_path / "job", job, seconds=6)
    sound = ("-f", "lavfi", "-i", "sine=duration=9", "-map", "0:v", "-map", "1:a")
    ffmpeg_by_hand("-i", str(place / "hero.mp4"), *sound, "-c:v", "copy", str(tmp_path / "long.mp4"))
    shutil.move(tmp_path / "long.mp4", place / "hero.mp4")
    engine = Engine(finish.load(place).job, finish.STAGES)
    (one,) = engine.plan().renderings
    programme = one.planned.programme
    whole = frames(engine, one.picture.inputs[0])
    assert len(whole) == programme.frames == 9 * programme.rate and programme.still == 6
    assert len({data for _, data in whole[int(6 * programme.rate) :]}) == 1
    shown = [data for piece in one.pieces for _, data in frames(engine, piece.picture.inputs[0])]
    assert len(one.pieces) == 2 and shown == [data for _, data in whole]
    (moment,) = graph.slice_streams(
        [one.picture.inputs[0]], Span(Fraction(8), Fraction(8) + 2 / programme.rate), programme.preroll
    )
    assert [data for _, data in frames(engine, moment)] == [whole[-1][1]] * 2


def test_neighbours_of_one_process_are_the_same_bytes_as_each_alone(tmp_path: Path) -> None:
    """A clip with a single keyframe: one process and one decode for all pieces, against one process each."""
    place = folder(tmp_path / "job", ALL, srt(CUES), seconds=14, extra=("-g", "1000", "-keyint_min", "1000"))
    logo(place / "logo.png")
    job = finish.load(place).job
    walked(job)
    told: list[Event] = []
    together = Engine(job, finish.STAGES, tell=told.append)
    apart = Engine(job, finish.STAGES, store=Store(tmp_path / "apart"))
    renderings = together.plan().renderings
    assert [len(task.groups) for task in piece_tasks.tasks(renderings, lambda _: False)] == [4]
    assert [
        len(task.groups)
        for task in piece_tasks.tasks(renderings, lambda _: False, pixels=2 * (360 * 640 + 320 * 180))
    ] == [2, 2]
    few = piece_tasks.tasks(renderings, lambda _: False, pixels=360 * 640)
    assert [[len(group) for group in task.groups] for task in few] == [[1]] * 8, (
        "more pictures than memory holds are several processes"
    )
    told.clear()
    with heard() as processes:
        together.render(renderings)
    assert len(processes.pictures) == 1 and told[-1].done == 1 and len({event.done for event in told}) > 10
    for one in renderings:
        for piece in one.pieces:
            apart.renderer.make([piece.picture], frames={piece.picture.key: piece.frames})
            mine, other = together.renderer.find(piece.picture), apart.renderer.find(piece.picture)
            assert mine and other and mine.read_bytes() == other.read_bytes(), (
                f"{one.name}, piece {piece.number + 1}"
            )


# -- the joined picture ----------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [Fraction(25), Fraction(30000, 1001), Fraction(24000, 1001)])
def test_a_hundred_joints_are_exact(rate: Fraction, tmp_path: Path) -> None:
    """Times are whole frames to the last tick, and every frame is the encoded one."""
    encoding = H264(speed="ultrafast", gop=Fraction(1)).piece(rate, Fraction(1), Fraction(1))
    pieces, counts = [], [20 + number % 7 for number in range(101)]
    for number, count in enumerate(counts[:7]):
        path = tmp_path / f"{number}.mp4"
        options = [word for name, value in encoding.options for word in (f"-{name}", value)]
        ffmpeg_by_hand(
            "-f",
            "lavfi",
            "-i",
            f"testsrc2=s=64x64:r={rate},hue=h={50 * number}",
            "-frames:v",
            str(count),
            *options,
            str(path),
        )
        pieces.append(path)
    chosen = [pieces[number % 7] for number in range(101)]
    joining.join(chosen, [counts[number % 7] for number in range(101)], rate, tmp_path / "all.mp4")
    with av.open(str(tmp_path / "all.mp4")) as container:
        stream = container.streams.video[0]
        times = [frame.pts * frame.time_base for frame in container.decode(stream)]
    total = sum(counts[number % 7] for number in range(101))
    assert times == [number / rate for number in range(total)]
    shown = decoded(tmp_path / "all.mp4")
    apart = [frame for path in chosen for frame in decoded(path)]
    assert shown == apart


@pytest.mark.parametrize("pacing", ["", "pacing: {cut: [5-5.2, 6.2-6.4, 7.4-7.6]}\n"])
def test_the_buffer_holds_over_every_joint(pacing: str, tmp_path: Path) -> None:
    """Noise is the worst case, at full rate throughout: a decoder's buffer at the ceiling never runs dry.

    With cuts, pieces of a second follow each other.
    """
    text = pacing + ONE.replace("ultrafast", "ultrafast, max_rate: 1000, gop: 1").replace(CAPTIONED, "")
    place = folder(tmp_path / "job", text, srt(LINES), seconds=0.2)
    ffmpeg_by_hand(
        "-f",
        "lavfi",
        "-i",
        "nullsrc=s=320x180:r=25:d=13,geq=random(1)*255:128:128,format=yuv420p",
        "-f",
        "lavfi",
        "-i",
        "sine=d=13",
        "-c:v",
        "libx264",
        "-qp",
        "10",
        "-preset",
        "ultrafast",
        "-c:a",
        "aac",
        str(place / "hero.mp4"),
    )
    assert run(place).exit_code == 0
    (one,) = Engine(finish.load(place).job, finish.STAGES).plan().renderings
    picture = one.planned.deliverable.delivery.picture
    with av.open(str(place / "out/done.mp4")) as container:
        sizes = [packet.size * 8 for packet in container.demux(video=0) if packet.size]
    assert (
        len(one.pieces) == (5 if pacing else 3)
        and underflow(sizes, picture.max_rate * 1000 / 25, picture.buffer * 1000) <= 0
    )
    alone = H264_ALONE.replace("RATE", str(picture.max_rate)).replace("BUFFER", str(picture.buffer)).split()
    twice = []
    for number in range(2):
        ffmpeg_by_hand(
            "-ss",
            str(4 * number),
            "-t",
            "4",
            "-i",
            str(place / "hero.mp4"),
            "-an",
            *alone,
            str(tmp_path / f"{number}.mp4"),
        )
        with av.open(str(tmp_path / f"{number}.mp4")) as container:
            twice += [packet.size * 8 for packet in container.demux(video=0) if packet.size]
    assert underflow(twice, picture.max_rate * 1000 / 25, picture.buffer * 1000) > 0, (
        "pieces that know nothing of their joints break it"
    )


H264_ALONE = "-c:v libx264 -preset ultrafast -crf 16 -maxrate RATEk -bufsize BUFFERk -g 25 -pix_fmt yuv420p"


def underflow(sizes: list[int], each_frame: float, buffer: float) -> float:
    """The largest deficit in bits of a buffer that starts 90 % full and fills at a constant rate.

    90 % is x264's own start.
    """
    full, lacked = 0.9 * buffer, 0.0
    for size in sizes:
        full -= size
        lacked = max(lacked, -full)
        full = min(buffer, full + each_frame)
    return lacked
