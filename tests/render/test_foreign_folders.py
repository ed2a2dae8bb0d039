"""Job folders from elsewhere: their claims aren't trusted, and nothing is written through their links."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from clip_files import clip
from command_line import SOURCE, complaint, files, inside
from render_jobs import ONE, folder, heard

from finish import api
from finish.engine import job_paths
from finish.engine.job_store import store_folder
from finish.storage.user_folders import cache

pytestmark = pytest.mark.render


# -- what is believed ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One job with two clips, both published; the second is darker."""
    place = tmp_path_factory.mktemp("pair")
    bright, dark = (folder(place / name, SOURCE + ONE, seconds=0.6) for name in ("bright", "dark"))
    clip(dark / "hero.mp4", seconds=0.6, extra=("-vf", "lutyuv=y=val/2"))
    assert inside("run", str(bright), str(dark)).exit_code == 0
    return bright, dark


def film(place: Path) -> str:
    return hashlib.sha256((place / "out/done.mp4").read_bytes()).hexdigest()


def forged(pair: tuple[Path, Path], place: Path) -> Path:
    """The bright clip's job with the dark film, and with all records changed to agree."""
    bright, dark = pair
    shutil.copytree(bright, place)
    shutil.copyfile(dark / "out/done.mp4", place / "out/done.mp4")
    manifest, other = (json.loads((each / "out/manifest.json").read_bytes()) for each in (bright, dark))
    entry: dict[str, Any] = manifest["deliverables"]["done"]
    entry |= {name: other["deliverables"]["done"][name] for name in ("sha256", "bytes", "promises")}
    status = (place / "out/done.mp4").stat()
    state = [status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns]
    entry["standing"]["files"] = {"done.mp4": state}
    (place / "out/manifest.json").write_text(json.dumps(manifest))
    return place


def swapped(pair: tuple[Path, Path], place: Path) -> Path:
    """The bright clip's job, never published, with the dark pieces in its store under its own names."""
    bright, dark = pair
    shutil.copytree(bright, place, ignore=shutil.ignore_patterns("out"))
    for piece in store_folder_of(place).glob("??/*.*.*"):
        key, _, suffix = piece.name.split(".")
        alike = next(path for path in store_folder_of(dark).glob(f"??/*.*.{suffix}"))
        theirs = alike.name.split(".")[1]
        for named in (theirs, hashlib.sha256(alike.read_bytes()).hexdigest()):
            shutil.copyfile(alike, piece.with_name(f"{key}.{named}.{suffix}"))
        piece.unlink()
    return place


def store_folder_of(place: Path) -> Path:
    return store_folder(api.load(place).job)


