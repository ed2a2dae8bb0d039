"""Where every card stands on the frame: inside the safe box with all its ink, one above the other when two show at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal

from finish.model import BREATH, GRAPHICS_SAFE
from finish.stages.captions.cues import caption_error
from finish.stages.captions.placement.card_fitting import CaptionCard
from finish.stages.captions.typesetting.caption_style import CaptionStyle
from finish.units import Box, Size, clock

Position = Literal["top", "middle", "bottom"]

# House: lines are never longer than 1.2 picture heights (BBC: 68 % of the width of 16:9, 90 % of that of 4:3).
LONGEST_LINE: Final = 1.2
# The height that every line is given whatever its letters, in em, so that baselines don't jump from card to card: Noto Sans'
# tallest Latin letters and deepest descender; what is taller or deeper gets more.
ASCENDER, DESCENDER, APART = 0.766, 0.24, 0.08
# libass' blur n is a Gaussian of standard deviation 0.85 n (ass_bitmap.c: 2 / sqrt(ln 256)): past three of them nothing is left.
BLUR_REACH: Final = 2.6
POP_PEAK: Final = 1.06  # how far the `pop` entrance overshoots


@dataclass(frozen=True)
class CoveredArea:
    """A box of the frame on which something already shows, from frame `start` until frame `end` (half-open)."""

    box: Box
    start: int
    end: int

    def during(self, card: CaptionCard) -> bool:
        return card.start < self.end and self.start < card.end


@dataclass(frozen=True)
class CaptionArea:
    """The frame, the box in it where ink may stand, the em, all in pixels, and what is covered already."""

    frame: Size
    safe: Box
    em: float
    style: CaptionStyle
    covered: tuple[CoveredArea, ...] = ()

    @property
    def breath(self) -> int:
        return math.ceil(BREATH * min(self.frame.width, self.frame.height))

    @property
    def box(self) -> Box:
        """The safe box, kept off the frame's edges and off its own."""
        breath = self.breath
        x, y = math.ceil(GRAPHICS_SAFE * self.frame.width), math.ceil(GRAPHICS_SAFE * self.frame.height)
        return Box(
            max(self.safe.left + breath, x),
            max(self.safe.top + breath, y),
            min(self.safe.right - breath, self.frame.width - x),
            min(self.safe.bottom - breath, self.frame.height - y),
        )

    @property
    def reach(self) -> float:
        """How far outline and shadow go beyond the letters, in em."""
        outline, shadow = self.style.outline, self.style.shadow
        return max(
            outline.width + BLUR_REACH * outline.blur if outline else 0.0,
            shadow.drop + BLUR_REACH * shadow.blur if shadow else 0.0,
        )

    @property
    def padding(self) -> tuple[float, float]:
        """What a card takes beside and above its lines, in em."""
        plate = self.style.box.padding if self.style.box else (0.0, 0.0)
        return max(plate[0], self.reach), max(plate[1], self.reach)

    @property
    def peak(self) -> float:
        return POP_PEAK if self.style.entrance == "pop" else 1.0

    @property
    def limit(self) -> float:
        """The longest line, in em; a twentieth of an em is left for what kerning across blanks adds."""
        width = min(self.box.right - self.box.left, LONGEST_LINE * self.frame.height)
        return (width / self.em - 2 * self.padding[0]) / self.peak - 0.05


@dataclass(frozen=True)
class PlacedCard:
    """A card on the frame. `centre` is the x of its middle, `baselines` the y of each line, `ink` all that it may touch (px)."""

    card: CaptionCard
    centre: float
    baselines: tuple[float, ...]
    plate: tuple[float, float, float, float]
    ink: Box

    def down(self, by: float) -> PlacedCard:
        """The same card further down (up, when negative)."""
        left, top, right, bottom = self.plate
        ink = Box(
            self.ink.left, math.floor(self.ink.top + by), self.ink.right, math.ceil(self.ink.bottom + by)
        )
        return replace(
            self,
            baselines=tuple(each + by for each in self.baselines),
            plate=(left, top + by, right, bottom + by),
            ink=ink,
        )


