"""A stream: a file's content or a generator, then every filter put on it, up to and including its encoding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal

from finish.graph.filter_values import NOTHING, Payload, TimeSliced
from finish.graph.timeline import Timeline
from finish.units import Size, Span, digest, number

Kind = Literal["video", "audio"]


@dataclass(frozen=True)
class EnableSpan(TimeSliced):
    """When a filter is on (`enable`): from `start` until `end` of its stream's clock (s, half-open).

    FFmpeg is told both `early`, half a frame, far from where clocks round.
    """

    start: Fraction
    end: Fraction
    early: Fraction = Fraction(0)

    def during(self, span: Span) -> EnableSpan | str | None:
        if self.end <= span.start or span.end <= self.start:
            return None
        return NOTHING if self.start <= span.start and span.end <= self.end else self

    def later(self, by: Fraction) -> EnableSpan:
        return replace(self, start=self.start + by, end=self.end + by)

    def __str__(self) -> str:
        return f"gte(t,{number(self.start - self.early)})*lt(t,{number(self.end - self.early)})"


@dataclass(frozen=True)
class EnableSpans(TimeSliced):
    """When a filter is on: in several spans of its stream's clock (s, half-open), in order and apart, told `early` as in `EnableSpan`."""

    spans: tuple[Span, ...]
    early: Fraction = Fraction(0)

    def during(self, span: Span) -> EnableSpans | str | None:
        """What of it lies in `span`, so that what lies elsewhere renames nothing."""
        kept = tuple(
            Span(max(each.start, span.start), min(each.end, span.end))
            for each in self.spans
            if each.start < span.end and span.start < each.end
        )
        return None if not kept else NOTHING if kept == (span,) else replace(self, spans=kept)

    def later(self, by: Fraction) -> EnableSpans:
        return replace(self, spans=tuple(Span(each.start + by, each.end + by) for each in self.spans))

    def __str__(self) -> str:
        return "+".join(str(EnableSpan(each.start, each.end, self.early)) for each in self.spans)


@dataclass(frozen=True)
class PayloadBytes:
    """A payload that is just bytes."""

    suffix: str
    data: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        return digest(self.suffix, self.data)

    def content(self) -> bytes:
        return self.data


@dataclass(frozen=True)
class PackedPayload:
    """The bytes of a payload, under the digest of all that its effect depends on."""

    suffix: str
    digest: str
    data: bytes = field(repr=False)

    def content(self) -> bytes:
        return self.data


def commands(target: str, option: str, changes: Sequence[tuple[Fraction, int | float]]) -> PayloadBytes:
    """What `sendcmd` reads to give an option each value from its time (s) on.

    Each line ends where the next begins: FFmpeg looks at every line that is still open in every frame.
    """
    stamps = [number(time) for time, _ in changes]
    spans = [*(f"{start}-{end}" for start, end in pairwise(stamps)), *stamps[-1:]]
    lines = (
        f"{span} {target} {option} {number(value)};\n"
        for span, (_, value) in zip(spans, changes, strict=True)
    )
    return PayloadBytes(".cmd", "".join(lines).encode())


# A value whose text is its own; any other value is a payload, which FFmpeg reads from a file.
Plain = str | int | float | Fraction | EnableSpan | EnableSpans | Timeline
Arg = Plain | Payload
Args = tuple[tuple[str, Arg], ...]


@dataclass(frozen=True)
class Encoding:
    """How a stream is written as a piece of its own: the file's suffix, FFmpeg's muxer and its output options, in order."""

    suffix: str
    muxer: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Stream:
    """One node and, through `inputs`, all that came before it. Equal history, equal stream.

    `name` is an FFmpeg filter, or "source", "image", "waveform", "generate", "cut", "encode", "join". `path` (where a source lies) is
    not part of what it shows, so not of the key; `size` is the picture's size where it is known; `pointwise` says that every output
    pixel depends on one input pixel only.
    """

    kind: Kind
    name: str
    args: Args = ()
    inputs: tuple[Stream, ...] = ()
    size: Size | None = None
    pointwise: bool = False
    path: str = ""
    key: str = field(init=False)

    def __post_init__(self) -> None:
        parts = [self.kind, self.name]
        for name, value in self.args:
            parts += [name, spelled(value)]
        object.__setattr__(self, "key", digest(*parts, "of", *(each.key for each in self.inputs)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stream) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name} {self.key[:10]}>"

    def filter(
        self, name: str, *also: Stream, size: Size | None = None, pointwise: bool = False, **args: Arg
    ) -> Stream:
        """This stream (and `also`, as further inputs) through one FFmpeg filter with named options.

        `size` is the picture's size afterwards, when the filter changes it. An option that Python reserves gets a trailing
        underscore: `async_=1`.
        """
        named = tuple(sorted((key.rstrip("_"), value) for key, value in args.items()))
        return Stream(self.kind, name, named, (self, *also), size or self.size, pointwise)

    def since(self, start: Fraction) -> Stream:
        """This stream with `start` of its clock (s) as 0, to the tick: FFmpeg cuts off what an expression leaves behind the point."""
        if not start:
            return self
        return self.filter(
            "setpts" if self.kind == "video" else "asetpts",
            expr=f"round(PTS-({start.numerator}/{start.denominator})/TB)",
        )

    def encoded(self, encoding: Encoding) -> Stream:
        """This stream as it is once encoded: reading it decodes the very bytes that will be delivered."""
        args = (("suffix", encoding.suffix), ("muxer", encoding.muxer), *encoding.options)
        return Stream(self.kind, "encode", args, (self,), self.size)

    def cut(self, kept: Timeline) -> Stream:
        """What `kept` keeps of this stream, which is on its grid: frame-exact in picture; in sound with a crossfade at each joint."""
        return self.filter("cut", kept=kept)

    def with_inputs(self, inputs: tuple[Stream, ...]) -> Stream:
        return self if inputs == self.inputs else replace(self, inputs=inputs)

    def arg(self, name: str) -> Arg | None:
        """The value of one option, None where it is not set."""
        return dict(self.args).get(name)

    @property
    def encoding(self) -> Encoding:
        """The encoding of an "encode" node."""
        suffix, muxer, *options = self.args
        return Encoding(str(suffix[1]), str(muxer[1]), tuple((name, str(value)) for name, value in options))


