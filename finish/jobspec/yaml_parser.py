"""YAML 1.2 text → a tree in which every value has its line. Ambiguous or explosive YAML is refused."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamStartEvent,
)
from ruamel.yaml.reader import ReaderError

from finish.jobspec.mistakes import Report
from finish.jobspec.quoting import quoted_form
from finish.jobspec.spec_tree import Node, Origin, Scalar, printable, quoted
from finish.jobspec.yaml_problems import problem_text
from finish.model.yaml_text import cut_off

# House limits, far above any spec that a person writes: a job of 200 deliverables has 40 kB, 4 levels and
# 2,000 values. The YAML scanner's time grows with the square of a tag's length: 1 s at this size, 13 s at
# four times this size.
TEXT_BYTES: Final = 256_000
DEPTH: Final = 20
VALUES: Final = 20_000
_DIGITS: Final = 40

# YAML 1.2.2 §10.3.2, the core schema: `9:16`, `no` and dates are text, `012` is 12.
_NULL: Final = ("", "~", "null", "Null", "NULL")
_BOOL: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT: Final = (("[-+]?[0-9]+", 10), ("0o[0-7]+", 8), ("0x[0-9a-fA-F]+", 16))
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


class _StopError(Exception):
    """Nothing after this place can be parsed."""


def parse(data: bytes, start: Origin, report: Report) -> Node | None:
    """The tree of one YAML file whose path of keys begins at `start`; None if it can't be parsed to its end.

    Mistakes go to `report`.
    """
    try:
        return _Parser(_text(data, start, report), start, report).document()
    except _StopError:
        return None


def _text(data: bytes, start: Origin, report: Report) -> str:
    if len(data) > TEXT_BYTES:
        report.add(start, "the file is larger than 256 kB", "split the job into smaller ones")
        raise _StopError
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        message = f"the file isn't UTF-8 (byte {data[error.start]:#04x})"
        report.add(_at(start, line, column), message, "save the file as UTF-8")
        raise _StopError from error


class _Parser:
    """Builds the tree from the parser's events. The depth and the number of values are limited."""

    def __init__(self, text: str, start: Origin, report: Report) -> None:
        self._text, self._start, self._report, self._values = text, start, report, 0
        self._events: Iterator[Event] | None = None

    def document(self) -> Node | None:
        if isinstance(self._next(), StreamStartEvent) and not isinstance(self._next(), DocumentStartEvent):
            self._report.add(self._start, "the file is empty", "state a source and its deliverables")
            return None
        node = self._node(self._next(), self._start, 0)
        self._next()
        if isinstance(second := self._next(), DocumentStartEvent):
            message = 'a second document begins here ("---")'
            self._report.add(self._place(second), message, "put it in another file")
        return node

    def _next(self) -> Any:
        try:
            if self._events is None:
                self._events = iter(YAML(typ="safe", pure=True).parse(self._text))
            return next(self._events)
        except MarkedYAMLError as error:
            self._refuse(error)
        except ReaderError as error:
            before = self._text[: error.position]
            place = _at(self._start, before.count("\n") + 1, error.position - before.rfind("\n"))
            message = f"a control character (U+{ord(self._text[error.position]):04X})"
            self._report.add(place, message, "delete it")
        except Exception:  # the parser raises OverflowError, ValueError and others on broken escapes
            message = "not valid YAML: an escape without a character"
            self._report.add(self._start, message, r"look for a \ in double quotes")
        raise _StopError

    def _refuse(self, error: MarkedYAMLError) -> None:
        """Report a problem where it begins, unless its line has a mistake already."""
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        fix = quoted_form(self._lines, line)
        if fix is not None and fix.line != line:
            line, column = fix.line, 0
        place = _at(self._start, line + 1, column + 1)
        lines = {(mistake.at.file, mistake.at.line) for mistake in self._report.mistakes}
        if (place.file, place.line) not in lines:
            self._report.add(place, *problem_text(error, fix))

    @cached_property
    def _lines(self) -> list[str]:
        return self._text.split("\n")

    def _node(self, event: Event, origin: Origin, depth: int) -> Node:
        place = self._place(event, origin)
        self._values += 1
        if depth > DEPTH or self._values > VALUES:
            message = f"nested deeper than {DEPTH} levels" if depth > DEPTH else f"more than {VALUES} values"
            self._report.add(place, message, "simplify the file")
            raise _StopError
        self._refuse_indirection(event, place)
        if isinstance(event, MappingStartEvent):
            return Node(self._map(place, depth), place)
        if isinstance(event, SequenceStartEvent):
            return Node(tuple(self._items(place, depth)), place)
        return self._leaf(event, place)

    def _leaf(self, event: Event, place: Origin) -> Node:
        value = self._scalar(event, place)
        if not isinstance(event, ScalarEvent) or event.style:
            return Node(value, place)
        return Node(
            value,
            place,
            written=event.value,
            cut=cut_off(self._text, event.end_mark.index, empty=not event.value),
        )

    def _items(self, place: Origin, depth: int) -> Iterator[Node]:
        index = 0
        while not isinstance(event := self._next(), SequenceEndEvent):
            node = self._node(event, place.under(index), depth + 1)
            at = event.end_mark.index
            comma = self._text[at : at + 1] == ","
            yield replace(node, lost=_item(cut_off(self._text, at + 1))) if comma else node
            index += 1

    def _map(self, place: Origin, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        while not isinstance(event := self._next(), MappingEndEvent):
            key = self._node(event, place, depth + 1)
            name = str(key.value) if isinstance(key.value, str) else ""
            key_place = self._place(event, place.under(name))
            node = self._node(value := self._next(), place.under(name), depth + 1)
            blank = value.start_mark.index == value.end_mark.index
            if blank and node.value is None:
                node = Node(None, key_place, cut=self._cut_value(event))
            if not isinstance(key.value, str):
                # As it is written: `012` isn't 12.
                text = printable(event.value) if isinstance(event, ScalarEvent) else quoted(key.value)
                self._report.add(key.origin, f"a key must be text, not {text}", f'write "{text}"')
            elif name in entries:
                first = entries[name].key or place
                self._report.add(key_place, f"duplicate key (first at {first.place})", "keep one")
            else:
                entries[name] = replace(node, key=key_place)
        return entries

    def _cut_value(self, key: Event) -> str:
        """The comment after a key and its colon that looks like the key's value."""
        colon = self._text.find(":", key.end_mark.index)
        return cut_off(self._text, colon + 1, empty=True) if colon >= 0 else ""

    def _refuse_indirection(self, event: Event, place: Origin) -> None:
        if isinstance(event, AliasEvent):
            alias = printable(str(event.anchor))
            self._indirect(event, place, f"an alias (*{alias}) isn't allowed", "write the value itself")
        elif anchor := printable(str(getattr(event, "anchor", None) or "")):
            message = f"an anchor (&{anchor}) isn't allowed"
            self._indirect(event, place, message, "delete it and write the value itself")
        if tag := printable(str(getattr(event, "tag", None) or "")):
            self._indirect(event, place, f"a tag ({tag}) isn't allowed", "delete the tag")

    def _indirect(self, event: Event, place: Origin, message: str, hint: str) -> None:
        line = event.start_mark.line
        fix = quoted_form(self._lines, line, 0)
        self._report.add(place, message, f"{hint}, or put text in quotes: {fix.text}" if fix else hint)

    def _scalar(self, event: Event, place: Origin) -> Scalar:
        if not isinstance(event, ScalarEvent):
            return None
        if event.style:
            return self._string(event.value, place)
        if _NOT_FINITE.fullmatch(event.value):
            self._report.add(place, f"{event.value} isn't a finite number", "use a finite number")
            return None
        return self._resolved(event.value, place)

    def _resolved(self, text: str, place: Origin) -> Scalar:
        if text in _NULL:
            return None
        if text in _BOOL:
            return _BOOL[text]
        base = next((base for pattern, base in _INT if re.fullmatch(pattern, text)), 0)
        if not (base or _FLOAT.fullmatch(text)):
            return self._string(text, place)
        value = (int(text, base) if base else float(text)) if len(text) <= _DIGITS else math.inf
        if value in (math.inf, -math.inf):
            message = f"the number {printable(text, 20)} is too large"
            self._report.add(place, message, "if it is text, put it in quotes")
            return None
        return value

    def _string(self, text: str, place: Origin) -> str:
        # Escapes can spell characters that file names, captions and log lines can't contain.
        if bad := next((char for char in text if char == "\0" or 0xD800 <= ord(char) <= 0xDFFF), ""):
            self._report.add(place, f"a character that isn't allowed (U+{ord(bad):04X})", "delete it")
            return ""
        return text

    def _place(self, event: Event, origin: Origin | None = None) -> Origin:
        mark = event.start_mark
        return _at(origin or self._start, mark.line + 1, mark.column + 1)


def _at(origin: Origin, line: int, column: int) -> Origin:
    return Origin(origin.file, origin.folder, line, column, origin.path)


def _item(comment: str) -> str:
    """The part of a comment in a list that would be the list's next item."""
    return re.split(r"[,\]}]", comment, maxsplit=1)[0].strip()
