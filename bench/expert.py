"""The best command written by hand: one FFmpeg process and one decode.

It has the same filters, cube, and captions as finish, and knows the gain already.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from bench.clip import Bed
from bench.measure import Side, quiet
from finish import graph
from finish.graph import Output
from finish.media.ffmpeg import ffmpeg_runner, process
from finish.planning.render_plan import Rendering

Options = tuple[tuple[str, str], ...]


def expert(bed: Bed, encoding: Callable[[Rendering], Options], name: str = "expert") -> Side:
    """Every deliverable's planned graph, encoded as requested.

    One deliverable crops before the look; several share one graded split.
    """
    folder = bed.work / name
    folder.mkdir(exist_ok=True)
    command = written(bed.renderings(), folder, encoding)
    return Side(
        name, lambda: quiet(command, process.environment()), commands=(shlex.join(command), *graphs(command))
    )


def graphs(command: Sequence[str]) -> list[str]:
    """The name and the text of each filter graph file in an argv."""
    named = [Path(value) for option, value in pairwise(command) if option == "-/filter_complex"]
    return [line for path in named for line in (f"{path.name}:", path.read_text(encoding="utf-8"))]


def written(
    renderings: Sequence[Rendering], folder: Path, encoding: Callable[[Rendering], Options]
) -> list[str]:
    """The command's argv; its cube, captions, graph, and outputs are in `folder`."""
    outputs = [
        Output(
            (one.picture.inputs[0], one.sound.inputs[0]),
            str(folder / one.filename),
            one.planned.deliverable.delivery.container.format,
            encoding(one),
        )
        for one in renderings
    ]
    return by_hand(outputs, folder)


def by_hand(outputs: Sequence[Output], folder: Path) -> list[str]:
    """The argv that writes `outputs`; its graph and all files of its filters are in `folder`."""

    def place(payload: graph.Payload) -> str:
        path = folder / f"{payload.digest[:16]}{payload.suffix}"
        path.write_bytes(payload.content())
        return str(path)

    return ffmpeg_runner.command(graph.compile_outputs(outputs, place), folder)


def as_ours(one: Rendering) -> Options:
    """The encoder and muxer options of finish, each once."""
    muxing = (pair for pair in one.planned.deliverable.delivery.container.muxing() if pair[0] != "c")
    return tuple(dict([*one.picture.encoding.options, *one.sound.encoding.options, *muxing]).items())
