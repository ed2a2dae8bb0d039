"""Transport and program streams of which several lie in one file, each with a clock of its own: found, and
put on one clock.

A clock starts again where every track's stamps go back, or leap by more than FFmpeg takes for a gap. Each
part is read by itself, as the file that it was, so that nothing of one is taken for damage of the other;
packets are copied, with other stamps.
"""

from __future__ import annotations

import os
import threading
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from finish.errors import FinishError, Interrupted, MediaError
from finish.model import Loss

NEED: Final = "clock"
DEMUXERS: Final = frozenset({"mpegts", "mpeg"})
_CLOCK: Final = 90_000  # ISO/IEC 13818-1 §2.4.3.7: ticks a second of all stamps
_GAP: Final = 10  # s; FFmpeg's own `dts_delta_threshold`
_ALIKE: Final = (
    2  # s by which tracks that start again together may differ: how far a multiplexer lets them lie apart
)
_BACK: Final = (
    2**20
)  # bytes before a leap in which every kind of packet has been: tables come ten times a second
_MOST: Final = 1000  # parts; house limit
_PACKET: Final = {
    188: 0,
    192: 4,
    204: 0,
}  # bytes of a transport packet (plain, M2TS, with checks), and where in it its sync byte lies

HINT: Final = "join the recordings with FFmpeg's concat demuxer, or name each one"

Stamps = list[
    tuple[int, int]
]  # of one track, in the file's order: where each packet lies, and when it is due


def restarts(path: Path, demuxer: str) -> tuple[int, ...]:
    """The bytes at which a clock starts again, in order; none for a file of one clock."""
    pictures, sounds = _stamps(path, demuxer)
    tracks = [*pictures, *sounds]
    if len(pictures) > 1 and all(before[-1][0] < after[0][0] for before, after in pairwise(pictures)):
        found = [
            (before[-1][0], after[0][0]) for before, after in pairwise(pictures)
        ]  # each recording has numbered its tracks otherwise
    elif tracks:
        first, *others = tracks
        leaps = ((first[at - 1], first[at]) for at in _leaps(first))
        found = [
            (old, new)
            for (old, due), (new, now) in leaps
            if all(_also(other, old, new, now - due) for other in others)
        ]
    return tuple(_begin(path, demuxer, old, new) for old, new in found[:_MOST]) if tracks else ()


def _stamps(path: Path, demuxer: str) -> tuple[list[Stamps], list[Stamps]]:
    """Of each track that has any: those of pictures, and those of sound."""
    import av

    with av.open(
        f"file:{path}", format=demuxer, options={"protocol_whitelist": "file", "format_whitelist": demuxer}
    ) as container:
        order = [*container.streams.video, *container.streams.audio]
        found: dict[int, Stamps] = {each.index: [] for each in order}
        pictures = {each.index for each in container.streams.video}
        for packet in container.demux(order):
            time = packet.dts if packet.dts is not None else packet.pts
            stamps = found[packet.stream.index]
            place = max(
                packet.pos or 0, stamps[-1][0] if stamps else 0
            )  # of several in one only the first has a place
            if packet.size and time is not None:
                stamps.append((place, time))
    kept = {index: stamps for index, stamps in found.items() if stamps}
    return [kept[index] for index in kept if index in pictures], [
        kept[index] for index in kept if index not in pictures
    ]


def _leaps(stamps: Stamps) -> list[int]:
    """Where stamps go back, or forth by more than a gap, and stay there: one wrong stamp between right
    ones is none."""
    times, found = [time for _, time in stamps], []
    for at in range(1, len(times)):
        before, now = times[max(0, at - 2) : at], times[at : at + 2]
        if max(now) < min(before) or min(now) - max(before) > _GAP * _CLOCK:
            found.append(at)
    return found


def _also(stamps: Stamps, before: int, after: int, leap: int) -> bool:
    """Whether another track leaps alike near there; one that is over, or has yet to begin, says nothing."""
    at = bisect_left(stamps, (before, -1 << 62))
    near = range(max(1, at - 64), min(len(stamps), at + 64))
    if not near or stamps[-1][0] < after or stamps[0][0] > before:
        return True
    return any(abs(stamps[each][1] - stamps[each - 1][1] - leap) < _ALIKE * _CLOCK for each in near)


