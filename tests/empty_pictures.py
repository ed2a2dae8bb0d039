"""The analyses of a picture in which there is nothing."""

from __future__ import annotations

from typing import Any

from finish.analysis.colour_tones import ToneFacts, Tones
from finish.analysis.faces import FaceFacts, Faces
from finish.analysis.shots import ShotFacts, Shots
from finish.analysis.text_detection import TextDetection, TextFacts
from finish.model import Measure


def empty_picture(question: Measure[Any]) -> Any:
    """The answer of each analysis."""
    facts = {
        Shots: ShotFacts((), 0),
        Faces: FaceFacts(()),
        TextDetection: TextFacts(()),
        Tones: ToneFacts(()),
    }
    return facts[type(question.analyser)]
