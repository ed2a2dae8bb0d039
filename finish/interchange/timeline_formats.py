"""The registry of timeline formats: name, file suffix, and the function that writes the format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from finish.errors import PathError, SpecError
from finish.graph import Timeline
from finish.interchange.edl import edl
from finish.interchange.edl_events import edl_of_tracks
from finish.interchange.exported_tracks import ExportedTracks
from finish.interchange.otio import otio
from finish.interchange.otio_tracks import otio_of_tracks
from finish.model import ClipProgramme, PlannedDeliverable
from finish.planning.segment_rows import segment_rows
from finish.units import Span

Write = Callable[[str, ClipProgramme, Timeline], str]  # title, programme, timeline → the file's text
# Title, tracks → the file's text, and what the format can't hold.
WriteTracks = Callable[[str, ExportedTracks], tuple[str, tuple[str, ...]]]


@dataclass(frozen=True)
class TimelineFormat:
    """A format: its `name` for programs, its `title` for people, and the `suffix` of its files.

    `write` makes the file's text for one clip, and `write_tracks` for a timeline; None if it can't.
    """

    name: str
    title: str
    suffix: str
    write: Write
    write_tracks: WriteTracks | None = None


_TABLE: Final = (
    TimelineFormat("edl", "CMX 3600 edit list", ".edl", edl, edl_of_tracks),
    TimelineFormat("otio", "OpenTimelineIO", ".otio", otio, otio_of_tracks),
)
FORMATS: Final[Mapping[str, TimelineFormat]] = {entry.name: entry for entry in _TABLE}


def format_named(name: str) -> TimelineFormat:
    """The format of that name; SpecError for an unknown one."""
    if name not in FORMATS:
        raise SpecError(f'unknown timeline format "{name}"', f"use one of: {', '.join(FORMATS)}")
    return FORMATS[name]


def format_of(path: Path) -> TimelineFormat:
    """The format that a file's suffix names; PathError for an unknown suffix."""
    suffixes = {entry.suffix: entry for entry in FORMATS.values()}
    if path.suffix.lower() not in suffixes:
        raise PathError(f"{path.name} isn't a timeline file", f"end its name in {' or '.join(suffixes)}")
    return suffixes[path.suffix.lower()]


def exported(form: TimelineFormat, planned: PlannedDeliverable) -> tuple[str, tuple[str, ...]]:
    """A planned deliverable in a format, and what of it the format can't hold.

    SpecError for a timeline in a format that holds only one clip.
    """
    programme, name = planned.programme, planned.deliverable.name
    if isinstance(programme, ClipProgramme):
        rate = planned.deliverable.delivery.rates.of(programme.rate)
        return form.write(name, programme, timeline_of(programme, rate)), ()
    if form.write_tracks is None:
        raise SpecError(f"{form.title} holds one clip, and {programme.title} is a timeline", "use .otio")
    return form.write_tracks(name, ExportedTracks.of(segment_rows(planned)))


def timeline_of(programme: ClipProgramme, rate: Fraction) -> Timeline:
    """The programme's timeline, or, where nothing is cut, all of it as one part, on frames of `rate` (Hz)."""
    whole = Span(Fraction(0), Fraction(max(1, round(programme.duration * rate)), 1) / rate)
    return programme.timeline or Timeline(rate, (whole,))
