"""How a command line names a job and its deliverables: the same way for every verb."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from finish import api
from finish.cli.batch import is_media
from finish.errors import EXIT_FAILED, EXIT_KEPT, FinishError, SpecError
from finish.jobspec import LoadedJob

Only = Annotated[
    list[str] | None,
    typer.Option("--only", help="just this deliverable, or those of a pattern (may be repeated)"),
]
Name = Annotated[str, typer.Argument(help="which deliverable; default: the first")]
AllowLibrary = Annotated[
    list[Path] | None,
    typer.Option(
        "--allow-library",
        metavar="DIR",
        help="a folder outside that jobs may name under libraries (may be repeated)",
    ),
]
OneOnly = Annotated[str, typer.Option("--only", help="the same as NAME")]


def which(name: str, only: str) -> str:
    """The one deliverable that is asked for, however it was; "" for the first."""
    if name and only and name != only:
        raise SpecError(f"{name} and --only {only}: two deliverables", "name one")
    return name or only


def of_job(target: str, allow: Sequence[Path] | None = None) -> LoadedJob:
    """The job in a folder or job file, which may read those libraries too; FinishError for a clip."""
    path = Path(target)
    if is_media(path):
        raise SpecError(
            f"{target} is no job", f"finish run {target} --for tiktok,youtube finishes a clip without one"
        )
    return api.load(path, libraries=allow or ())


def of_job_or_clip(target: str, preset: str, allow: Sequence[Path] | None = None) -> LoadedJob:
    """The same; of a clip, the job that frames it for one destination."""
    return api.quick(target, [preset]) if is_media(Path(target)) else api.load(target, libraries=allow or ())


def told(errors: Iterable[FinishError]) -> int:
    """Write why some of a job cannot be made; the exit code that this gives."""
    code = EXIT_KEPT
    for wrong in errors:
        sys.stderr.write(f"{wrong}\n")
        code = EXIT_FAILED
    return code
