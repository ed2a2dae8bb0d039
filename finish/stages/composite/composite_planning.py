"""Composite: a logo, a lower third and an end card, inside the safe area; captions keep clear of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from finish import graph
from finish.analysis.clearance import CODES, ExpectedGraphic, GraphicClearance
from finish.checks import graphic_clearance
from finish.graph import Stream
from finish.model import (
    Analyser,
    Ask,
    Delivery,
    Note,
    Programme,
    Promise,
    ReservedArea,
    ReviewMarker,
    Tolerance,
)
from finish.model.sound_input import silent_after
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
from finish.stages.composite.lower_third import KEPT, LowerThirdFrames, lines
from finish.stages.composite.overlay_area import FrameWindow, OverlayArea, meet, together
from finish.units import Box, Size, even

_ENLARGED: Final = 1.5  # times; above it softness is visible, as in reframe
_FADE: Final = Fraction(3, 10)  # s; house value: longer than a cut, too short to notice
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
    area = OverlayArea.of(delivery, programme.rate, programme.frames)
    composed = programme if settings.end_card is None else _longer(programme, settings.end_card.seconds)
    plain, graphics = composed.picture, list[ExpectedGraphic]()
    if settings.logo:
        composed, logo = _logo(settings.logo, area, composed)
        graphics.append(logo)
    if settings.lower_third:
        composed, third = _lower_third(settings.lower_third, area, composed)
        graphics.append(third)
    if settings.end_card:
        composed, card = _card(settings.end_card, area, composed)
        graphics.append(card)
    return composed.add_promises(*_promises(area, plain, graphics)) if graphics else programme


def _logo(settings: Logo, area: OverlayArea, programme: Programme) -> tuple[Programme, ExpectedGraphic]:
    """The programme with its logo, and what the file must show of it."""
    own = picture_file.trimmed(picture_file.read(settings.picture))
    height, width = own.shape[:2]
    tall = even(settings.height * area.short)
    size = Size(even(tall * width / height), tall)
    box, window = area.corner(size, settings.corner), area.window(settings.start, settings.end, "logo")
    if not area.holds(box):
        raise messages.logo_too_large(size, area.box.size)
    scale = size.height / height
    notes = (messages.logo_enlarged(Size(width, height), scale),) if scale > _ENLARGED else ()
    picture = area.overlaid(
        programme.picture,
        graph.image(ScaledPicture(settings.picture, size, settings.opacity), size),
        box,
        window,
    )
    graphic = _expected(box, window, codes=max(_FAINTEST, round(CODES * settings.opacity)))
    composed = programme.with_picture(picture).reserve(ReservedArea(box, window.span))
    return composed.add_marks(ReviewMarker(window.middle, "logo")).add_notes(*notes), graphic


def _lower_third(
    settings: LowerThird, area: OverlayArea, programme: Programme
) -> tuple[Programme, ExpectedGraphic]:
    """The programme with its lower third, and what the file must show of it."""
    title, subtitle = lines(settings, area.short)
    plate = LowerThirdFrames(title, subtitle, settings.side, settings.accent, area.rate)
    window = area.window(settings.start, settings.end, "lower third")
    if window.end - window.start < SHORTEST_THIRD * area.rate:
        raise messages.third_too_late(settings.start, area.frames / area.rate, SHORTEST_THIRD)
    box = _clear(
        area,
        area.corner(plate.size, "bottom-left" if settings.side == "left" else "bottom-right"),
        window,
        programme.taken,
    )
    if not area.holds(box):
        raise messages.third_too_large(plate.size, area.box.size)
    kept = (
        graph.image(plate, plate.size, area.rate).encoded(KEPT).filter("setpts", expr=_timed(plate, window))
    )
    picture = area.overlaid(programme.picture, kept, box, window)
    composed = programme.with_picture(picture).reserve(ReservedArea(box, window.span))
    composed = composed.add_notes(*_lacking("lower third", plate.lines))
    mark = ReviewMarker(window.middle, f"lower third: {settings.title}")
    return composed.add_marks(mark), _expected(box, window, plate.coming // 2, plate.going // 2)


def _lacking(graphic: str, drawn: Iterable[LetteringLine]) -> Iterator[Note]:
    """A note for the lines that the user's font can't draw."""
    letters = [(line.file.path.name, line.undrawn) for line in drawn if line.file and line.undrawn]
    for font in dict(letters):
        lost = dict.fromkeys(letter for name, lacked in letters if name == font for letter in lacked)
        yield messages.font_lacks(graphic, font, "".join(lost))


def _clear(area: OverlayArea, box: Box, window: FrameWindow, taken: tuple[ReservedArea, ...]) -> Box:
    """The box, moved above every graphic of its time, at twice the distance that captions keep."""
    for graphic in taken:
        if together(window, graphic) and meet(box, graphic.box):
            up = even(box.bottom - graphic.box.top + 2 * area.breath)
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
    end = frames / programme.rate
    picture = programme.picture.filter(
        "tpad", stop_mode="clone", stop_duration=(added + 1) / programme.rate
    ).filter("trim", end=end)
    sound = silent_after(programme.sound, programme.duration, end)
    note = messages.end_card(float(added / programme.rate))
    return replace(programme, picture=picture, sound=sound, frames=frames).add_notes(note)


def _card(settings: EndCard, area: OverlayArea, programme: Programme) -> tuple[Programme, ExpectedGraphic]:
    """The programme with its end card, and what the file must show of it."""
    card = EndCardPicture(
        area.frame,
        area.middle,
        settings.file,
        settings.text or "",
        settings.background,
        settings.font,
        settings.size,
    )
    if settings.text:
        assert card.lines  # text that doesn't fit, or that no font has, is an error of the plan
    window = FrameWindow(area.frames, programme.frames, area.rate)
    start = area.frames / area.rate
    still = area.coloured(graph.image(card, area.frame, area.rate)).filter(
        "tpad", stop_mode="clone", stop_duration=_FADE
    )
    faded = still.filter("setpts", expr=f"round(PTS+{start.numerator}/{start.denominator}/TB)")
    faded = faded.filter("fade", type="in", alpha=1, start_time=start, duration=_FADE)
    frame = Box(0, 0, area.frame.width, area.frame.height)
    picture = area.laid(programme.picture, faded, frame, window)
    graphic = replace(_expected(frame, window, round(_FADE * area.rate)), free=True)
    composed = programme.with_picture(picture).reserve(ReservedArea(frame, window.span))
    composed = composed.add_notes(*_lacking("end card", card.lines if settings.text else ()))
    return composed.add_marks(ReviewMarker(window.middle, "end card")), graphic


def _expected(
    box: Box, window: FrameWindow, coming: int = 0, going: int = 0, codes: int = CODES
) -> ExpectedGraphic:
    """A graphic, compared in the middle and at both ends, but not during its animations."""
    ends = (min(window.start + coming, window.end - 1), max(window.start, window.end - 1 - going))
    return ExpectedGraphic(
        tuple(sorted({window.middle, *(frame / window.rate for frame in ends)})), box, codes
    )


def _promises(area: OverlayArea, plain: Stream, graphics: list[ExpectedGraphic]) -> tuple[Promise[Any], ...]:
    """The file shows the graphics, and nothing outside the safe area.

    It is compared with `plain`, the same picture without them.
    """
    shape: dict[str, Any] = {
        "source": "house rule: overlays show, clear of the destination's own buttons",
        "part": "picture",
        "analyser": GraphicClearance.of(area.frame, area.safe, graphics),
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
