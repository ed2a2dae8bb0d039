"""A new job folder loads whatever the clip's name, and holds every file that it was given."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finish import jobspec, resources
from finish.errors import FinishError
from finish.media.job_files import JobFiles
from finish.stages import STAGES
from finish.storage.new_job import gather, new_job

BOTH = ("tiktok", "youtube")


def made(folder: Path, name: str, presets: tuple[str, ...] = BOTH) -> jobspec.LoadedJob:
    """The job that a clip of that name becomes, loaded."""
    clips = folder / "clips"
    clips.mkdir(exist_ok=True)
    clip = clips / name
    clip.write_bytes(b"film")
    new_job(folder / "job", clip, presets)
    return jobspec.load(folder / "job", STAGES, JobFiles)


NAMES = [
    "hero.mp4",
    "my clip.mp4",
    "we ird, [x]: it's;100%.mp4",
    "-dash.mp4",
    "a: b #c.mp4",
    "{clip}.mp4",
    "{0}.mp4",
    "'.mp4",
    '".mp4',
    '"\'\\".mp4',
    "\\n.mp4",
    "日本.mp4",
    "héro 🎬.mp4",
    "a\nsource: b.mp4",
    "a\n\n}.mp4",
    "\t.mp4",
    " .mp4",
    " a.mp4 ",
    "a\x7f\x85\u2028\ufeffb.mp4",
    "&a *b !c.mp4",
    "%TAG.mp4",
    "no",
    "12",
    ".mp4",
    "a\x01.mp4",
]


@pytest.mark.parametrize("name", NAMES)
def test_whatever_the_clip_is_called_the_job_loads(name: str, tmp_path: Path) -> None:
    job = made(tmp_path, name).job
    assert (
        job.deliverables[0].source == tmp_path / "job" / "media" / name
        and job.deliverables[0].source.read_bytes() == b"film"
    )
    assert [deliverable.name.rpartition("-")[2] for deliverable in job.deliverables] == list(BOTH)


@pytest.mark.parametrize("name", NAMES)
def test_the_captions_line_is_right_once_its_sign_is_taken_away(name: str, tmp_path: Path) -> None:
    made(tmp_path, name)
    file = tmp_path / "job" / "job.yaml"
    captions = tmp_path / "job" / "captions" / f"{Path(name).stem}.en.srt"
    captions.write_text("1\n00:00:00,000 --> 00:00:01,000\nhello\n")
    file.write_text(file.read_text(encoding="utf-8").replace("# captions:", "captions:"), encoding="utf-8")
    job = jobspec.load(tmp_path / "job", STAGES, JobFiles).job
    asked: Any = job.deliverables[0].settings["captions"]
    assert asked.file.path == captions


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text(
        st.characters(blacklist_characters="/\0", blacklist_categories=["Cs"]), min_size=1, max_size=40
    ).filter(lambda name: name not in (".", ".."))
)
def test_any_name_loads(name: str, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "job", ignore_errors=True)
    assert made(tmp_path, name).job.deliverables[0].source.name == name


def refused(folder: Path, clip: Path | None = None, presets: tuple[str, ...] = BOTH) -> FinishError:
    with pytest.raises(FinishError) as wrong:
        new_job(folder, clip, presets)
    return wrong.value


def test_a_name_that_is_no_unicode_is_refused(tmp_path: Path) -> None:
    """No job spec can spell this name; the error comes before anything is made."""
    clip = tmp_path / "h\udcffro.mp4"
    clip.write_bytes(b"film")
    assert (refused(tmp_path / "job", clip).code, (tmp_path / "job").exists()) == ("path", False)


def test_spaces_around_names_and_a_name_said_twice(tmp_path: Path) -> None:
    job = made(tmp_path, "hero.mp4", (" youtube", "tiktok ", "youtube")).job
    assert [deliverable.name for deliverable in job.deliverables] == ["hero-youtube", "hero-tiktok"]


def test_an_unknown_preset_is_refused_with_a_near_miss(tmp_path: Path) -> None:
    wrong = refused(tmp_path / "job", presets=("youtube", "tiktk", "zzz"))
    assert wrong.code == "spec"
    known = ", ".join(resources.names("presets"))
    assert str(wrong).splitlines() == [
        f'unknown preset: "tiktk" — did you mean "tiktok"? ({known})',
        f'unknown preset: "zzz" — use one of: {known}',
    ]
    assert refused(tmp_path / "job", presets=("",)).message == 'unknown preset: ""'
    assert "\x1b" not in str(refused(tmp_path / "job", presets=("\x1b[31m",)))
    assert not (tmp_path / "job").exists()


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    base = tmp_path / "base.mp4"
    base.write_bytes(b"film")
    for folder in (base, base / "job"):
        wrong = refused(folder)
        assert (wrong.code, wrong.hint) == ("path", "name a new folder") and "base.mp4" in wrong.message
    assert base.read_bytes() == b"film"


def test_a_folder_that_holds_something_or_has_no_possible_name(tmp_path: Path) -> None:
    (tmp_path / "job").mkdir()
    (tmp_path / "job" / "mine").touch()
    assert "isn't empty" in refused(tmp_path / "job").message
    assert refused(tmp_path / ("x" * 300)).code == "path"
    assert refused(tmp_path / "new", tmp_path / ("x" * 300)).code == "path"
    assert refused(tmp_path / "new", tmp_path).code == "path"
    assert [path.name for path in tmp_path.iterdir()] == ["job"]


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    (tmp_path / "job").mkdir()
    assert [path.name for path in new_job(tmp_path / "job", None, BOTH)] == [
        "job.yaml",
        "Makefile",
        ".gitignore",
    ]


@pytest.mark.parametrize("python", ["/opt/my tools/$(pwd)/it's #1/python", "/usr/bin/python3"])
def test_the_makefile_names_this_python_wherever_it_lies(
    python: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not shutil.which("make"):
        pytest.skip("needs make")
    monkeypatch.setattr(sys, "executable", python)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")  # without an installed finish
    new_job(tmp_path / "job", None, BOTH)
    told = subprocess.run(
        ["make", "-n", "-C", str(tmp_path / "job"), "plan"], capture_output=True, text=True, check=True
    ).stdout
    words = subprocess.run(
        [
            "sh",
            "-c",
            next(line for line in told.splitlines() if "finish" in line)
            .replace("'/opt", "printf '%s\n' '/opt")
            .replace("/usr", "printf '%s\n' /usr"),
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert words.splitlines() == [python, "-m", "finish", "plan", "."]


def test_the_makefile_prefers_the_finish_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a job folder works on a machine that hasn't made it."""
    if not shutil.which("make"):
        pytest.skip("needs make")
    monkeypatch.setattr(sys, "executable", "/gone/python3")
    new_job(tmp_path / "job", None, BOTH)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/finish").write_text("#!/bin/sh\necho called with $*\n")
    (tmp_path / "bin/finish").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    made = subprocess.run(
        ["make", "-s", "-C", str(tmp_path / "job"), "plan"], capture_output=True, text=True, check=True
    )
    assert made.stdout == "called with plan .\n"


