"""Protocols for the values of filter options: data that is read from a file, and values that depend on time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from finish.graph.stream import Arg
    from finish.units import Span

NOTHING: Final = ""  # a value that says no more than the filter does without it


class Payload(Protocol):
    """Data that a filter reads from a file, such as a LUT, captions or a crop path. Times in it are programme seconds.

    `digest` names everything that its effect depends on: a caption payload also names its fonts.
    """

    @property
    def suffix(self) -> str: ...
    @property
    def digest(self) -> str: ...
    def content(self) -> bytes: ...


class TimeSliced(ABC):
    """A value that depends on time, such as captions, a crop path or the spans in which an overlay shows.

    A base class, not a protocol: slicing asks every value of every filter whether it is one, and that must be cheap.
    """

    @abstractmethod
    def during(self, span: Span) -> Arg | None:
        """The part that matters in `span`; NOTHING where none does, or None where the filter has no effect."""

    @abstractmethod
    def later(self, by: Fraction) -> Arg:
        """The same value on a clock that is ahead by `by` seconds, a whole number of frames."""


class FrameSteps(TimeSliced):
    """A payload whose value changes from frame to frame: FFmpeg receives each change as a command."""

    suffix = ".cmd"

    @property
    @abstractmethod
    def digest(self) -> str: ...

    @abstractmethod
    def content(self) -> bytes: ...

    @property
    @abstractmethod
    def first(self) -> int | float:
        """The value in the first frame."""

    @abstractmethod
    def commands(self, target: str, option: str) -> Payload:
        """The changes after the first frame as `sendcmd` reads them, for the filter named `target`; empty without any."""
