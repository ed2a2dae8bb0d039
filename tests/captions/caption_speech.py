"""Words with times, and cues of them, for the tests of speech."""

from __future__ import annotations

from fractions import Fraction

from finish.analysis.transcription import RecognizedWord
from finish.stages.captions.cues import Cue, StyledRun


def spoken_words(text: str, start: float = 1.0, each: float = 0.5) -> tuple[RecognizedWord, ...]:
    """Words half a second apart, followed by a tenth of a second of silence."""
    times = (Fraction(str(start)) + number * Fraction(str(each)) for number in range(len(text.split())))
    return tuple(
        RecognizedWord(f" {word}", time, time + Fraction(4, 5) * Fraction(str(each)), 0.9)
        for word, time in zip(text.split(), times, strict=True)
    )


def cue(text: str, start: float, end: float) -> Cue:
    return Cue(Fraction(str(start)), Fraction(str(end)), (StyledRun(text),), 1)


def stamps(one: Cue) -> list[tuple[str, float]]:
    return [(run.text.split()[0], float(run.time)) for run in one.runs if run.time is not None]
