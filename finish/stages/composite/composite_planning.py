"""Composite: a logo, a lower third and an end card, inside the safe area; captions keep clear of them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from finish import graph
from finish.analysis.clearance import CODES, ExpectedGraphic, GraphicClearance
from finish.checks import graphic_clearance
from finish.graph import Stream
from finish.model import Analyser, Ask, Delivery, Programme, Promise, ReservedArea, ReviewMarker, Tolerance
from finish.stages.composite import messages, picture_file
from finish.stages.composite.canvas import ScaledPicture
from finish.stages.composite.composite_settings import (
    SHORTEST_THIRD,
    CompositeSettings,
    EndCard,
    Logo,
    LowerThird,
)
from finish.stages.composite.end_card import EndCardPicture
from finish.stages.composite.lettering import LetteringLine
from finish.stages.composite.lower_third import KEPT, SUBTITLE, TITLE, LowerThirdFrames
from finish.stages.composite.overlay_area import FrameWindow, OverlayArea, meet, together
from finish.units import Box, Size, even

_ENLARGED: Final = 1.5  # times; above it softness is visible, as in reframe
_FADE: Final = Fraction(3, 10)  # s; house value: longer than a cut, too short to notice
# s; house value: a whole cycle of 50 Hz, so that sound that ends doesn't click.
_SILENCED: Final = Fraction(1, 50)
# The logo's least contrast in the finished file, in codes of 255: above an encoder's noise (see clearance).
_FAINTEST: Final = 12


def questions(settings: CompositeSettings) -> tuple[Analyser[Any], ...]:  # noqa: ARG001 (a stage's protocol)
    """None: nothing depends on the content of the picture."""
    return ()


def plan(
    settings: CompositeSettings,
    programme: Programme,
    delivery: Delivery,
    ask: Ask,  # noqa: ARG001 (the protocol of a stage)
) -> Programme:
    """The programme with its graphics, longer by its end card.

    SpecError for a graphic that doesn't fit, GlyphError for a character that no font has.
    """
    room = OverlayArea.of(delivery, programme.rate, programme.frames)
    done = programme if settings.end_card is None else _longer(programme, settings.end_card.seconds)
    plain, shown = done.picture, list[ExpectedGraphic]()
    if settings.logo:
        done = _logo(settings.logo, room, done, shown)
    if settings.lower_third:
        done = _lower_third(settings.lower_third, room, done, shown)
    if settings.end_card:
        done = _card(settings.end_card, room, done, shown)
    return done.add_promises(*_promises(room, plain, shown)) if shown else programme


def _logo(settings: Logo, room: OverlayArea, programme: Programme, shown: list[ExpectedGraphic]) -> Programme:
    own = picture_file.trimmed(picture_file.read(settings.file))
    height, width = own.shape[:2]
    tall = even(settings.height * room.short)
    size = Size(even(tall * width / height), tall)
    box, window = room.corner(size, settings.corner), room.window(settings.start, settings.end, "logo")
    if not room.holds(box):
        raise messages.logo_too_large(size, room.box.size)
    scale = size.height / height
    notes = (messages.logo_enlarged(Size(width, height), scale),) if scale > _ENLARGED else ()
    picture = room.overlaid(
        programme.picture,
        graph.image(ScaledPicture(settings.file, size, settings.opacity), size),
        box,
        window,
    )
    shown.append(_expected(box, window, codes=max(_FAINTEST, round(CODES * settings.opacity))))
    shaped = programme.with_picture(picture).reserve(ReservedArea(box, window.span))
    return shaped.add_marks(ReviewMarker(window.middle, "logo")).add_notes(*notes)


def _lower_third(
    settings: LowerThird, room: OverlayArea, programme: Programme, shown: list[ExpectedGraphic]
) -> Programme:
    em = TITLE * room.short
    subtitle = LetteringLine(settings.subtitle, 400, em * SUBTITLE) if settings.subtitle else None
    plate = LowerThirdFrames(
        LetteringLine(settings.title, 600, em), subtitle, settings.side, settings.accent, room.rate
    )
    window = room.window(settings.start, settings.end, "lower third")
    if window.end - window.start < SHORTEST_THIRD * room.rate:
        raise messages.third_too_late(settings.start, room.frames / room.rate, SHORTEST_THIRD)
    box = _clear(
        room,
        room.corner(plate.size, "bottom-left" if settings.side == "left" else "bottom-right"),
        window,
        programme.taken,
    )
    if not room.holds(box):
        raise messages.third_too_large(plate.size, room.box.size)
    kept = (
        graph.image(plate, plate.size, room.rate).encoded(KEPT).filter("setpts", expr=_timed(plate, window))
    )
    picture = room.overlaid(programme.picture, kept, box, window)
    shown.append(_expected(box, window, plate.coming // 2, plate.going // 2))
    marks = (ReviewMarker(window.middle, f"lower third: {settings.title}"),)
    return programme.with_picture(picture).reserve(ReservedArea(box, window.span)).add_marks(*marks)


def _clear(room: OverlayArea, box: Box, window: FrameWindow, taken: tuple[ReservedArea, ...]) -> Box:
    """The box above every graphic that is there at the time, at twice the distance that captions keep."""
    for area in taken:
        if together(window, area) and meet(box, area.box):
            up = even(box.bottom - area.box.top + 2 * room.breath)
            box = Box(box.left, box.top - up, box.right, box.bottom - up)
    return box


def _timed(plate: LowerThirdFrames, window: FrameWindow) -> str:
    """The times of the drawn frames: the animation in at the window's start, the animation out at its end."""
    going = window.end - plate.going - plate.coming - 1
    rate = window.rate
    return (
        f"round((N+if(lte(N,{plate.coming}),{window.start},{going}))*{rate.denominator}/{rate.numerator}/TB)"
    )


