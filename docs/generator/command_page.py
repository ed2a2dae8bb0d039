"""The page of every command with its arguments and options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer.main

from docs.generator.markdown import page, sentence, table
from docs.generator.package_source import definition


def commands_page() -> str:
    app = typer.main.get_command(definition("app"))
    lines = [
        "Commands",
        "`finish COMMAND --help` prints the same. Exit codes are in the [error reference](errors.md).",
    ]
    context = app.context_class(app, info_name="finish")
    for name, command in _commands(app, context, "finish"):
        with command.context_class(command, info_name=name) as inner:
            lines += [f"## {name}", " ".join((command.help or "").split()), _arguments(command, inner)]
    return page(*lines)


def _commands(group: Any, context: Any, path: str) -> Iterator[tuple[str, Any]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if getattr(command, "hidden", False):
            continue
        if hasattr(command, "list_commands"):
            yield from _commands(command, context, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def _arguments(command: Any, context: Any) -> str:
    parameters = [
        parameter
        for parameter in command.get_params(context)
        if parameter.name != "help" and not getattr(parameter, "hidden", False)
    ]
    rows = [(_spelling(parameter), _meaning(parameter)) for parameter in parameters]
    return table(("Argument or option", "Meaning"), rows) if rows else "No arguments."


def _spelling(parameter: Any) -> str:
    if parameter.param_type_name == "option":
        return ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
    name = parameter.metavar or str(parameter.name).upper()
    return f"`{name}`" if parameter.required or name.startswith("[") else f"`[{name}]`"


def _meaning(parameter: Any) -> str:
    text = sentence(getattr(parameter, "help", "") or "")
    if parameter.param_type_name != "option":
        return text
    if parameter.required:
        return f"{text} (required)"
    default = parameter.default
    silent = default is None or isinstance(default, bool) or default in ("", ()) or callable(default)
    return text if silent else f"{text} (default: `{default}`)"
