"""Loudness by ITU-R BS.1770-5 and EBU Tech 3341 and 3342, and the true peak.

`loudness_meter` measures, with `k_weighting` and `true_peak`; `gating` turns energies into loudness.
"""

from __future__ import annotations

from finish.analysis.loudness.gating import FLOOR, RATE, SILENT, loudness, power
from finish.analysis.loudness.loudness_facts import LoudnessCurve, LoudnessFacts
from finish.analysis.loudness.loudness_meter import Loudness

__all__ = ["FLOOR", "RATE", "SILENT", "Loudness", "LoudnessCurve", "LoudnessFacts", "loudness", "power"]
