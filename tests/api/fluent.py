"""Writes finish/_fluent.py from the stages: `python tests/api/fluent.py` (or `make golden`)."""

from __future__ import annotations

import typing
from fractions import Fraction
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from finish.model import Document, Settings, Stage
from finish.stages import STAGES

TARGET = Path(__file__).resolve().parents[2] / "finish" / "_fluent.py"

HEAD = '''"""The stages as methods. Written from the stages' settings by `make golden`; a test compares. Don't edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self

UNSET: Any = object()


def stated(**values: Any) -> dict[str, Any]:
    """The values that were given."""
    return {name.rstrip("_"): value for name, value in values.items() if value is not UNSET}


class Fluent:
    """One method for each stage; each returns a new value."""

    def _put(self, name: str, values: Mapping[str, Any]) -> Self:
        raise NotImplementedError
'''


def shown(annotation: Any) -> str:
    """A field's type as a caller may give it."""
    if get_origin(annotation) is typing.Annotated:
        return shown(get_args(annotation)[0])
    origin, args = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return " | ".join(dict.fromkeys(part for each in args for part in shown(each).split(" | ")))
    if origin is Literal:
        return f"Literal[{', '.join(repr(each) for each in args)}]".replace("'", '"')
    if origin is tuple:
        return f"Sequence[{shown(args[0])}]"
    names = {Document: "str | Path", Fraction: "float | str", NoneType: "None"}
    if annotation in names:
        return names[annotation]
    return annotation.__name__ if annotation in (str, int, float, bool) else "Any"


def method(stage: Stage) -> str:
    fields = stage.Settings.model_fields
    settings: type[Settings] = stage.Settings
    names = {name: (field.alias or name) for name, field in fields.items()}
    arguments = ", ".join(f"{name}: {shown(field.annotation)} = UNSET" for name, field in fields.items())
    passed = ", ".join(f"{names[name]}={name}" for name in fields)
    doc = (settings.__doc__ or stage.__doc__ or "").strip().split("\n")[0]
    lines = [f"    def {stage.name}(self, *, {arguments}) -> Self:  # noqa: PLR0913, E501 (one argument a setting)",
             f'        """{doc}"""', f'        return self._put("{stage.name}", stated({passed}))']
    return "\n".join(lines)


def source() -> str:
    return HEAD + "".join(f"\n{method(stage)}\n" for stage in STAGES)


if __name__ == "__main__":
    TARGET.write_text(source())
