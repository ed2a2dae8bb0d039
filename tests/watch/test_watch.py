"""A watched folder: each file is finished once, after it stops growing; failures are set aside.

Restarts lose and repeat nothing.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner
from watch_world import Finisher, dropped, once, soon, watched_once

from finish.cli.verbs import app
from finish.deliver.outcome import Outcome
from finish.errors import FinishError, Interrupted, MediaError
from finish.watch.watch_items import SettleTimer, items
from finish.watch.watch_ledger import WatchLedger
from finish.watch.watch_loop import WatchLoop
from finish.watch.watch_page import html


def test_a_job_is_finished_once_over_restarts(tmp_path: Path) -> None:
    dropped(tmp_path, "one")
    finisher = Finisher(writes="captions.srt")
    opened_before = WatchLoop(tmp_path, finisher, quiet=0)
    assert once(tmp_path, finisher) == {"one": "done"} and once(tmp_path, finisher) == {"one": "done"}
    opened_before.run(threading.Event(), once=True)
    assert finisher.done == ["one"], "what finishing wrote makes it no other job"
    (tmp_path / "one" / "job.yaml").write_text("source: clip.mp4\n# changed\n")
    assert once(tmp_path, finisher) == {"one": "done"} and finisher.done == ["one", "one"], "a revision"
    (tmp_path / "one" / "captions.srt").write_text("mended by hand")
    once(tmp_path, finisher)
    assert len(finisher.done) == 3


def test_what_fails_is_set_aside_with_its_message_and_stops_nobody(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        dropped(tmp_path, name)
    finisher = Finisher(bad=("b",))
    assert once(tmp_path, finisher) == {"a": "done", "b": "failed", "c": "done"}
    assert (tmp_path / "failed" / "b" / "clip.mp4").read_bytes() == b"clip" and not (tmp_path / "b").exists()
    assert (tmp_path / "failed" / "b.txt").read_text() == "a: it is broken — copy it again\n"
    dropped(tmp_path, "b")
    assert once(tmp_path, finisher)["b"] == "failed" and (tmp_path / "failed" / "b-2").is_dir(), (
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
    watch = WatchLoop(tmp_path, Finisher(), quiet=0)
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
    told, finisher = list[str](), Finisher()
    WatchLoop(tmp_path, finisher, quiet=1e9, tell=lambda each: told.append(each.state)).run(soon())
    assert told == ["waiting"] and WatchLedger(tmp_path).entries["a"].state == "waiting", (
        "a restart says at once that it waits"
    )
    assert once(tmp_path, finisher) == {"a": "done"} and finisher.done == ["a"]


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
        assert once(folder, Finisher(), template) == {"a.mp4": "waiting"}
        assert f"{link} leads outside in" in WatchLedger(folder).entries["a.mp4"].message
    else:
        with pytest.raises(FinishError, match=f"{link} leads outside in"):
            once(folder, Finisher(), template)
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
    assert once(tmp_path, finisher := Finisher()) == {"a": "done"} and finisher.done == ["a"]


def test_hidden_things_links_and_other_files_are_no_items(tmp_path: Path) -> None:
    dropped(tmp_path, "job")
    for name in (".hidden.mp4", "clip.mp4.part", "notes.txt", "-a [b] %s.MOV"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "link.mp4").symlink_to("/etc/passwd")
    assert [item.name for item in items(tmp_path, tmp_path / "elsewhere")] == ["-a [b] %s.MOV", "job"]
    assert [item.name for item in items(tmp_path, None)] == ["job"]


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_name_that_is_no_text_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    name = os.fsdecode(b"a\xff")
    for each in (name, "bad" + name):
        dropped(tmp_path, each)
    finisher = Finisher(bad=("bad" + name,))
    told = watched_once(tmp_path, finisher, monkeypatch, *more)
    assert told.exit_code == 2 and "a\\udcff" in told.output, told.output
    assert {key: each.state for key, each in WatchLedger(tmp_path).entries.items()} == {
        name: "done",
        "bad" + name: "failed",
    }


def test_the_page_shows_names_as_they_are(tmp_path: Path) -> None:
    dropped(tmp_path, "<b>&")
    once(tmp_path, Finisher(bad=("<b>&",)))
    text = (tmp_path / "status.html").read_text()
    assert "&lt;b&gt;&amp;" in text and "<b>" not in text and "it is broken" in text
    counts = re.findall("(Failed|Running|Waiting|Done)</dt><dd>([0-9]+)<", text)
    assert counts == [("Failed", "1"), ("Running", "0"), ("Waiting", "0"), ("Done", "0")]
    assert "default-src 'none'" in html("x", []).decode()


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
