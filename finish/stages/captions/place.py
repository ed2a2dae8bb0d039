"""Where every card stands on the frame: inside the safe box with all its ink, one above the other when two show at once."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal

from finish.stages.captions.cues import mistake
from finish.stages.captions.fit import Card
from finish.stages.captions.style import Style
from finish.units import Box, Size, clock

Position = Literal["top", "middle", "bottom"]

# House values. Text never comes nearer to the frame's edge than 5 % of it (graphics safe area of EBU R 95), and lines are never
# longer than 1.2 picture heights (BBC: 68 % of the width of 16:9, 90 % of that of 4:3).
GRAPHICS_SAFE: Final = 0.05
LONGEST_LINE: Final = 1.2
# Between ink and the edge of the safe box, in parts of the frame's shorter side: room for the coder's ringing (an 8×8 block and
# the deblocking of its neighbour are 11 px of 1080).
BREATH: Final = 0.011
# The height that every line is given whatever its letters, in em, so that baselines don't jump from card to card: Noto Sans'
# tallest Latin letters and deepest descender; what is taller or deeper gets more.
ASCENDER, DESCENDER, APART = 0.766, 0.24, 0.08
# libass' blur n is a Gaussian of standard deviation 0.85 n (ass_bitmap.c: 2 / sqrt(ln 256)): past three of them nothing is left.
BLUR_REACH: Final = 2.6
POP_PEAK: Final = 1.06  # how far the `pop` entrance overshoots


@dataclass(frozen=True)
class Room:
    """The frame, the box in it where ink may stand, and the em, all in pixels."""

    frame: Size
    safe: Box
    em: float
    style: Style

    @property
    def breath(self) -> int:
        return math.ceil(BREATH * min(self.frame.width, self.frame.height))

    @property
    def box(self) -> Box:
        """The safe box, kept off the frame's edges and off its own."""
        breath = self.breath
        x, y = math.ceil(GRAPHICS_SAFE * self.frame.width), math.ceil(GRAPHICS_SAFE * self.frame.height)
        return Box(max(self.safe.left + breath, x), max(self.safe.top + breath, y),
                   min(self.safe.right - breath, self.frame.width - x), min(self.safe.bottom - breath, self.frame.height - y))

    @property
    def reach(self) -> float:
        """How far outline and shadow go beyond the letters, in em."""
        outline, shadow = self.style.outline, self.style.shadow
        return max(outline.width + BLUR_REACH * outline.blur if outline else 0.0, shadow.drop + BLUR_REACH * shadow.blur if shadow else 0.0)

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
class Placed:
    """A card on the frame. `centre` is the x of its middle, `baselines` the y of each line, `ink` all that it may touch (px)."""

    card: Card
    centre: float
    baselines: tuple[float, ...]
    plate: tuple[float, float, float, float]
    ink: Box

    def down(self, by: float) -> Placed:
        """The same card further down (up, when negative)."""
        left, top, right, bottom = self.plate
        ink = Box(self.ink.left, math.floor(self.ink.top + by), self.ink.right, math.ceil(self.ink.bottom + by))
        return replace(self, baselines=tuple(each + by for each in self.baselines), plate=(left, top + by, right, bottom + by), ink=ink)


def placed(cards: tuple[Card, ...], room: Room, position: Position, where: str) -> tuple[Placed, ...]:
    """Every card at `position` in the safe box; cards that show together are stacked, the later ones further from the edge."""
    found: list[Placed] = []
    together: list[Placed] = []
    gap = room.breath
    for card in sorted(cards, key=lambda card: (card.start, card.cue.number)):
        new = _anchored(_set(card, room), room, position)
        together = [each for each in together if card.start < each.card.end]
        for each in sorted(together, key=lambda each: each.ink.top, reverse=position != "top"):
            if each.ink.top < new.ink.bottom and new.ink.top < each.ink.bottom:
                new = new.down(each.ink.bottom + gap - new.ink.top if position == "top" else each.ink.top - gap - new.ink.bottom)
        _check(new, room, len(together), where)
        found.append(new)
        together.append(new)
    return tuple(found)


def _set(card: Card, room: Room) -> Placed:
    """The card with its first baseline at 0."""
    extents = [line.extent for line in card.lines]
    steps = [max(room.style.leading, upper.below + lower.above + APART) for upper, lower in pairwise(extents)]
    baselines = [sum(steps[:number]) * room.em for number in range(len(extents))]
    half = max(each.advance / 2 + each.overhang for each in extents) * room.peak * room.em
    top = -max(ASCENDER, extents[0].above) * room.em
    bottom = baselines[-1] + max(DESCENDER, extents[-1].below) * room.em
    beside, above = (each * room.em for each in room.padding)
    centre = (room.box.left + room.box.right) / 2
    plate = (centre - half - beside, top - above, centre + half + beside, bottom + above)
    return Placed(card, centre, tuple(baselines), plate, Box(*map(math.floor, plate[:2]), *map(math.ceil, plate[2:])))


def _anchored(card: Placed, room: Room, position: Position) -> Placed:
    top, bottom = card.plate[1], card.plate[3]
    if position == "top":
        return card.down(room.box.top - top)
    if position == "bottom":
        return card.down(room.box.bottom - bottom)
    return card.down((room.box.top + room.box.bottom - top - bottom) / 2)


def _check(card: Placed, room: Room, others: int, where: str) -> None:
    safe, ink = room.safe, card.ink
    if ink.left >= safe.left and ink.right <= safe.right and ink.top >= safe.top and ink.bottom <= safe.bottom:
        return
    cue = card.card.cue
    together = f" with {others} others at the same time" if others else ""
    raise mistake(f"cue {cue.number} at {clock(cue.start)} takes {ink.size}{together} and the safe zone has {safe.size}",
                  "lower `captions: size`, or spread the cues in time", f"{where}:{cue.line}")
