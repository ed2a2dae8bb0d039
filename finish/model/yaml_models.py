"""A small YAML file of a design → the model that it describes, or an error with its line for each mistake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from finish.errors import FinishError, SpecError, several
from finish.model.spec_documents import Document
from finish.model.yaml_text import cuts

BYTES: Final = 64_000  # the packaged ones are under 2 kB
ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True)
class YamlKind(Generic[ModelT]):
    """A kind of file: its model, its name in messages, where every key is shown, and its shape.

    `depth` is how deep its YAML may be nested, `texts` the keys whose text may contain a "#".
    """

    model: type[ModelT]
    name: str
    example: str
    depth: int
    texts: tuple[str, ...] = ()

    def read(self, document: Document) -> ModelT:
        """The model in a document; FinishError with every mistake, each with its line."""
        path = str(document.path)
        if len(document.data) > BYTES:
            message = f"the {self.name} has {len(document.data):,} bytes; the limit is {BYTES:,}"
            raise SpecError(message, self.example, where=path)
        try:
            text = document.data.decode("utf-8-sig")
            self._refuse_comments(text, self._safe_events(text, path), path)
            return self.model.model_validate(YAML(typ="safe", pure=True).load(text))
        except ValidationError as error:
            tree = YAML(typ="safe", pure=True).compose(text)
            raise several(tuple(self._mistakes(error, tree, path))) from error
        except UnicodeDecodeError as error:
            message = f"the {self.name} isn't UTF-8"
            raise SpecError(message, "save the file as UTF-8", where=path) from error
        except MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise SpecError(f"invalid YAML: {error.problem}", self.example, where=f"{path}:{line}") from error
        except (YAMLError, ValueError, RecursionError) as error:
            raise SpecError("invalid YAML", self.example, where=path) from error

    def _refuse_comments(self, text: str, events: Iterable[Any], path: str) -> None:
        """In YAML, a colour without quotes is a comment, and so is the rest of a title after " #"."""
        mistakes = [
            SpecError(
                f'{cut.key}: "{cut.comment.strip()}" is read as a comment',
                f"put it in quotes: {cut.form}",
                where=f"{path}:{cut.line}",
            )
            for cut in cuts(text, events)
            if not cut.written or cut.key in self.texts
        ]
        if mistakes:
            raise several(tuple(mistakes))

    def _safe_events(self, text: str, path: str) -> list[Any]:
        """The parser's events; SpecError for aliases and deep nesting, which no design needs.

        An alias makes a huge value of a small file, and ruamel takes 16 s for 5,000 open brackets.
        """
        depth, events = 0, []
        for event in YAML(typ="safe", pure=True).parse(text):
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            if isinstance(event, AliasEvent) or depth > self.depth:
                alias = isinstance(event, AliasEvent)
                message = (
                    "a YAML alias isn't allowed" if alias else f"YAML nested more than {self.depth} deep"
                )
                raise SpecError(message, "write the value out", where=f"{path}:{event.start_mark.line + 1}")
            events.append(event)
        return events

    def _mistakes(self, error: ValidationError, tree: Node | None, path: str) -> Iterator[FinishError]:
        for mistake in error.errors(include_url=False):
            key = ".".join(str(part) for part in mistake["loc"]) or self.name
            where = f"{path}:{_line(tree, mistake['loc'])}"
            yield SpecError(f"{key}: {reason(mistake)}", self.example, where=where)


def reason(mistake: Mapping[str, Any]) -> str:
    """What is wrong with a value, in terms of the file."""
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
    if kind == "value_error":
        return str(context.get("error", mistake["msg"]))
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
    """The line of the value at a location: that of its key or item, or of the nearest one around it."""
    line = 1
    for part in location:
        if isinstance(tree, SequenceNode) and isinstance(part, int) and part < len(tree.value):
            tree = tree.value[part]
            line = tree.start_mark.line + 1
            continue
        if not isinstance(tree, MappingNode):
            break
        pair = next(((key, value) for key, value in tree.value if key.value == part), None)
        if pair is None:
            break
        line, tree = pair[0].start_mark.line + 1, pair[1]
    return line
