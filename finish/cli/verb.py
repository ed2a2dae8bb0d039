"""How a function becomes a command."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import typer

from finish.cli.exit_codes import ended


def verb(body: Callable[..., int]) -> Callable[..., None]:
    """A command whose errors are one clear line each, and whose exit code is the one that its body returns."""

    @functools.wraps(body)
    def run(*args: Any, **options: Any) -> None:
        raise typer.Exit(ended(functools.partial(body, *args, **options)))

    return run
