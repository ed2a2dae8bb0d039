"""Composite: a logo, a lower third and an end card, inside the safe zone; captions are told where they stand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field, field_validator, model_validator

from finish import graph, model
from finish.analysis.clearance import CODES, ExpectedGraphic, GraphicClearance
from finish.checks import graphic_clearance
from finish.errors import FinishError, SpecError
from finish.graph import Kind, Stream
from finish.model import (
    Analyser,
    Ask,
    Delivery,
    Document,
    File,
    Programme,
    Promise,
    ReservedArea,
    ReviewMarker,
    Seconds,
    Tolerance,
    act,
    detail,
)
from finish.stages.composite import picture_file
from finish.stages.composite.canvas import ScaledPicture
from finish.stages.composite.end_card import EndCardPicture
from finish.stages.composite.lettering import LetteringLine
from finish.stages.composite.lower_third import KEPT, SUBTITLE, TITLE, LowerThirdFrames
from finish.stages.composite.overlay_area import Corner, FrameWindow, OverlayArea, Side, meet, together
from finish.units import Box, Size, clock, even

name: Final = "composite"
touches: Final[tuple[Kind, ...]] = ("video", "audio")

_ENLARGED: Final = 1.5  # times; above it softness shows, as in reframe
_FADE: Final = Fraction(3, 10)  # s, house: long enough to be no cut, too short to be watched
_SILENCED: Final = Fraction(
    1, 50
)  # s, house: a whole cycle of 50 Hz, so that sound that is cut off doesn't click
_READ: Final = Fraction(3, 2)  # s, house: coming and going take one; less leaves nothing to read
# The logo's least contrast in the finished file, of 255: its share of what is asked of captions, above an encoder's noise (clearance).
_FAINTEST: Final = 12

Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
Words = Annotated[str, Field(min_length=1, max_length=120)]  # house: nobody reads more


def _picture(document: Document | None) -> Document | None:
    """A picture that cannot be used is told with every other mistake of the spec."""
    try:
        if document is not None:
            picture_file.read(document)
    except FinishError as wrong:
        raise ValueError(str(wrong)) from wrong
    return document


def _one_line(text: str | None) -> str | None:
    if text is not None and not (text.strip() and text.isprintable()):
        raise ValueError("one line of words is wanted")
    return text


class Logo(model.Settings):
    """A picture in a corner. `height` is a share of the frame's short side; `from` and `to` are seconds, else all of the programme."""

    model_config = ConfigDict(populate_by_name=True)

    file: Annotated[
        File, Field(description="PNG, best with an alpha channel, or JPEG; its empty border is left out")
    ]
    corner: Corner = Field(default="top-right", description="the corner of the frame")
    height: Annotated[float, Field(ge=0.01, le=0.5, description="a share of the frame's short side")] = 0.08
    opacity: Annotated[float, Field(ge=0.1, le=1, description="1 is opaque")] = 1
    start: Annotated[Seconds, Field(alias="from", ge=0, description="s of the programme")] = Fraction(0)
    end: Annotated[Seconds | None, Field(alias="to", description="s; the end if left out")] = None

    _readable = field_validator("file")(_picture)

    @model_validator(mode="after")
    def _forwards(self) -> Logo:
        if self.end is not None and self.end <= self.start:
            raise ValueError(
                f"the logo ends before it starts: {float(self.start):g} to {float(self.end):g} s"
            )
        return self


class EndCard(model.Settings):
    """What follows the programme for some `seconds`: a picture, or words of which the first line is the largest."""

    file: Annotated[
        File | None,
        Field(description="PNG or JPEG: of the frame's aspect it fills it, else it keeps to the safe zone"),
    ] = None
    text: Annotated[
        str | None, Field(min_length=1, max_length=300, description="lines of words, the first the largest")
    ] = None
    background: Colour | None = Field(default=None, description="#RRGGBB behind the card")
    seconds: Annotated[
        Seconds, Field(ge=Fraction(1, 2), le=30, description="s that the card adds to the programme")
    ] = Fraction(5, 2)

    _readable = field_validator("file")(_picture)

    @model_validator(mode="after")
    def _either(self) -> EndCard:
        if (self.file is None) is (self.text is None):
            raise ValueError("an end card has either file or text; set the other to null")
        if self.text is not None and not (self.text.strip() and self.text.replace("\n", "").isprintable()):
            raise ValueError("an end card's text is lines of words")
        return self


