"""How loud a sound is, by ITU-R BS.1770-5 and EBU Tech 3341/3342, and how high it peaks between its samples."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.analysis.loudness.gating import (
    BLOCK,
    FLOOR,
    SHORT_TERM,
    SILENT,
    STEP,
    Floats,
    audible,
    integrated,
    loudest,
    loudness,
    loudness_range,
    power,
    windows,
)
from finish.errors import SoundError
from finish.model import Analyser, Array, Samples
from finish.units import decibels

RATE: Final = 48_000
SHIFTED: Final = 0.02  # of full scale; house: peaks lose 0.2 dB, and what is cut clicks at −34 dBFS
MOMENTARY: Final = Fraction(4, 10)  # s (Tech 3341 §2.2); also the gating block (BS.1770-5 §5.1)

# Energies are kept every 10 ms: Tech 3341 signals 13 and 14 fail for the maximum momentary loudness above 20 ms.
_HOP: Final = RATE // 100

# Channel weights by number of channels in FFmpeg's default orders; low frequency effects don't count, speakers from 60° to
# 120° count 1.5 dB more (BS.1770-5 tables 3 and 4: the rear pair of 7.1 stands at 135°).
_SIDE: Final = 1.41
_WEIGHTS: Final = {
    1: (1.0,),
    2: (1.0, 1.0),
    5: (1.0, 1.0, 1.0, _SIDE, _SIDE),
    6: (1.0, 1.0, 1.0, 0.0, _SIDE, _SIDE),
    8: (1.0, 1.0, 1.0, 0.0, 1.0, 1.0, _SIDE, _SIDE),
}

# K-weighting at 48 kHz: a high shelf for the head, a high pass for the ear (BS.1770-5 tables 1 and 2), as (b, a).
_STAGES: Final = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)
# Both stages' response falls below 1e-17 within 8,192 samples (largest pole radius 0.99502), so convolution by blocks is exact.
_FFT: Final = 32_768
_CHUNK: Final = 51 * _HOP  # new samples in each FFT; the rest is overlap
_OVERLAP: Final = _FFT - _CHUNK

# Four-times oversampling, 12 taps a phase (BS.1770-5 annex 2); phases 2 and 3 are these reversed.
_PHASE_0: Final = (
    0.001708984375,
    0.010986328125,
    -0.0196533203125,
    0.033203125,
    -0.0594482421875,
    0.1373291015625,
    0.97216796875,
    -0.102294921875,
    0.047607421875,
    -0.026611328125,
    0.014892578125,
    -0.00830078125,
)
_PHASE_1: Final = (
    -0.0291748046875,
    0.029296875,
    -0.0517578125,
    0.089111328125,
    -0.16650390625,
    0.465087890625,
    0.77978515625,
    -0.2003173828125,
    0.1015625,
    -0.0582275390625,
    0.0330810546875,
    -0.0189208984375,
)
PHASES: Final = np.array([_PHASE_0, _PHASE_1, _PHASE_1[::-1], _PHASE_0[::-1]])
_TAPS: Final = PHASES.shape[1]


@dataclass(frozen=True)
class LoudnessCurve:
    """How loud a sound is from moment to moment: a value every 0.1 s, of the 0.1 s that begin then.

    `momentary` and `short_term` loudness (LUFS) are of the window that ends there, -200 before there is a whole one; `peaks` are dBTP.
    """

    momentary: tuple[float, ...]
    short_term: tuple[float, ...]
    peaks: tuple[float, ...]


@dataclass(frozen=True)
class LoudnessFacts:
    """What was heard, every field a finite number or None, so that JSON carries it.

    `integrated` is gated loudness in LUFS, None where nothing passes the absolute gate of −70 LUFS (silence); of a sound
    shorter than one gating block (0.4 s) it is the ungated loudness of the whole, and `short` says so. `true_peak` (dBTP)
    and `sample_peak` (dBFS) read −200 for digital silence. `range` (LU; not stable below 60 s, Tech 3342), the greatest
    `short_term` and `momentary` loudness (LUFS) are None where the sound is shorter than one window (3, 3 and 0.4 s) or
    silent. `seconds` is the sound's length.

    Of two channels, K-weighted: `balance` is how much louder the left is (dB, at most ±200) and `correlation` how alike they are, from
    -1 to 1; None where both are silent. `course` is there where it was asked for. `offset` is the greatest mean of a channel's samples,
    without its sign: 0 of a sound that swings around silence (a DC offset).
    """

    integrated: float | None
    true_peak: float
    sample_peak: float
    range: float | None
    short_term: float | None
    momentary: float | None
    seconds: float
    short: bool
    balance: float | None = None
    correlation: float | None = None
    course: LoudnessCurve | None = None
    offset: float = 0.0

    @property
    def shifted(self) -> bool:
        """Whether a DC offset costs peaks room that is worth naming."""
        return self.offset >= SHIFTED

    @property
    def fold(self) -> float:
        """By how many dB the mean of both channels is louder than they are apart: 0 of equal ones, -3 of unrelated, -200 of opposite."""
        if self.balance is None or self.correlation is None:
            return 0.0
        right = 10 ** (-self.balance / 10)
        whole = (1 + right + 2 * self.correlation * right**0.5) / 2 / (1 + right)
        return max(FLOOR, decibels(max(whole, 0.0)) / 2)

    @property
    def loudest(self) -> float:
        """The greatest short-term loudness (LUFS); -70 where there is none, for then nothing is too loud."""
        return SILENT if self.short_term is None else self.short_term


@dataclass(frozen=True)
class Loudness(Analyser[LoudnessFacts]):
    """Loudness and peaks of 1, 2, 5, 6 or 8 channels at 48 kHz in FFmpeg's default orders (5.1: L R C LFE Ls Rs).

    SoundError for another number of channels, or a sample that isn't a number. What is kept per second of sound is
    100 energies (an hour: 2.9 MB); all else is constant. With a `course`, its values are kept too.
    """

    course: bool = False

    version = 3
    wants = Samples(RATE)

    def begin(self) -> _Meter:
        return _Meter(self.course)


class _Meter:
    """Sound in blocks of any size → chunks of whole hops with what came before them → energies and peaks."""

    def __init__(self, course: bool = False) -> None:
        self._highest: list[Floats] | None = [] if course else None
        self._sides: Floats = np.zeros((2, 2))
        self._weights: Floats = np.zeros(0)
        self._past: Floats = np.zeros((0, _OVERLAP))
        self._waiting: list[Array] = []
        self._count = self._length = 0
        self._energies: list[Floats] = []
        self._peak = self._oversampled = 0.0
        self._sums: Floats = np.zeros(1)

    def add(self, time: Fraction, data: Array) -> None:
        """Samples (n, channels); float32 as `Samples` gives them."""
        if not np.isfinite(data).all():
            first = int(np.argmin(np.isfinite(data).all(axis=1)))
            at = float(time) + first / RATE
            raise SoundError(f"a sample at {at:.3f} s is no number", "the sound is damaged: export it again")
        if not self._weights.size:
            self._open(data.shape[1])
        self._sums = self._sums + data.sum(axis=0, dtype=np.float64)
        self._waiting.append(data)
        self._count += len(data)
        self._length += len(data)
        if self._count < _CHUNK:
            return
        together = np.concatenate(self._waiting)
        whole = len(together) - len(together) % _CHUNK
        for start in range(0, whole, _CHUNK):
            self._take(together[start : start + _CHUNK])
        self._waiting, self._count = [together[whole:]], len(together) - whole

    def result(self) -> LoudnessFacts:
        rest = np.concatenate(self._waiting) if self._waiting else np.zeros((0, 0))
        if len(rest):
            self._take(rest)
        if self._length:
            self._take(np.zeros((_TAPS - 1, len(self._weights))), heard=False)
        ends, hops = self._ends, self.hops
        short = self._length < BLOCK * _HOP
        whole = float(ends.sum()) / max(1, self._length)
        return LoudnessFacts(
            integrated=audible(loudness(whole)) if short else integrated(hops),
            true_peak=max(FLOOR, decibels(max(self._peak, self._oversampled))),
            sample_peak=max(FLOOR, decibels(self._peak)),
            range=loudness_range(hops),
            short_term=loudest(hops, SHORT_TERM),
            momentary=loudest(hops, BLOCK),
            seconds=self._length / RATE,
            short=short,
            **_sides(self._sides),
            offset=round(float(np.abs(self._sums).max()) / max(1, self._length), 4),
            course=None
            if self._highest is None
            else _course(hops, np.concatenate([*self._highest, np.zeros(0)])),
        )

    @property
    def _ends(self) -> Floats:
        return np.concatenate(self._energies) if self._energies else np.zeros(0)

    @property
    def hops(self) -> Floats:
        """Weighted mean squares of every whole 10 ms; all of them once the result has been taken."""
        return self._ends[: self._length // _HOP] / _HOP

    def _open(self, channels: int) -> None:
        if channels not in _WEIGHTS:
            raise SoundError(
                f"no loudness is defined here for {channels} channels", "mix it to stereo or 5.1 first"
            )
        self._weights = np.array(_WEIGHTS[channels])
        self._past = np.zeros((channels, _OVERLAP))

    def _take(self, chunk: Array, heard: bool = True) -> None:
        """At most one chunk, shorter only at the end; the silence that flushes the oversampler is not `heard`."""
        joined = np.concatenate([self._past, chunk.T], axis=1, dtype=np.float64)
        self._past = joined[:, -_OVERLAP:]
        self._peak = max(self._peak, float(np.abs(chunk).max()))
        between = _between(joined[:, _OVERLAP - _TAPS + 1 :])
        self._oversampled = max(self._oversampled, float(between.max()))
        if not heard:
            return
        weighted, begins = k_weighted(joined)[:, : len(chunk)], np.arange(0, len(chunk), _HOP)
        self._energies.append(np.add.reduceat(self._weights @ weighted**2, begins))
        if len(weighted) == len(self._sides):
            self._sides += weighted @ weighted.T
        if self._highest is not None:
            self._highest.append(np.maximum.reduceat(np.maximum(between, np.abs(chunk).max(axis=1)), begins))


@cache
def _response() -> NDArray[np.complex128]:
    """K-weighting at the frequencies of one FFT."""
    delay = np.exp(-2j * np.pi * np.arange(_FFT // 2 + 1) / _FFT)
    shelf, high_pass = (
        np.polyval(above[::-1], delay) / np.polyval(below[::-1], delay) for above, below in _STAGES
    )
    return np.asarray(shelf * high_pass, dtype=np.complex128)


def k_weighted(joined: Floats) -> Floats:
    """What comes after the overlap in (channels, overlap + n), K-weighted; n is at most one chunk."""
    spectrum = np.fft.rfft(joined, _FFT)
    return np.asarray(
        np.fft.irfft(spectrum * _response(), _FFT)[:, _OVERLAP : joined.shape[1]], dtype=np.float64
    )


def _between(joined: Floats) -> Floats:
    """For each sample of (channels, taps − 1 + n) the highest of its oversampled values."""
    return np.asarray(
        np.max(
            [np.abs(np.convolve(channel, phase, "valid")) for channel in joined for phase in PHASES], axis=0
        )
    )


def _sides(sums: Floats) -> dict[str, float | None]:
    """Balance and correlation, from the sums of squares and of products of two channels."""
    left, right, both = (float(value) for value in (sums[0, 0], sums[1, 1], sums[0, 1]))
    if not left + right:
        return {"balance": None, "correlation": None}
    balance = decibels(max(left, 1e-300) ** 0.5) - decibels(max(right, 1e-300) ** 0.5)
    return {
        "balance": min(max(balance, FLOOR), -FLOOR),
        "correlation": both / (left * right) ** 0.5 if left and right else 0.0,
    }


def _course(hops: Floats, peaks: Floats) -> LoudnessCurve:
    def ended(length: int) -> tuple[float, ...]:
        means = np.concatenate([np.zeros(min(length - 1, len(hops))), windows(hops, length)])[
            STEP - 1 :: STEP
        ]
        return tuple(round(max(FLOOR, loudness(float(mean))), 2) for mean in means)

    highest = np.maximum.reduceat(peaks, np.arange(0, len(peaks), STEP)) if len(peaks) else peaks
    return LoudnessCurve(
        ended(BLOCK),
        ended(SHORT_TERM),
        tuple(round(max(FLOOR, decibels(float(each))), 2) for each in highest),
    )


__all__ = [
    "FLOOR",
    "RATE",
    "SILENT",
    "Loudness",
    "LoudnessCurve",
    "LoudnessFacts",
    "integrated",
    "k_weighted",
    "loudness",
    "loudness_range",
    "power",
]
