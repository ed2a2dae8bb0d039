"""Compiles streams to one FFmpeg command through ffmpeg-python. FFmpeg reads the graphs from files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import ffmpeg
from ffmpeg.nodes import FilterNode

from finish.graph.cuts import cut_picture, cut_sound
from finish.graph.filter_pads import FilterPad
from finish.graph.filter_values import FrameSteps, Payload
from finish.graph.option_values import Arg, Plain, spelled
from finish.graph.picture_joining import sequence_picture
from finish.graph.sound_joining import sequence_sound
from finish.graph.stream import ENCODED, Stream, history
from finish.units import number

# An untrusted file may name other files (playlists, external references). FFmpeg may read local bytes only,
# and only with the demuxer that was probed.
PROTOCOLS = "file,pipe"
_STORED: Final = "nut"  # the demuxer of lossless streams in the store
_DEMUXERS: Final = {".png": "png_pipe", ".jpg": "jpeg_pipe", ".wav": "wav"}  # of the files that finish writes

# Like a browser, show frames with a delay of 10 ms or less for 100 ms. APNG: a rate above `max_fps` becomes
# `default_fps`. WebP: in milliseconds. FFmpeg's GIF demuxer does this for a delay of 0, whatever its options
# are, and never for one of 10 ms (see `finish.media.derived_files`).
_READING: Final = {
    "apng": {"max_fps": "99", "default_fps": "10"},
    "webp_anim": {"min_delay": "10", "default_delay": "100"},
}


@dataclass(frozen=True)
class Output:
    """One file that FFmpeg writes: its streams, its path, its muxer, and the output options in order.

    `graph` is the number of the filter graph that computes it. Within a graph, equal nodes are computed once.
    Several graphs can read the same decoder, and a graph that has its last frame doesn't wait for the others.
    """

    streams: tuple[Stream, ...]
    path: str
    muxer: str
    options: tuple[tuple[str, str], ...] = ()
    graph: int = 0


@dataclass(frozen=True)
class CompiledCommand:
    """FFmpeg's arguments before and after the graphs, and the text of each graph."""

    inputs: tuple[str, ...]
    graphs: tuple[str, ...]
    outputs: tuple[str, ...]


def compile_outputs(outputs: Sequence[Output], place: Callable[[Payload], str]) -> CompiledCommand:
    """One command for all `outputs`.

    Each source is opened once. Within a graph, each node is computed once, and a stream that is used twice is
    split. `place` writes a payload to disk and returns its path. Before you call this, replace each "encode"
    node by the source that it became.
    """
    graphs = sorted({output.graph for output in outputs})
    parts = [_compiled([output for output in outputs if output.graph == graph], place) for graph in graphs]
    return parts[0] if len(parts) == 1 else _merged(parts)


def _compiled(outputs: Sequence[Output], place: Callable[[Payload], str]) -> CompiledCommand:
    """The command for the outputs of one graph."""
    ends = [stream for output in outputs for stream in output.streams]
    uses = [source.key for node in history(ends) for source in node.inputs] + [end.key for end in ends]
    nodes = _CompiledNodes(Counter(uses), place)
    for node in history(ends):
        nodes.add(node)
    compiled = [
        ffmpeg.output(
            *(nodes.use(stream) for stream in output.streams), _target(output.path), format=output.muxer
        )
        for output in outputs
    ]
    arguments = ffmpeg.get_args(ffmpeg.merge_outputs(*compiled) if len(compiled) > 1 else compiled[0])
    return _ordered(arguments, outputs)


def _merged(parts: Sequence[CompiledCommand]) -> CompiledCommand:
    """One command for several graphs: equal inputs are opened once, and each graph's labels get a prefix."""
    inputs: list[tuple[str, ...]] = []
    graphs: list[str] = []
    outputs: list[str] = []
    for graph, part in enumerate(parts):
        own = list(_inputs(part.inputs))
        inputs += [words for words in own if words not in inputs]
        names = _MergedLabels(f"g{graph}", tuple(inputs.index(words) for words in own))
        graphs += [_LABEL.sub(names.label, text) for text in part.graphs]
        after_map = [False, *(word == "-map" for word in part.outputs)]
        outputs += [
            names.mapped(word) if is_label else word
            for word, is_label in zip(part.outputs, after_map, strict=False)
        ]
    return CompiledCommand(tuple(word for words in inputs for word in words), tuple(graphs), tuple(outputs))


@dataclass(frozen=True)
class _MergedLabels:
    """New labels for one of several graphs: a `prefix` for links, and each input's number in the command."""

    prefix: str
    inputs: tuple[int, ...]

    def label(self, match: re.Match[str]) -> str:
        return f"[{self.inputs[int(match[1])]}:" if match[1] else f"[{self.prefix}{match[2]}]"

    def mapped(self, word: str) -> str:
        """The new value of `-map`: a link in brackets, or an input's stream without brackets."""
        return (
            _LABEL.sub(self.label, word) if word.startswith("[") else _LABEL.sub(self.label, f"[{word}")[1:]
        )


# An input's stream, or a link's name. In the options of a filter, brackets are escaped.
_LABEL: Final = re.compile(r"(?<!\\)\[(?:(\d+):|(s\d+)\])")


