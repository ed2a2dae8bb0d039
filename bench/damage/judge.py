"""What `finish` does with a file: planned or finished in its own process.

Its time, its memory, and its end are measured.
"""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from finish import api
from finish.engine.engine import Engine
from finish.errors import FinishError
from finish.stages import STAGES
from finish.storage.store import Store

# s, s, bytes: more than this counts as a hang, or as too much memory, for any file.
CPU, WALL, MEMORY = 60, 240, 2 * 2**30
_ADDRESS: Final = 6 * 2**30  # bytes: protects the machine, whatever a file demands
_PYTHON: Final = re.compile(r"Traceback|Error:|NoneType|object at 0x|Exception|\bdict\b|\btuple\b|Errno")
# Before notes had a level, only these words reported damage.
_OLD_WORDS: Final = re.compile(r"claims|left out|damag|too large|no sound track")
# Topics of notes on whole clips: loudness, contents, rotation.
_TRUE: Final = frozenset({"loudness-out-of-reach", "provenance", "odd-rotation", "mono-loss", "one-picture"})
# Codes of level know that report missing parts; others (a variable rate, a downmix) aren't about loss.
_REMARKS: Final = frozenset(
    {
        "starts-late",
        "damaged-unused",
        "one-picture",
        "picture-first",
        "picture-ends",
        "sound-first",
        "sound-ends",
        "no-sound-track",
        "sound-empty",
        "sound-changes",
        "format-changes",
        "odd-file",
        "hole",
        "sound-gap",
    }
)
Noted = tuple[str, str, str]


@dataclass(frozen=True)
class Answer:
    """The end ("refused", "done", "crash", "hang", "memory"), its message, its notes, and its cost.

    A note is its level, its code, and its text.
    """

    how: str
    message: str = ""
    notes: tuple[Noted, ...] = ()
    cpu: float = 0.0
    memory: int = 0

    def words(self, usual: frozenset[str]) -> tuple[str, ...]:
        """The notes that report a problem, beyond the usual ones of the clean clip."""
        return tuple(
            text
            for level, _, text in self.notes
            if (level == "act" or (not level and _OLD_WORDS.search(text))) and plain(text) not in usual
        )

    def known(self, usual: frozenset[str]) -> tuple[str, ...]:
        """The notes that report loss without asking for action."""
        return tuple(
            text
            for level, code, text in self.notes
            if level == "know" and code in _REMARKS and plain(text) not in usual
        )

    @property
    def alarms(self) -> tuple[str, ...]:
        """The notes that would make a user look for damage in a clean clip."""
        return tuple(
            text
            for level, code, text in self.notes
            if (level == "act" and code not in _TRUE) or (not level and _OLD_WORDS.search(text))
        )

    def clear(self, name: str) -> bool:
        """Whether a refusal is one line that names the file, without programmer's language."""
        return "\n" not in self.message and name in self.message and not _PYTHON.search(self.message)


def plain(text: str) -> str:
    """A note without its numbers."""
    return re.sub(r"\d+([.,]\d+)*", "#", text)


def answer_of(clip: Path, folder: Path, *, music: Path | None = None, run: bool = False) -> Answer:
    """Plan or finish a clip below `folder`, which the caller removes."""
    report = folder / "answer.json"
    report.unlink(missing_ok=True)
    pid = os.fork()
    if not pid:
        _child(clip, folder, music, run, report)
    status, used, late = _waited(pid)
    cpu = used.ru_utime + used.ru_stime
    memory = used.ru_maxrss * 1024
    if late or cpu >= CPU:
        return Answer("hang", f"{cpu:.0f} s of CPU", cpu=cpu, memory=memory)
    if memory > MEMORY:
        return Answer("memory", f"{memory / 2**30:.1f} GB", cpu=cpu, memory=memory)
    if status or not report.exists():
        return Answer("crash", f"ended with {os.waitstatus_to_exitcode(status)}", cpu=cpu, memory=memory)
    answer = json.loads(report.read_text())
    return Answer(
        answer["how"],
        answer["message"],
        tuple((level, code, text) for level, code, text in answer["notes"]),
        cpu,
        memory,
    )


def _waited(pid: int) -> tuple[int, Any, bool]:
    """The exit status of a child, its resource usage, and whether it had to be killed."""
    end = time.monotonic() + WALL
    while time.monotonic() < end:
        ended, status, used = os.wait4(pid, os.WNOHANG)
        if ended:
            return status, used, False
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    _, status, used = os.wait4(pid, 0)
    return status, used, True


def _child(clip: Path, folder: Path, music: Path | None, run: bool, report: Path) -> None:
    """In the forked process: never returns."""
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU + 5))
        resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS, _ADDRESS))
        os.chdir(folder)
        quiet = os.open(folder / "stderr.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        how, message, notes = answered(clip, folder, music=music, run=run)
        report.write_text(json.dumps({"how": how, "message": message, "notes": notes}))
    finally:
        os._exit(0)


def answered(
    clip: Path, folder: Path, *, music: Path | None = None, run: bool = False, level: bool = True
) -> tuple[str, str, list[Noted]]:
    """The answer about a clip in this process: how it ended, its message, and its notes.

    Without `level`, the loudness stays unchanged, and no search for it runs.
    """
    try:
        sections: dict[str, Any] = {"encode": {"size": "360x640"}, "reframe": {"follow": "centre"}}
        if not level:
            sections["sound"] = {"target": "none"}
        if music:
            sections["mix"] = {"music": {"file": str(music), "duck": None}}
        loaded = api.quick(clip, ["tiktok"], sections, folder=folder)
        engine = Engine(loaded.job, STAGES, store=Store(folder / "store"))
        return _finished(engine) if run else _planned(engine)
    except FinishError as wrong:
        return ("crash" if wrong.code == "fault" else "refused"), str(wrong), []
    except Exception:
        return "crash", traceback.format_exc()[-1500:], []


def _planned(engine: Engine) -> tuple[str, str, list[Noted]]:
    plan = engine.plan()
    if plan.refused:
        raise plan.refused[0].error
    return "done", "", _levels(plan.renderings[0].planned.programme.notes)


def _finished(engine: Engine) -> tuple[str, str, list[Noted]]:
    (outcome,) = engine.finish()
    if outcome.error:
        raise outcome.error
    if outcome.path is None:
        return (
            "refused",
            "; ".join(str(promise) for promise in outcome.broken) + " — nothing was published",
            [],
        )
    return "done", "", _levels(outcome.notes)


def _levels(notes: Sequence[str]) -> list[Noted]:
    """Each note with its level and code, "" where notes have none."""
    return [(getattr(note, "level", ""), getattr(note, "code", ""), str(note)) for note in notes]
