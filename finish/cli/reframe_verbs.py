"""The verbs about how a picture is framed: `finish reframe show`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from finish import api
from finish.cli.naming import AllowLibrary, Only, of_job_or_clip
from finish.errors import EXIT_KEPT


def verbs(verb: Callable[[Callable[..., int]], Any]) -> typer.Typer:
    """The group, each verb wrapped as all verbs are."""
    app = typer.Typer(help="How a picture is framed.", no_args_is_help=True)
    app.command()(verb(show))
    return app


def show(  # noqa: PLR0913, PLR0917 (one option each)
    what: Annotated[str, typer.Argument(metavar="JOB|CLIP", help="a job folder, a job file, or a clip")],
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]…", help="deliverables; default: all of the first clip's"),
    ] = None,
    only: Only = None,
    allow: AllowLibrary = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="the .png, .html or .mp4 to write")] = Path(
        "crops.png"
    ),
    preset: Annotated[
        str, typer.Option("--for", help="of a clip: the destination to frame it for")
    ] = "tiktok",
) -> int:
    """A clip's own frames with the crop drawn on them, and the faces that it follows."""
    typer.echo(str(api.crops(of_job_or_clip(what, preset, allow), output, (*(names or ()), *(only or ())))))
    return EXIT_KEPT
