"""One step of cleaning each: a sound in, a sound of as many samples out, none of them late."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from finish.analysis.noise_floor import NoiseFacts
from finish.graph import Stream
from finish.units import gain, number

_LATE: Final = 1200  # samples by which FFmpeg's afftdn delays 48 kHz sound (measured, and tested)
_FLOORS: Final = (-80.0, -20.0)  # dB; what afftdn takes for a noise floor …
_SHAPES: Final = (-24.0, 24.0)  # dB; … and how far a band may lie from it
# House: slow enough to leave syllables as they are (they last 150 to 250 ms), so that only phrases come nearer to each other.
_ATTACK, _RELEASE = 20, 250  # ms
_KNEE: Final = -60.0  # dBFS; FFmpeg's acompressor takes no lower threshold


def highpassed(sound: Stream, hertz: float) -> Stream:
    """Without what lies below: second order, 3 dB down there."""
    return sound.filter("highpass", f=hertz, poles=2)


def denoised(sound: Stream, most: float, heard: NoiseFacts, seconds: Fraction) -> Stream:
    """With steady noise lowered by at most so many dB, by the profile of what was heard between the words."""
    floor = min(max(sorted(heard.bands)[len(heard.bands) // 2], _FLOORS[0]), _FLOORS[1])
    shape = "|".join(number(round(min(max(band - floor, _SHAPES[0]), _SHAPES[1]), 1)) for band in heard.bands)
    longer = sound.filter("apad", pad_len=_LATE)
    quiet = longer.filter("afftdn", nr=most, nf=round(floor, 1), nt="c", bn=shape)
    return (
        quiet.filter("atrim", start_sample=_LATE)
        .filter("asetpts", expr="PTS-STARTPTS")
        .filter("atrim", end=seconds)
    )


def deessed(sound: Stream, strength: float) -> Stream:
    """With its sibilants held back."""
    return sound.filter("deesser", i=strength)


def compressed(sound: Stream, ratio: float, heard: NoiseFacts) -> Stream:
    """With what is louder than speech usually is brought nearer to it."""
    level = max(heard.floor if heard.speech is None else heard.speech, _KNEE)
    return sound.filter(
        "acompressor", threshold=gain(level), ratio=ratio, attack=_ATTACK, release=_RELEASE, makeup=1
    )
