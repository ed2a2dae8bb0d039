"""The steps of cleaning: each takes a sound and returns one of as many samples, without delay."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from finish.analysis.noise_floor import NoiseFacts
from finish.graph import Stream
from finish.units import gain, number

_LATE: Final = 1200  # samples by which FFmpeg's afftdn delays 48 kHz sound (measured, and tested)
_FLOORS: Final = (-80.0, -20.0)  # dB; the noise floors that afftdn accepts …
_SHAPES: Final = (-24.0, 24.0)  # dB; … and how far a band may be from it
# House value: slow enough to leave syllables unchanged (they last 150 to 250 ms): only the levels of
# phrases are compressed.
_ATTACK, _RELEASE = 20, 250  # ms
_KNEE: Final = -60.0  # dBFS; the lowest threshold that FFmpeg's acompressor accepts


def highpassed(sound: Stream, hertz: float) -> Stream:
    """Without frequencies below `hertz`: second order, 3 dB down there."""
    return sound.filter("highpass", f=hertz, poles=2)


def denoised(sound: Stream, most: float, noise: NoiseFacts, seconds: Fraction) -> Stream:
    """With steady noise lowered by at most `most` dB, by the noise profile measured between the words."""
    floor = min(max(sorted(noise.bands)[len(noise.bands) // 2], _FLOORS[0]), _FLOORS[1])
    shape = "|".join(number(round(min(max(band - floor, _SHAPES[0]), _SHAPES[1]), 1)) for band in noise.bands)
    longer = sound.filter("apad", pad_len=_LATE)
    quiet = longer.filter("afftdn", nr=most, nf=round(floor, 1), nt="c", bn=shape)
    return (
        quiet.filter("atrim", start_sample=_LATE)
        .filter("asetpts", expr="PTS-STARTPTS")
        .filter("atrim", end=seconds)
    )


def deessed(sound: Stream, strength: float) -> Stream:
    """With its sibilants reduced."""
    return sound.filter("deesser", i=strength)


def compressed(sound: Stream, ratio: float, noise: NoiseFacts) -> Stream:
    """With levels above the usual level of speech compressed."""
    level = max(noise.floor if noise.speech is None else noise.speech, _KNEE)
    return sound.filter(
        "acompressor", threshold=gain(level), ratio=ratio, attack=_ATTACK, release=_RELEASE, makeup=1
    )
