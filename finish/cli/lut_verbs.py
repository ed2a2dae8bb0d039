"""The verbs about looks alone: `lut inspect` and `lut bake`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from finish import api
from finish.errors import EXIT_KEPT, PathError, SpecError
from finish.storage.publish import write_whole

Files = Annotated[list[str], typer.Argument(help="looks: ours by name, or files")]


def inspect(
    looks: Files,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="a .png of one look: curves and colours")
    ] = None,
) -> int:
    """What looks are and do: kind and size, whether greys rise and stay grey, and what is clipped."""
    if output is not None and (len(looks) != 1 or output.suffix.lower() != ".png"):
        raise PathError(f"{output} is no .png of one look", "name one look, and a .png")
    for name in looks:
        typer.echo(f"{name}: {'; '.join(api.inspect_look(name).lines())}")
    if output is not None:
        write_whole(output, api.picture_of_look(looks[0]))
        typer.echo(str(output))
    return EXIT_KEPT


def bake(
    looks: Annotated[list[str] | None, typer.Argument(help="looks in order: ours by name, or files")] = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="the .cube to write")] = Path("grade.cube"),
    strength: float = 1.0,
    camera: Annotated[str, typer.Option(help="whose log picture it takes")] = "",
    balance: Annotated[
        list[str] | None, typer.Option(help="a correction, as exposure=0.3 (may be repeated)")
    ] = None,
) -> int:
    """A whole grade as one plain .cube for Resolve, Premiere and others, and how far it is off."""
    if output.suffix.lower() != ".cube":
        raise PathError(f"{output} is no .cube", "name one")
    asked = dict(each.partition("=")[::2] for each in balance or ())
    balanced = {key: _value(text) for key, text in asked.items()}
    settings: dict[str, Any] = {"looks": list(looks or ()), "strength": strength, "balance": balanced}
    content, said = api.bake_grade(settings | ({"camera": camera} if camera else {}))
    write_whole(output, content)
    typer.echo(f"{output}: {said}")
    return EXIT_KEPT


def verbs(wrapped: Callable[[Callable[..., int]], Callable[..., Any]]) -> typer.Typer:
    """Both, as one group of verbs."""
    app = typer.Typer(
        no_args_is_help=True, help="Looks: examined, and baked into a .cube for other programs."
    )
    app.command()(wrapped(inspect))
    app.command()(wrapped(bake))
    return app


def _value(text: str) -> float | list[float]:
    """A number, or three of them: lift=0,0,0.1."""
    try:
        numbers = [float(each) for each in text.split(",")]
    except ValueError as wrong:
        raise SpecError(f"--balance: {text!r} is no number", "write exposure=0.3 or lift=0,0,0.1") from wrong
    return numbers[0] if len(numbers) == 1 else numbers
