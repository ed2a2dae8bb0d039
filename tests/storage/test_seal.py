"""Local work differs from foreign work: pieces, facts, and entries are trusted under their own seal only."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finish.errors import FinishError
from finish.storage import seal, user_folders
from finish.storage.store import Store

ONE, TWO = "1" * 64, "2" * 64
OURS, THEIRS = b"o" * 32, b"t" * 32


def kept(store: Store, key: str, data: bytes) -> Path:
    draft = store.draft(".mp4")
    draft.write_bytes(data)
    return store.keep(key, draft)


def test_a_piece_under_another_s_name_is_absent(tmp_path: Path) -> None:
    """Its bytes are intact, and it was made here, but for something else."""
    store = Store(tmp_path, secret=OURS)
    one, two = kept(store, ONE, b"bright"), kept(store, TWO, b"dark")
    own = one.name.split(".")[1]
    theirs = two.name.split(".")[1]
    one.unlink()
    for name in (f"{ONE}.{theirs}.mp4", f"{ONE}.{own}.mp4"):
        (one.parent / name).write_bytes(b"dark")
        assert store.piece(ONE, ".mp4") is None
    assert store.piece(TWO, ".mp4") == two


def test_a_store_that_somebody_else_has_filled_is_empty(tmp_path: Path) -> None:
    theirs, ours = (Store(tmp_path, secret=secret) for secret in (THEIRS, OURS))
    kept(theirs, ONE, b"film")
    theirs.keep_fact(ONE, b'{"loud": -14}')
    assert ours.piece(ONE, ".mp4") is None and ours.fact(ONE) is None
    kept(ours, ONE, b"film")
    ours.keep_fact(TWO, b"{}")
    assert ours.piece(ONE, ".mp4") and theirs.piece(ONE, ".mp4"), "each has his own"
    (tmp_path / ONE[:2] / f"{TWO}.json").parent.mkdir(exist_ok=True)
    ours._fact_path(ONE).write_bytes(ours._fact_path(TWO).read_bytes())
    assert ours.fact(ONE) is None, "an answer to another question"
    ours._fact_path(ONE).write_bytes(b'{"loud": -14}')
    assert ours.fact(ONE) is None
    assert Store(tmp_path / "other", [tmp_path], secret=THEIRS).fact(TWO) is None, "nor is it lent"


def test_a_store_that_is_shared_is_shared_by_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "one"))
    monkeypatch.setenv(seal.NAME, "a long secret of all")
    made = kept(Store(tmp_path / "store"), ONE, b"film")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "two"))
    assert Store(tmp_path / "store").piece(ONE, ".mp4") == made
    monkeypatch.delenv(seal.NAME)
    assert Store(tmp_path / "store").piece(ONE, ".mp4") is None
    assert not (tmp_path / "one").exists() and (tmp_path / "two/finish/store.key").is_file()
    monkeypatch.setenv(seal.NAME, "short")
    with pytest.raises(FinishError, match="FINISH_STORE_KEY is shorter than 16 characters"):
        Store(tmp_path / "store")


def test_the_secret_is_one_user_s_and_nobody_else_may_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: seal._kept.__wrapped__(tmp_path / "finish/store.key"), range(8)))
    file = tmp_path / "finish/store.key"
    assert len(found) == 1 and found == {seal.own()} and stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in file.parent.iterdir()) == ["store.key", "store.lock"]
    told = subprocess.run(
        [sys.executable, "-c", "from finish.storage import seal; print(seal.own().hex())"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert told.strip() == seal.own().hex(), "another process of this user"
    file.write_bytes(b"cut")
    assert len(seal._kept.__wrapped__(file)) == 32 and len(file.read_bytes()) == 32, (
        "what is harmed is made anew"
    )


def test_where_no_secret_can_be_kept_it_is_the_machine_s_or_the_run_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    nowhere = tmp_path / "file" / "finish" / "store.key"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(seal, "_machine", lambda: b"m" * 32)
    assert (
        seal._kept.__wrapped__(nowhere) == b"m" * 32 and "derived from this machine and user" in seal.kept()
    )
    monkeypatch.setattr(seal, "_machine", lambda: b"")
    one, other = seal._kept.__wrapped__(nowhere), seal._kept.__wrapped__(nowhere)
    assert len(one) == len(other) == 32 and one != other and seal.kept() == ""
    assert seal._kept(nowhere) == seal._kept(nowhere), "but the same for all of a run"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    assert seal.kept() == f"secret in {tmp_path}/home/finish/store.key"


def test_a_user_without_a_home_has_one_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert user_folders.home() == Path("/nonexistent")


@given(
    st.lists(st.text() | st.binary(), min_size=1, max_size=4),
    st.lists(st.text() | st.binary(), min_size=1, max_size=4),
)
def test_no_two_things_have_one_seal(one: list[Any], other: list[Any]) -> None:
    plain = [
        [part.encode(errors="surrogatepass") if isinstance(part, str) else part for part in parts]
        for parts in (one, other)
    ]
    assert (seal.seal(OURS, *one) == seal.seal(OURS, *other)) == (plain[0] == plain[1])
    assert seal.seal(OURS, *one) != seal.seal(THEIRS, *one)


def test_an_entry_keeps_its_seal_through_json_and_loses_it_with_any_change() -> None:
    entry = {
        "file": "a.mp4",
        "measured": 0.1 + 0.2,
        "bytes": 3,
        "notes": ["—", "\udcff"],
        "standing": {"clip": [1, 2], "none": None},
    }
    written = json.loads(json.dumps({**seal.signed(OURS, "a", entry), "versions": {"finish": "2"}}))
    assert seal.believed(OURS, "a", written)
    assert not seal.believed(OURS, "b", written) and not seal.believed(THEIRS, "a", written)
    for changed in ({"bytes": 4}, {"file": "b.mp4"}, {"more": 1}, {"seal": 7}, {"seal": "é"}, {"seal": None}):
        assert not seal.believed(OURS, "a", {**written, **changed})
    assert not seal.believed(OURS, "a", {})
