"""Captions put on the picture: fitted, placed clear of what is there, made legible, promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final, TypeVar

from finish.analysis.clearance import ExpectedGraphic, GraphicClearance
from finish.analysis.colour_tones import Tones
from finish.analysis.faces import Faces
from finish.analysis.shots import Shots
from finish.analysis.text_detection import TextDetection
from finish.checks import graphic_clearance
from finish.model import (
    Analyser,
    Ask,
    Decision,
    Delivery,
    Measure,
    Note,
    Programme,
    Promise,
    Tolerance,
    act,
    know,
)
from finish.stages.captions.caption_settings import CaptionSettings
from finish.stages.captions.cues import Cue, emphasised, without_small_overlaps
from finish.stages.captions.drawing.ass_writer import AssCards
from finish.stages.captions.drawing.script_rescale import ScriptFrame, check_safe_area, fit_script
from finish.stages.captions.formats.ass_script import AssScript
from finish.stages.captions.formats.caption_formats import CaptionFile
from finish.stages.captions.placement.card_fitting import CaptionCard, CardGrid, cue_cards
from finish.stages.captions.placement.card_placement import (
    CaptionArea,
    CoveredArea,
    PlacedCard,
    Position,
    place_cards,
)
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
from finish.stages.captions.typesetting.caption_style import CaptionStyle
from finish.stages.captions.typesetting.custom_font import CustomFontFace
from finish.units import digest

T = TypeVar("T")

NAME: Final = "captions"
SAMPLED: Final = 200  # cards that the finished file is checked at: all of them, or this many evenly spread


@dataclass(frozen=True)
class _Fitted:
    """Captions as cards of one style, and the room that they have."""

    cards: tuple[CaptionCard, ...]
    room: CaptionArea
    where: str

    def placed(self, programme: Programme, placements: PlacementsByShot) -> tuple[PlacedCard, ...]:
        def at(card: CaptionCard) -> Position:
            return placements.at(programme.where(Fraction(card.start + card.end, 2) / programme.rate))

        return place_cards(self.cards, self.room, at, self.where)


def clip_analysers(settings: CaptionSettings) -> tuple[Analyser[Any], ...]:
    """What is asked of the clip so that its captions stand clear of faces and letters, and are legible."""
    if not settings.burn:
        return ()
    clear: tuple[Analyser[Any], ...] = (
        (Shots(), Faces(), TextDetection()) if settings.position == "auto" else ()
    )
    return clear if legible_anywhere(settings.styled) else (*clear, Tones())


def burned_in(
    settings: CaptionSettings, captions: CaptionFile, programme: Programme, delivery: Delivery, ask: Ask
) -> Programme:
    """The programme with captions on its picture; FinishError for a glyph or a fit that cannot be."""
    frame = delivery.frame
    if captions.script is not None:
        return _own(settings, captions.script, captions.cues, programme, delivery, ask)
    style = settings.styled
    fitted = _fitted(settings, captions.cues, style, programme, delivery)
    about = _about(settings, programme, fitted.room)
    found = _places(settings, fitted, about, programme, ask)
    if found.contrast < LEAST_CONTRAST:
        fitted = _fitted(settings, captions.cues, reinforced(style), programme, delivery)
    stood = fitted.placed(programme, found)
    shown = [
        ExpectedGraphic(_looked_at(each.card.start, each.card.end, programme.rate), each.ink)
        for each in stood
    ]
    notes = [
        *_torn_note(fitted.cards),
        *(_spread_note(captions.cues) if style.spoken else []),
        *placement_notes(found),
        *_faint_note(found, fitted),
        *_font_note(fitted),
    ]
    if settings.position == "auto" or not legible_anywhere(style):
        programme = programme.add_decisions(Decision(NAME, about, found.values))
    payload = AssCards(frame, programme.rate, fitted.room.em, fitted.room.style, stood)
    return _burn(programme, payload, shown, delivery, notes)


def _own(  # noqa: PLR0913, PLR0917 (`burned_in` for a script)
    settings: CaptionSettings,
    script: AssScript,
    cues: tuple[Cue, ...],
    programme: Programme,
    delivery: Delivery,
    ask: Ask,
) -> Programme:
    """The same with a script, which has its own places and styles."""
    frame, safe = delivery.frame, delivery.safe.within(delivery.frame)
    room = CaptionArea(frame, safe, 0, settings.styled).box
    ground = ScriptFrame(
        programme.conformed.size or frame, frame, safe, room, str(settings.file.path) if settings.file else ""
    )
    payload = fit_script(script, ground)
    grid = CardGrid(programme.rate, programme.frames, ground.path)
    times = {cue: _looked_at(*grid.of(cue), programme.rate) for cue in cues}
    check_safe_area(payload, ground, {time: cue for cue in _few(cues) for time in times[cue]}, programme, ask)
    return _burn(
        programme,
        payload,
        [ExpectedGraphic(times[cue], safe) for cue in cues],
        delivery,
        _own_places_note(programme),
    )


def _fitted(
    settings: CaptionSettings,
    cues: tuple[Cue, ...],
    style: CaptionStyle,
    programme: Programme,
    delivery: Delivery,
) -> _Fitted:
    frame, where = delivery.frame, str(settings.file.path) if settings.file else ""
    em = style.size * settings.size * min(frame.width, frame.height)
    room = CaptionArea(frame, delivery.safe.within(frame), em, style, _covered(programme))
    grid = CardGrid(programme.rate, programme.frames, where)
    strong = tuple(emphasised(cue, settings.emphasis) for cue in cues) if settings.emphasis else cues
    return _Fitted(
        tuple(
            card
            for cue in without_small_overlaps(strong)
            for card in cue_cards(cue, style, room.limit, grid, settings.lang)
        ),
        room,
        where,
    )


def _about(settings: CaptionSettings, programme: Programme, room: CaptionArea) -> str:
    """What the places depend on: the clip, what of it is kept, where it and the captions stand, how large they are; not what they say."""
    about = (
        programme.source.digest,
        str(programme.timeline),
        repr(programme.framing),
        repr(room),
        str(settings.size),
    )
    return digest("captions", *about)[:16]


def _places(
    settings: CaptionSettings, fitted: _Fitted, about: str, programme: Programme, ask: Ask
) -> PlacementsByShot:
    """Where the cards stand: as said, as decided before, else clear of faces and letters, where they are best read."""
    style = fitted.room.style
    enough = legible_anywhere(style)
    if settings.position != "auto" and enough:
        return PlacementsByShot(((Fraction(0), settings.position),))
    known = programme.decided(NAME, about)
    if known is not None:
        return PlacementsByShot.read(known)
    legible = (
        None
        if enough
        else Backdrop(programme, style, ask(Measure(Tones(), programme.conformed)).looks).contrast
    )
    if settings.position != "auto":
        said = PlacementsByShot(((Fraction(0), settings.position),))
        return replace(
            said,
            contrast=least_contrast(
                legible, [(each.card, each.ink) for each in fitted.placed(programme, said)]
            ),
        )
    cuts = ask(Measure(Shots(), programme.conformed)).cuts
    there = [
        *face_boxes(programme, ask(Measure(Faces(), programme.conformed)).looks),
        *text_boxes(programme, ask(Measure(TextDetection(), programme.conformed)).looks),
    ]
    scene = Scene(cuts, there, legible)
    return choose_placements(
        scene,
        fitted.cards,
        programme,
        lambda position: place_cards(fitted.cards, fitted.room, lambda _: position, ""),
    )


def _few(some: Sequence[T]) -> Sequence[T]:
    """All of them, or as many as are looked at, evenly spread."""
    return (
        some
        if len(some) <= SAMPLED
        else [some[at * (len(some) - 1) // (SAMPLED - 1)] for at in range(SAMPLED)]
    )


def _looked_at(start: int, end: int, rate: Fraction) -> tuple[Fraction, ...]:
    """The times at which a card is looked at: its first frame and its last, which tell when it shows, and one between."""
    return tuple(frame / rate for frame in sorted({start, (start + end) // 2, end - 1}))


def _burn(
    programme: Programme,
    payload: AssCards | AssScript,
    shown: list[ExpectedGraphic],
    delivery: Delivery,
    notes: list[Note],
) -> Programme:
    question = GraphicClearance.of(delivery.frame, delivery.safe.within(delivery.frame), _few(shown))
    shape: dict[str, Any] = {
        "source": "house rule: captions show, and clear of the destination's own buttons",
        "part": "picture",
        "analyser": question,
        "against": (programme.picture,),
    }
    promises = (
        Promise(
            "captions outside the safe zone",
            graphic_clearance.outside,
            Tolerance(exactly=0),
            "px",
            hint="lower `captions: size` or choose another position; an ASS file must keep its own text inside",
            **shape,
        ),
        Promise(
            "captions that don't show",
            graphic_clearance.missing,
            Tolerance(exactly=0),
            "cards",
            hint="too little contrast with the picture? try `captions: style: boxed`, or a higher `encode: {picture: {max_rate: …}}`",
            **shape,
        ),
        Promise(
            "captions other than planned",
            graphic_clearance.differing,
            Tolerance(exactly=0),
            "places",
            hint="too few bits for such a picture? raise `encode: {picture: {max_rate: …}}`; else run again",
            **shape,
        ),
    )
    picture = programme.picture.filter("ass", filename=payload, shaping="complex")
    return programme.with_picture(picture).add_promises(*promises).add_notes(*notes)


def _covered(programme: Programme) -> tuple[CoveredArea, ...]:
    rate = programme.rate
    return tuple(
        CoveredArea(each.box, round(each.span.start * rate), round(each.span.end * rate))
        for each in programme.taken
    )


def _faint_note(found: PlacementsByShot, fitted: _Fitted) -> list[Note]:
    if found.contrast >= LEAST_CONTRAST:
        return []
    part = "box" if fitted.room.style.box else "outline"
    now = min(contrast(fitted.room.style, luma) for luma in (0, 128, 255))
    return [
        know(
            "captions-contrast",
            f"the style's letters would have a contrast of {found.contrast:.1f} to 1 with the picture "
            f"({LEAST_CONTRAST} wanted): their {part} is made stronger, {now:.1f} to 1 at least",
        )
    ]


def _font_note(fitted: _Fitted) -> list[Note]:
    """A brand's font that lacks letters is helped out, which people want to see before they deliver."""
    face = fitted.room.style.face
    if not isinstance(face, CustomFontFace):
        return []
    pieces = (piece for card in fitted.cards for line in card.lines for piece in line.pieces)
    lacking = sorted(
        {letter for piece in pieces if piece.face != face for letter in piece.text if not letter.isspace()}
    )
    text = f"{len(lacking)} characters that {face.path.name} lacks are drawn by other fonts: {' '.join(lacking[:8])}"
    restricted = act("font-licence", f"{face.path.name} says that its licence forbids embedding: check it")
    return [*([know("font-lacks", text)] if lacking else []), *([restricted] if face.restricted else [])]


def _torn_note(made: tuple[CaptionCard, ...]) -> list[Note]:
    torn = sorted({card.cue.number for card in made if card.torn})
    return (
        [
            act(
                "word-parted",
                f"a word in cue {torn[0]} is wider than the safe box and was parted ({len(torn)} cues in all): "
                "put a soft hyphen (U+00AD) where it may break",
            )
        ]
        if torn
        else []
    )


def _spread_note(cues: tuple[Cue, ...]) -> list[Note]:
    """Words that light up by rule look as if they had been heard."""
    without = sum(not cue.timed and " " in cue.text.strip() for cue in cues)
    return (
        [
            know(
                "words-spread",
                f"{without} of {len(cues)} cues say nothing of when their words are spoken: spread by syllables "
                "(VTT time stamps or a transcript as .json say it)",
            )
        ]
        if without
        else []
    )


def _own_places_note(programme: Programme) -> list[Note]:
    return (
        [act("ass-places", "the ASS file places its own text: check it against the logo and lower third")]
        if programme.taken
        else []
    )
