"""How loud a sound is, by ITU-R BS.1770-5 and EBU Tech 3341/3342, and how high it peaks between its samples."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from finish.errors import FinishError
from finish.model import Array, Samples
from finish.units import decibels

RATE: Final = 48_000
SILENT: Final = -70.0       # LUFS; the absolute gate (BS.1770-5 §5.1): below it there is no programme
FLOOR: Final = -200.0       # dB; what digital silence reads as a peak, so that every fact is a number that JSON can carry
MOMENTARY: Final = Fraction(4, 10)      # s (Tech 3341 §2.2); also the gating block (BS.1770-5 §5.1)

# Energies are kept every 10 ms: Tech 3341 signals 13 and 14 fail for the maximum momentary loudness above 20 ms.
_HOP: Final = RATE // 100
_STEP: Final = 10           # hops between gating blocks: 400 ms blocks overlapping 75 % (BS.1770-5 §5.1); LRA at 10 Hz (Tech 3342)
_BLOCK: Final = 40          # hops: 400 ms
_SHORT_TERM: Final = 300    # hops: 3 s (Tech 3341 §2.2)
_TAIL: Final = 150          # hops of silence put after a file before its range is taken (Tech 3342 §3: at least 1.5 s)
_OFFSET: Final = -0.691     # dB; what K-weighting adds at 997 Hz (BS.1770-5 §3)
_RELATIVE: Final = -10.0    # LU below the loudness of what passes the absolute gate (BS.1770-5 §5.1)
_RANGE_GATE: Final = -20.0  # LU, the same for the loudness range (Tech 3342 §3)

# Channel weights by number of channels in FFmpeg's default orders; low frequency effects don't count, speakers from 60° to
# 120° count 1.5 dB more (BS.1770-5 tables 3 and 4: the rear pair of 7.1 stands at 135°).
_SIDE: Final = 1.41
_WEIGHTS: Final = {
    1: (1.0,), 2: (1.0, 1.0), 5: (1.0, 1.0, 1.0, _SIDE, _SIDE), 6: (1.0, 1.0, 1.0, 0.0, _SIDE, _SIDE),
    8: (1.0, 1.0, 1.0, 0.0, 1.0, 1.0, _SIDE, _SIDE),
}

# K-weighting at 48 kHz: a high shelf for the head, a high pass for the ear (BS.1770-5 tables 1 and 2), as (b, a).
_STAGES: Final = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)
# Both stages' response falls below 1e-17 within 8,192 samples (largest pole radius 0.99502), so convolution by blocks is exact.
_FFT: Final = 32_768
_CHUNK: Final = 51 * _HOP   # new samples in each FFT; the rest is overlap
_OVERLAP: Final = _FFT - _CHUNK

# Four-times oversampling, 12 taps a phase (BS.1770-5 annex 2); phases 2 and 3 are these reversed.
_PHASE_0: Final = (
    0.001708984375, 0.010986328125, -0.0196533203125, 0.033203125, -0.0594482421875, 0.1373291015625,
    0.97216796875, -0.102294921875, 0.047607421875, -0.026611328125, 0.014892578125, -0.00830078125,
)
_PHASE_1: Final = (
    -0.0291748046875, 0.029296875, -0.0517578125, 0.089111328125, -0.16650390625, 0.465087890625,
    0.77978515625, -0.2003173828125, 0.1015625, -0.0582275390625, 0.0330810546875, -0.0189208984375,
)
PHASES: Final = np.array([_PHASE_0, _PHASE_1, _PHASE_1[::-1], _PHASE_0[::-1]])
_TAPS: Final = PHASES.shape[1]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LoudnessFacts:
    """What was heard, every field a finite number or None, so that JSON carries it.

    `integrated` is gated loudness in LUFS, None where nothing passes the absolute gate of −70 LUFS (silence); of a sound
    shorter than one gating block (0.4 s) it is the ungated loudness of the whole, and `short` says so. `true_peak` (dBTP)
    and `sample_peak` (dBFS) read −200 for digital silence. `range` (LU; not stable below 60 s, Tech 3342), the greatest
    `short_term` and `momentary` loudness (LUFS) are None where the sound is shorter than one window (3, 3 and 0.4 s) or
    silent. `seconds` is the sound's length.
    """

    integrated: float | None
    true_peak: float
    sample_peak: float
    range: float | None
    short_term: float | None
    momentary: float | None
    seconds: float
    short: bool

    @property
    def loudest(self) -> float:
        """The greatest short-term loudness (LUFS); -70 where there is none, for then nothing is too loud."""
        return SILENT if self.short_term is None else self.short_term


@dataclass(frozen=True)
class Loudness:
    """Loudness and peaks of 1, 2, 5, 6 or 8 channels at 48 kHz in FFmpeg's default orders (5.1: L R C LFE Ls Rs).

    FinishError("sound") for another number of channels, or a sample that is no number. What is kept per second of sound is
    100 energies (an hour: 2.9 MB); all else is constant.
    """

    @property
    def version(self) -> int:
        return 1

    @property
    def wants(self) -> Samples:
        return Samples(RATE)

    @property
    def facts(self) -> type[LoudnessFacts]:
        return LoudnessFacts

    def begin(self) -> _Meter:
        return _Meter()


class _Meter:
    """Sound in blocks of any size → chunks of whole hops with what came before them → energies and peaks."""

    def __init__(self) -> None:
        self._weights: Floats = np.zeros(0)
        self._past: Floats = np.zeros((0, _OVERLAP))
        self._waiting: list[Array] = []
        self._count = self._length = 0
        self._energies: list[Floats] = []
        self._peak = self._oversampled = 0.0

    def add(self, time: Fraction, data: Array) -> None:
        """Samples (n, channels); float32 as `Samples` gives them."""
        if not np.isfinite(data).all():
            first = int(np.argmin(np.isfinite(data).all(axis=1)))
            at = float(time) + first / RATE
            raise FinishError("sound", f"a sample at {at:.3f} s is no number", "the sound is damaged: export it again")
        if not self._weights.size:
            self._open(data.shape[1])
        self._waiting.append(data)
        self._count += len(data)
        self._length += len(data)
        if self._count < _CHUNK:
            return
        together = np.concatenate(self._waiting)
        whole = len(together) - len(together) % _CHUNK
        for start in range(0, whole, _CHUNK):
            self._take(together[start:start + _CHUNK])
        self._waiting, self._count = [together[whole:]], len(together) - whole

    def result(self) -> LoudnessFacts:
        rest = np.concatenate(self._waiting) if self._waiting else np.zeros((0, 0))
        if len(rest):
            self._take(rest)
        if self._length:
            self._take(np.zeros((_TAPS - 1, len(self._weights))), heard=False)
        ends = np.concatenate(self._energies) if self._energies else np.zeros(0)
        hops = ends[:self._length // _HOP] / _HOP
        short = self._length < _BLOCK * _HOP
        whole = float(ends.sum()) / max(1, self._length)
        return LoudnessFacts(
            integrated=_audible(loudness(whole)) if short else integrated(hops),
            true_peak=max(FLOOR, decibels(max(self._peak, self._oversampled))),
            sample_peak=max(FLOOR, decibels(self._peak)),
            range=loudness_range(hops),
            short_term=_loudest(hops, _SHORT_TERM),
            momentary=_loudest(hops, _BLOCK),
            seconds=self._length / RATE,
            short=short,
        )

    def _open(self, channels: int) -> None:
        if channels not in _WEIGHTS:
            raise FinishError("sound", f"no loudness is defined here for {channels} channels", "mix it to stereo or 5.1 first")
        self._weights = np.array(_WEIGHTS[channels])
        self._past = np.zeros((channels, _OVERLAP))

    def _take(self, chunk: Array, heard: bool = True) -> None:
        """At most one chunk, shorter only at the end; the silence that flushes the oversampler is not `heard`."""
        joined = np.concatenate([self._past, chunk.T], axis=1, dtype=np.float64)
        self._past = joined[:, -_OVERLAP:]
        self._peak = max(self._peak, float(np.abs(chunk).max()))
        self._oversampled = max(self._oversampled, _between(joined[:, _OVERLAP - _TAPS + 1:]))
        if heard:
            squares = self._weights @ k_weighted(joined)[:, :len(chunk)] ** 2
            self._energies.append(np.add.reduceat(squares, np.arange(0, len(chunk), _HOP)))


@cache
def _response() -> NDArray[np.complex128]:
    """K-weighting at the frequencies of one FFT."""
    delay = np.exp(-2j * np.pi * np.arange(_FFT // 2 + 1) / _FFT)
    shelf, high_pass = (np.polyval(above[::-1], delay) / np.polyval(below[::-1], delay) for above, below in _STAGES)
    return np.asarray(shelf * high_pass, dtype=np.complex128)


def k_weighted(joined: Floats) -> Floats:
    """What comes after the overlap in (channels, overlap + n), K-weighted; n is at most one chunk."""
    spectrum = np.fft.rfft(joined, _FFT)
    return np.asarray(np.fft.irfft(spectrum * _response(), _FFT)[:, _OVERLAP:joined.shape[1]], dtype=np.float64)


def _between(joined: Floats) -> float:
    """The highest of the oversampled values of (channels, taps − 1 + n)."""
    return max(float(np.abs(np.convolve(channel, phase, "valid")).max()) for channel in joined for phase in PHASES)


def loudness(mean_square: float) -> float:
    """Weighted mean square → LUFS; −inf for 0."""
    return _OFFSET + decibels(mean_square) / 2


def power(lufs: float) -> float:
    """LUFS → weighted mean square."""
    return float(10 ** ((lufs - _OFFSET) / 10))


def integrated(hops: Floats) -> float | None:
    """Gated loudness (LUFS) of mean squares every 10 ms; an incomplete last block is left out. None for silence."""
    blocks = _windows(hops, _BLOCK)[::_STEP]
    loud = blocks[blocks > power(SILENT)]
    if not loud.size:
        return None
    gate = power(loudness(float(loud.mean())) + _RELATIVE)
    return loudness(float(loud[loud > gate].mean()))


def loudness_range(hops: Floats) -> float | None:
    """LRA (LU) of mean squares every 10 ms (Tech 3342 §3); None for silence and for less than 3 s."""
    if len(hops) < _SHORT_TERM:
        return None
    windows = _windows(np.concatenate([hops, np.zeros(_TAIL)]), _SHORT_TERM)[::_STEP]
    loud = windows[windows >= power(SILENT)]
    if not loud.size:
        return None
    kept = np.sort(loud[loud >= power(loudness(float(loud.mean())) + _RANGE_GATE)])
    low, high = (float(kept[int((len(kept) - 1) * share + 0.5)]) for share in (0.10, 0.95))
    return loudness(high) - loudness(low)


def _loudest(hops: Floats, length: int) -> float | None:
    windows = _windows(hops, length)
    return _audible(loudness(float(windows.max()))) if windows.size else None


def _windows(hops: Floats, length: int) -> Floats:
    """Means of `length` hops, one starting at each hop; none where there are fewer."""
    return np.asarray(sliding_window_view(hops, length).mean(axis=1)) if len(hops) >= length else np.zeros(0)


def _audible(lufs: float) -> float | None:
    return lufs if lufs > SILENT else None
