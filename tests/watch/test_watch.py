"""A watched folder: each file is finished once, after it stops growing; failures are set aside.

Restarts lose and repeat nothing.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import Result
from clip_files import clip
from typer.testing import CliRunner

from finish.cli.verbs import app
from finish.deliver.outcome import Outcome
from finish.errors import TEMPORARY, ClusterError, FinishError, Interrupted, MediaError, PathError, SpecError
from finish.watch.clip_jobs import job_of
from finish.watch.watch_items import SettleTimer, items
from finish.watch.watch_ledger import WatchEntry, WatchLedger
from finish.watch.watch_loop import WatchLoop
from finish.watch.watch_page import html


@dataclass
class Hand:
    """A simulated finish of job folders; those named in `bad` fail."""

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
            return [Outcome("a", None, error=MediaError("it is broken", "copy it again"))]
        return [Outcome("a", place / "out" / "a.mp4")]


def dropped(folder: Path, name: str) -> Path:
    place = folder / name
    place.mkdir()
    (place / "job.yaml").write_text("source: clip.mp4\n")
    (place / "clip.mp4").write_bytes(b"clip")
    return place


def once(folder: Path, hand: Hand, template: Path | None = None) -> dict[str, str]:
    watch, stop = WatchLoop(folder, hand, template, quiet=0), threading.Event()
    late = threading.Timer(20, stop.set)
    late.start()
    watch.run(stop, once=True)
    assert late.is_alive(), "it ends by itself"
    late.cancel()
    return {name: each.state for name, each in watch.ledger.entries.items()}


def test_a_job_is_finished_once_over_restarts(tmp_path: Path) -> None:
    dropped(tmp_path, "one")
    hand = Hand(writes="captions.srt")
    opened_before = WatchLoop(tmp_path, hand, quiet=0)
    assert once(tmp_path, hand) == {"one": "done"} and once(tmp_path, hand) == {"one": "done"}
    opened_before.run(threading.Event(), once=True)
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
    assert once(tmp_path, hand)["b"] == "failed" and (tmp_path / "failed" / "b-2").is_dir(), (
        "dropped again, it is tried again"
    )


def test_a_fault_of_ours_is_that_item_s(tmp_path: Path) -> None:
    def broken(place: Path) -> Iterable[Outcome]:
        raise ZeroDivisionError("oh")

    dropped(tmp_path, "a")
    watch = WatchLoop(tmp_path, broken, quiet=0)
    watch.run(threading.Event(), once=True)
    assert (
        watch.ledger.entries["a"].state == "failed" and "internal error" in watch.ledger.entries["a"].message
    )


def test_what_grows_is_left_alone() -> None:
    now = [0.0]
    growing = SettleTimer(5, lambda: now[0])
    (small,), (large,) = ([each] for each in (_item({"x": (1, 1)}), _item({"x": (2, 1)})))
    told = []
    for time_, item in ((0, small), (4, small), (4.5, large), (9, large), (9.5, large)):
        now[0] = time_
        told.append(growing.settled(item))
    assert told == [False, False, False, False, True]


def _item(files: dict[str, tuple[int, int]]):  # type: ignore[no-untyped-def]
    from finish.watch.watch_items import WatchItem

    return WatchItem("a", False, files)


def test_who_was_killed_over_an_item_begins_it_again(tmp_path: Path) -> None:
    dropped(tmp_path, "a")
    watch = WatchLoop(tmp_path, Hand(), quiet=0)
    hold = threading.Event()

    def held(place: Path) -> Iterable[Outcome]:
        hold.wait(5)
        return []

    watch._finish = held
    with watch.ledger.alone(), ThreadPoolExecutor(1) as pool:
        watch.step(pool)
        ledger = tmp_path / ".finish" / "watch.json"
        left = ledger.read_bytes()
        assert CliRunner().invoke(app, ["watch", str(tmp_path), "--status"]).output == "running  a\n"
        hold.set()
    ledger.write_bytes(left)  # as it was at the power failure
    told, hand = list[str](), Hand()
    WatchLoop(tmp_path, hand, quiet=1e9, tell=lambda each: told.append(each.state)).run(_soon())
    assert told == ["waiting"] and WatchLedger(tmp_path).entries["a"].state == "waiting", (
        "a restart says at once that it waits"
    )
    assert once(tmp_path, hand) == {"a": "done"} and hand.done == ["a"]


def _soon(seconds: float = 0.2) -> threading.Event:
    """A stop without an external cause."""
    stop = threading.Event()
    timer = threading.Timer(seconds, stop.set)
    timer.daemon = True
    timer.start()
    return stop


def test_a_stop_stops_what_is_in_hand(tmp_path: Path) -> None:
    """As on Ctrl-C: the item waits for the next time."""
    dropped(tmp_path, "a")
    stop = threading.Event()

    def long(place: Path) -> Iterable[Outcome]:
        threading.Timer(0.2, stop.set).start()
        assert stop.wait(10)
        raise Interrupted()

    watch = WatchLoop(tmp_path, long, quiet=0)
    watch.run(stop)
    assert watch.ledger.entries["a"].state == "waiting" and (tmp_path / "a").is_dir()


@pytest.mark.parametrize("link", ["jobs", "failed", ".finish", "jobs/a.mp4", "jobs/a.mp4/media"])
def test_a_place_that_leads_out_of_the_folder_is_refused(tmp_path: Path, link: str) -> None:
    folder, template, elsewhere = tmp_path / "in", dropped(tmp_path, "template"), tmp_path / "elsewhere"
    for each in (folder, elsewhere):
        each.mkdir()
    (folder / "a.mp4").write_bytes(b"clip")
    (folder / link).parent.mkdir(parents=True, exist_ok=True)
    (folder / link).symlink_to(elsewhere)
    if link.startswith("jobs/"):
        assert once(folder, Hand(), template) == {"a.mp4": "waiting"}
        assert f"{link} leads outside in" in WatchLedger(folder).entries["a.mp4"].message
    else:
        with pytest.raises(FinishError, match=f"{link} leads outside in"):
            once(folder, Hand(), template)
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("away", ["gone", "empty"])
def test_a_library_that_is_away_sets_no_job_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, away: str
) -> None:
    folder, share = tmp_path / "in", tmp_path / "share"
    for each in (folder, share):
        each.mkdir()
    (dropped(folder, "a") / "job.yaml").write_text(
        f"libraries: [{share}]\nsource: clip.mp4\nbrand: {share}/brand.yaml\n"
    )
    if away == "gone":
        share.rmdir()
    for env in ("", str(share)):
        monkeypatch.setenv("FINISH_LIBRARIES", env)
        done = CliRunner().invoke(
            app,
            [
                "watch",
                str(folder),
                "--once",
                "--quiet",
                "0",
                *(() if env else ("--allow-library", str(share))),
            ],
        )
        entry = WatchLedger(folder).entries["a"]
        assert (
            done.exit_code == 2
            and entry.state == "waiting"
            and f"the library {share} is empty or missing" in entry.message
        )
    share.mkdir(exist_ok=True)
    (share / "something").touch()
    CliRunner().invoke(app, ["watch", str(folder), "--once", "--quiet", "0"])
    assert WatchLedger(folder).entries["a"].state == "failed", "it is there, and the job is wrong"


def test_only_one_watches(tmp_path: Path) -> None:
    with (
        WatchLedger(tmp_path).alone(),
        pytest.raises(FinishError, match="is already watched by another process"),
        WatchLedger(tmp_path).alone(),
    ):
        pass


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b'{"a": 1}',
        b'{"a": {"state": "done"}}',
        b'{"a": {"name": "a", "state": "done", "made": []}}',
    ],
)
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
    assert [item.name for item in items(tmp_path, tmp_path / "elsewhere")] == ["-a [b] %s.MOV", "job"]
    assert [item.name for item in items(tmp_path, None)] == ["job"]


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
    assert (
        (job / "brand" / "x").exists()
        and not (job / "media" / "x").exists()
        and not (job / "out" / "x").exists()
    )


@dataclass
class Refusing:
    """Fails with an error this often, raised or as an outcome's, and records when it was called."""

    kind: type[FinishError]
    times: int = 1
    raises: bool = True
    asked: list[float] = field(default_factory=list)

    def __call__(self, place: Path) -> Iterable[Outcome]:
        self.asked.append(time.monotonic())
        if len(self.asked) > self.times:
            return [Outcome("a", place / "out" / "a.mp4")]
        wrong = self.kind("nobody there", "start it")
        if self.raises:
            raise wrong
        return [Outcome("a", None, error=MediaError("broken")), Outcome("b", None, error=wrong)]


