"""What pydantic found wrong, in the words of the person who wrote the file: a table of kinds of mistake."""

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
    """One finding: pydantic's name for it and its details, the value as stated, what was wanted there, its key, and a number as written."""

    type: str
    details: Mapping[str, Any]
    message: str
    value: Any
    kinds: tuple[AcceptedType, ...]
    key: str
    written: str = ""


def describe(found: Iterable[PydanticFinding]) -> MistakeText:
    """All findings about one value as one sentence: of a union's alternatives, the one that comes nearest speaks."""
    alternatives = sorted(found, key=_rank)
    first = alternatives[0]
    if all(each.type in _WANTED for each in alternatives):
        return _wrong_kind(alternatives)
    return _TELL.get(first.type, _other)(first)


def _rank(wrong: PydanticFinding) -> int:
    if wrong.type in ("literal_error", "enum"):
        return (
            0
            if isinstance(wrong.value, str) and choices(wrong.value, _allowed(wrong)).startswith("did")
            else 2
        )
    return 3 if wrong.type in _WANTED else 1


_WANTED: Final = {
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "string_type": "text",
    "date_type": "a date, as 2026-11-22",
    "date_from_datetime_parsing": "a date, as 2026-11-22",
    "model_type": "a map",
    "model_attributes_type": "a map",
    "dict_type": "a map",
    "mapping_type": "a map",
    "tuple_type": "a list",
    "list_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
}


def _wrong_kind(alternatives: list[PydanticFinding]) -> MistakeText:
    wanted = list(dict.fromkeys(_WANTED[each.type] for each in alternatives))
    return f"wanted {' or '.join(wanted)}, not {quoted(alternatives[0].value)}", _remedy(
        alternatives[0], wanted
    )


def _remedy(wrong: PydanticFinding, wanted: list[str]) -> str:
    value = wrong.value
    if "text" in wanted and isinstance(value, bool | int | float):
        return f'put it in quotes: "{printable(wrong.written or spelled(value))}"'
    if "true or false" in wanted and str(value).lower() in _YES_NO:
        return f"write {_YES_NO[str(value).lower()]}"
    if (
        any("number" in each for each in wanted)
        and isinstance(value, str)
        and value.replace(".", "", 1).lstrip("-").isdecimal()
    ):
        return "leave out the quotes"
    if "a list" in wanted and not isinstance(value, Mapping):
        return f"write [{spelled(value)}]"
    keys = known_keys(wrong.kinds)
    return f"with keys of {', '.join(keys)}" if "a map" in wanted and keys else ""


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


def _unknown_key(wrong: PydanticFinding) -> MistakeText:
    return "unknown key", choices(wrong.key, known_keys(wrong.kinds))


def _missing(wrong: PydanticFinding) -> MistakeText:
    return "missing", next(
        (field.description for field in _fields(wrong) if field.description), f'add "{wrong.key}: …"'
    )


def _choice(wrong: PydanticFinding) -> MistakeText:
    allowed = _allowed(wrong)
    if not isinstance(wrong.value, str):
        return f"wanted one of {', '.join(allowed)}, not {quoted(wrong.value)}", ""
    noun = next((field.title for field in _fields(wrong) if field.title), wrong.key)
    return f"no {noun} {quoted(wrong.value)}", choices(wrong.value, allowed)


def _out_of_range(wrong: PydanticFinding) -> MistakeText:
    return f"{quoted(wrong.value)} is out of range", f"wanted {_bounds(wrong)}"


def _bounds(wrong: PydanticFinding) -> str:
    marks = {
        name: getattr(mark, name)
        for kind in wrong.kinds
        for mark in kind.marks
        for name in _BOUNDS
        if isinstance(mark, Ge | Gt | Le | Lt) and hasattr(mark, name)
    }
    if "ge" in marks and "le" in marks:
        return f"{spelled(marks['ge'])} to {spelled(marks['le'])}"
    marks = marks or {name: wrong.details[name] for name in _BOUNDS if name in wrong.details}
    return " and ".join(f"{_BOUNDS[name]} {spelled(bound)}" for name, bound in marks.items())


_BOUNDS: Final = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}


def _too_short(wrong: PydanticFinding) -> MistakeText:
    least = wrong.details["min_length"]
    if least == 1:
        return "empty", "write at least one"
    return f"too short: {_length(wrong)}", f"wanted at least {least}"


def _too_long(wrong: PydanticFinding) -> MistakeText:
    return f"too long: {_length(wrong)}", f"wanted at most {wrong.details['max_length']}"


def _length(wrong: PydanticFinding) -> str:
    return f"{len(wrong.value)} {'characters' if isinstance(wrong.value, str) else 'items'}"


def _said(wrong: PydanticFinding) -> MistakeText:
    return str(wrong.details.get("error", wrong.message)), ""


def _other(wrong: PydanticFinding) -> MistakeText:
    return f"{printable(wrong.message[:1].lower() + wrong.message[1:], 200)}, not {quoted(wrong.value)}", ""


def _cut_off(wrong: PydanticFinding) -> MistakeText:
    form = spelled_form("" if wrong.key.isdecimal() else wrong.key, str(wrong.details["whole"]))
    comment = printable(str(wrong.details["comment"]))
    return (
        f'"{comment}" is read as a comment',
        f"put it in quotes: {form}; a comment may stand on a line of its own",
    )


_TELL: Final[Mapping[str, Callable[[PydanticFinding], MistakeText]]] = {
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
    "value_error": _said,
    "assertion_error": _said,
}


def _allowed(wrong: PydanticFinding) -> tuple[str, ...]:
    """What the alternatives that are fixed words (or numbers) allow, in the order of their declaration."""
    words = [get_args(kind.type) for kind in wrong.kinds if get_origin(kind.type) is Literal]
    words += [
        tuple(member.value for member in kind.type)
        for kind in wrong.kinds
        if hasattr(kind.type, "__members__")
    ]
    return tuple(spelled(word) for group in words for word in group)


def _fields(wrong: PydanticFinding) -> list[FieldInfo]:
    return [mark for kind in wrong.kinds for mark in kind.marks if isinstance(mark, FieldInfo)]
