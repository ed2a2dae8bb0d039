"""The place of every card on the frame: inside the safe area, stacked if two show at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from finish.errors import FinishError
from finish.model import BREATH, GRAPHICS_SAFE
from finish.stages.captions.caption_settings import Position
from finish.stages.captions.cues import CuePosition
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
TRAVEL: Final = 0.35  # em: how far a card moves as it comes in (house value)
MOVING: Final = frozenset({"rise", "drop"})
# House value: lines are centred on the frame if that leaves them this share of its width. Beside a column of
# buttons, the middle of what is left looks like a mistake.
_CENTRED: Final = 0.6

# Where a card is: by name, with its lower edge at a share of the frame's height, or as its file states.
Anchor = Position | float | CuePosition


@dataclass(frozen=True)
class CaptionArea:
    """The frame, the safe area for ink, the em (all in px), and the style."""

    frame: Size
    safe: Box
    em: float
    style: CaptionStyle

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
    def column(self) -> tuple[int, int]:
        """The left and right edge of lines: centred on the frame if the safe area allows it."""
        box, width = self.box, self.frame.width
        half = min(width - 2 * box.left, 2 * box.right - width) // 2
        if 2 * half >= _CENTRED * width:
            return (width - 2 * half) // 2, (width + 2 * half) // 2
        return box.left, box.right

    @property
    def reach(self) -> float:
        """How far outline and shadow extend beyond the letters, in em."""
        outline, glow = self.style.outline, self.style.glow
        copies = [copy for copy in (self.style.shadow, self.style.echo) if copy]
        return max(
            outline.width + BLUR_REACH * outline.blur if outline else 0.0,
            glow.width + BLUR_REACH * glow.blur if glow else 0.0,
            *(max(copy.drop, abs(copy.side)) + BLUR_REACH * copy.blur for copy in copies),
            0.0,
        )

    @property
    def padding(self) -> tuple[float, float]:
        """The space of a card beside and above its lines, in em."""
        plates = [plate.padding for plate in (self.style.box, self.style.word_plate) if plate]
        beside, above = (max([self.reach, *(plate[side] for plate in plates)]) for side in (0, 1))
        return beside, above + self._growth + (TRAVEL if self.style.entrance in MOVING else 0.0)

    @property
    def _growth(self) -> float:
        """How far a larger word extends above and below its line, in em."""
        spoken = self.style.spoken
        return (spoken.scale - 1) / 2 if spoken else 0.0

    @property
    def peak(self) -> float:
        """How much wider than itself a line can become."""
        spoken = self.style.spoken
        return max(POP_PEAK if self.style.entrance == "pop" else 1.0, spoken.scale if spoken else 1.0)

    @property
    def limit(self) -> float:
        """The longest line, in em; a twentieth of an em remains for kerning across blanks."""
        left, right = self.column
        width = min(right - left, LONGEST_LINE * self.frame.height)
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

    def aside(self, by: float) -> PlacedCard:
        """The same card further right (left, when negative)."""
        left, top, right, bottom = self.plate
        edges = math.floor(self.ink.left + by), math.ceil(self.ink.right + by)
        return replace(
            self,
            centre=self.centre + by,
            plate=(left + by, top, right + by, bottom),
            ink=Box(edges[0], self.ink.top, edges[1], self.ink.bottom),
        )


def place_cards(
    cards: tuple[CaptionCard, ...], area: CaptionArea, anchor: Callable[[CaptionCard], Anchor]
) -> tuple[PlacedCard, ...]:
    """Every card at its anchor in the safe area; FinishError for one that doesn't fit.

    Cards that show together are stacked, the later ones further from the edge.
    """
    placed = stacked_cards(set_cards(cards, area), area, anchor)
    for card in placed:
        if not inside(card, area):
            raise too_large(card, area, ())
    return placed


def set_cards(cards: Iterable[CaptionCard], area: CaptionArea) -> tuple[PlacedCard, ...]:
    """The cards in order of time, without a place yet: their first baseline is at 0."""
    order = sorted(cards, key=lambda card: (card.start, card.cue.number))
    return tuple(_set(card, area) for card in order)


def stacked_cards(
    cards: Iterable[PlacedCard], area: CaptionArea, anchor: Callable[[CaptionCard], Anchor]
) -> tuple[PlacedCard, ...]:
    """Set cards at their anchors; of those that show together, the later ones are further from the edge."""
    placed: list[PlacedCard] = []
    together: list[PlacedCard] = []
    for card in cards:
        at = anchor(card.card)
        together = [other for other in together if card.card.start < other.card.end]
        boxes = [other.ink.grown(area.breath) for other in together]
        clear = _clear(_anchored(card, area, at), boxes, area, at)
        placed.append(clear)
        together.append(clear)
    return tuple(placed)


def _clear(card: PlacedCard, boxes: list[Box], area: CaptionArea, at: Anchor) -> PlacedCard:
    """The card clear of boxes: away from its edge, or the other way if only that stays in the safe area."""
    high = at == "top" or (isinstance(at, CuePosition) and at.edge == "top")
    options = [_moved(card, boxes, down=down) for down in ((True, False) if high else (False, True))]
    fitting = [option for option in options if inside(option, area)] or options[:1]
    if at == "middle":
        return min(fitting, key=lambda option: abs(option.plate[1] - card.plate[1]))
    return fitting[0]


def _moved(card: PlacedCard, boxes: list[Box], *, down: bool) -> PlacedCard:
    """The card moved past all boxes that it meets, by the smallest step in one direction."""
    for box in sorted(boxes, key=lambda box: box.top if down else -box.bottom):
        if card.ink.meets(box):
            card = card.down(box.bottom - card.ink.top if down else box.top - card.ink.bottom)
    return card


def inside(card: PlacedCard, area: CaptionArea) -> bool:
    """Whether a card's ink is in the safe area."""
    safe, ink = area.safe, card.ink
    return (
        ink.left >= safe.left
        and ink.right <= safe.right
        and ink.top >= safe.top
        and ink.bottom <= safe.bottom
    )


