"""The verb `loudness`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from finish import api
from finish.cli.batch import is_media
from finish.cli.naming import AllowLibrary, Name, OneOnly, of_job, which
from finish.errors import EXIT_KEPT, PathError
from finish.review import loudness_curve, loudness_page
from finish.review.loudness_table import LoudnessAims, MeasuredSound, table
from finish.storage.publish import write_whole

Draw = Callable[[str, Sequence[MeasuredSound], LoudnessAims | None], bytes]


def _svg(title: str, sounds: Sequence[MeasuredSound], aims: LoudnessAims | None) -> bytes:
    return loudness_curve.picture(title, sounds, aims).encode()


_WRITERS: Final[dict[str, Draw]] = {".svg": _svg, ".html": loudness_page.html, ".htm": loudness_page.html}


def loudness(
    what: Annotated[
        str, typer.Argument(metavar="FILE|JOB", help="any file with sound; or a job folder or job file")
    ],
    name: Name = "",
    only: OneOnly = "",
    allow: AllowLibrary = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="write the curve over time: .svg, or .html with all figures"),
    ] = None,
) -> int:
    """Measure loudness and peaks of a file, or of a deliverable before and after, as an EBU Mode meter does."""
    draw = _writer(output) if output else None
    path = Path(what)
    if is_media(path):
        sounds, aims = [api.meter(path)], None
    else:
        both, aims = api.loudness(of_job(what, allow), which(name, only))
        sounds = list(both)
    for line in table(sounds):
        typer.echo(line)
    if output and draw:
        write_whole(output, draw(which(name, only) or path.stem or path.name, sounds, aims))
        typer.echo(str(output))
    return EXIT_KEPT


def _writer(output: Path) -> Draw:
    if output.suffix.lower() not in _WRITERS:
        raise PathError(f"{output.name} isn't a picture or a web page", "end its name in .svg or .html")
    return _WRITERS[output.suffix.lower()]