@pytest.mark.parametrize("raises", [True, False])
@pytest.mark.parametrize("kind", TEMPORARY)
def test_the_trouble_of_machines_and_disks_is_not_the_item_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[FinishError], raises: bool
) -> None:
    monkeypatch.setattr("finish.watch.watch_loop.PAUSE", 0.0, raising=False)
    dropped(tmp_path, "a")
    hand = Refusing(kind, raises=raises)
    assert once(tmp_path, hand) == {"a": "waiting"} and len(hand.asked) == 1, "with --once it is tried once"
    assert (tmp_path / "a").is_dir() and WatchLedger(tmp_path).entries[
        "a"
    ].message == "nobody there — start it"
    assert "nobody there" in (tmp_path / "status.html").read_text()
    assert once(tmp_path, hand) == {"a": "done"}


def test_what_was_put_off_is_tried_again_after_longer_and_longer_pauses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("LOOK", 0.02), ("PAUSE", 0.2), ("LONGEST", 0.4)):
        monkeypatch.setattr(f"finish.watch.watch_loop.{name}", value, raising=False)
    dropped(tmp_path, "a")
    hand, stop, pauses = Refusing(ClusterError, times=3), _soon(20), list[float]()

    def tell(entry: WatchEntry) -> None:
        if entry.message:
            pauses.append(watch._retries["a"][1])
        if entry.state == "done":
            stop.set()

    watch = WatchLoop(tmp_path, hand, quiet=0, tell=tell)
    watch.run(stop)
    assert watch.ledger.entries["a"].state == "done" and pauses == [0.2, 0.4, 0.4]
    assert [b - a >= pause for a, b, pause in zip(hand.asked, hand.asked[1:], pauses, strict=False)] == [
        True
    ] * 3


