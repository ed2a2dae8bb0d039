"""Decisions are written to a readable file and obeyed, until a user resets them or their input changes."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import inside
from render_jobs import folder, heard, walked

import finish
from finish.engine.engine import Engine
from finish.engine.plan import Invalidation
from finish.engine.preview import small

pytestmark = pytest.mark.render

JOB = """\
source: hero.mp4
reframe: {follow: subject, subject: faces}
encode: {picture: {speed: ultrafast}, size: 360x640}
deliverables: [{name: done, preset: tiktok}]
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = folder(tmp_path_factory.mktemp("lock") / "job", JOB)
    walked(finish.load(place).job)
    assert run(place).exit_code == 0
    return place


@pytest.fixture
def job(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "job"))


def run(place: Path, invalidation: Invalidation | None = None) -> finish.Outcome:
    (outcome,) = finish.run(
        finish.load(place).job, **({"invalidation": invalidation} if invalidation else {})
    )
    return outcome


def test_the_lock_says_what_was_decided(made: Path) -> None:
    text = (made / "job.lock.yaml").read_text(encoding="utf-8")
    assert (
        text.startswith("# Decisions that finish made by looking and listening.")
        and "done:\n  reframe:\n    of: " in text
    )
    assert (
        "    - {from: 0.0, start: 0.0, path: [" in text
        and "  sound:\n    of: " in text
        and "    gain: " in text
    )


def test_it_is_obeyed_without_looking_again(job: Path) -> None:
    """The store is gone, and with it the walking face: a new analysis sees a test picture without people."""
    before, lock = (job / "out/done.mp4").read_bytes(), (job / "job.lock.yaml").read_bytes()
    shutil.rmtree(job / ".finish")
    shutil.rmtree(job / "out")
    with heard() as processes:
        assert run(job).exit_code == 0
    assert (job / "out/done.mp4").read_bytes() == before and (job / "job.lock.yaml").read_bytes() == lock
    assert len(processes.sounds) == 1, "the gain is not searched for"


def test_a_new_decision_is_made_on_request_and_the_plan_says_what_it_costs(job: Path) -> None:
    shutil.rmtree(job / ".finish/store")
    loaded = finish.load(job)
    assert "x=cmd:" in finish.plan(loaded.job)
    text = finish.plan(loaded.job, invalidation=Invalidation(("reframe",)))
    assert "no face found: the crop stays in the centre" in text and "  framing: 0.0–2.0 s (piece 1)" in text
    assert run(job, Invalidation(("reframe",))).exit_code == 0
    assert "- {from: 0.0, centre: 0.5}" in (job / "job.lock.yaml").read_text(encoding="utf-8")


def test_a_decision_about_something_else_is_made_anew(job: Path) -> None:
    (job / "job.yaml").write_text(
        JOB.replace("follow: subject", "follow: subject, motion: locked, inside: 0"), encoding="utf-8"
    )
    assert run(job).exit_code == 0
    assert (job / "job.lock.yaml").read_text() != ""
    plan = finish.plan(finish.load(job).job)
    assert "faces in 100 %" in plan


def test_an_edited_decision_holds_and_comments_stay(job: Path) -> None:
    lock = job / "job.lock.yaml"
    lines = lock.read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if "{from: 0.0" in line)
    lines[at] = "    - {from: 0.0, centre: 0.25}  # she stands on the left"
    lock.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert run(job).exit_code == 0
    assert "x=30 " in finish.plan(finish.load(job).job)
    assert lines[at] in lock.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("done: {reframe: [", "job.lock.yaml:1  the lock file can't be read"),
        ("- done", "job.lock.yaml  the lock file can't be read: not a map of deliverables with plain values"),
        (
            "done: {reframe: {of: OF, shots: [{from: 0, centre: 2}]}}",
            "the lock file's values of reframe can't be read: 2 isn't a share",
        ),
        (
            "done: {reframe: {of: OF, shots: []}}",
            "the lock file's values of reframe can't be read: shots must start at 0",
        ),
        (
            "done: {reframe: {of: OF, shots: [{from: nan, centre: 0.5}]}}",
            "the lock file's values of reframe can't be read",
        ),
        (
            "done: {sound: {of: SOUND, gain: 300, limit: null}}",
            "the lock file's values of sound can't be read",
        ),
    ],
)
def test_a_lock_that_is_none_is_one_clear_error(text: str, says: str, job: Path) -> None:
    before = (job / "job.lock.yaml").read_text(encoding="utf-8")
    of = [line.split(": ")[1] for line in before.splitlines() if line.strip().startswith("of: ")]
    (job / "job.lock.yaml").write_text(text.replace("OF", of[0]).replace("SOUND", of[1]), encoding="utf-8")
    done = inside("run", str(job))
    assert done.exit_code == 2 and says in done.output + done.stderr, done.output
    (job / "job.lock.yaml").write_text(before, encoding="utf-8")


def test_an_unknown_stage_to_redecide_is_told(job: Path) -> None:
    done = inside("run", str(job), "--redecide", "refrane")
    assert done.exit_code == 2 and "--redecide refrane: no such stage" in done.stderr


def test_an_emptied_entry_is_decided_anew(job: Path) -> None:
    (job / "job.lock.yaml").write_text("done:\nother: text\n", encoding="utf-8")
    assert run(job).exit_code == 0
    assert "done:\n  reframe:\n    of: " in (job / "job.lock.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [1, 2]\nb: [*a, *a]\n",
        "done: {1: a}\n",
        "done: {sound: {of: SOUND, gain: 1" + "0" * 400 + ", limit: null}}",
        "done: {reframe: {of: OF, shots: [{from: 0, start: 0, path: []}]}}",
        "done: {reframe: {of: OF, shots: [{from: 0, start: .nan, path: [0.5]}]}}",
    ],
    ids=["aliases", "keys", "huge", "no path", "nan"],
)
def test_a_hostile_lock_is_one_clear_error(text: str, job: Path) -> None:
    of = [
        line.split(": ")[1]
        for line in (job / "job.lock.yaml").read_text().splitlines()
        if line.strip().startswith("of: ")
    ]
    (job / "job.lock.yaml").write_text(text.replace("SOUND", of[1]).replace("OF", of[0]), encoding="utf-8")
    done = inside("run", str(job))
    assert done.exit_code == 2 and "the lock file" in done.stderr and "fault" not in done.output, done.output


def test_a_lock_that_leads_elsewhere_is_not_read(job: Path, tmp_path: Path) -> None:
    (job / "job.lock.yaml").unlink()
    (job / "job.lock.yaml").symlink_to("/dev/zero")
    done = inside("run", str(job))
    assert done.exit_code == 2 and "job.lock.yaml" in done.stderr


def test_a_draft_obeys_the_lock_too(job: Path) -> None:
    lock = job / "job.lock.yaml"
    lines = [
        line if "{from: 0.0" not in line else "    - {from: 0.0, centre: 0.25}"
        for line in lock.read_text().splitlines()
    ]
    lock.write_text("\n".join(lines) + "\n")
    job_ = finish.load(job).job
    draft = replace(job_.deliverables[0], delivery=small(job_.deliverables[0].delivery))
    (one,) = Engine(job_, finish.STAGES).plan([draft]).renderings
    assert one.planned.programme.decisions[0].values["shots"] == [{"from": 0.0, "centre": 0.25}]
