"""Facts about clips as facts about the programme that shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Protocol, Self, TypeVar

When = Callable[[Fraction], Fraction | None]
L = TypeVar("L", bound=Any)  # a frozen dataclass with a `time` (s)


class CarriedFacts(Protocol):
    """Facts about a clip's content that a programme of several clips can be asked for."""

    def carried(self, when: When) -> Self:
        """The facts at the programme times of their moments, without those that `when` has no time for."""
        ...

    @classmethod
    def joined(cls, facts: Sequence[Self], edges: Sequence[Fraction]) -> Self:
        """The facts of several clips as one; `edges` (s) are where one clip follows another."""
        ...


def carried(looks: Sequence[L], when: When) -> tuple[L, ...]:
    """The samples of frames at their programme times, in order, without those that `when` has no time for."""
    timed = (replace(look, time=time) for look in looks if (time := when(look.time)) is not None)
    return in_order(timed)


def in_order(looks: Any) -> tuple[Any, ...]:
    """Samples of frames in order of their times."""
    return tuple(sorted(looks, key=lambda look: look.time))
