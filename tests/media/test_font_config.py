"""The font configuration: a file with constant text, in a private folder."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from finish import resources
from finish.media.ffmpeg import font_config


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    font_config.font_environment.cache_clear()
    yield tmp_path
    font_config.font_environment.cache_clear()


def config(*folders: Path) -> Path:
    return Path(font_config.font_environment(*folders)["FONTCONFIG_FILE"])


def test_our_fonts_and_no_others(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(resources, "cjk_fonts", dict)
    root = ElementTree.parse(config(tmp_path / "a & <b>")).getroot()
    assert [element.text for element in root.iter("dir")] == [
        str(resources.font_folder()),
        str(tmp_path / "a & <b>"),
    ]
    assert root.findtext("cachedir")


def test_those_of_the_extra_are_ours_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(
        resources, "cjk_fonts", lambda: {each: tmp_path / each.lower() / "Noto.ttf" for each in ("SC", "JP")}
    )
    root = ElementTree.parse(config()).getroot()
    assert [element.text for element in root.iter("dir")] == [
        str(resources.font_folder()),
        str(tmp_path / "sc"),
        str(tmp_path / "jp"),
    ]


def test_the_text_under_a_name_never_changes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Another environment of the same user has its fonts elsewhere; both run at once."""
    ours = config()
    text = ours.read_text()
    monkeypatch.setattr(resources, "font_folder", lambda: tmp_path / "elsewhere")
    font_config.font_environment.cache_clear()
    theirs = config()
    assert ours != theirs and ours.read_text() == text and "elsewhere" in theirs.read_text()


def test_a_second_process_finds_the_same_file() -> None:
    first = config()
    node = first.stat().st_ino
    font_config.font_environment.cache_clear()
    assert (config(), first.stat().st_ino) == (first, node)
    assert [path.name for path in first.parent.iterdir()] == [first.name]


def test_a_file_that_was_spoilt_is_made_again() -> None:
    file = config()
    text = file.read_text()
    for spoilt in (b"", b"\xff\xfe", b"<fontconfig/>"):
        file.write_bytes(spoilt)
        font_config.font_environment.cache_clear()
        assert config().read_text() == text


def test_asking_again_touches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    first = font_config.font_environment()
    monkeypatch.setattr(os, "getuid", lambda: 1 / 0)
    assert font_config.font_environment() is first


def fresh(scratch: Path, known: Path) -> Path:
    file = config()
    assert (
        file.parent != known and file.parent.parent == scratch and file.parent.stat().st_mode & 0o777 == 0o700
    )
    assert file.read_text().startswith("<?xml")
    return file


def test_a_folder_that_others_may_write_to_is_not_used(scratch: Path) -> None:
    known = config().parent
    for mode in (0o777, 0o770, 0o702):
        known.chmod(mode)
        font_config.font_environment.cache_clear()
        fresh(scratch, known)


def test_a_folder_of_someone_else_is_not_used(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = config().parent
    me = os.getuid()
    theirs = known.rename(scratch / f"finish-fonts-{me + 1}")
    monkeypatch.setattr(os, "getuid", lambda: me + 1)
    font_config.font_environment.cache_clear()
    fresh(scratch, theirs)


@pytest.mark.parametrize("what", ["link", "dangling", "file"])
def test_what_is_no_folder_is_not_used(what: str, scratch: Path) -> None:
    known = config().parent
    known.rename(scratch / "theirs")
    if what == "file":
        known.write_text("mine")
        known.chmod(0o700)
    else:
        known.symlink_to(scratch / ("theirs" if what == "link" else "nowhere"))
    before = sorted((scratch / "theirs").iterdir())
    font_config.font_environment.cache_clear()
    fresh(scratch, known)
    assert sorted((scratch / "theirs").iterdir()) == before


def test_threads_agree(tmp_path: Path) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(config(tmp_path).read_text())) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 16 and len(set(found)) == 1
    assert len(list(config(tmp_path).parent.iterdir())) == 1
