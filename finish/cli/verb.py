"""Functions as commands."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import typer

from finish.cli.exit_codes import ended


def verb(body: Callable[..., int]) -> Callable[..., None]:
    """A command that exits with the code that its body returns, and reports each error in one line."""

    @functools.wraps(body)
    def run(*args: Any, **options: Any) -> None:
        raise typer.Exit(ended(functools.partial(body, *args, **options)))

    return run
