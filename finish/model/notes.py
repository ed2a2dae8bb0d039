"""Notes: what a plan reports to people about a deliverable, ranked by whether they have to do something."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Literal, Self, get_args

Level = Literal[
    "act",  # the user should do something; `--strict` makes it count as a failure
    "know",  # worth knowing, nothing to do
    "detail",  # numbers: in JSON, the manifest and `plan --details` only
]
LEVELS: Final[tuple[Level, ...]] = get_args(Level)


class Note(str):
    """One sentence about a deliverable. It is its own text; `code` names its kind for programs, `level` ranks
    it."""

    code: str
    level: Level

    def __new__(cls, text: str, code: str, level: Level) -> Self:
        note = super().__new__(cls, text)
        note.code, note.level = code, level
        return note

    def __reduce__(self) -> tuple[Any, ...]:
        """From one process to another: text alone does not make a note."""
        return type(self), (str(self), self.code, self.level)

    @property
    def values(self) -> dict[str, str]:
        """As JSON carries it."""
        return {"level": self.level, "code": self.code, "text": str(self)}

    @classmethod
    def read(cls, values: Any) -> Self:
        """A note from JSON or YAML: what `values` gives, or plain text as older files have it; a note is
        itself."""
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
    """The notes, those to act on whose code is one of `codes` as worth knowing: somebody has seen to them."""
    known = frozenset(codes)
    return tuple(
        know(note.code, note) if note.level == "act" and note.code in known else note for note in notes
    )


def ranked(notes: Iterable[Note], *levels: Level) -> tuple[Note, ...]:
    """The notes of these levels (all by default), each once, the most urgent first, otherwise in their
    order."""
    once = tuple(dict.fromkeys(notes))
    return tuple(
        note for level in LEVELS if level in (levels or LEVELS) for note in once if note.level == level
    )
