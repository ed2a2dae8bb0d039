"""Captions as a graphic: their cards, the places that they can have, and how they are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Final

from finish.analysis.clearance import ExpectedGraphic
from finish.errors import FinishError
from finish.graph import Stream
from finish.model import BREATH, Delivery, Note, Programme, Promise
from finish.model.graphics import (
    ALLOWED,
    AVOIDED,
    FAR,
    ROWS,
    At,
    Graphic,
    GraphicPlace,
    PlacedGraphic,
    SceneNeed,
    TimedBox,
    rows_in,
)
from finish.model.stored_text import stored_text
from finish.stages.captions import messages
from finish.stages.captions.caption_settings import NAME, CaptionSettings, Position
from finish.stages.captions.cues import Cue
from finish.stages.captions.drawing.ass_writer import AssCards
from finish.stages.captions.drawing.caption_promises import caption_promises, sampled_times, with_letters
from finish.stages.captions.placement.card_fitting import CaptionCard
from finish.stages.captions.placement.card_placement import PlacedCard, inside, stacked_cards, too_large
from finish.stages.captions.placement.fitted_cards import BY_FILE, PLACE_NAMES, FittedCards
from finish.stages.captions.placement.legibility import LEAST_CONTRAST, contrast, legible_anywhere, reinforced
from finish.stages.captions.typesetting.caption_style import CaptionStyle
from finish.stages.captions.typesetting.custom_font import CustomFontFace
from finish.units import Box, digest

# House values of preference: another row costs so much, beside its distance; the top is as good as a row at a
# fifth of the height.
_AWAY, _NAMED = 0.4, 1.2
_STATED: Final = (
    1000.0  # for any place other than the one that the job states: only other graphics move captions
)


@dataclass(frozen=True)
class CaptionGraphic(Graphic):
    """The captions of a programme, drawn in `fitted`'s style, or in a stronger one where contrast is too low.

    `content` are the keys of what their places depend on.
    """

    fitted: FittedCards
    content: tuple[str, ...]

    stage: ClassVar[str] = NAME
    place_names: ClassVar[tuple[str, ...]] = (*PLACE_NAMES, BY_FILE)
    needed: ClassVar[float] = LEAST_CONTRAST

    @property
    def name(self) -> str:
        return NAME

    @property
    def parts(self) -> tuple[tuple[int, int], ...]:
        return self.fitted.parts

    @property
    def needs(self) -> frozenset[SceneNeed]:
        return caption_needs(self.fitted.settings)

    @cached_property
    def key(self) -> str:
        settings = self.fitted.settings
        parts = (*self.content, stored_text(self.fitted.area), str(settings.size), settings.position)
        return digest(NAME, *parts)[:16]

    def moves_freely(self, part: int) -> bool:
        return self._stated[part]

    @cached_property
    def _stated(self) -> tuple[bool, ...]:
        """Whether the file states the place of each group."""
        follows = self.fitted.settings.position in ("auto", BY_FILE)
        cards = self.fitted.cards
        return tuple(
            follows and any(card.card.cue.position for card in cards[first:last])
            for first, last in self.fitted.groups
        )

    def places(self, taken: Sequence[TimedBox], stated: Sequence[At]) -> tuple[GraphicPlace, ...]:
        home = self._home
        rows = (*ROWS, *map(self._above, taken), *rows_in(stated))
        names = [home, *(name for name in PLACE_NAMES if name != home)]
        places = [self._place(name) for name in (*names, *sorted({round(at, 4) for at in rows}))]
        if any(self._stated):
            places.insert(1, self._as_file())
        return tuple(places)

    def home(self) -> GraphicPlace:
        return self._place(self._home)

    @property
    def _home(self) -> Position:
        """The name of the preferred place."""
        position = self.fitted.settings.position
        return position if position in PLACE_NAMES else "bottom"

    def _above(self, box: TimedBox) -> float:
        """The row just above something, at the distance that graphics keep."""
        frame = self.fitted.area.frame
        return (box.box.top - 1 - BREATH * min(frame.width, frame.height) - 1) / frame.height

    @cached_property
    def _levels(self) -> Mapping[str, float]:
        """Where the lower edge of the first card is at each named place, as a share of the frame's height."""
        first, area = self.fitted.cards[:1], self.fitted.area
        return {
            name: stacked_cards(first, area, lambda _, name=name: name)[0].plate[3] / area.frame.height  # type: ignore[misc]
            for name in PLACE_NAMES
        }

    def _place(self, at: At) -> GraphicPlace:
        if at == self._home:
            cost = 0.0
        else:
            level = self._levels[at] if isinstance(at, str) else at
            far = _AWAY + FAR * abs(level - self._levels[self._home])
            stated = _STATED if self.fitted.settings.position in PLACE_NAMES else 0.0
            cost = stated + (_NAMED if at == "top" else far)
        return self._with_boxes(at, [at] * len(self.parts), cost)

    def _as_file(self) -> GraphicPlace:
        """The places that the file states, better than any other for the groups that have one."""
        place = self._with_boxes(BY_FILE, [BY_FILE] * len(self.parts), -_AWAY)
        boxes = tuple(box if stated else None for box, stated in zip(place.boxes, self._stated, strict=True))
        return replace(place, boxes=boxes)

    def _with_boxes(self, at: At, places: Sequence[At], cost: float) -> GraphicPlace:
        cards, area = self.fitted.at(places), self.fitted.area
        boxes = [
            _union(cards[first:last]) if all(inside(card, area) for card in cards[first:last]) else None
            for first, last in self.fitted.groups
        ]
        return GraphicPlace(at, tuple(boxes), cost, contrast=None if self._legible else self._contrast)

    @cached_property
    def _legible(self) -> bool:
        """Whether the style has enough contrast on any picture."""
        return legible_anywhere(self.fitted.style)

    def _contrast(self, luma: int) -> float:
        return contrast(self.fitted.style, luma)

    def refused(self, part: int, taken: Sequence[TimedBox]) -> FinishError:
        first, last = self.fitted.groups[part]
        cards = self.fitted.at(["bottom"] * len(self.parts))[first:last]
        largest = max(cards, key=lambda card: card.ink.size.pixels)
        return too_large(largest, self.fitted.area, [*cards[1:], *taken])

    def drawn(self, programme: Programme, delivery: Delivery, placed: PlacedGraphic) -> Programme:
        fitted, cards = self._drawn_cards(placed)
        payload = AssCards(delivery.frame, programme.rate, fitted.area.em, fitted.style, cards)
        lettered = programme.with_picture(with_letters(programme.picture, payload))
        return lettered.add_notes(*self._notes(placed, fitted))

    def promises(
        self, drawn: Sequence[tuple[Graphic, PlacedGraphic]], plain: Stream, delivery: Delivery
    ) -> tuple[Promise[Any], ...]:
        ((_, placed),) = drawn
        _, cards = self._drawn_cards(placed)
        rate = self.fitted.grid.rate
        graphics = [
            ExpectedGraphic(sampled_times(card.card.start, card.card.end, rate), card.ink) for card in cards
        ]
        return caption_promises(delivery, graphics, plain)

    def _drawn_cards(self, placed: PlacedGraphic) -> tuple[FittedCards, tuple[PlacedCard, ...]]:
        """The cards at their places, in a stronger style where the contrast would be too low."""
        at = [place.at for place in placed.places]
        if placed.contrast >= LEAST_CONTRAST or self._legible:
            return self.fitted, self.fitted.at(at)
        return self._stronger, self._stronger.at(_carried(at, self.parts, self._stronger.parts))

    @cached_property
    def _stronger(self) -> FittedCards:
        """The cards in a style that has enough contrast on any picture."""
        return replace(self.fitted, style=reinforced(self.fitted.style))

    def _notes(self, placed: PlacedGraphic, fitted: FittedCards) -> list[Note]:
        cards = [card.card for card in fitted.cards]
        named = fitted.settings.position in PLACE_NAMES
        ignored = sum(cue.position is not None for cue in fitted.cues) if named else 0
        return [
            *_long_word_notes(cards),
            *(_word_times_note(fitted.cues) if fitted.style.spoken else []),
            *([messages.captions_places_ignored(ignored, fitted.settings.position)] if ignored else []),
            *([messages.captions_moved(placed.moved, len(placed.places))] if placed.moved else []),
            *([messages.captions_cover(placed.covered)] if placed.eyes or placed.covered > ALLOWED else []),
            *_contrast_note(placed.contrast, fitted.style),
            *_font_notes(fitted.style, cards),
        ]


