"""Planned programmes → what has to be made, as values: pieces of picture, sounds, captures, and how they are put in one file. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from finish import graph
from finish.graph import Encoding, Stream
from finish.model import Frames, Measure, Note, Parted, PlannedDeliverable, Programme, Promise, ranked
from finish.units import Span, digest

# s; house, measured: of a minute, pieces of 4 s cost 2 to 4 % more than one of 60 (docs/decisions), and a word 4 s of rendering.
PIECE: Final = Fraction(4)
SHORTEST: Final = Fraction(1)  # s; house: a piece has a keyframe and a process of its own …
LAST: Final = Fraction(2)  # s; … so what is left at the end goes to the piece before
NEIGHBOURS: Final = 8  # moments at most that one process renders, one after the other: what a crash may cost
MANY: Final = 16 * 1920 * 1080
# Of these containers every frame can be found by an index; in others a seek is a guess.
INDEXED: Final = frozenset({"mov", "mp4", "matroska", "webm"})


@dataclass(frozen=True)
class Piece:
    """A part of a deliverable's picture: the frames of `span`, encoded with their times from 0, and planned frames for its checks.

    `number` is its place in the programme, `place` the moment of the clip that it begins with (s): pieces of several deliverables
    that begin with the same one are rendered from one decode.
    """

    number: int
    span: Span
    frames: int
    picture: Stream
    captures: tuple[Stream, ...] = ()
    place: Fraction = Fraction(0)


@dataclass(frozen=True)
class Rendering:
    """All of one deliverable. `picture` is its whole picture as planned, `pieces` what is rendered of it."""

    planned: PlannedDeliverable
    picture: Stream
    sound: Stream
    pieces: tuple[Piece, ...]

    @property
    def name(self) -> str:
        return self.planned.deliverable.name

    @property
    def filename(self) -> str:
        return f"{self.name}.{self.planned.deliverable.delivery.container.format}"

    @property
    def key(self) -> str:
        """The name of the file's whole history."""
        container = self.planned.deliverable.delivery.container
        parts = (each.picture.key for each in self.pieces)
        files = (f"{each.suffix}:{digest(each.content)}" for each in self.planned.programme.files)
        return digest("file", self.sound.key, repr(container), *parts, "files", *files)


def renderings(planned: Sequence[PlannedDeliverable], capture: Encoding) -> tuple[Rendering, ...]:
    """The pieces of planned deliverables, rewritten together to cost least: the graph that is named is the graph that runs.

    Colour tags are put on last, because FFmpeg forgets them across a filter graph.
    """
    tagged = [_tagged(each.programme.picture) for each in planned]
    compared = [stream for each in planned for promise in each.promises for stream in promise.against]
    ends = [*tagged, *compared]
    cheap = dict(zip((end.key for end in ends), graph.push_down_lut(ends), strict=True))
    return tuple(
        _rendering(each, cheap[picture.key], cheap, capture)
        for each, picture in zip(planned, tagged, strict=True)
    )


def _tagged(picture: Stream) -> Stream:
    return picture.filter(
        "setparams", color_primaries="bt709", color_trc="bt709", colorspace="bt709", range="tv"
    )


def _rendering(
    planned: PlannedDeliverable, picture: Stream, cheap: Mapping[str, Stream], capture: Encoding
) -> Rendering:
    programme, delivery = planned.programme, planned.deliverable.delivery
    promises = tuple(
        replace(each, against=tuple(cheap[stream.key] for stream in each.against))
        for each in planned.promises
    )
    spans = _spans(programme, picture) if delivery.picture.piece(programme.rate, PIECE, PIECE) else ()
    whole = picture.encoded(delivery.picture.encoding(programme.rate))
    made, asked = [], dict[int, list[Measure[Any]]]()
    for number, span in enumerate(spans or (Span(Fraction(0), programme.duration),)):
        shown = (
            graph.slice_streams([picture], span, programme.preroll)[0].encoded(_encoding(planned, span))
            if spans
            else whole
        )
        measures = {
            at: found
            for at, each in enumerate(promises)
            if (found := _measure(each, span, shown, programme)) is not None
        }
        for at, found in measures.items():
            asked.setdefault(at, []).append(found)
        captures = dict.fromkeys(taken for each in measures.values() for taken in _taken(each, capture))
        made.append(
            Piece(
                number,
                span,
                round((span.end - span.start) * programme.rate),
                shown,
                tuple(captures),
                programme.where(span.start),
            )
        )
    kept = tuple(
        replace(each, pieces=tuple(asked.get(at, ()))) if _parted(each) else each
        for at, each in enumerate(promises)
    )
    return Rendering(
        replace(planned, promises=kept),
        whole,
        programme.sound.encoded(delivery.sound_encoding()),
        tuple(made),
    )


