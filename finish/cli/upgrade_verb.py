"""`finish upgrade`: show what this version of finish changes in a published job, and accept it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from finish import api
from finish.cli import naming
from finish.cli.naming import AllowLibrary, Job, Names, Only
from finish.cli.run_verb import Redecide, invalidation_of
from finish.errors import EXIT_KEPT, SpecError

if TYPE_CHECKING:
    from finish.api import Upgrade
    from finish.review.upgrade import FileUpgrade


def upgrade(  # noqa: PLR0913, PLR0917 (one option each)
    job: Job,
    names: Names = None,
    only: Only = None,
    allow: AllowLibrary = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="the .html to write; default: out/upgrade.html of the job"),
    ] = None,
    redecide: Redecide = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="accept the changes for the whole job; the next run publishes them")
    ] = False,
) -> int:
    """Show what this version changes in a published job. With --yes, accept the changes."""
    patterns, stages = (*(names or ()), *(only or ())), invalidation_of(redecide).stages
    if yes and patterns:
        raise SpecError("--yes upgrades a whole job, not some of its deliverables", "leave out the names")
    if yes:
        path = api.accept_upgrade(job, redecide=stages, libraries=allow or ())
        typer.echo(f"{path}: replaced — to publish the job again: finish run {job}")
        return EXIT_KEPT
    result = api.upgrade(job, patterns, page=output, redecide=stages, libraries=allow or ())
    for line in _lines(result, " ".join([job, *(f"--redecide {stage}" for stage in stages)])):
        typer.echo(line)
    return naming.report_errors(result.errors)


def _lines(result: Upgrade, job: str) -> Iterator[str]:
    """The report of an upgrade, line by line."""
    versions = result.versions
    yield f"{result.job}: approved with finish {versions.approved}, this is finish {versions.current}"
    for name, before, after in versions.analysers:
        yield f"  newer analyser: {name} {before} → {after}; to compare new decisions, add --redecide STAGE"
    for file in result.files:
        yield f"  {file.name}: {_summary(file)}"
        yield from (f"    {name}: {before} → {after}" for name, before, after in file.changes)
    if result.page is not None:
        yield f"before and after: {result.page}"
        yield f"to take the changes: finish upgrade {job} --yes"


def _summary(file: FileUpgrade) -> str:
    """What changes in one file, in words."""
    if file.is_same:
        return "no change"
    count = len(file.after.pieces)
    parts = [f"{len(file.changed_pieces)} of {count} piece{'s' * (count > 1)} to render"]
    parts += ["the sound changes"] * file.sound_changes + ["files beside it change"] * file.files_change
    return ", ".join(parts)
