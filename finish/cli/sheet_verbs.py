"""The verbs for pictures and lists: `sheet`, `still`, `cover`, `scopes`, `edl`, and `looks`."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer

from finish import api
from finish.cli import completion, naming
from finish.cli.naming import AllowLibrary, Job, JobOrClip, JobsAndNames, Names, Only
from finish.errors import EXIT_KEPT, SpecError

PngOrHtml = typer.Option("-o", "--output", help="the .png or .html to write")


def sheet(
    words: JobsAndNames,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="the .png or .html to write; default: out/sheet.png of the job"),
    ] = None,
    only: Only = None,
    allow: AllowLibrary = None,
    costs: Annotated[
        bool, typer.Option("--costs", help="tint places by what a graphic there would cover")
    ] = False,
) -> int:
    """Write a sheet of the plan: a frame per cue and shot. Safe areas are drawn; nothing else is rendered."""
    arguments = naming.jobs_and_names(words, only)
    jobs = [naming.load_job(job, allow) for job in arguments.jobs]
    written = api.sheet(jobs, output, arguments.names, costs=costs)
    typer.echo(str(written.path))
    return naming.report_errors(written.errors)


def still(  # noqa: PLR0913, PLR0917 (one option each)
    job: Job,
    names: Names = None,
    only: Only = None,
    allow: AllowLibrary = None,
    at: Annotated[str, typer.Option("--at", help="seconds, or minutes:seconds")] = "0",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="the .png to write; default: out/NAME-TIME.png")
    ] = None,
) -> int:
    """Write the exact frame of a deliverable at a time, as PNG."""
    loaded, (time,) = naming.load_job(job, allow), _times([at])

    def write(name: str, target: Path | None) -> None:
        typer.echo(str(api.still(loaded, name, time, target)))

    return naming.for_each(loaded, (*(names or ()), *(only or ())), output, write)


def cover(
    job: Job,
    names: Names = None,
    only: Only = None,
    allow: AllowLibrary = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="the .png to write; default: out/NAME-cover.png")
    ] = None,
) -> int:
    """Write the best cover frame of a deliverable. It is sharp and well lit, with faces in the safe area."""
    from finish import units

    loaded = naming.load_job(job, allow)

    def write(name: str, target: Path | None) -> None:
        path, time = api.cover(loaded, name, target)
        typer.echo(f"{path} ({units.clock(time)})")

    return naming.for_each(loaded, (*(names or ()), *(only or ())), output, write)


def scopes(  # noqa: PLR0913, PLR0917 (one option each)
    job: JobOrClip,
    names: Names = None,
    only: Only = None,
    allow: AllowLibrary = None,
    output: Annotated[Path, PngOrHtml] = Path("scopes.png"),
    at: Annotated[
        list[str] | None, typer.Option("--at", help="a time in the clip, such as 3.5 or 1:02 (repeatable)")
    ] = None,
) -> int:
    """Write scopes of a clip before and after its grade. Waveform, parade, vectorscope and histogram."""
    loaded, times = naming.load_job_or_clip(job, "youtube", allow), _times(at or ())

    def write(name: str, target: Path | None) -> None:
        typer.echo(str(api.scopes(loaded, name, target or output, times)))

    return naming.for_each(loaded, (*(names or ()), *(only or ())), output, write)


def edl(
    job: Job,
    names: Names = None,
    only: Only = None,
    allow: AllowLibrary = None,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="the .edl (CMX 3600) or .otio to write")
    ] = Path("cut.edl"),
) -> int:
    """Write a timeline or a clip's cuts as an edit list. The format is CMX 3600 or OpenTimelineIO."""
    from finish.interchange.timeline_formats import format_of
    from finish.storage.publish import write_whole

    timeline_format = format_of(output)
    loaded = naming.load_job(job, allow)

    def write(name: str, target: Path | None) -> None:
        path = target or output
        text, losses = api.exported_edit(loaded, name, timeline_format.name)
        write_whole(path, text.encode())
        typer.echo(str(path))
        for loss in losses:
            typer.echo(f"  note: {loss}")

    return naming.for_each(loaded, (*(names or ()), *(only or ())), output, write)


def looks(
    clip: Annotated[str, typer.Argument(help="a clip")],
    output: Annotated[Path, PngOrHtml] = Path("looks.png"),
    look: Annotated[
        list[str] | None,
        typer.Option(
            help="only this look: a packaged one by name, or a .cube file (repeatable)",
            autocompletion=completion.looks,
        ),
    ] = None,
) -> int:
    """Write a clip's own frames with every look."""
    typer.echo(str(api.looks(clip, output, look or ())))
    return EXIT_KEPT


def _times(texts: list[str] | tuple[()]) -> list[Fraction]:
    from finish import units

    try:
        return [units.seconds(text) for text in texts]
    except ValueError as error:
        raise SpecError(f"--at: {error}", "write 3.5 or 1:02") from error