def _begin(path: Path, demuxer: str, before: int, after: int) -> int:
    """Where, between two packets of one track, a file begins: what lies before its first packet belongs to
    it."""
    with path.open("rb") as file:
        head = file.read(1024)
        size = next((each for each, lead in _PACKET.items() if head[lead::each][:4] == b"G" * 4), 188)
        start = max(0, before - _BACK) // size * size
        file.seek(start)
        data = file.read(after - start)
    if demuxer == "mpeg":
        found = start + data.rfind(b"\0\0\1\xba")  # ISO/IEC 13818-1 §2.5.3.3: a pack begins
        return found if found > before else after
    return next((start + at for at in _unfollowed(data, size, _PACKET[size]) if start + at > before), after)


def _unfollowed(data: bytes, size: int, lead: int) -> Iterator[int]:
    """The transport packets that do not follow the one before of their own kind: ISO/IEC 13818-1 §2.4.3.3,
    continuity counter."""
    counters: dict[int, int] = {}
    for at in range(0, len(data) - size + 1, size):
        first, second, third = data[at + lead + 1 : at + lead + 4]
        kind, counter = (first & 0x1F) << 8 | second, third & 15
        if third & 0x10:  # it has a payload, so it counts
            if counter not in (known := counters.get(kind, counter), (known + 1) & 15):
                yield at
            counters[kind] = counter


class _Window:
    """A part of a file as a file of its own, for PyAV to read."""

    def __init__(self, path: Path, begin: int, end: int) -> None:
        self._file, self._begin, self._size = path.open("rb"), begin, end - begin
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        self._file.seek(self._begin + self._at)
        left = max(0, self._size - self._at)
        data = self._file.read(left if size < 0 else min(size, left))
        self._at += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = max(0, offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence])
        return self._at

    def tell(self) -> int:
        return self._at

    def close(self) -> None:
        self._file.close()


