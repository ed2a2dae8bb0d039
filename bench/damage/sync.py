"""Sync of sound and picture against the source's stamps: `python -m bench.damage.sync`.

Clips of flashes and beeps whose sound clock drifts, jitters, starts elsewhere, or stops are finished, and the
delivered file is measured: each beep against its flash. The truth is the smooth clock behind the stamps.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any, Final

import av
import numpy as np
from numpy.typing import NDArray

from finish import api
from finish.engine.engine import Engine
from finish.stages import STAGES
from finish.storage.store import Store

RATE, FRAMES, SECONDS = 48_000, 30, 13
MOMENTS: Final = tuple(Fraction(k) + Fraction(1, 2) for k in range(SECONDS - 1))  # s: each on a frame
SPREAD: Final = 0.25  # s around a flash in which its beep is searched
LIMIT: Final = 1.0  # ms
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Clock:
    """The clock of the sound's stamps.

    `drift` (0.005: stamps run half a percent faster than samples), `offset` in s, `jitter` in s per packet.
    `gap` s are missing at the stamp `at` (s).
    """

    name: str
    suffix: str
    codec: str
    drift: float = 0.0
    offset: float = 0.0
    jitter: float = 0.0
    gap: float = 0.0
    at: float = 6.1

    def stamp(self, sample: float) -> float:
        """The moment (s) of a second of samples."""
        smooth = self.offset + sample * (1 + self.drift)
        return smooth + (self.gap if smooth >= self.at else 0.0)

    def sample(self, stamp: float) -> float:
        """The second of samples of a moment; None if it is in the gap."""
        return (stamp - (self.gap if stamp >= self.at + self.gap else 0.0) - self.offset) / (1 + self.drift)


CLOCKS: Final = (
    Clock("no drift", "mp4", "aac"),
    Clock("offset +120 ms", "mkv", "aac", offset=0.12),
    Clock("offset -80 ms", "mkv", "flac", offset=-0.08),
    Clock("drift +0.1 %", "mp4", "aac", drift=0.001),
    Clock("drift +0.5 %", "mkv", "aac", drift=0.005),
    Clock("drift -0.5 %", "mkv", "pcm_s16le", drift=-0.005),
    Clock("drift +1 %", "mkv", "flac", drift=0.01),
    Clock("drift -1 %", "ts", "aac", drift=-0.01),
    Clock("jitter 4 ms", "mkv", "aac", jitter=0.004),
    Clock("drift +0.3 %, jitter 4 ms", "mkv", "aac", drift=0.003, jitter=0.004),
    Clock("gap 0.3 s", "mkv", "aac", gap=0.3),
    Clock("gap 0.3 s, drift -0.2 %", "ts", "aac", gap=0.3, drift=-0.002),
)


def beep() -> Floats:
    """30 ms from 800 to 6000 Hz under a smooth window: located to a hundredth of a millisecond."""
    time = np.arange(int(0.03 * RATE)) / RATE
    return np.asarray(0.5 * np.hanning(len(time)) * np.sin(2 * np.pi * (800 * time + 5200 / 0.06 * time**2)))


def _samples(clock: Clock) -> Floats:
    """The recorded sound, with a beep at every moment by the clock, each in the middle of its 30 ms."""
    length = int((SECONDS - clock.offset) / (1 + clock.drift) * RATE) - int(clock.gap * RATE)
    sound, shape = np.random.default_rng(5).normal(0, 0.002, length), beep()
    for moment in MOMENTS:
        at = round((clock.sample(float(moment)) - 0.015) * RATE)
        if at >= 0 and at + len(shape) <= length:
            sound[at : at + len(shape)] += shape
    return sound


def make(clock: Clock, folder: Path) -> Path:
    """A clip of 13 s at 30 fps with a white frame at each moment, and sound with the clock's stamps."""
    path, chance = folder / f"clip.{clock.suffix}", Random(clock.name)
    container_format = {"mkv": "matroska", "ts": "mpegts"}.get(clock.suffix, clock.suffix)
    with av.open(str(path), "w", format=container_format) as target:
        picture: Any = target.add_stream(
            "libx264", rate=FRAMES, options={"preset": "ultrafast", "g": "30", "bf": "0"}
        )
        picture.width, picture.height, picture.pix_fmt = 160, 120, "yuv420p"
        sound: Any = target.add_stream(clock.codec, rate=RATE, layout="mono")
        packets = [*_pictures(picture), *_stamped(sound, clock, chance)]
        for packet in sorted(packets, key=lambda encoded: float(encoded.dts * encoded.time_base)):
            target.mux(packet)
    return path


def _pictures(stream: Any) -> list[Any]:
    packets, white = [], {int(moment * FRAMES) for moment in MOMENTS}
    dark = np.random.default_rng(3).integers(20, 60, (120, 160, 3), dtype=np.uint8)
    for number in range(SECONDS * FRAMES):
        pixels = np.full_like(dark, 235) if number in white else np.roll(dark, number, axis=1)
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
        frame.pts, frame.time_base = number, Fraction(1, FRAMES)
        packets += stream.encode(frame)
    return [*packets, *stream.encode(None)]


