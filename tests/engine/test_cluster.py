"""Work on a cluster: the same bytes and errors, and a process that dies takes no other with it."""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import cloudpickle
import psutil
import pytest
from clip_files import clip

from finish import api, graph
from finish.cluster import localize, worker
from finish.cluster.dask_connection import connected
from finish.cluster.dask_executor import DaskExecutor
from finish.errors import ClusterError, FinishError, Interrupted, LutError, SpecError
from finish.execution.renderer import Renderer
from finish.execution.tasks import AnalysisTask, RenderTask, TaskContext
from finish.graph import PayloadBytes
from finish.media.probe import probe
from finish.model import Analyser, Frames, Measure
from finish.storage.file_state import state
from finish.storage.store import Store
from finish.units import Size

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(180)]


cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers can't import the tests


CAPTIONS = "1\n00:00:00,200 --> 00:00:01,500\nOne and the same\n"


JOB = """source: hero.mp4
captions: {{file: hero.srt, style: bold-pop}}
colour: {{looks: [warm]}}
sound: {{accept: achievable}}
encode: {{size: 540x960}}
deliverables: [{{name: a, preset: tiktok{more}}}]
"""


def folder(place: Path, more: str = "") -> Path:
    place.mkdir()
    clip(place / "hero.mp4", seconds=3, size="320x180")
    (place / "hero.srt").write_text(CAPTIONS)
    (place / "job.yaml").write_text(JOB.format(more=more))
    return place


def finished(place: Path, executor: DaskExecutor | None = None) -> dict[str, str]:
    outcomes = list(api.finishing(api.load(place).job, executor=executor))
    assert [str(outcome.error) for outcome in outcomes if outcome.error] == []
    return {
        outcome.name: hashlib.sha256(outcome.path.read_bytes()).hexdigest()
        for outcome in outcomes
        if outcome.path
    }


@dataclass(frozen=True)
class Facts:
    """How many frames there were."""

    frames: int


@dataclass(frozen=True)
class Looks(Analyser[Facts]):
    """Counts frames; `kills` its own process, or takes `wait` seconds per frame."""

    name: str
    kills: bool = False
    wait: float = 0.0

    version = 1
    wants = Frames("gray", Size(64, 64))

    def begin(self) -> Any:
        if self.kills:
            os.kill(os.getpid(), signal.SIGKILL)
        return Counting(self.wait)


@dataclass
class Counting:
    wait: float
    seen: int = 0

    def add(self, time_: Fraction, data: Any) -> None:
        time.sleep(self.wait)
        self.seen += 1

    def result(self) -> Facts:
        return Facts(self.seen)


@pytest.fixture(scope="module")
def executor() -> Iterator[DaskExecutor]:
    with connected("local:2") as found:
        yield found


