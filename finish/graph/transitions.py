"""Compiles the transitions of a sequence to FFmpeg's filters, plane by plane: 4:2:0 and 10 bits are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from finish.graph.filter_pads import FilterPad, combined, copies, then
from finish.graph.layouts import PictureTransition
from finish.graph.pixel_formats import PlanarFormat
from finish.units import Size

# A transition has a clock of its own, on which it takes a second from one picture to the other. So `xfade`
# gets the progress of each frame as its time, also in the middle of a transition, and whatever its course is.
_TICKS: Final = 1_000_000  # per second: FFmpeg's resolution for `offset` and `duration`


@dataclass(frozen=True)
class Overlap:
    """The frames that two pictures have in common: `length` of them, all or a part of the transition.

    Both pictures have that `format` and `size`. `name` is unique in the graph.
    """

    one: FilterPad
    other: FilterPad
    transition: PictureTransition
    length: int
    format: PlanarFormat
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


def _dip(overlap: Overlap) -> FilterPad:
    """The first picture becomes the colour until the middle, and the colour becomes the other after it."""
    picture, plain = copies(overlap.one, 2)
    codes = overlap.format.codes(overlap.transition.colour)
    colour = then(plain, "lutyuv", **codes)
    going = replace(overlap, one=picture, other=colour)
    coloured = _crossed(going, "fade", [min(2 * at, 1.0) for at in overlap.progress])
    coming = replace(overlap, one=coloured)
    return _crossed(coming, "fade", [max(2 * at - 1, 0.0) for at in overlap.progress])


_KINDS: Final[Mapping[str, Callable[[Overlap], FilterPad]]] = {
    "dissolve": _dissolve,
    "dip": _dip,
    "wipe": _wipe,
    "slide": _slide,
    "whip": _slide,
    "zoom": _dissolve,
}


def _crossed(overlap: Overlap, effect: str, progress: Sequence[float]) -> FilterPad:
    """The effect of `xfade` on each plane: on a picture with subsampled chroma it would convert to 4:4:4."""
    ticks = [round(at * _TICKS) for at in progress]
    planes = [
        combined(pair, "xfade", transition=effect, duration=1, offset=f"{-ticks[0]}us")
        for pair in zip(
            _planes(_timed(overlap.one, ticks), overlap.format),
            _planes(_timed(overlap.other, ticks), overlap.format),
            strict=True,
        )
    ]
    return _merged(planes, overlap.format)


def _timed(picture: FilterPad, ticks: Sequence[int]) -> FilterPad:
    """The frames at these times: a table, so that a frame has the same time in any part of a transition."""
    table = "+".join(f"eq(N,{number})*{at}" for number, at in enumerate(ticks))
    return then(then(picture, "settb", expr=f"1/{_TICKS}"), "setpts", expr=table)


def _planes(picture: FilterPad, pixels: PlanarFormat) -> list[FilterPad]:
    branches = copies(picture, len(pixels.planes))
    return [
        then(branch, "extractplanes", planes=plane)
        for branch, plane in zip(branches, pixels.planes, strict=True)
    ]


def _merged(planes: Sequence[FilterPad], pixels: PlanarFormat) -> FilterPad:
    mapping = {f"map{number}s": number for number in range(len(planes))}
    return combined(planes, "mergeplanes", format=pixels.name, **mapping)


def _smooth(at: float) -> float:
    """A course that begins and ends at rest."""
    return at * at * (3 - 2 * at)
