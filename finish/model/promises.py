"""Promises about a delivered file, and the results of checking them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Generic, TypeVar

from finish.graph import Stream
from finish.model.questions import Analyser, Measure
from finish.units import number

F = TypeVar("F")


@dataclass(frozen=True)
class Tolerance:
    """The accepted values: a range (either end may be open), or exactly one value."""

    low: float | None = None
    high: float | None = None
    exactly: Any = None

    def holds(self, value: Any) -> bool:
        """Whether a value is accepted; NaN and None never are."""
        if self.exactly is not None:
            return bool(value == self.exactly)
        if value is None or value != value:  # noqa: PLR0124 (NaN)
            return False
        if isinstance(value, Fraction):  # 30000/1001 is neither above nor below the float nearest to it
            value = float(value)
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def __str__(self) -> str:
        if self.exactly is not None:
            return str(self.exactly)
        if self.low is not None and self.high is not None:
            return f"{self.low:g} to {self.high:g}"
        if self.low is not None:
            return f"≥ {self.low:g}"
        return "anything" if self.high is None else f"≤ {self.high:g}"


@dataclass(frozen=True)
class Promise(Generic[F]):
    """A promise about the delivered file: a fact, the accepted values, their source, and what to try if it is
    broken.

    `fact` reads the fact from the analyser's answer; without an analyser, from the file itself (`Source`; see
    `finish.model.file_facts`). No promise accepts None.

    With `against`, the delivered stream is compared with planned ones (see `Measure`), unless a `framing`
    promise is broken: then the file shows other frames than planned. A stage names the planned picture
    without the part that it promises; planning inserts the complete picture before it.

    `pieces` are the same questions about the pieces of the picture; their answers count for a file that holds
    exactly these pieces.
    """

    name: str
    fact: Callable[[F], object] = field(repr=False)
    accept: Tolerance
    unit: str = ""
    source: str = ""
    hint: str = ""
    part: str = "file"  # "file", "picture" or "sound"
    analyser: Analyser[F] | None = None
    against: tuple[Stream, ...] = ()
    framing: bool = False
    pieces: tuple[Measure[F], ...] | None = None


@dataclass(frozen=True)
class CheckResult:
    """A promise, the value that was measured on the delivered file, and whether the promise was kept."""

    promise: Promise[Any]
    measured: Any
    kept: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kept", self.promise.accept.holds(self.measured))

    def __repr__(self) -> str:
        return f"<CheckResult {'kept' if self.kept else 'broken'}: {self}>"

    def __str__(self) -> str:
        promise = self.promise
        stated = self.measured not in (None, "")
        unit = f" {promise.unit}" if promise.unit else ""
        is_float = isinstance(self.measured, float)
        value = number(round(self.measured, 2)) if is_float else str(self.measured)
        missing = "not measured" if promise.analyser else "not stated"
        measured = f"{value}{unit}" if stated else missing
        line = f"{promise.name}: {measured}, promised {promise.accept}{unit}"
        return f"{line}; {promise.hint}" if promise.hint and stated and not self.kept else line
