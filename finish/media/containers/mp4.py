"""MP4 and MOV: whether the index of each track agrees with itself, with the stated lengths, and with the size
of the file (ISO/IEC 14496-12)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import BinaryIO, Final

from finish.media.containers import edits, fragments
from finish.media.containers.container_losses import cut_off
from finish.media.containers.tables import SampleTables, contradictions, longest
from finish.model import ContainerClaims, Loss, Whose

_PARENTS: Final = frozenset((b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl", b"mvex", b"udta"))
_MOST: Final = 20_000  # boxes; no tool writes a file with more
_MOOV_BYTES: Final = 256 << 20  # an index of ten hours takes 60 MB
_UNCLAIMED: Final = Fraction(1, 20)  # of the media; house: the gaps that editors leave are smaller
_UNCLAIMED_BYTES: Final = 4096
_WHOSE: Final[dict[bytes, Whose]] = {b"vide": "picture", b"soun": "sound"}

Box = tuple[bytes, memoryview]  # kind and content


@dataclass
class Mp4Track:
    """A `trak`: picture or sound, its clock (Hz) and length in ticks as `mdhd` states them, and its tables by
    kind."""

    whose: Whose | None = None
    clock: int | None = None
    length: int = 0
    boxes: dict[bytes, memoryview] = field(default_factory=dict)


def read(file: BinaryIO, size: int) -> ContainerClaims:
    """The movie's length, the contradictions in its index, and its samples beyond the end of the file."""
    top = list(_outermost(file, size))
    moov = next(((at, end) for kind, at, end in top if kind == b"moov"), None)
    if moov is None or moov[1] - moov[0] > _MOOV_BYTES or moov[1] > size:
        return ContainerClaims(losses=_cut(top, size))
    file.seek(moov[0])
    boxes = list(_inner(memoryview(file.read(moov[1] - moov[0]))))
    fragmented = any(kind == b"mvex" for kind, _ in boxes)
    tracks = _tracks(boxes)
    losses = [
        loss
        for number, track in enumerate(tracks)
        if track.whose
        for loss in _track_losses(track, number, size, fragmented=fragmented)
    ]
    if fragmented:
        by_ffmpeg = any(kind == b"udta" and b"Lavf" in bytes(data) for kind, data in boxes)
        indexed = sum(SampleTables.read(track.boxes).takes or 0 for track in tracks)
        return ContainerClaims(
            _seconds(boxes),
            (*losses, *fragments.losses(file, size, top, by_ffmpeg=by_ffmpeg, indexed=indexed)),
        )
    lists = [
        _edit_list(track, number, boxes) for number, track in enumerate(tracks) if track.whose and track.clock
    ]
    losses = losses or [*edits.losses(lists), *_unclaimed(tracks, top, size)]
    return ContainerClaims(_seconds(boxes), tuple(losses), tuple(edits.hidden(lists)), held=_held(tracks))


def claimed(file: BinaryIO, size: int) -> int:
    """The largest number of samples that the index claims for a track; 0 without an index."""
    moov = next(((at, end) for kind, at, end in _outermost(file, size) if kind == b"moov"), None)
    if moov is None or moov[1] - moov[0] > _MOOV_BYTES:
        return 0
    file.seek(moov[0])
    counts = [
        struct.unpack_from(">I", data, 8)[0]
        for kind, data in _inner(memoryview(file.read(moov[1] - moov[0])))
        if kind == b"stsz"
    ]
    return max(counts, default=0)


