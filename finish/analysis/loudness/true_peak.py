"""The true peak: the peak between samples, by oversampling four times (BS.1770-5 annex 2)."""

from __future__ import annotations

from typing import Final

import numpy as np

from finish.analysis.loudness.gating import Floats

# Twelve taps for each of four phases; phases 2 and 3 are these in reverse order.
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
TAPS: Final = PHASES.shape[1]


def oversampled_peaks(samples: Floats) -> Floats:
    """The highest oversampled magnitude at each sample, over all channels.

    `samples` has the shape (channels, `TAPS` − 1 + n): the samples before come first. The result has n
    values.
    """
    phases = [np.abs(np.convolve(channel, phase, "valid")) for channel in samples for phase in PHASES]
    return np.asarray(np.max(phases, axis=0))
