"""The verbs of design 6, each a few lines over the API."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from finish import api, spec, units
from finish.cli.screen import Screen, screen
from finish.effects.doctor import examine
from finish.errors import EXIT_BROKEN, EXIT_FAILED, EXIT_INTERRUPTED, EXIT_KEPT, FinishError
from finish.spec import Loaded
from finish.stages import STAGES

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None,
                  help="Raw clips in, verified deliverables out.")

Only = Annotated[list[str] | None, typer.Option("--only", help="just this deliverable (may be repeated)")]
AsJson = Annotated[bool, typer.Option("--json", help="one JSON object a line, for programs")]

# Over a batch the worst ending counts (design: verbs): could not run, then broken, then kept.
_WORST = (EXIT_INTERRUPTED, EXIT_FAILED, EXIT_BROKEN, EXIT_KEPT)


def worst(codes: Iterable[int]) -> int:
    """The exit code of a batch."""
    return min(codes, key=_WORST.index, default=EXIT_KEPT)


def verb(body: Callable[..., int]) -> Callable[..., None]:
    """A command whose errors are one clear line each, and whose exit code is the one that its body returns."""

    @functools.wraps(body)
    def run(*args: Any, **options: Any) -> None:
        try:
            code = body(*args, **options)
        except FinishError as wrong:
            sys.stderr.write(f"{wrong}\n")
            code = wrong.exit_code
        except KeyboardInterrupt:
            sys.stderr.write("stopped; nothing half-made was kept\n")
            code = EXIT_INTERRUPTED
        except OSError as wrong:  # what the file system refuses in a place that nobody foresaw
            sys.stderr.write(f"{wrong}\n")
            code = EXIT_FAILED
        raise typer.Exit(code)

    return run


@app.command()
@verb
def run(  # noqa: PLR0913, PLR0917 (one option each)
    targets: Annotated[list[str], typer.Argument(help="job folders, job files, or a clip with --for")],
    only: Only = None,
    presets: Annotated[str, typer.Option("--for", help="destinations of a clip without a job: tiktok,youtube")] = "",
    look: Annotated[list[str] | None, typer.Option(help="a look for it: one of ours or a .cube file")] = None,
    captions: Annotated[str, typer.Option(help="its captions: .srt, .vtt or .ass")] = "",
    save: Annotated[Path | None, typer.Option(help="write a job folder for it and finish that")] = None,
    as_json: AsJson = False,
) -> int:
    """Finish: render, check, publish."""
    if presets:
        loaders = [functools.partial(_clip, clip, _names(presets), _sections(look, captions), save) for clip in targets]
    elif look or captions or save:
        raise FinishError("spec", "--look, --captions and --save go with --for", "name the destinations, as --for tiktok,youtube")
    else:
        loaders = [functools.partial(_job, target) for target in targets]
    with screen(as_json) as shown:
        batch = _Batch(shown, tuple(only or ()))
        several = targets if len(targets) > 1 else [""]
        return worst([batch.finish(target, loader) for target, loader in zip(several, loaders, strict=True)])


@dataclass
class _Batch:
    """Jobs one after the other: the errors of one don't stop the others, and none replaces what another has made."""

    shown: Screen
    only: tuple[str, ...]
    made: set[Path] = field(default_factory=set)

    def finish(self, target: str, loader: Callable[[], Loaded]) -> int:
        """The exit code of one job."""
        try:
            return self._run(loader())
        except FinishError as wrong:
            if wrong.code == "interrupted":
                raise KeyboardInterrupt from wrong
            self.shown.error(wrong, target)
            return wrong.exit_code
        except Exception as fault:  # ours; the next job must not pay for it
            if "FINISH_DEBUG" in os.environ:
                raise
            message = f"{type(fault).__name__}: {fault}"
            self.shown.error(FinishError("fault", message, "a fault of finish: FINISH_DEBUG=1 shows where; please report it"), target)
            return EXIT_FAILED

    def _run(self, loaded: Loaded) -> int:
        targets = {loaded.job.folder / "out" / each.name for each in loaded.job.deliverables}
        if targets & self.made:
            again = ", ".join(sorted(str(each) for each in targets & self.made))
            raise FinishError("path", f"{again} was already made from another clip of this batch", "give the clips names of their own")
        self.made |= targets
        for warning in loaded.warnings(date.today()):
            self.shown.line(f"note: {warning}")
        outcomes = api.run(loaded.job, self.only, on_event=self.shown.tell)
        for outcome in outcomes:
            self.shown.result(loaded.job.name, outcome)
        return worst(outcome.exit_code for outcome in outcomes)


