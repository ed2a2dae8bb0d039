"""What an end card can have beside its words: a logo above them; a QR code, an action, and a handle below."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Final, Protocol

import numpy as np

from finish.model import Document
from finish.model.colour_contrast import contrast_ratio
from finish.stages.composite import messages
from finish.stages.composite.canvas import DRAWN, ScaledPicture, flat, over, png, rounded
from finish.stages.composite.composite_settings import EndCard
from finish.stages.composite.end_card import EndCardPicture
from finish.stages.composite.lettering import LetteringLine, drawn
from finish.stages.composite.moving_layers import add_letters
from finish.stages.composite.overlay_area import OverlayArea
from finish.stages.composite.picture_file import Floats, read, trimmed
from finish.units import Box, Size, digest, even

# House values. Of the frame's short side: the height of a logo, the side of a QR code, the size of an action
# and of a handle, and the distance between two parts.
_LOGO, _CODE, _ACTION, _HANDLE, _APART = 0.17, 0.26, 0.04, 0.034, 0.05
_WIDEST: Final = 0.62  # of the room, for a logo
_INK, _DARK = "#FFFFFF", "#101014"
# Seconds after the card at which its parts begin to come in, one after the other.
_DELAYS: Final[dict[str, Fraction]] = {
    "logo": Fraction(1, 10),
    "code": Fraction(3, 10),
    "action": Fraction(9, 20),
    "handle": Fraction(3, 5),
}
_QUIET: Final = 4  # modules of light around a QR code (ISO/IEC 18004)


class PartPicture(Protocol):
    """The payload of an image node, of a known size."""

    suffix: str

    @property
    def size(self) -> Size: ...
    @property
    def digest(self) -> str: ...
    def content(self) -> bytes: ...


@dataclass(frozen=True)
class TextPicture:
    """A line in a colour, on a round plate if it has one."""

    line: LetteringLine
    ink: str
    plate: str = ""

    suffix = ".png"

    @cached_property
    def digest(self) -> str:
        return digest("end card text", DRAWN, self.line.digest, self.ink, self.plate)

    @cached_property
    def size(self) -> Size:
        em = self.line.em
        beside, height = (2.0, 2.3) if self.plate else (0.4, 1.5)
        return Size(even(math.ceil(self.line.width + beside * em)), even(math.ceil(height * em)))

    def content(self) -> bytes:
        cover = np.zeros((self.size.height, self.size.width), np.float32)
        letters, start, row = drawn(self.line)
        left = round((self.size.width - (letters.shape[1] - 2 * start)) / 2) - start
        baseline = round((self.size.height + self.line.capitals) / 2)
        add_letters(cover, letters, left, baseline - row)
        words = flat(self.size, self.ink)
        words[:, :, 3] = cover
        if not self.plate:
            return png(words)
        plate = flat(self.size, self.plate)
        plate[:, :, 3] = rounded(self.size, self.size.height / 2)
        return png(over(plate, words))


@dataclass(frozen=True)
class CodePicture:
    """A QR code (ISO/IEC 18004, level M) of a text, dark on light, about as large as `side` px."""

    text: str
    side: int

    suffix = ".png"

    @cached_property
    def digest(self) -> str:
        return digest("end card code", DRAWN, self.text, str(self.side))

    @cached_property
    def _modules(self) -> Floats:
        """1 for dark modules, with the quiet zone."""
        import segno

        code = segno.make(self.text, error="m", micro=False)
        dark = np.array([list(row) for row in code.matrix], np.float32)
        return np.pad(dark, _QUIET)

    @cached_property
    def size(self) -> Size:
        count = len(self._modules)
        whole = even(count * max(2, round(self.side / count)))
        return Size(whole, whole)

    def content(self) -> bytes:
        modules = self._modules
        scale = self.size.width // len(modules)
        dark = np.kron(modules, np.ones((scale, scale), np.float32))
        page = flat(self.size, _INK)
        page[: len(dark), : len(dark), :3] *= 1 - dark[..., None]
        return png(page)


@dataclass(frozen=True)
class CardPart:
    """A part of an end card: its name, its picture, and how long after the card it comes in (s)."""

    name: str
    picture: PartPicture
    delay: Fraction


@dataclass(frozen=True)
class CardLayout:
    """An end card and its parts, each with the box that it has in the frame, from top to bottom."""

    card: EndCardPicture
    parts: tuple[tuple[CardPart, Box], ...] = ()

    @property
    def longest_delay(self) -> Fraction:
        """The time after which the last part begins to come in (s)."""
        return max((part.delay for part, _ in self.parts), default=Fraction(0))

    @property
    def lines(self) -> tuple[LetteringLine, ...]:
        """Every line of text on it."""
        texts = (part.picture.line for part, _ in self.parts if isinstance(part.picture, TextPicture))
        return (*self.card.lines, *texts)


def laid_out(settings: EndCard, area: OverlayArea) -> CardLayout:
    """The card; SpecError for parts that don't fit, GlyphError for a character that no font has."""
    room = area.middle
    card = EndCardPicture(
        area.frame,
        room,
        settings.file,
        settings.text or "",
        settings.background,
        settings.font,
        settings.size,
    )
    parts = tuple(_parts(settings, area))
    if not parts:
        return CardLayout(card)
    _require_width(parts, room)
    text = math.ceil(card.height) + 2 if settings.text else 0
    apart = round(_APART * area.short)
    heights = [part.picture.size.height for part in parts]
    total = sum(heights) + text + apart * (len(parts) - (0 if settings.text else 1))
    if total > room.size.height:
        raise messages.card_too_tall(len(card.lines) + len(parts))
    return _stacked(card, parts, (room.top + room.bottom - total) // 2, text, apart)


def _stacked(card: EndCardPicture, parts: Sequence[CardPart], top: int, text: int, apart: int) -> CardLayout:
    """The parts in their order: a logo, the words, and everything else."""
    room, boxes, words = card.room, list[tuple[CardPart, Box]](), card.room
    middle = (room.left + room.right) // 2
    for part in (*parts, None):
        if text and (part is None or part.name != "logo") and words == room:
            words = Box(room.left, top, room.right, top + text)
            top += text + apart
        if part is not None:
            size = part.picture.size
            left = 2 * ((middle - size.width // 2) // 2)
            box = Box(left, 2 * (top // 2), left + size.width, 2 * (top // 2) + size.height)
            boxes.append((part, box))
            top += size.height + apart
    return CardLayout(replace(card, room=words), tuple(boxes))


def _parts(settings: EndCard, area: OverlayArea) -> Iterator[CardPart]:
    """The parts that are stated, from top to bottom."""
    ground = settings.background or _DARK
    ink = max((_INK, _DARK), key=lambda colour: contrast_ratio(colour, ground))
    if settings.logo is not None:
        yield _part("logo", ScaledPicture(settings.logo, _logo_size(settings.logo, area)))
    if settings.link:
        yield _part("code", CodePicture(settings.link, round(_CODE * area.short)))
    if settings.action:
        line = LetteringLine(settings.action, 600, _ACTION * area.short, settings.font)
        on_accent = max((_INK, _DARK), key=lambda colour: contrast_ratio(colour, settings.accent))
        yield _part("action", TextPicture(line, on_accent, settings.accent))
    if settings.handle:
        line = LetteringLine(settings.handle, 500, _HANDLE * area.short, settings.font)
        yield _part("handle", TextPicture(line, ink))


def _part(name: str, picture: PartPicture) -> CardPart:
    return CardPart(name, picture, _DELAYS[name])


def _logo_size(logo: Document, area: OverlayArea) -> Size:
    picture = trimmed(read(logo))
    height, width = picture.shape[:2]
    scale = min(_LOGO * area.short / height, _WIDEST * area.middle.size.width / width)
    return Size(even(max(2, width * scale)), even(max(2, height * scale)))


def _require_width(parts: Sequence[CardPart], room: Box) -> None:
    for part in parts:
        width = part.picture.size.width
        if width > room.size.width:
            raise messages.card_too_wide("end card", part.name, width, room.size.width)
