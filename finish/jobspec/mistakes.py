"""The mistakes in a job spec: all are reported at once, each once, in the order of their places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from finish import near_names
from finish.errors import FinishError, SpecError, several
from finish.jobspec.spec_tree import Origin, printable


@dataclass(frozen=True)
class Mistake:
    """What is wrong with the value at a place, and what to do about it."""

    at: Origin
    message: str
    hint: str = ""

    @property
    def error(self) -> FinishError:
        """`job.yaml:9:5  reframe.follow: unknown mode "subjet" — did you mean "subject"? (subject, pad)`."""
        text = f"{self.at.path}: {self.message}" if self.at.path else self.message
        return SpecError(text, self.hint, where=self.at.where)


@dataclass
class Report:
    """Collects mistakes. `job` is the file whose mistakes come first."""

    job: str
    mistakes: list[Mistake] = field(default_factory=list)

    def add(self, at: Origin, message: str, hint: str = "") -> None:
        """Add a mistake, unless it was reported before at the same place."""
        mistake = Mistake(at, message, hint)
        if mistake not in self.mistakes:
            self.mistakes.append(mistake)

    def settle(self) -> None:
        """Raise one FinishError with all mistakes, if there are any."""
        if self.mistakes:
            raise several(tuple(mistake.error for mistake in sorted(self.mistakes, key=self._rank)))

    def _rank(self, mistake: Mistake) -> tuple[bool, str, int, int]:
        place = mistake.at
        return place.file != self.job, place.file, place.line, place.column


def choices(word: str, names: Iterable[str]) -> str:
    """The hint for an unknown name: `did you mean "subject"? (subject, centre, pad, none)`."""
    return near_names.choices(word, [printable(name) for name in names])
