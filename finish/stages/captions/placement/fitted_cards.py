"""Cues as cards of one style on one frame, and the groups of cards that show together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from finish.model import Delivery
from finish.model.graphics import At
from finish.stages.captions.caption_settings import CaptionSettings, Position
from finish.stages.captions.cues import Cue, emphasised, without_small_overlaps
from finish.stages.captions.placement.card_fitting import CaptionCard, CardGrid, cards_of
from finish.stages.captions.placement.card_placement import (
    Anchor,
    CaptionArea,
    PlacedCard,
    set_cards,
    stacked_cards,
)
from finish.stages.captions.typesetting.caption_style import CaptionStyle
from finish.stages.captions.typesetting.word_fitting import WordFitting

PLACE_NAMES: Final[tuple[Position, ...]] = ("bottom", "top", "middle")
BY_FILE: Final = "file"  # the place that the cue's file states


@dataclass(frozen=True)
class FittedCards:
    """Cues as cards of one style on a frame, in order of time."""

    settings: CaptionSettings
    cues: tuple[Cue, ...]
    style: CaptionStyle
    delivery: Delivery
    grid: CardGrid

    @cached_property
    def area(self) -> CaptionArea:
        frame = self.delivery.frame
        em = self.style.size * self.settings.size * min(frame.width, frame.height)
        return CaptionArea(frame, self.delivery.safe.within(frame), em, self.style)

    @cached_property
    def cards(self) -> tuple[PlacedCard, ...]:
        """The cards without a place."""
        phrases = self.settings.emphasis
        strong = tuple(emphasised(cue, phrases) for cue in self.cues) if phrases else self.cues
        settings = self.settings
        fitting = WordFitting(self.style, self.area.limit, settings.lang, settings.glossary, settings.size)
        return set_cards(cards_of(without_small_overlaps(strong), fitting, self.grid), self.area)

    @cached_property
    def groups(self) -> tuple[tuple[int, int], ...]:
        """The numbers of the cards (from, until) of each group: those that show together."""
        groups: list[tuple[int, int]] = []
        end = -1
        for number, card in enumerate(self.cards):
            if groups and card.card.start < end:
                groups[-1] = groups[-1][0], number + 1
            else:
                groups.append((number, number + 1))
            end = max(end, card.card.end)
        return tuple(groups)

    @cached_property
    def parts(self) -> tuple[tuple[int, int], ...]:
        """The frames of each group."""
        return tuple(
            (self.cards[first].card.start, max(card.card.end for card in self.cards[first:last]))
            for first, last in self.groups
        )

    def at(self, places: Sequence[At]) -> tuple[PlacedCard, ...]:
        """The cards, each group at one of the `places`; those of a file where their cue states it."""
        where = {
            id(card.card): place
            for (first, last), place in zip(self.groups, places, strict=True)
            for card in self.cards[first:last]
        }

        def anchor(card: CaptionCard) -> Anchor:
            place = where[id(card)]
            stated = card.cue.position if place == BY_FILE else None
            return stated or ("bottom" if place == BY_FILE else place)  # type: ignore[return-value]

        return stacked_cards(self.cards, self.area, anchor)
