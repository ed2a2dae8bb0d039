"""What each channel of a sound carries: its level, its peak, and whether it has only bass."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.model import SOUND_RATE, Analyser, Array, ChannelContent, Samples

# Blocks and gates are those of BS.1770-5, without its frequency weighting.
_BLOCK: Final = SOUND_RATE * 2 // 5  # samples: 400 ms
_SILENT, _BELOW = -70.0, 10.0  # dBFS, and dB below the mean of the blocks above that
# Hz; house: a subwoofer's channel has next to nothing above it (BS.775-3: LFE to 120 Hz)
_BASS: Final = 150.0

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ChannelsFacts:
    """The content of each channel, in the order of the stream."""

    channels: tuple[ChannelContent, ...]


@dataclass(frozen=True)
class ChannelLevels(Analyser[ChannelsFacts]):
    """The level of each channel of a sound."""

    version = 1
    wants = Samples(SOUND_RATE)

    def begin(self) -> ChannelMeter:
        return ChannelMeter()


@dataclass
class ChannelMeter:
    """The mean square of each channel in every block: of all frequencies, and above the bass."""

    _rest: Array = field(default_factory=lambda: np.zeros((0, 1), np.float32))
    _powers: list[Floats] = field(default_factory=list)
    _high: list[Floats] = field(default_factory=list)
    _peaks: Floats = field(default_factory=lambda: np.zeros(1))

    def add(self, _: Fraction, data: Array) -> None:
        """Samples (n, channels)."""
        self._peaks = np.maximum(self._peaks, np.abs(data).max(axis=0, initial=0.0))
        sound = np.concatenate([self._rest, data]) if len(self._rest) else data
        whole = len(sound) - len(sound) % _BLOCK
        for at in range(0, whole, _BLOCK):
            self._block(sound[at : at + _BLOCK])
        self._rest = sound[whole:]

    def _block(self, block: Array) -> None:
        samples = block.astype(np.float64)
        self._powers.append((samples**2).mean(axis=0))
        spectrum = np.abs(np.fft.rfft(samples, axis=0)) ** 2
        share = spectrum[np.fft.rfftfreq(len(samples), 1 / SOUND_RATE) > _BASS].sum(axis=0) / np.maximum(
            spectrum.sum(axis=0), 1e-30
        )
        self._high.append(self._powers[-1] * share)

    def result(self) -> ChannelsFacts:
        if len(self._rest) and len(self._rest) * 2 > _BLOCK * (not self._powers):
            self._block(self._rest)
        if not self._powers:
            return ChannelsFacts(
                tuple(ChannelContent(None, _db(float(peak) ** 2), bass=False) for peak in self._peaks)
            )
        powers, high = np.array(self._powers), np.array(self._high)
        return ChannelsFacts(
            tuple(
                ChannelContent(_gated(own), _db(float(peak) ** 2), bass=bool(above.sum() < 0.05 * own.sum()))
                for own, above, peak in zip(powers.T, high.T, self._peaks, strict=True)
            )
        )


def _gated(powers: Floats) -> float | None:
    """The level (dBFS) of the blocks that pass both gates; None where all blocks are silent."""
    loud = powers[powers > 10 ** (_SILENT / 10)]
    if not len(loud):
        return None
    return _db(float(loud[loud >= loud.mean() / 10 ** (_BELOW / 10)].mean()))


def _db(power: float) -> float:
    return round(10 * float(np.log10(max(power, 1e-15))), 1)