def _names(text: str) -> tuple[str, ...]:
    """`tiktok, youtube` as names."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _job(target: str) -> Loaded:
    path = Path(target)
    if path.is_file() and path.suffix.lower() not in (".yaml", ".yml"):
        raise FinishError("spec", f"{target} is no job", f"finish run {target} --for tiktok,youtube finishes a clip without one")
    return api.load(path)


def _sections(look: Sequence[str] | None, captions: str) -> dict[str, dict[str, Any]]:
    return {"colour": {"looks": list(look)} if look else {}, "captions": {"file": captions} if captions else {}}


def _clip(clip: str, presets: Sequence[str], sections: dict[str, dict[str, Any]], save: Path | None) -> Loaded:
    if save is None:
        return api.quick(clip, presets, sections)
    return api.load(api.save(clip, presets, sections, save))


@app.command()
@verb
def plan(job: str, only: Only = None, presets: Annotated[str, typer.Option("--for", help="destinations, for a clip")] = "") -> int:
    """What would be rendered, and all that would be promised of it; renders nothing."""
    loaded = api.quick(job, _names(presets)) if presets else _job(job)
    typer.echo(api.plan(loaded.job, only or ()), nl=False)
    return EXIT_KEPT


@app.command()
@verb
def validate(jobs: list[str]) -> int:
    """Every mistake in job files, with its line; reads no media."""
    codes = []
    for each in jobs:
        try:
            loaded = _job(each)
            typer.echo(f"{each}: fine, {len(loaded.job.deliverables)} deliverables")
            codes.append(EXIT_KEPT)
        except FinishError as wrong:
            sys.stderr.write(f"{wrong}\n")
            codes.append(wrong.exit_code)
    return worst(codes)


@app.command()
@verb
def explain(job: str, name: Annotated[str, typer.Argument(help="a deliverable; all of them by default")] = "") -> int:
    """Every effective setting of a deliverable, and the file and line that it comes from."""
    loaded = _job(job)
    for each in [name] if name else [deliverable.name for deliverable in loaded.job.deliverables]:
        rows = loaded.explain(each)
        keys, values = max(len(row.key) for row in rows), max(len(row.value) for row in rows)
        typer.echo(f"{each}:")
        for row in rows:
            typer.echo(f"  {row.key:<{keys}}  {row.value:<{min(values, 40)}}  {row.origin}")
    return EXIT_KEPT


@app.command()
@verb
def still(
    job: str, name: str, at: Annotated[str, typer.Option(help="seconds, or minutes:seconds")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="the PNG to write")] = None,
) -> int:
    """One exact frame of a deliverable, as PNG."""
    typer.echo(str(api.still(_job(job).job, name, _time(at), output)))
    return EXIT_KEPT


def _time(text: str) -> Fraction:
    try:
        return units.seconds(text)
    except ValueError as wrong:
        raise FinishError("spec", f"--at: {wrong}") from wrong


@app.command()
@verb
def qc(file: str, preset: Annotated[str, typer.Option("--for", help="the destination")], as_json: AsJson = False) -> int:
    """Whether a finished file is what a destination demands, whoever made it."""
    verdicts = api.qc(file, preset)
    with screen(as_json) as shown:
        for each in verdicts:
            shown.line(f"{'kept  ' if each.kept else 'BROKEN'}  {each}")
    return EXIT_KEPT if all(each.kept for each in verdicts) else EXIT_BROKEN


@app.command()
@verb
def new(
    folder: Path, clip: Annotated[Path | None, typer.Option(help="copy this clip into it")] = None,
    presets: Annotated[str, typer.Option("--for", help="its destinations")] = "tiktok,youtube",
) -> int:
    """Make a job folder whose own `make` works."""
    for path in api.new(folder, clip, _names(presets)):
        typer.echo(str(path))
    return EXIT_KEPT


@app.command()
@verb
def schema() -> int:
    """The JSON Schema of job.yaml, for editors."""
    typer.echo(json.dumps(spec.schema(STAGES), indent=2, ensure_ascii=False))
    return EXIT_KEPT


@app.command()
@verb
def doctor() -> int:
    """What this machine can and cannot do."""
    findings = examine(Path.cwd())
    for each in findings:
        typer.echo(f"{'ok     ' if each.fine else 'MISSING'}  {each.what:<9} {each.said}")
    return EXIT_KEPT if all(each.fine for each in findings) else EXIT_FAILED
