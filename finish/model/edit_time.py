"""Moments and lengths as an editor writes them: seconds, frames, or timecode."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from finish.errors import SpecError
from finish.units import first_frame, seconds

_FRAMES: Final = re.compile(r"^(\d{1,9})f$")
_TIMECODE: Final = re.compile(r"^(\d{1,2}):([0-5]\d):([0-5]\d):(\d{2,3})$")
_FORMS: Final = "write seconds (1.5), minutes:seconds (0:01.5), frames (8f), or a timecode (00:00:01:12)"
_DAY: Final = 86_400  # s: as long as a clock of timecode runs


@dataclass(frozen=True)
class EditTime:
    """A moment or a length as an editor writes it: seconds, and frames of a rate that isn't known yet.

    A timecode counts whole frames per second: the rate, rounded up (SMPTE ST 12-1, non-drop).
    """

    seconds: Fraction = Fraction(0)
    frames: int = 0
    timecode: tuple[int, int] | None = None  # whole seconds on the timecode's clock, and frames

    @classmethod
    def parse(cls, text: str | float) -> EditTime:
        """`1.5`, `0:01.5`, `8f`, or the timecode `00:00:01:12`; ValueError otherwise."""
        stated = str(text).strip()
        if match := _FRAMES.match(stated):
            return cls(frames=int(match[1]))
        if match := _TIMECODE.match(stated):
            hours, minutes, whole, frames = (int(part) for part in match.groups())
            return cls(timecode=(3600 * hours + 60 * minutes + whole, frames))
        try:
            time = seconds(stated)
        except ValueError as error:
            raise ValueError(f"{stated[:40]!r} isn't a time — {_FORMS}") from error
        if time > _DAY:
            raise ValueError(f"{stated[:40]!r} is longer than a day — {_FORMS}")
        return cls(seconds=time)

    def __str__(self) -> str:
        """The time as a job states it."""
        if self.timecode is not None:
            whole, frames = self.timecode
            return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}:{frames:02d}"
        return f"{self.frames}f" if self.frames else f"{float(self.seconds):g}"

    def is_before(self, other: EditTime) -> bool | None:
        """Whether `other` is later at every rate; None if that depends on the rate."""
        if self.timecode is not None and other.timecode is not None:
            return self.timecode < other.timecode
        if self.timecode is None and other.timecode is None:
            if not self.frames and not other.frames:
                return self.seconds < other.seconds
            if not self.seconds and not other.seconds:
                return self.frames < other.frames
        return None

    def count(self, rate: Fraction) -> int:
        """The number of frames at `rate` (Hz): seconds are rounded to the nearest frame, halves
        up.

        SpecError for a timecode whose frames the rate doesn't have.
        """
        if self.timecode is not None:
            base, (whole, frames) = -(-rate // 1), self.timecode
            if frames >= base:
                message = f"frame {frames} of the timecode {self} doesn't exist at {float(rate):g} fps"
                raise SpecError(message, f"use a frame from 0 to {base - 1}")
            return int(whole * base + frames)
        return self.frames + first_frame(self.seconds, rate)

    def length(self, rate: Fraction) -> int:
        """A length in frames of `rate` (Hz); SpecError for one that is shorter than a frame."""
        frames = self.count(rate)
        if frames < 1:
            hint = f"use at least {float(1 / rate):.3g} s, or 1f"
            raise SpecError(f"{self} s is shorter than a frame", hint)
        return frames

    def on(self, rate: Fraction) -> Fraction:
        """The time in seconds, on a frame of `rate` (Hz)."""
        return self.count(rate) / rate


NO_TIME: Final = EditTime()
