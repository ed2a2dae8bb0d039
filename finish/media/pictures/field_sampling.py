"""Fields and repeats of a file's pictures, from a few short runs of frames spread over it: what rows show
outranks what is flagged."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any, Final

from finish.analysis.field_order import Fields
from finish.graph import reading
from finish.media.claims import limits
from finish.model import VideoTrack

# House, measured: 0.8 CPU-seconds at 1080p, whatever the length; ten seconds of it take some 30 to render.
# Runs begin with keyframes, so that nothing is decoded for nothing; each holds two turns of 3:2 pulldown.
_FRAMES: Final = 48
_RUNS: Final = 4
_STILLS: Final = frozenset({"gif", "apng", "webp", "png"})  # nothing writes fields in these
_FEW: Final = 6  # frames; fewer say nothing


def woven(video: VideoTrack, keys: Sequence[int], path: Path, demuxer: str) -> VideoTrack:
    """A picture with what its rows and its frames' flags say of its fields; `keys` are the ticks of its
    keyframes."""
    if video.codec in _STILLS or video.frames < _FEW or video.changes:
        return video
    fold, flags = Fields().begin(), list[bool]()
    with contextlib.suppress(
        Exception
    ):  # what cannot be decoded is for others to report: so many frames were seen
        for run in _runs(sorted(keys), path, demuxer, video.index):
            fold.gap()
            for frame in run:
                flags.append(bool(frame.interlaced_frame))
                fold.add(Fraction(0), frame.to_ndarray(format="gray"))
    seen = fold.result()
    flagged = video.interlaced or any(flags)
    order = "" if seen.order == "progressive" else seen.order
    partly = flagged and not all(flags) and not order
    interlaced = bool(order) or (flagged and seen.order != "progressive")
    return replace(
        video,
        interlaced=interlaced,
        flagged=flagged,
        partly=partly,
        fields=seen.order,
        telecine=seen.telecine,
        repeats=seen.repeats,
    )


def _runs(keys: Sequence[int], path: Path, demuxer: str, index: int) -> Iterator[Iterator[Any]]:
    """Frames from some of the keyframes on, evenly spread; from the start alone where there are no others."""
    import av

    starts = [keys[round(number * (len(keys) - 1) / _RUNS)] for number in range(_RUNS)] if keys else []
    starts = sorted(set(starts))
    options = {"protocol_whitelist": "file", "format_whitelist": demuxer, **limits(), **reading(demuxer)}
    with av.open(f"file:{path}", format=demuxer, options=options, metadata_errors="replace") as container:
        stream: Any = container.streams[index]
        stream.thread_type = "AUTO"
        for number, start in enumerate(starts or [0]):
            if number or len(starts) > 1:
                container.seek(start, stream=stream)
            yield islice(container.decode(stream), _FRAMES // max(1, len(starts)))
