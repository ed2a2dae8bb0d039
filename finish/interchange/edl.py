"""What pacing keeps of a clip as an edit list that other programs read: CMX 3600."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from finish.errors import LimitError
from finish.graph import Timeline
from finish.graph.timeline import SpeedSpan, ratio
from finish.model import Programme
from finish.units import Span

_MOST: Final = 999  # events: CMX 3600 numbers them by three digits
_NAME: Final = 60  # characters of a name that readers take


def kept(programme: Programme, rate: Fraction) -> Timeline:
    """The programme's timeline, or all of it as one part, on frames of `rate` (Hz)."""
    whole = Span(Fraction(0), Fraction(max(1, round(programme.duration * rate)), 1) / rate)
    return programme.timeline or Timeline(rate, (whole,))


def edl(title: str, programme: Programme, timeline: Timeline) -> str:
    """The list: an event for each part that is kept, its place in the clip and in the programme as non-drop timecodes from 00:00:00:00, and
    its frames a second (M2) where it has another speed.

    LimitError for more parts than the format can number.
    """
    rate = timeline.rate
    if len(timeline.parts) > _MOST:
        raise LimitError(
            f"{len(timeline.parts)} parts, and CMX 3600 numbers at most {_MOST}", "pace the clip in two jobs"
        )
    channels = "AA/V" if programme.heard is not None else "V"
    lines = [f"TITLE: {_plain(title)}", "FCM: NON-DROP FRAME", ""]
    for number, (part, begins) in enumerate(timeline.placed, start=1):
        times = (part.start, part.end, begins, begins + part.length)
        codes = " ".join(timecode(each, rate) for each in times)
        lines += [f"{number:03d}  AX       {channels:<5} C        {codes}", *_motion(part, rate)]
        lines += [f"* FROM CLIP NAME: {_plain(programme.source.path.name)}", ""]
    return "\n".join(lines)


def _motion(part: Span, rate: Fraction) -> list[str]:
    """How many of the clip's frames a second are shown, where it is not all of them."""
    if not isinstance(part, SpeedSpan):
        return []
    return [f"M2   AX       {float(ratio(part) * rate):05.1f}                {timecode(part.start, rate)}"]


def timecode(time: Fraction, rate: Fraction) -> str:
    """A time (s) as hours, minutes, seconds and frames, counted without leaving any number out (SMPTE ST 12-1, non-drop)."""
    base = max(1, round(rate))
    frames = round(time * rate)
    seconds, frame = divmod(frames, base)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frame:02d}"


def _plain(name: str) -> str:
    """A name in printable ASCII on one line."""
    return "".join(_characters(name))[:_NAME] or "CLIP"


def _characters(name: str) -> Iterator[str]:
    for each in name:
        yield each if " " <= each <= "~" else "_"
