"""What stages add to a programme beside picture, sound and promises: files, moments, areas and decisions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, Literal

from finish.graph import Stream
from finish.units import Box, Span


@dataclass(frozen=True)
class Sidecar:
    """A file beside the delivered one: the end of its name, such as ".en.srt", and its content."""

    suffix: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class WrittenOnce:
    """A file of the job that a stage writes once, for people to read and edit; it never replaces an existing
    file."""

    path: Path
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class ReviewMarker:
    """A moment to review before delivery: the middle of a cue, a shot or an overlay; `time` in programme
    seconds."""

    time: Fraction
    label: str


@dataclass(frozen=True)
class ReservedArea:
    """An area of the delivered frame that a graphic covers during `span` (programme seconds): text keeps
    clear of it."""

    box: Box
    span: Span


SoundRole = Literal["dialogue", "music", "effects"]


@dataclass(frozen=True)
class Stem:
    """A part of the sound, as long as the programme, and its role."""

    role: SoundRole
    sound: Stream


Values = Mapping[str, Any]


@dataclass(frozen=True)
class Decision:
    """A stage's decision from an analysis: plain values that people can read and edit, and the digest `of`
    its input.

    A later plan follows it while the input is the same, even with a newer analyser (`Programme.decided`).
    `segment` is the name of the timeline's segment that it's about; "" for the whole programme.
    """

    stage: str
    of: str
    values: Values
    segment: str = ""


SEGMENTS: Final = "segments"  # the key of the decisions about segments, beside the stages' names


def with_decisions(decided: Mapping[str, Values], decisions: Iterable[Decision]) -> Mapping[str, Values]:
    """Decisions by stage, and under `SEGMENTS` by segment and stage, with newer ones."""
    stages = dict(decided)
    segments = {name: dict(values) for name, values in stages.pop(SEGMENTS, {}).items()}
    for decision in decisions:
        place = segments.setdefault(decision.segment, {}) if decision.segment else stages
        place[decision.stage] = {"of": decision.of, **decision.values}
    return {**stages, SEGMENTS: segments} if segments else stages


def without_stages(decided: Mapping[str, Values], names: Collection[str]) -> Mapping[str, Values]:
    """Decisions without those of some stages, in segments too."""
    stages = {stage: values for stage, values in decided.items() if stage not in names}
    if SEGMENTS in stages:
        stages[SEGMENTS] = {
            segment: {stage: values for stage, values in own.items() if stage not in names}
            for segment, own in stages[SEGMENTS].items()
            if isinstance(own, Mapping)
        }
    return stages
