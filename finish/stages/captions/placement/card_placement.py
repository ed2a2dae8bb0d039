"""The place of every card on the frame: inside the safe area, stacked if two show at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from finish.model import BREATH, GRAPHICS_SAFE
from finish.stages.captions.caption_settings import Position
from finish.stages.captions.placement.card_fitting import CaptionCard
from finish.stages.captions.source_place import caption_error
from finish.stages.captions.typesetting.caption_style import CaptionStyle
from finish.units import Box, Size, clock

# House value: lines are at most 1.2 picture heights long (BBC: 68 % of the width of 16:9, 90 % of that of
# 4:3).
LONGEST_LINE: Final = 1.2
# The height of every line in em, whatever its letters, so that baselines don't jump from card to card: the
# tallest Latin letters and the deepest descender of Noto Sans. Taller or deeper letters get more.
ASCENDER, DESCENDER, APART = 0.766, 0.24, 0.08
# libass' blur n is a Gaussian of standard deviation 0.85 n (ass_bitmap.c: 2 / sqrt(ln 256)), which ends after
# three.
BLUR_REACH: Final = 2.6
POP_PEAK: Final = 1.06  # how far the `pop` entrance overshoots


@dataclass(frozen=True)
class CoveredArea:
    """A box of the frame that something covers already, from frame `start` until frame `end` (half-open)."""

    box: Box
    start: int
    end: int

    def during(self, card: CaptionCard) -> bool:
        return card.start < self.end and self.start < card.end


@dataclass(frozen=True)
class CaptionArea:
    """The frame, the safe area for ink, the em (all in px), the style, and the areas covered already."""

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
        """The safe area, with a distance to the frame's edges and to its own."""
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
        """How far outline and shadow extend beyond the letters, in em."""
        outline, shadow = self.style.outline, self.style.shadow
        return max(
            outline.width + BLUR_REACH * outline.blur if outline else 0.0,
            shadow.drop + BLUR_REACH * shadow.blur if shadow else 0.0,
        )

    @property
    def padding(self) -> tuple[float, float]:
        """The space of a card beside and above its lines, in em."""
        plate = self.style.box.padding if self.style.box else (0.0, 0.0)
        return max(plate[0], self.reach), max(plate[1], self.reach)

    @property
    def peak(self) -> float:
        return POP_PEAK if self.style.entrance == "pop" else 1.0

    @property
    def limit(self) -> float:
        """The longest line, in em; a twentieth of an em remains for kerning across blanks."""
        width = min(self.box.right - self.box.left, LONGEST_LINE * self.frame.height)
        return (width / self.em - 2 * self.padding[0]) / self.peak - 0.05


@dataclass(frozen=True)
class PlacedCard:
    """A card on the frame. `centre` is its x, `baselines` the y of each line, `ink` its extent (px)."""

    card: CaptionCard
    centre: float
    baselines: tuple[float, ...]
    plate: tuple[float, float, float, float]
    ink: Box

    def down(self, by: float) -> PlacedCard:
        """The same card further down (up, when negative)."""
        left, top, right, bottom = self.plate
        edges = math.floor(self.ink.top + by), math.ceil(self.ink.bottom + by)
        return replace(
            self,
            baselines=tuple(baseline + by for baseline in self.baselines),
            plate=(left, top + by, right, bottom + by),
            ink=Box(self.ink.left, edges[0], self.ink.right, edges[1]),
        )


def place_cards(
    cards: tuple[CaptionCard, ...], area: CaptionArea, position: Callable[[CaptionCard], Position]
) -> tuple[PlacedCard, ...]:
    """Every card at its position in the safe area, clear of covered areas.

    FinishError for one that doesn't fit.

    Cards that show together are stacked, the later ones further from the edge.
    """
    order = sorted(cards, key=lambda card: (card.start, card.cue.number))
    anchored = [_anchored(_set(card, area), area, position(card)) for card in order]
    covered = [_widened(box, anchored, area) for box in area.covered]
    placed: list[PlacedCard] = []
    together: list[PlacedCard] = []
    for new in anchored:
        together = [other for other in together if new.card.start < other.card.end]
        boxes = [
            *(other.ink for other in together),
            *(other.box for other in covered if other.during(new.card)),
        ]
        card = _clear(new, [_apart(box, area) for box in boxes], area, position(new.card))
        _check(card, area, len(boxes))
        placed.append(card)
        together.append(card)
    return tuple(placed)