def _stamped(stream: Any, clock: Clock, chance: Random) -> list[Any]:
    """The encoded sound with its packets' times by the clock."""
    samples = _samples(clock)
    codes = (samples * 32767).round().astype(np.int16)
    packets, size = [], 1024
    for at in range(0, len(codes) - size, size):
        frame = av.AudioFrame.from_ndarray(codes[at : at + size].reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
        packets += stream.encode(frame)
    packets += stream.encode(None)
    for packet in packets:
        second = float(packet.pts * packet.time_base)
        stamp = clock.stamp(second) + chance.uniform(-clock.jitter, clock.jitter)
        packet.time_base = Fraction(1, 90_000)
        packet.pts = packet.dts = round(stamp * 90_000)
    return packets


def flashes(path: Path) -> list[float]:
    """The times of the white frames (s)."""
    with av.open(str(path)) as container:
        frames = [
            (float(frame.pts * frame.time_base), frame.to_ndarray(format="gray").mean())
            for frame in container.decode(video=0)
        ]
    return [time for time, light in frames if light > 150]


def sounding(path: Path) -> tuple[float, Floats]:
    """The sound as one channel, and the time of its first sample (s)."""
    with av.open(str(path)) as container:
        blocks = [(float(frame.pts * frame.time_base), frame) for frame in container.decode(audio=0)]
        assert all(frame.sample_rate == RATE for _, frame in blocks)
        return blocks[0][0], np.concatenate(
            [frame.to_ndarray().astype(np.float64).mean(axis=0) for _, frame in blocks]
        )


def errors(path: Path) -> list[float]:
    """The delay of each beep after its flash in ms; a missing beep counts as 1000 ms."""
    start, sound = sounding(path)
    shape = beep()
    delays = []
    for flash in flashes(path):
        low = max(0, int((flash - start - SPREAD) * RATE))
        part = sound[low : int((flash - start + SPREAD) * RATE)]
        like = np.abs(np.correlate(part, shape, mode="valid")) if len(part) >= len(shape) else np.zeros(1)
        at = int(like.argmax())
        if like[at] < 0.02:
            delays.append(1000.0)
            continue
        fine = _peak(np.correlate(part, shape, mode="valid"), at)
        delays.append(float(start + (low + fine) / RATE + 0.015 - flash) * 1000)
    return delays


def _peak(like: Floats, at: int) -> float:
    """The position of a curve's maximum between samples."""
    if not 0 < at < len(like) - 1:
        return float(at)
    before, middle, after = like[at - 1 : at + 2]
    bend = before - 2 * middle + after
    return at + (0.5 * (before - after) / bend if bend else 0.0)


def finished(clip: Path, folder: Path) -> tuple[Path, tuple[str, ...]]:
    """The delivered file, and its notes."""
    sections = {"encode": {"size": "360x640"}, "reframe": {"follow": "pad"}, "sound": {"target": "none"}}
    engine = Engine(
        api.quick(clip, ["tiktok"], sections, folder=folder).job, STAGES, store=Store(folder / "store")
    )
    (outcome,) = engine.finish()
    if outcome.error:
        raise outcome.error
    if outcome.path is None:
        raise RuntimeError("; ".join(map(str, outcome.broken)))
    return outcome.path, tuple(map(str, outcome.notes))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.damage.sync", description=__doc__)
    parser.add_argument("--only", default="", help="part of a clock's name")
    settings = parser.parse_args()
    sys.stdout.write("| clock | moments | worst (ms) | mean (ms) | each |\n|---|--:|--:|--:|---|\n")
    wrong = 0
    for clock in CLOCKS:
        if settings.only in clock.name:
            wrong += not _row(clock, sys.stdout.write)
    return 1 if wrong else 0


def _row(clock: Clock, write: Callable[[str], object]) -> bool:
    """Measure one clock and write its row; returns whether every moment is within the limit."""
    with tempfile.TemporaryDirectory(prefix="finish-sync-") as folder:
        try:
            path, _ = finished(make(clock, Path(folder)), Path(folder))
            delays = errors(path)
        except Exception as refused:
            write(f"| {clock.name} ({clock.suffix}) | 0 | | | {refused} |\n")
            return False
    worst, mean = max(map(abs, delays)), sum(delays) / len(delays)
    write(
        f"| {clock.name} ({clock.suffix}, {clock.codec}) | {len(delays)} | {worst:.2f} | {mean:+.2f} "
        f"| {' '.join(f'{delay:+.1f}' for delay in delays)} |\n"
    )
    sys.stdout.flush()
    return len(delays) >= 10 and worst <= LIMIT


if __name__ == "__main__":
    sys.exit(main())
