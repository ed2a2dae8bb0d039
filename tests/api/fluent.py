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

HEAD = '''"""The stages as methods. Written from the stages' settings by `make golden`; a test compares. Don't edit."""

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


def shown(annotation: Any) -> str:
    """A field's type as a caller may give it."""
    if get_origin(annotation) is typing.Annotated:
        return shown(get_args(annotation)[0])
    origin, args = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return " | ".join(dict.fromkeys(part for each in args for part in shown(each).split(" | ")))
    if origin is Literal:
        spelled = f"Literal[{', '.join(repr(each) for each in args)}]".replace("'", '"')
        return spelled if len(spelled) < 100 else "str"
    if origin is tuple:
        return f"Sequence[{shown(args[0])}]"
    names = {Document: "str | Path", Fraction: "float | str", NoneType: "None", ClipRange: "str"}
    if annotation in names:
        return names[annotation]
    return annotation.__name__ if annotation in (str, int, float, bool) else "Any"


def method(stage: Stage) -> str:
    """One argument a setting; the first may be given without its name."""
    settings: type[Settings] = stage.Settings
    named = settings.model_fields
    fields = {
        name: named[name]
        for name in sorted(named, key=lambda name: bool(settings.unnamed) and name != settings.unnamed)
    }
    first, *others = [f"{name}: {shown(field.annotation)} = UNSET" for name, field in fields.items()]
    passed = textwrap.wrap(
        ", ".join(f"{field.alias or name}={name}" for name, field in fields.items()),
        92,
        break_long_words=False,
    )
    doc = (settings.__doc__ or stage.__doc__ or "").strip().split("\n")[0].split(". ")[0].rstrip(".") + "."
    many = "  # noqa: PLR0913 (one argument a setting)" if len(fields) > 5 else ""
    lines = [
        f"    def {stage.name}({many}",
        f"        self, {first}, *,",
        *(f"        {other}," for other in others),
        "    ) -> Self:",
        f'        """{doc}"""',
        f'        return self._put("{stage.name}", stated('
        + "\n            ".join(("", *passed) if len(passed) > 1 else passed),
    ]
    return "\n".join(lines) + ("\n        ))" if len(passed) > 1 else "))")


def source() -> str:
    return HEAD + "".join(f"\n{method(stage)}\n" for stage in STAGES)


if __name__ == "__main__":
    TARGET.write_text(source())
