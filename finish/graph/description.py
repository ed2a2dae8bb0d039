"""A plan as text: one numbered line per node, identical for identical histories on every machine."""

from __future__ import annotations

from collections.abc import Mapping

from finish.graph.option_values import Args, spelled
from finish.graph.stream import Stream, history


def describe(outputs: Mapping[str, Stream]) -> str:
    """The histories of named streams as numbered lines; a line that several lines use is work done once."""
    names: dict[str, str] = {}
    lines = []
    for node in history(outputs.values()):
        names[node.key] = f"{node.kind[0]}{len(names)}"
        lines.append(f"{names[node.key]:<4} {_line(node, names)}")
    lines += [f"{name} = {names[stream.key]}" for name, stream in outputs.items()]
    return "\n".join(lines) + "\n"


def _line(node: Stream, names: Mapping[str, str]) -> str:
    inputs = " + ".join(names[stream.key] for stream in node.inputs)
    if node.name == "encode":
        options = tuple((name, value) for name, value in node.args if name not in ("suffix", "muxer"))
        return f"{inputs} → {node.arg('muxer')} {_options(options)}"
    if node.name == "join":
        return f"{inputs} joined"
    if node.name == "sequence":
        return f"{inputs} in sequence at {spelled(dict(node.args)['layout'])}"
    if node.name == "opened":
        return f"{inputs} opened from {_options(node.args).removeprefix('seek=')} s"
    if node.name == "computed":
        return f"{inputs} | {_computed(node)}".removeprefix(" | ")
    if not node.inputs:
        return _origin(node)
    size = f"  [{node.size}]" if node.size and node.size != node.inputs[0].size else ""
    return f"{inputs} | {node.name} {_options(node.args)}".rstrip() + size


def _computed(node: Stream) -> str:
    """A method of finish's own, its options, and the size of its frames."""
    args = dict(node.args)
    name = f"{args.pop('method')} {args.pop('version')}"
    size = args.pop("size")
    return f"computed by {name} {_options(tuple(args.items()))}  [{size}]"


def _origin(node: Stream) -> str:
    """The line of a node without inputs."""
    args = dict(node.args)
    if node.name == "source":
        seek = f" from {spelled(args['seek'])} s" if "seek" in args else ""
        return f"source {str(args['content'])[:16]} #{args['index']} ({args['demuxer']}){seek}"
    if node.name == "image":
        rate = f" at {spelled(args['rate'])} fps" if "rate" in args else ""
        return f"image {spelled(args['file'])}{rate}  [{node.size}]"
    if node.name == "waveform":
        return f"waveform {spelled(args['file'])}"
    return f"{args.pop('filter')} {_options(tuple(args.items()))}"


def _options(args: Args) -> str:
    return " ".join(f"{name}={spelled(value)}" for name, value in args)