# -- gather
# --------------------------------------------------------------------------------------------------


@pytest.fixture
def given_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """hero.mp4, la/x.cube, another lb/x.cube, lc/x.cube equal to la's, and ld/plain without a suffix."""
    monkeypatch.chdir(tmp_path)
    for name, data in {
        "hero.mp4": "film",
        "la/x.cube": "a",
        "lb/x.cube": "b",
        "lc/x.cube": "a",
        "ld/plain": "d",
        "x-2.cube": "e",
    }.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(data)
    return tmp_path


def gathered(looks: object, **more: object) -> object:
    clip, held = gather(Path("job"), Path("hero.mp4"), {"colour": {"looks": looks, **more}})
    assert clip == "media/hero.mp4" and (Path("job") / clip).read_text() == "film"
    return held["colour"]["looks"]


def said(names: object) -> list[str]:
    return [(Path("job") / name).read_text() for name in names]  # type: ignore[attr-defined]


def test_equal_names_with_different_bytes_are_both_kept(given_files: Path) -> None:
    names = gathered(["la/x.cube", "lb/x.cube", "x-2.cube", "lc/x.cube"])
    assert names == ["colour/x.cube", "colour/x-2.cube", "colour/x-2-2.cube", "colour/x.cube"]
    assert said(names) == ["a", "b", "e", "a"]


def test_bare_names_stay_and_paths_without_a_suffix_are_taken(given_files: Path) -> None:
    Path("warm").write_text("not meant: a bare name is one of ours")
    assert gathered(["warm", "ld/plain"]) == ["warm", "colour/plain"]


def test_a_file_named_deep_within_a_section_is_taken(given_files: Path) -> None:
    _, held = gather(
        Path("job"), Path("hero.mp4"), {"captions": {"style": {"font": {"file": "la/x.cube"}, "size": 7}}}
    )
    assert held == {"captions": {"style": {"font": {"file": "captions/x.cube"}, "size": 7}}}


def test_texts_that_cannot_be_names_are_texts(given_files: Path) -> None:
    texts = ["x" * 5_000, "a\0b.cube", "\ud800.cube"]
    assert gathered(texts) == texts
