"""Helpers of the caption tests: documents, styles, empty programmes, and payloads drawn on flat grey."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from empty_pictures import empty_picture
from numpy.typing import NDArray

from finish import graph, resources
from finish.graph import Output, Payload, Stream
from finish.media.ffmpeg import ffmpeg_runner
from finish.model import ClipProgramme, Delivery, Document, Programme, Source
from finish.stages import captions as stage
from finish.stages import placement
from finish.stages.captions.drawing.ass_writer import AssCards
from finish.stages.captions.formats.caption_formats import CaptionFile, read
from finish.stages.captions.placement.card_fitting import CaptionCard, CardGrid, cards_of
from finish.stages.captions.placement.card_placement import CaptionArea, Position, place_cards
from finish.stages.captions.typesetting import style_file as styles
from finish.stages.captions.typesetting.caption_style import CaptionStyle
from finish.stages.captions.typesetting.word_fitting import WordFitting
from finish.units import Size

RATE = Fraction(25)
VERTICAL, WIDE, SQUARE = Size(1080, 1920), Size(1920, 1080), Size(1080, 1080)


def document(text: str | bytes, name: str = "a.srt") -> Document:
    return Document(Path(name), text if isinstance(text, bytes) else text.encode())


def srt(*texts: str, seconds: int = 4) -> str:
    """SRT cues of the same length, in seconds, one after the other."""

    def clock(time: int) -> str:
        return f"{time // 3600:02d}:{time // 60 % 60:02d}:{time % 60:02d},000"

    return "".join(
        f"{n + 1}\n{clock(n * seconds)} --> {clock((n + 1) * seconds)}\n{text}\n\n"
        for n, text in enumerate(texts)
    )


def style(name: str = "clean", **changes: Any) -> CaptionStyle:
    path = resources.entry("styles", name)
    return styles.read(Document(path, path.read_bytes())).model_copy(update=changes)


def delivery(frame: Size, **safe: int) -> Delivery:
    return Delivery.model_validate(
        {"frame": str(frame), "rates": {"low": 23, "high": 60, "otherwise": 30}, "safe": safe}
    )


def fitted(
    text: str,
    limit: float,
    look: CaptionStyle | None = None,
    rate: Fraction = RATE,
    *,
    name: str = "a.srt",
    language: str = "",
) -> tuple[CaptionCard, ...]:
    """Every cue of an SRT text as cards with lines of at most `limit` em."""
    grid, fitting = CardGrid(rate, 100_000), WordFitting(look or style(), limit, language)
    return tuple(cards_of(reading(text, name).cues, fitting, grid))


def burnt(
    text: str,
    look: CaptionStyle,
    to: Delivery,
    position: Position = "bottom",
    *,
    rate: Fraction = RATE,
    name: str = "a.srt",
) -> AssCards:
    """A text as the payload that the stage makes of it."""
    em = look.size * min(to.frame.width, to.frame.height)
    room = CaptionArea(to.frame, to.safe.within(to.frame), em, look)
    return AssCards(
        to.frame,
        rate,
        em,
        look,
        place_cards(fitted(text, room.limit, look, rate, name=name), room, lambda _: position),
    )


def plan_captions(
    asked: stage.CaptionSettings, before: Programme, to: Delivery, ask: Any = None
) -> Programme:
    """A programme after the captions and their placement; without an `ask`, nothing is in the picture."""
    answers = ask or empty_picture
    return placement.plan(placement.PlacementSettings(), stage.plan(asked, before, to, answers), to, answers)


class PaperLibrary:
    """A library of packaged entries and of documents given by name."""

    def certificate(self) -> None:
        return None

    def __init__(self, *documents: Document) -> None:
        self._documents = {str(document.path): document for document in documents}

    def document(self, name: str, kind: str) -> Document:
        if name in self._documents:
            return self._documents[name]
        try:
            path = resources.entry(kind, name)
        except KeyError:
            raise ValueError(f"no {name}") from None
        return Document(path, path.read_bytes())


def settings(text: str | bytes, name: str = "a.srt", **given: Any) -> stage.CaptionSettings:
    return stage.CaptionSettings.model_validate(
        {"file": name, **given}, context=PaperLibrary(document(text, name))
    )


def programme(
    frame: Size, frames: int = 1000, rate: Fraction = RATE, picture: Stream | None = None
) -> Programme:
    """A programme whose picture is flat grey."""
    source = Source(Path("clip.mp4"), "digest", 1, "mov", Fraction(0), None)
    picture = picture or grey(frame, rate, frames)
    sound = graph.generate("audio", "anullsrc")
    return ClipProgramme(
        source=source, conformed=picture, picture=picture, sound=sound, frame=frame, rate=rate, frames=frames
    )


def grey(frame: Size, rate: Fraction = RATE, frames: int = 1000, colour: str = "0x808080") -> Stream:
    flat = graph.generate(
        "video", "color", size=frame, color=colour, s=str(frame), rate=rate, duration=frames / rate
    )
    return flat.filter("format", pix_fmts="yuv420p", size=frame).filter(
        "setparams", colorspace="bt709", range="tv"
    )


def frame_at(picture: Stream, time: Fraction, pix_fmt: str = "gray") -> NDArray[np.uint8]:
    """One frame of a stream, as FFmpeg shows it."""
    one = picture.filter("trim", start=time).filter("format", pix_fmts=pix_fmt)
    output = Output((one,), "pipe:1", "nut", (("c:v", "rawvideo"), ("frames:v", "1")))
    with ffmpeg_runner.piped(output) as pipe, av.open(pipe, format="nut") as container:
        (frame,) = container.decode(video=0)
        return frame.to_ndarray()


def burn(picture: Stream, payload: Payload) -> Stream:
    return picture.filter("ass", filename=payload, shaping="complex")


def ink(payload: Payload, frame: Size, time: Fraction, colour: str = "0x808080") -> NDArray[np.int16]:
    """How far a payload's picture differs from the flat one at a time, in codes."""
    flat = grey(frame, colour=colour)
    return np.abs(frame_at(burn(flat, payload), time).astype(np.int16) - frame_at(flat, time))


def bounds(marked: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Left, top, right, and bottom of the marked pixels."""
    rows, columns = np.flatnonzero(marked.any(1)), np.flatnonzero(marked.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def reading(text: str | bytes, name: str = "a.srt") -> CaptionFile:
    return read(document(text, name))