def _outermost(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    """The outermost boxes: kind, where their data begin, and where they end (possibly beyond the file)."""
    at = 0
    for _ in range(fragments.MOST):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return
        length, kind = struct.unpack_from(">I4s", head)
        begin = 8
        if length == 1 and len(head) == 16:
            length, begin = struct.unpack_from(">Q", head, 8)[0], 16
        if length == 0:
            length = size - at
        if length < begin or not kind.isascii():
            return
        yield kind, at + begin, at + length
        at += length


def _inner(data: memoryview) -> Iterator[Box]:
    """Every box inside, parents before their children."""
    stack = [(0, len(data))]
    for _ in range(_MOST):
        if not stack:
            return
        at, stop = stack.pop()
        if at + 8 > stop:
            continue
        length, kind = struct.unpack_from(">I4s", data, at)
        if length == 0:
            length = stop - at
        if length < 8:
            continue
        end = min(at + length, stop)
        yield kind, data[at + 8 : end]
        stack.append((at + length, stop))
        if kind in _PARENTS:
            stack.append((at + 8, end))


def _cut(top: Sequence[tuple[bytes, int, int]], size: int) -> tuple[Loss, ...]:
    """The loss of a file that ends before its outermost boxes do."""
    ends = max((end for kind, _, end in top if kind in (b"moov", b"mdat", b"moof")), default=0)
    return (cut_off(ends - size),) if ends > size else ()


def _seconds(boxes: Sequence[Box]) -> Fraction | None:
    data = next((data for kind, data in boxes if kind == b"mvhd"), None)
    if data is None:
        return None
    clock, length = _clock(data)
    return Fraction(length, clock) if clock and length else None


def _clock(data: memoryview) -> tuple[int, int]:
    """Ticks per second and length in ticks of `mvhd` and `mdhd`; a length of 0 if it is unknown (all
    ones)."""
    if data[0] == 1:
        clock, length = struct.unpack_from(">IQ", data, 20)
        return clock, 0 if length == 2**64 - 1 else length
    clock, length = struct.unpack_from(">II", data, 12)
    return clock, 0 if length == 2**32 - 1 else length


def _tracks(boxes: Sequence[Box]) -> list[Mp4Track]:
    tracks: list[Mp4Track] = []
    for kind, data in boxes:
        if kind == b"trak":
            tracks.append(Mp4Track())
        elif tracks and kind == b"mdhd":
            tracks[-1].clock, tracks[-1].length = _clock(data)
        elif tracks and kind == b"hdlr" and tracks[-1].whose is None:
            tracks[-1].whose = _WHOSE.get(bytes(data[8:12]))
        elif tracks:
            tracks[-1].boxes.setdefault(kind, data)
    return tracks


def _track_losses(track: Mp4Track, number: int, size: int, *, fragmented: bool) -> list[Loss]:
    assert track.whose is not None
    if track.clock == 0:
        text = f"the time scale of its {track.whose} is 0, so its length is unknown"
        hint = "the clip's index is damaged: export it again"
        return [Loss("clock-missing", text, track.whose, track=number, hint=hint)]
    tables = SampleTables.read(track.boxes)
    if fragmented and not tables.anything:
        return []
    return [
        Loss(code, text, track.whose, start, seconds, number)
        for code, text, start, seconds in contradictions(
            tables, track.whose, track.clock or 1, track.length, size
        )
    ]


def _edit_list(track: Mp4Track, number: int, boxes: Sequence[Box]) -> edits.EditList:
    assert track.whose is not None
    movie = next((_clock(data)[0] for kind, data in boxes if kind == b"mvhd"), 0)
    return edits.edit_list(
        track.whose,
        number,
        track.boxes.get(b"tkhd"),
        track.boxes.get(b"elst"),
        (movie, track.clock or 0, track.length),
    )


def _unclaimed(
    tracks: Sequence[Mp4Track], top: Sequence[tuple[bytes, int, int]], size: int
) -> Iterator[Loss]:
    """Media that no track refers to: a whole track may be missing from the index."""
    total = sum(min(end, size) - at for kind, at, end in top if kind == b"mdat")
    claims = [SampleTables.read(track.boxes).takes for track in tracks]
    rest = total - sum(claim for claim in claims if claim is not None)
    if None not in claims and rest > _UNCLAIMED_BYTES and rest > total * _UNCLAIMED:
        text = f"{rest:,} of {total:,} bytes of its media don't belong to a track"
        yield Loss("media-unclaimed", text, certain=False)


def _held(tracks: Sequence[Mp4Track]) -> Fraction | None:
    """The longest duration (s) of any sample."""
    durations = (
        Fraction(longest(SampleTables.read(track.boxes)), track.clock)
        for track in tracks
        if track.whose and track.clock
    )
    return max(durations, default=None)
