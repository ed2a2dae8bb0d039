"""The verbs for looks: `lut inspect` and `lut bake`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from finish import api
from finish.cli import completion
from finish.errors import EXIT_KEPT, PathError, SpecError


def group(verb: Callable[[Callable[..., int]], Any]) -> typer.Typer:
    """The group; `verb` turns a function into a command."""
    app = typer.Typer(no_args_is_help=True, help="Inspect looks, and bake grades into a .cube file.")
    app.command()(verb(inspect))
    app.command()(verb(bake))
    return app


def inspect(
    looks: Annotated[
        list[str], typer.Argument(help="packaged looks by name, or files", autocompletion=completion.looks)
    ],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="the .png of one look's curves and colours to write")
    ] = None,
) -> int:
    """Report what looks do. Kind, size, whether greys stay grey and in order, and what is clipped."""
    from finish.storage.publish import write_whole

    if output is not None and (len(looks) != 1 or output.suffix.lower() != ".png"):
        raise PathError(
            f"{output} can't be written: this picture is a PNG of one look", "name one look, and a .png file"
        )
    for name in looks:
        typer.echo(f"{name}: {'; '.join(api.inspect_look(name).lines())}")
    if output is not None:
        write_whole(output, api.picture_of_look(looks[0]))
        typer.echo(str(output))
    return EXIT_KEPT


def bake(
    looks: Annotated[
        list[str] | None,
        typer.Argument(
            help="packaged looks by name, or files, in the order of use", autocompletion=completion.looks
        ),
    ] = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="the .cube to write")] = Path("grade.cube"),
    strength: Annotated[float, typer.Option(help="the strength of each look, 0 to 1")] = 1.0,
    camera: Annotated[str, typer.Option(help="the log curve of the camera")] = "",
    balance: Annotated[
        list[str] | None, typer.Option(help="a correction, such as exposure=0.3 (repeatable)")
    ] = None,
) -> int:
    """Write a whole grade as one plain .cube file. For Resolve, Premiere and others; reports its error."""
    from finish.storage.publish import write_whole

    if output.suffix.lower() != ".cube":
        raise PathError(f"{output} isn't a .cube file", "end its name in .cube")
    stated = dict(correction.partition("=")[::2] for correction in balance or ())
    settings: dict[str, Any] = {
        "looks": list(looks or ()),
        "strength": strength,
        "balance": {key: _value(text) for key, text in stated.items()},
    }
    content, about = api.bake_grade(settings | ({"camera": camera} if camera else {}))
    write_whole(output, content)
    typer.echo(f"{output}: {about}")
    return EXIT_KEPT


def _value(text: str) -> float | list[float]:
    """A number, or three of them: lift=0,0,0.1."""
    try:
        numbers = [float(number) for number in text.split(",")]
    except ValueError as error:
        raise SpecError(
            f"--balance: {text!r} isn't a number", "write exposure=0.3 or lift=0,0,0.1"
        ) from error
    return numbers[0] if len(numbers) == 1 else numbers
