"""Pieces: equal to the whole, joined without loss, and a revision renders only what it changes."""

from __future__ import annotations

import os
import shutil
import threading
from fractions import Fraction
from pathlib import Path

import av
import pytest
from clip_files import clip, ffmpeg_by_hand
from render_jobs import folder, heard, walked

import finish
from finish import graph
from finish.deliver.outcome import Event
from finish.engine.engine import Engine
from finish.graph import Output, Stream
from finish.media.ffmpeg import piece_joining as joining
from finish.model import H264
from finish.planning import piece_tasks
from finish.storage import file_state
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


def srt(cues: list[tuple[float, float, str]]) -> str:
    def clock(seconds: float) -> str:
        return f"00:00:{seconds:06.3f}".replace(".", ",")

    return "\n".join(
        f"{number}\n{clock(start)} --> {clock(end)}\n{text}\n"
        for number, (start, end, text) in enumerate(cues, 1)
    )


def logo(path: Path) -> None:
    ffmpeg_by_hand("-f", "lavfi", "-i", "color=red:s=40x20,format=rgba", "-frames:v", "1", str(path))


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
            wanted, part = whole[first : first + piece.frames], frames(engine, piece.picture.inputs[0])
            assert all(
                abs(mine - (other - piece.span.start)) < Fraction(1, 10_000)
                for (mine, _), (other, _) in zip(part, wanted, strict=True)
            )
            odd = [
                number
                for number, (mine, other) in enumerate(zip(part, wanted, strict=True))
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


ONE = """\
source: hero.mp4
captions: {file: hero.en.srt}
encode: {picture: {speed: ultrafast}, size: 320x180}
deliverables: [{name: done, preset: youtube}]
"""
CAPTIONED = "captions: {file: hero.en.srt}\n"
LINES = [(0.5, 1.5, "one"), (5.0, 6.0, "two"), (9.0, 9.9, "three")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished job of three pieces."""
    place = folder(tmp_path_factory.mktemp("pieces") / "job", ONE, srt(LINES), seconds=12)
    (outcome,) = finish.run(finish.load(place).job)
    assert outcome.exit_code == 0, outcome
    return place


@pytest.fixture
def job(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "job"))


def decoded(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray().tobytes() for frame in container.decode(video=0)]


def run_all(place: Path) -> tuple[finish.Outcome, ...]:
    return finish.run(finish.load(place).job)


def run(place: Path) -> finish.Outcome:
    (outcome,) = finish.run(finish.load(place).job)
    return outcome


def test_a_typo_costs_its_piece_and_moves_no_other_frame(job: Path) -> None:
    before = decoded(job / "out/done.mp4")
    (job / "hero.en.srt").write_text(
        srt([(start, end, text.replace("two", "tvo")) for start, end, text in LINES])
    )
    plan = finish.plan(finish.load(job).job)
    assert plan.endswith("done.mp4: 1 of 3 pieces to render\n  captions: 4.0–8.0 s (piece 2)\n")
    why = finish.api.why(finish.load(job).job)
    assert why.startswith("done:\n  4.0–8.0 s\n    - ass filename=ass:") and "    + ass filename=ass:" in why
    with heard() as processes:
        outcome = run(job)
    assert outcome.exit_code == 0 and len(processes.pictures) == 1 and processes.sounds == []
    after = decoded(job / "out/done.mp4")
    changed = [
        number for number, (mine, other) in enumerate(zip(before, after, strict=True)) if mine != other
    ]
    assert changed and min(changed) >= 4 * 25 and max(changed) < 8 * 25
    checked = [
        each for each in processes.all if each.has("-c:v", "rawvideo") and ".mp4" in " ".join(each.argv)
    ]
    assert len(checked) == 1, "only the new piece is decoded to be checked"


@pytest.mark.parametrize(
    ("change", "pieces", "sounds"),
    [
        (("captions:", "colour: {looks: [cool]}\ncaptions:"), "colour: 0.0–12.0 s (pieces 1 to 3)", False),
        (
            ("captions:", "composite: {logo: {file: logo.png, from: 9, to: 11}}\ncaptions:"),
            "overlays: 8.0–12.0 s (piece 3)",
            False,
        ),
        (("captions:", "sound: {lufs: -16}\ncaptions:"), "", True),
    ],
    ids=["look", "logo", "loudness"],
)
def test_a_revision_costs_what_it_touches(
    change: tuple[str, str], pieces: str, sounds: bool, job: Path
) -> None:
    logo(job / "logo.png")
    (job / "job.yaml").write_text(ONE.replace(*change), encoding="utf-8")
    with heard() as processes:
        last = finish.plan(finish.load(job).job).strip().splitlines()[-1].strip()
        assert run(job).exit_code == 0
    assert last == (pieces or "done.mp4: nothing to render (3 pieces)")
    assert bool(processes.pictures) == bool(pieces) and bool(processes.sounds) == sounds


def test_what_is_as_it_was_is_left_alone(job: Path) -> None:
    before = (job / "out/done.mp4").stat()
    with heard() as processes:
        outcome = run(job)
    assert outcome.exit_code == 0 and len(outcome.results) > 20 and processes.working == []
    after = (job / "out/done.mp4").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("harm", ["other", "gone", "beside"])
def test_a_published_file_that_is_not_ours_any_more_is_made_again(harm: str, job: Path) -> None:
    (job / "job.yaml").write_text(
        ONE.replace("hero.en.srt}", "hero.en.srt, sidecar: [srt]}"), encoding="utf-8"
    )
    assert run(job).exit_code == 0
    good, file = (
        (job / "out/done.mp4").read_bytes(),
        job / "out" / ("done.srt" if harm == "beside" else "done.mp4"),
    )
    file.unlink() if harm == "gone" else file.write_bytes(file.read_bytes()[:-1] + b"?")
    assert run(job).exit_code == 0
    assert (job / "out/done.mp4").read_bytes() == good and (job / "out/done.srt").read_text().startswith(
        "1\n"
    )


@pytest.mark.parametrize("harm", ["rotten", "short", "foreign"])
def test_a_piece_that_is_not_what_it_says_is_made_again(harm: str, job: Path) -> None:
    good = (job / "out/done.mp4").read_bytes()
    shutil.rmtree(job / "out")
    pieces = sorted((job / ".finish/store").glob("??/*.mp4"))
    assert len(pieces) == 3
    data = pieces[1].read_bytes()
    pieces[1].write_bytes(
        {"rotten": data[:9000] + b"!" + data[9001:], "short": data[:-500], "foreign": pieces[0].read_bytes()}[
            harm
        ]
    )
    with heard() as processes:
        assert run(job).exit_code == 0
    assert len(processes.pictures) == 1 and (job / "out/done.mp4").read_bytes() == good


def test_a_piece_of_another_length_is_refused(job: Path, tmp_path: Path) -> None:
    pieces = sorted((job / ".finish/store").glob("??/*.mp4"))
    with pytest.raises(finish.FinishError, match="isn't the piece that its name states"):
        joining.join(pieces[:2], [100, 99], Fraction(25), tmp_path / "joined.mp4")


def test_what_stands_is_not_even_planned(job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its promises are read from the manifest: no question is asked, and no process starts."""
    monkeypatch.setattr(file_state, "_SETTLED_NS", 0)
    before = run(job)
    planned: list[object] = []
    monkeypatch.setattr(Engine, "_plan_and_run", lambda _, clip, asked: planned.append(asked) or ())
    after = run_all(job)[0]
    assert (
        planned == []
        and after.exit_code == 0
        and after.path == job / "out/done.mp4"
        and after.notes == before.notes
    )
    assert [str(result) for result in after.results] == [str(result) for result in before.results]


@pytest.mark.parametrize(
    ("touch", "more", "stands"),
    [
        ("job.yaml", b"\n", True),
        ("job.yaml", b"job: other\n", True),
        ("job.yaml", b"sound: {lufs: -16}\n", False),
        ("hero.en.srt", b"\n", False),
        ("hero.mp4", b"", False),
        ("out/done.mp4", b"x", False),
    ],
)
def test_only_what_matters_makes_a_job_be_planned(
    touch: str, more: bytes, stands: bool, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_state, "_SETTLED_NS", 0)
    run(job)
    planned: list[object] = []
    monkeypatch.setattr(Engine, "_plan_and_run", lambda _, clip, asked: planned.append(asked) or ())
    (job / touch).write_bytes((job / touch).read_bytes() + more)
    run_all(job)
    assert (planned == []) == stands


def test_two_runs_of_one_job_at_once_end_well(made: Path, tmp_path: Path) -> None:
    job = Path(shutil.copytree(made, tmp_path / "job", ignore=shutil.ignore_patterns(".finish", "out")))
    ended: list[finish.Outcome] = []
    threads = [threading.Thread(target=lambda: ended.append(run(job))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.exit_code for each in ended] == [0, 0]
    assert (job / "out/done.mp4").read_bytes() == (made / "out/done.mp4").read_bytes()


def test_a_store_keeps_to_its_size_and_forgets_the_oldest_first(
    job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (job / "job.yaml").write_text(
        ONE.replace("captions:", "colour: {looks: [cool]}\ncaptions:"), encoding="utf-8"
    )
    old = set((job / ".finish/store").glob("??/*.mp4"))
    for piece in old:
        os.utime(piece, (1, 1))
    monkeypatch.setenv("FINISH_STORE_GB", "0")
    assert run(job).exit_code == 0
    assert not old & set((job / ".finish/store").glob("??/*.mp4")), "what this run did not use is gone"
    assert len(list((job / ".finish/store").glob("??/*.mp4"))) == 3, "what it used is not"


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


def test_a_store_forgets_only_what_is_its_own(job: Path, tmp_path: Path) -> None:
    from finish.storage.store import Store

    theirs = tmp_path / "pictures"
    theirs.mkdir()
    (theirs / "holiday.2019.jpg").write_bytes(b"x" * 100)
    shelf = job / ".finish/store/tv"
    shelf.mkdir()
    (shelf / "show.s01.mkv").write_bytes(b"x")
    (job / ".finish/store/zz").symlink_to(theirs)
    own = len(list((job / ".finish/store").glob("??/*.*.*"))) - 2
    assert Store(job / ".finish/store").collect(0, since=2e12) == own >= 3
    assert (theirs / "holiday.2019.jpg").exists() and (shelf / "show.s01.mkv").exists()


@pytest.mark.parametrize("harm", [b"", b"text, and no video"])
def test_a_published_file_that_cannot_be_read_is_made_again(harm: bytes, job: Path) -> None:
    good = (job / "out/done.mp4").read_bytes()
    (job / "out/done.mp4").write_bytes(harm)
    assert run(job).exit_code == 0 and (job / "out/done.mp4").read_bytes() == good


def test_a_clip_that_is_replaced_while_it_is_read_is_refused(made: Path, tmp_path: Path) -> None:
    job = Path(shutil.copytree(made, tmp_path / "job", ignore=shutil.ignore_patterns(".finish", "out")))
    other = clip(tmp_path / "other.mp4", seconds=12)

    def replace(event: finish.Event) -> None:
        if event.what == "render" and event.done and event.done > 0.3 and other.exists():
            other.replace(job / "hero.mp4")

    (outcome,) = finish.run(finish.load(job).job, on_event=replace)
    assert outcome.error and "hero.mp4 changed while it was read" in str(outcome.error)
    assert not (job / "out/done.mp4").exists() and run(job).exit_code == 0


def test_two_documents_that_change_places_are_another_job(job: Path) -> None:
    shutil.copy(Path(finish.__file__).parents[1] / "luts/warm.cube", job / "one.cube")
    shutil.copy(Path(finish.__file__).parents[1] / "luts/noir.cube", job / "two.cube")
    (job / "job.yaml").write_text(
        ONE.replace("captions:", "colour: {looks: [one.cube, two.cube]}\ncaptions:"), encoding="utf-8"
    )
    assert run(job).exit_code == 0
    before = (job / "out/done.mp4").read_bytes()
    for path in (job / "one.cube", job / "two.cube"):
        path.rename(path.with_suffix(".was"))
    (job / "one.was").rename(job / "two.cube")
    (job / "two.was").rename(job / "one.cube")
    for path in (job / "hero.mp4", *(job / "out").iterdir()):
        if path.is_file():
            os.utime(path, (1, 1))
    assert run(job).exit_code == 0 and (job / "out/done.mp4").read_bytes() != before
