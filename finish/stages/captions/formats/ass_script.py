"""An ASS script as libass draws it: the payload of the `ass` filter, moved and cut in time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Final

from pysubs2 import SSAEvent, SSAFile

from finish import units
from finish.graph import TimeSliced
from finish.model import Note
from finish.stages.captions.cues import Cue
from finish.stages.captions.typesetting import packaged_fonts
from finish.units import Span

_NEAR: Final = Fraction(1, 10)  # s; events aren't on a frame grid


@dataclass(frozen=True)
class AssScript(TimeSliced):
    """A script with its own styles and overrides. `cues` are its texts, for sidecars and checks.

    `play` is its resolution (PlayResX, PlayResY); `rate` the frame grid (Hz) of its events once they are
    moved.
    """

    data: bytes = field(repr=False)
    cues: tuple[Cue, ...] = field(repr=False)
    play: tuple[int, int] = (384, 288)
    notes: tuple[Note, ...] = ()
    rate: Fraction | None = None

    suffix = ".ass"

    @cached_property
    def digest(self) -> str:
        return units.digest(self.data, *(face.digest for face in packaged_fonts.faces()))

    def slice(self, span: Span) -> AssScript | None:
        """The events that show in `span`, with all events that overlap them.

        libass moves text that would cover other text and leaves it there: events that overlap belong
        together.
        """
        kept = [event for group in self._groups if _shows_in(group, span) for event in group]
        if not kept:
            return None
        if len(kept) == sum(map(len, self._groups)):
            return self
        file = SSAFile()
        file.info, file.styles, file.events, file.fonts_opaque = (
            self._file.info,
            self._file.styles,
            kept,
            self._file.fonts_opaque,
        )
        return replace(self, data=written(file))

    def moved(self, rate: Fraction, move: Callable[[Span], Span | None]) -> AssScript:
        """The script with `move` applied to the frames of a grid (Hz) that each event shows in.

        An event for which `move` returns None is dropped. Times are in hundredths of a second, and half a
        frame early: far from where clocks round, up to 99 Hz.
        """
        file, kept = self._parsed(), []
        for event in file.events:
            first, last = (math.ceil(Fraction(time, 1000) * rate) for time in (event.start, event.end))
            span = move(Span(first / rate, max(last, first + 1) / rate))
            if span is not None:
                event.start, event.end = (
                    max(0, round((time - 1 / rate / 2) * 100) * 10) for time in (span.start, span.end)
                )
                kept.append(event)
        file.events = kept
        return replace(self, data=written(file), rate=rate)

    def shift(self, by: Fraction) -> AssScript:
        """The same on a clock that is ahead by `by` seconds, a whole number of frames of its grid."""
        assert self.rate is not None
        return self.moved(self.rate, lambda span: Span(span.start + by, span.end + by))

    def content(self) -> bytes:
        return self.data

    def _parsed(self) -> SSAFile:
        return SSAFile.from_string(self.data.decode(), format_="ass")

    @cached_property
    def _file(self) -> SSAFile:
        return self._parsed()

    @cached_property
    def _groups(self) -> list[list[SSAEvent]]:
        return list(_overlapping_groups(self._file.events))


def written(file: SSAFile) -> bytes:
    """The bytes of a script."""
    return str(file.to_string("ass", header_notice="")).encode()


def _overlapping_groups(events: list[SSAEvent]) -> Iterator[list[SSAEvent]]:
    """Events in groups that share no moment, in order of time."""
    group: list[SSAEvent] = []
    end = 0
    for event in sorted(events, key=lambda event: event.start):
        if group and event.start >= end:
            yield group
            group, end = [], 0
        group.append(event)
        end = max(end, event.end)
    if group:
        yield group


def _shows_in(group: list[SSAEvent], span: Span) -> bool:
    """Whether a group shows in `span` or within a tenth of a second of it."""
    start, end = Fraction(group[0].start, 1000), Fraction(max(event.end for event in group), 1000)
    return start < span.end + _NEAR and span.start - _NEAR < end
