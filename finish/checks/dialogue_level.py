"""The loudness of the speech in a sound.

It is an estimate, because it depends on a speech detector. Dolby's own gate isn't published.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from finish.analysis import speech_detection
from finish.analysis.loudness import RATE, SILENT, Loudness, loudness, power
from finish.analysis.speech_detection import Voice
from finish.model import Analyser, Array, Samples

LEAST: Final = 0.15  # share of speech below which streaming services use the loudness of the programme …
ABOVE: Final = 3.0  # LU; … which may be higher by this: −24 instead of −27 LKFS (Netflix)
_HOP: Final = RATE // 100
_MOSTLY: Final = 0.75
_BLOCK, _STEP = 40, 10  # hops: 400 ms every 100 (BS.1770-5 §5.1)
_THIRD: Final = RATE // speech_detection.RATE
_TAPS: Final = 97  # of the low-pass filter before decimation by 3: 70 dB down from 8.8 kHz on

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DialogueFacts:
    """The loudness of speech, and its share.

    `dialogue` is the loudness (LUFS) of the 400 ms blocks that are speech for at least 300 ms, None without
    such blocks. `share` is the share of speech in the sound (0 to 1), and `integrated` the loudness of the
    complete sound.
    """

    dialogue: float | None
    share: float
    integrated: float | None

    @property
    def anchor(self) -> float | None:
        """The loudness (LUFS) that streaming services keep at −27.

        It is that of the dialogue or, with little dialogue, that of the programme less 3 LU.
        """
        if self.dialogue is not None and self.share >= LEAST:
            return self.dialogue
        return None if self.integrated is None else self.integrated - ABOVE


@dataclass(frozen=True)
class Dialogue(Analyser[DialogueFacts]):
    """The loudness of speech, from 48 kHz sound."""

    version = 1
    wants = Samples(RATE)

    def begin(self) -> DialogueMeter:
        return DialogueMeter(Loudness().begin(), Voice().begin())


def _low_pass() -> Floats:
    at = np.arange(_TAPS) - _TAPS // 2
    taps = np.sinc(at * 0.93 / _THIRD) * np.kaiser(_TAPS, 7.0)
    return np.asarray(taps / taps.sum(), dtype=np.float64)


_LOW_PASS: Final = _low_pass()


@dataclass
class DialogueMeter:
    """The loudness meter at 48 kHz, and the speech detector at 16 kHz."""

    meter: Any
    detector: Any
    _rest: Floats = field(default_factory=lambda: np.zeros(_TAPS // 2))

    def add(self, time: Fraction, data: Array) -> None:
        """Samples (n, channels)."""
        self.meter.add(time, data)
        self._detect(data.mean(axis=1, dtype=np.float64))

    def _detect(self, mono: Floats) -> None:
        joined = np.concatenate([self._rest, mono])
        whole = (len(joined) - _TAPS + 1) // _THIRD * _THIRD
        if whole > 0:
            kept = np.convolve(joined[: whole + _TAPS - 1], _LOW_PASS, "valid")[::_THIRD]
            self.detector.add(Fraction(0), kept[:, None].astype(np.float32))
            joined = joined[whole:]
        self._rest = joined

    def result(self) -> DialogueFacts:
        self._detect(np.zeros(_TAPS // 2))
        whole = self.meter.result()
        hops: Floats = self.meter.hops
        spoken = np.zeros(len(hops), dtype=np.bool_)
        for span in self.detector.result().spans:
            spoken[round(span.start * 100) : round(span.end * 100)] = True
        blocks = [
            hops[at : at + _BLOCK].mean()
            for at in range(0, len(hops) - _BLOCK + 1, _STEP)
            if spoken[at : at + _BLOCK].mean() >= _MOSTLY
        ]
        loud = [block for block in blocks if block > power(SILENT)]
        share = float(spoken.mean()) if len(spoken) else 0.0
        return DialogueFacts(loudness(float(np.mean(loud))) if loud else None, share, whole.integrated)
