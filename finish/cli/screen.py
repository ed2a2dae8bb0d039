"""What people and programs see while work goes on: a bar on a terminal, plain lines in a log, JSON lines on request."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from finish.cli.batch_progress import BatchProgress
from finish.deliver.outcome import Event, Outcome
from finish.engine.plan import Plan
from finish.errors import FinishError
from finish.model import accounted
from finish.planning.render_plan import note_lines, summary

_SAYS = {
    "clip": "clip ",
    "plan": "",
    "check": "checking {name}",
    "done": "done     {name}",
    "broken": "BROKEN   {name}: ",
    "failed": "FAILED   {name}: ",
}


class Screen(Protocol):
    """Where events go."""

    def tell(self, event: Event, course: BatchProgress | None = None) -> None:
        """`course` is how far the batch is, where there is one."""
        ...

    def result(self, job: str, outcome: Outcome, clip: Path | None = None) -> None:
        """How a deliverable of a `clip` ended."""
        ...

    def error(self, wrong: FinishError, target: str = "") -> None:
        """`target` is which of several is meant."""
        ...

    def line(self, text: str) -> None: ...
    def planned(self, job: str, plan: Plan) -> None: ...


class PlainScreen:
    """One line for each thing worth a line; progress every tenth."""

    def __init__(self) -> None:
        self._tenths: dict[Path | None, int] = {}  # shown of each clip: two may be in hand
        self._noted: dict[
            Path | None, set[str]
        ] = {}  # what concerns a clip is shown with its first deliverable only
        self._out = Console(highlight=False, soft_wrap=True)
        self._errors = Console(stderr=True, highlight=False, soft_wrap=True)

    def tell(self, event: Event, course: BatchProgress | None = None) -> None:
        if event.what == "render":
            tenth = int((event.done or 0.0) * 10)
            if tenth > self._tenths.get(event.clip, -1):
                self._tenths[event.clip] = tenth
                self.line(f"{_rendering(event, course)} {tenth * 10} %" + (f" ({course})" if course else ""))
        elif event.what not in ("done", "broken", "failed"):
            self.line(_SAYS[event.what].format(name=event.name) + event.message)

    def result(self, job: str, outcome: Outcome, clip: Path | None = None) -> None:
        noted = self._noted.setdefault(clip, set())
        fresh = tuple(line for line in note_lines(outcome.notes) if line not in noted)
        noted.update(fresh)
        for text in (*told(job, outcome), *(f"        {line}" for line in fresh)):
            self.line(text)

    def error(self, wrong: FinishError, target: str = "") -> None:
        for line in str(wrong).splitlines():
            told = not target or line.startswith((f"{Path(target).name} ", f"{Path(target).name}:"))
            self._errors.print(Text(line if told else f"{target}: {line}"))

    def line(self, text: str) -> None:
        self._out.print(Text(text))

    def planned(self, job: str, plan: Plan) -> None:  # noqa: ARG002 (the protocol of a screen)
        for text in summary(plan.renderings):
            self.line(text)


def _rendering(event: Event, course: BatchProgress | None) -> str:
    return f"rendering {event.clip.name}" if course and event.clip else "rendering"


class Bar(PlainScreen):
    """The same with a progress bar, on a terminal."""

    def __init__(self) -> None:
        super().__init__()
        speed = TextColumn("{task.fields[speed]}")
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            speed,
        )
        self._progress = Progress(*columns, console=self._out, transient=True)
        self._task = self._progress.add_task("", total=1.0, visible=False, speed="")

    def tell(self, event: Event, course: BatchProgress | None = None) -> None:
        if event.what == "render":
            speed = f"{event.message} ({course})" if course else event.message
            self._progress.update(
                self._task,
                description=_rendering(event, course),
                completed=event.done,
                visible=True,
                speed=speed,
            )
        else:
            self._progress.update(
                self._task, description=f"{event.what} {event.name}".strip(), visible=event.what != "done"
            )

    @contextmanager
    def shown(self) -> Iterator[Bar]:
        with self._progress:
            yield self


class Json:
    """One JSON object a line, for programs."""

    def tell(self, event: Event, course: BatchProgress | None = None) -> None:
        told = {"event": event.what, "name": event.name, "message": event.message, "done": event.done}
        self._write(told if course is None else {**told, "all": course.done, "left": course.left})

    def result(self, job: str, outcome: Outcome, clip: Path | None = None) -> None:  # noqa: ARG002 (the protocol's)
        self._write(
            {
                "event": "result",
                "job": job,
                "name": outcome.name,
                "file": str(outcome.path) if outcome.path else None,
                "exit": outcome.exit_code,
                "error": str(outcome.error) if outcome.error else None,
                "notes": [note.values for note in outcome.notes],
                "promises": [
                    {
                        "name": each.promise.name,
                        "measured": _plain(each.measured),
                        "accepted": str(each.promise.accept),
                        "unit": each.promise.unit,
                        "kept": each.kept,
                    }
                    for each in outcome.verdicts
                ],
            }
        )

    def error(self, wrong: FinishError, target: str = "") -> None:
        for each in wrong.causes or (wrong,):
            about = {"code": each.code, "where": each.where, "message": each.message, "hint": each.hint}
            self._write({"event": "error", "target": target, **about})

    def line(self, text: str) -> None:
        self._write({"event": "line", "message": text})

    def planned(self, job: str, plan: Plan) -> None:
        for one in plan.renderings:
            programme, promises = one.planned.programme, one.planned.promises
            self._write(
                {
                    "event": "planned",
                    "job": job,
                    "name": one.name,
                    "file": one.filename,
                    "frames": programme.frames,
                    "rate": str(programme.rate),
                    "seconds": round(float(programme.duration), 3),
                    "pieces": len(one.pieces),
                    "notes": [note.values for note in programme.notes],
                    "account": accounted(programme.source),
                    "promises": [
                        {"name": each.name, "accepted": str(each.accept), "unit": each.unit}
                        for each in promises
                    ],
                }
            )

    def _write(self, value: dict[str, Any]) -> None:
        sys.stdout.write(
            json.dumps(value) + "\n"
        )  # in ASCII: a program reads names as they are, whatever the terminal can show
        sys.stdout.flush()


@contextmanager
def screen(as_json: bool) -> Iterator[Screen]:
    """The screen that fits: JSON when asked for, a bar on a terminal, plain lines otherwise."""
    if as_json:
        yield Json()
    elif sys.stdout.isatty():
        with Bar().shown() as bar:
            yield bar
    else:
        yield PlainScreen()


def told(job: str, outcome: Outcome) -> Iterator[str]:
    """How one deliverable ended, in words: where the file is and what was measured, or which promise broke and by how much."""
    if outcome.path:
        facts = ", ".join(
            f"{each.promise.name} {_shown(each.measured)}{' ' if each.promise.unit else ''}{each.promise.unit}"
            for each in outcome.verdicts
            if isinstance(each.measured, float) and each.promise.part == "sound"
        )
        if not outcome.verdicts:
            yield f"draft   {job}/{outcome.name}: {outcome.path} (neither checked nor published)"
            return
        yield f"done    {job}/{outcome.name}: {outcome.path}"
        yield f"        {len(outcome.verdicts)} promises kept" + (f" ({facts})" if facts else "")
    elif outcome.broken:
        yield f"BROKEN  {job}/{outcome.name}: nothing was published"
        yield from (f"        {each}" for each in outcome.broken)
    else:
        yield f"FAILED  {job}/{outcome.name}"


def _shown(value: float) -> str:
    return f"{value:.2f}"


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float | str | bool | None) else str(value)
