"""The verbs that need no job: `presets`, `qc`, `new`, `schema` and `doctor`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finish import api
from finish.cli import completion
from finish.cli.naming import AsJson, Preset, split_list
from finish.cli.recognition import Observation
from finish.errors import EXIT_BROKEN, EXIT_FAILED, EXIT_KEPT, SpecError


def presets(
    name: Annotated[
        str,
        typer.Argument(
            help="show this one, with the reason and the source of each number",
            autocompletion=completion.presets,
        ),
    ] = "",
) -> int:
    """List the destinations and their specifications. With a name, show the reason of each number."""
    from datetime import date

    from finish import resources
    from finish.cli import preset_table
    from finish.jobspec.presets import packaged_preset
    from finish.near_names import choices

    known, today = resources.names("presets"), date.today()
    if name and name not in known:
        raise SpecError(f'no preset "{name}"', choices(name, known))
    lines = (
        preset_table.details(packaged_preset(name), today)
        if name
        else preset_table.listing(preset_table.packaged(), today)
    )
    for line in lines:
        typer.echo(line)
    Observation({}).keep([("out", f"{line}\n") for line in lines])
    return EXIT_KEPT


def qc(
    file: Annotated[str, typer.Argument(help="any media file")], preset: Preset, as_json: AsJson = False
) -> int:
    """Check any file against a destination's specification."""
    from finish.cli.screen import open_screen

    results = api.qc(file, preset)
    with open_screen(as_json) as screen:
        for result in results:
            screen.line(f"{'kept  ' if result.kept else 'BROKEN'}  {result}")
    return EXIT_KEPT if all(result.kept for result in results) else EXIT_BROKEN


def new(
    folder: Annotated[Path, typer.Argument(help="the job folder to create")],
    clip: Annotated[Path | None, typer.Option(help="a clip to copy into it")] = None,
    presets: Annotated[
        str, typer.Option("--for", help="its destinations", autocompletion=completion.presets)
    ] = "tiktok,youtube",
) -> int:
    """Create a job folder with a job.yaml to edit and a Makefile."""
    for path in api.new(folder, clip, split_list(presets)):
        typer.echo(str(path))
    return EXIT_KEPT


def schema(
    document: Annotated[
        str, typer.Argument(help="`job`, `brand`, or what a run writes: `lock`, `manifest` or `history`")
    ] = "job",
) -> int:
    """Show the JSON Schema of job.yaml, a brand or another document. Editors can use it to check a file."""
    import json

    from finish import jobspec
    from finish.deliver.documents import DOCUMENTS, document_schema
    from finish.near_names import choices
    from finish.stages import STAGES

    written = {"job": jobspec.schema, "brand": jobspec.brand_schema}
    known = (*written, *DOCUMENTS)
    if document not in known:
        raise SpecError(f'no schema "{document}"', choices(document, known))
    values = written[document](STAGES) if document in written else document_schema(document)
    typer.echo(json.dumps(values, indent=2, ensure_ascii=False))
    return EXIT_KEPT


def doctor() -> int:
    """Report what this machine can and can't do."""
    from finish.media.doctor import examine

    findings = examine(Path.cwd())
    for finding in findings:
        typer.echo(f"{'ok     ' if finding.fine else 'MISSING'}  {finding.what:<9} {finding.details}")
    return EXIT_KEPT if all(finding.fine for finding in findings) else EXIT_FAILED