def joined(pieces: Sequence[Stream]) -> Stream:
    """Encoded pieces of one picture, one after the other, as one encoded stream; one piece is itself."""
    return (
        pieces[0] if len(pieces) == 1 else Stream(pieces[0].kind, "join", (), tuple(pieces), pieces[0].size)
    )


# What FFmpeg's `overlay` calls the pixel formats that it can blend in: of as many bits as the picture has, or it would lose some.
OVERLAID: Final = {
    "yuv420p": "yuv420",
    "yuv420p10le": "yuv420p10",
    "yuv422p10le": "yuv422p10",
    "yuv444p10le": "yuv444p10",
}


ENCODED: Final = frozenset({"encode", "join"})  # what is read from a file that it became


def source(  # noqa: PLR0913 (one fact each, named)
    kind: Kind,
    content: str,
    path: str,
    *,
    index: int,
    demuxer: str,
    size: Size | None = None,
    frames: int | None = None,
    tolerant: bool = False,
    steady: bool = True,
) -> Stream:
    """Stream number `index` of the file at `path` whose content has the digest `content`, read by FFmpeg's `demuxer` only.

    `frames` is how many frames it shows, where that is known. `tolerant`: what is damaged in it is known, and decoders go on over
    it. A picture that is not `steady` changes its size or format on the way, and its first filter must bear that.
    """
    marks: Args = (*((("tolerant", 1),) if tolerant else ()), *(() if steady else (("steady", 0),)))
    args: Args = (("content", content), ("index", index), ("demuxer", demuxer), *marks)
    return Stream(
        kind, "source", args if frames is None else (*args, ("frames", frames)), (), size, path=path
    )


def image(file: Payload, size: Size | None = None, rate: Fraction | None = None) -> Stream:
    """The PNG or JPEG picture of `file`, or with a `rate` (Hz) its pictures, one after the other from 0; no seek in time touches it."""
    args: Args = (("file", file),)
    return Stream("video", "image", args if rate is None else (*args, ("rate", rate)), (), size)


def waveform(file: Payload) -> Stream:
    """The sound of a WAV `file`, from 0; no seek in time touches it."""
    return Stream("audio", "waveform", (("file", file),))


def generate(kind: Kind, name: str, *, size: Size | None = None, **args: Arg) -> Stream:
    """The output of a generating filter (`color`, `anullsrc`); bound it in time with `trim`."""
    return Stream(kind, "generate", (("filter", name), *sorted(args.items())), (), size)


def spelled(value: Arg) -> str:
    """A value as it stands in a key and in a plan; a payload by its digest."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float | Fraction):
        return number(value)
    if isinstance(value, EnableSpan | EnableSpans | Timeline):
        return str(value)
    return f"{value.suffix.lstrip('.')}:{value.digest[:16]}"


def history(streams: Iterable[Stream], *, into_encoded: bool = True) -> Iterator[Stream]:
    """Every node of the streams once, inputs before what uses them; no recursion, so any length is fine.

    Without `into_encoded`, an encoded stream is taken as it is, without what it was made of.
    """
    seen: set[str] = set()
    for end in streams:
        stack: list[tuple[Stream, bool]] = [(end, False)]
        while stack:
            node, ready = stack.pop()
            if node.key in seen:
                continue
            if ready:
                seen.add(node.key)
                yield node
            else:
                stack.append((node, True))
                if into_encoded or node.name not in ENCODED:
                    stack += [(each, False) for each in reversed(node.inputs)]


def files(streams: Iterable[Stream]) -> tuple[Path, ...]:
    """Where the sources of the streams lie, each once, the first that is used first."""
    return tuple(dict.fromkeys(Path(node.path) for node in history(streams) if node.path))
