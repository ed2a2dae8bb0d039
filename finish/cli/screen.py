"""The output of a run: a progress bar on a terminal, plain lines in a log, or JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

from finish.cli.batch_progress import BatchProgress
from finish.deliver.outcome import Event, Outcome
from finish.engine.plan import Plan
from finish.errors import FinishError
from finish.model import Footage, PlannedDeliverable, programme_account
from finish.planning.plan_text import note_lines, summary
from finish.planning.segment_rows import segment_rows

_EVENT_LINES: Final = {
    "clip": "clip ",
    "plan": "",
    "check": "checking {name}",
    "done": "done     {name}",
    "broken": "BROKEN   {name}: ",
    "failed": "FAILED   {name}: ",
}
# Control characters that move a terminal's cursor or ring its bell: a file name can contain them.
_CONTROLS: Final = dict.fromkeys((7, 8, 11, 12, 13, 27))


class Screen(Protocol):
    """Where a run writes. `transcript` is what was written so far, without progress."""

    transcript: list[tuple[str, str]]

    def tell(self, event: Event, progress: BatchProgress | None = None) -> None:
        """Show an event; `progress` is that of the batch, if there is one."""
        ...

    def result(self, job: str, outcome: Outcome, footage: Footage | None = None) -> None:
        """Show the outcome of a deliverable."""
        ...

    def error(self, error: FinishError, target: str = "") -> None:
        """Show an error; `target` names the job, one of several."""
        ...

    def line(self, text: str) -> None:
        """Show a line of text."""
        ...

    def planned(self, job: str, plan: Plan) -> None:
        """Show a plan."""
        ...


class PlainScreen:
    """A line for each event, and for every tenth of progress."""

    def __init__(self) -> None:
        self.transcript: list[tuple[str, str]] = []
        self._tenths: dict[
            Footage | None, int
        ] = {}  # last shown of each clip or timeline: several can run at once
        # Notes about a clip or timeline are shown with its first deliverable only.
        self._notes: dict[Footage | None, set[str]] = {}

    def tell(self, event: Event, progress: BatchProgress | None = None) -> None:
        if event.what == "render":
            tenth = int((event.done or 0.0) * 10)
            if tenth > self._tenths.get(event.footage, -1):
                self._tenths[event.footage] = tenth
                batch = f" ({progress})" if progress else ""
                self.line(f"{_rendering(event, progress)} {tenth * 10} %{batch}")
        elif event.what not in ("done", "broken", "failed"):
            self.line(_EVENT_LINES[event.what].format(name=event.name) + event.message)

    def result(self, job: str, outcome: Outcome, footage: Footage | None = None) -> None:
        noted = self._notes.setdefault(footage, set())
        fresh = tuple(line for line in note_lines(outcome.notes) if line not in noted)
        noted.update(fresh)
        for text in (*outcome_lines(job, outcome), *(f"        {line}" for line in fresh)):
            self.line(text)

    def error(self, error: FinishError, target: str = "") -> None:
        name = Path(target).name
        for line in str(error).splitlines():
            named = not target or line.startswith((f"{name} ", f"{name}:"))
            self._write("err", line if named else f"{target}: {line}")

    def line(self, text: str) -> None:
        self._write("out", text)

    def planned(self, job: str, plan: Plan) -> None:  # noqa: ARG002 (the protocol of a screen)
        for text in summary(plan.renderings):
            self.line(text)

    def _write(self, channel: str, text: str) -> None:
        line = f"{text.translate(_CONTROLS)}\n"
        self.transcript.append((channel, line))
        self._print(channel, line)

    def _print(self, channel: str, line: str) -> None:
        stream = sys.stderr if channel == "err" else sys.stdout
        stream.write(line)
        stream.flush()


def _rendering(event: Event, progress: BatchProgress | None) -> str:
    return f"rendering {event.footage.title}" if progress and event.footage else "rendering"


class Bar(PlainScreen):
    """Plain lines and a progress bar, on a terminal."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        super().__init__()
        self._out = Console(highlight=False, soft_wrap=True)
        self._errors = Console(stderr=True, highlight=False, soft_wrap=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[speed]}"),
            console=self._out,
            transient=True,
        )
        self._task = self._progress.add_task("", total=1.0, visible=False, speed="")

    def tell(self, event: Event, progress: BatchProgress | None = None) -> None:
        if event.what == "render":
            self._progress.update(
                self._task,
                description=_rendering(event, progress),
                completed=event.done,
                visible=True,
                speed=f"{event.message} ({progress})" if progress else event.message,
            )
        else:
            self._progress.update(
                self._task, description=f"{event.what} {event.name}".strip(), visible=event.what != "done"
            )

    def _print(self, channel: str, line: str) -> None:
        from rich.text import Text

        console = self._errors if channel == "err" else self._out
        console.print(Text(line), end="")

    @contextmanager
    def running(self) -> Iterator[Bar]:
        """The screen while its bar is shown."""
        with self._progress:
            yield self


