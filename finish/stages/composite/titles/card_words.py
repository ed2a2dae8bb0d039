"""Cards that are drawn from a title template: the words of a timeline's card, and where they are."""

from __future__ import annotations

from finish.model import CardMaterial
from finish.stages.composite.overlay_area import OverlayArea
from finish.stages.composite.titles.title_content import TitleContent
from finish.stages.composite.titles.title_layout import TitleRequest
from finish.units import Box, Size


def card_title(card: CardMaterial, area: OverlayArea, seconds: float) -> TitleRequest:
    """What a card of a timeline with a design shows."""
    assert card.design is not None
    texts = {"title": card.title, "subtitle": card.subtitle, "kicker": card.kicker}
    content = TitleContent(
        tuple((name, text) for name, text in texts.items() if text),
        accent=card.accent,
        ground=card.background,
    )
    return TitleRequest(card.design, content, area.short, area.middle.size, seconds)


def card_box(size: Size, area: OverlayArea, align: str) -> Box:
    """Where the rows are: in the middle of the area, or at its left."""
    room = area.middle
    left = room.left if align == "left" else (room.left + room.right - size.width) // 2
    left, top = 2 * (left // 2), 2 * ((room.top + room.bottom - size.height) // 4)
    return Box(left, top, left + size.width, top + size.height)
