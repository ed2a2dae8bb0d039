"""The verbs with which one sees first: `sheet`, `looks` and `styles`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from finish import api, units
from finish.cli.batch import is_media
from finish.effects.publish import write_whole
from finish.errors import EXIT_FAILED, EXIT_KEPT, FinishError

Output = Annotated[Path | None, typer.Option("-o", "--output", help="the .png or .html to write; default: out/sheet.png of the job")]


def sheet(
    jobs: Annotated[list[str], typer.Argument(help="job folders or job files")],
    output: Output = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="just this deliverable (may be repeated)")] = None,
) -> int:
    """A frame per cue and shot of every deliverable, safe zones drawn, from the plan; renders nothing else."""
    made = api.sheet([api.load(each).job for each in jobs], output, only or ())
    for wrong in made.errors:
        sys.stderr.write(f"{wrong}\n")
    typer.echo(str(made.path))
    return EXIT_FAILED if made.errors else EXIT_KEPT


def cover(
    job: Annotated[str, typer.Argument(help="a job folder or a job file")],
    only: Annotated[str, typer.Option("--only", help="which deliverable; default: the first")] = "",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="the .png to write; default: out/NAME-cover.png")] = None,
) -> int:
    """The frame of a deliverable that is best for a cover: sharp, lit, a face clear of the destination's own buttons."""
    loaded = api.load(job).job
    if not loaded.deliverables:
        raise FinishError("spec", f"{job} has nothing to deliver", "state a deliverable")
    path, time = api.cover(loaded, only or loaded.deliverables[0].name, output)
    typer.echo(f"{path} ({units.clock(time)})")
    return EXIT_KEPT


def scopes(
    job: Annotated[str, typer.Argument(help="a job folder, a job file, or a clip")],
    output: Annotated[Path, typer.Option("-o", "--output", help="the .png or .html to write")] = Path("scopes.png"),
    only: Annotated[str, typer.Option("--only", help="which deliverable's grade; default: the first")] = "",
    at: Annotated[list[str] | None, typer.Option("--at", help="a moment of the clip, as 3.5 or 1:02 (may be repeated)")] = None,
) -> int:
    """Waveform, parade, vectorscope and histogram of a clip's frames, before and after its grade."""
    loaded = api.quick(job, ["youtube"]).job if is_media(Path(job)) else api.load(job).job
    if not loaded.deliverables:
        raise FinishError("spec", f"{job} has nothing to deliver", "state a deliverable")
    try:
        times = [units.seconds(each) for each in at or ()]
    except ValueError as wrong:
        raise FinishError("spec", f"--at: {wrong}", "write 3.5 or 1:02") from wrong
    typer.echo(str(api.scopes(loaded, only or loaded.deliverables[0].name, output, times)))
    return EXIT_KEPT


def edl(
    job: Annotated[str, typer.Argument(help="a job folder or a job file")],
    output: Annotated[Path, typer.Option("-o", "--output", help="the .edl (CMX 3600) or .otio to write")] = Path("cut.edl"),
    only: Annotated[str, typer.Option("--only", help="which deliverable's frames; default: the first's")] = "",
) -> int:
    """What pacing keeps of a clip, as an edit list for other programs: CMX 3600 or OpenTimelineIO."""
    form = output.suffix.lower().removeprefix(".")
    if form not in ("edl", "otio"):
        raise FinishError("path", f"{output} is neither .edl nor .otio", "name one")
    write_whole(output, api.edit_list(api.load(job).job, only, form).encode())
    typer.echo(str(output))
    return EXIT_KEPT


def looks(
    clip: str,
    output: Annotated[Path, typer.Option("-o", "--output", help="the .png or .html to write")] = Path("looks.png"),
    look: Annotated[list[str] | None, typer.Option(help="just this one of ours, or a .cube file (may be repeated)")] = None,
) -> int:
    """A clip's own frames with every look on, to choose from."""
    typer.echo(str(api.looks(clip, output, look or ())))
    return EXIT_KEPT


def styles(
    clip: Annotated[str, typer.Argument(help="the clip; without one the styles are only named")] = "",
    output: Annotated[Path, typer.Option("-o", "--output", help="the .png or .html to write")] = Path("styles.png"),
    style: Annotated[list[str] | None, typer.Option(help="just this one of ours, or a style.yaml (may be repeated)")] = None,
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
