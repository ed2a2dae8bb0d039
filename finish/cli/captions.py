"""The verbs about caption files alone: `captions check` and `captions fix`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from finish import api, units
from finish.effects.publish import write_whole
from finish.errors import EXIT_BROKEN, EXIT_KEPT, FinishError
from finish.model import Document
from finish.stages.captions.edges import Edges
from finish.stages.captions.parse import Captions, read
from finish.stages.captions.rules import broken, mended
from finish.stages.captions.sidecar import sidecar

File = Annotated[Path, typer.Argument(help="the .srt, .vtt or .json")]
Lang = Annotated[str, typer.Option(help="its language, as en or ja: rules differ")]
Rate = Annotated[str, typer.Option(help="frames a second of the picture: gaps are counted in them")]
Of = Annotated[Path | None, typer.Option("--clip", help="the clip that they are of: its frame rate, and its shot changes")]


def check(file: File, lang: Lang = "", rate: Rate = "25", clip: Of = None) -> int:
    """Every rule for reading that a caption file breaks (Netflix' numbers for its language), cue by cue."""
    found = list(broken(_read(file).cues, lang, _edges(rate, clip)))
    for each in found:
        typer.echo(str(each))
    typer.echo(f"{len(found)} broken rule{'s' * (len(found) != 1)}")
    return EXIT_BROKEN if found else EXIT_KEPT


def fix(
    file: File,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="the .srt or .vtt to write; default: FILE.fixed.srt")] = None,
    lang: Lang = "",
    rate: Rate = "25",
    clip: Of = None,
) -> int:
    """The same captions within the rules, as far as there is room; every change is listed, and FILE itself is left alone."""
    target = output or file.with_suffix(".fixed.vtt" if file.suffix.lower() == ".vtt" else ".fixed.srt")
    form: Literal["srt", "vtt"] = "vtt" if target.suffix.lower() == ".vtt" else "srt"
    if target.suffix.lower() not in (".srt", ".vtt"):
        raise FinishError("path", f"{target} is no .srt or .vtt", "name one of these")
    if target.exists():
        raise FinishError("path", f"{target} is already there", "name another with -o, or move it away")
    cues = _read(file).cues
    edges = _edges(rate, clip)
    done, changes = mended(cues, lang, edges)
    write_whole(target, sidecar(done, form, "", str(file)).content)
    for change in changes:
        typer.echo(change)
    left = list(broken(done, lang, edges))
    for each in left:
        typer.echo(f"still broken: {each}")
    typer.echo(f"{target}: {len(changes)} change{'s' * (len(changes) != 1)}, {len(left)} rule{'s' * (len(left) != 1)} still broken")
    return EXIT_BROKEN if left else EXIT_KEPT


def verbs(wrapped: Callable[[Callable[..., int]], Callable[..., Any]]) -> typer.Typer:
    """Both, as one group of verbs."""
    app = typer.Typer(no_args_is_help=True, help="Caption files: judged by the rules for reading, and mended.")
    app.command()(wrapped(check))
    app.command()(wrapped(fix))
    return app


def _read(file: Path) -> Captions:
    try:
        captions = read(Document(file, file.read_bytes()))
    except OSError as wrong:
        raise FinishError("path", f"{file}: {wrong.strerror}", "name a caption file") from wrong
    if captions.script is not None:
        raise FinishError("captions", f"{file.name} is shown with its own styles and times", "save it as .srt or .vtt to have it judged")
    return captions


def _edges(text: str, clip: Path | None) -> Edges:
    if clip is not None:
        return Edges(*api.cuts(clip))
    try:
        return Edges(units.rate(text))
    except ValueError as wrong:
        raise FinishError("spec", f"--rate {text!r}: {wrong}", "write 25, 29.97 or 30000/1001") from wrong
