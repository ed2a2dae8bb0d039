"""The segments of a planned timeline as rows, for texts, pages, and JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from finish.graph.timeline import ratio
from finish.model import (
    CardMaterial,
    ClipMaterial,
    EditSegment,
    GapMaterial,
    PlacedClip,
    PlannedDeliverable,
    SequenceProgramme,
    Source,
    SplitMaterial,
    StillMaterial,
    clips_of,
)
from finish.planning.edit_layout import frames_text, shares
from finish.units import Span, clock, number

_KINDS: Final[Mapping[type, str]] = {
    ClipMaterial: "clip",
    StillMaterial: "still",
    CardMaterial: "card",
    GapMaterial: "gap",
    SplitMaterial: "split",
}


@dataclass(frozen=True)
class SegmentRow:
    """A segment as it's planned, at `rate` (Hz).

    - `frames` are its frames in the programme, half-open, without its shares of transitions.
    - `source` is its clip, and `parts` are what it shows of it; None and () for what is drawn, and for
      several clips at the same time.
    - `transition` has the frames of the transition into it before it begins, and from then on. `lead` and
      `lag` are how many frames earlier its sound begins, and later it ends. `sounds`: its clip has sound.
    """

    segment: EditSegment
    rate: Fraction
    frames: tuple[int, int]
    source: Source | None = None
    parts: tuple[Span, ...] = ()
    transition: tuple[int, int] = (0, 0)
    lead: int = 0
    lag: int = 0
    sounds: bool = False

    @property
    def used(self) -> Span | None:
        """The range of its clip (s, half-open)."""
        return Span(self.parts[0].start, self.parts[-1].end) if self.parts else None

    @property
    def speeds(self) -> tuple[Fraction, Fraction]:
        """Its slowest and its fastest speed."""
        ratios = [ratio(part) for part in self.parts] or [Fraction(1)]
        return min(ratios), max(ratios)

    @property
    def span(self) -> Span:
        """When it is in the programme (s, half-open)."""
        return Span(self.frames[0] / self.rate, self.frames[1] / self.rate)

    @property
    def kind(self) -> str:
        """The kind of its material, such as "clip"."""
        return _KINDS[type(self.segment.material)]

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the files that it shows."""
        material = self.segment.material
        if isinstance(material, StillMaterial):
            return (material.picture.path.name,)
        return tuple(clip.path.name for clip in clips_of(material))

    @property
    def is_over(self) -> bool:
        """Whether it's over the main track."""
        return self.segment.place is not None

    @property
    def source_text(self) -> str:
        """What it shows: its files with the range, or its kind."""
        files = " + ".join(self.files)
        if self.used is None:
            return f"{self.kind} {files}".strip()
        return f"{files} {clock(self.used.start)}–{clock(self.used.end)}"

    @property
    def speed_text(self) -> str:
        """Its speed, such as "1.5×" or "1–2×"; "" for the clip's own."""
        low, high = (number(round(speed, 2)) for speed in self.speeds)
        if low == high:
            return "" if low == "1" else f"{low}×"
        return f"{low}–{high}×"

    @property
    def transition_text(self) -> str:
        """The transition into it with its frames; "" for a cut."""
        transition = self.segment.transition
        return f"{transition.kind} {frames_text(sum(self.transition))}" if transition else ""

    @property
    def sound_text(self) -> str:
        """How its sound differs from its picture; "" if it doesn't."""
        sound = self.segment.sound
        words = (
            f"{frames_text(self.lead)} earlier" if self.lead else "",
            f"{frames_text(self.lag)} later" if self.lag else "",
            f"{sound.gain:+g} dB" if sound.gain else "",
        )
        return "mute" if sound.mute else ", ".join(filter(None, words))

    @property
    def place_text(self) -> str:
        """Where it is on the frame, for a segment over the main track."""
        place = self.segment.place
        if place is None:
            return ""
        return f"{place.corner}, {100 * place.width:g} % wide" if place.corner else "whole frame"

    @property
    def values(self) -> dict[str, Any]:
        """The row for JSON: times in seconds, and ends that are exclusive."""
        segment, transition = self.segment, self.segment.transition
        used = self.used
        return {
            "number": segment.number,
            "name": segment.name,
            "track": "over" if self.is_over else "main",
            "kind": self.kind,
            "files": list(self.files),
            "start": _rounded(self.span.start),
            "end": _rounded(self.span.end),
            "frames": list(self.frames),
            "in": used and _rounded(used.start),
            "out": used and _rounded(used.end),
            "speed": [_rounded(speed) for speed in self.speeds],
            "transition": transition
            and {"kind": transition.kind, "frames": sum(self.transition), "align": transition.align},
            "sound": {
                "lead": self.lead,
                "lag": self.lag,
                "gain": segment.sound.gain,
                "mute": segment.sound.mute,
            },
        }


