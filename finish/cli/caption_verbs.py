"""The verbs about caption files alone: `captions check` and `captions fix`."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from finish import api, units
from finish.errors import EXIT_BROKEN, EXIT_KEPT, CaptionError, PathError, SpecError
from finish.model import Document
from finish.stages.captions.cues import stretch_factor, stretched
from finish.stages.captions.formats.caption_formats import CaptionFile, read
from finish.stages.captions.formats.sidecar import FORMS, sidecar
from finish.stages.captions.timing.shot_snapping import ShotTimes
from finish.stages.captions.timing.timing_rules import broken_rules, repaired
from finish.storage.publish import write_whole

File = Annotated[Path, typer.Argument(help="captions in any format that is read, but .ass and .txt")]
Encoding = Annotated[str, typer.Option(help="of a file that is no Unicode, as windows-1252")]
Lang = Annotated[str, typer.Option(help="its language, as en or ja: rules differ")]
Rate = Annotated[str, typer.Option(help="frames a second of the picture: gaps are counted in them")]
Of = Annotated[
    Path | None,
    typer.Option("--clip", help="the clip that they are of: its frame rate, and its shot changes"),
]


def check(file: File, lang: Lang = "", rate: Rate = "25", clip: Of = None, encoding: Encoding = "") -> int:
    """Every rule for reading that a caption file breaks (Netflix' numbers for its language), cue by cue."""
    found = list(broken_rules(_read(file, encoding, lang).cues, lang, _edges(rate, clip)))
    for each in found:
        typer.echo(str(each))
    typer.echo(f"{len(found)} broken rule{'s' * (len(found) != 1)}")
    return EXIT_BROKEN if found else EXIT_KEPT


def fix(  # noqa: PLR0913, PLR0917 (typer makes options of them)
    file: File,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="the .srt, .vtt or .ttml; default: FILE.fixed.srt")
    ] = None,
    lang: Lang = "",
    rate: Rate = "25",
    clip: Of = None,
    encoding: Encoding = "",
    stretch: Annotated[
        str, typer.Option(help="the rate they were made for and that of the clip, as 25:23.976")
    ] = "",
) -> int:
    """The same captions within the rules, as far as there is room; every change is listed, and FILE itself is left alone."""
    target = output or file.with_suffix(
        f".fixed{file.suffix.lower() if file.suffix.lower() in FORMS else '.srt'}"
    )
    form = FORMS.get(target.suffix.lower())
    if form is None:
        raise PathError(f"{target} is none of {', '.join(FORMS)}", "name one of these")
    if target.exists():
        raise PathError(f"{target} is already there", "name another with -o, or move it away")
    edges = _edges(rate, clip)
    captions = _read(file, encoding, lang)
    done, changes = repaired(stretched(captions.cues, _factor(stretch)), lang, edges)
    write_whole(target, sidecar(done, form, lang, str(file)).content)
    for said in (
        *captions.notes,
        *([f"every time is multiplied by {_factor(stretch)}"] if stretch else []),
        *changes,
    ):
        typer.echo(said)
    left = list(broken_rules(done, lang, edges))
    for each in left:
        typer.echo(f"still broken: {each}")
    typer.echo(
        f"{target}: {len(changes)} change{'s' * (len(changes) != 1)}, {len(left)} rule{'s' * (len(left) != 1)} still broken"
    )
    return EXIT_BROKEN if left else EXIT_KEPT


def verbs(wrapped: Callable[[Callable[..., int]], Callable[..., Any]]) -> typer.Typer:
    """Both, as one group of verbs."""
    app = typer.Typer(
        no_args_is_help=True, help="Caption files: judged by the rules for reading, and mended."
    )
    app.command()(wrapped(check))
    app.command()(wrapped(fix))
    return app


def _read(file: Path, encoding: str, language: str) -> CaptionFile:
    try:
        captions = read(Document(file, file.read_bytes()), encoding, language)
    except OSError as wrong:
        raise PathError(f"{file}: {wrong.strerror}", "name a caption file") from wrong
    if captions.script is not None:
        raise CaptionError(
            f"{file.name} is shown with its own styles and times", "save it as .srt or .vtt to have it judged"
        )
    if captions.untimed:
        raise CaptionError(
            f"{file.name} has no times", "burn or export it with a job first: there it is given the clip's"
        )
    return captions


def _factor(stretch: str) -> Fraction:
    try:
        return stretch_factor(stretch)
    except ValueError as wrong:
        raise SpecError(f"--stretch: {wrong}", "write 25:23.976") from wrong


def _edges(text: str, clip: Path | None) -> ShotTimes:
    if clip is not None:
        return ShotTimes(*api.cuts(clip))
    try:
        return ShotTimes(units.rate(text))
    except ValueError as wrong:
        raise SpecError(f"--rate {text!r}: {wrong}", "write 25, 29.97 or 30000/1001") from wrong
