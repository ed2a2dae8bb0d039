"""A style.yaml → the caption style that it describes, or an error for each mistake, with its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, Node

from finish.errors import FinishError, FontError, SpecError, several
from finish.model import Document
from finish.model.yaml_text import cuts
from finish.stages.captions.typesetting.caption_style import CaptionStyle
from finish.units import composed

BYTES: Final = 64_000  # the packaged styles are under 1 kB
DEPTH: Final = 4  # the packaged styles have two levels
_SEE_CLEAN: Final = "see the packaged style `clean` for every key"
# Parts that a style can omit. A job can't write null for them: there null means that the job states nothing.
_OPTIONAL: Final = frozenset(
    {"outline", "shadow", "echo", "glow", "box", "word_plate", "words", "spoken", "emphasis"}
)
_TEXTS: Final = ("title", "family", "font")


def styled(document: Document, look: Mapping[str, Any], font: Document | None) -> CaptionStyle:
    """A style with the changes of a job or brand, in its own font or in `font`; FinishError for a mistake.

    In a `look` maps merge, and `none` removes a part.
    """
    style = read(document)
    if look:
        style = _changed(style, look)
    if font is None and style.font:
        font = _font_beside(document, style.font)
    return style.drawn_by(font) if font else style


@lru_cache(maxsize=32)  # validated with the spec, used by every plan
def read(document: Document) -> CaptionStyle:
    """The style in a document; FinishError with every mistake, each with its line."""
    path = str(document.path)
    if len(document.data) > BYTES:
        message = f"the style has {len(document.data):,} bytes; the limit is {BYTES:,}"
        raise SpecError(message, _SEE_CLEAN, where=path)
    try:
        text = document.data.decode("utf-8-sig")
        _refuse_comments(text, _safe_events(text, path), path)
        return CaptionStyle.model_validate(YAML(typ="safe", pure=True).load(text))
    except ValidationError as error:
        raise several(tuple(_mistakes(error, YAML(typ="safe", pure=True).compose(text), path))) from error
    except UnicodeDecodeError as error:
        raise SpecError("the style isn't UTF-8", "save the file as UTF-8", where=path) from error
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SpecError(f"invalid YAML: {error.problem}", _SEE_CLEAN, where=f"{path}:{line}") from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise SpecError("invalid YAML", _SEE_CLEAN, where=path) from error


def _font_beside(document: Document, name: str) -> Document:
    """The font file of this name next to a style."""
    for font in document.beside:
        if composed(font.path.name) == composed(name):
            return font
    names = ", ".join(font.path.name for font in document.beside)
    hint = f"use one of {names}" if names else "put the font file into the style's folder"
    raise FontError(f"no font {name!r} next to the style", hint, where=str(document.path))


def _changed(style: CaptionStyle, look: Mapping[str, Any]) -> CaptionStyle:
    try:
        return CaptionStyle.model_validate(_merged(style.model_dump(), look))
    except ValidationError as error:
        mistakes = "; ".join(
            f"{'.'.join(str(part) for part in mistake['loc'])}: {_reason(mistake)}"
            for mistake in error.errors(include_url=False)
        )
        raise SpecError(f"look: {mistakes}", _SEE_CLEAN) from error


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        key: _merged(below[key], value)
        if isinstance(value, Mapping) and isinstance(below.get(key), Mapping)
        else value
        for key, value in above.items()
    }
    removed = {key: None for key, value in both.items() if value == "none" and key in _OPTIONAL}
    return {**below, **both, **removed}


def _refuse_comments(text: str, events: Iterable[Any], path: str) -> None:
    """In YAML, a colour without quotes is a comment, and so is the rest of a title after " #"."""
    mistakes = [
        SpecError(
            f'{cut.key}: "{cut.comment.strip()}" is read as a comment',
            f"put it in quotes: {cut.form}",
            where=f"{path}:{cut.line}",
        )
        for cut in cuts(text, events)
        if not cut.written or cut.key in _TEXTS
    ]
    if mistakes:
        raise several(tuple(mistakes))


def _safe_events(text: str, path: str) -> list[Any]:
    """The parser's events; SpecError for aliases and deep nesting, which a style doesn't need.

    An alias makes a huge value of a small file, and ruamel takes 16 s for 5,000 open brackets.
    """
    depth, events = 0, []
    for event in YAML(typ="safe", pure=True).parse(text):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if isinstance(event, AliasEvent) or depth > DEPTH:
            alias = isinstance(event, AliasEvent)
            message = "a YAML alias isn't allowed" if alias else f"YAML nested more than {DEPTH} deep"
            raise SpecError(message, "write the value out", where=f"{path}:{event.start_mark.line + 1}")
        events.append(event)
    return events


def _mistakes(error: ValidationError, tree: Node | None, path: str) -> Iterator[FinishError]:
    for mistake in error.errors(include_url=False):
        key = ".".join(str(part) for part in mistake["loc"]) or "style"
        where = f"{path}:{_line(tree, mistake['loc'])}"
        yield SpecError(f"{key}: {_reason(mistake)}", _SEE_CLEAN, where=where)


def _reason(mistake: Mapping[str, Any]) -> str:
    """What is wrong with a value of a style, in terms of the file."""
    kind, value = str(mistake["type"]), str(mistake.get("input"))[:40]
    context = mistake.get("ctx", {})
    if kind == "extra_forbidden":
        return "unknown key"
    if kind == "missing":
        return "missing"
    if kind == "string_pattern_mismatch" and "#" in str(context.get("pattern", "")):
        return f'"{value}" isn\'t a colour: write six hexadecimal digits in quotes, such as "#FF8800"'
    if kind == "string_pattern_mismatch":
        return f'"{value}" isn\'t a file name: name a font next to the style'
    if kind == "literal_error":
        return f"{value!r} isn't one of {context['expected']}"
    if kind.endswith(("_type", "_parsing")):
        return f"must be {_KINDS.get(kind.rpartition('_')[0], 'another kind of value')}, not {value!r}"
    bounds = {name: context.get(name) for name in _BOUNDS}
    stated = ", ".join(
        f"{_BOUNDS[name]} {bound:g}" for name, bound in bounds.items() if isinstance(bound, int | float)
    )
    return f"{value} is out of range: {stated}" if stated else str(mistake["msg"])


_KINDS: Final = {
    "string": "text",
    "float": "a number",
    "int": "a whole number",
    "bool": "true or false",
    "model": "a map",
    "dict": "a map",
    "tuple": "a list",
}
_BOUNDS: Final = {"ge": "at least", "le": "at most", "gt": "more than", "lt": "less than"}


def _line(tree: Node | None, location: tuple[Any, ...]) -> int:
    """The line of the value at a location: that of its key, or of the nearest mapping around it."""
    line = 1
    for part in location:
        if not isinstance(tree, MappingNode):
            break
        pair = next(((key, value) for key, value in tree.value if key.value == part), None)
        if pair is None:
            break
        line, tree = pair[0].start_mark.line + 1, pair[1]
    return line