def _spans(programme: Programme, picture: Stream) -> tuple[Span, ...]:
    """Where the picture is parted: every few seconds of the clip, so that what comes later moves no boundary; () where it cannot be.

    Joints are boundaries too, so that a cut moves none but its own. Not before the clip's picture has begun, and not where its
    last frame is held on. Changes of shot draw none: they are known only where somebody asked for shots, and a piece must not
    change its name because another deliverable asked.
    """
    source, rate = programme.source, programme.rate
    if source.demuxer not in INDEXED or source.video is None:
        return ()
    late, held = source.video.start - source.start + 1 / rate, graph.steady_until(picture)
    last = min(programme.duration - LAST, programme.duration if held is None else held)
    inner: list[Fraction] = []
    for mark in _marks(programme):
        moving = late <= programme.where(mark) and (
            programme.still is None or programme.where(mark) <= programme.still
        )
        if moving and mark - max(inner, default=Fraction(0)) >= SHORTEST and mark <= last:
            inner.append(mark)
    return tuple(Span(*ends) for ends in pairwise((Fraction(0), *inner, programme.duration))) if inner else ()


def _marks(programme: Programme) -> list[Fraction]:
    """Where pieces may meet, in programme time: joints, and every few seconds of the clip that are shown."""
    timeline, rate = programme.timeline, programme.rate
    over = timeline.parts[-1].end if timeline else programme.duration
    steps = (round(count * PIECE * rate) / rate for count in range(1, int(over / PIECE) + 1))
    shown = (mark if (mark := programme.when(step)) is None else round(mark * rate) / rate for step in steps)
    return sorted({mark for mark in (*shown, *(timeline.joints if timeline else ())) if mark})


def _encoding(planned: PlannedDeliverable, span: Span) -> Encoding:
    """How a piece is encoded: a short one that others follow may borrow less of the buffer."""
    programme, length = planned.programme, span.end - span.start
    found = planned.deliverable.delivery.picture.piece(
        programme.rate, PIECE, PIECE if span.end == programme.duration else length
    )
    assert found is not None
    return found


def _parted(promise: Promise[Any]) -> bool:
    return bool(promise.against) and isinstance(promise.analyser, Parted)


def _measure(promise: Promise[Any], span: Span, shown: Stream, programme: Programme) -> Measure[Any] | None:
    """What a promise asks of the piece that shows `span`; None where it asks nothing of it."""
    if not promise.against or not isinstance(promise.analyser, Parted):
        return None
    sliced = promise.analyser.during(span)
    if sliced is None:
        return None
    return Measure(sliced, shown, graph.slice_streams(promise.against, span, programme.preroll))


def _taken(measure: Measure[Any], capture: Encoding) -> tuple[Stream, ...]:
    """The planned frames that a measure compares with, to be kept while the picture is rendered."""
    wants = measure.analyser.wants
    return (
        tuple(wants.of(each).encoded(capture) for each in measure.against)
        if isinstance(wants, Frames)
        else ()
    )


@dataclass(frozen=True)
class PieceTask:
    """What one process renders from one decode: pieces of one clip, of any deliverables, in groups that begin with the same moment.

    Each group is a filter graph of its own: FFmpeg asks the outputs of one graph in turn, so those of a later group would make it
    keep all frames before them in memory, unencoded (measured: 41 s at a standstill and 2 GB for 12 s of three deliverables).
    """

    groups: tuple[tuple[Piece, ...], ...]

    @property
    def streams(self) -> tuple[tuple[Stream, ...], ...]:
        return tuple(
            tuple(dict.fromkeys(each for piece in group for each in (piece.picture, *piece.captures)))
            for group in self.groups
        )

    @property
    def frames(self) -> dict[str, int]:
        """How many frames each of its pictures shows, by the picture's key."""
        return {piece.picture.key: piece.frames for group in self.groups for piece in group}


