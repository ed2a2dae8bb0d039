"""The colours of logos: those of the largest areas, and what each could be for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from finish.model.colour_contrast import LARGE, TEXT, contrast_ratio, rgb_values

# House values. Colours nearer than this (ΔE 1976) are shades of one; smaller areas are edges and noise; a
# chroma below is a grey; what is darker or lighter than these (L*) can be a ground or text.
_SHADE, _AREA, _GREY, _DARK, _LIGHT = 14.0, 0.02, 9.0, 22.0, 92.0
_MOST: Final = 6  # colours of one logo
_SIDE: Final = 240  # px: enough for areas
_DISTINCT: Final = 512  # colours that are compared; the others are edges
GROUND, TEXT_COLOUR = "#101014", "#FFFFFF"  # as finish's own cards
_ROLES: Final = ("primary", "accent", "secondary", "tertiary", "fourth", "fifth", "sixth")


@dataclass(frozen=True)
class InkColour:
    """A colour (#RRGGBB) of a logo, the share of its ink that has it, and the logo's name."""

    colour: str
    share: float
    name: str


@dataclass(frozen=True)
class RoleColour:
    """A colour with its role, and why it has it."""

    role: str
    colour: str
    reason: str


@dataclass(frozen=True)
class ContrastPair:
    """Two roles and what they are for, with their contrast and the least one (to 1)."""

    roles: tuple[str, ...]
    ratio: float
    least: float


def ink_colours(picture: NDArray[np.float32], name: str) -> tuple[InkColour, ...]:
    """The colours of a picture's ink (RGBA, 0 to 1), the largest area first."""
    import cv2

    step = max(1, max(picture.shape[:2]) // _SIDE)
    pixels = picture[::step, ::step].reshape(-1, 4)
    opaque = pixels[pixels[:, 3] > 0.98]
    inked = opaque if len(opaque) else pixels[pixels[:, 3] > 0.5]
    codes = np.rint(inked[:, :3] * 255).astype(np.int64)
    packed, counts = np.unique(codes @ np.array((65536, 256, 1)), return_counts=True)
    order = np.argsort(-counts, kind="stable")[:_DISTINCT]
    rgb = np.stack([packed[order] >> 16, packed[order] >> 8 & 255, packed[order] & 255], 1)
    lab: Any = cv2.cvtColor((rgb[None] / 255).astype(np.float32), cv2.COLOR_RGB2LAB)[0]
    centres: list[int] = []
    areas: dict[int, int] = {}
    for at in range(len(order)):
        near = next((one for one in centres if np.linalg.norm(lab[at] - lab[one]) < _SHADE), None)
        if near is None:
            centres.append(near := at)
        areas[near] = areas.get(near, 0) + int(counts[order[at]])
    total = sum(areas.values()) or 1
    largest = sorted(areas, key=lambda at: -areas[at])[:_MOST]
    return tuple(
        InkColour("#{:02X}{:02X}{:02X}".format(*rgb[at]), areas[at] / total, name)
        for at in largest
        if areas[at] / total >= _AREA
    )


def roles(logos: Sequence[Sequence[InkColour]]) -> tuple[RoleColour, ...]:
    """The colours of all logos with their roles: primary, accent and others, then text and ground."""
    colours = _merged(logos)
    vivid = [ink for ink in colours if lab_of(ink.colour)[1] >= _GREY]
    if not vivid:
        return (*_greys(colours), *_neutrals(colours))
    rest = sorted(vivid[1:], key=lambda ink: -lab_of(ink.colour)[1] * min(ink.share, 0.2))
    neutrals = _neutrals(colours)
    stands_out = bool(rest) and contrast_ratio(rest[0].colour, neutrals[1].colour) >= LARGE
    # Graphics take primary where a kit has no accent.
    names = _ROLES if stands_out else (_ROLES[0], *_ROLES[2:])
    named = [
        RoleColour(role, ink.colour, _area(ink)) for role, ink in zip(names, [vivid[0], *rest], strict=False)
    ]
    return (*named, *neutrals)


def _greys(colours: Sequence[InkColour]) -> tuple[RoleColour, ...]:
    """The roles of a brand without colours: an accent that shows on dark plates."""
    if not colours:
        return ()
    return (
        RoleColour("primary", colours[0].colour, _area(colours[0])),
        RoleColour("accent", TEXT_COLOUR, "white, because the logos have no colour"),
    )


def _neutrals(colours: Sequence[InkColour]) -> tuple[RoleColour, RoleColour]:
    """The colour of text, and that of the ground behind it."""
    light = [ink for ink in colours if lab_of(ink.colour)[0] >= _LIGHT]
    dark = [ink for ink in colours if lab_of(ink.colour)[0] <= _DARK]
    text = min(light, key=lambda ink: lab_of(ink.colour)[1], default=None)
    ground = max(dark, key=lambda ink: ink.share, default=None)
    return (
        RoleColour("text", text.colour, _area(text))
        if text
        else RoleColour("text", TEXT_COLOUR, "white, because the logos have no light colour"),
        RoleColour("ground", ground.colour, _area(ground))
        if ground
        else RoleColour("ground", GROUND, "nearly black, because the logos have no dark colour"),
    )


def _merged(logos: Sequence[Sequence[InkColour]]) -> list[InkColour]:
    """The colours of all logos, shades of one taken together; each logo counts the same."""
    merged: list[InkColour] = []
    inks = sorted((ink for logo in logos for ink in logo), key=lambda ink: -ink.share)
    for ink in inks:
        near = next((at for at, one in enumerate(merged) if _distance(one.colour, ink.colour) < _SHADE), None)
        if near is None:
            merged.append(ink)
        else:
            known = merged[near]
            merged[near] = InkColour(known.colour, known.share + ink.share, known.name)
    count = max(1, len(logos))
    shares = [InkColour(ink.colour, ink.share / count, ink.name) for ink in merged]
    return sorted(shares, key=lambda ink: -ink.share)


def pairs(colours: Sequence[RoleColour]) -> tuple[ContrastPair, ...]:
    """The pairs of roles whose contrast a job could rely on, with what they have."""
    by_role = {one.role: one.colour for one in colours}
    candidates = (
        ("text", "ground"),
        ("text", "primary", "large"),
        ("primary", "ground", "large"),
        ("accent", "ground", "large"),
    )
    return tuple(
        ContrastPair(
            roles, contrast_ratio(by_role[roles[0]], by_role[roles[1]]), LARGE if len(roles) > 2 else TEXT
        )
        for roles in candidates
        if roles[0] in by_role and roles[1] in by_role
    )


def lab_of(colour: str) -> tuple[float, float, float]:
    """L* (0 to 100), chroma and hue (degrees) of a colour (#RRGGBB) in CIELAB, D65."""
    light, a, b = _lab(colour)
    return light, float(np.hypot(a, b)), float(np.degrees(np.arctan2(b, a)) % 360)


def _lab(colour: str) -> tuple[float, float, float]:
    import cv2

    values = np.array([[rgb_values(colour)]], np.float32)
    light, a, b = cv2.cvtColor(values, cv2.COLOR_RGB2LAB)[0, 0]
    return float(light), float(a), float(b)


def _distance(one: str, other: str) -> float:
    return float(np.linalg.norm(np.subtract(_lab(one), _lab(other))))


def _area(ink: InkColour) -> str:
    return f"about {ink.share:.0%} of the logos' ink, from {ink.name}".replace("%", " %")
