"""The verb for translators: `strings`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finish import api
from finish.cli.naming import AllowLibrary, Job
from finish.errors import EXIT_BROKEN, EXIT_KEPT


def strings(
    job: Job,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", help="where to write the tables; default: strings/"),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="write nothing; list texts that are missing or don't fit")
    ] = False,
    allow: AllowLibrary = None,
) -> int:
    """Write the texts with keys to strings/LANGUAGE.csv for translators. Translations that are there stay."""
    texts = api.job_strings(job, libraries=tuple(allow or ()))
    problems = tuple(texts.problems)
    if not check:
        for path in texts.write(output):
            typer.echo(str(path))
    for problem in problems:
        typer.echo(problem)
    return EXIT_BROKEN if check and problems else EXIT_KEPT