@dataclass(frozen=True)
class RecordingTrack:
    """A track of one part: what it is, when it begins and ends (ticks of the part's own clock)."""

    kind: tuple[object, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Recording:
    """One of the files in a file: its bytes, its tracks, by how many ticks its clock is put forth, and the
    ticks of damaged packets."""

    begin: int
    end: int
    tracks: tuple[RecordingTrack, ...]
    ahead: int = 0
    damaged: tuple[int, ...] = ()


def parts(path: Path, demuxer: str) -> tuple[Recording, ...]:
    """The files that were joined to one, on one clock; () where it is but one. MediaError for parts that are
    not alike.

    Each part's picture begins when the one before has been shown: so no frame is held, and sound stays with
    its own picture.
    """
    marks = (0, *restarts(path, demuxer), path.stat().st_size)
    if len(marks) == 2:
        return ()
    found = [_part(path, demuxer, begin, end) for begin, end in pairwise(marks)]
    ahead, made = 0, [found[0]]
    for before, part in pairwise(found):
        if [track.kind for track in part.tracks] != [
            track.kind for track in found[0].tracks
        ] or not part.tracks:
            when = (
                Fraction(before.tracks[0].end + ahead - found[0].tracks[0].start, _CLOCK)
                if before.tracks
                else Fraction(0)
            )
            raise _unlike(path, when)
        ahead += before.tracks[0].end - part.tracks[0].start
        made.append(replace(part, ahead=ahead))
    return tuple(made)


def _unlike(path: Path, when: Fraction) -> FinishError:
    message = f"{path.name}: the timestamps restart at {float(when):.1f} s, with other tracks than before"
    return MediaError(message, HINT)


def _part(path: Path, demuxer: str, begin: int, end: int) -> Recording:
    damaged: list[int] = []
    with _opened(path, demuxer, begin, end) as (container, streams):
        seen: dict[int, list[tuple[int, int]]] = {stream.index: [] for stream in streams}
        for packet in container.demux(streams):
            if packet.size and packet.pts is not None:
                seen[packet.stream.index].append((packet.pts, packet.duration or 0))
                damaged += [packet.pts] if packet.is_corrupt else []
        tracks = tuple(_track(stream, sorted(seen[stream.index])) for stream in streams if seen[stream.index])
    return Recording(begin, end, tracks, damaged=tuple(damaged))


def _track(stream: Any, seen: Sequence[tuple[int, int]]) -> RecordingTrack:
    context = stream.codec_context
    sound = (context.rate, context.channels) if stream.type == "audio" else ()
    gaps = sorted(after - before for (before, _), (after, _) in pairwise(seen)) or [seen[-1][1]]
    return RecordingTrack(
        (stream.type, context.name, *sound), seen[0][0], seen[-1][0] + (seen[-1][1] or gaps[len(gaps) // 2])
    )


@contextmanager
def _opened(path: Path, demuxer: str, begin: int, end: int) -> Iterator[tuple[Any, list[Any]]]:
    """A part, and its tracks of picture and sound that can be read, pictures first."""
    import av

    with ExitStack() as stack:
        window = _Window(path, begin, end)
        stack.callback(window.close)
        container: Any = stack.enter_context(
            av.open(window, format=demuxer, options={"format_whitelist": demuxer})
        )
        yield (
            container,
            [
                each
                for each in (*container.streams.video, *container.streams.audio)
                if each.codec_context is not None
            ],
        )


def recording_losses(found: Sequence[Recording]) -> tuple[Loss, ...]:
    """What the recordings themselves lack."""
    times = sorted(time + each.ahead for each in found for time in each.damaged)
    return (
        (Loss("packets-lost", "parts of it are missing", start=Fraction(times[0], _CLOCK)),) if times else ()
    )


def recording_warnings(found: Sequence[Recording]) -> tuple[str, ...]:
    """What people should know of a file of several parts, in words; nothing of a file of one."""
    if not found:
        return ()
    first = found[0].tracks[0].start
    times = ", ".join(f"{(each.tracks[0].start + each.ahead - first) / _CLOCK:.2f}" for each in found[1:])
    lines = [f"the timestamps restart at {times} s: {len(found)} recordings in one file, joined on one clock"]
    recording_losses = max((float(overlap) for overlap in _overlaps(found)), default=0.0)
    if recording_losses > 0:
        lines.append(
            f"up to {recording_losses * 1000:.0f} ms of sound is cut where the recordings join,"
            " because it is longer than the picture"
        )
    return tuple(lines)


def _overlaps(found: Sequence[Recording]) -> Iterator[Fraction]:
    """By how long (s) the sound of one part goes on when that of the next has begun."""
    for before, part in pairwise(found):
        for old, new in zip(before.tracks, part.tracks, strict=True):
            if old.kind[0] == "audio":
                yield Fraction(old.end + before.ahead - new.start - part.ahead, _CLOCK)


def rejoin(path: Path, demuxer: str, cancel: threading.Event, target: Path) -> None:
    """Write the parts of a file one after the other, on one clock. FinishError for what cannot be, or once
    `cancel` is set."""
    import av

    found = parts(path, demuxer)
    if not found:
        raise MediaError(f"{path.name} changed while it was read", "run again")
    with av.open(str(target), "w", format="nut", options={"fflags": "+bitexact"}) as out:
        written = _Written(out, cancel)
        for part, after in zip(found, (*found[1:], None), strict=True):
            with _opened(path, demuxer, part.begin, part.end) as (container, streams):
                written.add(container, streams, part, after)


class _Written:
    """The tracks that are written, and the last stamp of each."""

    def __init__(self, out: Any, cancel: threading.Event) -> None:
        self._out, self._cancel, self._tracks = out, cancel, list[Any]()
        self._last: dict[int, int] = {}

    def add(self, container: Any, streams: Sequence[Any], part: Recording, after: Recording | None) -> None:
        """Copy a part's packets; sound of it that would be heard when that of the next one is, is left
        out."""
        if not self._tracks:
            self._tracks = [self._out.add_stream_from_template(stream) for stream in streams]
            for track in self._tracks:
                track.time_base = Fraction(1, _CLOCK)
        numbers = {each.index: number for number, each in enumerate(streams)}
        ends = (
            [track.start + after.ahead if track.kind[0] == "audio" else None for track in after.tracks]
            if after
            else [None] * len(numbers)
        )
        for packet in container.demux(streams):
            if self._cancel.is_set():
                raise Interrupted()
            number = numbers[packet.stream.index]
            if not packet.size or packet.dts is None or packet.pts is None:
                continue
            shown, limit = packet.pts + part.ahead, ends[number]
            if limit is not None and shown >= limit:
                continue
            stamp = (
                packet.dts + part.ahead
            )  # program streams stamp few pictures, and FFmpeg gives some the stamp of another
            self._last[number] = packet.dts = max(stamp, self._last.get(number, stamp - 1) + 1)
            packet.pts, packet.stream = max(shown, packet.dts), self._tracks[number]
            self._out.mux(packet)
