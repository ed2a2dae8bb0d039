"""Partial copies of objects: only the byte ranges that a task reads; short clips are copied whole.

The clip's own index says where the frames of a part are. FFmpeg reads ahead of what it shows, and probes the
beginning of each file for its streams; both are fetched too. Everything else reads as zeros, which no decoder
takes for frames.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from finish.cluster.byte_ranges import joined, without
from finish.media.containers.mp4_boxes import outermost
from finish.storage import download_cache, object_storage
from finish.storage.download_cache import Range
from finish.storage.drafts import writing
from finish.storage.object_storage import Object
from finish.units import Span, digest

# Bytes; house: a smaller clip is copied whole, which takes 1 to 3 s at 100 to 250 Mb/s.
WHOLE: Final = 32 * 2**20
HELD: Final = 20 * 10**9  # bytes of copies that a process keeps for its next tasks
# FFmpeg probes 5 MB and 5 s for the streams (-probesize, -analyzeduration); one packet more may be large.
_PROBED: Final = 8 * 2**20
# s; a seek goes to the keyframe before, and FFmpeg's own a little earlier where frames are reordered.
_BEFORE: Final = Fraction(1)
_AFTER: Final = Fraction(5)  # s, and …
# … packets: threads of a decoder (16), its queues and those of the filters (8 each), many times over.
_AHEAD: Final = 256
_GAP: Final = 2**20  # bytes between two ranges that one request fetches together
_NAME: Final = re.compile(r"finish-copies-(\d+)-.*")


@dataclass
class PartialCopy:
    """The copy of one object, and the ranges of it that were fetched."""

    origin: Object
    path: Path
    fetched: list[Range] = field(default_factory=list)
    users: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def fetched_bytes(self) -> int:
        """How many bytes were fetched."""
        return sum(end - start for start, end in self.fetched)

    def fetch(self, span: Span | None) -> None:
        """Fetch what is read to show a span; all of the object for None."""
        with self.lock:
            if span is None or self.origin.size <= WHOLE or not self._has_one_index:
                self._fill([(0, self.origin.size)])
                return
            # The index, and the header alone of the box of frames.
            self._fill((start, start + 16 if kind == b"mdat" else end) for kind, start, end in self._boxes)
            self._fill(_ranges(self.path, span))

    @cached_property
    def _boxes(self) -> list[tuple[bytes, int, int]]:
        """The outermost boxes: kind, first byte, and end."""
        return list(
            outermost(lambda start, end: object_storage.read(self.origin, start, end), self.origin.size)
        )

    @property
    def _has_one_index(self) -> bool:
        """Whether all frames are in one index; a fragmented file has parts of it all over the file."""
        kinds = {kind for kind, *_ in self._boxes}
        return b"moof" not in kinds and {b"moov", b"mdat"} <= kinds

    def _fill(self, ranges: Iterable[Range]) -> None:
        """Fetch ranges, but for what was fetched before."""
        missing = without(joined(ranges, _GAP), self.fetched)
        with writing(self.path):
            download_cache.fill(self.path, self.origin, missing)
            download_cache.stamped(self.path, self.origin)
        self.fetched = joined([*self.fetched, *missing])


class PartialCopies:
    """The copies of one process; the latest are kept for the next task that reads the same clip."""

    def __init__(self, folder: Path, most: int = HELD) -> None:
        self._folder, self._most = folder, most
        self._copies: dict[str, PartialCopy] = {}
        self._lock = threading.Lock()

    @contextmanager
    def of(self, origin: Object) -> Iterator[PartialCopy]:
        """A copy of an object, empty at first, kept while it is used."""
        name = digest(origin.url, origin.tag, str(origin.size), str(origin.changed))[:24]
        with self._lock:
            copy = self._copies.pop(name, None) or PartialCopy(
                origin, self._folder / name / (origin.name or "film")
            )
            self._copies[name] = copy  # the latest last
            copy.users += 1
        try:
            yield copy
        finally:
            with self._lock:
                copy.users -= 1
                self._drop()

    def _drop(self) -> None:
        """Delete the oldest unused copies until the rest fits."""
        held = sum(copy.fetched_bytes for copy in self._copies.values())
        for name, copy in list(self._copies.items()):
            if held > self._most and not copy.users:
                held -= copy.fetched_bytes
                shutil.rmtree(copy.path.parent, ignore_errors=True)
                del self._copies[name]


@cache
def copies() -> PartialCopies:
    """This process's copies; deleted when it ends or, if it is killed, when the next process begins."""
    for folder in Path(tempfile.gettempdir()).glob("finish-copies-*"):
        if (match := _NAME.fullmatch(folder.name)) and not _is_running(int(match[1])):
            shutil.rmtree(folder, ignore_errors=True)
    # A random name, so that nobody can prepare the folder.
    own = Path(tempfile.mkdtemp(prefix=f"finish-copies-{os.getpid()}-"))
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    return PartialCopies(own)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # another user's
    return True


class _Packet(NamedTuple):
    """A packet in a clip's index: decode time (s), first byte, bytes, and if decoding can begin there."""

    time: Fraction
    start: int
    size: int
    key: bool

    @property
    def range(self) -> Range:
        return self.start, self.start + self.size


def _ranges(path: Path, span: Span) -> list[Range]:
    """The ranges of the packets that are read to show a span, by the clip's index."""
    import av

    with av.open(str(path), format="mov", metadata_errors="replace") as container:
        tracks = [_packets(stream) for stream in container.streams if len(stream.index_entries)]
        late = Fraction(container.start_time or 0, 1_000_000)  # a seek counts from there
    ranges: list[Range] = []
    probed = 0
    for packet in sorted((packet for track in tracks for packet in track), key=lambda packet: packet.time):
        if probed > _PROBED:
            break
        ranges.append(packet.range)
        probed += packet.size
    span = Span(min(span.start, span.start + late), max(span.end, span.end + late))
    span = Span(min(map(partial(_seek, span=span), tracks), default=span.start), span.end)
    for track in tracks:
        ranges += [packet.range for packet in _read(track, span)]
    return ranges


def _packets(stream: Any) -> list[_Packet]:
    return [
        _Packet(entry.timestamp * stream.time_base, entry.pos, entry.size, entry.is_keyframe)
        for entry in stream.index_entries
    ]


def _seek(track: Sequence[_Packet], span: Span) -> Fraction:
    """When reading may begin (s): at the keyframe before the one that a seek goes to, for all tracks."""
    keys = [packet.time for packet in track if packet.key and packet.time <= span.start - _BEFORE]
    return keys[-2] if len(keys) > 1 else track[0].time


def _read(track: Sequence[_Packet], span: Span) -> Sequence[_Packet]:
    """The packets of a track that may be read from the start of a span to well after its end."""
    first = next((index for index, packet in enumerate(track) if packet.time >= span.start), len(track))
    last = next((index for index, packet in enumerate(track) if packet.time > span.end + _AFTER), len(track))
    end = next((index for index, packet in enumerate(track) if packet.time > span.end), len(track))
    return track[max(0, first - 1) : max(last, end + _AHEAD)]
