"""Notes: what a plan reports about a deliverable, ranked by whether users must do something."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Literal, Self, get_args

Level = Literal[
    "act",  # the user must do something; with `--strict`, it counts as a failure
    "know",  # worth knowing, nothing to do
    "detail",  # numbers: in JSON, the manifest and `plan --details` only
]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)


class Note(str):
    """One sentence about a deliverable: a string with a `code` for programs, and a `level` that ranks it."""

    code: str
    level: Level

    def __new__(cls, text: str, code: str, level: Level) -> Self:
        note = super().__new__(cls, text)
        note.code, note.level = code, level
        return note

    def __reduce__(self) -> tuple[Any, ...]:
        """For pickle: a note isn't only its text."""
        return type(self), (str(self), self.code, self.level)

    @property
    def values(self) -> dict[str, str]:
        """The note for JSON."""
        return {"level": self.level, "code": self.code, "text": str(self)}

    @classmethod
    def read(cls, values: Any) -> Self:
        """A note from its `values`, or from plain text, as in older files; a note is returned unchanged."""
        if isinstance(values, cls):
            return values
        if isinstance(values, dict):
            level = values.get("level")
            return cls(
                str(values.get("text", "")), str(values.get("code", "")), level if level in LEVELS else "know"
            )
        return cls(str(values), "", "know")


def act(code: str, text: str) -> Note:
    """A note that asks the user to do something."""
    return Note(text, code, "act")


def know(code: str, text: str) -> Note:
    """A note worth knowing."""
    return Note(text, code, "know")


def detail(code: str, text: str) -> Note:
    """A note of numbers."""
    return Note(text, code, "detail")


def accepted(notes: Iterable[Note], codes: Iterable[str]) -> tuple[Note, ...]:
    """The notes; notes of level `act` whose code is one of `codes` become `know`, because the user accepts
    them."""
    known = frozenset(codes)
    return tuple(
        know(note.code, note) if note.level == "act" and note.code in known else note for note in notes
    )


def ranked(notes: Iterable[Note], *levels: Level) -> tuple[Note, ...]:
    """The notes of these levels (all by default), each once, the most urgent first, otherwise in order."""
    once = tuple(dict.fromkeys(notes))
    return tuple(
        note for level in LEVELS if level in (levels or LEVELS) for note in once if note.level == level
    )
