"""Captions on the picture: fitted, placed clear of what they must not cover, made legible, and promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from finish.analysis.clearance import ExpectedGraphic
from finish.analysis.colour_tones import Tones
from finish.analysis.faces import Faces
from finish.analysis.shots import Shots
from finish.analysis.text_detection import TextDetection
from finish.model import Analyser, Ask, Decision, Delivery, Note, Programme
from finish.model.stored_text import stored_text
from finish.stages.captions import messages
from finish.stages.captions.caption_settings import NAME, CaptionSettings, Position
from finish.stages.captions.cues import Cue, emphasised, without_small_overlaps
from finish.stages.captions.drawing.ass_writer import AssCards
from finish.stages.captions.drawing.caption_promises import caption_promises, evenly_sampled, sampled_times
from finish.stages.captions.drawing.script_rescale import ScriptFrame, check_safe_area, fit_script
from finish.stages.captions.formats.ass_script import AssScript
from finish.stages.captions.formats.caption_formats import CaptionFile
from finish.stages.captions.placement.card_fitting import CaptionCard, CardGrid, cue_cards
from finish.stages.captions.placement.card_placement import CaptionArea, CoveredArea, PlacedCard, place_cards
from finish.stages.captions.placement.face_avoidance import (
    PlacementsByShot,
    Scene,
    choose_placements,
    face_boxes,
    least_contrast,
    placement_notes,
    text_boxes,
)
from finish.stages.captions.placement.legibility import (
    LEAST_CONTRAST,
    Backdrop,
    contrast,
    legible_anywhere,
    reinforced,
)
from finish.stages.captions.source_place import SourcePlace
from finish.stages.captions.typesetting.caption_style import CaptionStyle
from finish.stages.captions.typesetting.custom_font import CustomFontFace
from finish.units import digest


@dataclass(frozen=True)
class _FittedCards:
    """Captions as cards of one style, and the area that they have."""

    cards: tuple[CaptionCard, ...]
    area: CaptionArea

    def placed(self, programme: Programme, placements: PlacementsByShot) -> tuple[PlacedCard, ...]:
        def position(card: CaptionCard) -> Position:
            return placements.at(programme.where(Fraction(card.start + card.end, 2) / programme.rate))

        return place_cards(self.cards, self.area, position)

    def at(self, position: Position) -> tuple[PlacedCard, ...]:
        """All cards at one position."""
        return place_cards(self.cards, self.area, lambda _: position)


def clip_analysers(settings: CaptionSettings) -> tuple[Analyser[Any], ...]:
    """The analysers of the clip that captions clear of faces and text, and legible captions, need."""
    if not settings.burn:
        return ()
    clear: tuple[Analyser[Any], ...] = (
        (Shots(), Faces(), TextDetection()) if settings.position == "auto" else ()
    )
    return clear if legible_anywhere(settings.styled) else (*clear, Tones())


def burned_in(
    settings: CaptionSettings, captions: CaptionFile, programme: Programme, delivery: Delivery, ask: Ask
) -> Programme:
    """The programme with captions on its picture.

    FinishError for a character that no font has, and for text that doesn't fit.
    """
    if captions.script is not None:
        return _burned_script(settings, captions.script, captions.cues, programme, delivery, ask)
    style = settings.styled
    fitted = _fitted(settings, captions.cues, style, programme, delivery)
    key = _decision_key(settings, programme, fitted.area)
    placements = _placements(settings, fitted, key, programme, ask)
    if placements.contrast < LEAST_CONTRAST:
        fitted = _fitted(settings, captions.cues, reinforced(style), programme, delivery)
    cards = fitted.placed(programme, placements)
    notes = [
        *_split_word_note(fitted.cards),
        *(_word_times_note(captions.cues) if style.spoken else []),
        *placement_notes(placements),
        *_contrast_note(placements, fitted.area.style),
        *_font_notes(fitted),
    ]
    if settings.position == "auto" or not legible_anywhere(style):
        programme = programme.add_decisions(Decision(NAME, key, placements.values))
    payload = AssCards(delivery.frame, programme.rate, fitted.area.em, fitted.area.style, cards)
    graphics = [
        ExpectedGraphic(sampled_times(card.card.start, card.card.end, programme.rate), card.ink)
        for card in cards
    ]
    return _with_payload(programme, payload, graphics, delivery).add_notes(*notes)


def _burned_script(  # noqa: PLR0913, PLR0917 (`burned_in` for a script)
    settings: CaptionSettings,
    script: AssScript,
    cues: tuple[Cue, ...],
    programme: Programme,
    delivery: Delivery,
    ask: Ask,
) -> Programme:
    """The programme with a script on its picture, which has its own positions and styles."""
    frame, safe = delivery.frame, delivery.safe.within(delivery.frame)
    area = CaptionArea(frame, safe, 0, settings.styled).box
    ground = ScriptFrame(programme.content_size, frame, safe, area, SourcePlace.of(settings.file))
    payload = fit_script(script, ground)
    grid = CardGrid(programme.rate, programme.frames)
    times = {cue: sampled_times(*grid.of(cue), programme.rate) for cue in cues}
    samples = {time: cue for cue in evenly_sampled(cues) for time in times[cue]}
    check_safe_area(payload, ground, samples, programme, ask)
    graphics = [ExpectedGraphic(times[cue], safe) for cue in cues]
    notes = [messages.ass_places()] if programme.taken else []
    return _with_payload(programme, payload, graphics, delivery).add_notes(*notes)


def _with_payload(
    programme: Programme, payload: AssCards | AssScript, graphics: list[ExpectedGraphic], delivery: Delivery
) -> Programme:
    promises = caption_promises(delivery, graphics, programme.picture)
    picture = programme.picture.filter("ass", filename=payload, shaping="complex")
    return programme.with_picture(picture).add_promises(*promises)


def _fitted(
    settings: CaptionSettings,
    cues: tuple[Cue, ...],
    style: CaptionStyle,
    programme: Programme,
    delivery: Delivery,
) -> _FittedCards:
    """The cues as cards of a style in the safe area."""
    frame = delivery.frame
    em = style.size * settings.size * min(frame.width, frame.height)
    area = CaptionArea(frame, delivery.safe.within(frame), em, style, _covered_areas(programme))
    grid = CardGrid(programme.rate, programme.frames)
    strong = tuple(emphasised(cue, settings.emphasis) for cue in cues) if settings.emphasis else cues
    cards = (
        card
        for cue in without_small_overlaps(strong)
        for card in cue_cards(cue, style, area.limit, grid, settings.lang)
    )
    return _FittedCards(tuple(cards), area)


def _covered_areas(programme: Programme) -> tuple[CoveredArea, ...]:
    """The areas that other stages reserved, in frames."""
    rate = programme.rate
    return tuple(
        CoveredArea(area.box, round(area.span.start * rate), round(area.span.end * rate))
        for area in programme.taken
    )


def _decision_key(settings: CaptionSettings, programme: Programme, area: CaptionArea) -> str:
    """What placements depend on: the clip, its timeline, its framing, the area and the size; not the text.

    Lock files contain it: a class that gets another name keeps the one with which its decisions are stored.
    """
    parts = (*programme.content_keys, stored_text(area), str(settings.size))
    return digest("captions", *parts)[:16]


def _placements(
    settings: CaptionSettings, fitted: _FittedCards, key: str, programme: Programme, ask: Ask
) -> PlacementsByShot:
    """The positions of the cards: as set, as decided before, else clear of faces and text."""
    style = fitted.area.style
    always_legible = legible_anywhere(style)
    if settings.position != "auto" and always_legible:
        return PlacementsByShot(((Fraction(0), settings.position),))
    decided = programme.decided(NAME, key)
    if decided is not None:
        return PlacementsByShot.read(decided)
    contrast_of = (
        None if always_legible else Backdrop(programme, style, programme.content(Tones(), ask).looks).contrast
    )
    if settings.position != "auto":
        placements = PlacementsByShot(((Fraction(0), settings.position),))
        inks = [(card.card, card.ink) for card in fitted.placed(programme, placements)]
        return replace(placements, contrast=least_contrast(contrast_of, inks))
    cuts = programme.content(Shots(), ask).cuts
    avoided = [
        *face_boxes(programme, programme.content(Faces(), ask).looks),
        *text_boxes(programme, programme.content(TextDetection(), ask).looks),
    ]
    return choose_placements(Scene(cuts, avoided, contrast_of), fitted.cards, programme, fitted.at)


def _contrast_note(placements: PlacementsByShot, style: CaptionStyle) -> list[Note]:
    if placements.contrast >= LEAST_CONTRAST:
        return []
    part = "box" if style.box else "outline"
    raised = min(contrast(style, luma) for luma in (0, 128, 255))
    return [messages.captions_contrast(placements.contrast, LEAST_CONTRAST, part, raised)]


def _font_notes(fitted: _FittedCards) -> list[Note]:
    """Notes about a custom font: the characters that it lacks, and its licence."""
    face = fitted.area.style.face
    if not isinstance(face, CustomFontFace):
        return []
    runs = (run for card in fitted.cards for line in card.lines for run in line.pieces)
    lacking = {letter for run in runs if run.face != face for letter in run.text if not letter.isspace()}
    return [
        *([messages.font_lacks(face.path.name, sorted(lacking))] if lacking else []),
        *([messages.font_licence(face.path.name)] if face.restricted else []),
    ]


def _split_word_note(cards: Sequence[CaptionCard]) -> list[Note]:
    numbers = sorted({card.cue.number for card in cards if card.torn})
    return [messages.word_parted(numbers[0], len(numbers))] if numbers else []


def _word_times_note(cues: Sequence[Cue]) -> list[Note]:
    """A note about word times by rule, which look as if they came from the speech."""
    without = sum(not cue.timed and " " in cue.text.strip() for cue in cues)
    return [messages.words_spread(without, len(cues))] if without else []