def _set(card: CaptionCard, area: CaptionArea) -> PlacedCard:
    """The card with its first baseline at 0."""
    em = area.em * card.scale
    extents = [line.extent for line in card.lines]
    steps = [max(area.style.leading, upper.below + lower.above + APART) for upper, lower in pairwise(extents)]
    baselines = [sum(steps[:number]) * em for number in range(len(extents))]
    half = max(extent.advance / 2 + extent.overhang for extent in extents) * area.peak * em
    top = -max(ASCENDER, extents[0].above) * em
    bottom = baselines[-1] + max(DESCENDER, extents[-1].below) * em
    beside, above = (padding * em for padding in area.padding)
    centre = sum(area.column) / 2
    wide = (
        (area.column[1] - area.column[0]) / 2 if area.style.box and area.style.box.across else half + beside
    )
    plate = (centre - wide, top - above, centre + wide, bottom + above)
    return PlacedCard(
        card, centre, tuple(baselines), plate, Box(*map(math.floor, plate[:2]), *map(math.ceil, plate[2:]))
    )


def _anchored(card: PlacedCard, area: CaptionArea, at: Anchor) -> PlacedCard:
    """The card at its anchor, if nothing is in the way."""
    top, bottom = card.plate[1], card.plate[3]
    if isinstance(at, CuePosition):
        return _as_stated(card, area, at)
    if isinstance(at, float | int):
        return card.down(at * area.frame.height - bottom)
    if at == "top":
        return card.down(area.box.top - top)
    if at == "bottom":
        return card.down(area.box.bottom - bottom)
    return card.down((area.box.top + area.box.bottom - top - bottom) / 2)


def _as_stated(card: PlacedCard, area: CaptionArea, position: CuePosition) -> PlacedCard:
    """The card where its file puts it, moved into the safe area."""
    left, top, right, bottom = card.plate
    edges = {"top": top, "middle": (top + bottom) / 2, "bottom": bottom}
    if position.down is None:
        placed = _anchored(card, area, position.edge)
    else:
        down = position.down * area.frame.height - edges[position.edge]
        placed = card.down(min(max(down, area.box.top - top), area.box.bottom - bottom))
    if position.across is None:
        return placed
    sides = {"left": left, "centre": (left + right) / 2, "right": right}
    aside = position.across * area.frame.width - sides[position.align]
    return placed.aside(min(max(aside, area.box.left - left), area.box.right - right))


def too_large(card: PlacedCard, area: CaptionArea, others: Sequence[object]) -> FinishError:
    """The error for a card that isn't inside the safe area, or only over `others`."""
    cue = card.card.cue
    together = f" next to {len(others)} other{'s' * (len(others) > 1)}" if others else ""
    message = f"cue {cue.number} at {clock(cue.start)} needs {card.ink.size}{together}"
    hint = "lower `captions: size`, or spread the cues in time"
    return caption_error(
        f"{message}, but the safe area is {area.safe.size}",
        f"{hint}, or move the logo or the lower third" if others else hint,
        cue.place,
    )