def _longer(programme: Programme, seconds: Fraction) -> Programme:
    """The programme with its last frame held and its sound silent for the length of the end card."""
    added = max(1, round(seconds * programme.rate))
    frames = programme.frames + added
    end, over = frames / programme.rate, programme.duration
    picture = programme.picture.filter(
        "tpad", stop_mode="clone", stop_duration=(added + 1) / programme.rate
    ).filter("trim", end=end)
    quiet = programme.sound.filter(
        "afade", type="out", start_time=max(Fraction(0), over - _SILENCED), duration=_SILENCED
    )
    sound = quiet.filter("apad", whole_dur=end).filter("atrim", end=end)
    note = messages.end_card(float(added / programme.rate))
    return replace(programme, picture=picture, sound=sound, frames=frames).add_notes(note)


def _card(
    settings: EndCard, room: OverlayArea, programme: Programme, shown: list[ExpectedGraphic]
) -> Programme:
    card = EndCardPicture(room.frame, room.middle, settings.file, settings.text or "", settings.background)
    if settings.text:
        assert card.lines  # text that doesn't fit, or that no font has, is an error of the plan
    window = FrameWindow(room.frames, programme.frames, room.rate)
    start = room.frames / room.rate
    still = room.coloured(graph.image(card, room.frame, room.rate)).filter(
        "tpad", stop_mode="clone", stop_duration=_FADE
    )
    faded = still.filter("setpts", expr=f"round(PTS+{start.numerator}/{start.denominator}/TB)")
    faded = faded.filter("fade", type="in", alpha=1, start_time=start, duration=_FADE)
    frame = Box(0, 0, room.frame.width, room.frame.height)
    picture = room.laid(programme.picture, faded, frame, window)
    shown.append(replace(_expected(frame, window, round(_FADE * room.rate)), free=True))
    carded = programme.with_picture(picture).reserve(ReservedArea(frame, window.span))
    return carded.add_marks(ReviewMarker(window.middle, "end card"))


def _expected(
    box: Box, window: FrameWindow, coming: int = 0, going: int = 0, codes: int = CODES
) -> ExpectedGraphic:
    """A graphic, compared in the middle and at both ends, apart from the frames of its animation in and
    out."""
    ends = (min(window.start + coming, window.end - 1), max(window.start, window.end - 1 - going))
    return ExpectedGraphic(
        tuple(sorted({window.middle, *(frame / window.rate for frame in ends)})), box, codes
    )


def _promises(room: OverlayArea, plain: Stream, shown: list[ExpectedGraphic]) -> tuple[Promise[Any], ...]:
    """The file shows the graphics, and nothing outside the safe area: compared with the same plan without
    them."""
    shape: dict[str, Any] = {
        "source": "house rule: overlays show, clear of the destination's own buttons",
        "part": "picture",
        "analyser": GraphicClearance.of(room.frame, room.safe, shown),
        "against": (plain,),
    }
    return (
        Promise(
            "overlays outside the safe zone", graphic_clearance.outside, Tolerance(exactly=0), "px", **shape
        ),
        Promise(
            "overlays that don't show",
            graphic_clearance.missing,
            Tolerance(exactly=0),
            "",
            **shape,
            hint="for more contrast with the picture, choose another corner, "
            "or a logo with an outline or a plate",
        ),
        Promise(
            "overlays other than planned",
            graphic_clearance.differing,
            Tolerance(exactly=0),
            "places",
            **shape,
            hint="raise `encode: {picture: {max_rate: …}}`; if that doesn't help, run again",
        ),
    )