def _clear(card: PlacedCard, boxes: list[Box], area: CaptionArea, position: Position) -> PlacedCard:
    """The card clear of boxes: away from its edge, or the other way if only that stays in the safe area."""
    directions = (True, False) if position == "top" else (False, True)
    options = [_moved(card, boxes, down=down) for down in directions]
    return _chosen(card, [option for option in options if _inside(option, area)] or options[:1], position)


def _widened(covered: CoveredArea, cards: list[PlacedCard], area: CaptionArea) -> CoveredArea:
    """The covered area, as wide as the safe area if it meets any card of its time.

    Then all cards avoid it, and lines don't jump from card to card.
    """
    meets = any(covered.during(card.card) and _meet(card.ink, _apart(covered.box, area)) for card in cards)
    wide = replace(covered.box, left=area.safe.left, right=area.safe.right)
    return replace(covered, box=wide) if meets else covered


def _apart(box: Box, area: CaptionArea) -> Box:
    """A box with the distance that other ink keeps from it."""
    breath = area.breath
    return Box(box.left - breath, box.top - breath, box.right + breath, box.bottom + breath)


def _moved(card: PlacedCard, boxes: list[Box], *, down: bool) -> PlacedCard:
    """The card moved past all boxes that it meets, by the smallest step in one direction."""
    for box in sorted(boxes, key=lambda box: box.top if down else -box.bottom):
        if _meet(card.ink, box):
            card = card.down(box.bottom - card.ink.top if down else box.top - card.ink.bottom)
    return card


def _chosen(anchored: PlacedCard, options: list[PlacedCard], position: Position) -> PlacedCard:
    """The first option, away from the edge; from the middle, the shorter one."""
    if position == "middle":
        return min(options, key=lambda option: abs(option.plate[1] - anchored.plate[1]))
    return options[0]


def _meet(one: Box, other: Box) -> bool:
    return (
        one.left < other.right
        and other.left < one.right
        and one.top < other.bottom
        and other.top < one.bottom
    )


def _inside(card: PlacedCard, area: CaptionArea) -> bool:
    safe, ink = area.safe, card.ink
    return (
        ink.left >= safe.left
        and ink.right <= safe.right
        and ink.top >= safe.top
        and ink.bottom <= safe.bottom
    )


def _set(card: CaptionCard, area: CaptionArea) -> PlacedCard:
    """The card with its first baseline at 0."""
    extents = [line.extent for line in card.lines]
    steps = [max(area.style.leading, upper.below + lower.above + APART) for upper, lower in pairwise(extents)]
    baselines = [sum(steps[:number]) * area.em for number in range(len(extents))]
    half = max(extent.advance / 2 + extent.overhang for extent in extents) * area.peak * area.em
    top = -max(ASCENDER, extents[0].above) * area.em
    bottom = baselines[-1] + max(DESCENDER, extents[-1].below) * area.em
    beside, above = (padding * area.em for padding in area.padding)
    centre = (area.box.left + area.box.right) / 2
    wide = (area.box.right - area.box.left) / 2 if area.style.box and area.style.box.across else half + beside
    plate = (centre - wide, top - above, centre + wide, bottom + above)
    return PlacedCard(
        card, centre, tuple(baselines), plate, Box(*map(math.floor, plate[:2]), *map(math.ceil, plate[2:]))
    )


def _anchored(card: PlacedCard, area: CaptionArea, position: Position) -> PlacedCard:
    """The card at its position, if nothing is in the way."""
    top, bottom = card.plate[1], card.plate[3]
    if position == "top":
        return card.down(area.box.top - top)
    if position == "bottom":
        return card.down(area.box.bottom - bottom)
    return card.down((area.box.top + area.box.bottom - top - bottom) / 2)


def _check(card: PlacedCard, area: CaptionArea, others: int) -> None:
    """Refuse a card that isn't inside the safe area."""
    if _inside(card, area):
        return
    cue = card.card.cue
    together = f" next to {others} other{'s' * (others > 1)}" if others else ""
    message = f"cue {cue.number} at {clock(cue.start)} needs {card.ink.size}{together}"
    hint = "lower `captions: size`, or spread the cues in time"
    raise caption_error(
        f"{message}, but the safe area is {area.safe.size}",
        f"{hint}, or move the logo or the lower third" if area.covered else hint,
        cue.place,
    )
