"""Exact values for times, sizes, frame rates and decibels, and how they are written and read."""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Protocol

# Rates that cameras, generators and destinations really use (NTSC ones are n·1000/1001).
STANDARD_RATES: Final = tuple(
    sorted(
        [Fraction(n) for n in (12, 15, 16, 24, 25, 30, 48, 50, 60, 100, 120)]
        + [Fraction(n * 1000, 1001) for n in (24, 30, 60, 120)]
    )
)
# Short on purpose: Fraction("1e999999999") would be computed.
_RATE: Final = re.compile(r"^\d{1,9}(?:\.\d{1,9}|/[1-9]\d{0,8})?$")
_TIME: Final = re.compile(r"^(?:(?:(\d{1,4}):)?(\d{1,6}):)?(\d{1,9}(?:\.\d{1,9})?)$")
# The part of BCP 47 that jobs accept: a language of two or three letters, then subtags.
LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, order=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    @classmethod
    def parse(cls, text: str) -> Size:
        """`1080x1920`; ValueError otherwise."""
        match = re.fullmatch(r"\s*(\d{1,5})\s*[x×]\s*(\d{1,5})\s*", text)
        if not match:
            raise ValueError(f"{text!r} isn't a size: write WIDTHxHEIGHT, such as 1080x1920")
        return cls(int(match[1]), int(match[2]))

    @property
    def pixels(self) -> int:
        return self.width * self.height

    @property
    def aspect(self) -> Fraction:
        return Fraction(self.width, self.height)

    def within(self, box: Size) -> Size:
        """The largest even size of this aspect inside `box`, never larger than this size."""
        scale = min(Fraction(box.width, self.width), Fraction(box.height, self.height), Fraction(1))
        return Size(even(self.width * scale), even(self.height * scale))

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


@dataclass(frozen=True, order=True)
class Span:
    """A half-open range of time in seconds: `start` is in it, `end` is not."""

    start: Fraction
    end: Fraction

    @property
    def length(self) -> Fraction:
        """The duration (s)."""
        return self.end - self.start


class Edges(Protocol):
    """A rectangle, in pixels or as fractions of a picture."""

    @property
    def left(self) -> float: ...
    @property
    def top(self) -> float: ...
    @property
    def right(self) -> float: ...
    @property
    def bottom(self) -> float: ...


def common(one: Edges, other: Edges) -> float:
    """The area of the intersection of two rectangles, in their units; 0 if they don't overlap."""
    wide, high = (
        min(one.right, other.right) - max(one.left, other.left),
        min(one.bottom, other.bottom) - max(one.top, other.top),
    )
    return max(0, wide) * max(0, high)


def overlap(one: Edges, other: Edges) -> float:
    """The intersection of two rectangles over their union; 0 for two without an area."""
    both = sum((box.right - box.left) * (box.bottom - box.top) for box in (one, other))
    shared = common(one, other)
    return shared / (both - shared) if both > shared else 0.0


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels: `left` and `top` are inside, `right` and `bottom` are outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def size(self) -> Size:
        return Size(self.right - self.left, self.bottom - self.top)

    def grown(self, by: int) -> Box:
        """The rectangle with edges that are `by` px further out."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def meets(self, other: Box) -> bool:
        """Whether both share a pixel."""
        return common(self, other) > 0


def scaled(box: Box, picture: Size, to: Size) -> Box:
    """`box` of a picture of one size, in the same picture scaled `to` another."""
    across, down = to.width / picture.width, to.height / picture.height
    return Box(
        round(box.left * across), round(box.top * down), round(box.right * across), round(box.bottom * down)
    )


def merged(spans: Iterable[Span], gap: Fraction = Fraction(0)) -> list[Span]:
    """Spans in order; spans at most `gap` (s) apart are joined."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.start - joined[-1].end <= gap:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def even(value: Fraction | float) -> int:
    """The nearest even whole number, at least 2 (4:2:0 pictures have even sides)."""
    return max(2, 2 * round(value / 2))


def seconds(text: str | float) -> Fraction:
    """`83.5`, `1:23.5` or `0:01:23.5` as exact seconds; ValueError otherwise."""
    match = _TIME.match(str(text).strip())
    if not match:
        raise ValueError(
            f"{text!r} isn't a time: write seconds or [hours:]minutes:seconds, such as 83.5 or 1:23.5"
        )
    hours, minutes, rest = match.groups()
    return Fraction(rest) + 60 * int(minutes or 0) + 3600 * int(hours or 0)


def clock(time: Fraction) -> str:
    """Seconds as text: 14.2 → `0:14.20`."""
    hundredths = round(time * 100)
    minutes, rest = divmod(hundredths, 6000)
    return f"{minutes}:{rest // 100:02d}.{rest % 100:02d}"


def first_frame(time: Fraction, rate: Fraction) -> int:
    """The first frame of a grid that shows the source from `time` (s) on: like FFmpeg's `fps`, to the nearest
    frame, halves up."""
    return math.floor(time * rate + Fraction(1, 2))


def rate(value: Fraction | float | str, near: Fraction = Fraction(1, 1000)) -> Fraction:
    """A frame rate, snapped to the standard one within `near` of it, 0.1 % (29.97 → 30000/1001)."""
    if isinstance(value, str) and not _RATE.match(value.strip()):
        raise ValueError(f"{value!r} isn't a frame rate: write 25, 29.97 or 30000/1001")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value!r} isn't a frame rate: it must be finite")
    exact = (
        Fraction(value) if isinstance(value, str | Fraction) else Fraction(value).limit_denominator(1_000_000)
    )
    if exact <= 0:
        raise ValueError(f"{value!r} isn't a frame rate: it must be greater than 0")
    nearest = min(STANDARD_RATES, key=lambda standard: abs(standard - exact))
    return nearest if abs(nearest - exact) <= nearest * near else exact


def tongue(tag: str) -> str:
    """The language of a BCP 47 tag without its script and region: "pt-BR" → "pt"."""
    return tag.lower().split("-")[0]


def composed(name: str) -> str:
    """A name in Unicode NFC ("é" as one character), the form in which names are compared; macOS used to
    write NFD."""
    return unicodedata.normalize("NFC", name)


def number(value: Fraction | float) -> str:
    """A number as FFmpeg options take it: up to nine decimals, no exponent, no trailing zeros."""
    text = f"{float(value):.9f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def decibels(gain: float) -> float:
    """The level of an amplitude ratio in dB; −inf for 0."""
    return 20 * math.log10(gain) if gain > 0 else -math.inf


def gain(db: float) -> float:
    """The amplitude ratio of a level in dB."""
    return float(10 ** (db / 20))


def digest(*parts: str | bytes) -> str:
    """SHA-256 (hex) of the parts, each preceded by its length, so that ("ab","c") and ("a","bc") differ."""
    sha = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        sha.update(f"{len(data)}:".encode())
        sha.update(data)
    return sha.hexdigest()
