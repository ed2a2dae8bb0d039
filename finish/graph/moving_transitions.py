"""Compiles the transitions in which pictures move: slide, whip and zoom, with motion blur."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import exp, log
from typing import Final, TypeAlias

from finish.graph.filter_pads import FilterPad, combined, copies, then
from finish.graph.option_values import commands
from finish.graph.overlaps import Overlap, crossed, table
from finish.units import even

Course: TypeAlias = Callable[[float], float]  # of a movement: its progress at a progress of the transition

# Blur as a share of the way from one frame to the next: that of a camera with a shutter of 180°; and, house,
# by eye, so much that a whip is unreadable in the middle.
_SHUTTER: Final = 0.5
_SMEAR: Final = 1.5
_LONGEST: Final = 1024  # pixels: the limit of `avgblur`

# House, by eye: a zoom is strongest in the middle, where one picture dissolves into the other.
_MIDDLE: Final = log(1.8)  # the logarithm of the scale in the middle
_VISIBLE: Final = 0.6  # the progress at which the first picture is gone; the second one comes likewise
_EXPOSED: Final = 1.2  # frames: how long the blur of one frame takes, more than a camera's shutter
_DOUBLINGS: Final = 4  # a blur of 2⁴ exposures needs 4 pictures: each step doubles the exposures so far


def slide(overlap: Overlap) -> FilterPad:
    """The second picture pushes the first one out, beginning and ending at rest."""
    return _moved(overlap, _smooth, _SHUTTER)


def whip(overlap: Overlap) -> FilterPad:
    """A fast slide with the blur of a camera that is thrown around."""
    return _moved(overlap, _hurled, _SMEAR)


def _moved(overlap: Overlap, course: Course, smear: float) -> FilterPad:
    """A slide with motion blur.

    It's blurred twice: once leaves edges, as if the camera had stood still at both ends of the blur.
    """
    half = overlap.step / 2
    speeds = [course(at + half) - course(at - half) for at in overlap.progress]
    is_wide = overlap.transition.direction in ("left", "right")
    way = overlap.size.width if is_wide else overlap.size.height

    def blurred(plane: FilterPad, name: str) -> FilterPad:
        shared = overlap.format.shared(name)[0 if is_wide else 1]
        radii = [min(_LONGEST, max(1, round(smear * speed * way / shared / 4))) for speed in speeds]
        once = _blurred(_counted(plane), f"avgblur@{overlap.name}{name}1", is_wide, radii)
        return _blurred(once, f"avgblur@{overlap.name}{name}2", is_wide, radii)

    effect = f"slide{overlap.transition.direction}"
    return crossed(overlap, effect, [course(at) for at in overlap.progress], blurred)


def _blurred(plane: FilterPad, name: str, is_wide: bool, radii: Sequence[int]) -> FilterPad:
    """A plane with a blur along one axis, with a radius (pixels) for each frame."""
    option, other = ("sizeX", "sizeY") if is_wide else ("sizeY", "sizeX")
    changes = [(Fraction(2 * number - 1, 2), radius) for number, radius in enumerate(radii)][1:]
    if changes:
        text = commands(name, option, changes).content().decode().replace("\n", "")
        plane = then(plane, "sendcmd", commands=text)
    return then(plane, name, **{option: radii[0], other: 1})


def zoom(overlap: Overlap) -> FilterPad:
    """The camera goes close to the first picture, and comes back from the second one, with radial blur."""
    half = overlap.step * _EXPOSED / 2
    going = [(_close(at - half), _close(at + half)) for at in overlap.progress]
    coming = [(_close(1 - at - half), _close(1 - at + half)) for at in overlap.progress]
    zoomed = replace(
        overlap, one=_zoomed(overlap, overlap.one, going), other=_zoomed(overlap, overlap.other, coming)
    )
    mixed = [min(1.0, max(0.0, (at - 1 + _VISIBLE) / (2 * _VISIBLE - 1))) for at in overlap.progress]
    return crossed(zoomed, "fade", mixed)


def _zoomed(overlap: Overlap, picture: FilterPad, spans: Sequence[Sequence[float]]) -> FilterPad:
    """The mix of a picture at scales between two logarithms for each frame.

    Each step mixes what there is with itself, scaled by the distance of two exposures and its doubles.
    """
    blurred = _scaled(_counted(picture), overlap, [exp(least) for least, _ in spans])
    steps = [(most - least) / (2**_DOUBLINGS - 1) for least, most in spans]
    for doubling in range(_DOUBLINGS):
        near, far = copies(blurred, 2)
        larger = _scaled(far, overlap, [exp(step * 2**doubling) for step in steps])
        mixed = combined((near, larger), "mix", inputs=2)
        blurred = then(mixed, "format", pix_fmts=overlap.format.name)
    return blurred


def _scaled(picture: FilterPad, overlap: Overlap, scales: Sequence[float]) -> FilterPad:
    """The middle of a picture whose frames are scaled by `scales`, which are at least 1.

    FFmpeg's zoompan drops 10 bits to 8, and its steps are whole pixels of the source.
    """
    size = overlap.size
    widths, heights = ([even(scale * side) for scale in scales] for side in (size.width, size.height))
    sized = then(
        picture,
        "scale",
        width=table("t", widths),
        height=table("t", heights),
        eval="frame",
        flags="bicubic+accurate_rnd+bitexact",
    )
    cropped = then(
        sized,
        "crop",
        w=size.width,
        h=size.height,
        x=table("t", [(width - size.width) // 4 * 2 for width in widths]),
        y=table("t", [(height - size.height) // 4 * 2 for height in heights]),
    )
    return then(then(cropped, "setsar", sar=1), "format", pix_fmts=overlap.format.name)


def _counted(picture: FilterPad) -> FilterPad:
    """A picture whose time (s) is the number of the frame: some filters count from 0, and some from 1."""
    return then(then(picture, "settb", expr="1"), "setpts", expr="N")


def _smooth(at: float) -> float:
    """A course from 0 to 1 that begins and ends at rest."""
    return at * at * (3 - 2 * at)


def _hurled(at: float) -> float:
    """A course from 0 to 1 that is twice as fast in the middle as on average."""
    return 2 * at**2 if at < 1 / 2 else 1 - 2 * (1 - at) ** 2


def _close(at: float) -> float:
    """The logarithm of the scale of a picture in a zoom: ever faster from 0, as long as it's visible."""
    return _MIDDLE * (2 * min(max(at, 0.0), _VISIBLE)) ** 2
