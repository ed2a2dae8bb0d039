"""Estimates of a batch: sums kept per machine, estimates from them, and the simulated scheduler."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from clip_files import clip
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from finish import api
from finish.cli.verbs import app
from finish.engine import cost_model
from finish.engine.batch_simulation import ClipWork, WorkerPool, simulate
from finish.engine.cost_model import Estimate, basis, wall
from finish.media.ffmpeg.ffmpeg_log import FFmpegLog
from finish.storage import run_times
from finish.storage.run_times import Times

ONE = ClipWork(2.0, (3.0, 3.0), (1.0, 1.0), (0.5,), 0.2, 1e6)
RUN = Times(2, 60.0, 3000.0, 60.0, 30.0, 50.0)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "finish" / "times.json"


def test_sums_are_kept_by_kind_and_what_is_old_counts_less(cache: Path) -> None:
    assert run_times.known() == {}
    run_times.note("a", RUN)
    run_times.note("a", RUN)
    assert run_times.known() == {"a": RUN.plus(RUN)}
    long = replace(RUN, seconds=8000.0)
    for _ in range(2):
        run_times.note("b", long)
    assert run_times.known()["b"] == long.plus(long, 0.5) and list(run_times.known()) == ["a", "b"]
    for number in range(60):
        run_times.note(f"more {number}", RUN)
    assert len(run_times.known()) == 50 and "a" not in run_times.known()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 100_000,
        b'{"a": 1}',
        b'{"a": {"seconds": "x"}}',
        b'{"a": {"other": 1}}',
        b'{"a": {"seconds": -1}}',
        b'{"a": {"seconds": NaN, "megapixels": 1, "wall": 1}}',
        b'{"a": {"seconds": 0, "megapixels": 1, "wall": 1}}',
    ],
)
def test_a_harmed_file_is_as_good_as_none(cache: Path, data: bytes) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_bytes(data)
    assert run_times.known() == {}
    run_times.note("a", RUN)
    assert run_times.known() == {"a": RUN}


def test_a_cache_that_cannot_be_written_stops_nobody(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    run_times.note("a", RUN)
    assert run_times.known() == {}


def test_several_write_at_once() -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: run_times.note("a", Times(1, 1, 1, 1, 1, 1)), range(40)))
    assert run_times.known() == {"a": Times(40, 40, 40, 40, 40, 40)}


def test_figures_are_of_jobs_like_it_or_say_so() -> None:
    assert basis("a", {"a": RUN, "b": RUN}) == (RUN, "jobs of this kind, on this machine")
    assert basis("c", {"a": RUN, "b": RUN}) == (RUN.plus(RUN), "other kinds of jobs, on this machine")
    assert basis("a", {}) == (cost_model.REFERENCE, "another machine: nothing was finished on this one yet")


def test_what_a_process_took_is_read_of_its_log() -> None:
    log = FFmpegLog()
    log.add("[info] bench: utime=1.250s stime=0.500s rtime=0.9s")
    assert log.cpu == 1.75


def test_one_worker_and_one_clip_by_hand() -> None:
    """0.1 s client, 2 s analysis; pieces (6 s) and sound (2 s) share a thread; 0.5 s check, 0.1 s client.

    No spread, no overhead.
    """
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("finish.engine.batch_simulation.SPREAD", 0.0)
        bare = WorkerPool(1, task_cost=0.0, storage=1e12)
        assert simulate([ONE], bare).wall == pytest.approx(10.7)
        assert simulate([ONE], replace(bare, threads=3)).wall == pytest.approx(0.1 + 2 + 3 + 0.5 + 0.1)
        assert simulate([ONE] * 20, bare).wall == pytest.approx(20 * 10.7)
    assert simulate([], WorkerPool(1)).wall == 0 and ONE.cpu == pytest.approx(10.7) and ONE.tasks == 6


LOADS = st.lists(
    st.builds(
        ClipWork,
        st.floats(0, 5),
        st.lists(st.floats(0.01, 5), max_size=4).map(tuple),
        st.lists(st.floats(0.01, 5), max_size=3).map(tuple),
        st.lists(st.floats(0.01, 5), max_size=2).map(tuple),
        st.floats(0, 1),
        st.floats(0, 1e9),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(LOADS, st.integers(1, 9), st.integers(1, 3), st.integers(0, 5))
def test_no_work_is_lost_and_nobody_works_more_than_all_the_time(
    loads: list[ClipWork], threads: int, clients: int, seed: int
) -> None:
    found = simulate(loads, WorkerPool(threads, clients), seed)
    assert found == simulate(loads, WorkerPool(threads, clients), seed)
    assert all(0 <= share <= 1 + 1e-9 for share in (found.threads, found.client, found.storage))
    client = sum(load.client + load.tasks * 0.0116 for load in loads)
    assert found.wall >= client / clients - 1e-6


@settings(max_examples=30, deadline=None)
@given(LOADS, st.integers(1, 6))
def test_twice_as_many_are_hardly_ever_slower(loads: list[ClipWork], threads: int) -> None:
    """A greedy schedule with more workers may be a task's length longer (Graham's anomalies), no more."""
    longest = max(
        (task for load in loads for task in (load.look, *load.pieces, *load.sound, *load.checks)), default=0.0
    )
    assert (
        simulate(loads, WorkerPool(2 * threads)).wall
        <= simulate(loads, WorkerPool(threads)).wall + 8 * longest + 0.5
    )


def test_the_client_is_what_many_machines_wait_for() -> None:
    loads = [ONE] * 2000
    few, many, shared = (
        simulate(loads, farm) for farm in (WorkerPool(10), WorkerPool(1000), WorkerPool(1000, clients=8))
    )
    assert few.threads > 0.95 and few.client < 0.6 and many.client > 0.95 and shared.wall < many.wall / 3


def test_of_several_jobs_the_walls_are_those_of_one_batch() -> None:
    each = Estimate(1, 1, ONE.cpu, (ONE,), "x", 2.0)
    assert wall([each] * 3, 0) == pytest.approx(3 * ONE.cpu / 2) and wall([], 4) == wall([], 0) == 0
    assert wall([each] * 3, 100) < 2 * wall([each], 100)


@pytest.mark.render
def test_a_run_is_noted_and_the_next_estimate_is_of_it(cache: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        clip(tmp_path / name / "hero.mp4", seconds=2, size="320x180")
        (tmp_path / name / "job.yaml").write_text(
            "source: hero.mp4\nsound: {accept: achievable}\nreframe: {follow: centre}\n"
            "deliverables: [{name: a, preset: square}]\n"
        )
    before = CliRunner().invoke(app, ["plan", str(tmp_path / "one"), "--estimate"])
    assert (
        before.exit_code == 0
        and "1 clip, 1 deliverable: " in before.output
        and "based on another machine" in before.output
    )
    kept = [path.suffix for path in (tmp_path / "one/.finish/store").rglob("*") if path.is_file()]
    assert kept in ([], [".json"]), "nothing was rendered or asked: at most the clip's facts are kept"
    assert [outcome.error for outcome in api.run(api.load(tmp_path / "one").job)] == [None]
    ((_, took),) = run_times.known().items()
    assert (
        took.deliverables == 1
        and took.seconds == pytest.approx(2, abs=0.1)
        and took.megapixels == pytest.approx(50 * 1.1664, rel=0.01)
    )
    assert 0.05 < took.pictures < 60 and 0.05 < took.others < 60
    told = CliRunner().invoke(
        app, ["plan", str(tmp_path / "one"), str(tmp_path / "two"), "--estimate", "--workers", "4"]
    )
    assert "based on jobs of this kind, on this machine" in told.output and " on 4 workers" in told.output
    estimated = api.estimate(api.load(tmp_path / "two").job)
    assert estimated.cpu == pytest.approx(took.pictures + took.others, rel=0.05)
    cache.unlink()
    api.run(api.load(tmp_path / "one").job)
    assert not cache.exists(), "what was not made anew says nothing"
    assert json.loads((tmp_path / "one" / "out" / "manifest.json").read_bytes())["deliverables"]
