"""The store: a piece is whole or absent, also with other processes; rot counts as absence.

The leftovers of a crash are removed after a day.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finish.errors import FinishError
from finish.storage.store import Store

KEY = hashlib.sha256(b"a stream's history").hexdigest()
DAY = 24 * 60 * 60


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def drafted(store: Store, data: bytes, suffix: str = ".mp4") -> Path:
    draft = store.draft(suffix)
    draft.write_bytes(data)
    return draft


def drafts(store: Store) -> list[Path]:
    return sorted((store.folder / "drafts").iterdir())


def test_a_piece_is_found_under_its_key_and_suffix_only(store: Store) -> None:
    assert store.piece(KEY, ".mp4") is None
    kept = store.keep(KEY, drafted(store, b"picture"))
    assert store.piece(KEY, ".mp4") == kept and kept.read_bytes() == b"picture" and kept.suffix == ".mp4"
    assert store.piece(KEY, ".m4a") is None and store.piece(KEY[:-1] + "x", ".mp4") is None
    store.keep(KEY, drafted(store, b"sound", ".m4a"))
    assert [store.piece(KEY, suffix).read_bytes() for suffix in (".mp4", ".m4a")] == [b"picture", b"sound"]  # type: ignore[union-attr]
    assert drafts(store) == []


def test_a_whole_piece_is_never_replaced(store: Store) -> None:
    """Other processes may read it: a second draft is dropped, and the file stays the same."""
    kept = store.keep(KEY, drafted(store, b"first"))
    node = kept.stat().st_ino
    assert store.keep(KEY, drafted(store, b"second")) == kept
    assert (kept.stat().st_ino, kept.read_bytes(), drafts(store)) == (node, b"first", [])


ROT = {
    "other bytes": lambda piece: piece.write_bytes(b"pictuRe"),
    "half": lambda piece: piece.write_bytes(b"pic"),
    "nothing": lambda piece: piece.write_bytes(b""),
    "gone": lambda piece: piece.unlink(),
    "a folder": lambda piece: (piece.unlink(), piece.mkdir()),
    "a full folder": lambda piece: (piece.unlink(), piece.mkdir(), (piece / "x").write_bytes(b"x")),
    "a link to itself": lambda piece: (piece.unlink(), piece.symlink_to(piece.name)),
}


@pytest.mark.parametrize("again", [b"picture", b"another picture"])
@pytest.mark.parametrize("rot", ROT)
def test_a_piece_that_rotted_is_absent_and_is_made_again(rot: str, again: bytes, store: Store) -> None:
    ROT[rot](store.keep(KEY, drafted(store, b"picture")))
    assert store.piece(KEY, ".mp4") is None
    kept = store.keep(KEY, drafted(store, again))
    assert store.piece(KEY, ".mp4") == kept and kept.read_bytes() == again


@pytest.mark.parametrize("junk", [b"\xff\xfe", b"", b"nonsense"])
def test_no_file_beside_a_piece_is_a_traceback(junk: bytes, store: Store) -> None:
    """Whatever else is there, such as a proof of an older store: a piece is valid or absent."""
    kept = store.keep(KEY, drafted(store, b"picture"))
    for path in (*kept.parent.iterdir(), kept.with_name(f"{KEY}.sha256"), kept.with_name(f"{KEY}.mp4")):
        if path != kept:
            path.write_bytes(junk)
    assert store.piece(KEY, ".mp4") in (kept, None)
    assert store.keep(KEY, drafted(store, b"picture")).read_bytes() == b"picture"


def race(count: int, work: object) -> list[BaseException]:
    """The errors of `count` threads that start together."""
    wrong: list[BaseException] = []
    together = threading.Barrier(count)

    def run(number: int) -> None:
        try:
            together.wait()
            work(number)  # type: ignore[operator]
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


@pytest.mark.parametrize("alike", [True, False])
def test_readers_see_a_whole_piece_while_two_writers_differ(alike: bool, store: Store) -> None:
    whole = {bytes([65 + (0 if alike else number)]) * 200_000 for number in range(3)}
    store.keep(KEY, drafted(store, b"A" * 200_000))

    def work(number: int) -> None:
        for _ in range(40):
            if number < 3:
                store.keep(KEY, drafted(store, bytes([65 + (0 if alike else number)]) * 200_000))
            found = store.piece(KEY, ".mp4")
            assert found is not None and found.read_bytes() in whole

    assert race(6, work) == []
    assert drafts(store) == []


def test_two_first_writers_both_keep_a_whole_piece(store: Store) -> None:
    """Both start with nothing: each one's result stays readable and correct, whoever wins."""
    for turn in range(30):
        key = hashlib.sha256(str(turn).encode()).hexdigest()
        told: dict[int, Path] = {}

        def work(number: int, key: str = key, told: dict[int, Path] = told) -> None:
            told[number] = store.keep(key, drafted(store, str(number).encode() * 5_000))

        assert race(4, work) == []
        assert all(
            path.read_bytes() in {str(number).encode() * 5_000 for number in range(4)}
            for path in told.values()
        )
        assert store.piece(key, ".mp4") in told.values()


