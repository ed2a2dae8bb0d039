"""The verbs for crops: `finish reframe show`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from finish import api
from finish.cli import naming
from finish.cli.naming import AllowLibrary, JobOrClip, Names, Only, Preset
from finish.errors import EXIT_KEPT


def group(verb: Callable[[Callable[..., int]], Any]) -> typer.Typer:
    """The group; `verb` turns a function into a command."""
    app = typer.Typer(help="Show crops.", no_args_is_help=True)
    app.command()(verb(show))
    return app


def show(  # noqa: PLR0913, PLR0917 (one option each)
    what: JobOrClip,
    names: Names = None,
    only: Only = None,
    allow: AllowLibrary = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="the .png, .html or .mp4 to write")] = Path(
        "crops.png"
    ),
    preset: Preset = "tiktok",
) -> int:
    """Write a clip's own frames with each crop drawn on them. Faces that the crop follows are marked."""
    job = naming.load_job_or_clip(what, preset, allow)
    typer.echo(str(api.crops(job, output, (*(names or ()), *(only or ())))))
    return EXIT_KEPT
