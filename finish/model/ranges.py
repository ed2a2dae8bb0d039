"""Ranges of time as users write them: `3-4.5`, `1:02-1:10`, `3-`, `-57`."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from finish import units
from finish.model.values import BY_CLASS
from finish.units import Span


@dataclass(frozen=True)
class ClipRange:
    """A range of the clip from `start` until before `end` (s); None: the end of the clip."""

    start: Fraction
    end: Fraction | None

    @classmethod
    def parse(cls, text: str) -> ClipRange:
        """`3-4.5`, `1:02-1:10`, `3-` (to the end) or `-57` (from the start); ValueError otherwise."""
        start, dash, end = text.partition("-")
        if not dash or not (start.strip() or end.strip()):
            raise ValueError(
                f"{text!r} isn't a range: write two times, such as 3-4.5 or 1:02-1:10; you can leave one out"
            )
        parsed = cls(
            units.seconds(start) if start.strip() else Fraction(0),
            units.seconds(end) if end.strip() else None,
        )
        if parsed.end is not None and parsed.end <= parsed.start:
            raise ValueError(f"the range {text} ends before it starts")
        return parsed

    def within(self, end: Fraction) -> Span:
        """The range in a clip that ends at `end` (s)."""
        return Span(min(self.start, end), end if self.end is None else min(self.end, end))

    def __str__(self) -> str:
        return f"{units.number(self.start)}-{'' if self.end is None else units.number(self.end)}"


def _range(value: Any) -> Any:
    if isinstance(value, ClipRange):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
        value = f"-{units.number(-value)}"  # YAML reads an unquoted -57 as a number
    if not isinstance(value, str):
        message = f"{value!r} isn't a range: write two times, such as 3-4.5"
        raise ValueError(message)  # noqa: TRY004 (for pydantic)
    return ClipRange.parse(value)


TimeRange = Annotated[
    ClipRange,
    BY_CLASS,
    BeforeValidator(_range),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {"type": ["string", "number"], "pattern": r"^[\d:.\s]*-[\d:.\s]*$", "exclusiveMaximum": 0}
    ),
]