def caption_needs(settings: CaptionSettings) -> frozenset[SceneNeed]:
    """The facts about the picture that the places and the strength of captions depend on."""
    chosen = settings.position == "auto"
    legible = legible_anywhere(settings.styled)
    tones: frozenset[SceneNeed] = frozenset() if legible else frozenset({"tones"})
    return (AVOIDED if chosen else frozenset[SceneNeed]()) | tones


def _carried(
    places: Sequence[At], before: Sequence[tuple[int, int]], after: Sequence[tuple[int, int]]
) -> list[At]:
    """The places of the parts after a change of style, which can divide cues otherwise: by their times."""
    starts = [start for start, _ in before]
    return [places[max(0, sum(start <= first for start in starts) - 1)] for first, _ in after]


def _union(cards: Sequence[PlacedCard]) -> Box:
    inks = [card.ink for card in cards]
    return Box(
        min(ink.left for ink in inks),
        min(ink.top for ink in inks),
        max(ink.right for ink in inks),
        max(ink.bottom for ink in inks),
    )


def _contrast_note(ratio: float, style: CaptionStyle) -> list[Note]:
    if ratio >= LEAST_CONTRAST:
        return []
    part = "box" if style.box else "outline"
    raised = min(contrast(style, luma) for luma in (0, 128, 255))
    return [messages.captions_contrast(ratio, LEAST_CONTRAST, part, raised)]


def _font_notes(style: CaptionStyle, cards: Sequence[CaptionCard]) -> list[Note]:
    """Notes about a custom font: the characters that it lacks, and its licence."""
    face = style.face
    if not isinstance(face, CustomFontFace):
        return []
    runs = (run for card in cards for line in card.lines for run in line.pieces)
    lacking = {letter for run in runs if run.face != face for letter in run.text if not letter.isspace()}
    return [
        *([messages.font_lacks(face.path.name, sorted(lacking))] if lacking else []),
        *([messages.font_licence(face.path.name)] if face.restricted else []),
    ]


def _long_word_notes(cards: Sequence[CaptionCard]) -> list[Note]:
    """Notes about cues with a word that is wider than a line."""
    divided = sorted({card.cue.number for card in cards if card.divided})
    small = sorted({card.cue.number for card in cards if card.small})
    smaller = sorted({card.cue.number for card in cards if card.scale < 1 and not card.small})
    least = min((card.scale for card in cards), default=1.0)
    return [
        *([messages.word_parted(divided[0], len(divided))] if divided else []),
        *([messages.words_smaller(smaller[0], len(smaller), least)] if smaller else []),
        *([messages.words_too_small(small[0], len(small))] if small else []),
    ]


def _word_times_note(cues: Sequence[Cue]) -> list[Note]:
    """A note about word times by rule, which look as if they came from the speech."""
    without = sum(not cue.timed and " " in cue.text.strip() for cue in cues)
    return [messages.words_spread(without, len(cues))] if without else []
