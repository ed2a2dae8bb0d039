"""Publishing: all of a deliverable or nothing, the last two versions, and a complete manifest."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finish.errors import FinishError
from finish.model import Sidecar
from finish.storage.publish import draft_beside, publish, write_manifest, write_whole


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def state(out: Path) -> dict[str, bytes]:
    """Every file below `out`, including hidden ones."""
    return {
        str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()
    }


def put(out: Path, word: str, *suffixes: str, name: str = "done") -> None:
    """Publish a picture that contains `word`, and sidecars that contain it too."""
    draft = draft_beside(out, f"{name}.mp4")
    draft.write_bytes(word.encode())
    publish(draft, out / f"{name}.mp4", tuple(Sidecar(suffix, word.encode()) for suffix in suffixes))


def test_a_first_version_is_alone(out: Path) -> None:
    put(out, "one", ".en.srt", ".en.vtt")
    assert state(out) == {"done.en.srt": b"one", "done.en.vtt": b"one", "done.mp4": b"one"}
    assert not (out / "previous").exists()


def test_the_last_two_versions_stay(out: Path) -> None:
    for word in ("one", "two", "two", "three", "four", "four"):
        put(out, word, ".en.srt")
    assert state(out) == {
        "done.mp4": b"four",
        "previous/done.1.mp4": b"three",
        "previous/done.2.mp4": b"two",
        "done.en.srt": b"four",
        "previous/done.1.en.srt": b"three",
        "previous/done.2.en.srt": b"two",
    }


def test_names_with_dots_keep_their_versions_apart(out: Path) -> None:
    for word in ("one", "two"):
        put(out, word, name="a.b")
        put(out, word, name="a.c")
    assert state(out) == {
        "a.b.mp4": b"two",
        "a.c.mp4": b"two",
        "previous/a.1.b.mp4": b"one",
        "previous/a.1.c.mp4": b"one",
    }


def test_a_file_system_without_hard_links(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*paths: object, **options: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)
    monkeypatch.setattr(Path, "hardlink_to", none)
    for word in ("one", "two", "three", "four"):
        put(out, word, ".en.srt")
    assert state(out) == {
        "done.mp4": b"four",
        "previous/done.1.mp4": b"three",
        "previous/done.2.mp4": b"two",
        "done.en.srt": b"four",
        "previous/done.1.en.srt": b"three",
        "previous/done.2.en.srt": b"two",
    }


@pytest.mark.parametrize(
    "name", ["done.mp4", "done.en.srt", "done.en.vtt", "previous/done.1.mp4", "previous/done.2.en.vtt"]
)
@pytest.mark.parametrize("versions", [0, 1, 3])
def test_a_folder_that_has_a_name_is_told_before_anything_is_replaced(
    name: str, versions: int, out: Path
) -> None:
    for number in range(versions):
        put(out, str(number), ".en.srt", ".en.vtt")
    (out / name).unlink(missing_ok=True)
    (out / name).mkdir(parents=True)
    before = state(out)
    with pytest.raises(FinishError, match=f"{name} is a folder") as wrong:
        put(out, "new", ".en.srt", ".en.vtt")
    assert wrong.value.code == "path" and wrong.value.hint
    assert state(out) == before


def test_a_file_called_previous_is_told_before_anything_is_replaced(out: Path) -> None:
    put(out, "one")
    (out / "previous").write_bytes(b"mine")
    before = state(out)
    with pytest.raises(FinishError, match="previous is a file"):
        put(out, "two")
    assert state(out) == before


class Failing:
    """The `at`-th call of a method of Path fails."""

    def __init__(self, patch: pytest.MonkeyPatch, method: str, at: int, error: BaseException) -> None:
        self.calls, self.at, self.error, self.real = 0, at, error, getattr(Path, method)
        # a function, which Path binds: an object wouldn't get the path
        patch.setattr(Path, method, lambda path, *given, **named: self(path, *given, **named))  # noqa: PLW0108

    def __call__(self, path: Path, *given: Any, **named: Any) -> Any:
        self.calls += 1
        if self.calls == self.at:
            raise self.error
        return self.real(path, *given, **named)


ERRORS = [
    OSError(errno.ENOSPC, "No space left on device"),
    OSError(errno.EACCES, "Permission denied"),
    KeyboardInterrupt(),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: str(error) or type(error).__name__)
@pytest.mark.parametrize("versions", [0, 1, 2, 4])
@pytest.mark.parametrize("method", ["replace", "write_bytes", "mkdir"])
def test_a_failure_anywhere_leaves_the_old_state_or_the_new(
    method: str, versions: int, error: BaseException, out: Path
) -> None:
    """Each call that changes the disk fails once: the result is all old or all new, without drafts."""
    suffixes = (".en.srt", ".en.vtt")
    for at in range(1, 20):
        place = out / str(at)
        for number in range(versions):
            put(place, str(number), *suffixes)
        old = {path: data for path, data in state(place).items() if "/" not in path}
        draft = draft_beside(place, "done.mp4")
        draft.write_bytes(b"new")
        with pytest.MonkeyPatch.context() as patch:
            failing = Failing(patch, method, at, error)
            try:
                publish(draft, place / "done.mp4", tuple(Sidecar(suffix, b"new") for suffix in suffixes))
            except (FinishError, KeyboardInterrupt):
                pass
            else:
                assert failing.calls < at
                break
        draft.unlink(missing_ok=True)
        now = state(place)
        public = {path: data for path, data in now.items() if "/" not in path}
        assert public in (old, {"done.mp4": b"new", "done.en.srt": b"new", "done.en.vtt": b"new"}), (
            f"call {at} of {method}"
        )
        kept = [path for path in now if path.startswith("previous/")]
        assert (
            all(path.count("/") == 1 and not path.startswith("previous/.") for path in kept)
            and len(kept) <= 6
        )
    else:
        pytest.fail("it never succeeded")


def test_unchanged_files_are_left_alone(out: Path) -> None:
    put(out, "one", ".en.srt")
    nodes = {path.name: path.stat().st_ino for path in out.iterdir()}
    put(out, "one", ".en.srt")
    assert {path.name: path.stat().st_ino for path in out.iterdir()} == nodes
    (out / "done.mp4").chmod(0o444)
    put(out, "two", ".en.srt")
    assert (out / "done.mp4").read_bytes() == b"two"


def test_two_publishers_at_once(out: Path) -> None:
    wrong: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(15):
                put(out, f"{number}.{turn}", ".en.srt")
                assert (out / "done.mp4").exists() and (out / "done.en.srt").exists()
        except BaseException as error:
            wrong.append(error)

    together(work, 4)
    assert wrong == []
    left = state(out)
    assert sorted(left) == [
        "done.en.srt",
        "done.mp4",
        *(f"previous/done.{n}.{end}" for n in (1, 2) for end in ("en.srt", "mp4")),
    ]
    assert (
        left["done.mp4"] == left["done.en.srt"]
        and left["previous/done.1.mp4"] == left["previous/done.1.en.srt"]
    )


def together(work: Any, count: int) -> None:
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_whole_file_that_cannot_be_written_leaves_no_draft(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_whole(out / "x.txt", b"old")

    def full(path: Path, data: bytes) -> None:
        path.touch()
        raise ERRORS[0]

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(FinishError, match="No space"):
        write_whole(out / "x.txt", b"new")
    assert state(out) == {"x.txt": b"old"}


# -- the manifest
# --------------------------------------------------------------------------------------------------


def manifest(out: Path) -> dict[str, Any]:
    return dict(json.loads((out / "manifest.json").read_bytes()))


def about(version: str) -> dict[str, Any]:
    return {"job": "spring", "versions": {"finish": version}}


def test_each_entry_names_the_programs_that_made_it(out: Path) -> None:
    write_manifest(out, {"a": {"file": "a.mp4"}, "b": {"file": "b.mp4"}}, about("1"))
    assert write_manifest(out, {"b": {"file": "b2.mp4"}}, about("2")) == out / "manifest.json"
    assert manifest(out) == {
        "job": "spring",
        "deliverables": {
            "a": {"file": "a.mp4", "versions": {"finish": "1"}},
            "b": {"file": "b2.mp4", "versions": {"finish": "2"}},
        },
    }
    assert [path.name for path in out.iterdir()] == ["manifest.json"]


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'"x"',
        b"7",
        b'{"deliverables": null}',
        b'{"deliverables": [1]}',
        b'{"deliverables": "x"}',
        b"{",
        b"[" * 100_000,
        b'{"deliverables": {"old": null, "older": 7}}',
    ],
)
def test_garbage_is_no_manifest(junk: bytes, out: Path) -> None:
    out.mkdir()
    (out / "manifest.json").write_bytes(junk)
    write_manifest(out, {"a": {}}, about("1"))
    assert manifest(out) == {"job": "spring", "deliverables": {"a": {"versions": {"finish": "1"}}}}


@settings(deadline=None)  # a busy disk is no failure
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["deliverables", "a", "job"]) | st.text(), inner)
        ),
    )
)
def test_no_json_makes_it_raise(tmp_path_factory: pytest.TempPathFactory, known: Any) -> None:
    out = tmp_path_factory.getbasetemp() / "any-manifest"
    out.mkdir(exist_ok=True)
    (out / "manifest.json").write_text(json.dumps(known))
    write_manifest(out, {"new": {}}, about("1"))
    assert (
        manifest(out)["deliverables"]["new"] == {"versions": {"finish": "1"}}
        and manifest(out)["job"] == "spring"
    )


def test_a_name_that_is_no_unicode(out: Path) -> None:
    """A clip's name may hold bytes that aren't UTF-8; the manifest is JSON all the same."""
    write_manifest(out, {"a": {"source": {"file": "h\udcffro.mp4"}}}, about("1"))
    assert manifest(out)["deliverables"]["a"]["source"]["file"] == "h\udcffro.mp4"


def test_a_folder_called_manifest_is_told(out: Path) -> None:
    (out / "manifest.json").mkdir(parents=True)
    with pytest.raises(FinishError, match=r"manifest\.json is a folder") as wrong:
        write_manifest(out, {"a": {}}, about("1"))
    assert wrong.value.code == "path" and [path.name for path in out.iterdir()] == ["manifest.json"]


def test_threads_lose_no_entry(out: Path) -> None:
    def work(number: int) -> None:
        for turn in range(25):
            write_manifest(out, {f"{number}-{turn}": {}}, about("1"))

    together(work, 4)
    assert set(manifest(out)["deliverables"]) == {
        f"{number}-{turn}" for number in range(4) for turn in range(25)
    }
    assert [path.name for path in out.iterdir()] == ["manifest.json"]


PROCESS = """
import sys
from pathlib import Path
from finish.storage.publish import write_manifest
print("ready", flush=True)
sys.stdin.readline()
for turn in range(40):
    write_manifest(Path(sys.argv[1]), {f"{sys.argv[2]}-{turn}": {}}, {"job": "spring", "versions": {}})
