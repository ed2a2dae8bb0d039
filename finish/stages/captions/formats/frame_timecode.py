"""Frames of broadcast captions ↔ SMPTE timecode (ST 12-1), in drop-frame and non-drop counting."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

NTSC: Final = Fraction(30_000, 1001)
# Drop-frame counting leaves out two labels in each minute but every tenth (SMPTE ST 12-1).
_DROPPED: Final = 2
_MINUTE: Final = 60 * 30 - _DROPPED  # frames of a minute that drops labels
_TEN_MINUTES: Final = 10 * 60 * 30 - 9 * _DROPPED


@dataclass(frozen=True)
class FrameClock:
    """A clock that counts `base` frames a second in its labels, and runs at `rate` frames per second.

    `start` is the number of the label at the programme's first frame. A day's labels start again at 0.
    """

    rate: Fraction
    base: int
    drop: bool
    start: int = 0

    @classmethod
    def ntsc(cls, timecode: str) -> FrameClock:
        """29.97 frames a second from a timecode on: drop-frame with `;`, else non-drop; "" starts at 0."""
        timecode = timecode or "00:00:00;00"
        clock = cls(NTSC, 30, ";" in timecode)
        return cls(clock.rate, clock.base, clock.drop, clock.number(timecode))

    @classmethod
    def whole(cls, base: int, timecode: str) -> FrameClock:
        """A whole number of frames a second, from a timecode on; "" starts at 0."""
        clock = cls(Fraction(base), base, drop=False)
        return cls(clock.rate, base, clock.drop, clock.number(timecode or "00:00:00:00"))

    def frame(self, seconds: Fraction) -> int:
        """The frame of the programme that is next to a time."""
        return round(seconds * self.rate)

    def number(self, timecode: str) -> int:
        """The number of a label, counted from 0 at midnight."""
        hours, minutes, seconds, frames = (int(part) for part in timecode.replace(";", ":").split(":"))
        total = 60 * hours + minutes
        count = (60 * total + seconds) * self.base + min(frames, self.base - 1)
        return count - _DROPPED * (total - total // 10) if self.drop else count

    def parts(self, frame: int) -> tuple[int, int, int, int]:
        """Hours, minutes, seconds, and frames of the label of a frame of the programme."""
        number = self.start + frame
        if self.drop:
            tens, rest = divmod(number, _TEN_MINUTES)
            number += _DROPPED * (9 * tens + max(0, rest - _DROPPED) // _MINUTE)
        seconds, frames = divmod(number, self.base)
        return seconds // 3600 % 24, seconds // 60 % 60, seconds % 60, frames

    def label(self, frame: int) -> str:
        """The label of a frame: `HH:MM:SS:FF`, with `;` before the frames if it's drop-frame."""
        hours, minutes, seconds, frames = self.parts(frame)
        return f"{hours:02d}:{minutes:02d}:{seconds:02d}{';' if self.drop else ':'}{frames:02d}"
