"""Where the clock of a transport or program stream restarts: the file then holds several recordings.

A clock restarts where the timestamps of every track go back, or leap forward by more than FFmpeg takes for a
gap.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

CLOCK: Final = 90_000  # ISO/IEC 13818-1 §2.4.3.7: ticks per second of all timestamps
_GAP: Final = 10  # s; FFmpeg's own `dts_delta_threshold`
# s by which tracks that restart together may differ: multiplexers store them at most so far apart.
_ALIKE: Final = 2
# Bytes before a leap within which every kind of packet occurs: tables are repeated ten times per second.
_BACK: Final = 2**20
_MOST: Final = 1000  # recordings; house limit
# Bytes of a transport packet (plain, M2TS, with checksums), and the place of its sync byte.
_PACKET: Final = {188: 0, 192: 4, 204: 0}

Stamps = list[tuple[int, int]]  # of one track, in the file's order: a packet's byte, and its time in ticks


def restarts(path: Path, demuxer: str) -> tuple[int, ...]:
    """The bytes at which a clock restarts, in order; none for a file with one clock."""
    pictures, sounds = _stamps(path, demuxer)
    tracks = [*pictures, *sounds]
    if not tracks:
        return ()
    if len(pictures) > 1 and all(before[-1][0] < after[0][0] for before, after in pairwise(pictures)):
        # Each recording numbers its tracks differently.
        leaps = [(before[-1][0], after[0][0]) for before, after in pairwise(pictures)]
    else:
        first, *others = tracks
        leaps = [
            (old, new)
            for (old, due), (new, now) in ((first[at - 1], first[at]) for at in _leaps(first))
            if all(_leaps_alike(other, old, new, now - due) for other in others)
        ]
    return tuple(_begin(path, demuxer, old, new) for old, new in leaps[:_MOST])


def _stamps(path: Path, demuxer: str) -> tuple[list[Stamps], list[Stamps]]:
    """The timestamps of each picture track, and of each sound track, without empty tracks."""
    import av

    options = {"protocol_whitelist": "file", "format_whitelist": demuxer}
    with av.open(f"file:{path}", format=demuxer, options=options) as container:
        order = [*container.streams.video, *container.streams.audio]
        tracks: dict[int, Stamps] = {stream.index: [] for stream in order}
        pictures = {stream.index for stream in container.streams.video}
        for packet in container.demux(order):
            time = packet.dts if packet.dts is not None else packet.pts
            stamps = tracks[packet.stream.index]
            # Of several frames in one packet, only the first has a place.
            place = max(packet.pos or 0, stamps[-1][0] if stamps else 0)
            if packet.size and time is not None:
                stamps.append((place, time))
    return (
        [stamps for index, stamps in tracks.items() if stamps and index in pictures],
        [stamps for index, stamps in tracks.items() if stamps and index not in pictures],
    )


def _leaps(stamps: Stamps) -> list[int]:
    """The numbers of packets at which timestamps go back, or forward by more than a gap, and stay there: a
    single wrong timestamp doesn't count."""
    times, leaps = [time for _, time in stamps], []
    for at in range(1, len(times)):
        before, now = times[max(0, at - 2) : at], times[at : at + 2]
        if max(now) < min(before) or min(now) - max(before) > _GAP * CLOCK:
            leaps.append(at)
    return leaps


def _leaps_alike(stamps: Stamps, before: int, after: int, leap: int) -> bool:
    """Whether another track leaps by the same amount nearby. A track that has ended, or hasn't begun,
    agrees."""
    at = bisect_left(stamps, (before, -1 << 62))
    near = range(max(1, at - 64), min(len(stamps), at + 64))
    if not near or stamps[-1][0] < after or stamps[0][0] > before:
        return True
    return any(abs(stamps[one][1] - stamps[one - 1][1] - leap) < _ALIKE * CLOCK for one in near)


def _begin(path: Path, demuxer: str, before: int, after: int) -> int:
    """The byte, between two packets of one track, at which a recording begins: the tables before its first
    packet belong to it."""
    with path.open("rb") as file:
        head = file.read(1024)
        size = next((size for size, lead in _PACKET.items() if head[lead::size][:4] == b"G" * 4), 188)
        start = max(0, before - _BACK) // size * size
        file.seek(start)
        data = file.read(after - start)
    if demuxer == "mpeg":
        pack = start + data.rfind(b"\0\0\1\xba")  # ISO/IEC 13818-1 §2.5.3.3: the start of a pack
        return pack if pack > before else after
    return next((start + at for at in _discontinuities(data, size) if start + at > before), after)


def _discontinuities(data: bytes, size: int) -> Iterator[int]:
    """The transport packets that don't continue their own kind: ISO/IEC 13818-1 §2.4.3.3, continuity
    counter."""
    lead = _PACKET[size]
    counters: dict[int, int] = {}
    for at in range(0, len(data) - size + 1, size):
        first, second, third = data[at + lead + 1 : at + lead + 4]
        kind, counter = (first & 0x1F) << 8 | second, third & 15
        if third & 0x10:  # only packets with a payload count
            if counter not in (known := counters.get(kind, counter), (known + 1) & 15):
                yield at
            counters[kind] = counter
