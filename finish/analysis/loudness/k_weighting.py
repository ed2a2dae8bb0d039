"""K-weighting: what the head and the ear do to a sound before its loudness is measured (BS.1770-5 §3)."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.analysis.loudness.gating import HOP, Floats

# A high shelf for the head and a high pass for the ear, at 48 kHz, as (b, a) (BS.1770-5 tables 1 and 2).
FILTERS: Final = (
    ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585)),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)
# The response of both filters falls below 1e-17 within 8,192 samples (largest pole radius 0.99502), so
# convolution by blocks is exact.
FFT_LENGTH: Final = 32_768
CHUNK: Final = 51 * HOP  # new samples in each FFT; the rest is overlap
OVERLAP: Final = FFT_LENGTH - CHUNK

# Channel weights by number of channels in FFmpeg's default orders. Low-frequency effects don't count.
# Loudspeakers from 60° to 120° count 1.5 dB more (BS.1770-5 tables 3 and 4: the rear pair of 7.1 is at
# 135°).
_SIDE: Final = 1.41
CHANNEL_WEIGHTS: Final = {
    1: (1.0,),
    2: (1.0, 1.0),
    5: (1.0, 1.0, 1.0, _SIDE, _SIDE),
    6: (1.0, 1.0, 1.0, 0.0, _SIDE, _SIDE),
    8: (1.0, 1.0, 1.0, 0.0, 1.0, 1.0, _SIDE, _SIDE),
}


def k_weighted(samples: Floats) -> Floats:
    """The K-weighted samples (channels, n) of (channels, `OVERLAP` + n); n is at most `CHUNK`."""
    spectrum = np.fft.rfft(samples, FFT_LENGTH)
    weighted = np.fft.irfft(spectrum * _response(), FFT_LENGTH)
    return np.asarray(weighted[:, OVERLAP : samples.shape[1]], dtype=np.float64)


@cache
def _response() -> NDArray[np.complex128]:
    """The response of K-weighting at the frequencies of one FFT."""
    delay = np.exp(-2j * np.pi * np.arange(FFT_LENGTH // 2 + 1) / FFT_LENGTH)
    high_shelf, high_pass = (np.polyval(b[::-1], delay) / np.polyval(a[::-1], delay) for b, a in FILTERS)
    return np.asarray(high_shelf * high_pass, dtype=np.complex128)