@pytest.mark.parametrize(
    "wrong",
    [OSError(5, "Input/output error", "a.mp4"), OSError(28, "No space left on device"), MemoryError()],
)
def test_what_a_disk_or_the_memory_refuses_is_nobody_s_fault(tmp_path: Path, wrong: Exception) -> None:
    hand = Hand()

    def finish(place: Path) -> Iterable[Outcome]:
        if not hand.done:
            hand.done.append("tried")
            raise wrong
        return hand(place)

    dropped(tmp_path, "a")
    watch = WatchLoop(tmp_path, finish, quiet=0)
    watch.run(threading.Event(), once=True)
    assert watch.ledger.entries["a"].state == "waiting" and "Errno" not in watch.ledger.entries["a"].message
    watch = WatchLoop(tmp_path, finish, quiet=0)
    watch.run(threading.Event(), once=True)
    assert watch.ledger.entries["a"].state == "done"


def test_a_template_that_is_being_edited_sets_no_clip_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A half-saved template fails everything dropped; once it is saved, waiting items finish at once.

    However long their pause is.
    """
    monkeypatch.setattr("finish.watch.watch_loop.LOOK", 0.02)
    folder, template = tmp_path / "in", dropped(tmp_path, "template")
    folder.mkdir()
    (folder / "a.mp4").write_bytes(b"clip")
    (template / "job.yaml").write_text("deliverables: [")
    hand, states, stop = Hand(), list[str](), _soon(20)

    def finish(place: Path) -> Iterable[Outcome]:
        if (place / "job.yaml").read_text() == "deliverables: [":
            raise SpecError("job.yaml:1:16  this list does not end", "write ]")
        return hand(place)

    def tell(entry: WatchEntry) -> None:
        states.append(entry.state)
        if entry.message:
            (template / "job.yaml").write_text("source: media/*\n")
        if entry.state == "done":
            stop.set()

    WatchLoop(folder, finish, template, quiet=0, tell=tell).run(stop)
    assert states == ["waiting", "running", "waiting", "running", "done"] and not (folder / "failed").exists()


def test_a_template_that_still_changes_is_waited_for(tmp_path: Path) -> None:
    folder, template, now = tmp_path / "in", dropped(tmp_path, "template"), [0.0]
    folder.mkdir()
    (folder / "a.mp4").write_bytes(b"clip")
    watch, hand = WatchLoop(folder, Hand(), template, quiet=5), Hand()
    watch._finish, watch._settling = hand, SettleTimer(5, lambda: now[0])
    with watch.ledger.alone(), ThreadPoolExecutor(1) as pool:
        for time_, text in ((0, "one"), (4, "two"), (6, "two"), (9.5, "two")):
            now[0] = time_
            (template / "job.yaml").write_text(text)
            assert watch.step(pool) and not watch._running, time_
            os.utime(template / "job.yaml", (1e9, 1e9 + (text == "two")))
            watch.step(pool)
        now[0] = 20
        watch.step(pool)
    assert hand.done == ["a.mp4"]


def test_a_clip_that_is_broken_is_set_aside_although_there_is_a_template(tmp_path: Path) -> None:
    folder, template = tmp_path / "in", dropped(tmp_path, "template")
    folder.mkdir()
    (folder / "a.mp4").write_bytes(b"clip")
    assert once(folder, Hand(bad=("a.mp4",)), template) == {"a.mp4": "failed"}


def test_a_template_that_lies_in_the_watched_folder_is_no_job(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    template = dropped(folder, "template")
    (folder / "a.mp4").write_bytes(b"clip")
    (tmp_path / "link").symlink_to(template)
    for named in (template, tmp_path / "link", folder / ".." / "in" / "template"):
        assert once(folder, Hand(), named) == {"a.mp4": "done"}, named


def test_links_of_a_template_are_copied_again_and_followed_by_nobody(tmp_path: Path) -> None:
    folder, template, beside = tmp_path / "in", dropped(tmp_path, "template"), tmp_path / "beside"
    for place in (folder, beside):
        place.mkdir()
    (beside / "logo.png").write_bytes(b"theirs")
    (folder / "a.mp4").write_bytes(b"clip")
    (template / "out").symlink_to(beside)
    (template / "logo.png").symlink_to(beside / "logo.png")
    (template / "brand").symlink_to(beside)
    job = job_of(folder, "a.mp4", template)
    (job / "out").mkdir()
    (job / "out" / "film.mp4").write_bytes(b"film")
    assert job_of(folder, "a.mp4", template) == job
    assert (job / "logo.png").readlink() == beside / "logo.png" and (job / "brand").readlink() == beside
    for name in ("logo.png", "brand"):
        (template / name).unlink()
    (template / "brand").mkdir()
    for name in ("logo.png", "brand/x"):
        (template / name).write_bytes(b"ours")
    job_of(folder, "a.mp4", template)
    assert (job / "logo.png").read_bytes() == (job / "brand" / "x").read_bytes() == b"ours"
    assert [path.name for path in beside.iterdir()] == ["logo.png"] and (
        beside / "logo.png"
    ).read_bytes() == b"theirs"
    assert (job / "out" / "film.mp4").read_bytes() == b"film", "what finishing made stays"


def test_a_clip_that_cannot_be_copied_waits_and_leaves_nothing_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, template = tmp_path / "in", dropped(tmp_path, "template")
    folder.mkdir()
    (folder / "a.mp4").write_bytes(b"clip")

    copy = shutil.copyfile

    def full(source: Path, draft: Path, **how: bool) -> object:
        if Path(source).name != "a.mp4":
            return copy(source, draft, **how)
        Path(draft).write_bytes(b"cl")
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfile", full)
        assert once(folder, Hand(), template) == {"a.mp4": "waiting"}
    assert list((folder / "jobs" / "a.mp4" / "media").iterdir()) == []
    assert once(folder, Hand(), template) == {"a.mp4": "done"}


def test_what_cannot_be_read_is_left_out_of_a_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        dropped(tmp_path, name)
    watch, ask = (
        WatchLoop(tmp_path, Hand(), quiet=1e9),
        {each: getattr(os, each) for each in ("stat", "lstat")},
    )

    def refused(name: str, path: object, **how: object) -> os.stat_result:
        if str(path) == str(tmp_path / "a"):
            raise OSError(errno.EIO, "Input/output error")
        return ask[name](path, **how)  # type: ignore[no-any-return]

    with watch.ledger.alone(), ThreadPoolExecutor(1) as pool:
        watch.step(pool)
        for each in ask:
            monkeypatch.setattr(os, each, lambda path, each=each, **how: refused(each, path, **how))
        assert [item.name for item in items(tmp_path, None)] == ["b"]
        assert watch.step(pool) and set(watch.ledger.entries) == {"a", "b"}, "who cannot be read is not gone"


@pytest.mark.parametrize("leaves_a_folder", [True, False])
def test_a_share_that_goes_away_ends_no_watch_and_drops_nothing(
    tmp_path: Path, leaves_a_folder: bool
) -> None:
    """An unmounted share leaves an empty folder."""
    folder, away = tmp_path / "in", tmp_path / "away"
    folder.mkdir()
    dropped(folder, "a")
    told = list[str]()
    watch = WatchLoop(
        folder, Hand(), quiet=1e9, tell=lambda each: told.append(f"{each.name}: {each.message}")
    )
    with watch.ledger.alone(), ThreadPoolExecutor(1) as pool:
        watch.step(pool)
        folder.rename(away)
        if leaves_a_folder:
            folder.mkdir()
        assert watch.step(pool) and watch.step(pool)
        assert (
            watch.ledger.entries["a"].state == "waiting"
            and len(told) == 2
            and told[1].startswith(f"{folder}: {folder} can't be")
        )
        assert not leaves_a_folder or list(folder.iterdir()) == [], (
            "nothing is written in the place of a share"
        )
        shutil.rmtree(folder, ignore_errors=True)
        away.rename(folder)
        assert watch.step(pool) and len(told) == 2


def test_once_ends_with_one_error_where_the_folder_goes_away(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    dropped(folder, "a")

    def unmounted(place: Path) -> Iterable[Outcome]:
        folder.rename(tmp_path / "away")
        raise PathError("clip.mp4 is not there")

    with pytest.raises(FinishError, match="can't be read"):
        WatchLoop(folder, unmounted, quiet=0).run(threading.Event(), once=True)
    assert not folder.exists()
    (tmp_path / "away").rename(folder)
    assert once(folder, Hand()) == {"a": "done"}, "it was at no fault"


def test_what_changes_or_goes_while_it_is_in_hand_is_not_set_aside(tmp_path: Path) -> None:
    for name in ("late", "gone"):
        dropped(tmp_path, name)
    tries, hand = list[str](), Hand(writes="captions.srt")

    def early(place: Path) -> Iterable[Outcome]:
        tries.append(place.name)
        done = hand(place)
        if tries.count("late") == 2:
            return done
        if place.name == "gone":
            shutil.rmtree(place)
        else:
            (place / "clip.mp4").write_bytes(b"the rest of it")
        raise MediaError("it ends early")

    assert once(tmp_path, early) == {"late": "done"} and tries == ["gone", "late", "late"]


def test_what_is_deleted_while_it_waits_is_forgotten(tmp_path: Path) -> None:
    for name in ("done", "bad"):
        dropped(tmp_path, name)
    once(tmp_path, Hand(bad=("bad",)))
    dropped(tmp_path, "waits")
    watch = WatchLoop(tmp_path, Hand(), quiet=1e9)
    with watch.ledger.alone(), ThreadPoolExecutor(1) as pool:
        assert watch.step(pool) and "waits" in (tmp_path / "status.html").read_text()
        for name in ("done", "waits"):
            shutil.rmtree(tmp_path / name)
        assert not watch.step(pool)
    assert {name: each.state for name, each in WatchLedger(tmp_path).entries.items()} == {
        "done": "done",
        "bad": "failed",
    }
    assert "waits" not in (tmp_path / "status.html").read_text()


def test_what_cannot_be_set_aside_is_not_tried_again_as_it_is(tmp_path: Path) -> None:
    dropped(tmp_path, "a")
    (tmp_path / "failed").write_bytes(b"a file")
    hand = Hand(bad=("a",), writes="captions.srt")
    assert once(tmp_path, hand) == once(tmp_path, hand) == {"a": "failed"} and hand.done == ["a"]


def test_a_state_that_cannot_be_written_is_written_later(tmp_path: Path) -> None:
    dropped(tmp_path, "a")
    (tmp_path / "status.html").mkdir()
    watch = WatchLoop(tmp_path, Hand(), quiet=0)
    with pytest.raises(FinishError, match="can't write to"):
        watch.run(threading.Event(), once=True)
    assert watch.ledger.entries["a"].state == "done", "all the same"
    (tmp_path / "status.html").rmdir()
    with watch.ledger.alone(), ThreadPoolExecutor(1) as pool:
        watch.step(pool)
    assert re.search("Done</dt><dd>1<", (tmp_path / "status.html").read_text())


def _verb(folder: Path, hand: Hand | Refusing, monkeypatch: pytest.MonkeyPatch, *more: str) -> Result:
    monkeypatch.setattr("finish.api.watch_api._finishing", lambda *_: hand)
    return CliRunner().invoke(app, ["watch", str(folder), "--once", "--quiet", "0", *more])


def test_once_counts_only_what_failed_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        dropped(tmp_path, name)
    hand = Hand(bad=("b",))
    assert [_verb(tmp_path, hand, monkeypatch).exit_code for _ in range(2)] == [2, 0]
    dropped(tmp_path, "c")
    away = Refusing(ClusterError, times=2)
    assert [_verb(tmp_path, away, monkeypatch).exit_code for _ in range(3)] == [2, 2, 0], (
        "what waits is not done"
    )


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_name_that_is_no_text_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    name = os.fsdecode(b"a\xff")
    for each in (name, "bad" + name):
        dropped(tmp_path, each)
    hand = Hand(bad=("bad" + name,))
    told = _verb(tmp_path, hand, monkeypatch, *more)
    assert told.exit_code == 2 and "a\\udcff" in told.output, told.output
    assert {key: each.state for key, each in WatchLedger(tmp_path).entries.items()} == {
        name: "done",
        "bad" + name: "failed",
    }


def test_a_folder_that_lies_in_its_template_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the copy would be copied too, and that copy again, until no name is short enough."""
    template = dropped(tmp_path, "template")
    (template / "in").mkdir()
    for folder in (template, template / "in"):
        told = _verb(folder, Hand(), monkeypatch, "--job", str(template))
        assert told.exit_code == 2 and "is in the template" in told.output


