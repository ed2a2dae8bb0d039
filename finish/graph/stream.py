"""A stream: a file's content or a generator, and every filter on it, up to and including its encoding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal

from finish.graph.filter_values import Payload
from finish.graph.option_values import Arg, Args, spelled
from finish.graph.timeline import Timeline
from finish.units import Size, digest

Kind = Literal["video", "audio"]


@dataclass(frozen=True)
class Encoding:
    """How a stream is written as a file: its suffix, FFmpeg's muxer, and the output options in order."""

    suffix: str
    muxer: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Stream:
    """One node and, through `inputs`, its whole history. Streams with equal histories are equal.

    `name` is an FFmpeg filter, or "source", "image", "waveform", "generate", "cut", "computed", "opened",
    "encode" or "join".
    `path` is the location of a source; it doesn't change what the source shows, so it isn't part of the key.
    `size` is the size of the picture, where it is known. `pointwise`: each output pixel depends on one input
    pixel only.
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
        object.__setattr__(self, "key", digest(*parts, "of", *(stream.key for stream in self.inputs)))

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

        `size` is the new size of the picture, if the filter changes it. Add an underscore to an option that
        Python reserves: `async_=1`.
        """
        named = tuple(sorted((key.rstrip("_"), value) for key, value in args.items()))
        return Stream(self.kind, name, named, (self, *also), size or self.size, pointwise)

    def since(self, start: Fraction) -> Stream:
        """This stream with `start` of its clock (s) as 0, exact to the tick.

        FFmpeg truncates the value of an expression, so the expression rounds.
        """
        if not start:
            return self
        return self.filter(
            "setpts" if self.kind == "video" else "asetpts",
            expr=f"round(PTS-({start.numerator}/{start.denominator})/TB)",
        )

    def encoded(self, encoding: Encoding) -> Stream:
        """This stream once it is encoded: reading it decodes the same bytes that are delivered."""
        args = (("suffix", encoding.suffix), ("muxer", encoding.muxer), *encoding.options)
        return Stream(self.kind, "encode", args, (self,), self.size)

    def cut(self, kept: Timeline) -> Stream:
        """The parts `kept` of this stream, which is on the frame grid of `kept`.

        Pictures are cut exactly at frames; sound has a crossfade at each joint.
        """
        return self.filter("cut", kept=kept)

    def with_inputs(self, inputs: tuple[Stream, ...]) -> Stream:
        return self if inputs == self.inputs else replace(self, inputs=inputs)

    def arg(self, name: str) -> Arg | None:
        """The value of one option; None if it isn't set."""
        return dict(self.args).get(name)

    def fraction(self, name: str) -> Fraction | None:
        """The value of a numeric option, such as a time (s) or a rate (Hz); None if it isn't set."""
        value = self.arg(name)
        if value is None:
            return None
        assert isinstance(value, str | int | float | Fraction), f"{name} isn't a number"
        return Fraction(value)

    @property
    def kept(self) -> Timeline:
        """The parts that a "cut" node keeps."""
        timeline = self.arg("kept")
        assert isinstance(timeline, Timeline), "only a cut keeps parts"
        return timeline

    @property
    def encoding(self) -> Encoding:
        """The encoding of an "encode" node."""
        suffix, muxer, *options = self.args
        return Encoding(str(suffix[1]), str(muxer[1]), tuple((name, str(value)) for name, value in options))


def joined(pieces: Sequence[Stream]) -> Stream:
    """The encoded pieces of one picture in order, as one encoded stream; a single piece stays as it is."""
    return (
        pieces[0] if len(pieces) == 1 else Stream(pieces[0].kind, "join", (), tuple(pieces), pieces[0].size)
    )


# The names that FFmpeg's `overlay` uses for the pixel formats that it blends in. The format must have as many
# bits as the picture, or the picture loses some.
OVERLAID: Final = {
    "yuv420p": "yuv420",
    "yuv420p10le": "yuv420p10",
    "yuv422p10le": "yuv422p10",
    "yuv444p10le": "yuv444p10",
}


ENCODED: Final = frozenset({"encode", "join"})  # nodes that are read from the file that they became


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
    late: Fraction = Fraction(0),
) -> Stream:
    """Stream number `index` of the file at `path`, read by FFmpeg's `demuxer` only.

    `content` is the digest of the file, and `frames` the number of frames, if known. `tolerant`: the damage
    in the stream is known, and decoders continue after it. A picture that isn't `steady` changes its size or
    format, and its first filter must support that. A `late` picture begins so much (s) after its clip.
    """
    marks: Args = (
        *((("tolerant", 1),) if tolerant else ()),
        *(() if steady else (("steady", 0),)),
        *((("late", late),) if late > 0 else ()),
    )
    args: Args = (("content", content), ("index", index), ("demuxer", demuxer), *marks)
    return Stream(
        kind, "source", args if frames is None else (*args, ("frames", frames)), (), size, path=path
    )


def image(file: Payload, size: Size | None = None, rate: Fraction | None = None) -> Stream:
    """The PNG or JPEG picture in `file`, or with a `rate` (Hz) its pictures from 0; seeking doesn't apply."""
    args: Args = (("file", file),)
    return Stream("video", "image", args if rate is None else (*args, ("rate", rate)), (), size)


def waveform(file: Payload) -> Stream:
    """The sound of a WAV `file`, from 0. Seeking doesn't apply."""
    return Stream("audio", "waveform", (("file", file),))


def generate(kind: Kind, name: str, *, size: Size | None = None, **args: Arg) -> Stream:
    """The output of a generating filter (`color`, `anullsrc`). Limit it in time with `trim`."""
    return Stream(kind, "generate", (("filter", name), *sorted(args.items())), (), size)


def history(
    streams: Iterable[Stream], *, into_encoded: bool = True, into_sequences: bool = True
) -> Iterator[Stream]:
    """Every node of the streams once, inputs before their users. It doesn't recurse, so any length is fine.

    Without `into_encoded`, the history of an encoded stream isn't included, and without `into_sequences`,
    that of the pictures or sounds of a sequence.
    """
    leaves = {*(() if into_encoded else ENCODED), *(() if into_sequences else ("sequence",))}
    visited: set[str] = set()
    for end in streams:
        stack: list[tuple[Stream, bool]] = [(end, False)]
        while stack:
            node, ready = stack.pop()
            if node.key in visited:
                continue
            if ready:
                visited.add(node.key)
                yield node
            else:
                stack.append((node, True))
                if node.name not in leaves:
                    stack += [(stream, False) for stream in reversed(node.inputs)]


def files(streams: Iterable[Stream]) -> tuple[Path, ...]:
    """The files of the streams' sources, each once, in order of first use."""
    return tuple(dict.fromkeys(Path(node.path) for node in history(streams) if node.path))
