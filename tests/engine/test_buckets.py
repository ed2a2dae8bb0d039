"""Whole jobs in object storage: the same bytes as from a folder.

Work is done once for all machines, also by workers without access to the folder.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from buckets import SECRET, Buckets, serving
from clip_files import clip

from finish import api, graph
from finish.cluster import partial_fetch, worker
from finish.deliver.outcome import Event, Outcome
from finish.deliver.upload import Upload
from finish.engine.engine import Engine
from finish.errors import DiskError, FinishError
from finish.execution.tasks import MachineTask, RenderTask, ReportFrames, TaskContext
from finish.stages import STAGES
from finish.storage import object_storage

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.render]

JOB = """source: {source}
captions: {{file: {captions}, style: clean, sidecar: [srt]}}
colour: {{looks: [warm]}}
sound: {{accept: achievable}}
reframe: {{follow: centre}}
encode: {{size: 360x640}}
{more}deliverables: [{{name: "{{clip}}-t", preset: tiktok}}]
"""
CAPTIONS = "1\n00:00:00,200 --> 00:00:01,500\nFrom afar\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Buckets]:
    with serving() as found:
        yield found


@pytest.fixture
def buckets(server: Buckets, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Buckets:
    for name, value in server.environment(XDG_CACHE_HOME=str(tmp_path / "cache")).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("FINISH_STORE", raising=False)
    server.requests.clear()
    return server


def folder(place: Path, source: str, captions: str, more: str = "") -> Path:
    place.mkdir()
    (place / "job.yaml").write_text(JOB.format(source=source, captions=captions, more=more))
    return place


def uploaded(place: Path, seconds: float = 6) -> Path:
    """A clip and its captions in the bucket, and a folder that has both."""
    here = folder(place, "hero.mp4", "hero.srt")
    clip(here / "hero.mp4", seconds=seconds, size="320x180")
    (here / "hero.srt").write_text(CAPTIONS)
    object_storage.put("s3://raw/in/hero.mp4", here / "hero.mp4")
    object_storage.put("s3://raw/in/hero.srt", here / "hero.srt")
    return here


def finished(place: Path, **more: Any) -> tuple[Outcome, ...]:
    return tuple(api.finishing(api.load(place).job, **more))


def files(outcomes: tuple[Outcome, ...]) -> Mapping[str, str]:
    assert [str(outcome.error) for outcome in outcomes if outcome.error] == []
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for outcome in outcomes
        for path in (outcome.path, *outcome.beside)
        if path
    }


def test_a_job_whose_clips_store_and_results_lie_there(
    buckets: Buckets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = files(finished(uploaded(tmp_path / "here")))
    monkeypatch.setenv("FINISH_STORE", "s3://store/shared")
    place = folder(
        tmp_path / "there", "s3://raw/in/*.mp4", '"s3://raw/in/{clip}.srt"', "deliver: s3://out/campaign/\n"
    )
    assert files(finished(place)) == here and len(here) == 2
    sent = {
        name: hashlib.sha256(object_storage.get(f"s3://out/campaign/{name}") or b"").hexdigest()
        for name in here
    }
    assert sent == here
    manifest = json.loads(object_storage.get("s3://out/campaign/manifest.json") or b"")
    assert manifest["deliverables"]["hero-t"]["sha256"] == here["hero-t.mp4"]
    buckets.requests.clear()
    assert files(finished(place)) == here
    assert [request for request in buckets.requests if not request.startswith("HEAD")] == [
        "GET /raw",
        "GET /out/campaign/manifest.json",
    ], "nothing has changed: it is looked at, and that is all"
    object_storage.remove("s3://out/campaign/hero-t.srt")
    finished(place)
    assert (
        hashlib.sha256(object_storage.get("s3://out/campaign/hero-t.srt") or b"").hexdigest()
        == here["hero-t.srt"]
    ), "lost there, sent again"

    told: list[Event] = []
    again = folder(tmp_path / "elsewhere", "s3://raw/in/hero.mp4", "s3://raw/in/hero.srt")
    assert files(finished(again, on_event=told.append)) == here
    assert not [each for each in told if each.what == "render"], "another machine has made it"


def test_what_cannot_be_sent_is_not_done(
    buckets: Buckets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = uploaded(tmp_path / "here", 1)
    (place / "job.yaml").write_text(
        (place / "job.yaml").read_text().replace("deliverables", "deliver: s3://out/x\ndeliverables")
    )

    def refuse(url: str, content: object) -> None:
        raise DiskError(f"object storage doesn't respond for {url}")

    monkeypatch.setattr(object_storage, "put", refuse)
    (outcome,) = finished(place)
    assert outcome.exit_code == 2 and "doesn't respond for s3://out/x/hero-t" in str(outcome.error)
    monkeypatch.setenv("FINISH_BUCKETS", "raw")
    with pytest.raises(FinishError, match="the bucket out isn't allowed"):
        finished(place)


def test_a_clip_that_is_another_now_is_another_clip(buckets: Buckets, tmp_path: Path) -> None:
    uploaded(tmp_path / "here", 1)
    place = folder(tmp_path / "there", "s3://raw/in/hero.mp4", "s3://raw/in/hero.srt")
    first = files(finished(place))
    clip(tmp_path / "longer.mp4", seconds=2, size="320x180")
    object_storage.put("s3://raw/in/hero.mp4", tmp_path / "longer.mp4")
    assert files(finished(place)) != first
    object_storage.remove("s3://raw/in/hero.mp4")
    with pytest.raises(FinishError, match=r"job\.yaml:1:9  source: no such object: .*hero\.mp4"):
        finished(place)


def test_results_never_lie_among_the_clips(buckets: Buckets, tmp_path: Path) -> None:
    uploaded(tmp_path / "here", 1)
    place = folder(tmp_path / "there", "s3://raw/in/*.mp4", "s3://raw/in/hero.srt", "deliver: s3://raw/in/\n")
    with pytest.raises(
        FinishError, match=r"the clip s3://raw/in/hero\.mp4 is in the folder that results are delivered to"
    ):
        finished(place)
    (place / "job.yaml").write_text(
        (place / "job.yaml").read_text().replace("s3://raw/in/\n", f"s3://key:{SECRET}@out/x\n")
    )
    with pytest.raises(FinishError, match="isn't an address in object storage") as wrong:
        api.load(place)
    assert SECRET not in str(wrong.value)


def test_of_many_who_add_to_a_manifest_none_is_lost(buckets: Buckets, tmp_path: Path) -> None:
    sending = Upload("s3://out/many", tmp_path, tmp_path, threading.Event())
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: sending._add({f"d{number}": {"sha256": str(number)}}), range(18)))
    assert len(json.loads(object_storage.get("s3://out/many/manifest.json") or b"")["deliverables"]) == 18


@pytest.mark.parametrize(
    "notes",
    [
        b"[]",
        b"5",
        b'{"s3://out/x": 5}',
        b'{"s3://out/x": []}',
        b"[" * 100_000,
        b'{"s3://out/x/a.mp4": ["00", "a tag"]}',
    ],
)
def test_harmed_notes_of_what_was_sent_are_none(tmp_path: Path, notes: bytes) -> None:
    (tmp_path / "sent.json").write_bytes(notes)
    assert Upload("s3://out/x", tmp_path, tmp_path, threading.Event())._noted == {}


@dataclass
class Elsewhere:
    """An executor on a machine without the job's folders: every local path in a task leads nowhere."""

    root: Path

    def capacity(self) -> int:
        return 1

    def do(self, task: MachineTask, cancel: threading.Event, tell: ReportFrames | None = None) -> None:
        def away(path: Path) -> Path:
            return Path("/nowhere") / path.relative_to(self.root)

        states, found = (
            {away(path): each for path, each in these.items()}
            for these in (task.context.states, task.context.objects)
        )
        context = replace(task.context, store=away(task.context.store), states=states, objects=found)
        away_too = {path: away(path) for path in graph.files(task.ends)}  # such as finished files
        worker.do(replace(task.at(away_too), context=context), "elsewhere", tell)