@pytest.fixture(scope="module")
def hero(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "hero.mp4"
    clip(path, seconds=2)
    return path


def asking(hero: Path, store: Path, **about: Any) -> AnalysisTask:
    store.mkdir(exist_ok=True)
    return AnalysisTask.of(Store(store), [Measure(Looks(**about), probe(hero).picture)], {})


def working_on(clip_: Path) -> list[psutil.Process]:
    """FFmpeg processes that are still alive."""
    found = [
        each
        for each in psutil.process_iter(["name", "status", "cmdline"])
        if "ffmpeg" in (each.info["name"] or "")
    ]
    return [
        each
        for each in found
        if each.info["status"] != "zombie" and f"file:{clip_}" in (each.info["cmdline"] or ())
    ]


@pytest.mark.render
def test_a_job_is_the_same_bytes_as_here(tmp_path: Path, executor: DaskExecutor) -> None:
    assert executor.capacity() == 2
    assert finished(folder(tmp_path / "here")) == finished(folder(tmp_path / "there"), executor)


@pytest.mark.render
def test_an_error_there_is_the_same_error_here(tmp_path: Path, executor: DaskExecutor) -> None:
    unseen = graph.source(
        "video", "0" * 64, str(tmp_path / "gone.mp4"), index=0, demuxer="mov", size=Size(64, 64)
    )
    with pytest.raises(FinishError, match=r"can't read .*gone\.mp4") as wrong:
        executor.do(AnalysisTask(TaskContext(tmp_path), (Measure(Looks("x"), unseen),)), threading.Event())
    assert wrong.value.code == "cluster" and "same path" in wrong.value.hint


@pytest.mark.render
@pytest.mark.parametrize("stated", [True, False])
def test_a_clip_is_known_by_its_content(stated: bool, tmp_path: Path, hero: Path) -> None:
    """Another clip of equal name, size, and time is refused; equal bytes of another time are accepted."""
    mine, other = tmp_path / "hero.mp4", tmp_path / "other.mp4"
    shutil.copyfile(hero, mine)
    other.write_bytes(hero.read_bytes()[:-1] + b"x")
    os.utime(mine, ns=(10**18, 10**18))
    task = AnalysisTask.of(
        Store(tmp_path / "store"),
        [Measure(Looks("y"), probe(mine).picture)],
        {mine: state(mine)} if stated else {},
    )
    os.utime(other, ns=(10**18, 10**18))
    other.replace(mine)
    with pytest.raises(FinishError, match="has a different file at") as wrong:
        worker.do(task, "elsewhere")
    assert (
        wrong.value.code == "cluster"
        and "same path" in wrong.value.hint
        and len(list((tmp_path / "store").glob("??/*"))) == 0
    )
    shutil.copyfile(hero, mine)
    worker.do(task, "elsewhere")
    assert len(list((tmp_path / "store").glob("??/*.json"))) == 1
    other.write_bytes(hero.read_bytes()[:-1] + b"x")
    os.utime(other, ns=(mine.stat().st_atime_ns, mine.stat().st_mtime_ns))
    other.replace(mine)
    with pytest.raises(FinishError, match="has a different file at"):
        worker.do(task, "elsewhere")


def test_a_file_that_all_see_is_not_read_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip_ = tmp_path / "a.mp4"
    clip_.write_bytes(b"film")
    of = graph.source(
        "video", hashlib.sha256(b"film").hexdigest(), str(clip_), index=0, demuxer="mov", size=Size(64, 64)
    )
    device, *known = state(clip_) or []
    asking_ = AnalysisTask(
        TaskContext(tmp_path, states={clip_: [device + 1, *known]}), (Measure(Looks("z"), of),)
    )
    read: list[Path] = []
    monkeypatch.setattr(
        localize, "content", lambda path, _: read.append(path) or hashlib.sha256(b"film").hexdigest()
    )
    with localize.localized(asking_):
        assert read == []
    (tmp_path / "b.mp4").write_bytes(b"film")
    os.utime(tmp_path / "b.mp4", ns=(0, known[2]))
    (tmp_path / "b.mp4").replace(clip_)
    with localize.localized(asking_):
        assert read == [clip_]


def test_what_changed_under_an_errand_is_no_machine_s_fault(tmp_path: Path) -> None:
    class Nobody:
        def capacity(self) -> int:
            return 1

        def do(self, task: Any, cancel: threading.Event, tell: Any = None) -> None:
            raise ClusterError("it has another file")

    clip_ = tmp_path / "a.mp4"
    clip_.write_bytes(b"film")
    renderer = Renderer(Store(tmp_path / "store"), executor=Nobody())
    renderer.states[clip_] = state(clip_)
    of = graph.source("video", "0" * 64, str(clip_), index=0, demuxer="mov", size=Size(64, 64))
    task = AnalysisTask(TaskContext(tmp_path), (Measure(Looks("z"), of),))
    with pytest.raises(FinishError, match="it has another file"):
        renderer.delegate(task)
    clip_.write_bytes(b"another")
    with pytest.raises(FinishError, match=r"a\.mp4 changed while it was read"):
        renderer.delegate(task)


@pytest.mark.render
def test_what_kills_its_worker_is_one_clear_error_and_kills_nothing_else(
    tmp_path: Path, executor: DaskExecutor, hero: Path
) -> None:
    tasks = [asking(hero, tmp_path / "store", name=str(number), kills=number == 3) for number in range(10)]
    with ThreadPoolExecutor(10) as pool:
        ended = [pool.submit(executor.do, task, threading.Event()) for task in tasks]
    wrong = [each.exception() for each in ended]
    assert [number for number, each in enumerate(wrong) if each] == [3]
    assert (
        isinstance(wrong[3], FinishError)
        and wrong[3].code == "fault"
        and "every worker that tried it died" in str(wrong[3])
    )
    assert len(list((tmp_path / "store").glob("??/*.json"))) == 9


@pytest.mark.render
def test_a_run_that_is_stopped_ends_its_work_there(tmp_path: Path, hero: Path) -> None:
    with connected("local:1") as executor:
        cancel, seen, stopped = threading.Event(), list[psutil.Process](), list[float]()

        def stop() -> None:
            """Wait until FFmpeg runs there, however long its start takes."""
            for _ in range(300):
                seen.extend(working_on(hero))
                if seen:
                    break
                time.sleep(0.1)
            stopped.append(time.monotonic())
            cancel.set()

        threading.Thread(target=stop, daemon=True).start()
        with pytest.raises(Interrupted, match="stopped"):
            executor.do(asking(hero, tmp_path / "store", name="slow", wait=0.2), cancel)
        assert time.monotonic() - stopped[0] < 4
        with pytest.raises(Interrupted, match="stopped"):
            executor.do(asking(hero, tmp_path / "store", name="next"), cancel)
    time.sleep(1)
    assert len(seen) == 1 and working_on(hero) == []


@pytest.mark.render
def test_a_worker_that_came_later_is_compared_too(
    monkeypatch: pytest.MonkeyPatch, executor: DaskExecutor, tmp_path: Path
) -> None:
    about = {**worker.about(), "numpy": "0.1"}
    monkeypatch.setattr(worker, "about", lambda: about)
    with pytest.raises(FinishError, match=r"worker tcp://.* has numpy .*, but this run needs 0\.1"):
        executor.do(AnalysisTask(TaskContext(tmp_path), ()), threading.Event())


def test_an_errand_knows_the_states_of_its_own_clips_only(tmp_path: Path) -> None:
    one, other = tmp_path / "one.mp4", tmp_path / "other.mp4"
    end = graph.source("video", "0" * 64, str(one), index=0, demuxer="mov", size=Size(2, 2))
    assert RenderTask.of(Store(tmp_path), [[end]], {}, {one: [1], other: [2]}).context.states == {one: [1]}
    assert AnalysisTask.of(
        Store(tmp_path), [Measure(Looks("x"), end)], {one: [1], other: [2]}
    ).context.states == {one: [1]}


@pytest.mark.render
def test_others_are_refused_by_name(monkeypatch: pytest.MonkeyPatch, executor: DaskExecutor) -> None:
    executor.refuse_others()
    monkeypatch.setattr(executor._client, "run", lambda about: {"tcp://other": {**about(), "FFmpeg": "1.0"}})
    with pytest.raises(
        FinishError, match=r"worker tcp://other has FFmpeg 1\.0, but this run needs .*"
    ) as wrong:
        executor.refuse_others()
    assert wrong.value.code == "cluster"


def test_streams_travel_with_all_that_they_need() -> None:
    whole = graph.image(PayloadBytes(".png", b"picture")).filter("scale", w=2, h=2)
    (end,) = graph.packed([whole])
    again = pickle.loads(pickle.dumps(end))
    (file,) = [node for node in graph.history([again]) if node.name == "image"]
    assert again.key == whole.key and file.arg("file").content() == b"picture"  # type: ignore[union-attr]


def test_errors_travel() -> None:
    cause = LutError("a", "b", where="c:1")
    again = pickle.loads(pickle.dumps(SpecError("message", "hint", where="x:1:2", causes=(cause,))))
    assert (again.code, again.message, again.hint, again.where) == ("spec", "message", "hint", "x:1:2")
    assert str(again.causes[0]) == str(cause)
