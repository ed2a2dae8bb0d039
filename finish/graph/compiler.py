"""Streams → one FFmpeg command line, through ffmpeg-python as a compiler only; the graph's text goes to FFmpeg by file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import ffmpeg
from ffmpeg.nodes import FilterNode

from finish.graph.cuts import cut_picture, cut_sound
from finish.graph.filter_values import FrameSteps, Payload
from finish.graph.stream import ENCODED, Arg, Plain, Stream, history, spelled
from finish.units import number

# An untrusted file may name other files (playlists, external references): only local bytes, only the demuxer that was probed.
PROTOCOLS = "file,pipe"
_OWN: Final = {".png": "png_pipe", ".jpg": "jpeg_pipe", ".wav": "wav"}

# Delays of 10 ms or less are shown for 100 ms, as browsers show them. APNG: a rate above `max_fps` becomes `default_fps`; WebP: ms.
# FFmpeg's GIF reader shows a delay of 0 so whatever its options say, and one of 10 ms never (`finish.media.derived_files`).
_READING: Final = {
    "apng": {"max_fps": "99", "default_fps": "10"},
    "webp_anim": {"min_delay": "10", "default_delay": "100"},
}


@dataclass(frozen=True)
class Output:
    """One file that FFmpeg writes: streams, where to, the muxer and the output options in order.

    `graph` numbers the filter graph that computes it. Within one, equal nodes are computed once; several read the same decoder,
    and one that has its last frame waits for no other.
    """

    streams: tuple[Stream, ...]
    path: str
    muxer: str
    options: tuple[tuple[str, str], ...] = ()
    graph: int = 0


@dataclass(frozen=True)
class CompiledCommand:
    """FFmpeg's arguments before and after the place where the graphs are named, and the text of each graph."""

    inputs: tuple[str, ...]
    graphs: tuple[str, ...]
    outputs: tuple[str, ...]


def compile_outputs(outputs: Sequence[Output], place: Callable[[Payload], str]) -> CompiledCommand:
    """One command for all `outputs`: each source opened once, in a graph each node computed once, splits where a stream is used twice.

    `place` puts a payload on disk and returns its path. "encode" nodes must have been replaced by what they became.
    """
    parts = [
        _lowered([each for each in outputs if each.graph == number], place)
        for number in sorted({each.graph for each in outputs})
    ]
    return parts[0] if len(parts) == 1 else _merged(parts)


def _lowered(outputs: Sequence[Output], place: Callable[[Payload], str]) -> CompiledCommand:
    ends = [stream for output in outputs for stream in output.streams]
    taken = _Taken(
        Counter(each.key for node in history(ends) for each in node.inputs)
        + Counter(end.key for end in ends),
        place,
    )
    for node in history(ends):
        taken.add(node)
    compiled = [
        ffmpeg.output(
            *(taken.use(stream) for stream in output.streams), _target(output.path), format=output.muxer
        )
        for output in outputs
    ]
    arguments = ffmpeg.get_args(ffmpeg.merge_outputs(*compiled) if len(compiled) > 1 else compiled[0])
    return _ordered(arguments, outputs)


def _merged(parts: Sequence[CompiledCommand]) -> CompiledCommand:
    """One command for several: equal inputs opened once, each graph's labels told apart."""
    inputs: list[tuple[str, ...]] = []
    graphs: list[str] = []
    outputs: list[str] = []
    for number_, part in enumerate(parts):
        own = list(_each_input(part.inputs))
        inputs += [each for each in own if each not in inputs]
        names = _Names(f"g{number_}", tuple(inputs.index(each) for each in own))
        graphs += [_LABEL.sub(names.label, text) for text in part.graphs]
        mapped = [False, *(word == "-map" for word in part.outputs)]
        outputs += [
            names.mapped(word) if here else word for word, here in zip(part.outputs, mapped, strict=False)
        ]
    return CompiledCommand(tuple(word for each in inputs for word in each), tuple(graphs), tuple(outputs))


@dataclass(frozen=True)
class _Names:
    """What the labels of one graph become: links get a `prefix`, and each input its number among all."""

    prefix: str
    inputs: tuple[int, ...]

    def label(self, found: re.Match[str]) -> str:
        return f"[{self.inputs[int(found[1])]}:" if found[1] else f"[{self.prefix}{found[2]}]"

    def mapped(self, word: str) -> str:
        """A link in brackets, or an input's stream without."""
        return (
            _LABEL.sub(self.label, word) if word.startswith("[") else _LABEL.sub(self.label, f"[{word}")[1:]
        )


# An input's stream, or a link's name; a bracket inside a filter's option is escaped.
_LABEL: Final = re.compile(r"(?<!\\)\[(?:(\d+):|(s\d+)\])")


