"""Writes the stages as methods, and the types of their settings: `make golden`, or run this file."""

from __future__ import annotations

import keyword
import textwrap
import typing
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from finish.model import ClipRange, Document, Settings, Source, Stage
from finish.stages import STAGES

PACKAGE = Path(__file__).resolve().parents[2] / "finish"
WIDTH = 110

DICTS_HEAD = '''"""The maps in settings, as types. Written by `make golden`; a test compares. Don't edit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Required, TypedDict
'''
HEAD = '''"""The stages as methods. Written by `make golden`; a test compares. Don't edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:
    from finish._setting_dicts import (
{imports}
    )


class _Unset:
    """The default of a setting: it isn't stated."""

    def __repr__(self) -> str:
        return "unset"


UNSET: Any = _Unset()


def stated(**values: Any) -> dict[str, Any]:
    """The settings that a call states."""
    return {{name.rstrip("_"): value for name, value in values.items() if value is not UNSET}}


class Fluent:
    """One method for each stage; each returns a new value."""

    def _put(self, name: str, values: Mapping[str, Any]) -> Self:
        raise NotImplementedError
'''
NAMES = {
    Document: "str | Path",
    Source: "str | Path",
    Fraction: "float | str",
    NoneType: "None",
    ClipRange: "str",
    Any: "object",
}
SCALARS = {"number": "float", "string": "str | Path", "boolean": "bool"}


def type_text(annotation: Any) -> str:
    """A field's type as a caller can state it."""
    if get_origin(annotation) is typing.Annotated:
        return type_text(get_args(annotation)[0])
    origin, args = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return _union(type_text(member) for member in args)
    if origin is Literal:
        text = f"Literal[{', '.join(map(repr, args))}]".replace("'", '"')
        return text if len(text) < 100 else "str"
    if origin is tuple:
        return f"Sequence[{type_text(args[0])}]"
    if origin is Mapping:
        return f"Mapping[{', '.join(map(type_text, args))}]"
    if annotation in NAMES:
        return NAMES[annotation]
    return dict_name(annotation) if _is_settings(annotation) else annotation.__name__


def _union(members: Iterator[str]) -> str:
    return " | ".join(dict.fromkeys(part for member in members for part in _members(member)))


def _members(text: str) -> list[str]:
    """The members of a union, but not of one inside brackets."""
    members, depth = [""], 0
    for part in text.split(" | "):
        members[-1] += part if not members[-1] else f" | {part}"
        depth += part.count("[") - part.count("]")
        if not depth:
            members.append("")
    return members[:-1]


def field_types(model: type[Settings]) -> dict[str, str]:
    """The types of a model's fields by name; the schema says which single values can stand for a list."""
    schemas = model.model_json_schema()["properties"]
    types = {}
    for name, field in model.model_fields.items():
        options = (
            schemas[field.alias or name].get("anyOf", ()) if get_origin(field.annotation) is tuple else ()
        )
        singles = [SCALARS[option["type"]] for option in options if option.get("type") in SCALARS]
        types[name] = _union(iter([type_text(field.annotation), *singles]))
    return types


def _is_settings(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Settings)


def dict_name(model: type[Settings]) -> str:
    return f"{model.__name__.removesuffix('Settings')}Dict"


def nested(annotation: Any) -> Iterator[type[Settings]]:
    """The models inside a type, inner ones first."""
    if _is_settings(annotation):
        for field in annotation.model_fields.values():
            yield from nested(field.annotation)
        yield annotation
    for argument in get_args(annotation):
        yield from nested(argument)


def dict_class(model: type[Settings]) -> str:
    """A model as a `TypedDict`; a key that is a keyword in Python needs the functional form."""
    name, keys, types = dict_name(model), {}, field_types(model)
    for field_name, field in model.model_fields.items():
        text = types[field_name]
        keys[field.alias or field_name] = f"Required[{text}]" if field.is_required() else text
    if any(map(keyword.iskeyword, keys)):
        entries = "".join(f'    "{key}": {text},\n' for key, text in keys.items())
        return f'# {_summary(model.__doc__)}\n{name} = TypedDict("{name}", {{\n{entries}}}, total=False)\n'
    entries = "".join(f"    {key}: {text}\n" for key, text in keys.items())
    return f'class {name}(TypedDict, total=False):\n    """{_summary(model.__doc__)}"""\n\n{entries}'


def _docstring(text: str) -> list[str]:
    return [f"        {line}" for line in textwrap.wrap(f'"""{text}"""', WIDTH - 8)]


def _summary(doc: str | None) -> str:
    return (doc or "").strip().split("\n")[0].split(". ")[0].rstrip(".") + "."


def method(stage: Stage) -> str:
    """One argument a setting; the first may be given without its name."""
    settings: type[Settings] = stage.Settings
    named, types = settings.model_fields, field_types(settings)
    fields = {
        name: named[name]
        for name in sorted(named, key=lambda name: bool(settings.unnamed) and name != settings.unnamed)
    }
    first, *others = [f"{name}: {types[name]} = UNSET" for name in fields]
    values = ", ".join(f"{field.alias or name}={name}" for name, field in fields.items())
    call = f'        return self._put("{stage.name}", stated('
    fits = len(f"{call}{values}))") <= WIDTH
    passed = [values] if fits else textwrap.wrap(values, WIDTH - 12, break_long_words=False)
    many = "  # noqa: PLR0913 (one argument a setting)" if len(fields) > 5 else ""
    lines = [
        f"    def {stage.name}({many}",
        f"        self, {first},{' *,' if others else ''}",
        *(f"        {other}," for other in others),
        "    ) -> Self:",
        *_docstring(_summary(settings.__doc__ or stage.__doc__)),
        call + (values if fits else "\n            ".join(("", *passed))),
    ]
    return "\n".join(lines) + ("))" if fits else "\n        ))")


def sources() -> dict[Path, str]:
    """The text of each written module."""
    sections = [field.annotation for stage in STAGES for field in stage.Settings.model_fields.values()]
    models = dict.fromkeys(model for annotation in sections for model in nested(annotation))
    methods = "".join(f"\n{method(stage)}\n" for stage in STAGES)
    names = sorted(name for name in map(dict_name, models) if name in methods)
    return {
        PACKAGE / "_setting_dicts.py": DICTS_HEAD + "".join(f"\n\n{dict_class(model)}" for model in models),
        PACKAGE / "_fluent.py": HEAD.format(imports="\n".join(f"        {name}," for name in names))
        + methods,
    }


if __name__ == "__main__":
    for path, text in sources().items():
        path.write_text(text, encoding="utf-8")
