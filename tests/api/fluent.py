"""Writes finish/_fluent.py from the stages: `python tests/api/fluent.py` (or `make golden`)."""

from __future__ import annotations

import textwrap
import typing
from fractions import Fraction
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from finish.model import ClipRange, Document, Settings, Stage
from finish.stages import STAGES

TARGET = Path(__file__).resolve().parents[2] / "finish" / "_fluent.py"

COLUMNS = 110
HEAD = '''\
"""The stages as methods. Written from the stages' settings by `make golden`; a test compares. Don't edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self


class _Unset:
    """What stands for a setting that was not given."""

    def __repr__(self) -> str:
        return "unset"


UNSET: Any = _Unset()


def stated(**values: Any) -> dict[str, Any]:
    """The values that were given."""
    return {name.rstrip("_"): value for name, value in values.items() if value is not UNSET}


class Fluent:
    """One method for each stage; each returns a new value."""

    def _put(self, name: str, values: Mapping[str, Any]) -> Self:
        raise NotImplementedError
'''


def type_text(annotation: Any) -> str:
    """A field's type as a caller may give it."""
    if get_origin(annotation) is typing.Annotated:
        return type_text(get_args(annotation)[0])
    origin, args = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return " | ".join(
            dict.fromkeys(part for argument in args for part in type_text(argument).split(" | "))
        )
    if origin is Literal:
        spelled = f"Literal[{', '.join(repr(value) for value in args)}]".replace("'", '"')
        return spelled if len(spelled) < 100 else "str"
    if origin is tuple:
        return f"Sequence[{type_text(args[0])}]"
    names = {Document: "str | Path", Fraction: "float | str", NoneType: "None", ClipRange: "str"}
    if annotation in names:
        return names[annotation]
    return annotation.__name__ if annotation in (str, int, float, bool) else "Any"


def method(stage: Stage) -> str:
    """One argument per setting; the first one may be positional."""
    settings: type[Settings] = stage.Settings
    named = settings.model_fields
    fields = {
        name: named[name]
        for name in sorted(named, key=lambda name: bool(settings.unnamed) and name != settings.unnamed)
    }
    first, *others = [f"{name}: {type_text(field.annotation)} = UNSET" for name, field in fields.items()]
    arguments = ", ".join(f"{field.alias or name}={name}" for name, field in fields.items())
    summary = (settings.__doc__ or stage.__doc__ or "").strip().split("\n")[0].split(". ")[0].rstrip(".")
    many = "  # noqa: PLR0913 (one argument a setting)" if len(fields) > 5 else ""
    lines = [
        f"    def {stage.name}({many}",
        f"        self, {first}, *,",
        *(f"        {other}," for other in others),
        "    ) -> Self:",
        *_docstring(f"{summary}."),
        *_returned(stage.name, arguments),
    ]
    return "\n".join(lines)


def _docstring(summary: str) -> list[str]:
    """The lines of a method's docstring."""
    indent = " " * 8
    first, *others = textwrap.wrap(f'{indent}"""{summary}', COLUMNS - 3, subsequent_indent=indent)
    return [first, *others, f'{indent}"""'] if others else [f'{first}"""']


def _returned(name: str, arguments: str) -> list[str]:
    """The lines of a method's return statement."""
    line = f'        return self._put("{name}", stated({arguments}))'
    if len(line) <= COLUMNS:
        return [line]
    indent = " " * 12
    wrapped = textwrap.wrap(
        arguments, COLUMNS, initial_indent=indent, subsequent_indent=indent, break_long_words=False
    )
    return [f'        return self._put("{name}", stated(', *wrapped, "        ))"]


def source() -> str:
    return HEAD + "".join(f"\n{method(stage)}\n" for stage in STAGES)


if __name__ == "__main__":
    TARGET.write_text(source())
