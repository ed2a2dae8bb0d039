"""Clips whose every frame states its clip and its number, and whose sound is that clip's own noise with a
chirp at each flash; and readers of files that are made of such clips.

A picture has 24 black or white cells in its middle, which a vertical crop keeps, so that a reader needs only
the height of a file's picture.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from clip_files import TAGS
from numpy.typing import NDArray

from finish.media.ffmpeg import ffmpeg_runner

Levels = NDArray[np.float64]
Samples = NDArray[np.float64]
RATE: Final = 48_000  # Hz, of the sound
RATES: Final = tuple(map(Fraction, ("24000/1001", "24", "25", "30000/1001", "30")))  # Hz, of pictures
COLUMNS, ROWS = 6, 4
CELL: Final = (16, 36)  # of a picture with 180 lines: whole macroblocks across
LINES: Final = 180
NUMBERS, CLIPS, CHECKS = 12, 5, 5  # bits
FLASH_EVERY, FLASH_AT = 24, 10  # frames
BLACK, WHITE, GROUND = 16, 235, 90  # codes of luma
_CLEAR: Final = 0.25  # of black to white: how far a cell of a lone picture is from its level at most


@dataclass(frozen=True)
class Counter:
    """What a frame states: its clip (0 to 31), and its number in it (0 to 4095)."""

    clip: int
    number: int

    @property
    def bits(self) -> Levels:
        """The levels of the cells, row by row: a black and a white one, clip, number, and a check."""
        check = (13 * self.number + 7 * self.clip + (self.number >> 5)) % 2**CHECKS
        stated = ((self.clip, CLIPS), (self.number, NUMBERS), (check, CHECKS))
        bits = [value >> place & 1 for value, count in stated for place in range(count)]
        return np.array([0, 1, *bits], dtype=float)

    @classmethod
    def of(cls, levels: Levels) -> Counter | None:
        """The counter in a lone picture; None for a mix of pictures, or none."""
        bits = levels.round().astype(int)
        if np.abs(levels - bits).max() > _CLEAR:
            return None
        whole = [
            sum(int(bit) << place for place, bit in enumerate(part)) for part in np.split(bits, (2, 7, 19))
        ]
        counter = cls(whole[1], whole[2])
        return counter if np.array_equal(counter.bits, bits) else None


@dataclass(frozen=True)
class CounterClip:
    """A clip of counters: `number` is its own, `count` its length in frames.

    `sound` is "" for a clip without sound. `options` are FFmpeg's for the file, after those of the codecs.
    """

    number: int
    count: int = 96
    rate: Fraction = Fraction(25)
    size: tuple[int, int] = (320, 180)
    sound: str = "pcm_s16le"
    filters: str = ""
    options: tuple[str, ...] = ()

    def write(self, path: Path) -> Path:
        """The file, in H.264 of nearly no loss."""
        width, height = self.size
        raw = ("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{width}x{height}", "-r", str(self.rate))
        inputs, codecs = [*raw, "-i", "-"], ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "8"]
        if self.sound:
            noise = path.with_suffix(".f32")
            noise.write_bytes(noise_of(self.number, self.samples, self.rate).astype("<f4").tobytes())
            inputs += ["-f", "f32le", "-ar", str(RATE), "-ac", "1", "-i", str(noise)]
            codecs += ["-c:a", self.sound, *(("-b:a", "256k") if self.sound == "aac" else ())]
        filters = ",".join(part for part in (TAGS, self.filters) if part)
        command = [
            ffmpeg_runner.binary(),
            "-v",
            "error",
            "-y",
            *inputs,
            "-vf",
            filters,
            *codecs,
            *self.options,
        ]
        pictures = b"".join(self.pictures())
        done = subprocess.run([*command, str(path)], input=pictures, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()[-2000:]
        path.with_suffix(".f32").unlink(missing_ok=True)
        return path

    @property
    def samples(self) -> int:
        return round(self.count / self.rate * RATE)

    def pictures(self) -> Iterator[bytes]:
        """Every frame as planes of 4:2:0; its ground has a colour of the clip's own, and is white in a
        flash."""
        width, height = self.size
        half = (height // 2, width // 2)
        angle = 2.4 * self.number
        hue = [round(128 + 40 * wave(angle)) for wave in (np.cos, np.sin)]
        for number in range(self.count):
            flash = flashes(number)
            luma = np.full((height, width), WHITE if flash else GROUND, np.uint8)
            for (rows, columns), bit in zip(
                cells(width, height), Counter(self.number, number).bits, strict=True
            ):
                luma[rows, columns] = WHITE if bit else BLACK
            chroma = (np.full(half, 128 if flash else code, np.uint8) for code in hue)
            yield b"".join(plane.tobytes() for plane in (luma, *chroma))


def flashes(number: int) -> bool:
    """Whether the frame of this number is a flash."""
    return number % FLASH_EVERY == FLASH_AT


def cells(width: int, height: int) -> list[tuple[slice, slice]]:
    """The rows and columns of each cell in a picture of this size, row by row."""
    unit = height / LINES
    left, top = width / 2 - COLUMNS * CELL[0] * unit / 2, height / 2 - ROWS * CELL[1] * unit / 2

    def part(start: float, length: float, place: int) -> slice:
        return slice(round(start + place * length * unit), round(start + (place + 1) * length * unit))

    return [
        (part(top, CELL[1], row), part(left, CELL[0], column))
        for row in range(ROWS)
        for column in range(COLUMNS)
    ]


# -- sound ------------------------------------------------------------------------------------------


@cache
def chirp() -> Samples:
    """A burst of 5 ms from 1 to 7 kHz: its place is one sharp peak of a correlation."""
    time = np.arange(240) / RATE
    return np.asarray(0.7 * np.hanning(240) * np.sin(2 * np.pi * (1000 * time + 6000 / 0.01 * time**2)))


@cache
def _long_noise(clip: int) -> Samples:
    """Noise from 300 Hz to 6 kHz, at −26 dB (RMS), that is no other clip's."""
    white = np.random.default_rng(1000 + clip).standard_normal(60 * RATE)
    spectrum, frequencies = np.fft.rfft(white), np.fft.rfftfreq(len(white), 1 / RATE)
    spectrum[(frequencies < 300) | (frequencies > 6000)] = 0
    noise = np.fft.irfft(spectrum, len(white))
    return np.asarray(0.05 * noise / noise.std())


