"""Loudness from mean squares every 10 ms: gates, range and windows (BS.1770-5 §5, EBU Tech 3341 and 3342)."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from finish.units import decibels

RATE: Final = 48_000  # Hz
HOP: Final = RATE // 100  # samples: maximum momentary loudness fails Tech 3341 signals 13 and 14 above 20 ms

SILENT: Final = -70.0  # LUFS; the absolute gate (BS.1770-5 §5.1): quieter blocks don't count
FLOOR: Final = -200.0  # dB; the peak of digital silence, so that every fact is a number that JSON can carry
# Hops between gating blocks: 400 ms blocks overlap by 75 % (BS.1770-5 §5.1), and LRA is at 10 Hz (Tech 3342).
STEP: Final = 10
BLOCK: Final = 40  # hops: 400 ms
SHORT_TERM: Final = 300  # hops: 3 s (Tech 3341 §2.2)
_TAIL: Final = 150  # hops of silence after a file before its range is taken (Tech 3342 §3: at least 1.5 s)
_OFFSET: Final = -0.691  # dB; what K-weighting adds at 997 Hz (BS.1770-5 §3)
_RELATIVE: Final = -10.0  # LU below the loudness of what passes the absolute gate (BS.1770-5 §5.1)
_RANGE_GATE: Final = -20.0  # LU, the same for the loudness range (Tech 3342 §3)

Floats = NDArray[np.float64]


def loudness(mean_square: float) -> float:
    """Weighted mean square → LUFS; −inf for 0."""
    return _OFFSET + decibels(mean_square) / 2


def power(lufs: float) -> float:
    """LUFS → weighted mean square."""
    return float(10 ** ((lufs - _OFFSET) / 10))


def integrated(hops: Floats) -> float | None:
    """Gated loudness (LUFS) of mean squares every 10 ms; None for silence.

    An incomplete last block doesn't count.
    """
    blocks = windows(hops, BLOCK)[::STEP]
    loud = blocks[blocks > power(SILENT)]
    if not loud.size:
        return None
    gate = power(loudness(float(loud.mean())) + _RELATIVE)
    return loudness(float(loud[loud > gate].mean()))


def loudness_range(hops: Floats) -> float | None:
    """LRA (LU) of mean squares every 10 ms (Tech 3342 §3); None for silence and for less than 3 s."""
    if len(hops) < SHORT_TERM:
        return None
    means = windows(np.concatenate([hops, np.zeros(_TAIL)]), SHORT_TERM)[::STEP]
    loud = means[means >= power(SILENT)]
    if not loud.size:
        return None
    kept = np.sort(loud[loud >= power(loudness(float(loud.mean())) + _RANGE_GATE)])
    low, high = (float(kept[int((len(kept) - 1) * share + 0.5)]) for share in (0.10, 0.95))
    return loudness(high) - loudness(low)


def loudest(hops: Floats, length: int) -> float | None:
    """The greatest loudness (LUFS) of any `length` hops; None where there are fewer, or only silence."""
    means = windows(hops, length)
    return audible(loudness(float(means.max()))) if means.size else None


def windows(hops: Floats, length: int) -> Floats:
    """The means of `length` hops, one from each hop on; empty where there are fewer."""
    return np.asarray(sliding_window_view(hops, length).mean(axis=1)) if len(hops) >= length else np.zeros(0)


def audible(lufs: float) -> float | None:
    """The loudness (LUFS); None at or below the absolute gate."""
    return lufs if lufs > SILENT else None