@pytest.mark.parametrize("make", [forged, swapped])
@pytest.mark.parametrize("from_elsewhere", [True, False])
def test_what_is_published_is_the_job_s_own(
    make: Any, from_elsewhere: bool, pair: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = make(pair, tmp_path / "job")
    if from_elsewhere:
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert inside("run", str(place)).exit_code == 0
    assert film(place) == film(pair[0]) != film(pair[1])


# -- where it is written ---------------------------------------------------------------------------

LINKS = (
    "out",
    "out/previous",
    "drafts",
    ".finish",
    ".finish/history",
    ".finish/media",
    ".finish/store",
    ".finish/store/drafts",
    ".finish/store/a0",
    ".finish/media/0123456789abcdef",
)


@pytest.mark.parametrize(
    "arguments", [["run"], ["run", "--draft"], ["plan"], ["still", "--at", "0", "done"], ["sheet"]]
)
def test_a_place_that_leads_out_is_refused(
    arguments: list[str], pair: tuple[Path, Path], tmp_path: Path
) -> None:
    for number, link in enumerate(LINKS):
        place, elsewhere = tmp_path / f"job{number}", tmp_path / f"elsewhere{number}"
        shutil.copytree(pair[0], place, ignore=shutil.ignore_patterns("out", ".finish"))
        elsewhere.mkdir()
        (place / link).parent.mkdir(parents=True, exist_ok=True)
        (place / link).symlink_to(elsewhere)
        verb, *options = arguments
        done = inside(verb, *options[:2], str(place), *options[2:])
        assert done.exit_code == 2 and f"{link} leads outside job{number}" in complaint(done), link
        assert "replace the link with a real folder" in complaint(done) and list(elsewhere.iterdir()) == []


_WRITTEN: list[Path] = []
_HEARING, _ADDED = [False], list[bool]()


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    """The interpreter reports every file that it opens, makes, and renames."""
    if not _HEARING[0]:
        return
    if (
        event == "open"
        and isinstance(arguments[0], str | bytes)
        and int(arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    ):
        _WRITTEN.append(Path(os.fsdecode(arguments[0])))
    elif event in ("os.mkdir", "os.rename", "os.link", "os.symlink"):
        _WRITTEN.extend(
            Path(os.fsdecode(argument)) for argument in arguments[:2] if isinstance(argument, str | bytes)
        )


@contextmanager
def writing() -> Iterator[None]:
    """Record every path that is written to in the meantime."""
    if not _ADDED:
        sys.addaudithook(_hear)  # permanently: an audit hook can't be removed
        _ADDED.append(True)
    _HEARING[0] = True
    try:
        yield
    finally:
        _HEARING[0] = False


def test_nothing_is_written_but_where_it_is_looked_at(pair: tuple[Path, Path], tmp_path: Path) -> None:
    """A new writer must add its folder to `places.written`, where links are refused."""
    place = tmp_path / "a job"
    shutil.copytree(pair[0], place, ignore=shutil.ignore_patterns("out", ".finish"))
    _WRITTEN.clear()
    with writing():
        for arguments in (["run"], ["run", "--draft"], ["sheet"]):
            assert inside(*arguments, str(place)).exit_code == 0
    (place / "hero.en.srt").write_text("1\n00:00:00,000 --> 00:00:00,500\nChanged\n")
    (place / "job.yaml").write_text(SOURCE + "captions: {file: hero.en.srt, style: clean}\n" + ONE)
    with writing():
        assert inside("run", str(place)).exit_code == 0 and (place / "out/previous").is_dir()
    job = api.load(place).job
    looked_at = {*job_paths.written(job, job.folder / "out", store_folder(job))}
    ours = [path.absolute() for path in _WRITTEN if path.absolute().is_relative_to(place)]
    assert len(ours) > 30
    odd = {path for path in ours if path.parent not in looked_at and path not in looked_at | {place}}
    odd = {
        path for path in odd if not (path.parent.parent == store_folder(job) and len(path.parent.name) == 2)
    }
    # Beside the job spec, with names that nobody can have linked: decisions, and a test of write access.
    assert {path.parent for path in odd} <= {place} and {path.name.split(".", 2)[-1] for path in odd} <= {
        "any",
        "job.lock.yaml",
        "yaml",
    }
    allowed = (Path(tempfile.gettempdir()), cache(), Path("/dev"), Path("/proc"))
    assert [
        path for path in _WRITTEN if not any(path.absolute().is_relative_to(each) for each in allowed)
    ] == []


# -- disks that take nothing -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["read-only", "full"])
@pytest.mark.parametrize("where", ["out", ".finish"])
def test_a_place_that_takes_nothing_is_found_before_anything_is_rendered(
    kind: str, where: str, pair: tuple[Path, Path], tmp_path: Path
) -> None:
    place = tmp_path / "job"
    shutil.copytree(pair[0], place, ignore=shutil.ignore_patterns("out", ".finish"))
    (place / where).mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place / where)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small tmpfs")
    try:
        if kind == "full":
            fill(place / where / "filler")
        else:
            subprocess.run(["mount", "-o", "remount,ro", str(place / where)], check=True)
        before = files(place)
        with heard() as processes:
            done = inside("run", str(place), "--json")
        (wrong,) = (each for each in map(json.loads, done.stdout.splitlines()) if each["event"] == "error")
        assert done.exit_code == 2 and wrong["code"] == "disk" and where in wrong["message"]
        assert wrong["hint"].startswith(
            "free some space" if kind == "full" else "check the folder's permissions"
        )
        assert processes.all == [] and files(place) == before
    finally:
        subprocess.run(["umount", "-l", str(place / where)], check=True)


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_rights_is_found_before_anything_is_rendered(
    pair: tuple[Path, Path], tmp_path: Path
) -> None:
    place = tmp_path / "job"
    shutil.copytree(pair[0], place, ignore=shutil.ignore_patterns("out", ".finish"))
    (place / "out").mkdir(mode=0o500)
    with heard() as processes:
        done = inside("run", str(place))
    assert done.exit_code == 2 and "out: Permission denied" in complaint(done) and processes.all == []


# -- channels --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        '"$@" >&- 2>&-',
        '"$@" | head -1 >/dev/null; exit ${PIPESTATUS[0]}',
        '"$@" --json | true; exit ${PIPESTATUS[0]}',
    ],
)
def test_a_run_that_nobody_reads_publishes(line: str, pair: tuple[Path, Path], tmp_path: Path) -> None:
    place = tmp_path / "job"
    shutil.copytree(pair[0], place, ignore=shutil.ignore_patterns("out"))
    command = ["bash", "-c", line, "bash", sys.executable, "-m", "finish", "run", str(place)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=False)
    assert (done.returncode, done.stderr) == (0, "") and film(place) == film(pair[0])
