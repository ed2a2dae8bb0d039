"""Transport and program streams that hold several recordings, each with its own clock: put on one clock.

Each recording is read by itself, so that damage in one isn't reported for another. Packets are copied with
new timestamps.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from finish.errors import FinishError, Interrupted, MediaError
from finish.media.clock_restarts import CLOCK, restarts
from finish.model import Loss
from finish.model.account import in_seconds

NEED: Final = "clock"
DEMUXERS: Final = frozenset({"mpegts", "mpeg"})
HINT: Final = "join the recordings with FFmpeg's concat demuxer, or name each one"


class _FileRange:
    """A range of a file as a file of its own, for PyAV to read."""

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
    """A track of one recording: its kind, and when it begins and ends (ticks of the recording's clock)."""

    kind: tuple[object, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Recording:
    """One recording of a file: its bytes, its tracks, the ticks by which its clock is moved forward, and the
    ticks of damaged packets."""

    begin: int
    end: int
    tracks: tuple[RecordingTrack, ...]
    ahead: int = 0
    damaged: tuple[int, ...] = ()


def parts(path: Path, demuxer: str) -> tuple[Recording, ...]:
    """The recordings in a file, on one clock; () for a single recording. MediaError if their tracks differ.

    The picture of each recording begins when the one before ends: so no frame is repeated, and sound stays
    with its picture.
    """
    marks = (0, *restarts(path, demuxer), path.stat().st_size)
    if len(marks) == 2:
        return ()
    first, *others = (_recording(path, demuxer, begin, end) for begin, end in pairwise(marks))
    ahead, recordings = 0, [first]
    for before, recording in pairwise((first, *others)):
        if not recording.tracks or _kinds(recording) != _kinds(first):
            raise _different_tracks(path, first, before, ahead)
        ahead += before.tracks[0].end - recording.tracks[0].start
        recordings.append(replace(recording, ahead=ahead))
    return tuple(recordings)


def _kinds(recording: Recording) -> list[tuple[object, ...]]:
    return [track.kind for track in recording.tracks]


def _different_tracks(path: Path, first: Recording, before: Recording, ahead: int) -> FinishError:
    ticks = before.tracks[0].end + ahead - first.tracks[0].start if before.tracks else 0
    when = in_seconds(Fraction(ticks, CLOCK))
    message = f"{path.name}: the timestamps restart at {when}, with other tracks than before"
    return MediaError(message, HINT)


def _recording(path: Path, demuxer: str, begin: int, end: int) -> Recording:
    damaged: list[int] = []
    with _opened(path, demuxer, begin, end) as (container, streams):
        times: dict[int, list[tuple[int, int]]] = {stream.index: [] for stream in streams}
        for packet in container.demux(streams):
            if packet.size and packet.pts is not None:
                times[packet.stream.index].append((packet.pts, packet.duration or 0))
                damaged += [packet.pts] if packet.is_corrupt else []
        tracks = tuple(
            _track(stream, sorted(times[stream.index])) for stream in streams if times[stream.index]
        )
    return Recording(begin, end, tracks, damaged=tuple(damaged))


def _track(stream: Any, times: Sequence[tuple[int, int]]) -> RecordingTrack:
    """The track of packets with these times and durations in ticks, in order."""
    context = stream.codec_context
    sound = (context.rate, context.channels) if stream.type == "audio" else ()
    last, length = times[-1]
    gaps = sorted(after - before for (before, _), (after, _) in pairwise(times)) or [length]
    end = last + (length or gaps[len(gaps) // 2])
    return RecordingTrack((stream.type, context.name, *sound), times[0][0], end)


@contextmanager
def _opened(path: Path, demuxer: str, begin: int, end: int) -> Iterator[tuple[Any, list[Any]]]:
    """A recording, and its picture and sound tracks that can be read, pictures first."""
    import av

    with ExitStack() as stack:
        window = _FileRange(path, begin, end)
        stack.callback(window.close)
        container: Any = stack.enter_context(
            av.open(window, format=demuxer, options={"format_whitelist": demuxer})
        )
        streams = (*container.streams.video, *container.streams.audio)
        yield container, [stream for stream in streams if stream.codec_context is not None]


def recording_losses(recordings: Sequence[Recording]) -> tuple[Loss, ...]:
    """Losses within the recordings."""
    times = sorted(time + recording.ahead for recording in recordings for time in recording.damaged)
    if not times:
        return ()
    return (Loss("packets-lost", "parts of it are missing", start=Fraction(times[0], CLOCK)),)


def recording_warnings(recordings: Sequence[Recording]) -> tuple[str, ...]:
    """What users must know about a file of several recordings, in words."""
    if not recordings:
        return ()
    first, *others = recordings
    begins = (other.tracks[0].start + other.ahead - first.tracks[0].start for other in others)
    times = ", ".join(in_seconds(Fraction(begin, CLOCK)) for begin in begins)
    count = len(recordings)
    lines = [f"the timestamps restart at {times}: {count} recordings in one file, joined on one clock"]
    longest = max((float(overlap) for overlap in _overlaps(recordings)), default=0.0)
    if longest > 0:
        lines.append(
            f"up to {longest * 1000:.0f} ms of sound is cut where the recordings join,"
            " because it is longer than the picture"
        )
    return tuple(lines)


def _overlaps(recordings: Sequence[Recording]) -> Iterator[Fraction]:
    """How long (s) the sound of a recording continues after that of the next one begins."""
    for before, after in pairwise(recordings):
        for old, new in zip(before.tracks, after.tracks, strict=True):
            if old.kind[0] == "audio":
                yield Fraction(old.end + before.ahead - new.start - after.ahead, CLOCK)


def rejoin(path: Path, demuxer: str, cancel: threading.Event, target: Path) -> None:
    """Write the recordings of a file one after another, on one clock. MediaError if that isn't possible;
    Interrupted once `cancel` is set."""
    import av

    recordings = parts(path, demuxer)
    if not recordings:
        raise MediaError(f"{path.name} changed while it was read", "run again")
    with av.open(str(target), "w", format="nut", options={"fflags": "+bitexact"}) as out:
        writer = _RecordingWriter(out, cancel)
        for recording, after in zip(recordings, (*recordings[1:], None), strict=True):
            with _opened(path, demuxer, recording.begin, recording.end) as (container, streams):
                writer.add(container, streams, recording, after)


class _RecordingWriter:
    """Writes recordings; knows the tracks of the output, and the last timestamp of each."""

    def __init__(self, out: Any, cancel: threading.Event) -> None:
        self._out, self._cancel, self._tracks = out, cancel, list[Any]()
        self._last: dict[int, int] = {}

    def add(
        self, container: Any, streams: Sequence[Any], recording: Recording, after: Recording | None
    ) -> None:
        """Copy a recording's packets, without sound that overlaps the sound of the next one."""
        if not self._tracks:
            self._tracks = [self._out.add_stream_from_template(stream) for stream in streams]
            for track in self._tracks:
                track.time_base = Fraction(1, CLOCK)
        numbers = {stream.index: number for number, stream in enumerate(streams)}
        ends = _sound_ends(after) if after else [None] * len(numbers)
        for packet in container.demux(streams):
            if self._cancel.is_set():
                raise Interrupted()
            number = numbers[packet.stream.index]
            if not packet.size or packet.dts is None or packet.pts is None:
                continue
            time, limit = packet.pts + recording.ahead, ends[number]
            if limit is not None and time >= limit:
                continue
            # Program streams stamp few pictures, and FFmpeg gives some of them the timestamp of another.
            stamp = packet.dts + recording.ahead
            self._last[number] = packet.dts = max(stamp, self._last.get(number, stamp - 1) + 1)
            packet.pts, packet.stream = max(time, packet.dts), self._tracks[number]
            self._out.mux(packet)


def _sound_ends(after: Recording) -> list[int | None]:
    """The ticks at which the sound tracks of the next recording begin; None for pictures."""
    return [track.start + after.ahead if track.kind[0] == "audio" else None for track in after.tracks]