def place_cards(
    cards: tuple[CaptionCard, ...], room: CaptionArea, at: Callable[[CaptionCard], Position], where: str
) -> tuple[PlacedCard, ...]:
    """Every card where it should be `at` in the safe box, clear of what is covered.

    Cards that show together are stacked, the later ones further from the edge.
    """
    anchored = [
        _anchored(_set(card, room), room, at(card))
        for card in sorted(cards, key=lambda card: (card.start, card.cue.number))
    ]
    covered = [_widened(each, anchored, room) for each in room.covered]
    found: list[PlacedCard] = []
    together: list[PlacedCard] = []
    for new in anchored:
        card, position = new.card, at(new.card)
        together = [each for each in together if card.start < each.card.end]
        there = [
            _apart(box, room)
            for box in (
                *(each.ink for each in together),
                *(each.box for each in covered if each.during(card)),
            )
        ]
        ways = [
            _moved(new, there, down=down) for down in ((True, False) if position == "top" else (False, True))
        ]
        way = _chosen(new, [way for way in ways if _inside(way, room)] or ways[:1], position)
        _check(way, room, len(there), where)
        found.append(way)
        together.append(way)
    return tuple(found)


def _widened(covered: CoveredArea, cards: list[PlacedCard], room: CaptionArea) -> CoveredArea:
    """As wide as the safe box where any card of its time meets it: then they all make way, and lines don't jump from card to card."""
    met = any(covered.during(each.card) and _meet(each.ink, _apart(covered.box, room)) for each in cards)
    return (
        replace(covered, box=replace(covered.box, left=room.safe.left, right=room.safe.right))
        if met
        else covered
    )


def _apart(box: Box, room: CaptionArea) -> Box:
    """A box with the space around it that other ink keeps."""
    return Box(
        box.left - room.breath, box.top - room.breath, box.right + room.breath, box.bottom + room.breath
    )


def _moved(card: PlacedCard, there: list[Box], *, down: bool) -> PlacedCard:
    """The card moved past all that it meets, by the smallest step in one direction."""
    for box in sorted(there, key=lambda box: box.top if down else -box.bottom):
        if _meet(card.ink, box):
            card = card.down(box.bottom - card.ink.top if down else box.top - card.ink.bottom)
    return card


def _chosen(anchored: PlacedCard, ways: list[PlacedCard], position: Position) -> PlacedCard:
    """The first way, away from the edge; from the middle, the shorter."""
    return (
        min(ways, key=lambda way: abs(way.plate[1] - anchored.plate[1])) if position == "middle" else ways[0]
    )


def _meet(one: Box, other: Box) -> bool:
    return (
        one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )


def _inside(card: PlacedCard, room: CaptionArea) -> bool:
    safe, ink = room.safe, card.ink
    return (
        ink.left >= safe.left
        and ink.right <= safe.right
        and ink.top >= safe.top
        and ink.bottom <= safe.bottom
    )


def _set(card: CaptionCard, room: CaptionArea) -> PlacedCard:
    """The card with its first baseline at 0."""
    extents = [line.extent for line in card.lines]
    steps = [max(room.style.leading, upper.below + lower.above + APART) for upper, lower in pairwise(extents)]
    baselines = [sum(steps[:number]) * room.em for number in range(len(extents))]
    half = max(each.advance / 2 + each.overhang for each in extents) * room.peak * room.em
    top = -max(ASCENDER, extents[0].above) * room.em
    bottom = baselines[-1] + max(DESCENDER, extents[-1].below) * room.em
    beside, above = (each * room.em for each in room.padding)
    centre = (room.box.left + room.box.right) / 2
    wide = (room.box.right - room.box.left) / 2 if room.style.box and room.style.box.across else half + beside
    plate = (centre - wide, top - above, centre + wide, bottom + above)
    return PlacedCard(
        card, centre, tuple(baselines), plate, Box(*map(math.floor, plate[:2]), *map(math.ceil, plate[2:]))
    )


def _anchored(card: PlacedCard, room: CaptionArea, position: Position) -> PlacedCard:
    top, bottom = card.plate[1], card.plate[3]
    if position == "top":
        return card.down(room.box.top - top)
    if position == "bottom":
        return card.down(room.box.bottom - bottom)
    return card.down((room.box.top + room.box.bottom - top - bottom) / 2)


def _check(card: PlacedCard, room: CaptionArea, others: int, where: str) -> None:
    if _inside(card, room):
        return
    cue = card.card.cue
    together = f" beside {others} other{'s' * (others > 1)} at the same time" if others else ""
    hint = "lower `captions: size`, spread the cues in time" + (
        ", or move the logo or the lower third" if room.covered else ""
    )
    raise caption_error(
        f"cue {cue.number} at {clock(cue.start)} takes {card.ink.size}{together} and the safe zone has {room.safe.size}",
        hint,
        f"{where}:{cue.line}",
    )