def segment_rows(planned: PlannedDeliverable) -> tuple[SegmentRow, ...]:
    """The segments of a planned timeline: the main track in order, then those over it; () for one clip."""
    programme, edit = planned.programme, planned.deliverable.edit
    if edit is None or not isinstance(programme, SequenceProgramme):
        return ()
    main = {segment.name: segment for segment in edit.segments}
    over = {segment.name: segment for segment in edit.over}
    count = len(programme.owned)
    rows = [
        _row(main[part.name], part, own, programme.rate)
        for part, own in zip(programme.placed, programme.owned, strict=False)
        if part.name in main
    ]
    rows += [
        _row(over[part.name], part, Span(part.spans[0].start, part.spans[-1].end), programme.rate)
        for part in programme.placed[count:]
        if part.name in over
    ]
    return tuple({(row.is_over, row.segment.name): row for row in rows}.values())


def _row(segment: EditSegment, part: PlacedClip, own: Span, rate: Fraction) -> SegmentRow:
    into = shares(segment.transition, rate)
    of_clip = isinstance(segment.material, ClipMaterial)
    return SegmentRow(
        segment,
        rate,
        (round(own.start * rate), round(own.end * rate)),
        part.clip.source if of_clip else None,
        _parts(part, own) if of_clip else (),
        into if own.start else (0, sum(into)),
        segment.sound.lead.count(rate),
        segment.sound.lag.count(rate),
        of_clip and part.clip.content_sound is not None and not segment.sound.mute,
    )


def _parts(part: PlacedClip, own: Span) -> tuple[Span, ...]:
    """What the programme shows of a clip while it's the clip's turn."""
    span = Span(own.start - part.start, own.end - part.start)
    return part.clip.timeline.parts_in(span) if part.clip.timeline else (span,)


def table_lines(rows: Sequence[SegmentRow]) -> Iterator[str]:
    """The rows as a table of text, with a heading."""
    for over in (False, True):
        group = [row for row in rows if row.is_over == over]
        if group:
            yield from _table(group, over)


def _table(rows: Sequence[SegmentRow], over: bool) -> Iterator[str]:
    ends = ("place",) if over else ("transition", "sound")
    heads = ("", "over" if over else "segment", "in", "out (exclusive)", "source", "speed", *ends)
    cells = [heads, *(_cells(row) for row in rows)]
    used = [column for column in zip(*cells, strict=True) if any(column[1:])]
    widths = [max(map(len, column)) for column in used]
    for line in zip(*used, strict=True):
        padded = (
            cell.rjust(width) if index == 0 else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        yield "  ".join(padded).rstrip()


def _cells(row: SegmentRow) -> tuple[str, ...]:
    span = row.span
    times = (clock(span.start), clock(span.end))
    facts = (str(row.segment.number), row.segment.name, *times, row.source_text, row.speed_text)
    return (*facts, row.place_text) if row.is_over else (*facts, row.transition_text, row.sound_text)


def _rounded(value: Fraction) -> float:
    return round(float(value), 3)
