"""Which files a pattern matches, on a real disk: order, links, limits."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finish.media.job_files import JobFiles
from finish.storage import file_patterns


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """A job folder with clips, captions, a hidden file, a subfolder, and a delivery.

    job/{media/{clip10, clip2, Clip3, "b [x]"}.mp4, media/words.srt, media/.hidden.mp4, media/day 2/a.mp4,
    out/done.mp4}.
    """
    for name in (
        "clip10.mp4",
        "clip2.mp4",
        "Clip3.mp4",
        "b [x].mp4",
        "words.srt",
        ".hidden.mp4",
        "day 2/a.mp4",
        "../out/done.mp4",
    ):
        path = tmp_path / "job/media" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "job"


def matched(job: Path, pattern: str) -> list[str]:
    return list(JobFiles(job).match(pattern, job))


def refused(job: Path, pattern: str) -> str:
    with pytest.raises(ValueError, match=r"\S") as wrong:
        matched(job, pattern)
    return str(wrong.value)


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("media/*.mp4", ["media/b [x].mp4", "media/clip2.mp4", "media/Clip3.mp4", "media/clip10.mp4"]),
        ("media/clip?.mp4", ["media/clip2.mp4"]),
        ("media/[a-b]*", ["media/b [x].mp4"]),
        ("media/b [[]x].mp4", ["media/b [x].mp4"]),
        ("media/.*", ["media/.hidden.mp4"]),
        ("*/*/*.mp4", ["media/day 2/a.mp4"]),
        ("**/?.mp4", ["media/day 2/a.mp4"]),
        ("./media/../media//clip2.*", ["media/../media/clip2.mp4"]),
        ("media/*/../clip2.mp4", ["media/day 2/../clip2.mp4"]),
        ("out/*.mp4", ["out/done.mp4"]),
    ],
)
def test_a_pattern_in_natural_order(job: Path, pattern: str, names: list[str]) -> None:
    assert matched(job, pattern) == names
    assert all(
        path.is_file() and path == path.resolve() for path in JobFiles(job).match(pattern, job).values()
    )


@pytest.mark.parametrize("pattern", ["**", "**/*", "*/**", "**/**/**", "*/**/../**"])
def test_any_depth_walks_each_folder_once_and_never_the_results(job: Path, pattern: str) -> None:
    (job / "media/loop").symlink_to("..")
    (job / "media/self").symlink_to("self")
    assert {Path(name).name for name in matched(job, pattern)} == {
        "clip10.mp4",
        "clip2.mp4",
        "Clip3.mp4",
        "b [x].mp4",
        "words.srt",
        "a.mp4",
        "self",
    }
    assert len(matched(job, pattern)) == 7


def test_a_file_reached_twice_is_one_and_has_its_own_name(job: Path) -> None:
    (job / "media/a-link.mp4").symlink_to("clip2.mp4")
    (job / "media/dead.mp4").symlink_to("nowhere.mp4")
    assert matched(job, "media/*.mp4") == [
        "media/b [x].mp4",
        "media/clip2.mp4",
        "media/Clip3.mp4",
        "media/clip10.mp4",
        "media/dead.mp4",
    ]


def test_folders_pipes_and_sockets_are_no_clips(job: Path) -> None:
    (job / "media/folder.mp4").mkdir()
    os.mkfifo(job / "media/pipe.mp4")
    assert not {"media/folder.mp4", "media/pipe.mp4"} & set(matched(job, "media/*.mp4"))


def test_what_cannot_be_meant(job: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.mp4").touch()
    out = 'is outside the job folder — copy it into the job folder, or add its folder to "libraries"'
    assert refused(job, "../*.mp4") == f'".." {out}'
    assert refused(job, "media/*/../../../*.mp4") == f'"media/day 2/../../.." {out}'
    assert refused(job, "medai/*.mp4") == 'no such folder: "medai" — did you mean "media"?'
    assert refused(job, "media/*.mov") == (
        'no file matches "media/*.mov" — the folder holds b [x].mp4, clip2.mp4, Clip3.mp4, '
        "clip10.mp4 and 1 more"
    )
    assert refused(job, "*.mp4") == 'no file matches "*.mp4" — the folder holds no files'
    assert "NUL" in refused(job, "a\0b/*.mp4") and "\x1b" not in refused(job, "\x1b[31m*.mp4")
    (job / "media/spy.mp4").symlink_to("../../secret.mp4")
    assert refused(job, "media/*.mp4") == f'"media/spy.mp4" {out}'


def test_a_name_that_is_no_text(job: Path) -> None:
    Path(os.fsdecode(os.fsencode(job / "media") + b"/caf\xe9.mp4")).touch()
    assert refused(job, "media/*.mp4") == '"media/caf\\udce9.mp4" isn\'t named in UTF-8 — rename it'


def test_a_search_is_bounded(job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_patterns, "LOOKED_AT", 8)
    assert len(matched(job, "media/*.mp4")) == 4
    assert refused(job, "**/*.mp4") == "the pattern searches more than 8 names — use a more specific folder"


def test_a_pattern_cannot_explode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "/".join("abcdefghij")).mkdir(parents=True)
    (tmp_path / "a/b/c/x.mp4").touch()
    # Each of the five parts may look at each name once.
    monkeypatch.setattr(file_patterns, "LOOKED_AT", 5 * 11)
    assert matched(tmp_path, "**/**/**/**/*.mp4") == ["a/b/c/x.mp4"]


def test_a_folder_that_may_not_be_read(job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def locked(path: Path) -> object:
        if path.name == "day 2":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", locked)
    assert refused(job, "**/*.mp4") == '"media/day 2/" can\'t be read: permission denied'


@pytest.fixture(scope="module")
def any_job(tmp_path_factory: pytest.TempPathFactory) -> Path:
    job = tmp_path_factory.mktemp("job")
    for name in ("a", "[a]", "a]", "{clip}", "..a", "a\nb", "\\", "d/a", "d/d/-"):
        (job / name).parent.mkdir(parents=True, exist_ok=True)
        (job / name).touch()
    (job / "l").symlink_to(".")
    return job


@given(
    st.text(st.sampled_from("*?[]!-ad./\\{}~\n"), max_size=10)
    | st.just("x" * 5000 + "/*")
    | st.just("*/" + "x" * 5000)
)
def test_any_pattern_means_files_of_the_job_or_is_refused(any_job: Path, pattern: str) -> None:
    try:
        found = JobFiles(any_job).match(pattern, any_job)
    except ValueError as wrong:
        assert str(wrong).isprintable()
    else:
        assert found and all(path.is_relative_to(any_job) and path.is_file() for path in found.values())
        assert all(os.path.samefile(any_job / name, path) for name, path in found.items())


@given(st.lists(st.text(st.sampled_from("aB01289²٣-"), min_size=1, max_size=6), max_size=8))
def test_any_names_have_a_natural_order(names: list[str]) -> None:
    ordered = sorted(names, key=file_patterns.natural)
    assert sorted(set(names), key=file_patterns.natural) == list(dict.fromkeys(ordered))
    assert sorted(["a10", "a9", "A1"], key=file_patterns.natural) == ["A1", "a9", "a10"]
