"""What a job was first published with is recorded, kept, compared, and replaced only on request."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from command_line import files, inside
from render_jobs import folder

import finish
from finish import resources
from finish.deliver.approval_record import analyser_versions
from finish.jobspec.presets import packaged_preset
from finish.jobspec.setting_defaults import setting_defaults

pytestmark = pytest.mark.render

JOB = """\
source: hero.mp4
captions: {file: hero.en.srt, lang: en, style: boxed}
colour: {looks: [warm]}
encode: {picture: {speed: ultrafast}, size: 360x640}
deliverables: [{name: done, preset: tiktok}]
"""
NAME = "job.approved.yaml"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = folder(tmp_path_factory.mktemp("upgrade") / "job", JOB)
    assert inside("run", str(place)).exit_code == 0
    return place


@pytest.fixture
def job(published: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(published, tmp_path / "job", copy_function=shutil.copy2))


def notes(place: Path) -> list[str]:
    """The codes of the notes of the plan."""
    lines = inside("plan", str(place), "--json").stdout.splitlines()
    return [note["code"] for line in lines for note in json.loads(line).get("notes", [])]


def rewrite(place: Path, *changes: tuple[str, str]) -> None:
    """Change the approval, as if a version of finish with other values had written it."""
    text = (place / NAME).read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (place / NAME).write_text(text)


def test_the_first_publication_is_recorded(published: Path) -> None:
    approval = finish.load(published).job.approval
    assert approval is not None
    assert approval.presets == {"tiktok": packaged_preset("tiktok").text}
    assert approval.styles == {"boxed": resources.entry("styles", "boxed").read_text()}
    assert list(approval.looks) == ["warm"] and approval.analysers == analyser_versions()
    assert approval.defaults == setting_defaults(finish.STAGES)


def test_a_second_run_changes_nothing(job: Path) -> None:
    before = files(job)
    assert inside("run", str(job), "--verify").exit_code == 0
    after = files(job)
    assert {name for name in before if before[name] != after.get(name)} <= {"out/manifest.json"}


def test_what_is_recorded_is_used_and_said(job: Path) -> None:
    rewrite(job, ("bottom: 480", "bottom: 300"))
    plan = inside("plan", str(job)).stdout
    assert (
        "kept from the first publication (finish 0.1.0): preset tiktok — to compare: finish upgrade JOB"
        in plan
    )
    assert "delivery.safe.bottom" in inside("upgrade", str(job)).stdout


def test_upgrade_shows_both_and_changes_nothing(job: Path) -> None:
    rewrite(job, ('colour: "#FFFFFF"', 'colour: "#FFEE00"'))
    before = files(job)
    done = inside("upgrade", str(job))
    assert done.exit_code == 0
    assert '    style boxed: colour: "#FFEE00" → colour: "#FFFFFF"' in done.stdout
    assert "  done: 1 of 1 piece to render" in done.stdout
    page = (job / "out/upgrade.html").read_text()
    assert (
        page.count("<img") == 4
        and page.count("<figcaption>Approved · ") == 2
        and "Largest mean difference" in page
    )
    after = {name: digest for name, digest in files(job).items() if not name.startswith(".finish/")}
    after.pop("out/upgrade.html")
    assert after == {name: digest for name, digest in before.items() if not name.startswith(".finish/")}


def test_yes_replaces_it(job: Path) -> None:
    recorded = (job / NAME).read_text()
    rewrite(job, ("bottom: 480", "bottom: 300"))
    assert inside("upgrade", str(job), "--yes").exit_code == 0
    assert (job / NAME).read_text() == recorded
    assert "kept-as-approved" not in notes(job)
    assert inside("upgrade", str(job)).stdout.splitlines()[1:] == ["  done: no change"]


def test_the_decisions_of_a_stage_go_on_request(job: Path) -> None:
    assert inside("upgrade", str(job), "--yes", "--redecide", "sound").exit_code == 0
    assert "sound:" not in (job / "job.lock.yaml").read_text()


def test_yes_takes_no_names(job: Path) -> None:
    done = inside("upgrade", str(job), "done", "--yes")
    assert done.exit_code == 2 and "--yes upgrades a whole job" in done.stderr


@pytest.mark.parametrize("options", [(), ("--yes",)])
def test_a_job_that_is_not_published_has_no_approval(options: tuple[str, ...], tmp_path: Path) -> None:
    done = inside("upgrade", str(folder(tmp_path / "job", JOB)), *options)
    assert done.exit_code == 2 and "has no approval — publish it first: finish run JOB" in done.stderr


def test_new_names_are_added(job: Path) -> None:
    rewrite(job, ("bottom: 480", "bottom: 300"))
    (job / "job.yaml").write_text(f"{JOB.rstrip()[:-1]}, {{name: wide, preset: youtube}}]\n")
    assert inside("run", str(job)).exit_code == 0
    approval = finish.load(job).job.approval
    assert approval is not None and list(approval.presets) == ["tiktok", "youtube"]
    assert "bottom: 300" in approval.presets["tiktok"]


def test_which_deliverables_are_planned_makes_no_difference(tmp_path: Path) -> None:
    """A grade is moved behind a crop only where no other deliverable shares it."""
    job = folder(
        tmp_path / "job",
        "source: hero.mp4\ncolour: {looks: [warm]}\nencode: {picture: {speed: ultrafast}}\ndeliverables:\n"
        "  - {name: wide, preset: youtube, encode: {size: 320x180}}\n"
        "  - {name: tall, preset: tiktok, encode: {size: 360x640}}\n",
    )
    assert inside("run", str(job)).exit_code == 0
    assert "changed-since-approval" not in inside("plan", str(job), "tall", "--json").stdout
    assert "changed-since-approval" not in inside("run", str(job), "tall", "--draft", "--json").stdout


def test_an_upgrade_that_was_taken_is_no_change_of_code(job: Path) -> None:
    rewrite(job, ("captions.position: auto", "captions.position: top"))
    (job / "job.yaml").write_text(JOB.replace("preset: tiktok", "preset: youtube"))
    assert inside("run", str(job)).exit_code == 0
    assert inside("upgrade", str(job), "--yes").exit_code == 0
    assert notes(job) and not {"changed-since-approval", "kept-as-approved"} & set(notes(job))


def test_what_a_plan_reports_of_the_published_file_is_not_recorded(job: Path) -> None:
    rewrite(job, ("bottom: 480", "bottom: 300"))
    assert "kept-as-approved" in notes(job)
    assert inside("run", str(job)).exit_code == 0
    recorded = json.loads((job / "out/manifest.json").read_text())["deliverables"]["done"]["notes"]
    assert recorded and "kept-as-approved" not in {note["code"] for note in recorded}


def test_two_runs_add_to_one_record(tmp_path: Path) -> None:
    spec = f"{JOB.rstrip()[:-1]}, {{name: wide, preset: youtube}}]\n"
    place = folder(tmp_path / "job", spec)
    first, second = finish.load(place), finish.load(place, approved=False)
    assert all(outcome.exit_code == 0 for outcome in finish.run(first, ["done"]))
    assert all(outcome.exit_code == 0 for outcome in finish.run(second, ["wide"]))
    approval = finish.load(place).job.approval
    assert approval is not None and list(approval.presets) == ["tiktok", "youtube"]


def test_a_record_that_is_gone_is_written_again(job: Path) -> None:
    (job / NAME).unlink()
    assert inside("run", str(job)).exit_code == 0 and (job / NAME).is_file()


def test_the_page_replaces_no_other_file(job: Path) -> None:
    before = (job / "job.yaml").read_bytes()
    done = inside("upgrade", str(job), "-o", str(job / "job.yaml"))
    assert done.exit_code == 2 and "job.yaml isn't a web page" in done.stderr
    assert (job / "job.yaml").read_bytes() == before


def test_another_ffmpeg_is_reported(job: Path) -> None:
    manifest = job / "out/manifest.json"
    manifest.write_text(re.sub(r'"ffmpeg": "[^"]*"', '"ffmpeg": "n8.0"', manifest.read_text()))
    assert "the encoding differs from the published file" in inside("plan", str(job)).stdout


def test_other_code_is_reported(job: Path) -> None:
    """The published file is of another plan, although the job and its decisions are the same."""
    manifest = job / "out/manifest.json"
    document = json.loads(manifest.read_text())
    streams = document["deliverables"]["done"]["approved"]
    streams["picture"], streams["finish"] = "another", "0.0.9"
    manifest.write_text(json.dumps(document))
    plan = inside("plan", str(job)).stdout
    assert (
        "the picture differs from the published file, although the job spec, its files, and its decisions"
        in plan
    )
    assert "published with finish 0.0.9, now finish 0.1.0" in plan


def test_another_job_spec_is_no_other_code(job: Path) -> None:
    (job / "job.yaml").write_text(JOB.replace("[warm]", "[cool]"))
    assert "changed-since-approval" not in notes(job)


def test_neither_is_another_file(job: Path) -> None:
    (job / "hero.en.srt").write_text((job / "hero.en.srt").read_text().replace("goodbye", "good day"))
    assert "changed-since-approval" not in notes(job)


def test_a_link_out_of_the_job_is_not_followed(job: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("version: 1\nfinish: 0.1.0\n")
    (job / NAME).unlink()
    os.symlink(tmp_path / "secret.yaml", job / NAME)
    done = inside("validate", str(job))
    assert done.exit_code == 2 and "job.approved.yaml" in done.stderr


def test_one_clip_without_a_job_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder(tmp_path / "clips", JOB)
    (tmp_path / "clips/job.yaml").unlink()
    monkeypatch.chdir(tmp_path / "clips")
    assert inside("run", "hero.mp4", "--for", "youtube").exit_code == 0
    assert not list((tmp_path / "clips").glob("*approved*"))
