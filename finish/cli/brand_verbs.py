"""The verbs for brands: `brand new`, `check`, `pack`, `sheet` and `import`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from finish import api
from finish.errors import EXIT_BROKEN, EXIT_KEPT

KitPath = Annotated[Path, typer.Argument(help="a brand.yaml, its folder, or a .brand file")]


def group(verb: Callable[[Callable[..., int]], Any]) -> typer.Typer:
    """The group; `verb` turns a function into a command."""
    app = typer.Typer(no_args_is_help=True, help="Write, check, pack, show, and import brands.")
    app.command()(verb(new))
    app.command()(verb(check))
    app.command()(verb(pack))
    app.command()(verb(sheet))
    app.command("import")(verb(import_tokens))
    return app


def new(folder: Annotated[Path, typer.Argument(help="a folder with logos, fonts, music, and looks")]) -> int:
    """Write brand.yaml from the files of a folder. Each value has the reason for the guess as a comment."""
    return _report(api.new_brand(folder))


def import_tokens(
    tokens: Annotated[Path, typer.Argument(help="a JSON file: design tokens (DTCG) or brand.json (AdCP)")],
    folder: Annotated[
        Path | None, typer.Argument(help="where to write brand.yaml; default: the folder of the tokens")
    ] = None,
) -> int:
    """Write brand.yaml from the tokens of another program. Logos and fonts come from the folder."""
    return _report(api.import_brand(tokens, folder))


def check(brand: KitPath) -> int:
    """Check a brand: settings, contrast, fonts, logos, music, and licences.

    The exit code is 1 if a licence has expired or soon expires.
    """
    checked = api.check_brand(brand)
    kit, logos = checked.kit, checked.kit.logos
    counts = {
        "colour": len(kit.colours),
        "font": len(kit.fonts),
        "logo": sum(file is not None for file in (logos.light, logos.dark, logos.mark)),
        "piece of music": len(kit.music.beds) + len(kit.music.stings),
        "licence": len(kit.licences),
    }
    parts = [_counted(count, noun) for noun, count in counts.items() if count]
    typer.echo(f"{checked.name}: {', '.join(parts) or 'no tokens'}; digest {checked.digest[:16]}")
    for warning in checked.warnings:
        typer.echo(warning)
    return EXIT_BROKEN if checked.warnings else EXIT_KEPT


def pack(
    brand: KitPath,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="the .brand file to write; default: NAME.brand")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="replace a pack of another kit")] = False,
) -> int:
    """Pack a brand and its files into one file. Jobs name it instead of brand.yaml."""
    path = api.pack_brand(brand, output, replace=replace)
    known = api.check_brand(path).digest[:16]
    typer.echo(f"{path}: write brand: {{file: {path.name}, digest: {known}}} in a job to pin it")
    return EXIT_KEPT


def sheet(
    brand: KitPath,
    output: Annotated[Path, typer.Option("-o", "--output", help="the .html to write")] = Path("brand.html"),
    clip: Annotated[
        Path | None, typer.Option("--clip", help="a clip on which to show graphics, captions, and looks")
    ] = None,
) -> int:
    """Write a page of a brand: colours with contrast, type at real sizes, logos on grounds."""
    typer.echo(str(api.brand_sheet(brand, output, clip)))
    return EXIT_KEPT


def _report(written: api.WrittenKit) -> int:
    typer.echo(
        f"{written.path} written: read the comments, then run `finish brand check {written.path.parent}`"
    )
    for item in written.left_out:
        typer.echo(f"left out: {item}")
    return EXIT_KEPT


def _counted(count: int, noun: str) -> str:
    plural = noun.replace("piece", "pieces", 1) if noun.startswith("piece") else f"{noun}s"
    return f"{count} {noun if count == 1 else plural}"
