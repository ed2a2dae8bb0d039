"""Paths of a job on a real disk: relative to the file that states them, and inside the job folder."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest
from fake_stages import STAGES

from finish import jobspec, resources
from finish.errors import FinishError
from finish.jobspec.asset_library import AssetLibrary
from finish.jobspec.spec_tree import Origin, PlacedText
from finish.media.job_files import JobFiles


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """A job folder beside an agency's folder.

    job/{media/hero.mp4, captions/hero.en.srt, brand/{brand.yaml, own.srt}} and agency/{brand.yaml,
    agency.srt}.
    """
    for name, content in {
        "job/media/hero.mp4": "film",
        "job/captions/hero.en.srt": "words",
        "job/brand/own.srt": "own",
        "job/brand/brand.yaml": "captions: {file: own.srt}\n",
        "agency/agency.srt": "agency",
        "agency/brand.yaml": "captions: {file: agency.srt}\n",
        "secret.srt": "secret",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return tmp_path / "job"


def load(job: Path, lines: str, *allowed: Path) -> jobspec.LoadedJob:
    (job / "job.yaml").write_text(
        f"source: media/hero.mp4\ndeliverables: [{{name: a, preset: tiktok}}]\n{lines}\n"
    )
    return jobspec.load(job, STAGES, partial(JobFiles, allowed=allowed))


def mistakes(job: Path, lines: str) -> list[str]:
    with pytest.raises(FinishError) as wrong:
        load(job, lines)
    return str(wrong.value).splitlines()


def captions(loaded: jobspec.LoadedJob) -> bytes:
    return bytes(loaded.job.deliverables[0].settings["captions"].file.data)  # type: ignore[attr-defined]


def test_a_job_is_its_folder_or_its_file(job: Path) -> None:
    loaded = load(job, "")
    assert loaded.job == jobspec.load(job / "job.yaml", STAGES, JobFiles).job
    assert (loaded.job.folder, loaded.job.deliverables[0].source, loaded.job.name) == (
        job,
        job / "media/hero.mp4",
        "job",
    )


def test_a_path_counts_from_the_file_that_states_it(job: Path) -> None:
    assert captions(load(job, "captions: {file: captions/hero.en.srt}")) == b"words"
    assert captions(load(job, "brand: brand/brand.yaml")) == b"own"
    assert mistakes(job, "captions: {file: own.srt}")[0].startswith(
        'job.yaml:3:18  captions.file: no such file: "own.srt"'
    )


def test_a_brand_may_lie_in_a_library(job: Path) -> None:
    assert (
        captions(load(job, "libraries: [../agency]\nbrand: ../agency/brand.yaml", job.parent / "agency"))
        == b"agency"
    )
    assert mistakes(job, "brand: ../agency/brand.yaml") == [
        (
            'job.yaml:3:8  brand: "../agency/brand.yaml" is outside the job folder — '
            'copy it into the job folder, or add its folder to "libraries"'
        )
    ]
    with pytest.raises(
        FinishError,
        match=r'job.yaml:3:13  libraries\[0\]: "/" contains the job folder — name a folder beside it',
    ):
        load(job, "libraries: [/]", Path("/"))


def test_a_job_opens_no_library_by_itself(job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    agency = (job.parent / "agency").resolve()
    (job / "link").symlink_to("../agency")
    lines = "libraries: [{}]\nbrand: ../agency/brand.yaml"
    how = f"allow it with --allow-library {agency} or FINISH_LIBRARIES={agency}"
    for name in ("../agency", str(agency), "link", "media/../../agency"):
        message = f'"{name}" is outside the job folder, and a job can\'t open other folders by itself — {how}'
        assert f"job.yaml:3:13  libraries[0]: {message}" in mistakes(job, lines.format(name))
        assert captions(load(job, lines.format(name), agency.parent)) == b"agency", (
            "a folder is allowed with all below it"
        )
    for value in (str(agency), f"/nowhere{os.pathsep}{agency.parent}"):
        monkeypatch.setenv("FINISH_LIBRARIES", value)
        assert captions(load(job, lines.format("../agency"))) == b"agency"
    for value in ("", os.pathsep, f"{agency}2", str(agency / "inner")):
        monkeypatch.setenv("FINISH_LIBRARIES", value)
        assert "is outside the job folder" in mistakes(job, lines.format("../agency"))[0]
    assert captions(load(job, "libraries: [brand]\nbrand: brand/brand.yaml")) == b"own", (
        "a folder of the job itself is its own"
    )


@pytest.mark.parametrize(
    "path", ["../secret.srt", "/etc/passwd", "captions/../../secret.srt", "link.srt", "up/secret.srt"]
)
def test_nothing_outside_is_read(job: Path, path: str) -> None:
    (job / "link.srt").symlink_to("../secret.srt")
    (job / "up").symlink_to("..")
    message = (
        f'"{path}" is outside the job folder — copy it into the job folder, or add its folder to "libraries"'
    )
    assert mistakes(job, f"captions: {{file: {path}}}") == [f"job.yaml:3:18  captions.file: {message}"]
    (job / "job.yaml").write_text(f"source: {path}\ndeliverables: [{{name: a, preset: tiktok}}]\n")
    with pytest.raises(FinishError) as wrong:
        jobspec.load(job, STAGES, JobFiles)
    assert str(wrong.value) == f"job.yaml:1:9  source: {message}"


def test_a_brand_cannot_lead_out_either(job: Path) -> None:
    (job / "brand/brand.yaml").write_text("captions: {file: ../../secret.srt}\n")
    assert mistakes(job, "brand: brand/brand.yaml") == [
        'brand/brand.yaml:1:18  captions.file: "../../secret.srt" is outside the job folder — '
        'copy it into the job folder, or add its folder to "libraries"'
    ]


def test_a_missing_source_names_its_nearest_neighbour(job: Path) -> None:
    (job / "job.yaml").write_text("source: media/heor.mp4\ndeliverables: [{name: a, preset: tiktok}]\n")
    with pytest.raises(FinishError) as wrong:
        jobspec.load(job, STAGES, JobFiles)
    assert (
        str(wrong.value)
        == 'job.yaml:1:9  source: no such file: "media/heor.mp4" — did you mean "media/hero.mp4"?'
    )


def test_a_clip_whose_name_looks_like_a_pattern(job: Path) -> None:
    (job / "media/hero [final].mp4").write_bytes(b"")
    (job / "job.yaml").write_text(
        'source: "media/hero [final].mp4"\ndeliverables: [{name: "{clip}", preset: tiktok}]\n'
    )
    (made,) = jobspec.load(job, STAGES, JobFiles).job.deliverables
    assert made.name == "hero-final"


@pytest.mark.parametrize("path", ["nowhere", "nowhere/job.yaml", "media", "a\0b", "\ud800", "x" * 5000])
def test_no_job_there(job: Path, path: str) -> None:
    with pytest.raises(FinishError) as wrong:
        jobspec.load(job / path, STAGES, JobFiles)
    assert (
        wrong.value.code == "path"
        and ("isn't a job: " in str(wrong.value)) is (path == "media")
        and str(wrong.value).startswith("No such file: ") is (path != "media")
        and "\0" not in str(wrong.value)
    )


def test_a_job_that_is_a_loop_or_a_link_out(job: Path, tmp_path: Path) -> None:
    (job / "job.yaml").symlink_to("job.yaml")
    with pytest.raises(FinishError, match="is a link to itself"):
        jobspec.load(job / "job.yaml", STAGES, JobFiles)
    (job / "job.yaml").unlink()
    (job / "job.yaml").symlink_to(tmp_path / "secret.srt")
    with pytest.raises(FinishError, match="is outside the job folder"):
        jobspec.load(job, STAGES, JobFiles)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of looks that holds warm and cool."""
    shelf = tmp_path / "luts"
    shelf.mkdir()
    for name in ("warm", "cool"):
        (shelf / f"{name}.cube").write_text(name)
    packaged = resources.folder
    monkeypatch.setattr(resources, "folder", lambda name: shelf if name == "luts" else packaged(name))
    return shelf


