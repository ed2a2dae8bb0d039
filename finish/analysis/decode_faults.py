"""What decodes of a clip: a fold over FFmpeg's log of one decode of the complete file."""

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

_DECODED: Final = re.compile(r"^\[vist#\d+:(\d+)/.*decoder -> .*?pts_time:(-?[\d.]+) ")
_PACKET: Final = re.compile(
    r"^\[[av]ist#\d+:(\d+)/.*demuxer -> .*?pkt_pts_time:(NOPTS|-?[\d.]+) .*?pkt_dts_time:(NOPTS|-?[\d.]+) "
    r"duration:\d+ duration_time:([\d.]+)"
)
_COUNTS: Final = re.compile(
    r"Input stream #\d+:(\d+) \((?:video|audio)\): (\d+) packets read .*?; (\d+) frames decoded"
    r"(?:; \d+ decode errors)?(?: \((\d+) samples\))?"
)
_STREAM: Final = re.compile(r"^\[([av])ist#\d+:(\d+)/(\S+) @")
_DECODER: Final = re.compile(r"\[dec:(\S+) @")
_SPEAKER: Final = re.compile(r"^\[([^\] @]+)[^\]]*\]")
_LEVEL: Final = re.compile(r"\[(error|fatal|warning)\] (.*)$")
_IN_STREAM: Final = re.compile(r"stream (?:= )?(\d+)")
# Warnings about lost or damaged data. Every error is about such data.
_CORRUPT: Final = re.compile(r"[Cc]orrupt|[Cc]oncealing")
# Speakers in the log that report on our own processing, and not on the file.
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
# Errors of demuxers and decoders that take nothing from picture or sound.
HARMLESS: Final = (
    "unable to decode APP fields",  # a camera's own data in motion JPEG
    "which is out of bounds",  # an entry of an MXF index beyond the last picture, which finish doesn't use
    "Overread VUI",
    "Referenced QT chapter track not found",  # chapters aren't delivered
)
_KEPT: Final = 200
_HOLE_PACKETS: Final = 1.5  # packets: the step over one missing packet is two
_HOLES: Final = 0.1  # s in all; clocks and interleaving cause less
# Share of a packet's length by which steps may vary. Where the stated length is further from the usual one,
# the stream isn't regular enough to have holes.
_STEADY: Final = 0.1
_REGULAR: Final = 0.75  # share of the packets that must come at a steady pace
_NO_TIME: Final = "NOPTS"  # FFmpeg's text for a missing time stamp
_FEW: Final = 20  # packets; fewer don't show a pace
_TICK: Final = 0.0011  # s; for clocks in milliseconds
_EARLY: Final = 5_000  # pictures: longer than any group of pictures
_BACK: Final = Fraction(1)  # s; reordering and interleaving go back by less


@dataclass(frozen=True)
class Decoding(Analyser[DecodeReport]):
    """Whether the `tracks` (numbers of streams) of a file decode completely."""

    tracks: tuple[int, ...]

    version = 1

    @property
    def wants(self) -> Lines:
        return Lines(self.tracks)

    def begin(self) -> DecodeLog:
        return DecodeLog()


