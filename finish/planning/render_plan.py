"""Turns planned programmes into what is rendered: pieces of picture, sounds and captures, as values. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from finish import graph
from finish.graph import Encoding, Stream
from finish.model import Frames, Measure, Parted, PlannedDeliverable, Programme, Promise
from finish.planning.piece_spans import PIECE, piece_spans
from finish.units import Span, digest


@dataclass(frozen=True)
class Piece:
    """A part of a deliverable's picture: the frames in `span`, encoded with times from 0, and the planned
    frames that its checks compare with (`captures`).

    `number` is its position in the programme, and `place` the moment of the clip (s) at which it starts.
    Pieces of several deliverables with the same place are rendered from one decode.
    """

    number: int
    span: Span
    frames: int
    picture: Stream
    captures: tuple[Stream, ...] = ()
    place: Fraction = Fraction(0)


@dataclass(frozen=True)
class Rendering:
    """Everything that is rendered for one deliverable: its whole `picture` in `pieces`, and its `sound`."""

    planned: PlannedDeliverable
    picture: Stream
    sound: Stream
    pieces: tuple[Piece, ...]

    def __repr__(self) -> str:
        return f"<Rendering {self.filename}: pieces={len(self.pieces)}>"

    @property
    def name(self) -> str:
        return self.planned.deliverable.name

    @property
    def filename(self) -> str:
        return f"{self.name}.{self.planned.deliverable.delivery.container.format}"

    @property
    def key(self) -> str:
        """The key of the file's whole history."""
        files = (f"{file.suffix}:{digest(file.content)}" for file in self.planned.programme.files)
        return digest("file", *self._parts, "files", *files, *self._marked)

    @property
    def unsigned_key(self) -> str:
        """The key of what is signed: the file's bytes, and the claim about them."""
        return digest("unsigned", *self._parts, *self._marked)

    @property
    def _parts(self) -> tuple[str, ...]:
        container = self.planned.deliverable.delivery.container
        return (self.sound.key, repr(container), *(piece.picture.key for piece in self.pieces))

    @property
    def _marked(self) -> tuple[str, ...]:
        marking = self.planned.programme.marking
        return ("marking", marking.key) if marking else ()


def renderings(planned: Sequence[PlannedDeliverable], capture: Encoding) -> tuple[Rendering, ...]:
    """The pieces of planned deliverables, optimised together: the graph in the key is the graph that runs.

    Colour tags are set last, because FFmpeg loses them in a filter graph.
    """
    tagged = [_tagged(deliverable.programme.picture) for deliverable in planned]
    compared = [
        stream for deliverable in planned for promise in deliverable.promises for stream in promise.against
    ]
    ends = [*tagged, *compared]
    optimised = dict(zip((end.key for end in ends), graph.push_down_lut(ends), strict=True))
    return tuple(
        _rendering(deliverable, optimised[picture.key], optimised, capture)
        for deliverable, picture in zip(planned, tagged, strict=True)
    )


def _tagged(picture: Stream) -> Stream:
    return picture.filter(
        "setparams", color_primaries="bt709", color_trc="bt709", colorspace="bt709", range="tv"
    )


def _rendering(
    planned: PlannedDeliverable, picture: Stream, optimised: Mapping[str, Stream], capture: Encoding
) -> Rendering:
    programme, delivery = planned.programme, planned.deliverable.delivery
    promises = tuple(
        replace(promise, against=tuple(optimised[stream.key] for stream in promise.against))
        for promise in planned.promises
    )
    whole = picture.encoded(delivery.picture.encoding(programme.rate))
    can_divide = delivery.picture.piece(programme.rate, PIECE, PIECE) is not None
    spans = piece_spans(programme, picture) if can_divide else ()
    if spans:
        parts = [_encoded_piece(planned, picture, span) for span in spans]
    else:
        spans, parts = (Span(Fraction(0), programme.duration),), [whole]
    measures = [
        [_measure(promise, span, part, programme) for promise in promises]
        for span, part in zip(spans, parts, strict=True)
    ]
    pieces = tuple(
        Piece(
            number,
            span,
            round((span.end - span.start) * programme.rate),
            part,
            _captures(measures[number], capture),
            programme.where(span.start),
        )
        for number, (span, part) in enumerate(zip(spans, parts, strict=True))
    )
    measured = tuple(
        replace(promise, pieces=tuple(measure for measure in column if measure is not None))
        if _is_parted(promise)
        else promise
        for promise, column in zip(promises, zip(*measures, strict=True), strict=True)
    )
    sound = programme.sound.encoded(delivery.sound_encoding())
    return Rendering(replace(planned, promises=measured), whole, sound, pieces)


def _encoded_piece(planned: PlannedDeliverable, picture: Stream, span: Span) -> Stream:
    """The frames of `span`, encoded. A short piece that others follow may borrow less of the buffer."""
    programme = planned.programme
    length = PIECE if span.end == programme.duration else span.end - span.start
    encoding = planned.deliverable.delivery.picture.piece(programme.rate, PIECE, length)
    assert encoding is not None, "only a picture that can be divided has pieces"
    return graph.slice_streams([picture], span, programme.preroll)[0].encoded(encoding)


def _is_parted(promise: Promise[Any]) -> bool:
    """Whether a promise is checked piece by piece."""
    return bool(promise.against) and isinstance(promise.analyser, Parted)


def _measure(
    promise: Promise[Any], span: Span, piece: Stream, programme: Programme
) -> Measure[object] | None:
    """The measurement of a promise on the piece that shows `span`; None if there is nothing to measure."""
    if not promise.against or not isinstance(promise.analyser, Parted):
        return None
    analyser = promise.analyser.slice(span)
    if analyser is None:
        return None
    return Measure(analyser, piece, graph.slice_streams(promise.against, span, programme.preroll))


def _captures(measures: Sequence[Measure[object] | None], capture: Encoding) -> tuple[Stream, ...]:
    """The planned frames that measurements compare with, each once, stored while the picture is rendered."""
    captures = (
        wants.of(stream).encoded(capture)
        for measure in measures
        if measure is not None and isinstance(wants := measure.analyser.wants, Frames)
        for stream in measure.against
    )
    return tuple(dict.fromkeys(captures))
