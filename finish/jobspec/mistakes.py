"""The mistakes found while a job is read: all are told, each once, in the order in which they stand."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from finish.errors import FinishError, SpecError, several
from finish.jobspec.spec_tree import Origin, printable

_SHOWN: Final = 30  # names in a hint: more than any section has keys; a batch may have thousands


@dataclass(frozen=True)
class Mistake:
    """What is wrong with the value that stands at a place, and what to do about it."""

    at: Origin
    message: str
    hint: str = ""

    @property
    def error(self) -> FinishError:
        """`job.yaml:12:5  deliverables[1].reframe.follow: no mode "subjet" — did you mean "subject"? (subject, centre)`."""
        head = f"{self.at.path}: {self.message}" if self.at.path else self.message
        return SpecError(head, self.hint, where=self.at.where)


@dataclass
class Report:
    """Collects mistakes; `job` is the file whose mistakes come first."""

    job: str
    mistakes: list[Mistake] = field(default_factory=list)

    def add(self, at: Origin, message: str, hint: str = "") -> None:
        """One more mistake; the same at the same place is told once."""
        mistake = Mistake(at, message, hint)
        if mistake not in self.mistakes:
            self.mistakes.append(mistake)

    def settle(self) -> None:
        """Raises all that was found as one FinishError; nothing, when nothing was."""
        ordered = sorted(
            self.mistakes,
            key=lambda each: (each.at.file != self.job, each.at.file, each.at.line, each.at.column),
        )
        if ordered:
            raise several(tuple(each.error for each in ordered))


def nearest(word: str, known: Iterable[str]) -> str:
    """The known name most like `word`, "" when none is near."""
    folded = {name.casefold(): name for name in known}
    close = difflib.get_close_matches(word[:100].casefold(), folded, n=1)
    return folded[close[0]] if close else ""


def choices(word: str, known: Iterable[str]) -> str:
    """The hint for an unknown name: `did you mean "subject"? (subject, centre, pad, none)`."""
    names = tuple(known)
    near, shown = nearest(word, names), ", ".join(printable(name) for name in names[:_SHOWN])
    if len(names) > _SHOWN:
        shown += f" and {len(names) - _SHOWN} more"
    if near:
        return f'did you mean "{near}"? ({shown})'
    return f"one of {shown}" if names else "there is none to choose from"
