"""A gain that changes over time, as an automation curve: straight lines in dB between its points."""

from __future__ import annotations

import io
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final

import numpy as np

from finish import graph
from finish.graph import Stream
from finish.model import SOUND_RATE
from finish.stages.mix.mix_settings import DuckingShape
from finish.units import Span, digest, merged, number

# Hz; house value: a 40th of the sound's rate. An hour of the curve is 9 MB, and resampling rounds its corners
# within 1 ms.
_RATE: Final = SOUND_RATE // 40
# Values before and after, so that the resampler's own beginning and end are inaudible.
_BESIDE: Final = _RATE // 10
_FULL: Final = 1 << 15  # 16 bits: a step at a gain of −20 dB is 0.003 dB


@dataclass(frozen=True)
class DuckingCurve:
    """A gain over time: `points` (s, dB) in order of time, each dB at most 0, and a length in `seconds`.

    The first point holds before it, the last after it.
    """

    points: tuple[tuple[Fraction, float], ...]
    seconds: Fraction

    @property
    def suffix(self) -> str:
        return ".wav"

    @property
    def digest(self) -> str:
        return digest(
            "curve 1",
            number(self.seconds),
            *(f"{number(time)} {number(level)}" for time, level in self.points),
        )

    def content(self) -> bytes:
        """A WAV file of gains, a tenth of a second longer at either end."""
        count = int(self.seconds * _RATE) + 1
        times = np.arange(-_BESIDE, count + _BESIDE) / _RATE
        levels = np.interp(
            times, [float(time) for time, _ in self.points], [level for _, level in self.points]
        )
        gains = np.round(np.minimum(10 ** (levels / 20) * _FULL, _FULL - 1)).astype("<i2")
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(_RATE)
            file.writeframes(gains.tobytes())
        return out.getvalue()

    @property
    def low(self) -> list[Span]:
        """The spans in which the gain stays down."""
        return [Span(start, end) for (start, one), (end, other) in pairwise(self.points) if one == other < 0]


def moved(sound: Stream, curve: DuckingCurve) -> Stream:
    """A stereo sound with its gain along the curve, sample by sample."""
    gains = graph.waveform(curve).filter("aresample", osr=SOUND_RATE, out_sample_fmt="fltp")
    trimmed = gains.filter("atrim", start_sample=_BESIDE * (SOUND_RATE // _RATE)).filter(
        "asetpts", expr="PTS-STARTPTS"
    )
    return sound.filter("amultiply", trimmed.filter("pan", args="stereo|c0=c0|c1=c0"))


def ducked(
    spans: Sequence[tuple[Fraction, Fraction]], shape: DuckingShape, seconds: Fraction
) -> DuckingCurve:
    """A gain that is down by the shape's depth during each span.

    It goes down before a span begins and up after it has ended; it stays down if there is no time for both.
    """
    points: list[tuple[Fraction, float]] = []
    for span in merged((Span(*ends) for ends in spans), shape.attack + shape.hold + shape.release):
        points += [(span.start - shape.attack, 0.0), (span.start, -shape.depth)]
        points += [(span.end + shape.hold, -shape.depth), (span.end + shape.hold + shape.release, 0.0)]
    return DuckingCurve(tuple(points) or ((Fraction(0), 0.0),), seconds)
