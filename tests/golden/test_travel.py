"""Everything that a golden plan names can be sent to another machine, and means the same there."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from golden_world import CASES, job, planned

from finish import graph
from finish.graph import Output, Payload, Stream


def commands(ends: tuple[Stream, ...]) -> tuple[object, dict[str, bytes]]:
    """How FFmpeg is called for the streams, and the files that it is given."""
    files: dict[str, bytes] = {}

    def place(payload: Payload) -> str:
        files[payload.digest + payload.suffix] = payload.content()
        return payload.digest + payload.suffix

    inner = graph.decoded([end.inputs[0] for end in ends], made)
    outputs = [
        Output((each,), "-", end.encoding.muxer, end.encoding.options)
        for each, end in zip(inner, ends, strict=True)
    ]
    return graph.compile_outputs(outputs, place), files


def made(stream: Stream) -> Stream:
    """The file that an encoded stream has become."""
    return graph.source(
        stream.kind, stream.key, f"/store/{stream.key}", index=0, demuxer="mov", size=stream.size
    )


@pytest.mark.parametrize("name", CASES)
def test_a_plan_is_the_same_elsewhere(name: str, tmp_path: Path) -> None:
    for one in planned(job(tmp_path, CASES[name]), CASES[name]):
        ends = (*(piece.picture for piece in one.pieces), one.sound)
        there = pickle.loads(pickle.dumps(graph.packed(ends)))
        assert [end.key for end in there] == [end.key for end in ends]
        for end, other in zip(ends, there, strict=True):
            assert commands((end,)) == commands((other,))
        analysers = [promise.analyser for promise in one.planned.promises if promise.analyser]
        assert [repr(load) for load in pickle.loads(pickle.dumps(analysers))] == [
            repr(analyser) for analyser in analysers
        ]
