"""What a loudness measurement says of a sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from finish.analysis.loudness.gating import FLOOR, SILENT
from finish.units import decibels

SHIFTED: Final = 0.02  # of full scale; house: peaks lose 0.2 dB, and what is cut clicks at −34 dBFS


@dataclass(frozen=True)
class LoudnessCurve:
    """Loudness and peaks over time: a value every 0.1 s, for the 0.1 s that begin then.

    `momentary` and `short_term` loudness (LUFS) are those of the window that ends there, −200 before the
    first complete window. `peaks` are in dBTP.
    """

    momentary: tuple[float, ...]
    short_term: tuple[float, ...]
    peaks: tuple[float, ...]


@dataclass(frozen=True)
class LoudnessFacts:
    """Loudness, peaks and balance of a sound.

    Every field is a finite number or None, so that JSON can carry it.

    `integrated` is the gated loudness in LUFS. It is None where no block passes the absolute gate of −70
    LUFS (silence). Of a sound shorter than one gating block (0.4 s) it is the ungated loudness of the
    complete sound, and `short` is true. `true_peak` (dBTP) and `sample_peak` (dBFS) are −200 for digital
    silence. `range` is the loudness range in LU (not stable below 60 s, Tech 3342). It, the greatest
    `short_term` and the greatest `momentary` loudness (LUFS) are None where the sound is silent, or shorter
    than one window (3, 3 and 0.4 s). `seconds` is the length of the sound.

    For two channels, K-weighted: `balance` is how much louder the left channel is (dB, at most ±200), and
    `correlation` is that of the channels, from −1 to 1; both are None where both channels are silent.
    `course` is the loudness curve, where one was requested. `offset` is the DC offset: the greatest
    magnitude of a channel's mean sample, 0 for a sound that swings around silence.
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
        """Whether a DC offset takes enough headroom to be worth a note."""
        return self.offset >= SHIFTED

    @property
    def fold(self) -> float:
        """The change of level in mono (dB): 0 for equal channels, −3 for unrelated, −200 for opposite."""
        if self.balance is None or self.correlation is None:
            return 0.0
        right = 10 ** (-self.balance / 10)
        mono = (1 + right + 2 * self.correlation * right**0.5) / 2 / (1 + right)
        return max(FLOOR, decibels(max(mono, 0.0)) / 2)

    @property
    def loudest(self) -> float:
        """The greatest short-term loudness (LUFS); −70 where there is none: then nothing is too loud."""
        return SILENT if self.short_term is None else self.short_term