PROCESS = """
import sys
from pathlib import Path
from finish.storage.store import Store
store, key, letter = Store(Path(sys.argv[1])), sys.argv[2], sys.argv[3].encode()
for turn in range(60):
    draft = store.draft(".mp4")
    draft.write_bytes(letter * 100_000)
    kept = store.keep(key, draft)
    found = store.piece(key, ".mp4")
    assert found and len(set(found.read_bytes())) == 1 and len(kept.read_bytes()) == 100_000, turn
    store.keep_fact(key, b'"' + letter + b'"')
    assert store.fact(key) in (b'"A"', b'"B"'), turn
"""


def test_two_processes_share_a_store(store: Store) -> None:
    command = [sys.executable, "-c", PROCESS, str(store.folder), KEY]
    both = [subprocess.Popen([*command, letter], stderr=subprocess.PIPE, text=True) for letter in "AB"]
    assert [(each.communicate()[1], each.returncode) for each in both] == [("", 0), ("", 0)]


# -- facts
# --------------------------------------------------------------------------------------------------


def fact_file(store: Store) -> Path:
    (path,) = store.folder.rglob("*.json")
    return path


def test_a_fact_is_kept_and_renewed(store: Store) -> None:
    assert store.fact(KEY) is None
    for data in (b'{"integrated": -14.0}', b"null", b"[]"):
        store.keep_fact(KEY, data)
        assert store.fact(KEY) == data
    assert drafts(store) == []


@pytest.mark.parametrize(
    "rot", [b"", b"\xff\xfe", b'{"integrated": -1', b"loud", b"[" * 100_000, b'{"a": 1} {"b": 2}', b'"\xff"']
)
def test_what_is_no_json_is_no_fact(rot: bytes, store: Store) -> None:
    store.keep_fact(KEY, b"[1]")
    fact_file(store).write_bytes(rot)
    assert store.fact(KEY) is None


@settings(deadline=None)  # a busy disk is no failure
@given(st.binary(max_size=50))
def test_no_bytes_make_a_fact_raise(tmp_path_factory: pytest.TempPathFactory, rot: bytes) -> None:
    store = Store(tmp_path_factory.getbasetemp() / "rot")
    store.keep_fact(KEY, b"[1]")
    fact_file(store).write_bytes(rot)
    assert store.fact(KEY) in (None, rot)


def test_a_fact_replaced_by_a_folder_is_absent_and_is_kept_again(store: Store) -> None:
    store.keep_fact(KEY, b"[1]")
    path = fact_file(store)
    path.unlink()
    path.mkdir()
    assert store.fact(KEY) is None
    store.keep_fact(KEY, b"[2]")
    assert store.fact(KEY) == b"[2]"


# -- drafts
# --------------------------------------------------------------------------------------------------


def test_drafts_of_a_crash_are_swept_after_a_day_and_younger_ones_left_alone(store: Store) -> None:
    ages = {"crashed": 1.5 * DAY, "yesterday": 0.9 * DAY, "rendering": 0.0}
    for name, age in ages.items():
        draft = drafted(store, name.encode())
        os.utime(draft, (time.time() - age,) * 2)
    store.draft(".mp4")
    assert {draft.read_bytes() for draft in drafts(store)} == {b"yesterday", b"rendering"}


def test_a_failed_fact_leaves_no_draft(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        path.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(FinishError, match="No space left") as wrong:
        store.keep_fact(KEY, b"[1]")
    assert (wrong.value.code, wrong.value.hint) == ("disk", "free some space and run again")
    assert [path for path in store.folder.rglob("*") if path.is_file()] == []


def test_a_store_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("mine")
    for work in (lambda store: store.draft(".mp4"), lambda store: store.keep_fact(KEY, b"[1]")):
        with pytest.raises(FinishError, match="can't write to") as wrong:
            work(Store(tmp_path / "store"))
        assert wrong.value.code == "disk"
    assert (
        Store(tmp_path / "store").piece(KEY, ".mp4") is None and Store(tmp_path / "store").fact(KEY) is None
    )


def test_collecting_removes_what_was_longest_unused_and_nothing_that_was_used_since(store: Store) -> None:
    keys = [f"{number}{number}{'0' * 62}" for number in range(4)]
    pieces = [store.keep(key, drafted(store, b"x" * 10)) for key in keys]
    for number, piece in enumerate(pieces):
        os.utime(piece, (1000 + number, 1000 + number))
    assert store.collect(most=40, since=2000) == 0, "they fit"
    assert store.collect(most=0, since=1002) == 2, "the others were used since"
    assert [piece.exists() for piece in pieces] == [False, False, True, True]
    assert store.collect(most=10, since=2000) == 1 and pieces[3].exists()
