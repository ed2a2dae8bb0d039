"""YAML 1.2 text → a tree in which every value knows its line. Strict: what could be misread or could explode is refused."""

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
from finish.jobspec.quoting import QuotingFix, quoted_form
from finish.jobspec.spec_tree import Node, Origin, Scalar, printable, quoted
from finish.model.yaml_text import cut_off

# House limits, far above any spec that a person writes: a job of 200 deliverables is 40 kB, 4 levels and 2,000 values. The
# YAML scanner takes time that grows with the square of a tag's length: 1 s at this size, 13 s at four times as much.
TEXT_BYTES: Final = 256_000
DEPTH: Final = 20
VALUES: Final = 20_000
_DIGITS: Final = 40

# YAML 1.2.2 §10.3.2, the core schema: `9:16`, `no`, `012` and dates are what they look like.
_NULL: Final = ("", "~", "null", "Null", "NULL")
_BOOL: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT: Final = (("[-+]?[0-9]+", 10), ("0o[0-7]+", 8), ("0x[0-9a-fA-F]+", 16))
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NO_NUMBER: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


class _StopError(Exception):
    """Nothing after this place can be understood."""


def parse(data: bytes, start: Origin, report: Report) -> Node | None:
    """The tree of one YAML file whose path of keys begins at `start`; mistakes go to `report`, None when it cannot be read on."""
    try:
        return _Parser(_text(data, start, report), start, report).document()
    except _StopError:
        return None


def _text(data: bytes, start: Origin, report: Report) -> str:
    if len(data) > TEXT_BYTES:
        report.add(start, "larger than 256 kB", "a job file is a page or two")
        raise _StopError
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = data[: wrong.start].count(b"\n") + 1
        column = wrong.start - data.rfind(b"\n", 0, wrong.start)
        report.add(
            _at(start, line, column), f"not UTF-8 (byte {data[wrong.start]:#04x})", "save the file as UTF-8"
        )
        raise _StopError from wrong


class _Parser:
    """Builds the tree from the parser's events, with a bound on depth and number, and no alias ever followed."""

    def __init__(self, text: str, start: Origin, report: Report) -> None:
        self._text, self._start, self._report, self._values = text, start, report, 0
        self._events: Iterator[Event] | None = None

    def document(self) -> Node | None:
        if isinstance(self._next(), StreamStartEvent) and not isinstance(self._next(), DocumentStartEvent):
            self._report.add(self._start, "empty", "a job names a source and its deliverables")
            return None
        node = self._node(self._next(), self._start, 0)
        self._next()
        if isinstance(again := self._next(), DocumentStartEvent):
            self._report.add(
                self._place(again), 'a second document begins here ("---")', "one file holds one"
            )
        return node

    def _next(self) -> Any:
        try:
            if self._events is None:
                self._events = iter(YAML(typ="safe", pure=True).parse(self._text))
            return next(self._events)
        except MarkedYAMLError as wrong:
            self._refuse(wrong)
        except ReaderError as wrong:
            before = self._text[: wrong.position]
            place = _at(self._start, before.count("\n") + 1, wrong.position - before.rfind("\n"))
            self._report.add(
                place, f"a control character (U+{ord(self._text[wrong.position]):04X})", "delete it"
            )
        except Exception:  # the parser lets OverflowError, ValueError and others out on broken escapes
            self._report.add(
                self._start,
                "not YAML: an escape that stands for no character",
                r"look for a \ in double quotes",
            )
        raise _StopError

    def _refuse(self, wrong: MarkedYAMLError) -> None:
        """What YAML does not take, where it begins to be so; not where its line is a mistake already."""
        mark = wrong.problem_mark or wrong.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        form = quoted_form(self._lines, line)
        if form is not None and form.line != line:
            line, column = form.line, 0
        place = _at(self._start, line + 1, column + 1)
        if all((each.at.file, each.at.line) != (place.file, place.line) for each in self._report.mistakes):
            self._report.add(place, *_told(wrong, form))

    @cached_property
    def _lines(self) -> list[str]:
        return self._text.split("\n")

    def _node(self, event: Event, origin: Origin, depth: int) -> Node:
        here = self._place(event, origin)
        self._values += 1
        if depth > DEPTH or self._values > VALUES:
            much = f"nested deeper than {DEPTH} levels" if depth > DEPTH else f"more than {VALUES} values"
            self._report.add(here, much, "no job needs that")
            raise _StopError
        self._refuse_indirection(event, here)
        if isinstance(event, MappingStartEvent):
            return Node(self._map(here, depth), here)
        if isinstance(event, SequenceStartEvent):
            return Node(tuple(self._items(here, depth)), here)
        return self._leaf(event, here)

    def _leaf(self, event: Event, here: Origin) -> Node:
        value = self._scalar(event, here)
        if not isinstance(event, ScalarEvent) or event.style:
            return Node(value, here)
        return Node(
            value,
            here,
            written=event.value,
            cut=cut_off(self._text, event.end_mark.index, empty=not event.value),
        )

    def _items(self, here: Origin, depth: int) -> Iterator[Node]:
        index = 0
        while not isinstance(event := self._next(), SequenceEndEvent):
            node = self._node(event, here.under(index), depth + 1)
            at = event.end_mark.index
            yield (
                replace(node, lost=_item(cut_off(self._text, at + 1)))
                if self._text[at : at + 1] == ","
                else node
            )
            index += 1

    def _map(self, here: Origin, depth: int) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        while not isinstance(event := self._next(), MappingEndEvent):
            key = self._node(event, here, depth + 1)
            name = str(key.value) if isinstance(key.value, str) else ""
            place = self._place(event, here.under(name))
            node = self._node(follower := self._next(), here.under(name), depth + 1)
            if (
                follower.start_mark.index == follower.end_mark.index and node.value is None
            ):  # nothing is written there
                node = Node(None, place, cut=self._cut_value(event))
            if not isinstance(key.value, str):
                shown = (
                    printable(event.value) if isinstance(event, ScalarEvent) else quoted(key.value)
                )  # `012` is not 12
                self._report.add(key.origin, f"a key must be text, not {shown}", f'write "{shown}"')
            elif name in entries:
                first = entries[name].key or here
                self._report.add(place, f"stated twice (first at {first.place})", "keep one")
            else:
                entries[name] = replace(node, key=place)
        return entries

    def _cut_value(self, key: Event) -> str:
        """What stands behind a key and its colon as a comment, and looks like its value."""
        colon = self._text.find(":", key.end_mark.index)
        return cut_off(self._text, colon + 1, empty=True) if colon >= 0 else ""

    def _refuse_indirection(self, event: Event, here: Origin) -> None:
        if isinstance(event, AliasEvent):
            self._indirect(
                event,
                here,
                f"an alias (*{printable(str(event.anchor))}) is not allowed",
                "write the value out",
            )
        elif anchor := getattr(event, "anchor", None):
            self._indirect(
                event,
                here,
                f"an anchor (&{printable(str(anchor))}) is not allowed",
                "delete it and write the value out",
            )
        if tag := getattr(event, "tag", None):
            self._indirect(
                event, here, f"a tag ({printable(str(tag))}) is not allowed", "write the bare value"
            )

    def _indirect(self, event: Event, here: Origin, message: str, hint: str) -> None:
        line = event.start_mark.line
        form = quoted_form(self._lines, line, 0)
        self._report.add(here, message, f"{hint}, or put text in quotes: {form.text}" if form else hint)

    def _scalar(self, event: Event, here: Origin) -> Scalar:
        if not isinstance(event, ScalarEvent):
            return None
        if event.style:
            return self._string(event.value, here)
        if _NO_NUMBER.fullmatch(event.value):
            self._report.add(here, f"{event.value} is no number that can be used", "write a finite one")
            return None
        return self._resolved(event.value, here)

    def _resolved(self, text: str, here: Origin) -> Scalar:
        if text in _NULL:
            return None
        if text in _BOOL:
            return _BOOL[text]
        base = next((base for pattern, base in _INT if re.fullmatch(pattern, text)), 0)
        if not (base or _FLOAT.fullmatch(text)):
            return self._string(text, here)
        value = (int(text, base) if base else float(text)) if len(text) <= _DIGITS else math.inf
        if value in (math.inf, -math.inf):
            self._report.add(
                here, f"{printable(text, 20)} is too large a number", "put it in quotes if it is text"
            )
            return None
        return value

    def _string(self, text: str, here: Origin) -> str:
        # Escapes can spell what no file name, caption or log line can hold.
        if bad := next((char for char in text if char == "\0" or 0xD800 <= ord(char) <= 0xDFFF), ""):
            self._report.add(here, f"a character that no text can hold (U+{ord(bad):04X})", "delete it")
            return ""
        return text

    def _place(self, event: Event, origin: Origin | None = None) -> Origin:
        mark = event.start_mark
        return _at(origin or self._start, mark.line + 1, mark.column + 1)


