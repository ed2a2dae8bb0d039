"""What decodes of a clip: a fold over the lines that FFmpeg writes while it decodes the whole file, in order and once."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from typing import Final

import numpy as np

from finish.model import Analyser, Array, DecodedTrack, DecodeFault, DecodeReport, Lines, StreamGap, Whose

_SHOWN: Final = re.compile(r"^\[vist#\d+:(\d+)/.*decoder -> .*?pts_time:(-?[\d.]+) ")
_HEARD: Final = re.compile(
    r"^\[[av]ist#\d+:(\d+)/.*demuxer -> .*?pkt_pts_time:(NOPTS|-?[\d.]+) .*?pkt_dts_time:(NOPTS|-?[\d.]+) "
    r"duration:\d+ duration_time:([\d.]+)"
)
_COUNTED: Final = re.compile(
    r"Input stream #\d+:(\d+) \((?:video|audio)\): (\d+) packets read .*?; (\d+) frames decoded"
    r"(?:; \d+ decode errors)?(?: \((\d+) samples\))?"
)
_STREAM: Final = re.compile(r"^\[([av])ist#\d+:(\d+)/(\S+) @")
_DECODER: Final = re.compile(r"\[dec:(\S+) @")
_WHO: Final = re.compile(r"^\[([^\] @]+)[^\]]*\]")
_LEVEL: Final = re.compile(r"\[(error|fatal|warning)\] (.*)$")
_IN_STREAM: Final = re.compile(r"stream (?:= )?(\d+)")
# Lines of warning that are about lost or damaged data; every line of error is.
_CORRUPT: Final = re.compile(r"[Cc]orrupt|[Cc]oncealing")
# Who speaks of our own work on what was decoded, and not of the file.
_OURS: Final = (
    "null",
    "out#",
    "vost#",
    "aost#",
    "vf#",
    "af#",
    "fc#",
    "enc:",
    "Parsed_",
    "auto_",
    "sws",
    "SWR",
    "graph",
    "format",
    "wrapped_",
)
# What demuxers and decoders call an error and that takes nothing from picture or sound.
HARMLESS: Final = (
    "unable to decode APP fields",  # of a camera's own data in motion JPEG
    "which is out of bounds",  # an entry of an MXF index beyond the last picture: nothing is read by it here
    "Overread VUI",
    "Referenced QT chapter track not found",  # chapters aren't delivered
)
_KEPT: Final = 200
_HOLE_PACKETS: Final = 1.5  # one that is missing makes two
_HOLES: Final = 0.1  # s in all; less is what clocks and interleaving do
_STEADY: Final = 0.1  # of a packet's length; where the stated one is another than the usual, nothing is regular enough to have holes
_REGULAR: Final = 0.75  # of all packets come as they should
_NONE: Final = "NOPTS"  # as FFmpeg writes a time stamp that is not there
_FEW: Final = 20  # packets; fewer do not show a pace
_TICK: Final = 0.0011  # s; clocks of whole milliseconds
_EARLY: Final = 5_000  # pictures: no group of them is longer
_BACK: Final = Fraction(1)  # s; reordering and interleaving go back by less


@dataclass(frozen=True)
class Decoding(Analyser[DecodeReport]):
    """The question whether the `tracks` (numbers of streams) of a file decode whole."""

    tracks: tuple[int, ...]

    version = 1

    @property
    def wants(self) -> Lines:
        return Lines(self.tracks)

    def begin(self) -> DecodeLog:
        return DecodeLog()


@dataclass
class DecodeLog:
    """The lines read so far."""

    shown: dict[int, Fraction] = field(default_factory=dict)  # the first time of each picture stream
    now: dict[int, Fraction] = field(default_factory=dict)  # the time of what was read or decoded last
    early: dict[int, list[Fraction]] = field(
        default_factory=dict
    )  # when pictures are due that are read before one is decoded
    packets: dict[int, list[tuple[float, float]]] = field(
        default_factory=dict
    )  # when each packet is due, and how long it says it is
    stamps: dict[int, Fraction] = field(default_factory=dict)
    restarts: list[Fraction] = field(default_factory=list)
    counts: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    names: dict[str, set[tuple[Whose, int]]] = field(default_factory=dict)
    said: list[tuple[str, str, Fraction | None]] = field(default_factory=list)
    count: int = 0
    code: int = 0

    def add(self, time: Fraction, data: Array) -> None:  # noqa: ARG002 (a line has no time of its own)
        line = str(data)
        if stream := _STREAM.match(line):
            self._names(line, "picture" if stream[1] == "v" else "sound", int(stream[2]), stream[3])
        if shown := _SHOWN.match(line):
            moment = Fraction(shown[2])
            self.shown.setdefault(int(shown[1]), moment)
            self.now[int(shown[1])] = moment
        elif heard := _HEARD.match(line):
            self._stamped(int(heard[1]), *heard.group(2, 3, 4))
        elif counted := _COUNTED.search(line):
            index, packets, frames, samples = (int(each or 0) for each in counted.groups())
            self.counts[index] = packets, frames, samples
        elif line.startswith("[exit]"):
            self.code = int(line.split()[1])
        elif level := _LEVEL.search(line):
            self._faulty(line, level[1], level[2])

    def _names(self, line: str, whose: Whose, index: int, codec: str) -> None:
        """What streams call themselves in the log: decoders speak under their own name, without a number."""
        decoder = _DECODER.search(line)
        for name in (codec, decoder[1] if decoder else codec):
            self.names.setdefault(name, set()).add((whose, index))

    def _stamped(self, index: int, due: str, decoded: str, lasts: str) -> None:
        """A packet with its time stamps. Decoding times only grow, unless a recording was joined to another."""
        self.packets.setdefault(index, []).append((math.nan if due == _NONE else float(due), float(lasts)))
        early = self.early.setdefault(index, [])
        if due != _NONE and len(early) < _EARLY:
            early.append(Fraction(due))
        if decoded == _NONE:
            return
        stamp, last = Fraction(decoded), self.stamps.get(index)
        if last is not None and stamp < last - _BACK:
            self.restarts.append(last)
        self.stamps[index] = stamp

    def _faulty(self, line: str, level: str, text: str) -> None:
        who = _WHO.match(line)
        if (
            who is None
            or who[1].startswith(_OURS)
            or "[enc:" in line
            or any(each in text for each in HARMLESS)
        ):
            return
        if level == "warning" and not _CORRUPT.search(text):
            return
        self.count += 1
        if len(self.said) < _KEPT:
            self.said.append((line, text, max(self.now.values(), default=None)))

    def result(self) -> DecodeReport:
        tracks = (
            DecodedTrack(
                index,
                packets,
                frames,
                samples,
                self.shown.get(index),
                self._lead(index),
                _pace(self.packets.get(index, ())),
            )
            for index, (packets, frames, samples) in sorted(self.counts.items())
        )
        faults = tuple(self._fault(*each) for each in self.said)
        if self.code and not faults:
            faults = (DecodeFault("file", f"FFmpeg cannot decode it to its end (exit code {self.code})"),)
        gaps = (gap for index, packets in sorted(self.packets.items()) for gap in _gaps(index, packets))
        return DecodeReport(
            tuple(tracks),
            faults,
            max(self.count, len(faults)),
            tuple(self.restarts[:_KEPT]),
            tuple(islice(gaps, _KEPT)),
        )

    def _lead(self, index: int) -> int:
        first = self.shown.get(index)
        return 0 if first is None else sum(due < first for due in self.early.get(index, ()))

    def _fault(self, line: str, text: str, time: Fraction | None) -> DecodeFault:
        """Whose a line is: a stream's own, its decoder's where only one has that name, else the file's."""
        if stream := _STREAM.match(line):
            return DecodeFault("picture" if stream[1] == "v" else "sound", text, int(stream[2]), time)
        who = _WHO.match(line)
        name = who[1] if who else ""
        if name.startswith("in#"):
            stated = _IN_STREAM.search(text)
            known = {index: whose for each in self.names.values() for whose, index in each}
            index = int(stated[1]) if stated and int(stated[1]) in known else None
            return DecodeFault("file" if index is None else known[index], text, index, time)
        found = self.names.get(name, set())
        parts = {whose for whose, _ in found}
        return DecodeFault(
            parts.pop() if len(parts) == 1 else "file",
            text,
            next(iter(found))[1] if len(found) == 1 else None,
            time,
        )


