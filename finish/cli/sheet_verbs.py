"""The verbs with which one sees first: `sheet`, `looks` and `styles`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finish import api, units
from finish.cli.naming import AllowLibrary, Name, OneOnly, Only, of_job, of_job_or_clip, told, which
from finish.errors import EXIT_KEPT, SpecError
from finish.interchange.timeline_formats import format_of
from finish.storage.publish import write_whole

Output = Annotated[
    Path | None,
    typer.Option("-o", "--output", help="the .png or .html to write; default: out/sheet.png of the job"),
]


def sheet(
    jobs: Annotated[list[str], typer.Argument(help="job folders or job files")],
    output: Output = None,
    only: Only = None,
    allow: AllowLibrary = None,
) -> int:
    """A frame per cue and shot of every deliverable, safe zones drawn, from the plan; renders nothing else."""
    made = api.sheet([of_job(each, allow) for each in jobs], output, only or ())
    typer.echo(str(made.path))
    return told(made.errors)


def cover(
    job: Annotated[str, typer.Argument(help="a job folder or a job file")],
    name: Name = "",
    only: OneOnly = "",
    allow: AllowLibrary = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="the .png to write; default: out/NAME-cover.png")
    ] = None,
) -> int:
    """The frame of a deliverable that is best for a cover: sharp, lit, a face clear of the destination's own buttons."""
    path, time = api.cover(of_job(job, allow), which(name, only), output)
    typer.echo(f"{path} ({units.clock(time)})")
    return EXIT_KEPT


def scopes(  # noqa: PLR0913, PLR0917 (one option each)
    job: Annotated[str, typer.Argument(help="a job folder, a job file, or a clip")],
    name: Name = "",
    only: OneOnly = "",
    allow: AllowLibrary = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="the .png or .html to write")] = Path(
        "scopes.png"
    ),
    at: Annotated[
        list[str] | None, typer.Option("--at", help="a moment of the clip, as 3.5 or 1:02 (may be repeated)")
    ] = None,
) -> int:
    """Waveform, parade, vectorscope and histogram of a clip's frames, before and after its grade."""
    loaded = of_job_or_clip(job, "youtube", allow)
    try:
        times = [units.seconds(each) for each in at or ()]
    except ValueError as wrong:
        raise SpecError(f"--at: {wrong}", "write 3.5 or 1:02") from wrong
    typer.echo(str(api.scopes(loaded, which(name, only), output, times)))
    return EXIT_KEPT


def edl(
    job: Annotated[str, typer.Argument(help="a job folder or a job file")],
    name: Name = "",
    only: OneOnly = "",
    allow: AllowLibrary = None,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="the .edl (CMX 3600) or .otio to write")
    ] = Path("cut.edl"),
) -> int:
    """Export the cut of a deliverable for editing programs, as CMX 3600 or OpenTimelineIO."""
    form = format_of(output).name
    write_whole(output, api.edit_list(of_job(job, allow), which(name, only), form).encode())
    typer.echo(str(output))
    return EXIT_KEPT


def looks(
    clip: str,
    output: Annotated[Path, typer.Option("-o", "--output", help="the .png or .html to write")] = Path(
        "looks.png"
    ),
    look: Annotated[
        list[str] | None, typer.Option(help="just this one of ours, or a .cube file (may be repeated)")
    ] = None,
) -> int:
    """A clip's own frames with every look on, to choose from."""
    typer.echo(str(api.looks(clip, output, look or ())))
    return EXIT_KEPT


def styles(
    clip: Annotated[str, typer.Argument(help="the clip; without one the styles are only named")] = "",
    output: Annotated[Path, typer.Option("-o", "--output", help="the .png or .html to write")] = Path(
        "styles.png"
    ),
    style: Annotated[
        list[str] | None, typer.Option(help="just this one of ours, or a style.yaml (may be repeated)")
    ] = None,
    captions: Annotated[str, typer.Option(help="its captions; a few lines of ours without")] = "",
    preset: Annotated[str, typer.Option("--for", help="the destination to frame it for")] = "tiktok",
) -> int:
    """A clip's own frames with captions in every style, to choose from."""
    if not clip:
        for name, title in api.style_titles().items():
            typer.echo(f"{name:12s} {title}")
        return EXIT_KEPT
    typer.echo(str(api.styles(clip, output, style or (), captions, preset)))
    return EXIT_KEPT