def _at(origin: Origin, line: int, column: int) -> Origin:
    return Origin(origin.file, origin.folder, line, column, origin.path)


def _item(comment: str) -> str:
    """What of a comment in a list would be its next item."""
    return re.split(r"[,\]}]", comment, maxsplit=1)[0].strip()


def _told(wrong: MarkedYAMLError, form: QuotingFix | None) -> tuple[str, str]:
    """What is wrong, and what to write: the line in quotes, where that is what it lacks."""
    problem = str(wrong.problem or wrong.context or "cannot be understood")
    if "'\\t'" in problem:
        return "a tab where YAML wants spaces", "indent with spaces"
    message, hint = next((told for begins, told in _PROBLEMS.items() if problem.startswith(begins)), ("", ""))
    if form is not None:
        return _COMMENT if form.comment else message or _BEHIND, f"put it in quotes: {form.text}"
    return message or f"not YAML: {printable(problem, 100)}", hint or "see the line above, too"


_COMMENT: Final = "a # after a blank begins a comment, and the rest of the line is lost"
_BEHIND: Final = "not YAML: something stands behind the end of a value"
_PROBLEMS: Final = {
    "mapping values are not allowed here": (
        'not YAML: a second ": " in one value',
        "keys of one map stand in one column",
    ),
    "could not find expected ':'": ("not YAML: a line without a key", 'a key ends in ": "'),
    "found unexpected end of stream": ("not YAML: a quote is not closed", "close it"),
    "sequence entries are not allowed here": (
        "not YAML: a list in the line of its key",
        "begin it on the next line",
    ),
    "mapping keys are not allowed here": ('not YAML: a text that begins with "?"', "put it in quotes"),
    "expected the node content": (
        "not YAML: a value that begins with a mark of YAML's own",
        "put it in quotes",
    ),
    "found unknown escape character": (
        r'not YAML: a "\" in double quotes that begins no escape',
        r"write \\, or use single quotes",
    ),
    "expected a comment or a line break": (
        'not YAML: text behind "|" or ">"',
        "put it in quotes, or begin it on the next line",
    ),
    "expected alphabetic or numeric character": (
        'not YAML: a text that begins with "&" or "*"',
        "put it in quotes",
    ),
    **{
        f"found character '{mark}' that": (f'not YAML: a text that begins with "{mark}"', "put it in quotes")
        for mark in "%@`"
    },
}