def test_a_job_in_a_folder_called_jobs_is_no_clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, template = tmp_path / "jobs", dropped(tmp_path, "template")
    folder.mkdir()
    dropped(folder, "spring")
    (folder / "a.mp4").write_bytes(b"clip")
    monkeypatch.setattr(
        "finish.api.watch_api.load", lambda *_, **__: SimpleNamespace(job=SimpleNamespace(clips={}))
    )
    monkeypatch.setattr("finish.api.watch_api.finishing", lambda *_, **__: [])
    CliRunner().invoke(app, ["watch", str(folder), "--once", "--quiet", "0", "--job", str(template)])
    assert {name: each.state for name, each in WatchLedger(folder).entries.items()} == {
        "spring": "done",
        "a.mp4": "waiting",
    }
    assert "doesn't take a.mp4" in WatchLedger(folder).entries["a.mp4"].message, "its template is to blame"


def test_the_page_shows_names_as_they_are(tmp_path: Path) -> None:
    dropped(tmp_path, "<b>&")
    once(tmp_path, Hand(bad=("<b>&",)))
    text = (tmp_path / "status.html").read_text()
    assert "&lt;b&gt;&amp;" in text and "<b>" not in text and "it is broken" in text
    counts = re.findall("(Failed|Running|Waiting|Done)</dt><dd>([0-9]+)<", text)
    assert counts == [("Failed", "1"), ("Running", "0"), ("Waiting", "0"), ("Done", "0")]
    assert "default-src 'none'" in html("x", []).decode()


