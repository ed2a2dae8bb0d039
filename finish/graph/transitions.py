"""Compiles the transitions of a sequence to FFmpeg's filters, plane by plane: 4:2:0 and 10 bits are kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

from finish.graph.filter_pads import FilterPad, combined, copies, then
from finish.graph.layouts import PictureTransition
from finish.units import Size

# A transition has a clock of its own, on which it takes a second from one picture to the other. So `xfade`
# gets the progress of each frame as its time, also in the middle of a transition, and whatever its course is.
_TICKS: Final = 1_000_000  # per second: FFmpeg's resolution for `offset` and `duration`


@dataclass(frozen=True)
class Overlap:
    """The frames that two pictures have in common: `length` of them, all or a part of the transition.

    `pix_fmt` and `size` are those of both pictures; `name` is unique in the graph.
    """

    one: FilterPad
    other: FilterPad
    transition: PictureTransition
    length: int
    pix_fmt: str
    size: Size | None
    name: str

    @property
    def progress(self) -> list[float]:
        """How far the transition is at each frame: N frames are at 1/(N+1) … N/(N+1)."""
        steps = self.transition.frames + 1
        return [(self.transition.done + 1 + number) / steps for number in range(self.length)]


def transition_picture(overlap: Overlap) -> FilterPad:
    """The frames of a transition."""
    return _KINDS[overlap.transition.kind](overlap)


def _dissolve(overlap: Overlap) -> FilterPad:
    return _crossed(overlap, "fade", overlap.progress)


def _wipe(overlap: Overlap) -> FilterPad:
    return _crossed(overlap, f"wipe{overlap.transition.direction}", overlap.progress)


def _slide(overlap: Overlap) -> FilterPad:
    return _crossed(overlap, f"slide{overlap.transition.direction}", [_smooth(at) for at in overlap.progress])


_KINDS: Final[Mapping[str, Callable[[Overlap], FilterPad]]] = {
    "dissolve": _dissolve,
    "wipe": _wipe,
    "slide": _slide,
}


def _crossed(overlap: Overlap, effect: str, progress: Sequence[float]) -> FilterPad:
    """The effect of `xfade` on each plane: on a picture with subsampled chroma it would convert to 4:4:4."""
    ticks = [round(at * _TICKS) for at in progress]
    planes = [
        combined(pair, "xfade", transition=effect, duration=1, offset=f"{-ticks[0]}us")
        for pair in zip(
            _planes(_timed(overlap.one, ticks), overlap.pix_fmt),
            _planes(_timed(overlap.other, ticks), overlap.pix_fmt),
            strict=True,
        )
    ]
    return _merged(planes, overlap.pix_fmt)


def _timed(picture: FilterPad, ticks: Sequence[int]) -> FilterPad:
    """The frames at these times: a table, so that each frame has the same time in any part of a transition."""
    table = "+".join(f"eq(N,{number})*{at}" for number, at in enumerate(ticks))
    return then(then(picture, "settb", expr=f"1/{_TICKS}"), "setpts", expr=table)


def _planes(picture: FilterPad, pix_fmt: str) -> list[FilterPad]:
    names = "yuva" if pix_fmt.startswith("yuva") else "yuv"
    branches = copies(picture, len(names))
    return [
        then(branch, "extractplanes", planes=name) for branch, name in zip(branches, names, strict=True)
    ]


def _merged(planes: Sequence[FilterPad], pix_fmt: str) -> FilterPad:
    mapping = {f"map{number}s": number for number in range(len(planes))}
    return combined(planes, "mergeplanes", format=pix_fmt, **mapping)


def _smooth(at: float) -> float:
    """A course that begins and ends at rest."""
    return at * at * (3 - 2 * at)
