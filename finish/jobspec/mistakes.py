"""The mistakes found while a job is read: all are told, each once, in the order in which they stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from finish import near_names
from finish.errors import FinishError, SpecError, several
from finish.jobspec.spec_tree import Origin, printable


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


def choices(word: str, known: Iterable[str]) -> str:
    """The hint for an unknown name: `did you mean "subject"? (subject, centre, pad, none)`."""
    return near_names.choices(word, [printable(name) for name in known])
