"""What stages add to a programme beside picture, sound and promises: files, moments, areas and decisions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

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
