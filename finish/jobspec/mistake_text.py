"""pydantic's findings as messages for the author of a job spec: one row for each kind of finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo

from finish.jobspec.mistakes import choices
from finish.jobspec.model_shape import AcceptedType, known_keys
from finish.jobspec.quoting import spelled_form
from finish.jobspec.spec_tree import printable, quoted, spelled

MistakeText = tuple[str, str]  # what is wrong, and what to do next


@dataclass(frozen=True)
class PydanticFinding:
    """One finding: pydantic's name, details and message for it, the value, the types that are accepted there,
    the key, and a scalar as the file spells it."""

    type: str
    details: Mapping[str, Any]
    message: str
    value: Any
    kinds: tuple[AcceptedType, ...]
    key: str
    written: str = ""


def describe(findings: Iterable[PydanticFinding]) -> MistakeText:
    """All findings about one value as one message: of a union's alternatives, the nearest one counts."""
    alternatives = sorted(findings, key=_rank)
    if all(finding.type in _TYPE_NAMES for finding in alternatives):
        return _wrong_type(alternatives)
    nearest = alternatives[0]
    return _DESCRIPTIONS.get(nearest.type, _other)(nearest)


def _rank(finding: PydanticFinding) -> int:
    """How far a value is from an alternative: 0 is a near miss of a word, 3 another type."""
    if finding.type in ("literal_error", "enum"):
        near = isinstance(finding.value, str) and choices(finding.value, _allowed(finding)).startswith("did")
        return 0 if near else 2
    return 3 if finding.type in _TYPE_NAMES else 1


_TYPE_NAMES: Final = {
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "string_type": "text",
    "date_type": "a date such as 2026-11-22",
    "date_from_datetime_parsing": "a date such as 2026-11-22",
    "model_type": "a map",
    "model_attributes_type": "a map",
    "dict_type": "a map",
    "mapping_type": "a map",
    "tuple_type": "a list",
    "list_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
}


def _wrong_type(alternatives: list[PydanticFinding]) -> MistakeText:
    accepted = list(dict.fromkeys(_TYPE_NAMES[finding.type] for finding in alternatives))
    message = f"must be {' or '.join(accepted)}, not {quoted(alternatives[0].value)}"
    return message, _remedy(alternatives[0], accepted)


def _remedy(finding: PydanticFinding, accepted: list[str]) -> str:
    value = finding.value
    if "text" in accepted and isinstance(value, bool | int | float):
        return f'put it in quotes: "{printable(finding.written or spelled(value))}"'
    if "true or false" in accepted and str(value).lower() in _YES_NO:
        return f"write {_YES_NO[str(value).lower()]}"
    if any("number" in name for name in accepted) and _is_quoted_number(value):
        return "remove the quotes"
    if "a list" in accepted and not isinstance(value, Mapping):
        return f"write [{spelled(value)}]"
    keys = known_keys(finding.kinds)
    return f"use the keys {', '.join(keys)}" if "a map" in accepted and keys else ""


def _is_quoted_number(value: Any) -> bool:
    return isinstance(value, str) and value.replace(".", "", 1).lstrip("-").isdecimal()


_YES_NO: Final = {
    "yes": "true",
    "on": "true",
    "y": "true",
    "1": "true",
    "no": "false",
    "off": "false",
    "n": "false",
    "0": "false",
}


def _unknown_key(finding: PydanticFinding) -> MistakeText:
    return "unknown key", choices(finding.key, known_keys(finding.kinds))


def _missing(finding: PydanticFinding) -> MistakeText:
    description = next((field.description for field in _fields(finding) if field.description), "")
    return "missing", f'add "{finding.key}: …"' + (f" ({description})" if description else "")


def _choice(finding: PydanticFinding) -> MistakeText:
    allowed = _allowed(finding)
    if not isinstance(finding.value, str):
        return f"must be one of {', '.join(allowed)}, not {quoted(finding.value)}", ""
    noun = next((field.title for field in _fields(finding) if field.title), finding.key)
    return f"unknown {noun} {quoted(finding.value)}", choices(finding.value, allowed)


def _out_of_range(finding: PydanticFinding) -> MistakeText:
    return f"{quoted(finding.value)} is out of range", f"use {_bounds(finding)}"


def _bounds(finding: PydanticFinding) -> str:
    bounds = {
        name: getattr(mark, name)
        for kind in finding.kinds
        for mark in kind.marks
        for name in _BOUNDS
        if isinstance(mark, Ge | Gt | Le | Lt) and hasattr(mark, name)
    }
    if "ge" in bounds and "le" in bounds:
        return f"{spelled(bounds['ge'])} to {spelled(bounds['le'])}"
    bounds = bounds or {name: finding.details[name] for name in _BOUNDS if name in finding.details}
    return " and ".join(f"{_BOUNDS[name]} {spelled(bound)}" for name, bound in bounds.items())


_BOUNDS: Final = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}


def _too_short(finding: PydanticFinding) -> MistakeText:
    least = finding.details["min_length"]
    if least == 1:
        return "is empty", f"add at least one {_unit(finding)}"
    return f"is too short: {_length(finding)}", f"use at least {least}"


def _too_long(finding: PydanticFinding) -> MistakeText:
    return f"is too long: {_length(finding)}", f"use at most {finding.details['max_length']}"


def _length(finding: PydanticFinding) -> str:
    count = len(finding.value)
    return f"{count} {_unit(finding)}{'' if count == 1 else 's'}"


def _unit(finding: PydanticFinding) -> str:
    return "character" if isinstance(finding.value, str) else "item"


def _validators_own(finding: PydanticFinding) -> MistakeText:
    """The text of the ValueError that a validator of ours raised."""
    return str(finding.details.get("error", finding.message)), ""


def _other(finding: PydanticFinding) -> MistakeText:
    text = finding.message[:1].lower() + finding.message[1:]
    return f"{printable(text, 200)}, not {quoted(finding.value)}", ""


def _cut_off(finding: PydanticFinding) -> MistakeText:
    form = spelled_form("" if finding.key.isdecimal() else finding.key, str(finding.details["whole"]))
    comment = printable(str(finding.details["comment"]))
    hint = f"put it in quotes: {form}; if it is a comment, move it to its own line"
    return f'"{comment}" is read as a comment', hint


_DESCRIPTIONS: Final[Mapping[str, Callable[[PydanticFinding], MistakeText]]] = {
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "cut_off": _cut_off,
    "literal_error": _choice,
    "enum": _choice,
    "greater_than_equal": _out_of_range,
    "greater_than": _out_of_range,
    "less_than_equal": _out_of_range,
    "less_than": _out_of_range,
    "string_too_short": _too_short,
    "too_short": _too_short,
    "string_too_long": _too_long,
    "too_long": _too_long,
    "value_error": _validators_own,
    "assertion_error": _validators_own,
}


def _allowed(finding: PydanticFinding) -> tuple[str, ...]:
    """The fixed words (or numbers) that the alternatives allow, in the order of their declaration."""
    words = [get_args(kind.type) for kind in finding.kinds if get_origin(kind.type) is Literal]
    words += [
        tuple(member.value for member in kind.type)
        for kind in finding.kinds
        if hasattr(kind.type, "__members__")
    ]
    return tuple(spelled(word) for group in words for word in group)


def _fields(finding: PydanticFinding) -> list[FieldInfo]:
    return [mark for kind in finding.kinds for mark in kind.marks if isinstance(mark, FieldInfo)]
