"""Clips on paper, paced, for the tests of pacing."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from paper_media import silent_programme

from finish.analysis.speech_detection import SpeechSpan, Voice, VoiceFacts
from finish.model import Delivery, Programme, Rates
from finish.stages import pacing
from finish.units import Size

PAL = Fraction(25)


def planned(*, frames: int = 250, rate: Fraction = PAL, to: str = "", **settings: Any) -> Programme:
    """A clip on paper, paced."""
    size = Size(1280, 720)
    clip = silent_programme(size, rate, frames)
    rates = Rates(low=to, high=to, otherwise=to) if to else Rates(low=24, high=60, otherwise=30)
    return pacing.plan(
        pacing.PacingSettings(**settings), clip, Delivery(frame="1080x1920", rates=rates), unasked
    )


def unasked(_: Any) -> Any:
    raise AssertionError("pacing by hand asks nothing")


def parts(programme: Programme) -> list[tuple[float, float]]:
    assert programme.timeline is not None
    return [(float(part.start), float(part.end)) for part in programme.timeline.parts]


class SpeechAnswers:
    """An `Ask` with fixed answers on where somebody speaks."""

    def __init__(self, *spoken: tuple[float, float]) -> None:
        self.facts = VoiceFacts(
            tuple(SpeechSpan(Fraction(str(start)), Fraction(str(end))) for start, end in spoken)
        )

    def __call__(self, question: Any) -> VoiceFacts:
        assert isinstance(question.analyser, Voice) and question.of.kind == "audio"
        return self.facts


def lengths(programme: Programme) -> list[tuple[float, float, float]]:
    assert programme.timeline is not None
    return [(float(part.start), float(part.end), float(part.length)) for part in programme.timeline.parts]
