"""The verbs that read a job and render nothing: `plan`, `validate` and `explain`."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from finish import api
from finish.cli import naming
from finish.cli.naming import AllowLibrary, AsJson, Job, JobsAndNames, Names, Only, Presets
from finish.cli.recognition import Observation
from finish.cli.run_verb import Redecide, Strict, invalidation_of
from finish.errors import EXIT_FAILED, EXIT_KEPT, FinishError

if TYPE_CHECKING:
    from finish.jobspec import LoadedJob


def plan(  # noqa: PLR0913, PLR0917 (one option each)
    words: JobsAndNames,
    only: Only = None,
    presets: Presets = "",
    redecide: Redecide = None,
    strict: Strict = None,
    allow: AllowLibrary = None,
    details: Annotated[
        bool, typer.Option("--details", help="also show the filter graph, every promise and every note")
    ] = False,
    as_json: AsJson = False,
    estimate: Annotated[
        bool,
        typer.Option("--estimate", help="only show how long a run takes, on this machine or on --workers"),
    ] = False,
    workers: Annotated[
        int, typer.Option("--workers", min=0, max=100_000, help="workers of a cluster, with one thread each")
    ] = 0,
) -> int:
    """Show what a run would render and promise; renders nothing."""
    arguments = naming.jobs_and_names(words, only)
    loaded = {
        job: api.quick(job, naming.split_list(presets)) if presets else naming.load_job(job, allow)
        for job in arguments.jobs
    }
    if estimate:
        return _estimate(loaded, arguments.names, workers)
    from finish.cli.batch import strictly, worst
    from finish.cli.screen import open_screen

    codes, invalidation = [], invalidation_of(redecide)
    with open_screen(as_json) as screen:
        for loaded_job in loaded.values():
            job = strictly(loaded_job.job, strict)
            if as_json:
                planned, errors = api.planned(job, arguments.names, invalidation=invalidation)
                screen.planned(job.name, planned)
            else:
                text, errors = api.planning(job, arguments.names, details=details, invalidation=invalidation)
                typer.echo(text, nl=False)
            for error in errors:
                screen.error(error)
            codes += [error.exit_code for error in errors]
    return worst(codes)


def _estimate(loaded: Mapping[str, LoadedJob], names: Sequence[str], workers: int) -> int:
    """Print how long a run of the jobs takes."""
    from finish.cli import estimate_text

    estimates = {name: api.estimate(job, names) for name, job in loaded.items()}
    for line in estimate_text.lines(estimates, workers):
        typer.echo(line)
    return EXIT_KEPT


def validate(words: JobsAndNames, only: Only = None, allow: AllowLibrary = None) -> int:
    """Check job files without reading media. Lists every mistake with its line."""
    arguments = naming.jobs_and_names(words, only)
    observed = Observation.of(arguments.jobs)
    codes, lines, self_contained = [], [], True
    for target in arguments.jobs:
        line, errors, is_inside = _validity(target, arguments.names, allow)
        self_contained = self_contained and is_inside
        for error in errors:
            sys.stderr.write(f"{error}\n")
        if line:
            lines.append(("out", f"{line}\n"))
            typer.echo(line)
        codes.append(EXIT_FAILED if errors else EXIT_KEPT)
    if not any(codes) and self_contained:
        observed.keep(lines)
    return max(codes)


def _validity(
    target: str, names: Sequence[str], allow: Sequence[Path] | None
) -> tuple[str, tuple[FinishError, ...], bool]:
    """How many deliverables of a job are valid, in words; errors; and whether the job is self-contained."""
    from finish.engine.selection import select

    try:
        job = naming.load_job(target, allow)
        selection = select(job.job, names)
    except FinishError as error:
        return "", (error,), False
    valid, blocked = len(selection.deliverables), len(selection.unmade)
    text = f"{target}: {valid} deliverable{'s' * (valid != 1)} valid"
    return f"{text}, {blocked} blocked" if blocked else text, selection.errors, job.self_contained


def explain(
    job: Job,
    names: Names = None,
    only: Only = None,
    allow: AllowLibrary = None,
    why: Annotated[
        bool,
        typer.Option(
            "--why", help="only show where the plan differs from the published file, filter by filter"
        ),
    ] = False,
) -> int:
    """Show every setting of a deliverable and where it comes from. The origin is a file and a line."""
    loaded, patterns = naming.load_job(job, allow), (*(names or ()), *(only or ()))
    if why:
        typer.echo(api.why(loaded, patterns), nl=False)
        return EXIT_KEPT
    from finish.engine.selection import select

    selection = select(loaded.job, patterns)
    for deliverable in selection.deliverables:
        rows = loaded.explain(deliverable.name)
        keys, values = max(len(row.key) for row in rows), max(len(row.value) for row in rows)
        typer.echo(f"{deliverable.name}:")
        for row in rows:
            typer.echo(f"  {row.key:<{keys}}  {row.value:<{min(values, 40)}}  {row.origin}")
    return naming.report_errors(selection.errors)
