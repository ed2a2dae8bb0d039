"""Programmes, answers, and samples for the tests of reframing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from paper_media import silent_programme

from finish.analysis.faces import FaceBox, FaceFacts, Faces, FacesAtTime
from finish.analysis.people import Bodies, BodiesAtTime, BodyFacts
from finish.analysis.saliency import AttentionAtTime, Saliency, SaliencyFacts
from finish.analysis.shots import ShotFacts, Shots
from finish.analysis.text_detection import TextAtTime, TextDetection, TextFacts
from finish.graph import Output, Stream
from finish.media.ffmpeg import ffmpeg_runner
from finish.media.probe import probe
from finish.model import ClipProgramme, Delivery, Measure, Programme, Rates
from finish.stages import conform, reframe
from finish.units import Size

RAW = (("c:v", "rawvideo"), ("fps_mode", "passthrough"), ("enc_time_base", "filter"))


def delivery(frame: str = "1080x1920", *, rate: str | None = None) -> Delivery:
    """A destination with a frame; without `rate` it keeps 24 to 60 Hz."""
    rates = Rates(low=rate, high=rate, otherwise=rate) if rate else Rates(low=24, high=60, otherwise=30)
    return Delivery(frame=frame, rates=rates)


def programme(size: str = "1280x720", rate: int | Fraction = 25, frames: int = 250) -> Programme:
    """A clip that exists on paper only."""
    return silent_programme(Size.parse(size), Fraction(rate), frames)


def opened(path: Path) -> Programme:
    """A real clip, conformed."""
    source = probe(path)
    assert source.video is not None
    raw = ClipProgramme(
        source=source,
        conformed=source.picture,
        picture=source.picture,
        sound=source.picture,
        frame=source.video.size,
        rate=source.video.rate,
        frames=source.video.frames,
    )
    return conform.plan(conform.ConformSettings(), raw, delivery(), FixedAnswers())


class FixedAnswers:
    """An `Ask` with fixed answers."""

    def __init__(
        self,
        cuts: Sequence[Fraction] = (),
        looks: Sequence[FacesAtTime] = (),
        reads: Sequence[TextAtTime] = (),
        sights: Sequence[BodiesAtTime] = (),
        gazes: Sequence[AttentionAtTime] = (),
    ) -> None:
        self.answers: dict[type, Any] = {
            Shots: ShotFacts(tuple(cuts), 0),
            Faces: FaceFacts(tuple(looks)),
            TextDetection: TextFacts(tuple(reads)),
            Bodies: BodyFacts(tuple(sights)),
            Saliency: SaliencyFacts(tuple(gazes)),
        }
        self.questions: list[Measure[Any]] = []

    def __call__(self, question: Measure[Any], /) -> Any:
        self.questions.append(question)
        return self.answers[type(question.analyser)]

    def prepare(self, questions: Sequence[Measure[Any]], /) -> None:
        self.questions += questions


def answered(conformed: Stream) -> FixedAnswers:
    """Everything that the analysers find in a real stream."""
    ask = FixedAnswers()
    ask.answers = Answers(conformed)
    return ask


class Answers(dict[type, Any]):
    """The analysis of a real stream: shots and faces in one decode, the rest on demand."""

    def __init__(self, conformed: Stream) -> None:
        super().__init__(_answers(conformed, (Shots(), Faces())))
        self.conformed = conformed

    def __missing__(self, kind: type) -> Any:
        self.update(_answers(self.conformed, (kind(),)))
        return self[kind]


@cache
def _answers(conformed: Stream, analysers: tuple[Any, ...]) -> dict[type, Any]:
    assert len({repr(analyser.wants) for analyser in analysers}) == 1
    begun = {type(analyser): analyser.begin() for analyser in analysers}
    for time, data in seen(analysers[0].wants.of(conformed)):
        for fold in begun.values():
            fold.add(time, data)
    return {kind: fold.result() for kind, fold in begun.items()}


def planned(
    clip: Programme,
    ask: FixedAnswers | None = None,
    frame: str = "1080x1920",
    rate: str | None = None,
    **settings: Any,
) -> Programme:
    return reframe.plan(
        reframe.ReframeSettings.model_validate(settings),
        clip,
        delivery(frame, rate=rate),
        ask or FixedAnswers(),
    )


def seen(stream: Stream) -> Iterator[tuple[Fraction, np.ndarray]]:
    """Every frame of a stream as FFmpeg makes it, with its time."""
    import av

    with (
        ffmpeg_runner.piped(Output((stream,), "pipe:1", "nut", RAW)) as pipe,
        av.open(pipe, format="nut") as container,
    ):
        for frame in container.decode(video=0):
            yield frame.pts * frame.time_base, frame.to_ndarray()


def face(middle: float, wide: float = 0.08, *, down: float = 0.3, score: float = 0.9) -> FaceBox:
    """A square face in a 16:9 picture."""
    high = wide * 16 / 9
    return FaceBox(middle - wide / 2, down - high / 2, middle + wide / 2, down + high / 2, score)


def looks(*rows: Sequence[FaceBox], start: Fraction = Fraction(0)) -> list[FacesAtTime]:
    """One sample every 0.2 s."""
    return [FacesAtTime(start + Fraction(number, 5), tuple(row)) for number, row in enumerate(rows)]