def tasks(
    renderings: Sequence[Rendering], made: Callable[[Stream], bool], pixels: int = MANY
) -> tuple[PieceTask, ...]:
    """The pieces that are missing, of all deliverables of one clip, in order of the clip's time.

    One moment's pieces are a process, or several where more than so many `pixels` would be encoded at a time; of a clip whose
    keyframes lie far apart, several moments' are, or each would be decoded from a keyframe long before it: at most `NEIGHBOURS`, of no
    more pixels either, for all their encoders are open at the same time.
    """
    missing: dict[Fraction, dict[str, Piece]] = {}
    for one in renderings:
        for piece in one.pieces:
            if not made(piece.picture):
                missing.setdefault(piece.place, {})[piece.picture.key] = piece
    found: list[list[tuple[Piece, ...]]] = []
    for place in sorted(missing):
        for group in _few(tuple(missing[place].values()), pixels):
            if (
                found
                and _sparse(renderings)
                and len(found[-1]) < NEIGHBOURS
                and _pixels(*found[-1], group) <= pixels
            ):
                found[-1].append(group)
            else:
                found.append([group])
    return tuple(PieceTask(tuple(groups)) for groups in found)


def _few(pieces: Sequence[Piece], pixels: int) -> Iterator[tuple[Piece, ...]]:
    """The pieces in even groups of at most so many pixels, or of one piece."""
    count = max(1, -(-_pixels(pieces) // max(1, pixels)))
    size = -(-len(pieces) // count)
    yield from (tuple(pieces[at : at + size]) for at in range(0, len(pieces), size))


def _sparse(renderings: Sequence[Rendering]) -> bool:
    """Whether decoding up to a piece may cost half as much as decoding the piece."""
    return any(
        video.key_gap > PIECE / 2 for one in renderings if (video := one.planned.programme.source.video)
    )


def _pixels(*groups: Sequence[Piece]) -> int:
    return sum(piece.picture.size.pixels for group in groups for piece in group if piece.picture.size)


def text(renderings: Sequence[Rendering]) -> str:
    """The plan as text: the graph as it will run, each promise, each note."""
    shown = {
        f"{one.name} {part}": piece
        for one in renderings
        for part, piece in (("picture", one.picture), ("sound", one.sound))
    }
    lines = [graph.describe(shown)]
    for one in renderings:
        lines += [_headline(one), *(f"  note: {note}" for note in one.planned.programme.notes)]
        lines += [
            f"  promise: {each.name} {each.accept} {each.unit}".rstrip() for each in one.planned.promises
        ]
        lines += _beside(one)
    return "\n".join(lines) + "\n"


def summary(renderings: Sequence[Rendering]) -> Iterator[str]:
    """What a person wants to see of a plan: how long each file is, how many promises it makes, and, once a clip, the notes that matter."""
    shown: set[tuple[Path, str]] = set()
    for one in renderings:
        yield f"{_headline(one)}, {len(one.planned.promises)} promises"
        fresh = [(one.planned.deliverable.source, line) for line in note_lines(one.planned.programme.notes)]
        yield from (f"  {line}" for clip, line in fresh if (clip, line) not in shown)
        shown.update(fresh)
        yield from _beside(one)


def note_lines(notes: Sequence[Note]) -> tuple[str, ...]:
    """The notes to act on, with the codes by which they are accepted, then those worth knowing, as a screen shows them."""
    return (
        *(f"action: {note} [{note.code}]" for note in ranked(notes, "act")),
        *(f"note: {note}" for note in ranked(notes, "know")),
    )


def _headline(one: Rendering) -> str:
    programme = one.planned.programme
    return f"{one.filename}: {programme.frames} frames, {float(programme.duration):.2f} s, {_pieces(one)}"


def _beside(one: Rendering) -> list[str]:
    return [f"  beside it: {one.name}{file.suffix}" for file in one.planned.programme.files]


def _pieces(one: Rendering) -> str:
    return f"in {len(one.pieces)} pieces" if len(one.pieces) > 1 else "in one piece"
