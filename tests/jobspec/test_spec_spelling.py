"""Composed (NFC) and decomposed (NFD) accents are the same name; duplicates are reported."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from fake_stages import STAGES

from finish import jobspec
from finish.errors import FinishError
from finish.media.job_files import JobFiles

NFC, NFD = (unicodedata.normalize(form, "Caf\u00e9 \u00fcber") for form in ("NFC", "NFD"))
JOB = """source: {source}
captions: {{file: {file}}}
clips: {{"{key}": {{sound: {{low: -1}}}}}}
deliverables: [{{name: "{{clip}}-{{lang}}", preset: tiktok, for: {{lang: [en]}}}}]
"""


def filled(job: Path, clip: str, captions: str) -> Path:
    for name, content in (
        (f"media/{clip}.mp4", "film"),
        (f"text {clip}/{captions}.en.srt", "words"),
        ("plain.srt", "plain"),
    ):
        path = job / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return job


def load(job: Path, source: str, file: str, key: str) -> jobspec.LoadedJob:
    (job / "job.yaml").write_text(JOB.format(source=source, file=file, key=key))
    return jobspec.load(job, STAGES, JobFiles)


@pytest.mark.parametrize(("disk", "written"), [(NFC, NFD), (NFD, NFC), (NFC, NFC), (NFD, NFD)])
@pytest.mark.parametrize("source", ["media/{}.mp4", "media/{}*.mp4", "media/*.mp4"])
def test_names_are_compared_in_one_form(tmp_path: Path, disk: str, written: str, source: str) -> None:
    other = NFD if disk == NFC else NFC
    job = filled(tmp_path, disk, other)  # the captions' name is written in the other form
    for file in (f'"text {written}/{{clip}}.{{lang}}.srt"', f'"text {written}/{written}.en.srt"'):
        (made,) = load(job, f'"{source.format(written)}"', file, written).job.deliverables
        assert made.name == "Cafe-uber-en" and made.source == job / f"media/{disk}.mp4"
        assert made.settings["captions"].file.data == b"words"  # type: ignore[attr-defined]
        assert made.settings["sound"].low == -1  # type: ignore[attr-defined]


def test_the_exact_name_comes_first(tmp_path: Path) -> None:
    job = filled(tmp_path, "clip", NFC)
    (job / f"text clip/{NFD}.en.srt").write_text("decomposed")
    for name, content in ((NFC, b"words"), (NFD, b"decomposed")):
        (made,) = load(job, "media/clip.mp4", f'"text clip/{name}.en.srt"', "clip").job.deliverables
        assert made.settings["captions"].file.data == content  # type: ignore[attr-defined]


def refused(job: Path, source: str, file: str, key: str = "clip") -> str:
    with pytest.raises(FinishError) as wrong:
        load(job, source, file, key)
    return str(wrong.value)


def test_two_files_of_one_name_are_told(tmp_path: Path) -> None:
    mixed = NFC[:4] + NFD[5:]
    job = filled(tmp_path, "clip", NFC)
    (job / f"text clip/{NFD}.en.srt").write_text("decomposed")
    message = (
        "exists 2 times, with names that differ only in how accents are encoded (composed, decomposed) — "
        "rename one"
    )
    assert f'captions.file: "{mixed}.en.srt" {message}' in refused(
        job, "media/clip.mp4", f'"text clip/{mixed}.en.srt"'
    )
    for name in (NFC, NFD):
        (job / f"media/{name}.mp4").write_text("film")
    assert message in refused(job, '"media/Ca*.mp4"', "plain.srt", NFC)


def test_nothing_outside_is_listed(tmp_path: Path) -> None:
    filled(tmp_path / "job", "clip", "clip")
    (tmp_path / f"{NFD}.srt").write_text("secret")
    assert "is outside the job folder" in refused(tmp_path / "job", "media/clip.mp4", f'"../{NFC}.srt"')
    assert "unknown clip" in refused(tmp_path / "job", "media/clip.mp4", "plain.srt", NFC)
