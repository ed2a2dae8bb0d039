"""`finish watch FOLDER`: finish the job folders and clips that are added to a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from finish import api
from finish.cli.naming import AllowLibrary, AsJson, AtCluster
from finish.errors import EXIT_FAILED, EXIT_KEPT

if TYPE_CHECKING:
    from finish.watch.watch_ledger import WatchEntry


def watch(  # noqa: PLR0913, PLR0917 (one option each)
    folder: Annotated[
        Path,
        typer.Argument(exists=True, file_okay=False, help="the folder to watch for job folders and clips"),
    ],
    template: Annotated[
        Path | None,
        typer.Option("--job", help="a job folder with source: media/*, the template for each clip's job"),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="finish what is in the folder, then end")] = False,
    quiet: Annotated[
        float | None,
        typer.Option("--quiet", min=0, help="the seconds without a change before work begins (default: 5)"),
    ] = None,
    status: Annotated[
        bool, typer.Option("--status", help="only list what waits, runs, is done or failed")
    ] = False,
    allow: AllowLibrary = None,
    cluster: AtCluster = "",
    as_json: AsJson = False,
) -> int:
    """Finish job folders and clips that are added to a folder. Work begins once they stop changing."""
    tell = _json if as_json else _plain
    if status:
        for entry in api.watch_status(folder):
            tell(entry)
        return EXIT_KEPT
    from finish.cluster.dask_connection import connected_or_none
    from finish.watch.watch_page import PAGE

    if not as_json:
        typer.echo(f"watching {folder}; {folder / PAGE} shows its state")
    with connected_or_none(cluster) as executor:
        whole = api.watch_folder(
            folder,
            template=template,
            once=once,
            quiet=quiet,
            libraries=allow or (),
            tell=tell,
            executor=executor,
        )
    return EXIT_KEPT if whole or not once else EXIT_FAILED


def _plain(entry: WatchEntry) -> None:
    from finish.watch.watch_ledger import encoded
    from finish.watch.watch_page import line

    typer.echo(encoded(line(entry)).decode())


def _json(entry: WatchEntry) -> None:
    import json
    from dataclasses import asdict

    typer.echo(json.dumps(asdict(entry)))
