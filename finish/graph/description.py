"""A plan is text: one line per node, numbered, the same for the same history on every machine."""

from __future__ import annotations

from collections.abc import Mapping

from finish.graph.stream import Stream, history, spelled


def describe(outputs: Mapping[str, Stream]) -> str:
    """The history of every named stream as numbered lines; a line that several others use is work done once."""
    names: dict[str, str] = {}
    lines = []
    for node in history(outputs.values()):
        names[node.key] = f"{node.kind[0]}{len(names)}"
        lines.append(f"{names[node.key]:<4} {_line(node, names)}")
    lines += [f"{name} = {names[stream.key]}" for name, stream in outputs.items()]
    return "\n".join(lines) + "\n"


def _line(node: Stream, names: Mapping[str, str]) -> str:
    args = dict(node.args)
    if node.name == "source":
        seek = f" from {spelled(args['seek'])} s" if "seek" in args else ""
        return f"source {str(args['content'])[:16]} #{args['index']} ({args['demuxer']}){seek}"
    if node.name == "image":
        rate = f" at {spelled(args['rate'])} fps" if "rate" in args else ""
        return f"image {spelled(args['file'])}{rate}  [{node.size}]"
    if node.name == "waveform":
        return f"waveform {spelled(args['file'])}"
    inputs = " + ".join(names[each.key] for each in node.inputs)
    if node.name == "encode":
        return f"{inputs} → {args.pop('muxer')} " + " ".join(
            f"{name}={spelled(value)}" for name, value in args.items() if name != "suffix"
        )
    if node.name == "join":
        return f"{inputs} joined"
    if node.name == "generate":
        return f"{args.pop('filter')} " + " ".join(f"{name}={spelled(value)}" for name, value in args.items())
    size = f"  [{node.size}]" if node.size and node.size != node.inputs[0].size else ""
    options = " ".join(f"{name}={spelled(value)}" for name, value in node.args)
    return f"{inputs} | {node.name} {options}".rstrip() + size
