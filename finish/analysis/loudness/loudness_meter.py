"""The loudness meter: samples in blocks of any size become energies every 10 ms and peaks."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from finish.analysis.loudness.gating import (
    BLOCK,
    FLOOR,
    HOP,
    RATE,
    SHORT_TERM,
    STEP,
    Floats,
    audible,
    integrated,
    loudest,
    loudness,
    loudness_range,
    windows,
)
from finish.analysis.loudness.k_weighting import CHANNEL_WEIGHTS, CHUNK, OVERLAP, k_weighted
from finish.analysis.loudness.loudness_facts import LoudnessCurve, LoudnessFacts
from finish.analysis.loudness.true_peak import TAPS, oversampled_peaks
from finish.errors import SoundError
from finish.model import Analyser, Array, Samples
from finish.units import decibels


@dataclass(frozen=True)
class Loudness(Analyser[LoudnessFacts]):
    """Loudness and peaks of 1, 2, 5, 6 or 8 channels at 48 kHz.

    Channels are in FFmpeg's default orders (5.1: L R C LFE Ls Rs). With `course`, the answer has a loudness
    curve. SoundError for another number of channels, and for a sample that isn't a number. The meter keeps
    100 energies for each second of sound (2.9 MB an hour), and with `course` as many peaks; everything else
    is of constant size.
    """

    course: bool = False

    version = 3
    wants = Samples(RATE)

    def begin(self) -> LoudnessMeter:
        return LoudnessMeter(self.course)


class LoudnessMeter:
    """Cuts sound into chunks of complete hops, and keeps the energies and peaks of each."""

    def __init__(self, course: bool = False) -> None:
        self._hop_peaks: list[Floats] | None = [] if course else None
        self._products: Floats = np.zeros((2, 2))  # sums of squares and products of two channels
        self._weights: Floats = np.zeros(0)
        self._past: Floats = np.zeros((0, OVERLAP))
        self._waiting: list[Array] = []
        self._count = self._length = 0
        self._energies: list[Floats] = []
        self._peak = self._oversampled = 0.0
        self._sums: Floats = np.zeros(1)

    def add(self, time: Fraction, data: Array) -> None:
        """Samples (n, channels); float32 as `Samples` gives them."""
        if not np.isfinite(data).all():
            first = int(np.argmin(np.isfinite(data).all(axis=1)))
            raise SoundError(
                f"the sound has a sample that isn't a number at {float(time) + first / RATE:.3f} s",
                "export it again",
            )
        if not self._weights.size:
            self._open(data.shape[1])
        self._sums = self._sums + data.sum(axis=0, dtype=np.float64)
        self._waiting.append(data)
        self._count += len(data)
        self._length += len(data)
        if self._count < CHUNK:
            return
        samples = np.concatenate(self._waiting)
        complete = len(samples) - len(samples) % CHUNK
        for start in range(0, complete, CHUNK):
            self._measure(samples[start : start + CHUNK])
        self._waiting, self._count = [samples[complete:]], len(samples) - complete

    def result(self) -> LoudnessFacts:
        rest = np.concatenate(self._waiting) if self._waiting else np.zeros((0, 0))
        if len(rest):
            self._measure(rest)
        if self._length:
            self._measure_peaks(np.zeros((TAPS - 1, len(self._weights))))
        hops = self.hops
        short = self._length < BLOCK * HOP
        mean_square = float(self._hop_energies.sum()) / max(1, self._length)
        return LoudnessFacts(
            integrated=audible(loudness(mean_square)) if short else integrated(hops),
            true_peak=max(FLOOR, decibels(max(self._peak, self._oversampled))),
            sample_peak=max(FLOOR, decibels(self._peak)),
            range=loudness_range(hops),
            short_term=loudest(hops, SHORT_TERM),
            momentary=loudest(hops, BLOCK),
            seconds=self._length / RATE,
            short=short,
            **_balance(self._products),
            offset=round(float(np.abs(self._sums).max()) / max(1, self._length), 4),
            course=self._curve(hops),
        )

    @property
    def hops(self) -> Floats:
        """Weighted mean squares of every complete 10 ms; all of them once `result` has been called."""
        return self._hop_energies[: self._length // HOP] / HOP

    @property
    def _hop_energies(self) -> Floats:
        return np.concatenate(self._energies) if self._energies else np.zeros(0)

    def _open(self, channels: int) -> None:
        if channels not in CHANNEL_WEIGHTS:
            raise SoundError(
                f"finish can't measure the loudness of {channels} channels", "mix the sound to stereo or 5.1"
            )
        self._weights = np.array(CHANNEL_WEIGHTS[channels])
        self._past = np.zeros((channels, OVERLAP))

    def _measure(self, chunk: Array) -> None:
        """Add a chunk, shorter only at the end."""
        samples, between = self._measure_peaks(chunk)
        weighted, begins = k_weighted(samples)[:, : len(chunk)], np.arange(0, len(chunk), HOP)
        self._energies.append(np.add.reduceat(self._weights @ weighted**2, begins))
        if len(weighted) == len(self._products):
            self._products += weighted @ weighted.T
        if self._hop_peaks is not None:
            peaks = np.maximum(between, np.abs(chunk).max(axis=1))
            self._hop_peaks.append(np.maximum.reduceat(peaks, begins))

    def _measure_peaks(self, chunk: Array) -> tuple[Floats, Floats]:
        """Add the peaks of a chunk (silence, to flush the oversampler).

        Returns its samples after the overlap (channels, `OVERLAP` + n), and its oversampled peaks.
        """
        samples = np.concatenate([self._past, chunk.T], axis=1, dtype=np.float64)
        self._past = samples[:, -OVERLAP:]
        self._peak = max(self._peak, float(np.abs(chunk).max()))
        between = oversampled_peaks(samples[:, OVERLAP - TAPS + 1 :])
        self._oversampled = max(self._oversampled, float(between.max()))
        return samples, between

    def _curve(self, hops: Floats) -> LoudnessCurve | None:
        if self._hop_peaks is None:
            return None
        peaks = np.concatenate([*self._hop_peaks, np.zeros(0)])
        highest = np.maximum.reduceat(peaks, np.arange(0, len(peaks), STEP)) if len(peaks) else peaks
        return LoudnessCurve(
            _loudness_every_step(hops, BLOCK),
            _loudness_every_step(hops, SHORT_TERM),
            tuple(round(max(FLOOR, decibels(float(peak))), 2) for peak in highest),
        )


def _loudness_every_step(hops: Floats, length: int) -> tuple[float, ...]:
    """The loudness (LUFS) of the window of `length` hops that ends with each step."""
    before = np.zeros(min(length - 1, len(hops)))
    means = np.concatenate([before, windows(hops, length)])[STEP - 1 :: STEP]
    return tuple(round(max(FLOOR, loudness(float(mean))), 2) for mean in means)


def _balance(products: Floats) -> dict[str, float | None]:
    """Balance and correlation, from the sums of squares and of products of two channels."""
    left, right, both = float(products[0, 0]), float(products[1, 1]), float(products[0, 1])
    if not left + right:
        return {"balance": None, "correlation": None}
    balance = decibels(max(left, 1e-300) ** 0.5) - decibels(max(right, 1e-300) ** 0.5)
    return {
        "balance": min(max(balance, FLOOR), -FLOOR),
        "correlation": both / (left * right) ** 0.5 if left and right else 0.0,
    }
