"""The verbs for caption files: `captions check` and `captions fix`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from finish.errors import EXIT_BROKEN, EXIT_KEPT

File = Annotated[Path, typer.Argument(help="a caption file of any format but .ass and .txt")]
Encoding = Annotated[
    str, typer.Option(help="the encoding of a file that isn't Unicode, such as windows-1252")
]
Lang = Annotated[str, typer.Option(help="the language, such as en or ja; rules depend on it")]
Rate = Annotated[str, typer.Option(help="the frame rate of the picture; gaps are counted in frames")]
Clip = Annotated[
    Path | None, typer.Option("--clip", help="the clip of the captions, for its frame rate and its cuts")
]


def group(verb: Callable[[Callable[..., int]], Any]) -> typer.Typer:
    """The group; `verb` turns a function into a command."""
    app = typer.Typer(no_args_is_help=True, help="Check caption files against reading rules, and fix them.")
    app.command()(verb(check))
    app.command()(verb(fix))
    return app


def check(file: File, lang: Lang = "", rate: Rate = "25", clip: Clip = None, encoding: Encoding = "") -> int:
    """List the reading rules that a caption file breaks. The numbers are Netflix's for its language."""
    from finish.cli import caption_files

    rules = caption_files.check_file(file, encoding, lang, caption_files.Picture(rate, clip))
    for rule in rules:
        typer.echo(rule)
    typer.echo(caption_files.count(len(rules), "broken rule"))
    return EXIT_BROKEN if rules else EXIT_KEPT


def fix(  # noqa: PLR0913, PLR0917 (one option each)
    file: File,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="the .srt, .vtt or .ttml to write; default: FILE.fixed.srt"),
    ] = None,
    lang: Lang = "",
    rate: Rate = "25",
    clip: Clip = None,
    encoding: Encoding = "",
    stretch: Annotated[
        str, typer.Option(help="the frame rate of the captions and the clip's, such as 25:23.976")
    ] = "",
) -> int:
    """Write a copy of FILE that keeps the reading rules. Lists every change, and what can't be fixed."""
    from finish.cli import caption_files

    picture = caption_files.Picture(rate, clip)
    fixed = caption_files.fix_file(file, output, encoding, lang, picture, stretch)
    for line in caption_files.summary(fixed):
        typer.echo(line)
    return EXIT_BROKEN if fixed.broken else EXIT_KEPT
