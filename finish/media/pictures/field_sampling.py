"""Fields and repeated frames of a picture, from a few short runs of frames across the file: rows outrank
flags."""

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

# House, measured: 0.8 CPU-seconds at 1080p for any length; rendering ten seconds takes about 30. Runs begin
# with keyframes, so that no other frames are decoded. Each run holds two cycles of 3:2 pulldown.
_FRAMES: Final = 48
_RUNS: Final = 4
_STILLS: Final = frozenset({"gif", "apng", "webp", "png"})  # codecs in which nothing writes fields
_FEW: Final = 6  # frames; fewer aren't enough to judge


def with_fields(video: VideoTrack, keys: Sequence[int], path: Path, demuxer: str) -> VideoTrack:
    """A picture with the facts about its fields, from its rows and its frames' flags; `keys` are the ticks of
    its keyframes."""
    if video.codec in _STILLS or video.frames < _FEW or video.changes:
        return video
    fold, flags = Fields().begin(), list[bool]()
    # Other parts of the probe report frames that can't be decoded: here the frames before them count.
    with contextlib.suppress(Exception):
        for run in _runs(sorted(keys), path, demuxer, video.index):
            fold.gap()
            for frame in run:
                flags.append(bool(frame.interlaced_frame))
                fold.add(Fraction(0), frame.to_ndarray(format="gray"))
    facts = fold.result()
    flagged = video.interlaced or any(flags)
    order = "" if facts.order == "progressive" else facts.order
    partly = flagged and not all(flags) and not order
    interlaced = bool(order) or (flagged and facts.order != "progressive")
    return replace(
        video,
        interlaced=interlaced,
        flagged=flagged,
        partly=partly,
        fields=facts.order,
        telecine=facts.telecine,
        repeats=facts.repeats,
    )


def _runs(keys: Sequence[int], path: Path, demuxer: str, index: int) -> Iterator[Iterator[Any]]:
    """Runs of frames that begin at keyframes across the file; one run from the start if that is the only
    keyframe."""
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
