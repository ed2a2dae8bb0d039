"""Whether the texts of graphics fit into the frame of a delivery, before there is a picture."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from finish.errors import GlyphError, SpecError
from finish.model import CardMaterial, Delivery, Document
from finish.model.drawn_text import TextFit
from finish.stages.composite import messages
from finish.stages.composite.composite_settings import CompositeSettings, EndCard, LowerThird
from finish.stages.composite.end_card import EndCardPicture
from finish.stages.composite.end_card_parts import laid_out
from finish.stages.composite.label_picture import label_lines, label_picture
from finish.stages.composite.label_settings import LINES, Label
from finish.stages.composite.lettering import LetteringLine
from finish.stages.composite.lower_third import lines, text_room
from finish.stages.composite.overlay_area import OverlayArea
from finish.stages.composite.text_settings import HEADING
from finish.stages.composite.titles.card_words import card_title
from finish.stages.composite.titles.end_card_title import card_request
from finish.stages.composite.titles.title_layout import TitleRequest, laid_title
from finish.stages.composite.titles.title_settings import SHORTEST_TITLE, Title
from finish.stages.composite.titles.title_shapes import LeaderSide

_RATE: Final = Fraction(25)  # of no consequence: widths are the same at any rate


def text_fits(settings: CompositeSettings, delivery: Delivery) -> Iterator[TextFit]:
    """The room of each text of the graphics. Characters that no font has are an error of the plan."""
    area = OverlayArea.of(delivery, _RATE, 1)
    if settings.lower_third:
        yield from _third_fits(settings.lower_third, area)
    for number, label in enumerate(settings.worded_labels):
        yield from _label_fits(label, number, area)
    for number, title in enumerate(settings.titles):
        yield from _title_fits(title, number, area)
    if settings.end_card and (settings.end_card.text or settings.end_card.has_parts):
        yield from _end_fits(settings.end_card, area)


def card_fits(card: CardMaterial, delivery: Delivery) -> Iterator[TextFit]:
    """The room of the texts of a timeline's card."""
    area = OverlayArea.of(delivery, _RATE, 1)
    if card.design is not None:
        yield from _laid_fits(card_title(card, area, float(SHORTEST_TITLE)), ("title",))
        return
    problem, hint = _card_problem("\n".join(filter(None, (card.title, card.subtitle))), area, HEADING, None)
    stated = [(key, text) for key, text in (("title", card.title), ("subtitle", card.subtitle)) if text]
    widest = max(stated, key=lambda pair: _longest_word(pair[1]), default=("title", ""))[0]
    for key, text in stated:
        room = _card_room(text, area, HEADING, None)
        yield TextFit((key,), room, *((problem, hint) if key == widest else ("", "")))


def _third_fits(third: LowerThird, area: OverlayArea) -> Iterator[TextFit]:
    title, subtitle = lines(third, area.short)
    width = text_room(title.em, area.box.size.width, third.design)
    for key, line in (("title", title), ("subtitle", subtitle)):
        if line and (taken := _width(line)):
            problem = (
                f"{line.text!r} is {taken} px wide on a lower third, and the safe area leaves {width} px"
            )
            too_wide = (problem, "shorten it, or lower its size") if taken > width else ("", "")
            yield TextFit(("lower_third", key), _room(line.text, taken, width), *too_wide)


def _label_fits(label: Label, number: int, area: OverlayArea) -> Iterator[TextFit]:
    """The room of a label on one line, and whether a legal super is as tall as its market asks."""
    path = ("labels", number, "text")
    try:
        lines = label_lines(label, area.short, area.box.size.width)
        taken = sum(line.width for line in lines)
        size, room = label_picture(label, lines).size, area.box.size
        too_tall = size.height > room.height
        error = messages.label_too_large(f"label {number + 1}", size, room) if too_tall else None
        yield TextFit(path, _room(label.words, taken, room.width), *(_words(error)))
    except GlyphError:
        return
    except SpecError as error:
        yield TextFit(path, 0, *_words(error))
        return
    if label.rule:
        least = label.rule.on_block if label.plate else label.rule.height
        tall = lines[0].capitals * LINES / area.short
        if tall < least:
            problem = f"capitals of a legal super are {tall:.1f} lines of {LINES}, below {least}"
            hint = f"raise size to {math.ceil(1000 * label.em * least / tall) / 1000:g}"
            yield TextFit(("labels", number, "size"), 0, f"{problem} ({label.rule.source})", hint)


def _title_fits(title: Title, number: int, area: OverlayArea) -> Iterator[TextFit]:
    """Whether the words of a title fit together; its first text stands for all of them."""
    seconds = float(SHORTEST_TITLE)
    leader: LeaderSide = "left" if title.at else ""
    request = TitleRequest(
        title.template, title.content, area.short, area.box.size, seconds, title.size, leader
    )
    yield from _laid_fits(request, ("titles", number))


def _laid_fits(request: TitleRequest, path: tuple[str | int, ...]) -> Iterator[TextFit]:
    try:
        laid_title(request)
    except GlyphError:
        return
    except SpecError as error:
        yield TextFit(path, 0, *_words(error))


def _words(error: SpecError | None) -> tuple[str, str]:
    return (error.message, error.hint) if error else ("", "")


def _end_fits(card: EndCard, area: OverlayArea) -> Iterator[TextFit]:
    text = card.text or ""
    if card.template is not None:
        yield from _laid_fits(card_request(card, area), ("end_card",))
        return
    problem, hint = _card_problem(text, area, card.size, card.font)
    if text:
        yield TextFit(("end_card", "text"), _card_room(text, area, card.size, card.font), problem, hint)
    if card.has_parts and not problem:
        yield TextFit(("end_card",), 0, *_parts_problem(card, area))


def _parts_problem(card: EndCard, area: OverlayArea) -> tuple[str, str]:
    """What is wrong with the parts of a card together; "" if they fit."""
    try:
        laid_out(card, area)
    except GlyphError:
        return "", ""
    except SpecError as error:
        return _words(error)
    return "", ""


def _card_problem(text: str, area: OverlayArea, size: float, font: Document | None) -> tuple[str, str]:
    """What is wrong with the text of a card, and what to do about it; "" if it fits."""
    if not text:
        return "", ""
    picture = EndCardPicture(area.frame, area.middle, None, text, None, font, size)
    try:
        assert picture.lines
    except GlyphError:
        return "", ""
    except SpecError as error:
        return _words(error)
    return "", ""


def _card_room(text: str, area: OverlayArea, size: float, font: Document | None) -> int:
    """The characters of one line of a card's text at the size of its first line."""
    line = LetteringLine(text.replace("\n", " "), 600, size * area.short, font)
    taken = _width(line)
    return _room(text, taken, area.middle.size.width) if taken else 0


def _room(text: str, taken: int, width: int) -> int:
    """The number of characters in a width, where those of a text take some (px)."""
    return max(0, width) * len(text) // taken


def _width(line: LetteringLine) -> int:
    """The width of a line (px); 0 if no font draws it."""
    try:
        return line.width
    except GlyphError:
        return 0


def _longest_word(text: str) -> int:
    return max(map(len, text.split()), default=0)
