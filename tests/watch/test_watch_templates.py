"""A watched folder with a template: each clip becomes a job, and the template is only read."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from clip_files import clip
from typer.testing import CliRunner
from watch_world import Finisher, dropped, once, soon, watched_once

from finish.cli.verbs import app
from finish.deliver.outcome import Outcome
from finish.errors import SpecError
from finish.watch.clip_jobs import job_of
from finish.watch.watch_items import SettleTimer
from finish.watch.watch_ledger import WatchEntry, WatchLedger
from finish.watch.watch_loop import WatchLoop


def test_a_template_makes_a_job_of_a_clip_and_leaves_the_clip(tmp_path: Path) -> None:
    folder, template = tmp_path / "in", tmp_path / "template"
    folder.mkdir()
    for name in ("brand", "out", "media"):
        (template / name).mkdir(parents=True)
        (template / name / "x").write_bytes(b"x")
    (template / "job.yaml").write_text("source: media/*\n")
    (folder / "a b.mp4").write_bytes(b"clip")
    assert once(folder, Finisher(), template) == {"a b.mp4": "done"}
    job = folder / "jobs" / "a b.mp4"
    assert (folder / "a b.mp4").exists() and (job / "media" / "a b.mp4").read_bytes() == b"clip"
    assert (
        (job / "brand" / "x").exists()
        and not (job / "media" / "x").exists()
        and not (job / "out" / "x").exists()
    )


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
    finisher, states, stop = Finisher(), list[str](), soon(20)

    def finish(place: Path) -> Iterable[Outcome]:
        if (place / "job.yaml").read_text() == "deliverables: [":
            raise SpecError("job.yaml:1:16  this list does not end", "write ]")
        return finisher(place)

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
    watch, finisher = WatchLoop(folder, Finisher(), template, quiet=5), Finisher()
    watch._finish, watch._settling = finisher, SettleTimer(5, lambda: now[0])
    with watch.ledger.alone(), ThreadPoolExecutor(1) as pool:
        for time_, text in ((0, "one"), (4, "two"), (6, "two"), (9.5, "two")):
            now[0] = time_
            (template / "job.yaml").write_text(text)
            assert watch.step(pool) and not watch._running, time_
            os.utime(template / "job.yaml", (1e9, 1e9 + (text == "two")))
            watch.step(pool)
        now[0] = 20
        watch.step(pool)
    assert finisher.done == ["a.mp4"]


def test_a_clip_that_is_broken_is_set_aside_although_there_is_a_template(tmp_path: Path) -> None:
    folder, template = tmp_path / "in", dropped(tmp_path, "template")
    folder.mkdir()
    (folder / "a.mp4").write_bytes(b"clip")
    assert once(folder, Finisher(bad=("a.mp4",)), template) == {"a.mp4": "failed"}


def test_a_template_that_lies_in_the_watched_folder_is_no_job(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    template = dropped(folder, "template")
    (folder / "a.mp4").write_bytes(b"clip")
    (tmp_path / "link").symlink_to(template)
    for named in (template, tmp_path / "link", folder / ".." / "in" / "template"):
        assert once(folder, Finisher(), named) == {"a.mp4": "done"}, named


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
        assert once(folder, Finisher(), template) == {"a.mp4": "waiting"}
    assert list((folder / "jobs" / "a.mp4" / "media").iterdir()) == []
    assert once(folder, Finisher(), template) == {"a.mp4": "done"}


def test_a_folder_that_lies_in_its_template_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the copy would be copied too, and that copy again, until no name is short enough."""
    template = dropped(tmp_path, "template")
    (template / "in").mkdir()
    for folder in (template, template / "in"):
        told = watched_once(folder, Finisher(), monkeypatch, "--job", str(template))
        assert told.exit_code == 2 and "is in the template" in told.output


def test_a_job_in_a_folder_called_jobs_is_no_clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, template = tmp_path / "jobs", dropped(tmp_path, "template")
    folder.mkdir()
    dropped(folder, "spring")
    (folder / "a.mp4").write_bytes(b"clip")
    monkeypatch.setattr(
        "finish.api.watch_api.load",
        lambda *_, **__: SimpleNamespace(job=SimpleNamespace(clips={}, deliverables=())),
    )
    monkeypatch.setattr("finish.api.watch_api.finishing", lambda *_, **__: [])
    CliRunner().invoke(app, ["watch", str(folder), "--once", "--quiet", "0", "--job", str(template)])
    assert {name: each.state for name, each in WatchLedger(folder).entries.items()} == {
        "spring": "done",
        "a.mp4": "waiting",
    }
    assert "doesn't take a.mp4" in WatchLedger(folder).entries["a.mp4"].message, "its template is to blame"


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
