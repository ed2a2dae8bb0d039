"""Faults of machines and disks around a watched folder: items wait, and are tried again."""

from __future__ import annotations

import errno
import os
import re
import shutil
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from watch_world import Finisher, Refusing, dropped, once, soon, watched_once

from finish.deliver.outcome import Outcome
from finish.errors import TEMPORARY, ClusterError, FinishError, MediaError, PathError
from finish.watch.watch_items import items
from finish.watch.watch_ledger import WatchEntry, WatchLedger
from finish.watch.watch_loop import WatchLoop


@pytest.mark.parametrize("raises", [True, False])
@pytest.mark.parametrize("kind", TEMPORARY)
def test_the_trouble_of_machines_and_disks_is_not_the_item_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[FinishError], raises: bool
) -> None:
    monkeypatch.setattr("finish.watch.watch_loop.PAUSE", 0.0, raising=False)
    dropped(tmp_path, "a")
    finisher = Refusing(kind, raises=raises)
    assert once(tmp_path, finisher) == {"a": "waiting"} and len(finisher.calls) == 1, (
        "with --once it is tried once"
    )
    assert (tmp_path / "a").is_dir() and WatchLedger(tmp_path).entries[
        "a"
    ].message == "nobody there — start it"
    assert "nobody there" in (tmp_path / "status.html").read_text()
    assert once(tmp_path, finisher) == {"a": "done"}


def test_what_was_put_off_is_tried_again_after_longer_and_longer_pauses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("LOOK", 0.02), ("PAUSE", 0.2), ("LONGEST", 0.4)):
        monkeypatch.setattr(f"finish.watch.watch_loop.{name}", value, raising=False)
    dropped(tmp_path, "a")
    finisher, stop, pauses = Refusing(ClusterError, times=3), soon(20), list[float]()

    def tell(entry: WatchEntry) -> None:
        if entry.message:
            pauses.append(watch._retries["a"][1])
        if entry.state == "done":
            stop.set()

    watch = WatchLoop(tmp_path, finisher, quiet=0, tell=tell)
    watch.run(stop)
    assert watch.ledger.entries["a"].state == "done" and pauses == [0.2, 0.4, 0.4]
    assert [
        b - a >= pause for a, b, pause in zip(finisher.calls, finisher.calls[1:], pauses, strict=False)
    ] == [True] * 3


@pytest.mark.parametrize(
    "wrong",
    [OSError(5, "Input/output error", "a.mp4"), OSError(28, "No space left on device"), MemoryError()],
)
def test_what_a_disk_or_the_memory_refuses_is_nobody_s_fault(tmp_path: Path, wrong: Exception) -> None:
    finisher = Finisher()

    def finish(place: Path) -> Iterable[Outcome]:
        if not finisher.done:
            finisher.done.append("tried")
            raise wrong
        return finisher(place)

    dropped(tmp_path, "a")
    watch = WatchLoop(tmp_path, finish, quiet=0)
    watch.run(threading.Event(), once=True)
    assert watch.ledger.entries["a"].state == "waiting" and "Errno" not in watch.ledger.entries["a"].message
    watch = WatchLoop(tmp_path, finish, quiet=0)
    watch.run(threading.Event(), once=True)
    assert watch.ledger.entries["a"].state == "done"


def test_what_cannot_be_read_is_left_out_of_a_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        dropped(tmp_path, name)
    watch, ask = (
        WatchLoop(tmp_path, Finisher(), quiet=1e9),
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
        folder, Finisher(), quiet=1e9, tell=lambda each: told.append(f"{each.name}: {each.message}")
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
    assert once(folder, Finisher()) == {"a": "done"}, "it was at no fault"


def test_what_changes_or_goes_while_it_is_in_hand_is_not_set_aside(tmp_path: Path) -> None:
    for name in ("late", "gone"):
        dropped(tmp_path, name)
    tries, finisher = list[str](), Finisher(writes="captions.srt")

    def early(place: Path) -> Iterable[Outcome]:
        tries.append(place.name)
        done = finisher(place)
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
    once(tmp_path, Finisher(bad=("bad",)))
    dropped(tmp_path, "waits")
    watch = WatchLoop(tmp_path, Finisher(), quiet=1e9)
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
    finisher = Finisher(bad=("a",), writes="captions.srt")
    assert once(tmp_path, finisher) == once(tmp_path, finisher) == {"a": "failed"} and finisher.done == ["a"]


def test_a_state_that_cannot_be_written_is_written_later(tmp_path: Path) -> None:
    dropped(tmp_path, "a")
    (tmp_path / "status.html").mkdir()
    watch = WatchLoop(tmp_path, Finisher(), quiet=0)
    with pytest.raises(FinishError, match="can't write to"):
        watch.run(threading.Event(), once=True)
    assert watch.ledger.entries["a"].state == "done", "all the same"
    (tmp_path / "status.html").rmdir()
    with watch.ledger.alone(), ThreadPoolExecutor(1) as pool:
        watch.step(pool)
    assert re.search("Done</dt><dd>1<", (tmp_path / "status.html").read_text())


def test_once_counts_only_what_failed_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        dropped(tmp_path, name)
    finisher = Finisher(bad=("b",))
    assert [watched_once(tmp_path, finisher, monkeypatch).exit_code for _ in range(2)] == [2, 0]
    dropped(tmp_path, "c")
    away = Refusing(ClusterError, times=2)
    assert [watched_once(tmp_path, away, monkeypatch).exit_code for _ in range(3)] == [2, 2, 0], (
        "what waits is not done"
    )
