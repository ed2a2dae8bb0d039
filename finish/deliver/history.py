"""The filters of published pieces, kept beside the store: a plan can say what a revision renders, and why."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

from finish import graph
from finish.deliver.documents import VERSION, PublishedHistory, PublishedPiece
from finish.graph import Stream
from finish.planning.render_plan import Piece, Rendering
from finish.storage.publish import write_whole
from finish.storage.untrusted_notes import held

# The cause of a change, by the filter that changed. Other filters have several causes: they count only alone.
_CAUSES: Final[Mapping[str, str]] = {
    "source": "the clip",
    "setparams": "the clip's colour tags",
    "bwdif": "the clip",
    "tonemap": "colour",
    "lut3d": "colour",
    "crop": "framing",
    "fps": "framing",
    "gblur": "framing",
    "exposure": "framing",
    "ass": "captions",
    "overlay": "overlays",
    "cut": "pacing",
    "image": "overlays",
    "fade": "overlays",
    "encode": "encoding",
}
_OTHER_CAUSE: Final = "framing"
_KEPT: Final = "not in the store"  # as it was, and removed since


@dataclass(frozen=True)
class PieceChange:
    """Neighbouring pieces that are rendered for the same reasons: the first, the last, and the reasons."""

    first: Piece
    last: Piece
    why: tuple[str, ...]

    def __str__(self) -> str:
        start, end = float(self.first.span.start), float(self.last.span.end)
        count = self.last.number - self.first.number + 1
        pieces = (
            f"piece {self.first.number + 1}"
            if count == 1
            else f"pieces {self.first.number + 1} to {self.last.number + 1}"
        )
        return f"{', '.join(self.why)}: {start:.1f}–{end:.1f} s ({pieces})"


def filters(picture: Stream) -> list[str]:
    """The history of a stream, one line per node."""
    return [
        f"{node.name} {' '.join(f'{name}={graph.spelled(value)}' for name, value in node.args)}"
        for node in graph.history([picture])
    ]


def keep(folder: Path, one: Rendering) -> None:
    """Store the filters of a published file."""
    pieces = [
        PublishedPiece(place=str(piece.place), seconds=_seconds(piece), filters=filters(piece.picture))
        for piece in one.pieces
    ]
    document = PublishedHistory(version=VERSION, pieces=pieces, sound=filters(one.sound))
    write_whole(_path(folder, one.name), document.model_dump_json().encode())


def known(folder: Path, name: str) -> PublishedHistory | None:
    """The stored history of a deliverable; None if it is missing or damaged."""
    with contextlib.suppress(ValueError):
        return PublishedHistory.model_validate_json(held(_path(folder, name)) or b"", strict=True)
    return None


def changes(
    one: Rendering, before: PublishedHistory | None, made: Callable[[Stream], bool]
) -> tuple[PieceChange, ...]:
    """The pieces that a run would render; neighbours with equal reasons are one change."""
    missing = [(piece, _why(piece, before)) for piece in one.pieces if not made(piece.picture)]

    def run(numbered: tuple[int, tuple[Piece, tuple[str, ...]]]) -> tuple[int, tuple[str, ...]]:
        return numbered[1][0].number - numbered[0], numbered[1][1]

    groups = ([pair for _, pair in group] for _, group in groupby(enumerate(missing), run))
    return tuple(PieceChange(group[0][0], group[-1][0], group[0][1]) for group in groups)


def _why(piece: Piece, before: PublishedHistory | None) -> tuple[str, ...]:
    """The reasons, in words, why a piece differs from the published file."""
    if before is None:
        return ("never published",)
    old = before.filters_by_piece.get((str(piece.place), _seconds(piece)))
    if old is None:
        return ("split at other times",)
    changed = {line.split(" ", 1)[0] for line in set(old) ^ set(filters(piece.picture))}
    if not changed:
        return (_KEPT,)
    return tuple(sorted({_CAUSES[name] for name in changed if name in _CAUSES})) or (_OTHER_CAUSE,)


def picture_changes(one: Rendering, before: PublishedHistory | None) -> tuple[str, ...]:
    """The reasons why the picture differs from the published file; empty if its history is unknown."""
    if before is None:
        return ()
    return tuple(dict.fromkeys(word for piece in one.pieces for word in _why(piece, before) if word != _KEPT))


def text(one: Rendering, before: PublishedHistory | None, made: Callable[[Stream], bool]) -> Iterator[str]:
    """Lines that say what a run would render of one deliverable, and why."""
    changed, count = changes(one, before, made), len(one.pieces)
    missing = sum(change.last.number - change.first.number + 1 for change in changed)
    if not missing:
        yield f"{one.filename}: nothing to render ({count} piece{'s' * (count > 1)})"
        return
    yield f"{one.filename}: {missing} of {count} piece{'s' * (count > 1)} to render"
    yield from (f"  {change}" for change in changed)


def difference(one: Rendering, before: PublishedHistory | None) -> Iterator[str]:
    """The lines that differ between both histories, piece by piece: `-` as published, `+` as planned now."""
    if before is None:
        yield f"{one.name} was never published: nothing to compare with"
        return
    old = before.filters_by_piece
    pairs: list[tuple[str, Sequence[str], Sequence[str]]] = [
        (
            f"{float(piece.span.start):.1f}–{float(piece.span.end):.1f} s",
            old.get((str(piece.place), _seconds(piece)), []),
            filters(piece.picture),
        )
        for piece in one.pieces
    ]
    lines = list(_differing([*pairs, ("sound", before.sound, filters(one.sound))]))
    yield from lines or [f"{one.name}: the plan matches the published file"]


def _seconds(piece: Piece) -> str:
    return str(piece.span.end - piece.span.start)


def _differing(pairs: Sequence[tuple[str, Sequence[str], Sequence[str]]]) -> Iterator[str]:
    for where, old, new in pairs:
        lines = [
            *(f"- {line}" for line in old if line not in new),
            *(f"+ {line}" for line in new if line not in old),
        ]
        if lines:
            yield where
            yield from (f"  {line}" for line in lines)


def _path(folder: Path, name: str) -> Path:
    return folder / "history" / f"{name}.json"
