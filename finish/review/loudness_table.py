"""The figures of a loudness meter, before and after: as rows, and as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from finish.analysis.loudness import LoudnessFacts
from finish.checks.dialogue_level import DialogueFacts
from finish.units import Span

_RANGE_STABLE: Final = 60  # s (EBU Tech 3342)
RANGE_NOTE: Final = "range is not stable below 60 s (EBU Tech 3342)"


@dataclass(frozen=True)
class NamedSpan:
    """A part of a sound: its name, and when it is."""

    name: str
    span: Span


@dataclass(frozen=True)
class MeasuredSound:
    """One named sound: what the meter measures, with the curve over time, and the facts of its speech.

    `segments` are those of a timeline.
    """

    name: str
    facts: LoudnessFacts
    dialogue: DialogueFacts | None = None
    segments: tuple[NamedSpan, ...] = ()


@dataclass(frozen=True)
class LoudnessAims:
    """What the destination asks for: loudness (LUFS) and true-peak ceiling (dBTP)."""

    lufs: float
    ceiling: float


@dataclass(frozen=True)
class MeterRow:
    """One figure of all sounds; None for a sound that has none."""

    name: str
    unit: str
    values: tuple[float | None, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The values with one decimal; without a minus before zero."""
        return tuple("–" if value is None else f"{round(value, 1) + 0.0:.1f}" for value in self.values)


def rows(sounds: Sequence[MeasuredSound]) -> tuple[MeterRow, ...]:
    """The figures of EBU Mode (Tech 3341), then peaks, channels, and speech."""
    facts = [sound.facts for sound in sounds]
    speech = [sound.dialogue for sound in sounds]
    return (
        MeterRow("integrated", "LUFS", tuple(fact.integrated for fact in facts)),
        MeterRow("range", "LU", tuple(fact.range for fact in facts)),
        MeterRow("short-term, max", "LUFS", tuple(fact.short_term for fact in facts)),
        MeterRow("momentary, max", "LUFS", tuple(fact.momentary for fact in facts)),
        MeterRow("true peak", "dBTP", tuple(fact.true_peak for fact in facts)),
        MeterRow("dialogue (estimate)", "LUFS", tuple(part.dialogue if part else None for part in speech)),
        MeterRow("share of speech", "%", tuple(part.share * 100 if part else None for part in speech)),
        MeterRow("left over right", "dB", tuple(fact.balance for fact in facts)),
        MeterRow(
            "mono fold-down", "dB", tuple(None if fact.balance is None else fact.fold for fact in facts)
        ),
        MeterRow("length", "s", tuple(fact.seconds for fact in facts)),
    )


def range_is_unstable(sounds: Sequence[MeasuredSound]) -> bool:
    """Whether a sound is too short for its loudness range to be stable."""
    return any(sound.facts.seconds < _RANGE_STABLE for sound in sounds)


def table(sounds: Sequence[MeasuredSound]) -> Iterator[str]:
    """The figures as text, one row per line."""
    if len(sounds) > 1:
        yield f"{'':<20}" + "".join(f"{sound.name:>10}" for sound in sounds)
    for row in rows(sounds):
        yield f"{row.name:<20}" + "".join(f"{text:>10}" for text in row.texts) + f" {row.unit}"
    if range_is_unstable(sounds):
        yield RANGE_NOTE
