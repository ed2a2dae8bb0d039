"""The values of filter options: plain values, when a filter is on, and payloads as bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise

from finish.graph.filter_values import NOTHING, Payload, TimeSliced
from finish.graph.layouts import PictureLayout, SoundLayout
from finish.graph.timeline import Timeline
from finish.units import Span, digest, number


@dataclass(frozen=True)
class EnableSpan(TimeSliced):
    """When a filter is on (`enable`): from `start` until `end` of its stream's clock (s, half-open).

    FFmpeg gets both times early by `early`, half a frame, so that they are far from where clocks round.
    """

    start: Fraction
    end: Fraction
    early: Fraction = Fraction(0)

    def slice(self, span: Span) -> EnableSpan | str | None:
        if self.end <= span.start or span.end <= self.start:
            return None
        return NOTHING if self.start <= span.start and span.end <= self.end else self

    def shift(self, by: Fraction) -> EnableSpan:
        return replace(self, start=self.start + by, end=self.end + by)

    def __str__(self) -> str:
        return f"gte(t,{number(self.start - self.early)})*lt(t,{number(self.end - self.early)})"


@dataclass(frozen=True)
class EnableSpans(TimeSliced):
    """When a filter is on: several spans of its stream's clock (s, half-open), in order and apart.

    `early` is as in `EnableSpan`.
    """

    spans: tuple[Span, ...]
    early: Fraction = Fraction(0)

    def slice(self, span: Span) -> EnableSpans | str | None:
        """The parts inside `span`: the parts outside it must not change the key of the piece."""
        kept = tuple(
            Span(max(part.start, span.start), min(part.end, span.end))
            for part in self.spans
            if part.start < span.end and span.start < part.end
        )
        return None if not kept else NOTHING if kept == (span,) else replace(self, spans=kept)

    def shift(self, by: Fraction) -> EnableSpans:
        return replace(self, spans=tuple(Span(span.start + by, span.end + by) for span in self.spans))

    def __str__(self) -> str:
        return "+".join(str(EnableSpan(span.start, span.end, self.early)) for span in self.spans)


@dataclass(frozen=True)
class PayloadBytes:
    """A payload whose effect depends on its bytes only."""

    suffix: str
    data: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        return digest(self.suffix, self.data)

    def content(self) -> bytes:
        return self.data


@dataclass(frozen=True)
class PackedPayload:
    """The bytes of a payload, with the digest of everything that its effect depends on."""

    suffix: str
    digest: str
    data: bytes = field(repr=False)

    def content(self) -> bytes:
        return self.data


def commands(target: str, option: str, changes: Sequence[tuple[Fraction, int | float]]) -> PayloadBytes:
    """A file for `sendcmd` that sets an option to each value, from the time (s) of the change.

    Each line ends where the next one begins, because FFmpeg reads every line that is still open in every
    frame.
    """
    times = [number(time) for time, _ in changes]
    spans = [*(f"{start}-{end}" for start, end in pairwise(times)), *times[-1:]]
    lines = (
        f"{span} {target} {option} {number(value)};\n"
        for span, (_, value) in zip(spans, changes, strict=True)
    )
    return PayloadBytes(".cmd", "".join(lines).encode())


# The text of these values goes into the graph. Any other value is a payload, which FFmpeg reads from a file.
Plain = str | int | float | Fraction | EnableSpan | EnableSpans | Timeline | PictureLayout | SoundLayout
Arg = Plain | Payload
Args = tuple[tuple[str, Arg], ...]


def spelled(value: Arg) -> str:
    """A value as text, in a key and in a plan; a payload is represented by its digest."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float | Fraction):
        return number(value)
    if isinstance(value, EnableSpan | EnableSpans | Timeline | PictureLayout | SoundLayout):
        return str(value)
    return f"{value.suffix.lstrip('.')}:{value.digest[:16]}"
