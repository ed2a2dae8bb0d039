"""`finish loudness`: a loudness meter, with a picture of loudness over time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from finish import api
from finish.cli import naming
from finish.cli.naming import AllowLibrary, Names, Only
from finish.errors import EXIT_KEPT, PathError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finish.review.loudness_table import LoudnessAims, MeasuredSound

_SUFFIXES = (".svg", ".html", ".htm")


def loudness(
    what: Annotated[
        str, typer.Argument(metavar="FILE|JOB", help="any file with sound, a job folder, or a job file")
    ],
    names: Names = None,
    only: Only = None,
    allow: AllowLibrary = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="write the curve over time: .svg, or .html with all figures"),
    ] = None,
) -> int:
    """Measure the loudness and peaks of a file or a deliverable. The numbers are those of EBU Mode meters."""
    if output and output.suffix.lower() not in _SUFFIXES:
        raise PathError(f"{output.name} isn't a picture or a web page", "end its name in .svg or .html")
    path = Path(what)
    if naming.is_media(path):
        _report(path.stem, [api.meter(path)], None, output)
        return EXIT_KEPT
    job, patterns = naming.load_job(what, allow), (*(names or ()), *(only or ()))

    def write(name: str, target: Path | None) -> None:
        if len(patterns) > 1:
            typer.echo(f"{name}:")
        measured, aims = api.loudness(job, name)
        _report(name or path.stem or path.name, list(measured), aims, target)

    return naming.for_each(job, patterns, output, write)


def _report(
    title: str, measured: Sequence[MeasuredSound], aims: LoudnessAims | None, output: Path | None
) -> None:
    from finish.review.loudness_table import table
    from finish.storage.publish import write_whole

    for line in table(measured):
        typer.echo(line)
    if output:
        write_whole(output, _drawing(output, title, measured, aims))
        typer.echo(str(output))


def _drawing(output: Path, title: str, measured: Sequence[MeasuredSound], aims: LoudnessAims | None) -> bytes:
    from finish.review import loudness_curve, loudness_page

    if output.suffix.lower() == ".svg":
        return loudness_curve.picture(title, measured, aims).encode()
    return loudness_page.html(title, measured, aims)