def noise_of(clip: int, count: int, rate: Fraction) -> Samples:
    """The sound of a clip: its noise, and a chirp that begins with each flash."""
    sound = _long_noise(clip)[:count].copy()
    number = FLASH_AT
    while (start := round(number / rate * RATE)) + len(chirp()) <= count:
        sound[start : start + len(chirp())] += chirp()
        number += FLASH_EVERY
    return sound


def chirps(sound: Samples) -> list[int]:
    """The first sample of each chirp in a sound (n)."""
    match = np.correlate(sound, chirp(), "valid") / (chirp() ** 2).sum()
    loud = np.flatnonzero(match > 0.4)
    groups = np.split(loud, np.flatnonzero(np.diff(loud) > 480) + 1) if loud.size else []
    return [int(group[match[group].argmax()]) for group in groups]


def lag(sound: Samples, clip: int, expected: int, reach: int = 200) -> int:
    """How many samples late a part of a clip's sound is that should begin with its sample `expected`: too
    late is positive.

    Chirps don't count. A part of 2,000 samples or more is unmistakable.
    """
    sound = sound.copy()
    for start in chirps(sound):
        sound[max(0, start - 48) : start + len(chirp()) + 48] = 0
    begin = expected - reach
    own = _long_noise(clip)[max(0, begin) : expected + len(sound) + reach]
    own = np.concatenate([np.zeros(max(0, -begin)), own])
    match = np.correlate(own, sound, "valid")
    best = int(match.argmax())
    strength = match[best] / np.sqrt((own[best : best + len(sound)] ** 2).sum() * (sound**2).sum())
    assert strength > 0.5, f"this isn't the sound of clip {clip} ({strength:.2f})"
    return reach - best


def gains(sound: Samples, clips: Sequence[tuple[int, int]], window: int = 240) -> NDArray[np.float64]:
    """How loud each of several clips is in each window of a sound (windows, clips), by least squares.

    `clips` has (number, its sample at the first sample of the sound).
    """
    own = np.stack([_long_noise(clip)[first : first + len(sound)] for clip, first in clips], axis=1)
    starts = range(0, len(sound) - window + 1, window)
    return np.stack(
        [np.linalg.lstsq(own[at : at + window], sound[at : at + window], rcond=None)[0] for at in starts]
    )


# -- readers ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """One frame of a file: its time (s), the levels of its cells (0 to 1), and if its ground is white."""

    time: Fraction
    levels: Levels
    flash: bool

    @property
    def counter(self) -> Counter | None:
        return Counter.of(self.levels)

    def share(self, before: Counter, after: Counter) -> tuple[float, float]:
        """How much of `after` is in a dissolve from `before` (0 to 1), and how far a cell is from it."""
        step = after.bits - before.bits
        share = float(step @ (self.levels - before.bits) / (step @ step))
        return share, float(np.abs(self.levels - before.bits - share * step).max())


def readings(path: Path) -> list[Reading]:
    """Every frame of a file."""
    import av

    with av.open(str(path)) as container:
        return [_reading(frame.pts * frame.time_base, _luma(frame)) for frame in container.decode(video=0)]


def _luma(frame: Any) -> NDArray[np.float64]:
    deep = frame.format.components[0].bits - 8
    plane = frame.planes[0]
    lines = np.frombuffer(plane, "<u2" if deep else np.uint8).reshape(plane.height, -1)
    return np.asarray(lines[:, : plane.width] / 2**deep)


def _reading(time: Fraction, luma: NDArray[np.float64]) -> Reading:
    height, width = luma.shape
    inner = [_inner(rows, columns) for rows, columns in cells(width, height)]
    levels = (np.array([luma[part].mean() for part in inner]) - BLACK) / (WHITE - BLACK)
    ground = luma[height // 50 : height // 14, inner[0][1].start : inner[COLUMNS - 1][1].stop]
    return Reading(time, levels, bool(ground.mean() > (GROUND + WHITE) / 2))


def _inner(rows: slice, columns: slice) -> tuple[slice, slice]:
    """The middle of a cell, where no neighbour reaches after scaling."""
    high, wide = rows.stop - rows.start, columns.stop - columns.start
    return (
        slice(rows.start + high // 4, rows.stop - high // 4),
        slice(columns.start + wide // 4, columns.stop - wide // 4),
    )


def sound_of(path: Path) -> Samples:
    """The first channel of a file's sound as it is played: sample 0 is at the time 0 of its pictures."""
    import av

    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert stream.rate == RATE
        resampler = av.AudioResampler(format="fltp", layout=stream.layout, rate=RATE)
        blocks = [
            (frame.pts * frame.time_base, block.to_ndarray()[0])
            for frame in container.decode(stream)
            for block in resampler.resample(frame)
        ]
    first = round(blocks[0][0] * RATE)
    whole = np.concatenate([block for _, block in blocks]).astype(float)
    return np.concatenate([np.zeros(max(0, first)), whole[max(0, -first) :]])