class LowerThird(model.Settings):
    """A name and what they do, shown for a time. `accent` is the colour of the bar beside them."""

    model_config = ConfigDict(populate_by_name=True)

    title: Words = Field(description="one line, such as a name")
    subtitle: Words | None = Field(default=None, description="one smaller line, such as a role")
    start: Annotated[Seconds, Field(alias="from", ge=0, description="s of the programme")]
    end: Annotated[Seconds, Field(alias="to", description="s of the programme; at least 1.5 s later")]
    side: Side = Field(default="left", description="the side of the frame")
    accent: Colour = Field(default="#FFB000", description="#RRGGBB of the bar beside the words")

    _plain = field_validator("title", "subtitle")(_one_line)

    @model_validator(mode="after")
    def _long_enough(self) -> LowerThird:
        if self.end - self.start < _READ:
            raise ValueError(f"a lower third shows for at least {float(_READ):g} s, or nobody reads it")
        return self


class CompositeSettings(model.Settings):
    """What is laid over the picture. Null takes away what a brand or a job puts there."""

    logo: Logo | None = Field(default=None, description="a picture in a corner")
    end_card: EndCard | None = Field(default=None, description="a picture or words after the programme")
    lower_third: LowerThird | None = Field(default=None, description="a name and a role, shown for a time")


Settings = CompositeSettings  # the name by which every stage's settings are reached (model.Stage)


def questions(settings: CompositeSettings) -> tuple[Analyser[Any], ...]:  # noqa: ARG001 (the protocol of a stage)
    """None: nothing here depends on what the picture shows."""
    return ()


def plan(settings: CompositeSettings, programme: Programme, delivery: Delivery, ask: Ask) -> Programme:  # noqa: ARG001
    """The programme with its overlays, longer by its end card; FinishError for what doesn't fit, or a character without a shape."""
    room = OverlayArea.of(delivery, programme.rate, programme.frames)
    done = programme if settings.end_card is None else _longer(programme, settings.end_card.seconds)
    plain, shown = done.picture, list[ExpectedGraphic]()
    if settings.logo:
        done = _logo(settings.logo, room, done, shown)
    if settings.lower_third:
        done = _third(settings.lower_third, room, done, shown)
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
        raise SpecError(
            f"the logo is {size} px and the safe zone holds {room.box.size}",
            "lower composite: {logo: {height: …}}",
        )
    scale = size.height / height
    text = f"logo: {width}x{height} px enlarged {scale:.1f} times; a larger file is sharper"
    notes = (act("logo-enlarged", text),) if scale > _ENLARGED else ()
    picture = room.overlaid(
        programme.picture,
        graph.image(ScaledPicture(settings.file, size, settings.opacity), size),
        box,
        window,
    )
    shown.append(_seen(box, window, codes=max(_FAINTEST, round(CODES * settings.opacity))))
    shaped = programme.with_picture(picture).reserve(ReservedArea(box, window.span))
    return shaped.add_marks(ReviewMarker(window.middle, "logo")).add_notes(*notes)


