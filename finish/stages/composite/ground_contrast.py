"""How well a logo stands out: the contrast of its edge with a ground (WCAG 2.2, success criterion 1.4.11)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np

from finish.model import Document
from finish.model.colour_contrast import LARGE, MOST, luminance, luminance_ratio, relative_luminance
from finish.stages.composite.picture_file import Floats, read, trimmed

LEAST_LOGO_CONTRAST: Final = LARGE
_OPAQUE: Final = 0.5  # of alpha: ink
# House values. A logo that fills this share of its rectangle's border has its own ground; and this share of
# the edge must stand out: a part of many logos is a colour near to any ground.
_OWN_GROUND, _EDGE = 0.9, 0.5
_GROUNDS: Final = ("#101014", "#FFFFFF")  # of a plate: dark, light


@lru_cache(maxsize=16)
def edge_luminances(document: Document) -> tuple[float, ...]:
    """The relative luminances (0 to 1) at the edge of a logo's ink, sorted, a hundred of them.

    None of them if the logo is its own ground: a picture without transparent parts at its border.
    """
    import cv2

    data = trimmed(read(document))
    ink = (data[:, :, 3] >= _OPAQUE).astype(np.uint8)
    border = np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]])
    if border.mean() >= _OWN_GROUND:
        return ()
    # Two pixels: the outermost one is mixed with what is transparent.
    padded = np.pad(ink, 1)
    inner = cv2.erode(padded, np.ones((5, 5), np.uint8))[1:-1, 1:-1]
    edge = data[(ink == 1) & (inner == 0)][:, :3]
    if not len(edge):
        return ()
    lumas = np.sort(_luminances(edge))
    return tuple(float(luma) for luma in lumas[np.linspace(0, len(lumas) - 1, 100).astype(int)])


@lru_cache(maxsize=8192)  # asked for every sample of every corner
def logo_contrast(document: Document, luma: int) -> float:
    """The contrast (to 1) of a logo on a grey ground (0 to 255), which half of its edge has at least."""
    return _contrast(document, relative_luminance((luma / 255,) * 3))


def contrast_on(document: Document, colour: str) -> float:
    """The contrast (to 1) of a logo on a ground of one colour (#RRGGBB)."""
    return _contrast(document, luminance(colour))


def _contrast(document: Document, behind: float) -> float:
    """The contrast with a relative luminance, which half of the logo's edge has at least."""
    edge = edge_luminances(document)
    if not edge:
        return MOST
    ratios = sorted(luminance_ratio(value, behind) for value in edge)
    return ratios[int(len(ratios) * (1 - _EDGE))]


def plate_colour(document: Document, grounds: Sequence[str] = ()) -> str:
    """The colour of a plate on which a logo stands out most: one of its `grounds`, else dark or light."""
    return max(grounds or _GROUNDS, key=lambda colour: contrast_on(document, colour))


def _luminances(colours: Floats) -> Floats:
    """The relative luminances of sRGB values (0 to 1), shape (n, 3): as `relative_luminance`, for many."""
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array((0.2126, 0.7152, 0.0722)), np.float32)
