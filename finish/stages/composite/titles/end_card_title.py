"""An end card that is drawn from a title template."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from finish.stages.composite.canvas import DRAWN, flat, png
from finish.stages.composite.composite_settings import EndCard
from finish.stages.composite.overlay_area import OverlayArea
from finish.stages.composite.text_settings import HEADING
from finish.stages.composite.titles.title_content import TitleContent
from finish.stages.composite.titles.title_layout import TitleRequest
from finish.units import Size, digest

GROUND = "#101014"
_DARKENED = 0.62  # the opacity of black over the last frame; house value: white words then have 4.5:1


@dataclass(frozen=True)
class CardGround:
    """What is behind an end card: a colour, or a darkening of the picture; an image node's payload."""

    frame: Size
    colour: str
    opacity: float = 1.0

    suffix = ".png"

    @cached_property
    def digest(self) -> str:
        return digest("card ground", DRAWN, str(self.frame), self.colour, repr(self.opacity))

    def content(self) -> bytes:
        page = flat(self.frame, self.colour)
        page[:, :, 3] = self.opacity
        return png(page)


def card_ground(settings: EndCard, frame: Size) -> CardGround:
    """What is behind an end card with a template."""
    if settings.over == "picture":
        return CardGround(frame, "#000000", _DARKENED)
    return CardGround(frame, settings.background or GROUND)


def card_request(settings: EndCard, area: OverlayArea) -> TitleRequest:
    """What an end card with a template shows: the first line of its text is the title."""
    assert settings.template is not None
    first, *others = [line.strip() for line in (settings.text or "").split("\n") if line.strip()] or [""]
    texts = {
        "title": first,
        "subtitle": " ".join(others),
        "action": settings.action,
        "handle": settings.handle,
    }
    content = TitleContent(
        tuple((name, text) for name, text in texts.items() if text),
        logo=settings.logo,
        link=settings.link or "",
        accent=settings.accent,
        font=settings.font,
        ground=GROUND if settings.over == "picture" else settings.background or GROUND,
    )
    factor = settings.size / HEADING
    seconds = float(settings.seconds)
    return TitleRequest(settings.template, content, area.short, area.middle.size, seconds, factor)
