"""Whether detected speech sounds like speech.

Speech detectors take most music, singing and steady noise for a voice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.model import Analyser, Array, Samples
from finish.units import Span

RATE: Final = 16_000
_FRAME: Final = RATE // 100  # samples, 10 ms
_SECOND: Final = 100  # frames; a word ends within it, and breaths, stops and pauses are quiet
_QUIET: Final = 0.5  # of the mean of the second
_BEATS: Final = (20, 200)  # frames: 300 to 30 beats a minute
_WINDOW: Final = 600  # frames, in which a beat repeats often enough
_SPECTRUM, _HOP = 1024, 256  # samples of a spectrum, and from one to the next
_FINE: Final = 4  # times as many bins, by zero padding
_PITCHES: Final = (80.0, 4000.0)  # Hz
# Hops (96 ms) for which a tone is held, and the share by which its pitch may move: a fifth of a semitone.
_HELD, _SAME = 6, 0.012
_LOUD: Final = 0.1  # of the loud frames' amplitude
# House, from 20 sounds. Gaps: a call 0.31, a talk 0.36, film dialogue 0.16, speech with music 12 dB below it
# 0.19, 6 dB below it 0.09; music 0.01, singing, chords, noise and a crowd below 0.005, melodies 0.10 to
# 0.26, plucked chords 0.49. Beat: speech up to 0.30, music 0.74, melodies 0.69 to 0.96. Tones: speech up to
# 0.02, with music up to 0.10; music 0.11, melodies 0.69 to 0.79.
GAPS, BEAT, TONES = 0.12, 0.5, 0.3

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SpeechlikeFacts:
    """How much the spans are like speech.

    `gaps` is the share of 10 ms frames below half the mean of their second. `beat` is how strongly loudness
    repeats (0 to 1), None where the spans are too short. `tones` is the share of moments with a pitch that
    is held.
    """

    gaps: float
    beat: float | None
    tones: float

    @property
    def clear(self) -> bool:
        """Whether this can only be speech in the foreground."""
        return self.gaps >= GAPS and (self.beat or 0.0) <= BEAT and self.tones <= TONES


@dataclass(frozen=True)
class Speechlike(Analyser[SpeechlikeFacts]):
    """How much spans of a sound (s, half-open, in order) are like speech."""

    spans: tuple[Span, ...]

    version = 1
    wants = Samples(RATE)

    def begin(self) -> SpeechLikenessMeter:
        return SpeechLikenessMeter(self.spans)


@dataclass
class SpeechLikenessMeter:
    """The amplitude of every 10 ms, and the strongest pitch and the amplitude of every 16 ms."""

    spans: tuple[Span, ...]
    _rest: Floats = field(default_factory=lambda: np.zeros(0))
    _framed: Floats = field(default_factory=lambda: np.zeros(0))
    _levels: list[Floats] = field(default_factory=list)
    _pitches: list[Floats] = field(default_factory=list)
    _loud: list[Floats] = field(default_factory=list)

    def add(self, _: Fraction, data: Array) -> None:
        """Samples (n, channels)."""
        mono = data.mean(axis=1, dtype=np.float64)
        framed = np.concatenate([self._framed, mono])
        whole = len(framed) - len(framed) % _FRAME
        self._levels.append(np.sqrt((framed[:whole].reshape(-1, _FRAME) ** 2).mean(axis=1)))
        self._framed = framed[whole:]
        sound = np.concatenate([self._rest, mono])
        count = max(0, (len(sound) - _SPECTRUM) // _HOP + 1)
        for at in range(0, count, 512):
            self._spectra(sound[at * _HOP : (min(at + 512, count) - 1) * _HOP + _SPECTRUM])
        self._rest = sound[count * _HOP :]

    def _spectra(self, sound: Floats) -> None:
        frames = np.lib.stride_tricks.sliding_window_view(sound, _SPECTRUM)[::_HOP] * np.hanning(_SPECTRUM)
        hertz = np.fft.rfftfreq(_FINE * _SPECTRUM, 1 / RATE)
        first, last = np.searchsorted(hertz, _PITCHES)
        strongest = np.abs(np.fft.rfft(frames, _FINE * _SPECTRUM, axis=1))[:, first:last].argmax(axis=1)
        self._pitches.append(hertz[first:last][strongest])
        self._loud.append(np.sqrt((frames**2).mean(axis=1)))

    def result(self) -> SpeechlikeFacts:
        levels = np.concatenate([*self._levels, np.zeros(0)])
        inside = levels[self._within(len(levels), Fraction(_FRAME, RATE))]
        pitches, loud = (np.concatenate([*parts, np.zeros(0)]) for parts in (self._pitches, self._loud))
        spoken = self._within(len(pitches), Fraction(_HOP, RATE))
        return SpeechlikeFacts(
            round(_gaps(inside), 3), _beat(inside), round(_tones(pitches[spoken], loud[spoken]), 3)
        )

    def _within(self, count: int, step: Fraction) -> NDArray[np.bool_]:
        """Which of `count` moments, one every `step` (s), are in the spans."""
        inside = np.zeros(count, dtype=np.bool_)
        for span in self.spans:
            inside[int(span.start / step) : int(span.end / step)] = True
        return inside


def _gaps(levels: Floats) -> float:
    """The share of quiet frames: the median over seconds, one every half second."""
    seconds = [levels[at : at + _SECOND] for at in range(0, max(1, len(levels) - _SECOND + 1), _SECOND // 2)]
    return float(
        np.median([(second < _QUIET * second.mean()).mean() if len(second) else 0.0 for second in seconds])
    )


def _beat(levels: Floats) -> float | None:
    """How strongly loudness repeats: the median over windows; None where the sound is too short."""
    window = min(_WINDOW, len(levels))
    if window <= 2 * _BEATS[0]:
        return None
    starts = range(0, len(levels) - window + 1, max(1, window // 2))
    return round(float(np.median([_repetition(levels[start : start + window]) for start in starts])), 3)


def _repetition(levels: Floats) -> float:
    """The highest autocorrelation of the onsets of one window within the range of beats."""
    logs = np.log(levels + 1e-4)
    onsets = np.convolve(np.maximum(np.diff(logs, prepend=logs[0]), 0), np.hanning(9), "same")
    onsets = onsets - onsets.mean()
    count = len(onsets)
    correlation = np.fft.irfft(np.abs(np.fft.rfft(onsets, 2 * count)) ** 2)[:count]
    if correlation[0] <= 0:
        return 0.0
    unbiased = correlation / correlation[0] * count / (count - np.arange(count))
    return float(unbiased[_BEATS[0] : min(_BEATS[1], 2 * count // 3)].max(initial=0.0))


def _tones(pitches: Floats, loud: Floats) -> float:
    """The share of the loud moments at which a held pitch begins."""
    if len(pitches) <= _HELD:
        return 0.0
    spans = np.lib.stride_tricks.sliding_window_view(pitches, _HELD + 1)
    held = (spans.max(axis=1) - spans.min(axis=1)) / spans.mean(axis=1) < _SAME
    audible = loud[: len(held)] > _LOUD * np.quantile(loud, 0.95)
    return float(held[audible].mean()) if audible.any() else 0.0
