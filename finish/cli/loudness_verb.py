"""The verb with which one sees what is heard: `loudness`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finish import api
from finish.cli.batch import is_media
from finish.cli.naming import AllowLibrary, Name, OneOnly, of_job, which
from finish.errors import EXIT_KEPT, PathError
from finish.review.loudness_curve import picture, table
from finish.storage.publish import write_whole


def loudness(
    what: Annotated[
        str, typer.Argument(metavar="FILE|JOB", help="any file with sound; or a job folder or job file")
    ],
    name: Name = "",
    only: OneOnly = "",
    allow: AllowLibrary = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="the .svg to write: its course")
    ] = None,
) -> int:
    """What an EBU Mode meter says of a file, or of a deliverable before and after; with a picture of its course."""
    if output and output.suffix.lower() != ".svg":
        raise PathError(f"{output} is no .svg", "name one")
    path = Path(what)
    if is_media(path):
        heard, aims = [api.meter(path)], None
    else:
        both, aims = api.loudness(of_job(what, allow), which(name, only))
        heard = list(both)
    for line in table(heard):
        typer.echo(line)
    if output:
        write_whole(output, picture(which(name, only) or path.stem or path.name, heard, aims).encode())
        typer.echo(str(output))
    return EXIT_KEPT
