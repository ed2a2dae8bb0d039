"""Texts that are so short that they fit, whatever their letters: nothing needs to be measured."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from finish.model import CardMaterial, Delivery
from finish.stages.composite.overlay_area import OverlayArea
from finish.stages.composite.text_settings import HEADING

if TYPE_CHECKING:
    from finish.stages.composite.composite_settings import CompositeSettings

# In em: no Latin letter of the packaged font is wider; a plate has less than the second beside its text.
WIDEST, _PADDING = 1.1, 2.0
LATIN: Final = 0x180  # the code points below it
_LINE: Final = 2.0  # em; no line of a card takes more of its height


def texts_are_short(settings: CompositeSettings, delivery: Delivery) -> bool:
    """Whether the texts of a lower third and an end card fit for certain; labels and titles are measured."""
    if settings.labels or settings.titles:
        return False
    area = OverlayArea.of(delivery, Fraction(25), 1)
    third, card = settings.lower_third, settings.end_card
    if third:
        texts = [(third.title, third.size), (third.subtitle or "", third.subtitle_size or third.size)]
        room = area.box.size.width - _PADDING * third.size * area.short
        if (
            third.font
            or third.design != "bar"
            or not all(_width(text, size * area.short) <= room for text, size in texts)
        ):
            return False
    if card and (card.has_parts or card.template):
        return False
    return not (card and card.text) or (not card.font and _is_short_card(card.text, card.size, area))


def card_is_short(card: CardMaterial, delivery: Delivery) -> bool:
    """Whether the texts of a timeline's card fit for certain."""
    return card.design is None and _is_short_card(
        f"{card.title}\n{card.subtitle}", HEADING, OverlayArea.of(delivery, Fraction(25), 1)
    )


def _is_short_card(text: str, size: float, area: OverlayArea) -> bool:
    """Whether each line fits without a break, and all lines below each other."""
    em, room = size * area.short, area.middle.size
    lines = text.splitlines()
    return all(_width(line, em) <= room.width for line in lines) and len(lines) * _LINE * em <= room.height


def _width(text: str, em: float) -> float:
    """The most that a text takes (px); infinite for letters that aren't Latin."""
    return WIDEST * em * len(text) if all(ord(letter) < LATIN for letter in text) else float("inf")
