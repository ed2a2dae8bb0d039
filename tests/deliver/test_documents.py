"""The documents of a job: typed, described by a schema, and readable from this version and the one before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from golden.golden_world import CASES, job, planned
from jsonschema.exceptions import ValidationError
from ruamel.yaml import YAML

from finish.deliver import history
from finish.deliver.documents import DOCUMENTS, VERSION, ManifestEntry, document_schema
from finish.deliver.lock_file import read, write
from finish.deliver.manifest import about, entries_of_ours
from finish.errors import SpecError
from finish.model import Decision
from finish.planning.render_plan import Rendering
from finish.storage import seal
from finish.storage.publish import write_manifest

ENTRY: dict[str, Any] = {
    "file": "a.mp4",
    "sha256": "00",
    "bytes": 12,
    "preset": "tiktok",
    "source": {"file": "clip.mp4", "sha256": "11"},
    "account": {"programme": 1.0},
    "made": "22",
    "picture": "33",
    "promises": [
        {
            "name": "frame rate",
            "measured": 25,
            "accepted": "25",
            "unit": "fps",
            "source": "the plan",
            "kept": True,
            "part": "file",
            "bounds": {"low": None, "high": None, "exactly": 25},
        }
    ],
    "notes": [{"level": "know", "code": "crop-enlarged", "text": "crop enlarges"}],
    "sidecars": ["a.srt"],
    "plan": ["one line"],
    "standing": {"stated": "44", "clip": [1, 2, 3, 4, 5], "files": {"a.mp4": [1, 2, 3, 4, 5], "a.srt": None}},
}
DECISION = Decision("sound", "55", {"gain": 1.5, "limit": None})


@pytest.fixture(scope="module")
def rendering(tmp_path_factory: pytest.TempPathFactory) -> Rendering:
    return planned(job(tmp_path_factory.mktemp("documents"), CASES["tiktok"]), CASES["tiktok"])[0]


def manifest(out: Path, version: int | None) -> dict[str, Any]:
    """A manifest as one version wrote it; the first version didn't state its number."""
    out.mkdir(exist_ok=True)
    top = {**about(), "job": "a"}
    top = {**top, "version": version} if version else {key: top[key] for key in top if key != "version"}
    write_manifest(out, {"a": seal.signed(seal.own(), "a", ENTRY)}, top)
    document: dict[str, Any] = json.loads((out / "manifest.json").read_text())
    return document


def test_what_is_written_follows_the_schemas(rendering: Rendering, tmp_path: Path) -> None:
    write(tmp_path / "job.lock.yaml", {"a": [DECISION]})
    document = YAML(typ="safe").load((tmp_path / "job.lock.yaml").read_text())
    assert document and document["$version"] == VERSION
    jsonschema.validate(dict(document), document_schema("lock"))
    jsonschema.validate(manifest(tmp_path / "out", VERSION), document_schema("manifest"))
    (tmp_path / "history").mkdir()
    history.keep(tmp_path, rendering)
    noted = json.loads((tmp_path / "history" / f"{rendering.name}.json").read_text())
    assert noted["version"] == VERSION
    jsonschema.validate(noted, document_schema("history"))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_schema_refuses_another_document(name: str) -> None:
    schema = document_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    with pytest.raises(ValidationError):
        jsonschema.validate({"$version": 9, "version": 9, "deliverables": 1}, schema)


def test_an_entry_is_read_as_it_was_written() -> None:
    assert ManifestEntry.model_validate(ENTRY).values == ENTRY


@pytest.mark.parametrize("version", [None, VERSION])
def test_a_manifest_of_this_version_or_the_one_before_is_read(version: int | None, tmp_path: Path) -> None:
    manifest(tmp_path / "out", version)
    assert entries_of_ours(tmp_path / "out")["a"].values == ENTRY


def test_a_manifest_of_a_later_version_is_absent(tmp_path: Path) -> None:
    manifest(tmp_path / "out", VERSION + 1)
    assert entries_of_ours(tmp_path / "out") == {}


def test_an_entry_that_was_brought_along_is_absent(tmp_path: Path) -> None:
    document = manifest(tmp_path / "out", VERSION)
    document["deliverables"]["a"]["sha256"] = "99"
    (tmp_path / "out/manifest.json").write_text(json.dumps(document))
    assert entries_of_ours(tmp_path / "out") == {}


def test_a_lock_file_without_a_version_is_obeyed_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "job.lock.yaml"
    path.write_text("# mine\na:\n  sound: {of: '55', gain: 1.5, limit: null}\n")
    before = path.read_text()
    assert read(path) == {"a": {"sound": {"of": "55", "gain": 1.5, "limit": None}}}
    write(path, {"a": [DECISION]})
    assert path.read_text() == before


@pytest.mark.parametrize("version", ["3", "next", "[1]"])
def test_a_lock_file_of_a_later_version_is_refused(version: str, tmp_path: Path) -> None:
    path = tmp_path / "job.lock.yaml"
    path.write_text(f"$version: {version}\na: {{sound: {{gain: 1}}}}\n")
    with pytest.raises(SpecError, match="version"):
        read(path)


@pytest.mark.parametrize("version", [None, 1, VERSION])
def test_a_history_of_this_version_or_the_one_before_is_read(version: int | None, tmp_path: Path) -> None:
    (tmp_path / "history").mkdir()
    values = {"pieces": [{"place": "0", "seconds": "4", "filters": ["source"]}], "sound": ["source"]}
    values |= {"version": version} if version else {}
    (tmp_path / "history/a.json").write_text(json.dumps(values))
    known = history.known(tmp_path, "a")
    assert known and known.filters_by_piece == {("0", "4"): ["source"]}


def test_a_history_of_a_later_version_is_absent(tmp_path: Path) -> None:
    (tmp_path / "history").mkdir()
    (tmp_path / "history/a.json").write_text(json.dumps({"version": VERSION + 1, "pieces": []}))
    assert history.known(tmp_path, "a") is None
