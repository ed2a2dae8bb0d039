"""Every example in the docs is valid: job specs, commands, and Python."""

from __future__ import annotations

import ast
import re
import shlex
from typing import Any

import jsonschema
import pytest
import typer.main
from pages import PAGES, Block, blocks
from ruamel.yaml import YAML

from finish import jobspec
from finish.cli.verbs import app
from finish.stages import STAGES

CHECK = jsonschema.Draft202012Validator(jobspec.schema(STAGES))
CHECK_BRAND = jsonschema.Draft202012Validator(jobspec.brand_schema(STAGES))
WHOLE = {"source": "media/hero.mp4", "deliverables": [{"name": "{clip}", "preset": "tiktok"}]}
TIMELINE = {"timeline": [{"clip": "media/hero.mp4"}], "deliverables": WHOLE["deliverables"]}
TRACKS = {"timeline", "over", "timelines"}


def of(language: str, mark: str | None = None) -> list[Block]:
    found = [block for page in PAGES for block in blocks(page, language)]
    return [block for block in found if mark is None or block.mark == mark]


@pytest.mark.parametrize("block", of("yaml"), ids=str)
def test_a_job_spec_is_valid(block: Block) -> None:
    if block.mark.split(":")[0] in ("style", "preset", "title"):  # used by `test_extending`
        return
    values = YAML(typ="safe").load(block.text)
    assert isinstance(values, dict)
    captions = values.get("captions")
    if captions == "auto":  # a shorthand that the loader expands
        values["captions"] = {"recognise": True}
    rest = {**TIMELINE, **values} if TRACKS & set(values) else {**WHOLE, **values}
    if "timelines" in values:
        del rest["timeline"]
    check, whole = (CHECK_BRAND, values) if block.mark == "brand" else (CHECK, rest)
    errors = [f"{list(error.absolute_path)}: {error.message}" for error in check.iter_errors(whole)]
    assert errors == []


def test_a_wrong_job_spec_is_not() -> None:
    assert list(CHECK.iter_errors({**WHOLE, "reframe": {"follow": "subjet"}}))


def commands() -> list[tuple[str, str]]:
    """Every line that starts finish, with its page."""
    lines = [
        (str(block.page.name), line.strip())
        for block in [*of("bash"), *of("")]
        for line in block.text.splitlines()
        if line.strip().startswith("finish ")
    ]
    inline = [
        (page.name, match)
        for page in PAGES
        if page.name != "commands.md"
        for match in re.findall(r"`(finish [a-z]+(?: [^`]*)?)`", page.read_text())
        if "…" not in match and "COMMAND" not in match
    ]
    return list(dict.fromkeys([*lines, *inline]))


def taken(line: str) -> list[str]:
    """The unknown part of a command, its verb or an option; [] if finish accepts all of it."""
    words = shlex.split(line.partition(" | ")[0], comments=True)[1:]
    command: Any = typer.main.get_command(app)
    while hasattr(command, "commands"):
        if words and words[0] == "--install-completion":
            return [] if command.params else words
        if not words or words[0] not in command.commands:
            return words[:1]
        command, words = command.commands[words[0]], words[1:]
    options = {
        option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
    } | {"--help"}
    return [word for word in words if word.startswith("-") and word.split("=")[0] not in options]


@pytest.mark.parametrize(("page", "line"), commands(), ids=lambda value: value)
def test_a_command_is_taken(page: str, line: str) -> None:
    assert taken(line) == []


def test_a_wrong_command_is_not() -> None:
    assert taken("finish rum spring") == ["rum"] and taken("finish run spring --onyl a") == ["--onyl"]


@pytest.mark.parametrize("block", of("python", ""), ids=str)  # marked blocks are run
def test_python_uses_names_that_exist(block: Block) -> None:
    tree = ast.parse(block.text)
    imports = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    scope: dict[str, Any] = {}
    exec(compile(ast.Module(imports, []), str(block.page), "exec"), scope)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "finish":
            assert hasattr(scope["finish"], node.attr), node.attr
