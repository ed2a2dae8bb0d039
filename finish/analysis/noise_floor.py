"""The noise under speech: its level between the words, its spectrum, and the level of the words."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.model import SOUND_RATE, Analyser, Array, Samples
from finish.units import Span

# Hz; the centres of the bands in which FFmpeg's afftdn takes a noise profile, each 1.5 times the one before.
BANDS: Final = (80, 120, 180, 270, 410, 620, 930, 1400, 2100, 3150, 4750, 7100, 10_700, 16_000, 24_000)
SIBILANT: Final = (5000, 9000)  # Hz; the band in which s and sh are strongest
QUIETEST: Final = -120.0  # dBFS; the level of silence, far below 16 bits
_FRAME: Final = 4096  # samples, 85 ms: narrower than the lowest band
_HOP: Final = _FRAME // 2
_FEW: Final = 8  # frames; with fewer between the words, the quietest of all frames are taken
_HALF, _TENTH, _OFTEN = 0.5, 0.1, 0.95

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class NoiseFacts:
    """Levels in dBFS (RMS of both channels).

    `floor` is the noise between the words, and `speech` the words, None where nobody speaks. `bands` is the
    noise in each of `BANDS`, as the level of white noise with as much in that band. `sibilance` is the level
    that the band of the sibilants reaches in a twentieth of all moments.
    """

    floor: float
    speech: float | None
    bands: tuple[float, ...]
    sibilance: float

    @property
    def above(self) -> float | None:
        """How much louder speech is than the noise (dB)."""
        return None if self.speech is None else self.speech - self.floor


@dataclass(frozen=True)
class NoiseFloor(Analyser[NoiseFacts]):
    """The noise of a sound with speech in the spans `speech` (s, half-open).

    Without speech, or with too little between the words, the quietest tenth counts as noise.
    """

    speech: tuple[Span, ...] = ()

    version = 1
    wants = Samples(SOUND_RATE)

    def begin(self) -> NoiseMeter:
        return NoiseMeter(self.speech)


@dataclass
class NoiseMeter:
    """Frames every 43 ms so far: the power in each band, in all, and in the band of the sibilants."""

    speech: tuple[Span, ...]
    _rest: Floats = field(default_factory=lambda: np.zeros((0, 1)))
    _powers: list[Floats] = field(default_factory=list)

    def add(self, _: Fraction, data: Array) -> None:
        """Samples (n, channels); an incomplete last frame doesn't count."""
        samples = data.astype(np.float64)
        sound = np.concatenate([self._rest, samples]) if len(self._rest) else samples
        count = max(0, (len(sound) - _FRAME) // _HOP + 1)
        for number in range(count):
            self._powers.append(_power(sound[number * _HOP : number * _HOP + _FRAME]))
        self._rest = sound[count * _HOP :]

    def result(self) -> NoiseFacts:
        if not self._powers:
            return NoiseFacts(QUIETEST, None, (QUIETEST,) * len(BANDS), QUIETEST)
        powers = np.array(self._powers)
        spoken = self._spoken(len(powers))
        quiet = powers[_outside(spoken)]
        share = _HALF if len(quiet) >= _FEW else _TENTH
        pool = quiet if len(quiet) >= _FEW else powers
        noise = pool[np.argsort(pool[:, -2])[: max(1, int(len(pool) * share))]].mean(axis=0)
        words = float(powers[spoken, -2].mean()) if spoken.any() else None
        bands = tuple(_db(float(power)) for power in noise[:-2])
        loud = float(np.quantile(powers[:, -1], _OFTEN))
        return NoiseFacts(_db(float(noise[-2])), None if words is None else _db(words), bands, _db(loud))

    def _spoken(self, count: int) -> NDArray[np.bool_]:
        """The frames whose middle is in speech."""
        middles = (np.arange(count) * _HOP + _FRAME / 2) / SOUND_RATE
        spoken = np.zeros(count, dtype=np.bool_)
        for span in self.speech:
            spoken |= (middles >= float(span.start)) & (middles < float(span.end))
        return spoken


def _outside(spoken: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The frames that share no sample with one in speech."""
    near = spoken.copy()
    for step in (1, 2):
        near[step:] |= spoken[:-step]
        near[:-step] |= spoken[step:]
    return ~near


_WINDOW: Final = np.hanning(_FRAME)
_WEIGHT: Final = float((_WINDOW**2).sum())
_HERTZ: Final = np.fft.rfftfreq(_FRAME, 1 / SOUND_RATE)
_WIDE: Final = 1.5**0.5  # half a band to either side
_EDGES: Final = tuple((middle / _WIDE, min(middle * _WIDE, SOUND_RATE / 2)) for middle in BANDS)


def _power(frame: Floats) -> Floats:
    """The power of a frame in each band, in all bins, and in the sibilants' band: means of the channels."""
    spectrum = (np.abs(np.fft.rfft(frame * _WINDOW[:, None], axis=0)) ** 2).mean(axis=1) / _WEIGHT
    bands = [float(spectrum[_within(low, high)].mean()) for low, high in _EDGES]
    return np.array(
        [*bands, float(spectrum.mean()), float(spectrum[_within(*SIBILANT)].sum()) / len(spectrum)]
    )


def _within(low: float, high: float) -> slice:
    """The bins from `low` to `high` (Hz)."""
    return slice(*(int(edge) for edge in np.searchsorted(_HERTZ, (low, high))))


def _db(power: float) -> float:
    return round(max(QUIETEST, 10 * float(np.log10(max(power, 1e-30)))), 2)
