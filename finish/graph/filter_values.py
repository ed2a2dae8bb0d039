"""Protocols for the values of filter options: data in files, and values that depend on time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from finish.graph.option_values import Arg
    from finish.units import Span

NOTHING: Final = ""  # an option that has no effect: the filter works as it does without it


class Payload(Protocol):
    """Data that a filter reads from a file, such as a LUT, captions or a crop path. Times in it are programme
    seconds.

    `digest` names everything that its effect depends on: a caption payload also names its fonts.
    """

    @property
    def suffix(self) -> str: ...
    @property
    def digest(self) -> str: ...
    def content(self) -> bytes: ...


class TimeSliced(ABC):
    """A value that depends on time, such as captions, a crop path or the spans in which an overlay is
    visible.

    A base class and not a protocol: slicing tests every value of every filter, and a test for a class is
    fast.
    """

    @abstractmethod
    def slice(self, span: Span) -> Arg | None:
        """The part that matters in `span`; NOTHING if none does, or None if the filter has no effect."""

    @abstractmethod
    def shift(self, by: Fraction) -> Arg:
        """The same value on a clock that is `by` seconds ahead, a whole number of frames."""


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
        """The changes after the first frame, in the format of `sendcmd`, for the filter named `target`.

        Empty if there are none.
        """