def _pace(packets: Sequence[tuple[float, float]]) -> float:
    """How much longer the packets of a stream last by their time stamps than they say; 1 where they say nothing."""
    dues, lengths = np.array(packets).T if len(packets) > _FEW else (np.zeros(0), np.zeros(0))
    said = float(lengths[:-1].sum())
    if not said or np.isnan(dues).any():
        return 1.0
    return round(float(dues.max() - dues.min()) / said, 3)


def _gaps(index: int, packets: Sequence[tuple[float, float]]) -> Iterator[StreamGap]:
    """The holes in a stream whose packets come as regularly as they say."""
    dues, lengths = np.array(sorted(packets)).T if len(packets) > 1 else (np.zeros(0), np.zeros(0))
    steps = np.diff(dues)
    if not len(steps) or np.isnan(dues).any():
        return
    usual, stated = float(np.median(steps)), float(np.median(lengths))
    if usual <= 0 or abs(stated - usual) > _STEADY * usual:
        return
    regular = np.abs(steps - usual) <= max(_STEADY * usual, _TICK)
    wide = np.flatnonzero(steps > _HOLE_PACKETS * usual)
    if regular.mean() < _REGULAR or (steps[wide] - usual).sum() < _HOLES:
        return
    for number in wide:
        start, seconds = float(dues[number]) + usual, float(steps[number]) - usual
        yield StreamGap(
            index,
            Fraction(round(start, 6)).limit_denominator(10**6),
            Fraction(round(seconds, 6)).limit_denominator(10**6),
        )
