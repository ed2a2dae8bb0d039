"""The overlap of two pictures in a transition, and how they are crossed: plane by plane, frame by frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from finish.graph.filter_pads import FilterPad, combined, copies, then
from finish.graph.layouts import PictureTransition
from finish.graph.pixel_formats import PlanarFormat
from finish.units import Size

# A transition has a clock of its own, on which it takes a second from one picture to the other. So `xfade`
# gets the progress of each frame as its time, also in the middle of a transition, and whatever its course is.
_TICKS: Final = 1_000_000  # per second: FFmpeg's resolution for `offset` and `duration`

PlaneChange: TypeAlias = Callable[[FilterPad, str], FilterPad]  # a plane and its letter → the changed plane


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
    size: Size
    name: str

    @property
    def step(self) -> float:
        """The progress from one frame to the next."""
        return 1 / (self.transition.frames + 1)

    @property
    def progress(self) -> list[float]:
        """How far the transition is at each frame: N frames are at 1/(N+1) … N/(N+1)."""
        return [
            (self.transition.done + 1 + number) / (self.transition.frames + 1)
            for number in range(self.length)
        ]


def crossed(
    overlap: Overlap, effect: str, progress: Sequence[float], change: PlaneChange | None = None
) -> FilterPad:
    """The effect of `xfade` on each plane, which may be changed after it.

    On a whole picture with subsampled chroma, `xfade` would convert to 4:4:4 and back.
    """
    ticks = _ticks(progress)
    pictures = [_planes(_timed(picture, ticks), overlap.format) for picture in (overlap.one, overlap.other)]
    planes = [_faded(pair, effect, ticks) for pair in zip(*pictures, strict=True)]
    if change:
        planes = [change(plane, name) for plane, name in zip(planes, overlap.format.planes, strict=True)]
    return combined(planes, "mergeplanes", format=overlap.format.name, **_mapping(len(planes)))


def dissolved(one: FilterPad, other: FilterPad, progress: Sequence[float]) -> FilterPad:
    """The mix of two pictures in a format that `xfade` supports, of which each frame has its own progress."""
    ticks = _ticks(progress)
    return _faded((_timed(one, ticks), _timed(other, ticks)), "fade", ticks)


def _faded(pair: Sequence[FilterPad], effect: str, ticks: Sequence[int]) -> FilterPad:
    return combined(pair, "xfade", transition=effect, duration=1, offset=f"{-ticks[0]}us")


def _ticks(progress: Sequence[float]) -> list[int]:
    """The time of each frame on the transition's clock."""
    return [round(at * _TICKS) for at in progress]


def table(variable: str, values: Sequence[int]) -> str:
    """An expression with a value per frame: a frame has the same one in any part of a transition."""
    return "+".join(f"eq({variable},{number})*{value}" for number, value in enumerate(values))


def _timed(picture: FilterPad, ticks: Sequence[int]) -> FilterPad:
    """The frames of a picture on the transition's clock.

    `xfade` refuses pictures whose stated rates differ, such as 23.976 and 24000/1001, so all state the same.
    """
    counted = then(then(picture, "settb", expr="1"), "setpts", expr="N")
    timed = then(then(counted, "fps", fps=1), "settb", expr=f"1/{_TICKS}")
    return then(timed, "setpts", expr=table("N", ticks))


def _planes(picture: FilterPad, pixels: PlanarFormat) -> list[FilterPad]:
    branches = copies(picture, len(pixels.planes))
    return [
        then(branch, "extractplanes", planes=plane)
        for branch, plane in zip(branches, pixels.planes, strict=True)
    ]


def _mapping(count: int) -> dict[str, int]:
    """Each input's only plane becomes the plane of that number."""
    return {f"map{number}s": number for number in range(count)}
