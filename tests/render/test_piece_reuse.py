"""Pieces that are rendered again, and pieces that are reused: a revision costs what it changes."""

from __future__ import annotations

import os
import shutil
import threading
from fractions import Fraction
from pathlib import Path

import pytest
from clip_files import clip
from render_jobs import folder, heard
from render_pieces import LINES, ONE, decoded, logo, run, run_all, srt

import finish
from finish.engine.engine import Engine
from finish.media.ffmpeg import piece_joining as joining
from finish.storage import file_state

pytestmark = pytest.mark.render


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
        process
        for process in processes.all
        if process.has("-c:v", "rawvideo") and ".mp4" in " ".join(process.argv)
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
    monkeypatch.setattr(Engine, "_plan_and_run", lambda _, asked: planned.append(asked) or ())
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
    monkeypatch.setattr(Engine, "_plan_and_run", lambda _, asked: planned.append(asked) or ())
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
    assert [outcome.exit_code for outcome in ended] == [0, 0]
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


def test_a_store_forgets_only_what_is_its_own(job: Path, tmp_path: Path) -> None:
    from finish.storage.store import Store

    theirs = tmp_path / "pictures"
    theirs.mkdir()
    (theirs / "holiday.2019.jpg").write_bytes(b"x" * 100)
    library = job / ".finish/store/tv"
    library.mkdir()
    (library / "show.s01.mkv").write_bytes(b"x")
    (job / ".finish/store/zz").symlink_to(theirs)
    own = len(list((job / ".finish/store").glob("??/*.*.*"))) - 2
    assert Store(job / ".finish/store").collect(0, since=2e12) == own >= 3
    assert (theirs / "holiday.2019.jpg").exists() and (library / "show.s01.mkv").exists()


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
