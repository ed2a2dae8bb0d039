"""A watched folder: finished once, when it has stopped growing; failures set aside; restarts lose and repeat nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from media import clip
from typer.testing import CliRunner

from finish.cli.verbs import app
from finish.effects.watched import Growing, Ledger, items
from finish.engine.outcome import Outcome
from finish.engine.watch import Watch, page
from finish.errors import FinishError


@dataclass
class Hand:
    """Finishes job folders on paper; those named in `bad` fail."""

    bad: tuple[str, ...] = ()
    done: list[str] = field(default_factory=list)
    writes: str = ""

    def __call__(self, place: Path) -> Iterable[Outcome]:
        self.done.append(place.name)
        (place / "out").mkdir(exist_ok=True)
        (place / "out" / "a.mp4").write_bytes(b"film")
        (place / "job.lock.yaml").write_text(f"run {len(self.done)}")
        if self.writes and not (place / self.writes).exists():
            (place / self.writes).write_text("heard")
        if place.name in self.bad:
            return [Outcome("a", None, error=FinishError("media", "it is broken", "copy it again"))]
        return [Outcome("a", place / "out" / "a.mp4")]


def dropped(folder: Path, name: str) -> Path:
    place = folder / name
    place.mkdir()
    (place / "job.yaml").write_text("source: clip.mp4\n")
    (place / "clip.mp4").write_bytes(b"clip")
    return place


def once(folder: Path, hand: Hand, template: Path | None = None) -> dict[str, str]:
    watch, stop = Watch(folder, hand, template, quiet=0), threading.Event()
    late = threading.Timer(20, stop.set)
    late.start()
    watch.run(stop, once=True)
    assert late.is_alive(), "it ends by itself"
    late.cancel()
    return {name: each.state for name, each in watch.ledger.entries.items()}


def test_a_job_is_finished_once_over_restarts(tmp_path: Path) -> None:
    dropped(tmp_path, "one")
    hand = Hand(writes="captions.srt")
    assert once(tmp_path, hand) == {"one": "done"} and once(tmp_path, hand) == {"one": "done"}
    assert hand.done == ["one"], "what finishing wrote makes it no other job"
    (tmp_path / "one" / "job.yaml").write_text("source: clip.mp4\n# changed\n")
    assert once(tmp_path, hand) == {"one": "done"} and hand.done == ["one", "one"], "a revision"
    (tmp_path / "one" / "captions.srt").write_text("mended by hand")
    once(tmp_path, hand)
    assert len(hand.done) == 3


def test_what_fails_is_set_aside_with_its_message_and_stops_nobody(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        dropped(tmp_path, name)
    hand = Hand(bad=("b",))
    assert once(tmp_path, hand) == {"a": "done", "b": "failed", "c": "done"}
    assert (tmp_path / "failed" / "b" / "clip.mp4").read_bytes() == b"clip" and not (tmp_path / "b").exists()
    assert (tmp_path / "failed" / "b.txt").read_text() == "a: it is broken — copy it again\n"
    dropped(tmp_path, "b")
    assert once(tmp_path, hand)["b"] == "failed" and (tmp_path / "failed" / "b-2").is_dir(), "dropped again, it is tried again"


def test_a_fault_of_ours_is_that_item_s(tmp_path: Path) -> None:
    def broken(place: Path) -> Iterable[Outcome]:
        raise ZeroDivisionError("oh")

    dropped(tmp_path, "a")
    watch = Watch(tmp_path, broken, quiet=0)
    watch.run(threading.Event(), once=True)
    assert watch.ledger.entries["a"].message.startswith("ZeroDivisionError: oh — a fault of finish")


def test_what_grows_is_left_alone() -> None:
    now = [0.0]
    growing = Growing(5, lambda: now[0])
    (small,), (large,) = ([each] for each in (_item({"x": (1, 1)}), _item({"x": (2, 1)})))
    told = []
    for time_, item in ((0, small), (4, small), (4.5, large), (9, large), (9.5, large)):
        now[0] = time_
        told.append(growing.still(item))
    assert told == [False, False, False, False, True]


def _item(files: dict[str, tuple[int, int]]):  # type: ignore[no-untyped-def]
    from finish.effects.watched import Item

    return Item("a", False, files)


def test_who_was_killed_over_an_item_begins_it_again(tmp_path: Path) -> None:
    dropped(tmp_path, "a")
    watch = Watch(tmp_path, Hand(), quiet=0)
    hold = threading.Event()

    def held(place: Path) -> Iterable[Outcome]:
        hold.wait(5)
        return []

    watch._finish = held
    with ThreadPoolExecutor(1) as pool:
        watch.step(pool)
        ledger = tmp_path / ".finish" / "watch.json"
        left = ledger.read_bytes()
        assert json.loads(left)["a"]["state"] == "running" and Ledger(tmp_path).entries["a"].state == "waiting"
        hold.set()
    ledger.write_bytes(left)    # as it was when the power went
    hand = Hand()
    assert once(tmp_path, hand) == {"a": "done"} and hand.done == ["a"]


def test_a_stop_stops_what_is_in_hand(tmp_path: Path) -> None:
    """As Ctrl-C does: the item waits for the next time."""
    dropped(tmp_path, "a")
    stop = threading.Event()

    def long(place: Path) -> Iterable[Outcome]:
        threading.Timer(0.2, stop.set).start()
        assert stop.wait(10)
        raise FinishError("interrupted", "stopped")

    watch = Watch(tmp_path, long, quiet=0)
    watch.run(stop)
    assert watch.ledger.entries["a"].state == "waiting" and (tmp_path / "a").is_dir()


def test_only_one_watches(tmp_path: Path) -> None:
    with Ledger(tmp_path).alone(), pytest.raises(FinishError, match="is watched already"), Ledger(tmp_path).alone():
        pass


@pytest.mark.parametrize("data", [
    b"", b"{", b"[]", b'{"a": 1}', b'{"a": {"state": "done"}}', b'{"a": {"name": "a", "state": "done", "made": []}}'])
def test_a_harmed_ledger_loses_nothing(tmp_path: Path, data: bytes) -> None:
    dropped(tmp_path, "a")
    (tmp_path / ".finish").mkdir()
    (tmp_path / ".finish" / "watch.json").write_bytes(data)
    assert once(tmp_path, hand := Hand()) == {"a": "done"} and hand.done == ["a"]


def test_hidden_things_links_and_other_files_are_no_items(tmp_path: Path) -> None:
    dropped(tmp_path, "job")
    for name in (".hidden.mp4", "clip.mp4.part", "notes.txt", "-a [b] %s.MOV"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "link.mp4").symlink_to("/etc/passwd")
    assert [each.name for each in items(tmp_path, True)] == ["-a [b] %s.MOV", "job"]
    assert [each.name for each in items(tmp_path, False)] == ["job"]


def test_a_template_makes_a_job_of_a_clip_and_leaves_the_clip(tmp_path: Path) -> None:
    folder, template = tmp_path / "in", tmp_path / "template"
    folder.mkdir()
    for name in ("brand", "out", "media"):
        (template / name).mkdir(parents=True)
        (template / name / "x").write_bytes(b"x")
    (template / "job.yaml").write_text("source: media/*\n")
    (folder / "a b.mp4").write_bytes(b"clip")
    assert once(folder, Hand(), template) == {"a b.mp4": "done"}
    job = folder / "jobs" / "a b.mp4"
    assert (folder / "a b.mp4").exists() and (job / "media" / "a b.mp4").read_bytes() == b"clip"
    assert (job / "brand" / "x").exists() and not (job / "media" / "x").exists() and not (job / "out" / "x").exists()


def test_the_page_shows_names_as_they_are(tmp_path: Path) -> None:
    dropped(tmp_path, "<b>&")
    once(tmp_path, Hand(bad=("<b>&",)))
    text = (tmp_path / "status.html").read_text()
    assert "&lt;b&gt;&amp;" in text and "1 failed · 0 running · 0 waiting · 0 done" in text and "it is broken" in text
    assert "default-src 'none'" in page("x", [])


@pytest.mark.render
def test_the_verb_finishes_clips_by_a_template(tmp_path: Path) -> None:
    folder, template = tmp_path / "in", tmp_path / "template"
    folder.mkdir()
    template.mkdir()
    (template / "job.yaml").write_text(
        'source: media/*\nsound: {accept: achievable}\nreframe: {follow: centre}\ndeliverables: [{name: "{clip}-t", preset: square}]\n')
    clip(folder / "good.mp4", seconds=1, size="320x180")
    (folder / "bad.mp4").write_bytes(b"no film")
    done = CliRunner().invoke(app, ["watch", str(folder), "--job", str(template), "--once", "--quiet", "0", "--json"])
    assert done.exit_code == 2, done.output
    last = {each["name"]: each["state"] for each in map(json.loads, done.output.splitlines())}
    assert last == {"good.mp4": "done", "bad.mp4": "failed"}
    assert (folder / "jobs" / "good.mp4" / "out" / "good-t.mp4").is_file() and (folder / "failed" / "bad.mp4.txt").read_text()
    told = CliRunner().invoke(app, ["watch", str(folder), "--status"])
    assert [line.split()[:2] for line in told.output.splitlines()] == [["failed", "bad.mp4:"], ["done", "good.mp4:"]]


def test_a_fault_stops_no_other_engine_that_shares_the_stop() -> None:
    """A batch's jobs share one event; only somebody who stops the run sets it."""
    from types import SimpleNamespace

    from finish.engine.local import Engine

    for stop, ends in ((ZeroDivisionError(), False), (FinishError("media", "x"), False), (FinishError("interrupted", "x"), True),
                       (KeyboardInterrupt(), True), (GeneratorExit(), True)):
        engine = SimpleNamespace(workshop=SimpleNamespace(cancel=threading.Event()))
        Engine._end_all(engine, stop)   # type: ignore[arg-type]
        assert engine.workshop.cancel.is_set() is ends, stop