@dataclass
class DecodeLog:
    """The lines so far.

    By stream number: `starts` are the times of the first decoded pictures, `positions` those of the pictures
    decoded last, `early` the presentation times of the first packets, `packets` the presentation time and
    stated length of each packet (s), `stamps` the last decoding times, and `counts` the packets, frames and
    samples. `restarts` are the decoding times at which a clock went back. `names` are the streams that speak
    under a name, `faulty` the first lines about damage with the position then, and `count` counts all such
    lines. `code` is FFmpeg's exit code.
    """

    starts: dict[int, Fraction] = field(default_factory=dict)
    positions: dict[int, Fraction] = field(default_factory=dict)
    early: dict[int, list[Fraction]] = field(default_factory=dict)
    packets: dict[int, list[tuple[float, float]]] = field(default_factory=dict)
    stamps: dict[int, Fraction] = field(default_factory=dict)
    restarts: list[Fraction] = field(default_factory=list)
    counts: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    names: dict[str, set[tuple[Whose, int]]] = field(default_factory=dict)
    faulty: list[tuple[str, str, Fraction | None]] = field(default_factory=list)
    count: int = 0
    code: int = 0

    def add(self, time: Fraction, data: Array) -> None:  # noqa: ARG002 (a line has no time)
        line = str(data)
        if stream := _STREAM.match(line):
            self._add_names(line, _kind(stream), int(stream[2]), stream[3])
        if frame := _DECODED.match(line):
            position = Fraction(frame[2])
            self.starts.setdefault(int(frame[1]), position)
            self.positions[int(frame[1])] = position
        elif packet := _PACKET.match(line):
            self._add_packet(int(packet[1]), *packet.group(2, 3, 4))
        elif counts := _COUNTS.search(line):
            index, packets, frames, samples = (int(count or 0) for count in counts.groups())
            self.counts[index] = packets, frames, samples
        elif line.startswith("[exit]"):
            self.code = int(line.split()[1])
        elif level := _LEVEL.search(line):
            self._add_fault(line, level[1], level[2])

    def _add_names(self, line: str, part: Whose, index: int, codec: str) -> None:
        """The names of a stream in the log: a decoder speaks under its own name, without a number."""
        decoder = _DECODER.search(line)
        for name in (codec, decoder[1] if decoder else codec):
            self.names.setdefault(name, set()).add((part, index))

    def _add_packet(self, index: int, presented: str, decoded: str, length: str) -> None:
        """A packet with its timestamps. Decoding times only grow, unless two recordings were joined."""
        time = math.nan if presented == _NO_TIME else float(presented)
        self.packets.setdefault(index, []).append((time, float(length)))
        early = self.early.setdefault(index, [])
        if presented != _NO_TIME and len(early) < _EARLY:
            early.append(Fraction(presented))
        if decoded == _NO_TIME:
            return
        stamp, last = Fraction(decoded), self.stamps.get(index)
        if last is not None and stamp < last - _BACK:
            self.restarts.append(last)
        self.stamps[index] = stamp

    def _add_fault(self, line: str, level: str, text: str) -> None:
        speaker = _SPEAKER.match(line)
        ours = speaker is None or speaker[1].startswith(_OURS) or "[enc:" in line
        if ours or any(harmless in text for harmless in HARMLESS):
            return
        if level == "warning" and not _CORRUPT.search(text):
            return
        self.count += 1
        if len(self.faulty) < _KEPT:
            self.faulty.append((line, text, max(self.positions.values(), default=None)))

    def result(self) -> DecodeReport:
        tracks = (
            DecodedTrack(
                index,
                packets,
                frames,
                samples,
                self.starts.get(index),
                self._lead(index),
                _pace(self.packets.get(index, ())),
            )
            for index, (packets, frames, samples) in sorted(self.counts.items())
        )
        faults = tuple(self._fault(line, text, time) for line, text, time in self.faulty)
        if self.code and not faults:
            faults = (
                DecodeFault("file", f"FFmpeg can't decode the file to its end (exit code {self.code})"),
            )
        gaps = (gap for index, packets in sorted(self.packets.items()) for gap in _gaps(index, packets))
        return DecodeReport(
            tuple(tracks),
            faults,
            max(self.count, len(faults)),
            tuple(self.restarts[:_KEPT]),
            tuple(islice(gaps, _KEPT)),
        )

    def _lead(self, index: int) -> int:
        """How many packets are presented before the first decoded picture."""
        first = self.starts.get(index)
        return 0 if first is None else sum(time < first for time in self.early.get(index, ()))

    def _fault(self, line: str, text: str, time: Fraction | None) -> DecodeFault:
        """A fault of a stream, of the only stream that speaks under that name, or else of the file."""
        if stream := _STREAM.match(line):
            return DecodeFault(_kind(stream), text, int(stream[2]), time)
        speaker = _SPEAKER.match(line)
        name = speaker[1] if speaker else ""
        if name.startswith("in#"):
            stated = _IN_STREAM.search(text)
            parts_by_index = {index: part for streams in self.names.values() for part, index in streams}
            index = int(stated[1]) if stated and int(stated[1]) in parts_by_index else None
            return DecodeFault("file" if index is None else parts_by_index[index], text, index, time)
        streams = self.names.get(name, set())
        parts = {part for part, _ in streams}
        return DecodeFault(
            parts.pop() if len(parts) == 1 else "file",
            text,
            next(iter(streams))[1] if len(streams) == 1 else None,
            time,
        )


def _kind(stream: re.Match[str]) -> Whose:
    return "picture" if stream[1] == "v" else "sound"


def _pace(packets: Sequence[tuple[float, float]]) -> float:
    """How much longer the packets of a stream last by their timestamps than by their stated lengths.

    1 where they state no length.
    """
    times, lengths = np.array(packets).T if len(packets) > _FEW else (np.zeros(0), np.zeros(0))
    stated = float(lengths[:-1].sum())
    if not stated or np.isnan(times).any():
        return 1.0
    return round(float(times.max() - times.min()) / stated, 3)


def _gaps(index: int, packets: Sequence[tuple[float, float]]) -> Iterator[StreamGap]:
    """The holes in a stream whose packets come at a steady pace, that of their stated lengths."""
    times, lengths = np.array(sorted(packets)).T if len(packets) > 1 else (np.zeros(0), np.zeros(0))
    steps = np.diff(times)
    if not len(steps) or np.isnan(times).any():
        return
    usual, stated = float(np.median(steps)), float(np.median(lengths))
    if usual <= 0 or abs(stated - usual) > _STEADY * usual:
        return
    regular = np.abs(steps - usual) <= max(_STEADY * usual, _TICK)
    wide = np.flatnonzero(steps > _HOLE_PACKETS * usual)
    if regular.mean() < _REGULAR or (steps[wide] - usual).sum() < _HOLES:
        return
    for number in wide:
        start, seconds = float(times[number]) + usual, float(steps[number]) - usual
        yield StreamGap(
            index,
            Fraction(round(start, 6)).limit_denominator(10**6),
            Fraction(round(seconds, 6)).limit_denominator(10**6),
        )
