"""What a job may read, on a real disk: inside its folder and libraries, regular files, of limited size."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from finish.media import job_files, job_folder
from finish.media.job_files import JobFiles


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """job/{media/hero.mp4, captions/hero.en.srt, brand/}, secret.txt, and shared/logo.png beside it."""
    job = tmp_path / "job"
    for folder in ("media", "captions", "brand"):
        (job / folder).mkdir(parents=True)
    (job / "media/hero.mp4").write_bytes(b"film")
    (job / "captions/hero.en.srt").write_bytes(b"words")
    (tmp_path / "secret.txt").write_bytes(b"secret")
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/logo.png").write_bytes(b"logo")
    return job


def refusal(folder: JobFiles, name: str, base: Path | None = None) -> str:
    with pytest.raises(ValueError) as wrong:
        folder.document(name, base or folder.root)
    return str(wrong.value)


OUT = 'is outside the job folder — copy it into the job folder, or add its folder to "libraries"'


def test_a_path_counts_from_its_base(job: Path) -> None:
    folder = JobFiles(job)
    assert folder.document("captions/hero.en.srt", job).data == b"words"
    assert folder.document("../captions/hero.en.srt", job / "brand").path == job / "captions/hero.en.srt"
    assert folder.find("media/./hero.mp4", job) == job / "media/hero.mp4"
    assert folder.find(str(job / "media/hero.mp4"), job) == job / "media/hero.mp4"


@pytest.mark.parametrize(
    "name",
    ["../secret.txt", "/etc/passwd", "media/../../secret.txt", "..", "/", "/dev/zero", "../nothing-there"],
)
def test_paths_that_lead_out(job: Path, name: str) -> None:
    assert refusal(JobFiles(job), name) == f'"{name}" {OUT}'


def test_links_are_judged_by_where_they_end(job: Path, tmp_path: Path) -> None:
    (job / "out.srt").symlink_to(tmp_path / "secret.txt")
    (job / "up").symlink_to(tmp_path)
    (job / "in.srt").symlink_to("captions/hero.en.srt")
    folder = JobFiles(job)
    assert refusal(folder, "out.srt") == f'"out.srt" {OUT}'
    assert refusal(folder, "up/secret.txt") == f'"up/secret.txt" {OUT}'
    assert folder.document("in.srt", job).data == b"words"
    # The job folder itself may be reached through a link.
    assert JobFiles(tmp_path / "job/up/job").root == job


def test_links_that_go_in_circles(job: Path) -> None:
    (job / "a").symlink_to("b")
    (job / "b").symlink_to("a")
    (job / "self").symlink_to("self")
    assert refusal(JobFiles(job), "a") == '"a" is a link to itself — replace it with the file'
    assert (
        refusal(JobFiles(job), "self/x.srt") == '"self/x.srt" is a link to itself — replace it with the file'
    )


def test_what_is_no_file(job: Path) -> None:
    os.mkfifo(job / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(job / "s"))
        assert refusal(JobFiles(job), "pipe") == '"pipe" is a pipe — name a file'
        assert refusal(JobFiles(job), "s") == '"s" is a socket — name a file'
    assert refusal(JobFiles(job), "media") == '"media" is a folder — name a file'
    assert refusal(JobFiles(job), "") == "the file name is empty — name a file"
    assert refusal(JobFiles(job), "a\0b") == '"a\\x00b" contains a NUL character — remove it'
    assert (
        refusal(JobFiles(job), "\ud800")
        == "\"\\ud800\" can't be a file name: it contains characters that a file name can't have"
    )
    assert refusal(JobFiles(job), "x" * 300).endswith("can't be read: file name too long")


def test_a_pipe_that_takes_a_files_place_is_not_waited_for(
    job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(job / "pipe")
    monkeypatch.setattr(JobFiles, "find", lambda self, name, base: job / name)
    assert refusal(JobFiles(job), "pipe") == '"pipe" is a pipe — name a file'
    (job / "link").symlink_to("pipe")
    assert refusal(JobFiles(job), "link") == '"link" can\'t be read: too many levels of symbolic links'


def test_a_missing_file_names_its_nearest_neighbour(job: Path) -> None:
    folder = JobFiles(job)
    assert (
        refusal(folder, "media/heor.mp4") == 'no such file: "media/heor.mp4" — did you mean "media/hero.mp4"?'
    )
    assert (
        refusal(folder, "medai/hero.mp4") == 'no such file: "medai/hero.mp4" — did you mean "media/hero.mp4"?'
    )
    assert refusal(folder, "../captoins/hero.en.srt", job / "brand").endswith(
        'did you mean "../captions/hero.en.srt"?'
    )
    assert (
        refusal(folder, "zzz.mp4")
        == 'no such file: "zzz.mp4" — paths are relative to the folder of the file that states them'
    )
    assert refusal(folder, "media/hero.mp4/x").startswith('no such file: "media/hero.mp4/x"')


def test_no_name_from_outside_is_suggested(job: Path, tmp_path: Path) -> None:
    (job / "up").symlink_to(tmp_path)
    assert "secret" not in refusal(JobFiles(job), "up/secre.txt")
    assert "secret" not in refusal(JobFiles(job), "../secre.txt")
    assert "did you mean" not in refusal(JobFiles(job), "upp/secret.txt")


def test_no_folder_outside_is_listed(job: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (job / "up").symlink_to(tmp_path)
    listed, names = [], job_folder._names
    monkeypatch.setattr(job_folder, "_names", lambda folder: listed.append(folder) or names(folder))
    refusal(JobFiles(job), "upp/job/medai/hero.mp4")
    refusal(JobFiles(job), "../job/media/heor.mp4")
    assert set(listed) == {job, job / "media"}


def test_a_file_that_may_not_be_read(job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may read everything
    assert (
        refusal(JobFiles(job), "media/hero.mp4")
        == 'no permission to read "media/hero.mp4" — change its permissions'
    )


def test_a_document_has_a_bound(job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_files, "DOCUMENT_BYTES", 2**20)
    (job / "whole").write_bytes(b"x" * 2**20)
    (job / "more").write_bytes(b"x" * (2**20 + 1))
    assert len(JobFiles(job).document("whole", job).data) == 2**20
    assert (
        refusal(JobFiles(job), "more")
        == '"more" is larger than 1 MB — captions, looks and styles must be smaller'
    )
    assert JobFiles(job).find("more", job) == job / "more"  # a clip may have any size


def test_libraries_are_read_too(job: Path, tmp_path: Path) -> None:
    folder = JobFiles(job, allowed=(job.parent,)).library("../shared", job)
    assert folder.document("../shared/logo.png", job).data == b"logo"
    assert folder.document("logo.png", tmp_path / "shared").data == b"logo"
    assert refusal(folder, "../secret.txt") == f'"../secret.txt" {OUT}'
    assert (
        refusal(folder, "../shared/lego.png")
        == 'no such file: "../shared/lego.png" — did you mean "../shared/logo.png"?'
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("/", '"/" contains the job folder — name a folder beside it'),
        ("..", '".." contains the job folder — name a folder beside it'),
        (".", '"." contains the job folder — name a folder beside it'),
        ("../secret.txt", '"../secret.txt" isn\'t a folder — a library must be a folder'),
        ("../nowhere", 'no such folder: "../nowhere" — name an existing folder as a library'),
        ("a\0", '"a\\x00" contains a NUL character — remove it'),
    ],
)
def test_what_is_no_library(job: Path, name: str, message: str) -> None:
    with pytest.raises(ValueError) as wrong:
        JobFiles(job, allowed=(Path("/"),)).library(name, job)
    assert str(wrong.value) == message


def test_reading_a_spec_imports_no_reader_of_media() -> None:
    heavy = ("av", "numpy", "pydantic", "finish.media.probe", "finish.storage.download_cache")
    code = f"import sys, finish.media.job_files; print(sorted(sys.modules.keys() & set({heavy})))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"