def _inputs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The options of each input, with its name last."""
    begin = 0
    for index in range(1, len(words)):
        if words[index - 1] == "-i":
            yield tuple(words[begin : index + 1])
            begin = index + 1


class _CompiledNodes:
    """The nodes that are compiled so far, and how many users of each node are connected."""

    def __init__(self, uses: Counter[str], place: Callable[[Payload], str]) -> None:
        self._uses, self._place = uses, place
        self._compiled: dict[str, FilterPad] = {}
        self._connected: Counter[str] = Counter()

    def add(self, node: Stream) -> None:
        """Compile a node, whose inputs are compiled already."""
        compiled = self._compile(node)
        # FFmpeg wants each pad used exactly once. It accepts several maps of an input's stream, but these are
        # split too, so that one decoder serves them all.
        if self._uses[node.key] > 1:
            compiled = compiled.filter_multi_output("split" if node.kind == "video" else "asplit")
        self._compiled[node.key] = compiled

    def use(self, node: Stream) -> FilterPad:
        """The output pad of a compiled node for its next user."""
        compiled = self._compiled[node.key]
        if self._uses[node.key] == 1:
            return compiled
        self._connected[node.key] += 1
        return compiled.stream(self._connected[node.key] - 1)

    def _compile(self, node: Stream) -> FilterPad:
        if node.name == "source":
            return ffmpeg.input(f"file:{node.path}", **_input_options(node))[str(node.arg("index"))]
        if node.name in ("image", "waveform"):
            return self._file(node)
        if node.name == "generate":
            return _generated(node)
        if node.name == "computed":
            return _piped(node)
        if node.name == "cut":
            return (cut_picture if node.kind == "video" else cut_sound)(self.use(node.inputs[0]), node.kept)
        if node.name == "sequence":
            join = sequence_picture if node.kind == "video" else sequence_sound
            return join(node, [self.use(stream) for stream in node.inputs])
        if node.name in ENCODED:
            raise AssertionError(f'"{node.name}" nodes must be replaced by sources before compilation')
        return self._filter(node)

    def _file(self, node: Stream) -> FilterPad:
        """A file that finish writes: pictures or a sound."""
        path, *rate = (self._argument(value) for _, value in node.args)
        options = _local(_DEMUXERS[Path(path).suffix])
        return ffmpeg.input(f"file:{path}", **options, **({"framerate": rate[0]} if rate else {}))["0"]

    def _filter(self, node: Stream) -> FilterPad:
        """A filter. Options that change from frame to frame start with their first value."""
        inputs, name = [self.use(stream) for stream in node.inputs], node.name
        options: dict[str, str | int | float] = {}
        for option, value in node.args:
            if not isinstance(value, FrameSteps):
                options[option] = self._argument(value)
                continue
            options[option] = value.first
            # A command reaches all filters of a name, so each of these filters gets a name of its own.
            target = f"{node.name}@{node.key[:12]}"
            changes = value.commands(target, option)
            if changes.content():
                name, inputs[0] = target, self._commanded(inputs[0], changes)
        return FilterNode(inputs, name, max_inputs=None, kwargs=options).stream()

    def _commanded(self, stream: FilterPad, changes: Payload) -> FilterPad:
        return FilterNode([stream], "sendcmd", kwargs={"filename": self._place(changes)}).stream()

    def _argument(self, value: Arg) -> str:
        return spelled(value) if isinstance(value, Plain) else self._place(value)


def _generated(node: Stream) -> FilterPad:
    (_, filter_name), *args = node.args
    text = ":".join(f"{key}={spelled(value)}" for key, value in args)
    return ffmpeg.input(f"{filter_name}={text}", f="lavfi")[node.kind[0]]


def _piped(node: Stream) -> FilterPad:
    """Raw frames that come through standard input."""
    assert node.size is not None, "the frames of a computed picture have a size"
    options = {
        "pixel_format": spelled(dict(node.args)["pix_fmt"]),
        "framerate": spelled(dict(node.args)["rate"]),
        "video_size": (node.size.width, node.size.height),
    }
    return ffmpeg.input("pipe:0", f="rawvideo", **options)["0"]


def _target(path: str) -> str:
    """A path that FFmpeg can't take for a protocol; pipes and "-" (discard) stay unchanged."""
    return path if path == "-" or path.startswith("pipe:") else f"file:{path}"


def _input_options(node: Stream) -> dict[str, str | None]:
    options: dict[str, str | None] = {**_local(str(node.arg("demuxer")))}
    # Otherwise FFmpeg rebuilds the graph when the size or format changes, and each filter starts at 0 again.
    if node.arg("steady") is not None:
        options["reinit_filter"] = "0"
    seek = node.fraction("seek")
    if seek is None:
        return options
    # FFmpeg counts a seek from the file's start. A stored stream is on the clock of what reads it, and may
    # start late. FFmpeg would still drop frames from the wrong time, so a filter does that.
    absolute = {"seek_timestamp": "1", "noaccurate_seek": None} if node.arg("demuxer") == _STORED else {}
    return {**options, **absolute, "ss": number(float(seek))}


def _local(demuxer: str) -> dict[str, str]:
    return {"f": demuxer, "protocol_whitelist": PROTOCOLS, "format_whitelist": demuxer, **reading(demuxer)}


def reading(demuxer: str) -> dict[str, str]:
    """The options for FFmpeg's demuxer of that name. Everything that opens a file uses them."""
    return _READING.get(demuxer, {})


def _ordered(arguments: list[str], outputs: Sequence[Output]) -> CompiledCommand:
    """The command with the output options in the given order.

    ffmpeg-python sorts them by name, but some FFmpeg options depend on their order.
    """
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