def _each_input(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The options of each input, its name last."""
    begin = 0
    for at in range(1, len(words)):
        if words[at - 1] == "-i":
            yield tuple(words[begin : at + 1])
            begin = at + 1


class _Taken:
    """The nodes already turned into ffmpeg-python's, and how many of each one's users have been served."""

    def __init__(self, uses: Counter[str], place: Callable[[Payload], str]) -> None:
        self._uses, self._place = uses, place
        self._made: dict[str, Any] = {}
        self._served: Counter[str] = Counter()

    def add(self, node: Stream) -> None:
        made = self._compile(node)
        copies = self._uses[node.key]
        # FFmpeg wants every pad used exactly once; an input's stream may be mapped freely, but is split all the same so that
        # one decoder feeds all.
        self._made[node.key] = (
            made.filter_multi_output("split" if node.kind == "video" else "asplit") if copies > 1 else made
        )

    def use(self, node: Stream) -> Any:
        made = self._made[node.key]
        if self._uses[node.key] == 1:
            return made
        self._served[node.key] += 1
        return made.stream(self._served[node.key] - 1)

    def _compile(self, node: Stream) -> Any:
        if node.name == "source":
            return ffmpeg.input(f"file:{node.path}", **_input_options(node))[str(node.arg("index"))]
        if node.name in ("image", "waveform"):
            file, *rate = (self._argument(value) for _, value in node.args)
            return ffmpeg.input(
                f"file:{file}", **_local(_OWN[Path(file).suffix]), **({"framerate": rate[0]} if rate else {})
            )["0"]
        if node.name == "generate":
            filter_, *args = node.args
            text = ":".join(f"{key}={spelled(value)}" for key, value in args)
            return ffmpeg.input(f"{filter_[1]}={text}", f="lavfi")[node.kind[0]]
        if node.name == "cut":
            kept: Any = node.arg("kept")
            return (cut_picture if node.kind == "video" else cut_sound)(self.use(node.inputs[0]), kept)
        if node.name in ENCODED:
            raise AssertionError(
                "an encoded stream is read from the file it became, never computed in a graph"
            )
        inputs, name = [self.use(each) for each in node.inputs], node.name
        options: dict[str, Any] = {}
        for option, value in node.args:
            options[option] = self._argument(value)
            if isinstance(value, FrameSteps):
                options[option] = value.first
                target = f"{node.name}@{node.key[:12]}"  # a command reaches every filter of a name, so each gets its own
                changes = value.commands(target, option)
                if changes.content():
                    name, inputs[0] = (
                        target,
                        FilterNode(
                            [inputs[0]], "sendcmd", kwargs={"filename": self._place(changes)}
                        ).stream(),
                    )
        return FilterNode(inputs, name, max_inputs=None, kwargs=options).stream()

    def _argument(self, value: Arg) -> str:
        return spelled(value) if isinstance(value, Plain) else self._place(value)


def _target(path: str) -> str:
    """A file as FFmpeg never takes for a protocol; pipes and devices that discard stay as they are."""
    return path if path == "-" or path.startswith("pipe:") else f"file:{path}"


def _input_options(node: Stream) -> dict[str, str]:
    options = _local(str(node.arg("demuxer")))
    if (
        node.arg("steady") is not None
    ):  # FFmpeg would build the graph anew in the middle, and every filter would begin again at 0
        options["reinit_filter"] = "0"
    seek = node.arg("seek")
    return options if seek is None else {**options, "ss": number(float(seek))}  # type: ignore[arg-type]


def _local(demuxer: str) -> dict[str, str]:
    return {"f": demuxer, "protocol_whitelist": PROTOCOLS, "format_whitelist": demuxer, **reading(demuxer)}


def reading(demuxer: str) -> dict[str, str]:
    """The options of FFmpeg's demuxer of that name with which we read, whoever opens the file."""
    return _READING.get(demuxer, {})


def _ordered(arguments: list[str], outputs: Sequence[Output]) -> CompiledCommand:
    """ffmpeg-python sorts options by name; the order of ours is kept, because some FFmpeg options depend on it."""
    first = (
        arguments.index("-filter_complex")
        if "-filter_complex" in arguments
        else arguments.index("-map")
        if "-map" in arguments
        else -1
    )
    graph = arguments[first + 1] if arguments[first] == "-filter_complex" else ""
    rest = arguments[first + 2 :] if graph else arguments[first:]
    by_path = {_target(output.path): output for output in outputs}
    ordered: list[str] = []
    for argument in rest:
        if argument in by_path and (ordered[-1:] != ["-map"]):
            ordered += [word for name, value in by_path[argument].options for word in (f"-{name}", value)]
        ordered.append(argument)
    return CompiledCommand(tuple(arguments[:first]), (graph,) if graph else (), tuple(ordered))
