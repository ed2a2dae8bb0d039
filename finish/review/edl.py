"""What pacing keeps of a clip as an edit list that other programs read: CMX 3600."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from finish.errors import FinishError
from finish.graph import Timeline
from finish.model import Programme
from finish.units import Span

_MOST: Final = 999      # events: CMX 3600 numbers them by three digits
_NAME: Final = 60       # characters of a name that readers take


def edl(title: str, programme: Programme, rate: Fraction) -> str:
    """The list: an event for each part that is kept, its place in the clip and in the programme as non-drop timecodes at `rate` (Hz), both
    from 00:00:00:00.

    FinishError("limit") for more parts than the format can number.
    """
    timeline = programme.timeline or Timeline(rate, (Span(Fraction(0), Fraction(max(1, round(programme.duration * rate)), 1) / rate),))
    if len(timeline.parts) > _MOST:
        raise FinishError("limit", f"{len(timeline.parts)} parts, and CMX 3600 numbers at most {_MOST}", "pace the clip in two jobs")
    channels = "AA/V" if programme.heard is not None else "V"
    lines = [f"TITLE: {_plain(title)}", "FCM: NON-DROP FRAME", ""]
    for number, (part, begins) in enumerate(timeline.placed, start=1):
        times = (part.start, part.end, begins, begins + part.length)
        codes = " ".join(timecode(each, rate) for each in times)
        lines += [f"{number:03d}  AX       {channels:<5} C        {codes}", f"* FROM CLIP NAME: {_plain(programme.source.path.name)}", ""]
    return "\n".join(lines)


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
