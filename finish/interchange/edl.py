"""CMX 3600 edit lists."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from finish.errors import LimitError
from finish.graph import Timeline
from finish.graph.timeline import SpeedSpan, ratio
from finish.model import ClipProgramme
from finish.units import Span

MAX_EVENTS: Final = 999  # CMX 3600 numbers events with three digits
_MAX_NAME: Final = 60  # characters of a name that readers take


def edl(title: str, programme: ClipProgramme, timeline: Timeline) -> str:
    """The timeline as CMX 3600: one event for each part that is kept.

    An event has the part's times in the clip and in the programme as non-drop timecodes from 00:00:00:00. A
    part with another speed also has its frames per second (M2). LimitError for more than 999 parts.
    """
    rate = timeline.rate
    if len(timeline.parts) > MAX_EVENTS:
        raise LimitError(
            f"{programme.source.path.name}: the timeline has {len(timeline.parts)} parts; CMX 3600 holds at "
            f"most {MAX_EVENTS}",
            "export it as .otio, or split the clip into two jobs",
        )
    channels = "AA/V" if programme.content_sound is not None else "V"
    lines = [f"TITLE: {ascii_name(title)}", "FCM: NON-DROP FRAME", ""]
    for number, (part, begins) in enumerate(timeline.placed, start=1):
        times = (part.start, part.end, begins, begins + part.length)
        codes = " ".join(timecode(time, rate) for time in times)
        lines += [f"{number:03d}  AX       {channels:<5} C        {codes}", *motion(part, rate)]
        lines += [f"* FROM CLIP NAME: {ascii_name(programme.source.path.name)}", ""]
    return "\n".join(lines)


def timecode(time: Fraction, rate: Fraction) -> str:
    """A time (s) as hours, minutes, seconds and frames without dropped numbers (SMPTE ST 12-1, non-drop)."""
    base = max(1, round(rate))
    frames = round(time * rate)
    seconds, frame = divmod(frames, base)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frame:02d}"


def motion(part: Span, rate: Fraction, reel: str = "AX", start: Fraction | None = None) -> list[str]:
    """The M2 line of a part with another speed: how many of the clip's frames are shown per second.

    `start` is the moment of the clip (s) with which its event begins, if that isn't the part's.
    """
    if not isinstance(part, SpeedSpan):
        return []
    begins = timecode(part.start if start is None else start, rate)
    return [f"M2   {reel:<8} {float(ratio(part) * rate):05.1f}                {begins}"]


def ascii_name(name: str) -> str:
    """A name in printable ASCII on one line."""
    return "".join(_characters(name))[:_MAX_NAME] or "CLIP"


def _characters(name: str) -> Iterator[str]:
    for character in name:
        yield character if " " <= character <= "~" else "_"