"""


def test_processes_lose_no_entry(out: Path) -> None:
    pipes: dict[str, Any] = {
        "stdin": subprocess.PIPE,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE,
        "text": True,
    }
    both = [subprocess.Popen([sys.executable, "-c", PROCESS, str(out), each], **pipes) for each in "AB"]
    assert [each.stdout.readline() for each in both if each.stdout] == ["ready\n"] * 2
    for each in both:
        assert each.stdin
        each.stdin.write("go\n")
        each.stdin.flush()
    assert [(each.communicate()[1], each.returncode) for each in both] == [("", 0), ("", 0)]
    assert set(manifest(out)["deliverables"]) == {f"{each}-{turn}" for each in "AB" for turn in range(40)}
    assert [path.name for path in out.iterdir()] == ["manifest.json"]


def test_drafts_that_a_crash_left_long_ago_go_and_others_stay(tmp_path: Path) -> None:
    old, young, own = (
        tmp_path / ".0123456789ab.hero.mp4",
        tmp_path / ".ba9876543210.hero.mp4",
        tmp_path / ".keep.me",
    )
    for path in (old, young, own):
        path.write_bytes(b"half")
    for path in (old, own):
        os.utime(path, (1, 1))
    draft_beside(tmp_path, "hero.mp4")
    assert not old.exists() and young.exists() and own.exists()