def test_a_bare_name_lies_on_the_shelf_and_a_path_in_the_job(job: Path, shelf: Path) -> None:
    (job / "warm").write_text("a file that is called like a look")
    (job / "own.cube").write_text("own")
    looks = (
        load(job, "colour: {looks: [warm, own.cube, ./warm]}").job.deliverables[0].settings["colour"].looks
    )  # type: ignore[attr-defined]
    assert [look.data for look in looks] == [b"warm", b"own", b"a file that is called like a look"]
    assert looks[0].path == shelf / "warm.cube"


def test_a_look_that_is_not_on_the_shelf(job: Path, shelf: Path) -> None:
    (line,) = mistakes(job, "colour: {looks: [wram]}")
    assert line == 'job.yaml:3:18  colour.looks[0]: unknown look "wram" — did you mean "warm"? (cool, warm)'
    assert mistakes(job, "colour: {looks: [../luts/warm.cube]}")[0].endswith('add its folder to "libraries"')


def test_a_look_is_explained_as_it_was_stated(job: Path, shelf: Path) -> None:
    told = {row.key: row for row in load(job, "colour: {looks: [warm]}").explain("a")}
    assert (told["colour.looks"].value, told["colour.looks"].origin) == ("[warm]", "job.yaml:3")


def test_a_name_without_a_place_counts_from_the_job(job: Path) -> None:
    library = AssetLibrary(JobFiles(job))
    assert library.document("captions/hero.en.srt", "").data == b"words"
    assert library.document(PlacedText("own.srt", Origin("brand.yaml", job / "brand")), "").data == b"own"
