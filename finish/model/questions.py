"""How planning measures streams: analysers and the questions that put them to a stream. `Ask` is the only way
to media."""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, Protocol, TypeVar, get_args

from finish.graph import Stream
from finish.units import Size, Span, digest, number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from finish.model.arrays import Array

F = TypeVar("F")
F_co = TypeVar("F_co", covariant=True)


@dataclass(frozen=True)
class Frames:
    """An analyser needs frames: fitted inside `box` (px; None: unscaled), in `pix_fmt`; with `at`, only the
    frames at these times (s), which lie on the stream's grid."""

    pix_fmt: str
    box: Size | None = None
    at: tuple[Fraction, ...] | None = None

    def of(self, stream: Stream) -> Stream:
        """The graph that gives just these frames of `stream`."""
        if self.at is not None:
            # Within half a millisecond: finer than any frame, coarser than any container's clock.
            near = "+".join(f"lt(abs(t-{number(time)}),0.0005)" for time in self.at)
            if self.at:  # little is decoded after the last frame; FFmpeg rounds the end to whole frames
                stream = stream.filter("trim", end=max(self.at) + Fraction(1, 2))
            stream = stream.filter("select", expr=near or "0")
        if self.box:
            # FFmpeg fits the picture as decoded: after rotation, whatever the container states.
            fit: dict[str, str | int] = {
                "force_original_aspect_ratio": "decrease",
                "force_divisible_by": 2,
                "flags": "area",
            }
            stream = stream.filter(
                "scale", w=self.box.width, h=self.box.height, size=None, pointwise=False, **fit
            )
        return stream.filter("format", pix_fmts=self.pix_fmt)


# The frames that analysers of content need from a source. Equal needs share one decode, so all use one small
# picture.
SMALL_PICTURE: Final = Frames("bgr24", Size(640, 640))


# Each from the first time until before the second (s), in order, without overlap.
Spans = tuple[tuple[Fraction, Fraction], ...]


def within(spans: Spans | None, time: Fraction) -> bool:
    """Whether a time lies in one of the spans; None: they cover everything."""
    if spans is None:
        return True
    number = bisect_right(spans, time, key=lambda span: span[0]) - 1
    return number >= 0 and time < spans[number][1]


@dataclass
class Sparse:
    """The frames that are examined: the first frame, and the first in every 1/`rate` s; with `spans`, only
    those in them."""

    rate: int | Fraction
    spans: Spans | None = None
    _slot: int | None = None

    def due(self, time: Fraction) -> bool:
        """Whether the frame at `time` (s) is examined. Call it in order of time, once per frame."""
        if not within(self.spans, time):
            return False
        slot = int(time * self.rate // 1)
        if self._slot is not None and slot <= self._slot:
            return False
        self._slot = slot
        return True


@dataclass(frozen=True)
class Samples:
    """An analyser needs sound: float32, shape (n, channels), resampled to `rate` (Hz)."""

    rate: int = 48_000


@dataclass(frozen=True)
class Scores:
    """An analyser needs one number per frame, a `feature` that libvmaf computes, such as "cambi"; times are
    frame numbers."""

    feature: str


@dataclass(frozen=True)
class Lines:
    """An analyser needs the lines (str) of FFmpeg's log while it decodes the `tracks` (stream numbers) of the
    whole file."""

    tracks: tuple[int, ...]


class Folding(Protocol[F_co]):
    """The state of one analyser over one stream: data is added in order, and the result is taken once at the
    end."""

    def add(self, time: Fraction, data: Array) -> None:
        """Add a frame (height, width[, 3]) of uint8 or uint16, a block of samples (n, channels) of float32, a
        score, or a line (a str).

        `time` is its time (s); 0 for a line.
        """
        ...

    def result(self) -> F_co: ...


Wants = Frames | Samples | Scores | Lines


class Analyser(ABC, Generic[F_co]):
    """One question about a stream, as a frozen value: its fields are its parameters. One per file in
    `analysis/`.

    To add one: a frozen dataclass derived from `Analyser[Facts]`, where `Facts` is the frozen dataclass of
    the answer, with fields that JSON can hold. State `version` and `wants` in its body, and define `begin()`.
    An analyser never opens a file.
    """

    version: ClassVar[int]  # raise it when the same pixels or samples get another answer
    _facts: ClassVar[type[Any]]

    def __init_subclass__(cls) -> None:
        """The type of the answer is the argument of the base: `class Shots(Analyser[ShotFacts])`."""
        super().__init_subclass__()
        (facts,) = get_args(cls.__dict__["__orig_bases__"][0])
        if not isinstance(facts, TypeVar):
            cls._facts = facts

    @property
    @abstractmethod
    def wants(self) -> Wants:
        """The data that it needs; a class attribute if that doesn't depend on the parameters."""

    @property
    def facts(self) -> type[F_co]:
        """The frozen dataclass of the answer."""
        return self._facts

    @abstractmethod
    def begin(self) -> Folding[F_co]:
        """A new fold over one stream."""


@dataclass(frozen=True)
class Measure(Generic[F_co]):
    """A measurement: an analyser applied to a stream. Its key is (analyser, version, parameters, stream).

    With `against`, the fold gets data of shape (1 + n, …): the stream first, then the others at the same
    time.
    """

    analyser: Analyser[F_co]
    of: Stream
    against: tuple[Stream, ...] = ()

    @property
    def key(self) -> str:
        others = [stream.key for stream in self.against] or [""]
        return digest(repr(self.analyser), str(self.analyser.version), self.of.key, *others)

    @property
    def streams(self) -> tuple[Stream, ...]:
        """All streams that the measurement reads."""
        return (self.of, *self.against)


class Parted(Analyser[F]):
    """An analyser that can measure the pieces of a picture one by one: a revision measures only changed
    pieces."""

    @abstractmethod
    def slice(self, span: Span) -> Parted[F] | None:
        """The question about the piece of a `span`, whose clock begins at 0; None if there is nothing to
        measure."""

    @abstractmethod
    def merged(self, answers: Sequence[F], /) -> F:
        """One answer for all pieces."""


class Ask(Protocol):
    """The only way from planning to media."""

    def __call__(self, question: Measure[F], /) -> F: ...

    def prepare(self, questions: Sequence[Measure[object]], /) -> None:
        """Answer several questions now, those about one stream in one decode; later calls return the
        answers."""
        ...


class MediaReader(Protocol):
    """Reads media: execution implements it, and tests replace it."""

    def samples(self, of: Stream, rate: int) -> Iterator[tuple[Fraction, NDArray[np.float32]]]: ...

    def frames(self, of: Stream, wants: Frames) -> Iterator[tuple[Fraction, NDArray[np.uint8]]]: ...

    def scores(self, of: Stream, feature: str) -> Iterator[tuple[Fraction, NDArray[np.float64]]]: ...

    def lines(self, of: Stream, tracks: tuple[int, ...]) -> Iterator[tuple[Fraction, NDArray[np.str_]]]: ...
