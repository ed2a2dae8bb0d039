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
    """An analyser wants pictures: fitted inside `box` (None: as they are), in `pix_fmt`; only those at `at`,
    when given.

    Times in `at` are frame times on the stream's grid.
    """

    pix_fmt: str
    box: Size | None = None
    at: tuple[Fraction, ...] | None = None

    def of(self, stream: Stream) -> Stream:
        """The graph that shows just what is wanted of `stream`."""
        if self.at is not None:
            # Half a millisecond either way: finer than any frame, coarser than any container's clock.
            near = "+".join(f"lt(abs(t-{number(time)}),0.0005)" for time in self.at)
            if self.at:  # little is decoded for what comes after; FFmpeg rounds the end to whole frames
                stream = stream.filter("trim", end=max(self.at) + Fraction(1, 2))
            stream = stream.filter("select", expr=near or "0")
        if self.box:
            # FFmpeg fits the picture that it really has: after rotation, whatever the container says.
            fit: dict[str, str | int] = {
                "force_original_aspect_ratio": "decrease",
                "force_divisible_by": 2,
                "flags": "area",
            }
            stream = stream.filter(
                "scale", w=self.box.width, h=self.box.height, size=None, pointwise=False, **fit
            )
        return stream.filter("format", pix_fmts=self.pix_fmt)


# What everything that looks at content wants of a source: equal wants share one decode, so there is one small
# picture for all.
SMALL_PICTURE: Final = Frames("bgr24", Size(640, 640))


Spans = tuple[tuple[Fraction, Fraction], ...]  # from when until before when (s), in order and apart


def within(spans: Spans | None, time: Fraction) -> bool:
    """Whether a time lies in one of them; None: they are everywhere."""
    if spans is None:
        return True
    number = bisect_right(spans, time, key=lambda span: span[0]) - 1
    return number >= 0 and time < spans[number][1]


@dataclass
class Sparse:
    """Which frames are looked at: the first of all, and the first of every 1/`rate` s; with `spans`, of those
    in them."""

    rate: int | Fraction
    spans: Spans | None = None
    _slot: int | None = None

    def due(self, time: Fraction) -> bool:
        """Whether the frame at `time` (s) is one; asked in order of time, once for each frame."""
        if not within(self.spans, time):
            return False
        slot = int(time * self.rate // 1)
        if self._slot is not None and slot <= self._slot:
            return False
        self._slot = slot
        return True


@dataclass(frozen=True)
class Samples:
    """An analyser wants sound: float32, shape (n, channels), resampled to `rate` Hz."""

    rate: int = 48_000


@dataclass(frozen=True)
class Scores:
    """An analyser wants one number of each frame, which libvmaf computes: its `feature`, as "cambi"; times
    are numbers of frames."""

    feature: str


@dataclass(frozen=True)
class Lines:
    """An analyser wants what FFmpeg reports while it decodes the `tracks` (numbers of streams) of the whole
    file, each line a str."""

    tracks: tuple[int, ...]


class Folding(Protocol[F_co]):
    """The running state of one analyser over one stream: fed in order, asked once at the end."""

    def add(self, time: Fraction, data: Array) -> None:
        """One frame (height, width[, 3]) of uint8 or uint16, a block of samples (n, channels) float32, a
        score, or a line (a str).

        `time` is its time in seconds; 0 of a line.
        """
        ...

    def result(self) -> F_co: ...


Wants = Frames | Samples | Scores | Lines


class Analyser(ABC, Generic[F_co]):
    """One question about a stream, as a frozen value: its fields are its parameters. One per file in
    `analysis/`.

    To add one: a frozen dataclass derived from `Analyser[Facts]`, where `Facts` is the frozen dataclass of
    the answer, which JSON can carry. State `version` and `wants` in its body and define `begin()`. An
    analyser never touches a file.
    """

    version: ClassVar[int]  # raise it whenever the same pixels or samples would get another answer
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
        """The data of the stream; a class attribute where it does not depend on the parameters."""

    @property
    def facts(self) -> type[F_co]:
        """The frozen dataclass of the answer."""
        return self._facts

    @abstractmethod
    def begin(self) -> Folding[F_co]:
        """A new fold over one stream."""


@dataclass(frozen=True)
class Measure(Generic[F]):
    """An analyser put to a stream. Its key is (analyser, version, parameters, stream).

    With `against`, the fold is given data of shape (1 + n, …): the stream first, then the others at the same
    time.
    """

    analyser: Analyser[F]
    of: Stream
    against: tuple[Stream, ...] = ()

    @property
    def key(self) -> str:
        others = [stream.key for stream in self.against] or [""]
        return digest(repr(self.analyser), str(self.analyser.version), self.of.key, *others)

    @property
    def streams(self) -> tuple[Stream, ...]:
        """All that is looked at."""
        return (self.of, *self.against)


class Parted(Analyser[F]):
    """An analyser that can be put to the pieces of a picture one by one: a revision costs no more than the
    pieces it changed."""

    @abstractmethod
    def slice(self, span: Span) -> Parted[F] | None:
        """The question to the piece that shows `span`, whose clock begins at 0; None where there is nothing
        to ask."""

    @abstractmethod
    def merged(self, answers: Sequence[F], /) -> F:
        """One answer for all pieces."""


class Ask(Protocol):
    """The only way from planning to media."""

    def __call__(self, question: Measure[F], /) -> F: ...

    def prepare(self, questions: Sequence[Measure[Any]], /) -> None:
        """Answer several questions now, those about one stream in one decode; later calls return the
        answers."""
        ...


class MediaReader(Protocol):
    """Reads media: execution implements it, and tests replace it."""

    def samples(self, of: Stream, rate: int) -> Iterator[tuple[Fraction, NDArray[np.float32]]]: ...

    def frames(self, of: Stream, wants: Frames) -> Iterator[tuple[Fraction, NDArray[np.uint8]]]: ...

    def scores(self, of: Stream, feature: str) -> Iterator[tuple[Fraction, NDArray[np.float64]]]: ...

    def lines(self, of: Stream, tracks: tuple[int, ...]) -> Iterator[tuple[Fraction, NDArray[np.str_]]]: ...
