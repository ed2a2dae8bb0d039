"""A job's kept files can hold anything, foreign or damaged: they count as absent, or give one clear error."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from golden_world import CASES, job, planned
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from timing import Stopwatch

from finish.deliver import history, lock_file
from finish.deliver.documents import manifest_entry
from finish.deliver.up_to_date import up_to_date
from finish.deliver.upload import Upload
from finish.errors import FinishError
from finish.model import Programme
from finish.planning.render_plan import Rendering
from finish.storage.publish import listed_in, published
from finish.storage.untrusted_notes import held
from finish.watch.watch_ledger import WatchEntry, WatchLedger
from finish.watch.watch_page import html, line, ordered

WORDS = [
    "pieces",
    "place",
    "seconds",
    "filters",
    "sound",
    "of",
    "gain",
    "limit",
    "shots",
    "from",
    "centre",
    "path",
    "start",
    "pauses",
    "name",
    "state",
    "done",
    "made",
    "when",
    "message",
    "deliverables",
    "promises",
    "standing",
    "notes",
    "bounds",
    "measured",
    "0/1",
    "1-2",
    "clip",
]
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.sampled_from(WORDS)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(WORDS), st.text(max_size=4)), inner, max_size=5),
    ),
    max_leaves=20,
)
QUIET = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Rendering:
    case = CASES["tiktok"]
    return planned(job(tmp_path_factory.mktemp("rubbish"), case), case)[0]


def put(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@QUIET
@given(st.one_of(VALUES, st.fixed_dictionaries({"pieces": st.lists(VALUES, max_size=3), "sound": VALUES})))
def test_any_history_is_one_or_never_published(
    one: Rendering, tmp_path_factory: pytest.TempPathFactory, value: Any
) -> None:
    folder = tmp_path_factory.getbasetemp() / "history-of"
    put(folder / "history" / f"{one.name}.json", json.dumps(value).encode())
    before = history.known(folder, one.name)
    lines = [*history.text(one, before, lambda _: False), *history.difference(one, before)]
    assert lines and all(isinstance(each, str) for each in lines)
    assert before is not None or "never published" in lines[1]


def test_a_history_is_read_back(one: Rendering, tmp_path: Path) -> None:
    (tmp_path / "history").mkdir()
    history.keep(tmp_path, one)
    assert list(history.difference(one, history.known(tmp_path, one.name))) == [
        f"{one.name}: the plan matches the published file"
    ]
    assert "never published" not in "".join(
        history.text(one, history.known(tmp_path, one.name), lambda _: False)
    )


@QUIET
@given(
    st.one_of(
        VALUES,
        st.dictionaries(
            st.sampled_from(["a", "b"]), st.dictionaries(st.sampled_from(["reframe", "sound"]), VALUES)
        ),
    )
)
def test_any_lock_file_is_one_or_one_clear_error(
    tmp_path_factory: pytest.TempPathFactory, value: Any
) -> None:
    path = put(tmp_path_factory.getbasetemp() / "any.lock.yaml", json.dumps(value).encode())
    try:
        found = lock_file.read(path)
    except FinishError as wrong:
        assert wrong.code == "spec" and str(wrong).startswith("any.lock.yaml") and wrong.hint
    else:
        assert all(isinstance(values, dict) for stages in found.values() for values in stages.values())


@QUIET
@given(st.one_of(st.binary(max_size=80), st.text("ab: -[]{}#&*!|>'\"\n0.", max_size=60).map(str.encode)))
def test_any_bytes_are_a_lock_file_or_one_clear_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = put(tmp_path_factory.getbasetemp() / "bytes.lock.yaml", data)
    try:
        lock_file.read(path)
    except FinishError as wrong:
        assert wrong.code == "spec" and wrong.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "out: " + "[" * 5000 + "]" * 5000,
            "a.lock.yaml:1  the lock file can't be read: nested deeper than 20 levels",
        ),
        ("out: " + "{a: " * 5000, "nested deeper than 20 levels"),
        ("a: &x {}\n", "aliases, anchors and tags aren't allowed"),
        ("a: {reframe: {of: !!python/object:os.system x}}", "aliases, anchors and tags aren't allowed"),
        ("a: {sound: {gain: .inf}}", "plain values"),
        ("a: {sound: {gain: 2001-01-01}}", "plain values"),
        ("a:\n  reframe:\n    of: #abc\n", 'put it in quotes: of: "#abc"'),
        ("a: [", "a.lock.yaml:1  the lock file can't be read: not YAML"),
        ("\xff".encode("latin-1"), "not YAML"),
    ],
)
def test_a_lock_file_that_is_none_is_refused_at_once(
    tmp_path: Path, text: str | bytes, message: str, stopwatch: Stopwatch
) -> None:
    path = put(tmp_path / "a.lock.yaml", text if isinstance(text, bytes) else text.encode())
    with stopwatch(2), pytest.raises(FinishError) as wrong:
        lock_file.read(path)
    assert message in str(wrong.value)


@pytest.mark.parametrize("name", ["mixed", "by-hand", "subject", "tiktok"])
def test_any_decision_is_obeyed_or_refused(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    asked = job(tmp_path, case)

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.dictionaries(
            st.sampled_from(["shots", "gain", "limit", "pauses", "speech", "spans", "of"]), VALUES
        )
    )
    def obeyed(values: dict[str, Any]) -> None:
        with patch.object(Programme, "decided", lambda *_: values):
            try:
                planned(asked, case)
            except FinishError as wrong:
                assert str(wrong)

    obeyed()


@QUIET
@given(VALUES)
def test_any_manifest_is_one_or_none(one: Rendering, value: Any) -> None:
    for data in (
        json.dumps(value),
        json.dumps({"deliverables": value}),
        json.dumps({"deliverables": {one.name: value}}),
    ):
        found = listed_in(data.encode())
        assert all(isinstance(entry, dict) for entry in found.values())
        known = manifest_entry(found.get(one.name, {}))
        assert up_to_date(known, one.planned.deliverable, Path("/nowhere")) is None


@QUIET
@given(
    st.one_of(
        VALUES,
        st.dictionaries(
            st.sampled_from(["a", "b"]),
            st.fixed_dictionaries(
                {
                    "name": st.sampled_from(["a", "b"]),
                    "state": st.one_of(VALUES, st.sampled_from(["done", "waiting", "failed"])),
                    "when": VALUES,
                },
                optional={"message": VALUES, "made": VALUES, "of": VALUES, "else": VALUES},
            ),
        ),
    )
)
def test_any_watch_ledger_is_one_or_empty(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    folder = tmp_path_factory.getbasetemp() / "watched"
    put(folder / ".finish/watch.json", json.dumps(value).encode())
    entries = ordered(WatchLedger(folder).entries.values())
    assert all(line(entry) for entry in entries) and html("x", entries)


def test_a_watch_ledger_is_read_back(tmp_path: Path) -> None:
    ledger = WatchLedger(tmp_path)
    ledger.note(WatchEntry("a", "done", "f", "", ("x", "y")), WatchEntry("b", "failed", message="why"))
    ledger.write()
    assert WatchLedger(tmp_path).entries == ledger.entries


@QUIET
@given(VALUES)
def test_any_note_of_what_was_sent_is_one_or_none(
    tmp_path_factory: pytest.TempPathFactory, value: Any
) -> None:
    notes = tmp_path_factory.getbasetemp() / "sent"
    put(notes / "sent.json", json.dumps(value).encode())
    Upload("s3://bucket/folder", notes, notes, threading.Event())


def test_only_a_regular_file_of_some_size_is_a_note(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "manifest.json")  # reading it would wait for ever
    assert published(tmp_path) == {} and held(tmp_path) is None and held(tmp_path / "none") is None
    put(tmp_path / "large", b"x" * 100)
    assert held(tmp_path / "large", 99) is None and held(tmp_path / "large", 100) == b"x" * 100
