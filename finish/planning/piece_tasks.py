"""Groups the missing pieces of a clip into tasks: what one process renders from one decode."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from finish.graph import Stream
from finish.planning.piece_spans import PIECE
from finish.planning.render_plan import Piece, Rendering

# The most moments that one process renders, one after the other: a crash costs that much.
NEIGHBOURS: Final = 8
MOST_PIXELS: Final = 16 * 1920 * 1080  # that one process encodes at the same time


@dataclass(frozen=True)
class PieceTask:
    """What one process renders from one decode: pieces of one clip, for any deliverables, in groups that
    start at the same moment.

    Each group is a filter graph of its own. FFmpeg serves the outputs of one graph in turn, so with a later
    group in the same graph it would keep all frames before that group in memory, unencoded (measured: it
    stopped for 41 s and used 2 GB for 12 s of three deliverables).
    """

    groups: tuple[tuple[Piece, ...], ...]

    @property
    def streams(self) -> tuple[tuple[Stream, ...], ...]:
        """The streams of each group, captures included."""
        return tuple(
            tuple(dict.fromkeys(stream for piece in group for stream in (piece.picture, *piece.captures)))
            for group in self.groups
        )

    @property
    def frames(self) -> dict[str, int]:
        """The number of frames of each picture, by the key of the picture."""
        return {piece.picture.key: piece.frames for group in self.groups for piece in group}


def tasks(
    renderings: Sequence[Rendering], is_rendered: Callable[[Stream], bool], pixels: int = MOST_PIXELS
) -> tuple[PieceTask, ...]:
    """The tasks for all pieces of one clip that aren't rendered, in order of the clip's time.

    The pieces of one moment are one process, or several if it would encode more than `pixels` at the same
    time. If the keyframes of the clip are far apart, several moments are one process, because otherwise each
    would be decoded from a keyframe long before it. That process has at most `NEIGHBOURS` moments and at most
    `pixels`, because all its encoders are open at the same time.
    """
    missing: dict[Fraction, dict[str, Piece]] = {}
    for piece in _distinct(piece for rendering in renderings for piece in rendering.pieces):
        if not is_rendered(piece.picture):
            missing.setdefault(piece.place, {})[piece.picture.key] = piece
    sparse = _has_sparse_keyframes(renderings)
    processes: list[list[tuple[Piece, ...]]] = []
    for place in sorted(missing):
        for group in _groups(tuple(missing[place].values()), pixels):
            last = processes[-1] if processes else None
            if last and sparse and len(last) < NEIGHBOURS and _pixels(*last, group) <= pixels:
                last.append(group)
            else:
                processes.append([group])
    return tuple(PieceTask(tuple(groups)) for groups in processes)


def _distinct(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces, equal ones once: two deliverables, or two places of a timeline, can show the same."""
    by_key: dict[str, Piece] = {}
    for piece in pieces:
        known = by_key.setdefault(piece.picture.key, piece)
        captures = tuple(dict.fromkeys((*known.captures, *piece.captures)))
        by_key[piece.picture.key] = replace(known, captures=captures)
    yield from by_key.values()


def _groups(pieces: Sequence[Piece], pixels: int) -> Iterator[tuple[Piece, ...]]:
    """The pieces in groups of equal size with at most `pixels`, or with one piece."""
    count = max(1, -(-_pixels(pieces) // max(1, pixels)))
    size = -(-len(pieces) // count)
    yield from (tuple(pieces[start : start + size]) for start in range(0, len(pieces), size))


def _has_sparse_keyframes(renderings: Sequence[Rendering]) -> bool:
    """Whether decoding up to a piece can cost half as much as decoding the piece.

    Never for several clips: their pieces don't follow each other in each clip, so one decode can't feed them
    in order (measured: FFmpeg stopped for good in one of eight runs).
    """
    programmes = [rendering.planned.programme for rendering in renderings]
    if any(len(programme.parts) > 1 for programme in programmes):
        return False
    videos = (source.video for programme in programmes for source in programme.sources)
    return any(video.key_gap > PIECE / 2 for video in videos if video)


def _pixels(*groups: Sequence[Piece]) -> int:
    return sum(piece.picture.size.pixels for group in groups for piece in group if piece.picture.size)
