"""A repeated command is answered from its record only while everything behind the answer is unchanged."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from finish.cli import recognition
from finish.cli.recognition import Observation, folder_state, repeated

COMMAND = ["validate", "."]
LINES = [("out", ".: 1 deliverable valid\n"), ("err", "a note\n")]


@pytest.fixture(autouse=True)
def job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A job folder in which everything counts as settled, with its own cache."""
    folder = tmp_path / "job"
    (folder / "media").mkdir(parents=True)
    (folder / ".finish").mkdir()
    (folder / "job.yaml").write_text("source: media/a.mp4\n")
    (folder / "media/a.mp4").write_bytes(b"clip")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(recognition, "_SETTLED_NS", -1)
    monkeypatch.setattr(recognition, "_programs", lambda ffmpeg: f"programs {ffmpeg}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def answered(*, between: Callable[[], object] = lambda: None) -> int | None:
    """What a second command answers after a first one was recorded."""
    assert repeated(COMMAND) is None
    Observation.of(["."]).keep(LINES)
    between()
    return repeated(COMMAND)


def test_an_unchanged_command_is_repeated_word_for_word(capsys: pytest.CaptureFixture[str]) -> None:
    assert answered() == 0
    assert capsys.readouterr() == (LINES[0][1], LINES[1][1])


CHANGES: dict[str, Callable[[Path], object]] = {
    "a file's content": lambda job: (job / "job.yaml").write_text("source: media/b.mp4\n"),
    "a clip of the same length": lambda job: (job / "media/a.mp4").write_bytes(b"CLIP"),
    "a clip more": lambda job: (job / "media/b.mp4").touch(),
    "a clip fewer": lambda job: (job / "media/a.mp4").unlink(),
    "another name": lambda job: (job / "media/a.mp4").rename(job / "media/c.mp4"),
    "a right": lambda job: (job / "media/a.mp4").chmod(0o600),
    "a result": lambda job: ((job / "out").mkdir(), (job / "out/a.mp4").touch()),
    "a time that was set back": lambda job: os.utime(job / "media/a.mp4", (0, 0)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_of_the_folder_is_seen(change: str, job: Path) -> None:
    assert answered(between=lambda: (time.sleep(0.02), CHANGES[change](job))) is None


def test_what_can_be_deleted_at_any_time_is_no_change(job: Path) -> None:
    assert answered(between=(job / ".finish/facts").touch) == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda patch: patch.setattr(recognition, "_programs", lambda ffmpeg: "others"),
        lambda patch: patch.setenv("FINISH_LIBRARIES", "/tmp"),
        lambda patch: patch.chdir(".."),
        lambda patch: patch.setattr(recognition.time, "strftime", lambda _: "tomorrow"),
        lambda patch: patch.setenv("FINISH_DEBUG", "1"),
    ],
    ids=["programs", "environment", "folder", "day", "debug"],
)
def test_what_else_an_answer_rests_on(
    change: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert answered(between=lambda: change(monkeypatch)) is None


def test_an_answer_can_rest_on_the_programs_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert repeated(["presets"]) is None
    Observation({}).keep(LINES)
    assert repeated(["presets"]) == 0
    monkeypatch.setattr(recognition, "_programs", lambda ffmpeg: "others")
    assert repeated(["presets"]) is None


def test_other_words_are_another_command() -> None:
    answered()
    assert repeated([*COMMAND, "--only", "a"]) is None and repeated(["plan", "."]) is None


def test_a_change_while_it_ran_is_not_kept(job: Path) -> None:
    assert repeated(COMMAND) is None
    observed = Observation.of(["."])
    (job / "job.yaml").write_text("source: media/changed.mp4\n")
    observed.keep(LINES)
    assert repeated(COMMAND) is None


def test_a_file_that_has_only_just_changed_tells_nothing(job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognition, "_SETTLED_NS", 2 * 10**9)
    assert folder_state(job) == "" and answered() is None


def test_links_count_by_what_they_lead_to(job: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.mp4"
    target.write_bytes(b"clip")
    (job / "media/b.mp4").symlink_to(target)
    before = folder_state(job)
    target.write_bytes(b"another")
    assert before and folder_state(job) not in (before, "")
    (job / "more").symlink_to(tmp_path)
    assert folder_state(job) == "", "a linked folder is not looked into"


def test_a_harmed_record_is_as_good_as_none(tmp_path: Path) -> None:
    answered()
    (record,) = (tmp_path / "cache/finish/answers").iterdir()
    for text in ("", "[]", '{"folders": 1}', "[" * 100_000):
        record.write_text(text)
        assert repeated(COMMAND) is None


def test_only_a_process_that_is_a_command_keeps_answers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(recognition, "_arguments", None)
    Observation.of(["."]).keep(LINES)
    assert not (tmp_path / "cache").exists()
