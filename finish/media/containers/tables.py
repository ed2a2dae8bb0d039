"""The sample tables of an MP4 or MOV track: the number of samples in each table, and the samples' durations
and places."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from finish.media.containers.container_losses import TOLERATED
from finish.model.account import in_seconds

Ints = NDArray[np.int64]
Contradiction = tuple[str, str, Fraction | None, Fraction | None]  # code, text, start and duration (s)
_NEEDED: Final = (b"stsd", b"stts", b"stsc", b"stco")
_MOST_SAMPLES: Final = 50_000_000  # ten days at 60 Hz; the count alone states samples of a constant size


@dataclass(frozen=True)
class SampleTables:
    """The tables of one track; `missing` are the names of those that it lacks."""

    missing: tuple[str, ...]
    durations: Ints  # (n, 2): runs of equal duration: number of samples, ticks per sample
    chunks: Ints  # (n,): number of samples in each chunk
    places: Ints  # (n,): the byte at which each chunk begins
    count: int  # samples that the table of sizes counts
    sizes: Ints  # (count,): bytes; (0,) if all samples have one size
    size: int = 0  # that size

    @property
    def anything(self) -> bool:
        """Whether there are any samples at all."""
        return bool(self.count or len(self.places) or len(self.durations))

    @property
    def takes(self) -> int | None:
        """How many bytes the samples take; None if it is unknown: older writers state a size of 1 for samples
        of any size."""
        if len(self.sizes) or not self.count:
            return int(self.sizes.sum())
        return self.count * self.size if self.size > 1 else None

    @property
    def stated(self) -> int:
        """Samples by the table of durations."""
        return int(self.durations[:, 0].sum())

    @classmethod
    def read(cls, boxes: Mapping[bytes, memoryview]) -> SampleTables:
        names = {b"stco": (b"stco", b"co64")}
        missing = [
            kind.decode() for kind in _NEEDED if not any(name in boxes for name in names.get(kind, (kind,)))
        ]
        missing += [] if b"stsz" in boxes or b"stz2" in boxes else ["stsz"]
        durations = _rows(boxes.get(b"stts"), 2)
        places = _rows(boxes[b"co64"], 1, ">u8") if b"co64" in boxes else _rows(boxes.get(b"stco"), 1)
        count, size, sizes = _sizes(boxes)
        chunks = _chunks(_rows(boxes.get(b"stsc"), 3), len(places))
        return cls(tuple(missing), durations, chunks, places.reshape(-1), count, sizes, size)


def longest(tables: SampleTables) -> int:
    """The longest duration of a sample, in ticks."""
    used = tables.durations[tables.durations[:, 0] > 0]
    return int(used[:, 1].max()) if len(used) else 0


def contradictions(
    tables: SampleTables, whose: str, clock: int, length: int, size: int
) -> Iterator[Contradiction]:
    """Where the tables disagree with one another, with the stated `length` (ticks of `clock`), or with the
    `size` of the file."""
    if tables.missing and (tables.anything or length):
        text = f"the {whose} can't be read: its index lacks {', '.join(tables.missing)}"
        yield "index-missing", text, None, Fraction(length, clock) or None
        return
    counts = {tables.stated, tables.count, int(tables.chunks.sum())}
    if len(counts) > 1:
        least, most = min(counts), max(counts)
        begin = _time(tables, least)
        text = f"the index of its {whose} contradicts itself: it has {least:,} of {most:,} entries"
        yield (
            "index-short",
            text,
            Fraction(begin, clock),
            Fraction(max(_time(tables, most), length) - begin, clock),
        )
        return
    lasts = _time(tables, tables.stated)
    if length and abs(Fraction(length - lasts, clock)) > TOLERATED:
        stated = in_seconds(Fraction(length, clock))
        text = f"the index of its {whose} contradicts the stated length of {stated}"
        short = length > lasts
        yield (
            "index-length",
            text,
            Fraction(lasts, clock) if short else None,
            Fraction(length - lasts, clock) if short else None,
        )
    yield from _beyond(tables, whose, clock, size)


def _beyond(tables: SampleTables, whose: str, clock: int, size: int) -> Iterator[Contradiction]:
    """Samples beyond the end of the file."""
    first = _first_beyond(tables, size)
    if first is not None:
        begin, lasts = _time(tables, first), _time(tables, tables.stated)
        what = "pictures" if whose == "picture" else "packets of sound"
        text = f"the file is cut off: {tables.count - first:,} of {tables.count:,} {what} are beyond its end"
        yield "cut-off", text, Fraction(begin, clock), Fraction(lasts - begin, clock)


def _first_beyond(tables: SampleTables, size: int) -> int | None:
    """The number of the first sample, in order of time, that ends beyond the file. With a constant size: of
    the first sample in a chunk that begins there."""
    starts = np.concatenate(([0], np.cumsum(tables.chunks)))[:-1]
    if len(tables.sizes) == 0:
        beyond = np.flatnonzero(tables.places >= size)
        return int(starts[beyond].min()) if len(beyond) and tables.count else None
    ends = np.cumsum(tables.sizes)
    before = np.where(starts > 0, ends[np.maximum(starts, 1) - 1], 0)
    chunk = np.repeat(np.arange(len(tables.chunks)), tables.chunks)
    lost = np.flatnonzero(tables.places[chunk] + ends - before[chunk] > size)
    return int(lost[0]) if len(lost) else None


def _time(tables: SampleTables, sample: int) -> int:
    """When a sample begins, in ticks; after the last run, with the durations of the last run."""
    counts, ticks = tables.durations[:, 0], tables.durations[:, 1]
    ends = np.cumsum(counts)
    run = int(np.searchsorted(ends, sample))
    if not len(ends):
        return 0
    if run >= len(ends):
        return int((counts * ticks).sum()) + (sample - int(ends[-1])) * int(ticks[-1])
    return int((counts * ticks)[:run].sum()) + (sample - int(ends[run] - counts[run])) * int(ticks[run])


def _rows(data: memoryview | None, width: int, kind: str = ">u4") -> Ints:
    """The rows of a table after its version and count, as many as exist."""
    if data is None or len(data) < 8:
        return np.zeros((0, width), np.int64)
    count = struct.unpack_from(">I", data, 4)[0]
    values = np.frombuffer(
        data[8:], kind, count=min(count * width, (len(data) - 8) // np.dtype(kind).itemsize // width * width)
    )
    return values.astype(np.int64).reshape(-1, width)


def _sizes(boxes: Mapping[bytes, memoryview]) -> tuple[int, int, Ints]:
    """The number of samples that the table of sizes counts, their constant size (0: there is none), and their
    sizes."""
    data = boxes.get(b"stsz")
    if data is not None and len(data) >= 12:
        same, count = struct.unpack_from(">II", data, 4)
        if same:
            return count, same, np.zeros(0, np.int64)
        sizes = np.frombuffer(data[12:], ">u4", count=min(count, (len(data) - 12) // 4)).astype(np.int64)
        return len(sizes), 0, sizes
    data = boxes.get(b"stz2")
    return (
        (struct.unpack_from(">I", data, 8)[0] if data is not None and len(data) >= 12 else 0),
        1,
        np.zeros(0, np.int64),
    )


def _chunks(runs: Ints, count: int) -> Ints:
    """The number of samples in each of `count` chunks, from the table's runs of equal chunks."""
    if not len(runs) or not count:
        return np.zeros(count, np.int64)
    firsts = np.clip(runs[:, 0] - 1, 0, count)
    lengths = np.diff(np.append(firsts, count))
    if (lengths < 0).any() or firsts[0]:
        raise ValueError("the runs of chunks are not in order")
    chunks = np.repeat(runs[:, 1], lengths)
    if int(chunks.sum()) > _MOST_SAMPLES:
        raise ValueError("more samples than any clip has")
    return chunks
