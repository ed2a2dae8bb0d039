"""The verbs that set the program beside people, on material that one holds: `finish bench reframe`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Annotated, Any

import typer

from finish import api
from finish.errors import EXIT_KEPT
from finish.review.retargetvid import RATIOS, UNSEEN, Overlap


def verbs(verb: Callable[[Callable[..., int]], Any]) -> typer.Typer:
    """The group, each verb wrapped as all verbs are."""
    app = typer.Typer(help="The program beside people, on material that you hold.", no_args_is_help=True)
    app.callback()(lambda: None)  # or a group of one verb would be that verb
    app.command()(verb(reframe))
    return app


def reframe(
    videos: Annotated[
        Path, typer.Option("--videos", exists=True, file_okay=False, help="DHF1K's videos, as 001.AVI")
    ],
    windows: Annotated[
        Path, typer.Option("--windows", exists=True, file_okay=False, help="RetargetVid's annotator_1.zip …")
    ],
    motion: Annotated[str, typer.Option("--motion", help="calm, responsive or locked")] = "responsive",
) -> int:
    """How much crops share with those that people chose (RetargetVid, mean IoU), beside a crop of the middle."""
    rows: list[Overlap] = []
    typer.echo(f"{'video':<10}{'ratio':>6}{'ours':>8}{'middle':>8}")
    for row in api.retargeted(videos, windows, {"reframe": {"motion": motion}}):
        rows.append(row)
        typer.echo(_line(f"{row.video:03d}", row.ratio, [row]))
    for ratio in RATIOS:
        of = [row for row in rows if row.ratio == ratio]
        unseen = [row for row in of if row.video in UNSEEN]
        for name, some in (("all", of), ("601–700", unseen)):
            if some:
                typer.echo(_line(f"{name} ({len(some)})", ratio, some))
    return EXIT_KEPT


def _line(name: str, ratio: str, rows: Sequence[Overlap]) -> str:
    ours, middle = fmean(row.ours for row in rows), fmean(row.middle for row in rows)
    return f"{name:<10}{ratio.replace('-', ':'):>6}{100 * ours:8.1f}{100 * middle:8.1f}"
