"""Simulated job folders and finishers for the tests of a watched folder."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from finish.cli.verbs import app
from finish.deliver.outcome import Outcome
from finish.errors import FinishError, MediaError
from finish.watch.watch_loop import WatchLoop


@dataclass
class Finisher:
    """A simulated finish of job folders; those named in `bad` fail."""

    bad: tuple[str, ...] = ()
    done: list[str] = field(default_factory=list)
    writes: str = ""

    def __call__(self, place: Path) -> Iterable[Outcome]:
        self.done.append(place.name)
        (place / "out").mkdir(exist_ok=True)
        (place / "out" / "a.mp4").write_bytes(b"film")
        (place / "job.lock.yaml").write_text(f"run {len(self.done)}")
        if self.writes and not (place / self.writes).exists():
            (place / self.writes).write_text("heard")
        if place.name in self.bad:
            return [Outcome("a", None, error=MediaError("it is broken", "copy it again"))]
        return [Outcome("a", place / "out" / "a.mp4")]


def dropped(folder: Path, name: str) -> Path:
    place = folder / name
    place.mkdir()
    (place / "job.yaml").write_text("source: clip.mp4\n")
    (place / "clip.mp4").write_bytes(b"clip")
    return place


def once(folder: Path, finisher: Finisher, template: Path | None = None) -> dict[str, str]:
    watch, stop = WatchLoop(folder, finisher, template, quiet=0), threading.Event()
    late = threading.Timer(20, stop.set)
    late.start()
    watch.run(stop, once=True)
    assert late.is_alive(), "it ends by itself"
    late.cancel()
    return {name: each.state for name, each in watch.ledger.entries.items()}


def soon(seconds: float = 0.2) -> threading.Event:
    """A stop without an external cause."""
    stop = threading.Event()
    timer = threading.Timer(seconds, stop.set)
    timer.daemon = True
    timer.start()
    return stop


@dataclass
class Refusing:
    """Fails with an error this often, raised or as an outcome's, and records when it was called."""

    kind: type[FinishError]
    times: int = 1
    raises: bool = True
    calls: list[float] = field(default_factory=list)

    def __call__(self, place: Path) -> Iterable[Outcome]:
        self.calls.append(time.monotonic())
        if len(self.calls) > self.times:
            return [Outcome("a", place / "out" / "a.mp4")]
        wrong = self.kind("nobody there", "start it")
        if self.raises:
            raise wrong
        return [Outcome("a", None, error=MediaError("broken")), Outcome("b", None, error=wrong)]


def watched_once(
    folder: Path, finisher: Finisher | Refusing, monkeypatch: pytest.MonkeyPatch, *more: str
) -> Result:
    monkeypatch.setattr("finish.api.watch_api._finishing", lambda *_: finisher)
    return CliRunner().invoke(app, ["watch", str(folder), "--once", "--quiet", "0", *more])
