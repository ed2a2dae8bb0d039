"""Copies of objects that hold no more than what is read of them: the ranges of a part of a film, all of a short one.

Where the frames of a part lie, the film's own index says. FFmpeg reads ahead of what it shows, and looks at the beginning of each file to
know its streams; both are fetched too. What is not there reads as zeros, which no decoder takes for frames.
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
from typing import Any, Final

from finish.media.containers.mp4_boxes import outermost
from finish.storage import download_cache, object_storage
from finish.storage.download_cache import Range
from finish.storage.object_storage import Object
from finish.storage.store import writing
from finish.units import Span, digest

WHOLE: Final = (
    32 * 2**20
)  # bytes; house: a smaller film is fetched at once, which takes one to three seconds at 100 to 250 Mb/s
HELD: Final = 20 * 10**9  # bytes of copies that a process keeps for its next tasks
# FFmpeg looks at 5 MB, and 5 s, to know the streams (-probesize, -analyzeduration); one packet more may be large.
_PROBED: Final = 8 * 2**20
_BEFORE: Final = Fraction(
    1
)  # s; a seek goes to a keyframe before, and FFmpeg's own a little earlier where frames are reordered
_AFTER: Final = Fraction(5)  # s, and …
_AHEAD: Final = (
    256  # … packets: threads of a decoder (16), its queues and those of the filters (8 each), many times over
)
_GAP: Final = 2**20  # bytes between two ranges for which no request of its own is made
_NAME: Final = re.compile(r"finish-copies-(\d+)-.*")


@dataclass
class PartialCopy:
    """One object's copy, and the ranges of it that are there."""

    found: Object
    path: Path
    there: list[Range] = field(default_factory=list)
    users: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def held(self) -> int:
        """Bytes."""
        return sum(end - start for start, end in self.there)

    def fetch(self, span: Span | None) -> None:
        """Have what is read of a span there, or all of it."""
        with self.lock:
            if span is None or self.found.size <= WHOLE:
                return self._fill([(0, self.found.size)])
            kinds = {kind for kind, *_ in self._boxes}
            if b"moof" in kinds or not {b"moov", b"mdat"} <= kinds:
                return self._fill(
                    [(0, self.found.size)]
                )  # a film in fragments has its index all over the file
            self._fill(
                (start, start + 16 if kind == b"mdat" else end) for kind, start, end in self._boxes
            )  # of frames, the header
            self._fill(_ranges(self.path, span))
        return None

    @cached_property
    def _boxes(self) -> list[tuple[bytes, int, int]]:
        return list(
            outermost(lambda start, end: object_storage.read(self.found, start, end), self.found.size)
        )

    def _fill(self, wanted: Iterable[Range]) -> None:
        lacking = without(joined(wanted, _GAP), self.there)
        with writing(self.path):
            download_cache.fill(self.path, self.found, lacking)
            download_cache.stamped(self.path, self.found)
        self.there = joined([*self.there, *lacking])


class PartialCopies:
    """The copies of one process, the latest kept for the next task of the same film."""

    def __init__(self, folder: Path, most: int = HELD) -> None:
        self._folder, self._most = folder, most
        self._copies: dict[str, PartialCopy] = {}
        self._lock = threading.Lock()

    @contextmanager
    def of(self, found: Object) -> Iterator[PartialCopy]:
        """A copy of an object, empty at first, held while it is used."""
        name = digest(found.url, found.tag, str(found.size), str(found.changed))[:24]
        with self._lock:
            copy = self._copies.pop(name, None) or PartialCopy(
                found, self._folder / name / (found.name or "film")
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
        """Keep no more than is to be kept; those in use stay."""
        held = sum(each.held for each in self._copies.values())
        for name, each in list(self._copies.items()):
            if held > self._most and not each.users:
                held -= each.held
                shutil.rmtree(each.path.parent, ignore_errors=True)
                del self._copies[name]


@cache
def copies() -> PartialCopies:
    """This process's copies; gone when it ends, and if it is killed when the next one begins."""
    place = Path(tempfile.gettempdir())
    for each in place.glob("finish-copies-*"):
        if (said := _NAME.fullmatch(each.name)) and not _alive(int(said[1])):
            shutil.rmtree(each, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"finish-copies-{os.getpid()}-"))  # whose name nobody can prepare
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return PartialCopies(folder)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's
    return True


def _ranges(path: Path, span: Span) -> list[Range]:
    """Where the packets lie that are read to show a span, by the film's index."""
    import av

    found: list[Range] = []
    with av.open(str(path), format="mov", metadata_errors="replace") as film:
        tracks = [_packets(stream) for stream in film.streams if len(stream.index_entries)]
        late = Fraction(film.start_time or 0, 1_000_000)  # a seek counts from there
    read = 0
    for _, start, length, _ in sorted((each for track in tracks for each in track), key=lambda each: each[0]):
        if read > _PROBED:
            break
        found.append((start, start + length))
        read += length
    span = Span(min(span.start, span.start + late), max(span.end, span.end + late))
    span = Span(min(map(partial(_begins, span=span), tracks), default=span.start), span.end)
    for track in tracks:
        found += [(start, start + length) for _, start, length, _ in _read(track, span)]
    return found


# When a packet is decoded (s), where it lies, how long it is (bytes), and whether decoding can begin with it.
_Packet = tuple[Fraction, int, int, bool]


def _packets(stream: Any) -> list[_Packet]:
    return [
        (each.timestamp * stream.time_base, each.pos, each.size, each.is_keyframe)
        for each in stream.index_entries
    ]


def _begins(track: Sequence[_Packet], span: Span) -> Fraction:
    """When reading may begin (s): with the keyframe before the one that a seek goes to. All tracks are read from there."""
    keys = [each[0] for each in track if each[3] and each[0] <= span.start - _BEFORE]
    return keys[-2] if len(keys) > 1 else track[0][0]


def _read(track: Sequence[_Packet], span: Span) -> Sequence[_Packet]:
    """The packets of a track that may be read from the start of a span to well after its end."""
    first = next((at for at, each in enumerate(track) if each[0] >= span.start), len(track))
    last = next((at for at, each in enumerate(track) if each[0] > span.end + _AFTER), len(track))
    shown = next((at for at, each in enumerate(track) if each[0] > span.end), len(track))
    return track[max(0, first - 1) : max(last, shown + _AHEAD)]


def joined(ranges: Iterable[Range], gap: int = 0) -> list[Range]:
    """Ranges in order, those as one that touch, or have at most `gap` bytes between them."""
    found: list[Range] = []
    for start, end in sorted(ranges):
        if found and start - found[-1][1] <= gap:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif end > start:
            found.append((start, end))
    return found


def without(wanted: Iterable[Range], there: Sequence[Range]) -> list[Range]:
    """What is wanted and not there; `there` is in order."""
    lacking: list[Range] = []
    for start, end in wanted:
        at = start
        for begins, ends in there:
            if ends <= at or begins >= end:
                continue
            if begins > at:
                lacking.append((at, begins))
            at = max(at, ends)
        if at < end:
            lacking.append((at, end))
    return lacking
