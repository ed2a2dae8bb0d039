"""The verbs that measure finish: `bench captions`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from finish.errors import EXIT_BROKEN, EXIT_KEPT, PathError


def group(verb: Callable[[Callable[..., int]], Any]) -> typer.Typer:
    """The group; `verb` turns a function into a command."""
    app = typer.Typer(no_args_is_help=True, help="Measure finish on files of your own.")

    @app.callback()
    def only_verbs() -> None:
        """Keep `captions` a verb of the group, though it is the only one."""

    app.command()(verb(captions))
    return app


def captions(
    files: Annotated[Path, typer.Option("--files", help="the folder of caption files, with its subfolders")],
    as_json: Annotated[bool, typer.Option("--json", help="write the result as JSON")] = False,
) -> int:
    """Compare how caption files are read with independent readers. Exits 1 below 99 %, or for a lost cue.

    Each file is read by every independent reader of its format that is installed: pysubs2, ttconv, pycaption.
    What is on the screen is compared word by word over time. Files that differ are listed with the reason.
    """
    from finish.corpora import caption_corpus, corpus_table

    if not files.is_dir():
        raise PathError(f"{files} isn't a folder", "name the folder of caption files with --files")
    judged = list(caption_corpus.judged(files))
    if not judged:
        raise PathError(f"{files} has no captions that an independent reader reads", "name another folder")
    if as_json:
        typer.echo(json.dumps(corpus_table.as_json(judged), ensure_ascii=False, indent=1))
    else:
        for line in corpus_table.table(judged):
            typer.echo(line)
        for name in caption_corpus.missing_readers():
            typer.echo(f"note: {name} isn't installed, and compares nothing — pip install 'finish[corpora]'")
    return EXIT_KEPT if corpus_table.passed(judged) else EXIT_BROKEN