@pytest.mark.render
def test_the_verb_finishes_clips_by_a_template(tmp_path: Path) -> None:
    folder, template = tmp_path / "in", tmp_path / "template"
    folder.mkdir()
    template.mkdir()
    (template / "job.yaml").write_text(
        "source: media/*\nsound: {accept: achievable}\nreframe: {follow: centre}\n"
        'deliverables: [{name: "{clip}-t", preset: square}]\n'
    )
    clip(folder / "good.mp4", seconds=1, size="320x180")
    (folder / "bad.mp4").write_bytes(b"no film")
    done = CliRunner().invoke(
        app, ["watch", str(folder), "--job", str(template), "--once", "--quiet", "0", "--json"]
    )
    assert done.exit_code == 2, done.output
    last = {each["name"]: each["state"] for each in map(json.loads, done.output.splitlines())}
    assert last == {"good.mp4": "done", "bad.mp4": "failed"}
    assert (folder / "jobs" / "good.mp4" / "out" / "good-t.mp4").is_file() and (
        folder / "failed" / "bad.mp4.txt"
    ).read_text()
    told = CliRunner().invoke(app, ["watch", str(folder), "--status"])
    assert [line.split()[:2] for line in told.output.splitlines()] == [
        ["failed", "bad.mp4:"],
        ["done", "good.mp4:"],
    ]


def test_a_fault_stops_no_other_engine_that_shares_the_stop() -> None:
    """A batch's jobs share one event, which only a user who stops the run sets."""
    from finish.engine.engine import Engine

    for stop, ends in (
        (ZeroDivisionError(), False),
        (MediaError("x"), False),
        (Interrupted("x"), True),
        (KeyboardInterrupt(), True),
        (GeneratorExit(), True),
    ):
        engine = SimpleNamespace(renderer=SimpleNamespace(cancel=threading.Event()))
        Engine._stop_others(engine, stop)  # type: ignore[arg-type]
        assert engine.renderer.cancel.is_set() is ends, stop
