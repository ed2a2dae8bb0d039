"""Whether captions and overlays show as planned, and only where they may.

Each delivered frame is compared with the planned frame and with the same plan without graphics.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from finish.analysis.clearance.comparison import ARRIVED, SHORT, FrameTriple, Sums, alike
from finish.analysis.clearance.comparison import CODES as CODES
from finish.analysis.clearance.comparison import ExpectedGraphic as ExpectedGraphic
from finish.model import Array, Frames, Parted
from finish.units import Box, Size, Span, even

# s: where a starved encoder repeats old pictures, it may show a graphic so much later (5 frames at 60 Hz)
_SETTLING = Fraction(1, 10)


@dataclass(frozen=True)
class ClearanceFacts:
    """Which graphics the frames show, and the ink that they show elsewhere.

    `outside` is how many pixels have ink, planned or delivered, outside the safe box and the boxes of free
    graphics, summed over the frames. `present`, `absent` and `wrong` hold numbers of graphics: those that
    show at one of their times, those that show at none, and those that don't show as planned or not at all
    their times. `stray` is how many tiles inside the safe box have ink that isn't in the plan.
    """

    outside: int = 0
    present: tuple[int, ...] = ()
    absent: tuple[int, ...] = ()
    wrong: tuple[int, ...] = ()
    stray: int = 0

    @property
    def missing(self) -> int:
        """How many graphics show at none of their times, or too faintly to be seen."""
        return len(set(self.absent) - set(self.present))

    @property
    def differing(self) -> int:
        """How many places show something other than planned."""
        return len(set(self.wrong) & set(self.present)) + self.stray


@dataclass(frozen=True)
class GraphicClearance(Parted[ClearanceFacts]):
    """Whether a picture shows its graphics, and shows ink nowhere else.

    Ask it with `against` the planned picture and the same picture without graphics. A frame that never comes
    shows nothing.
    """

    frame: Size
    safe: Box
    cards: tuple[ExpectedGraphic, ...]

    version = 9

    @classmethod
    def of(cls, frame: Size, safe: Box, cards: Sequence[ExpectedGraphic]) -> GraphicClearance:
        """The question about these graphics, numbered in order."""
        return cls(frame, safe, tuple(replace(card, number=number) for number, card in enumerate(cards)))

    def slice(self, span: Span) -> GraphicClearance | None:
        """The question about the piece that shows `span`, whose clock begins at 0."""
        moved = [
            replace(
                card, times=tuple(time - span.start for time in card.times if span.start <= time < span.end)
            )
            for card in self.cards
        ]
        cards = tuple(card for card in moved if card.times)
        return replace(self, cards=cards) if cards else None

    def merged(self, answers: Sequence[ClearanceFacts]) -> ClearanceFacts:
        """One answer for all pieces."""
        return ClearanceFacts(
            sum(answer.outside for answer in answers),
            _joined(answer.present for answer in answers),
            _joined(answer.absent for answer in answers),
            _joined(answer.wrong for answer in answers),
            sum(answer.stray for answer in answers),
        )

    @property
    def wants(self) -> Frames:
        short = min(self.frame.width, self.frame.height)
        box = (
            Size(even(self.frame.width * SHORT / short), even(self.frame.height * SHORT / short))
            if short > SHORT
            else None
        )
        return Frames("gray", box, at=tuple(sorted({time for card in self.cards for time in card.times})))

    def begin(self) -> _ClearanceFold:
        return _ClearanceFold(self)


def _may_lack(frames: FrameTriple, after: Fraction) -> bool:
    """Whether a starved encoder explains that a graphic, which began `after` (s) ago, isn't visible yet."""
    return (after == 0 and frames.arrived < ARRIVED) or (after < _SETTLING and frames.stale)


def _joined(numbers: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(sorted(set[int]().union(*numbers)))


@dataclass
class _GraphicTally:
    """What the frames so far show of one graphic.

    `came` counts its frames, `visible` those in which the plan makes it visible, `present` those that show
    it, and `absent` those that arrived without it. `tiles` are those of the frames that show it.
    """

    came: int = 0
    visible: int = 0
    present: int = 0
    absent: int = 0
    tiles: list[Sums] = field(default_factory=list)

    def alike(self) -> bool:
        """Whether its shape is the planned one, tile by tile."""
        shapes = {tiles.shape for tiles in self.tiles}
        return all(
            alike(np.sum([tiles for tiles in self.tiles if tiles.shape == shape], axis=0)) for shape in shapes
        )


class _ClearanceFold:
    def __init__(self, question: GraphicClearance) -> None:
        self._question, self._outside, self._stray = question, 0, 0
        self._times = question.wants.at or ()
        self._tallies = {card.number: _GraphicTally() for card in question.cards}

    def add(self, time: Fraction, data: Array) -> None:
        """Delivered, planned, and planned without graphics: three frames (3, height, width) uint8."""
        frames = FrameTriple(np.asarray(data, np.float32), self._question.frame)
        planned_time = self._nearest(time)
        cards = [card for card in self._question.cards if planned_time in card.times]
        allowed = [self._question.safe, *(card.box for card in cards if card.free)]
        outside, stray = frames.odd(allowed)
        self._outside += outside
        self._stray += stray
        for card in cards:
            self._count(frames, card, planned_time - card.times[0])

    def _count(self, frames: FrameTriple, card: ExpectedGraphic, after: Fraction) -> None:
        """Count a frame, `after` (s) the first of its graphic."""
        tally = self._tallies[card.number]
        tally.came += 1
        if not frames.visible(card):
            return
        tally.visible += 1
        tiles = frames.tiles(card)
        if frames.there(card, tiles):
            tally.present += 1
            tally.tiles.append(tiles)
        elif not _may_lack(frames, after):
            tally.absent += 1

    def result(self) -> ClearanceFacts:
        present = tuple(number for number, tally in self._tallies.items() if tally.present)
        absent = tuple(number for number, tally in self._tallies.items() if not tally.present)
        wrong = tuple(card.number for card in self._question.cards if self._wrong(card))
        return ClearanceFacts(self._outside, present, absent, wrong, self._stray)

    def _wrong(self, card: ExpectedGraphic) -> bool:
        tally = self._tallies[card.number]
        late = tally.came < len(card.times) or tally.absent > 0
        return late or not tally.alike()

    def _nearest(self, time: Fraction) -> Fraction:
        """The planned time of a frame, whose own time a container may have rounded."""
        at = bisect_left(self._times, time)
        return min(self._times[max(0, at - 1) : at + 1], key=lambda planned: abs(planned - time))