def _third(
    settings: LowerThird, room: OverlayArea, programme: Programme, shown: list[ExpectedGraphic]
) -> Programme:
    em = TITLE * room.short
    subtitle = LetteringLine(settings.subtitle, 400, em * SUBTITLE) if settings.subtitle else None
    plate = LowerThirdFrames(
        LetteringLine(settings.title, 600, em), subtitle, settings.side, settings.accent, room.rate
    )
    window = room.window(settings.start, settings.end, "lower third")
    if window.end - window.start < _READ * room.rate:
        message = f"the programme ends at {clock(room.frames / room.rate)}, too soon for a lower third from {clock(settings.start)}"
        raise SpecError(message, f"let it start {float(_READ):g} s before the end")
    box = _clear(
        room,
        room.corner(plate.size, "bottom-left" if settings.side == "left" else "bottom-right"),
        window,
        programme.taken,
    )
    if not room.holds(box):
        message = f"a lower third of {plate.size} px has no room in the safe zone's {room.box.size}"
        raise SpecError(message, "shorten its title or subtitle, or move the logo")
    kept = (
        graph.image(plate, plate.size, room.rate).encoded(KEPT).filter("setpts", expr=_timed(plate, window))
    )
    picture = room.overlaid(programme.picture, kept, box, window)
    shown.append(_seen(box, window, plate.coming // 2, plate.going // 2))
    marks = (ReviewMarker(window.middle, f"lower third: {settings.title}"),)
    return programme.with_picture(picture).reserve(ReservedArea(box, window.span)).add_marks(*marks)


def _clear(room: OverlayArea, box: Box, window: FrameWindow, taken: tuple[ReservedArea, ...]) -> Box:
    """The box raised above what stands there at the time, by the space that captions keep twice over: two things, not one."""
    for each in taken:
        if together(window, each) and meet(box, each.box):
            up = even(box.bottom - each.box.top + 2 * room.breath)
            box = Box(box.left, box.top - up, box.right, box.bottom - up)
    return box


def _timed(plate: LowerThirdFrames, window: FrameWindow) -> str:
    """The drawn frames in programme time: those in which it comes from the window's start, those in which it goes at its end."""
    going = window.end - plate.going - plate.coming - 1
    rate = window.rate
    return (
        f"round((N+if(lte(N,{plate.coming}),{window.start},{going}))*{rate.denominator}/{rate.numerator}/TB)"
    )


def _longer(programme: Programme, seconds: Fraction) -> Programme:
    """The last frame held and the sound silent for the length of the end card."""
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
    notes = (detail("end-card", f"end card: {round(float(added / programme.rate), 2):g} s longer"),)
    return replace(programme, picture=picture, sound=sound, frames=frames).add_notes(*notes)


def _card(
    settings: EndCard, room: OverlayArea, programme: Programme, shown: list[ExpectedGraphic]
) -> Programme:
    card = EndCardPicture(room.frame, room.middle, settings.file, settings.text or "", settings.background)
    if settings.text:
        assert card.lines  # told when it is planned: what doesn't fit, what has no shape
    window = FrameWindow(room.frames, programme.frames, room.rate)
    start = room.frames / room.rate
    still = room.coloured(graph.image(card, room.frame, room.rate)).filter(
        "tpad", stop_mode="clone", stop_duration=_FADE
    )
    faded = still.filter("setpts", expr=f"round(PTS+{start.numerator}/{start.denominator}/TB)")
    faded = faded.filter("fade", type="in", alpha=1, start_time=start, duration=_FADE)
    frame = Box(0, 0, room.frame.width, room.frame.height)
    picture = room.laid(programme.picture, faded, frame, window)
    shown.append(replace(_seen(frame, window, round(_FADE * room.rate)), free=True))
    carded = programme.with_picture(picture).reserve(ReservedArea(frame, window.span))
    return carded.add_marks(ReviewMarker(window.middle, "end card"))


def _seen(
    box: Box, window: FrameWindow, coming: int = 0, going: int = 0, codes: int = CODES
) -> ExpectedGraphic:
    """An overlay, looked at in the middle, and at both ends but for so many frames in which it comes or goes."""
    ends = (min(window.start + coming, window.end - 1), max(window.start, window.end - 1 - going))
    return ExpectedGraphic(
        tuple(sorted({window.middle, *(frame / window.rate for frame in ends)})), box, codes
    )


def _promises(room: OverlayArea, plain: Stream, shown: list[ExpectedGraphic]) -> tuple[Promise[Any], ...]:
    """That the file shows what was laid over it, and nothing outside: compared with the same plan without any of it."""
    shape: dict[str, Any] = {
        "source": "house rule: overlays show, and clear of the destination's own buttons",
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
            hint="too little contrast with the picture? choose another corner, or a logo with an outline or a plate",
        ),
        Promise(
            "overlays other than planned",
            graphic_clearance.differing,
            Tolerance(exactly=0),
            "places",
            **shape,
            hint="too few bits for such a picture? raise `encode: {picture: {max_rate: …}}`; else run again",
        ),
    )
