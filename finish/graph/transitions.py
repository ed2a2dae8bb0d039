"""Compiles the transitions of a sequence to FFmpeg's filters. 10 bits stay 10 bits in each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from finish.graph.filter_pads import FilterPad, copies, then
from finish.graph.moving_transitions import slide, whip, zoom
from finish.graph.overlaps import Overlap, crossed, dissolved
from finish.graph.pixel_formats import PlanarFormat

# Y'CbCr and linear light, as FFmpeg's zscale takes them. One thread, because slices change the bytes.
_CODES: Final = {"matrix": "709", "primaries": "709", "range": "limited"}
_LIGHT: Final = {"matrix": "gbr", "primaries": "709", "range": "full", "transfer": "linear"}
_INTO_LIGHT: Final = {**_LIGHT, **{f"{name}in": value for name, value in _CODES.items()}, "transferin": "709"}
_INTO_CODES: Final = {**_CODES, "transfer": "709", **{f"{name}in": value for name, value in _LIGHT.items()}}


def transition_picture(overlap: Overlap) -> FilterPad:
    """The frames of a transition."""
    return _KINDS[overlap.transition.kind](overlap)


def _dissolve(overlap: Overlap) -> FilterPad:
    if overlap.transition.light == "code":
        return crossed(overlap, "fade", overlap.progress)
    mixed = dissolved(_light(overlap.one), _light(overlap.other), overlap.progress)
    return _codes(mixed, overlap.format)


def _light(picture: FilterPad) -> FilterPad:
    """Linear light in 16 bits: a step in black is a sixteenth of one of 10-bit codes."""
    return then(
        then(picture, "zscale", **_INTO_LIGHT, chromalin="left", threads=1), "format", pix_fmts="gbrp16le"
    )


def _codes(light: FilterPad, pixels: PlanarFormat) -> FilterPad:
    """Linear light as the codes of a delivery, dithered."""
    coded = then(light, "zscale", **_INTO_CODES, chromal="left", dither="ordered", threads=1)
    return then(coded, "format", pix_fmts=pixels.name)


def _dip(overlap: Overlap) -> FilterPad:
    """The first picture becomes the colour until the middle, and the colour becomes the other after it."""
    picture, plain = copies(overlap.one, 2)
    colour = then(plain, "lutyuv", **overlap.format.codes(overlap.transition.colour))
    going = replace(overlap, one=picture, other=colour)
    coloured = crossed(going, "fade", [min(2 * at, 1.0) for at in overlap.progress])
    coming = replace(overlap, one=coloured)
    return crossed(coming, "fade", [max(2 * at - 1, 0.0) for at in overlap.progress])


def _wipe(overlap: Overlap) -> FilterPad:
    return crossed(overlap, f"wipe{overlap.transition.direction}", overlap.progress)


_KINDS: Final[Mapping[str, Callable[[Overlap], FilterPad]]] = {
    "dissolve": _dissolve,
    "dip": _dip,
    "wipe": _wipe,
    "slide": slide,
    "whip": whip,
    "zoom": zoom,
}
