"""Matroska and WebM: whether the segment is as long as it states, and its last element is complete (RFC 9559,
RFC 8794)."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import BinaryIO, Final

from finish.media.containers.container_losses import cut_off, index_cut, unlikely
from finish.model import ContainerClaims, Loss, Whose

_SEGMENT, _INFO, _SCALE, _DURATION, _CLUSTER = 0x18538067, 0x1549A966, 0x2AD7B1, 0x4489, 0x1F43B675
_TOP: Final = frozenset(
    {0x114D9B74, _INFO, 0x1654AE6B, _CLUSTER, 0x1C53BB6B, 0x1941A469, 0x1043A770, 0x1254C367, 0xEC, 0xBF}
)
# The elements of a cluster; they follow a cluster of unknown length.
_IN_CLUSTER: Final = frozenset({0xE7, 0xA7, 0xAB, 0xA0, 0xA3, 0xAF, 0x5854})
_TRACKS, _ENTRY, _TYPE, _VIDEO, _AUDIO = 0x1654AE6B, 0xAE, 0x83, 0xE0, 0xE1
_KINDS: Final[Mapping[int, Whose]] = {1: "picture", 2: "sound"}
# Numbers that must be more than 0 (RFC 9559, "range"), by the element that holds them. Other numbers of that
# range change neither picture nor sound.
_NEEDED: Final = {
    _INFO: {_SCALE: "clock", _DURATION: "length"},
    _ENTRY: {0xD7: "track number", 0x23314F: "clock"},
    _VIDEO: {0xB0: "width", 0xBA: "height"},
    _AUDIO: {0xB5: "sampling rate", 0x78B5: "sampling rate", 0x9F: "number of channels"},
}
_FLOATS: Final = frozenset({_DURATION, 0x23314F, 0xB5, 0x78B5})
_MOST: Final = 2_000_000  # elements; a cluster of an hour's live recording may hold a hundred thousand
_INFO_BYTES: Final = 1 << 16
_CUES, _POINT, _POSITIONS, _PLACE, _CUES_BYTES = 0x1C53BB6B, 0xBB, 0xB7, 0xF1, 1 << 24

# An element's number, where its data begin, and how many bytes of data it states (None: unknown).
Element = tuple[int, int, int | None]


def read(file: BinaryIO, size: int) -> ContainerClaims:
    """The duration of the first segment, and whether the file is shorter than the segment."""
    segment = next((element for element in _elements(file, 0, size) if element[0] == _SEGMENT), None)
    if segment is None:
        return ContainerClaims()
    _, begin, length = segment
    seconds: Fraction | None = None
    ends, last = begin, 0
    clusters, cues, wrong = set[int](), b"", list[Loss]()
    for kind, at, stated in _elements(file, begin, size if length is None else min(size, begin + length)):
        if kind == _CLUSTER:
            clusters.add(at)
        if kind == _CUES and stated is not None and stated < _CUES_BYTES:
            file.seek(at)
            cues = file.read(stated)
        if kind == _INFO and stated is not None:
            file.seek(at)
            info = file.read(min(stated, _INFO_BYTES))
            seconds, wrong = _duration(info), [*wrong, *_impossible(info, _INFO, "file")]
        if kind == _TRACKS and stated is not None and stated < _CUES_BYTES:
            file.seek(at)
            wrong += _tracks(file.read(stated))
        ends, last = at if stated is None else at + stated, kind
    missing = max(ends, 0 if length is None else begin + length) - size
    # If the segment ends with its cues, nothing else is missing.
    only = last == _CUES and ends == begin + (length or 0)
    losses: tuple[Loss, ...] = (
        (index_cut(missing) if only else cut_off(missing),)
        if missing > 0
        else tuple(_missing_clusters(cues, clusters, begin))
    )
    return ContainerClaims(seconds, (*losses, *wrong))


def _tracks(data: bytes) -> Iterator[Loss]:
    """Numbers in the headers of picture and sound tracks that no such track can have; pictures without a
    size."""
    for entry in (entry for kind, entry in _children(data) if kind == _ENTRY):
        inner = dict(_children(entry))
        part = _KINDS.get(int.from_bytes(inner.get(_TYPE, b"")))
        if part is None:
            continue
        yield from _impossible(entry, _ENTRY, part)
        for kind in (_VIDEO, _AUDIO):
            yield from _impossible(inner.get(kind, b""), kind, part)
        for kind, name in _NEEDED[_VIDEO].items():
            if part == "picture" and kind not in dict(_children(inner.get(_VIDEO, b""))):
                yield unlikely(name, "", part)


def _impossible(data: bytes, kind: int, part: Whose) -> Iterator[Loss]:
    """The numbers of an element that must be more than 0 and aren't. A length of 0 is permitted: live
    recorders write it."""
    for inner, value in _children(data):
        name = _NEEDED[kind].get(inner)
        if name is None or (inner in _FLOATS and len(value) not in (4, 8)):
            continue
        number = (
            struct.unpack(">f" if len(value) == 4 else ">d", value)[0]
            if inner in _FLOATS
            else int.from_bytes(value)
        )
        if not 0 < number < math.inf and not (inner == _DURATION and number == 0):
            yield unlikely(name, f"{number:g}", part)


def unbounded(file: BinaryIO, size: int) -> int | None:
    """The byte at which the elements of a first segment of unknown length end; None for other files, and if
    the last cluster is incomplete."""
    segment = next((element for element in _elements(file, 0, size) if element[0] == _SEGMENT), None)
    if segment is None or segment[2] is not None:
        return None
    ends, last = segment[1], (0, 0)
    for kind, at, stated in _elements(file, segment[1], size):
        if kind not in _TOP | _IN_CLUSTER or (stated is not None and at + stated > size):
            break
        ends = at + (stated or 0)
        last = (at, ends) if kind == _CLUSTER and stated else last
    inside = list(_elements(file, last[0], last[1]))
    whole = all(kind in _IN_CLUSTER | {0xEC, 0xBF} and stated is not None for kind, _, stated in inside)
    return ends if whole and (not inside or inside[-1][1] + (inside[-1][2] or 0) == last[1]) else None


def _missing_clusters(cues: bytes, clusters: set[int], begin: int) -> Iterator[Loss]:
    """Clusters that the cues name and that don't exist. Cues count to a cluster's header, from the beginning
    of the segment's data."""
    named = {begin + place for place in _named(cues)}
    lost = [place for place in named if not any(place + head in clusters for head in range(5, 13))]
    if clusters and lost:
        yield Loss(
            "clusters-missing",
            f"{len(lost):,} of the {len(named):,} clusters that its index names are missing",
        )


