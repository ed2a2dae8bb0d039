"""Helpers of the composite tests: settings, deliveries, and synthetic programmes."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from empty_pictures import empty_picture

from finish import graph
from finish.graph import Stream
from finish.model import ClipProgramme, Delivery, Document, Programme, Source
from finish.stages import composite as stage
from finish.stages import placement
from finish.units import Size

RATE = Fraction(25)
VERTICAL, WIDE = Size(1080, 1920), Size(1920, 1080)
SAFE = {"top": 250, "bottom": 480, "left": 60, "right": 180}


def delivery(frame: Size = VERTICAL, safe: dict[str, int] | None = None, **changes: Any) -> Delivery:
    rates = {"low": 23, "high": 60, "otherwise": 30}
    return Delivery.model_validate(
        {"frame": str(frame), "rates": rates, "safe": SAFE if safe is None else safe, **changes}
    )


class PaperLibrary:
    """A library of documents given by name."""

    def certificate(self) -> None:
        return None

    def __init__(self, documents: dict[str, Document]) -> None:
        self._documents = documents

    def document(self, name: str, kind: str) -> Document:
        if name not in self._documents:
            raise ValueError(f"no {name}")
        return self._documents[name]


def settings(files: dict[str, Document] | None = None, **given: Any) -> stage.CompositeSettings:
    return stage.CompositeSettings.model_validate(given, context=PaperLibrary(files or {}))


def programme(frame: Size = VERTICAL, frames: int = 250, picture: Stream | None = None) -> Programme:
    picture = picture or graph.source("video", "c0ffee", "/clip.mp4", index=0, demuxer="mov", size=frame)
    sound = graph.source("audio", "c0ffee", "/clip.mp4", index=1, demuxer="mov")
    return ClipProgramme(
        source=Source(Path("clip.mp4"), "c0ffee", 1, "mov", Fraction(0), None),
        conformed=picture,
        picture=picture,
        sound=sound,
        frame=frame,
        rate=RATE,
        frames=frames,
    )


def planned(
    made: stage.CompositeSettings, to: Delivery | None = None, before: Programme | None = None
) -> Programme:
    to = to or delivery()
    composed = stage.plan(made, before or programme(to.frame), to, empty_picture)  # type: ignore[arg-type]
    return placement.plan(placement.PlacementSettings(), composed, to, empty_picture)  # type: ignore[arg-type]


def nodes(done: Programme, name: str) -> list[Stream]:
    return [node for node in graph.history([done.picture]) if node.name == name]
