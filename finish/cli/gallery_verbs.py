"""The verbs that show designs on a clip: `styles` and `titles`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finish import api
from finish.cli import completion, naming
from finish.cli.naming import Preset
from finish.errors import EXIT_KEPT


def styles(
    style_or_clip: Annotated[
        str,
        typer.Argument(
            metavar="[NAME|CLIP]",
            help="a style, to list its keys, or a clip, to show every style on it; default: list the styles",
            autocompletion=completion.styles,
        ),
    ] = "",
    output: Annotated[
        Path, typer.Option("-o", "--output", help="the .png to write, or a .html page with moving previews")
    ] = Path("styles.png"),
    style: Annotated[
        list[str] | None,
        typer.Option(
            help="only this style: a packaged one by name, or a style.yaml (repeatable)",
            autocompletion=completion.styles,
        ),
    ] = None,
    captions: Annotated[str, typer.Option(help="the caption file to show; default: a few sample lines")] = "",
    preset: Preset = "",
) -> int:
    """List caption styles, or show a clip in every style. With the name of a style, list its keys."""
    if not style_or_clip:
        for name, title in api.style_titles().items():
            typer.echo(f"{name:12s} {title}")
    elif naming.is_media(Path(style_or_clip)) or any(sign in style_or_clip for sign in "*?["):
        typer.echo(str(api.styles(style_or_clip, output, style or (), captions, preset)))
    else:
        _list_keys(style_or_clip)
    return EXIT_KEPT


def _list_keys(name: str) -> None:
    """Print every key of a style, its value and its meaning."""
    rows = api.style_keys(name)
    keys, values = max(len(row.key) for row in rows), max(len(row.value) for row in rows)
    for row in rows:
        typer.echo(f"{row.key:<{keys}}  {row.value:<{values}}  {row.meaning}".rstrip())


def titles(
    clip: Annotated[
        str, typer.Argument(metavar="[CLIP]", help="the clip to show them on; default: list the templates")
    ] = "",
    output: Annotated[Path, typer.Option("-o", "--output", help="the .html to write")] = Path("titles.html"),
    template: Annotated[
        list[str] | None,
        typer.Option(help="only this template (repeatable)", autocompletion=completion.title_templates),
    ] = None,
    brand: Annotated[
        Path | None, typer.Option(help="a brand.yaml, whose colours and fonts the titles take")
    ] = None,
) -> int:
    """List title templates, or write a page of a clip with each of them, moving, vertical and wide."""
    if not clip:
        for row in api.title_templates():
            typer.echo(f"{row.name:17s} {row.kind:10s} {row.about}")
    else:
        typer.echo(str(api.titles(clip, output, template or (), brand)))
    return EXIT_KEPT