class Json:
    """One JSON object per line, for programs."""

    def __init__(self) -> None:
        self.transcript: list[tuple[str, str]] = []

    def tell(self, event: Event, progress: BatchProgress | None = None) -> None:
        values = {"event": event.what, "name": event.name, "message": event.message, "done": event.done}
        if progress is not None:
            values |= {"all": progress.done, "left": progress.left}
        self._write(values)

    def result(self, job: str, outcome: Outcome, footage: Footage | None = None) -> None:  # noqa: ARG002
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
                        "name": result.promise.name,
                        "measured": _plain(result.measured),
                        "accepted": str(result.promise.accept),
                        "unit": result.promise.unit,
                        "kept": result.kept,
                    }
                    for result in outcome.results
                ],
            }
        )

    def error(self, error: FinishError, target: str = "") -> None:
        for cause in error.causes or (error,):
            about = {"code": cause.code, "where": cause.where, "message": cause.message, "hint": cause.hint}
            self._write({"event": "error", "target": target, **about})

    def line(self, text: str) -> None:
        self._write({"event": "line", "message": text})

    def planned(self, job: str, plan: Plan) -> None:
        for rendering in plan.renderings:
            programme, promises = rendering.planned.programme, rendering.planned.promises
            self._write(
                {
                    "event": "planned",
                    "job": job,
                    "name": rendering.name,
                    "file": rendering.filename,
                    "frames": programme.frames,
                    "rate": str(programme.rate),
                    "seconds": round(float(programme.duration), 3),
                    "pieces": len(rendering.pieces),
                    "notes": [note.values for note in programme.notes],
                    "account": programme_account(programme),
                    **_segments(rendering.planned),
                    "promises": [
                        {"name": promise.name, "accepted": str(promise.accept), "unit": promise.unit}
                        for promise in promises
                    ],
                }
            )

    def _write(self, values: dict[str, Any]) -> None:
        # ASCII, so that names survive any encoding of the channel.
        line = json.dumps(values) + "\n"
        self.transcript.append(("out", line))
        sys.stdout.write(line)
        sys.stdout.flush()


@contextmanager
def open_screen(as_json: bool) -> Iterator[Screen]:
    """The screen for a run: JSON on request, a bar on a terminal, plain lines otherwise."""
    if as_json:
        yield Json()
    elif sys.stdout.isatty():
        with Bar().running() as bar:
            yield bar
    else:
        yield PlainScreen()


def outcome_lines(job: str, outcome: Outcome) -> Iterator[str]:
    """Lines about an outcome: the file and its measured sound, or the broken promises."""
    if outcome.path and not outcome.results:
        yield f"draft   {job}/{outcome.name}: {outcome.path} (neither checked nor published)"
    elif outcome.path:
        facts = ", ".join(
            f"{result.promise.name} {_measure(result.measured, result.promise.unit)}"
            for result in outcome.results
            if isinstance(result.measured, float) and result.promise.part == "sound"
        )
        yield f"done    {job}/{outcome.name}: {outcome.path}"
        yield f"        {len(outcome.results)} promises kept" + (f" ({facts})" if facts else "")
    elif outcome.broken:
        yield f"BROKEN  {job}/{outcome.name}: nothing was published"
        yield from (f"        {result}" for result in outcome.broken)
    else:
        yield f"FAILED  {job}/{outcome.name}"


def _segments(planned: PlannedDeliverable) -> dict[str, Any]:
    """A timeline's name and its segments; nothing for one clip."""
    rows = segment_rows(planned)
    return {"timeline": planned.programme.title, "segments": [row.values for row in rows]} if rows else {}


def _measure(value: float, unit: str) -> str:
    return f"{value:.2f} {unit}".rstrip()


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float | str | bool | None) else str(value)
