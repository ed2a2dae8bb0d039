"""The keys of a job spec, of a style, and of other schemas: type, default, and meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from docs.generator.markdown import sentence


@dataclass(frozen=True)
class Key:
    """One key of a spec: its path, what it takes, its default, and what it means."""

    path: str
    kind: str
    default: str
    meaning: str

    @property
    def row(self) -> tuple[str, str, str, str]:
        return f"`{self.path}`", self.kind, self.default, self.meaning


def members(part: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The alternatives of a schema, without null."""
    options = part.get("anyOf") or part.get("oneOf") or [part]
    flat = [inner for option in options for inner in (members(option) if "anyOf" in option else [option])]
    return [option for option in flat if option.get("type") != "null"]


def kind(part: Mapping[str, Any]) -> str:
    """What a schema takes, in words."""
    words = [one_kind(option) for option in members(part)]
    if set(words) == {"number", "text"}:  # a time or a rate: YAML writes it either way
        return "number"
    return " or ".join(dict.fromkeys(words))


def one_kind(part: Mapping[str, Any]) -> str:
    """What a schema without alternatives takes, in words."""
    if isinstance(part.get("type"), list):
        return kind({"anyOf": [{**part, "type": name} for name in part["type"]]})
    if "const" in part:
        return f"`{part['const']}`"
    if "enum" in part:
        return ", ".join(f"`{value}`" for value in part["enum"])
    name = part.get("type") or ("object" if "oneOf" in part or "properties" in part else None)
    if name == "array":
        inner = part.get("prefixItems") or [part.get("items", {})]
        return f"list of {kind(inner[0])}" + (f", {len(inner)} long" if len(inner) > 1 else "")
    if name in ("number", "integer"):
        low, high = part.get("minimum"), part.get("maximum")
        over, under = part.get("exclusiveMinimum"), part.get("exclusiveMaximum")
        bounds = [
            *(f"≥ {low:g}" for _ in "1" if low is not None and high is None),
            *(f"{low:g} to {high:g}" for _ in "1" if low is not None and high is not None),
            *(f"≤ {high:g}" for _ in "1" if high is not None and low is None),
            *(f"> {over:g}" for _ in "1" if over is not None),
            *(f"< {under:g}" for _ in "1" if under is not None),
        ]
        return " ".join(["whole number" if name == "integer" else "number", *bounds])
    return {"string": "text", "boolean": "true or false", "object": "section", None: "anything"}[name]


def default(part: Mapping[str, Any], *, required: bool = False) -> str:
    """A key's default; sections show the defaults of their own keys."""
    if required:
        return "required"
    value = part.get("default")
    if value in (None, "", [], {}) or isinstance(value, dict):
        return "–"
    if isinstance(value, str) and re.fullmatch(r"-?\d+/\d+", value):
        return f"`{float(Fraction(value)):g}`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def meaning(part: Mapping[str, Any]) -> str:
    """A key's description, or the description of the section that it takes."""
    described = part.get("description") or next(
        (option["description"] for option in members(part) if "description" in option), ""
    )
    return sentence(described.split("\n\n")[0])


def keys(part: Mapping[str, Any], path: str) -> Iterator[Key]:
    """Every key below a part of the schema, in its order."""
    for option in members(part):
        if "items" in option:
            yield from keys(option["items"], f"{path}[]")
        if isinstance(named := option.get("additionalProperties"), dict):
            yield from keys(named, f"{path}.NAME" if path else "NAME")
        needed = option.get("required", ())
        for name, inner in option.get("properties", {}).items():
            below = f"{path}.{name}" if path else name
            yield Key(below, kind(inner), default(inner, required=name in needed), meaning(inner))
            yield from keys(inner, below)


def inlined(part: Any, known: Mapping[str, Any] | None = None) -> Any:
    """A schema without references."""
    if isinstance(part, list):
        return [inlined(item, known) for item in part]
    if not isinstance(part, dict):
        return part
    known = part.get("$defs", known)
    if "$ref" in part:
        named = (known or {})[part["$ref"].rsplit("/", 1)[1]]
        return inlined({**named, **{key: value for key, value in part.items() if key != "$ref"}}, known)
    return {key: inlined(value, known) for key, value in part.items() if key != "$defs"}