def _named(cues: bytes) -> Iterator[int]:
    """The places of clusters in the Cues element."""
    for kind, point in _children(cues):
        if kind == _POINT:
            for inner, track in _children(point):
                if inner == _POSITIONS:
                    yield from (int.from_bytes(data) for name, data in _children(track) if name == _PLACE)


def _children(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements in an element: number and data."""
    at = 0
    while at < len(data):
        kind, length = _number(data[at : at + 8], keep=True)
        stated, width = _number(data[at + length : at + length + 8], keep=False)
        if not length or not width:
            return
        begin = at + length + width
        yield kind, data[begin : begin + stated]
        at = begin + stated


def _elements(file: BinaryIO, at: int, size: int) -> Iterator[Element]:
    """The elements from the byte `at` on; an element of unknown size is followed by its children."""
    for _ in range(_MOST):
        if at >= size:
            return
        file.seek(at)
        head = file.read(12)
        kind, length = _number(head, keep=True)
        if not length:
            return
        stated, width = _number(head[length:], keep=False)
        if not width:  # the header itself is cut off
            if kind in _TOP or len(head) < length + 8:
                yield kind, at + len(head), 1
            return
        unknown = stated == (1 << (7 * width)) - 1
        data = at + length + width
        yield kind, data, None if unknown else stated
        at = data if unknown else data + stated


def _number(data: bytes, *, keep: bool) -> tuple[int, int]:
    """A number of variable length, and how many bytes it takes (0: there is none). `keep` keeps its length
    marker."""
    if not data or not data[0]:
        return 0, 0
    width = 9 - data[0].bit_length()
    if len(data) < width:
        return 0, 0
    value = int.from_bytes(data[:width])
    return value if keep else value & ((1 << (7 * width)) - 1), width


def _duration(info: bytes) -> Fraction | None:
    """The duration (s) that the Info element states."""
    scale, ticks = 1_000_000, 0.0
    for kind, data in _children(info):
        if kind == _SCALE:
            scale = int.from_bytes(data)
        if kind == _DURATION and len(data) in (4, 8):
            ticks = struct.unpack(">f" if len(data) == 4 else ">d", data)[0]
    return Fraction(ticks) * scale / 10**9 if ticks and 0 < ticks < 2**60 else None
