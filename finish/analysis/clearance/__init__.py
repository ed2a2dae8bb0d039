"""Whether captions and overlays show as planned, and where they may: delivered frames beside the same plan with them and without."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from finish.analysis.clearance.comparison import CODES as CODES
from finish.analysis.clearance.comparison import LOST, SHORT, FrameTriple, Sums, alike
from finish.analysis.clearance.comparison import ExpectedGraphic as ExpectedGraphic
from finish.model import Array, Frames, Parted
from finish.units import Box, Size, Span, even


@dataclass(frozen=True)
class ClearanceFacts:
    """`outside`: pixels with ink outside the safe box and the boxes of what is free, planned or delivered, summed over the frames.

    `seen`, `unseen` and `wrong` are cards by their number: those that show at one of their times, those that do not, those that show
    otherwise than planned or not at all their times. `stray`: tiles with ink inside the safe box that no plan has.
    """

    outside: int = 0
    seen: tuple[int, ...] = ()
    unseen: tuple[int, ...] = ()
    wrong: tuple[int, ...] = ()
    stray: int = 0

    @property
    def missing(self) -> int:
        """How many cards show at none of their times, or too faintly to be seen."""
        return len(set(self.unseen) - set(self.seen))

    @property
    def differing(self) -> int:
        """How many places show something else than was planned."""
        return len(set(self.wrong) & set(self.seen)) + self.stray


@dataclass(frozen=True)
class GraphicClearance(Parted[ClearanceFacts]):
    """The question; put it with `against` the planned picture and the same without them. Frames that never come show nothing."""

    frame: Size
    safe: Box
    cards: tuple[ExpectedGraphic, ...]

    version = 4

    @classmethod
    def of(cls, frame: Size, safe: Box, cards: Sequence[ExpectedGraphic]) -> GraphicClearance:
        """The same with its cards numbered."""
        return cls(frame, safe, tuple(replace(card, number=number) for number, card in enumerate(cards)))

    def during(self, span: Span) -> GraphicClearance | None:
        """The same of a piece that shows `span` from 0 on."""
        here = [
            (card, tuple(time - span.start for time in card.times if span.start <= time < span.end))
            for card in self.cards
        ]
        kept = tuple(replace(card, times=times) for card, times in here if times)
        return replace(self, cards=kept) if kept else None

    def merged(self, answers: Sequence[ClearanceFacts]) -> ClearanceFacts:
        """Of all the pieces together."""

        def joined(name: str) -> tuple[int, ...]:
            found: set[int] = set().union(*(getattr(each, name) for each in answers))
            return tuple(sorted(found))

        seen, unseen = joined("seen"), joined("unseen")
        return ClearanceFacts(
            sum(each.outside for each in answers),
            seen,
            unseen,
            joined("wrong"),
            sum(each.stray for each in answers),
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

    def begin(self) -> _Compared:
        return _Compared(self)


@dataclass
class _Found:
    """What the frames so far say of a card: at how many times it could be seen, was there, was not; and its tiles where it was."""

    came: int = 0
    visible: int = 0
    there: int = 0
    gone: int = 0
    tiles: list[Sums] = field(default_factory=list)

    def alike(self) -> bool:
        """Whether its shape is the planned one, tile by tile."""
        shapes = {each.shape for each in self.tiles}
        return all(
            alike(np.sum([each for each in self.tiles if each.shape == shape], axis=0)) for shape in shapes
        )


class _Compared:
    def __init__(self, question: GraphicClearance) -> None:
        self._question, self._outside, self._stray = question, 0, 0
        self._times = question.wants.at or ()
        self._found = {card.number: _Found() for card in question.cards}

    def add(self, time: Fraction, data: Array) -> None:
        """Three frames, shape (3, height, width) uint8: the delivered one, the planned one, the same without captions or overlays."""
        frames = FrameTriple(np.asarray(data, np.float32), self._question.frame)
        wanted = self._nearest(time)
        here = [card for card in self._question.cards if wanted in card.times]
        allowed = [self._question.safe, *(card.box for card in here if card.free)]
        outside, stray = frames.odd(allowed)
        self._outside += outside
        self._stray += stray
        for card in here:
            self._look(frames, card)

    def _look(self, frames: FrameTriple, card: ExpectedGraphic) -> None:
        found = self._found[card.number]
        found.came += 1
        if not frames.visible(card):
            return
        found.visible += 1
        tiles = frames.tiles(card)
        if frames.there(card, tiles):
            found.there += 1
            found.tiles.append(tiles)
        elif frames.arrived >= LOST:
            found.gone += 1

    def result(self) -> ClearanceFacts:
        seen = [number for number, found in self._found.items() if found.there]
        unseen = [number for number, found in self._found.items() if not found.there]
        wrong = [card.number for card in self._question.cards if self._wrong(card)]
        return ClearanceFacts(self._outside, tuple(seen), tuple(unseen), tuple(wrong), self._stray)

    def _wrong(self, card: ExpectedGraphic) -> bool:
        found = self._found[card.number]
        late = found.came < len(card.times) or found.gone > 0
        return late or not found.alike()

    def _nearest(self, time: Fraction) -> Fraction:
        """The asked time that a frame's own time, rounded by some container, stands for."""
        at = bisect_left(self._times, time)
        return min(self._times[max(0, at - 1) : at + 1], key=lambda asked: abs(asked - time))
