"""The cuts that shorten pauses, as people can read and change them in the lock file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from finish.analysis.speech_detection import SpeechSpan
from finish.model import ClipRange, Values, reading_lock
from finish.stages.pacing.pacing_settings import NAME, Pauses


@dataclass(frozen=True)
class PauseCuts:
    """Ranges of a clip that are cut to shorten its pauses."""

    ranges: tuple[ClipRange, ...]

    @property
    def values(self) -> Values:
        """The cuts as the lock file keeps them."""
        return {"pauses": [str(cut) for cut in self.ranges]}

    @classmethod
    def read(cls, values: Values) -> PauseCuts:
        """The cuts in a lock file. SpecError for values that aren't ranges."""
        with reading_lock(NAME):
            return cls(tuple(ClipRange.parse(str(text)) for text in values["pauses"]))

    def seconds(self, duration: Fraction) -> float:
        """How much of a clip of `duration` (s) they cut (s)."""
        return sum(float(cut.within(duration).length) for cut in self.ranges)


def long_pause_cuts(pauses: Pauses, speech: Sequence[SpeechSpan], end: Fraction) -> tuple[ClipRange, ...]:
    """The ranges to cut between words, before the first and after the last; none where nobody speaks."""
    if not speech:
        return ()
    half = pauses.keep / 2
    inner = [
        ClipRange(one.end + half, other.start - half)
        for one, other in pairwise(speech)
        if other.start - one.end > pauses.longer
    ]
    first = [ClipRange(Fraction(0), speech[0].start - half)] if speech[0].start > pauses.longer else []
    last = [ClipRange(speech[-1].end + half, end)] if end - speech[-1].end > pauses.longer else []
    return (*first, *inner, *last)