def test_workers_that_see_no_folder_make_the_same(
    buckets: Buckets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = files(finished(uploaded(tmp_path / "here", 2)))
    monkeypatch.setenv("FINISH_STORE", "s3://store/others")
    place = folder(tmp_path / "there", "s3://raw/in/hero.mp4", "s3://raw/in/hero.srt")
    assert files(finished(place, executor=Elsewhere(tmp_path))) == here


def test_of_a_film_only_what_is_shown_is_fetched(
    buckets: Buckets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = uploaded(tmp_path / "here", 44)
    (place / "hero.srt").write_text("1\n00:00:25,000 --> 00:00:27,000\nIn the middle\n")
    monkeypatch.setattr(partial_fetch, "WHOLE", 0)
    monkeypatch.setattr(partial_fetch, "_PROBED", 100_000)
    monkeypatch.setattr(partial_fetch, "_GAP", 10_000)
    engine = Engine(api.load(place).job, STAGES)
    (one,) = engine.plan(stages=[stage for stage in STAGES if "video" in stage.touches]).renderings
    piece = one.pieces[6]
    expected = [piece.picture, *piece.captures]
    engine.renderer.make(expected)
    found = object_storage.head("s3://raw/in/hero.mp4")
    context = TaskContext(tmp_path / "other", objects={Path("/nowhere/hero.mp4"): found})
    context.store.mkdir()
    task = RenderTask(
        context,
        (graph.relocated(expected, {place / "hero.mp4": Path("/nowhere/hero.mp4")}),),
        {piece.picture.key: 100},
    )
    worker.do(task, "elsewhere")
    local, far = (
        {path.name for path in root.glob(f"??/{'?' * 64}.*.*")}
        for root in (engine.store.folder, context.store)
    )
    assert local == far and len(local) == len(expected) > 1, "named by their bytes"
    (copy,) = [each for each in partial_fetch.copies()._copies.values() if each.origin == found]
    assert 0.2 < copy.fetched_bytes / found.size < 0.8 and len(copy.fetched) > 1

    monkeypatch.setattr(partial_fetch, "_read", lambda track, span: [])  # as if the index were wrong
    partial_fetch.copies.cache_clear()
    shutil.rmtree(context.store)
    context.store.mkdir()
    worker.do(task, "elsewhere")
    assert {path.name for path in context.store.glob(f"??/{'?' * 64}.*.*")} == local, (
        "all of it is fetched then"
    )


def test_without_a_store_for_both_it_is_one_clear_error(buckets: Buckets, tmp_path: Path) -> None:
    uploaded(tmp_path / "here", 1)
    place = folder(tmp_path / "there", "s3://raw/in/hero.mp4", "s3://raw/in/hero.srt")
    (outcome,) = finished(place, executor=Elsewhere(tmp_path))
    assert outcome.error and "can't read" in str(outcome.error) and "in object storage" in str(outcome.error)
