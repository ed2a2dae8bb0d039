"""Reframe: any picture to the destination's frame and rate, cropped around what matters, or padded; dithered once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, Final, Literal

from pydantic import Field, model_validator

from finish import model
from finish.analysis.faces import Faces
from finish.analysis.shots import Shots
from finish.analysis.text_detection import TextDetection
from finish.errors import SpecError
from finish.graph import Kind, Stream
from finish.model import Analyser, Ask, Decision, Delivery, Framing, Note, Programme, act, detail, know
from finish.stages.reframe import frame_layouts
from finish.stages.reframe.cadence import cadence
from finish.stages.reframe.camera_path import MOTIONS, QUICK, Calm, CameraPath, Motion, follow, hold, moved
from finish.stages.reframe.crop_choice import Shot, chosen
from finish.stages.reframe.crop_commands import CropLeg, numbers, overlaid, positions
from finish.stages.reframe.crop_keyframes import CropKeyframes
from finish.stages.reframe.crop_quality import kept, refuse_lost
from finish.stages.reframe.crop_window import CropWindow
from finish.stages.reframe.frame_layouts import DeliveryFrame, DrawnPath, FrameGrid
from finish.stages.reframe.target_detection import Whom, nearest, seen
from finish.units import digest, first_frame

name: Final = "reframe"
touches: Final[tuple[Kind, ...]] = ("video",)

_ENLARGED: Final = Fraction(3, 2)  # times; above it softness shows on a phone
_HOLD: Final = Fraction(
    1, 10
)  # s, or one source frame: how long the last picture may stand in for one that is missing
_WIDE: Final = Fraction(4, 5)  # the widest vertical that feeds show at full width

_READIER: Final[dict[Calm, tuple[Motion, ...]]] = {
    "calm": (MOTIONS["calm"], MOTIONS["responsive"], QUICK),
    "responsive": (MOTIONS["responsive"], QUICK),
    "locked": (MOTIONS["locked"],),
}
_MIDDLE: Final = CropKeyframes((CropLeg(Fraction(0), hold(0.5)),))
Share = Annotated[float, Field(ge=0, le=1)]


class CropOverride(model.Stretch):
    """From `from` to `to` seconds (else the end) the crop's middle stands at `at`, or all of the picture shows."""

    at: Annotated[
        tuple[Share, Share] | None,
        Field(description="shares of the picture's width and height; not where all shows"),
    ] = None
    until: Annotated[
        tuple[Share, Share] | None,
        Field(description="where it has come to at the end; without it, it stands"),
    ] = None
    layout: Annotated[
        Literal["crop", "fit"],
        Field(description="crop, or fit: all of the picture before a blurred background"),
    ] = "crop"

    @model_validator(mode="after")
    def _somewhere(self) -> CropOverride:
        if (self.at is None) is (self.layout == "crop"):
            raise ValueError("state `at` for a crop, or layout: fit without one")
        if self.until is not None and (self.at is None or self.end is None):
            raise ValueError("a crop moves from `at` to `until`, and has arrived at `to`: state all three")
        return self

    def path(self, across: bool) -> CameraPath:
        """Where the crop's middle stands along the axis on which it moves."""
        if self.at is None:
            return hold(0.5)
        axis = 0 if across else 1
        return (
            moved(float(self.start), float(self.end or 0), self.at[axis], self.until[axis])
            if self.until
            else hold(self.at[axis])
        )

    def holds(self, time: Fraction) -> bool:
        """Whether it says where the crop stands at a time (s)."""
        return self.start <= time and (self.end is None or time < self.end)


class ReframeSettings(model.Settings):
    """How a picture of another aspect fills the frame.

    `follow`: `subject` keeps it in a crop, `centre` crops the middle, `pad` shows all before a blurred background, `none`
    refuses. `motion`: how readily a crop that follows may move. `centre`: where the crop stands by hand, in ranges of time;
    it wins over what `follow` finds.
    """

    follow: Annotated[
        Literal["subject", "centre", "pad", "none"], Field(title="mode", description="what the crop keeps")
    ] = "centre"
    subject: Annotated[
        Whom,
        Field(
            title="subject",
            description="faces; people: and people seen from any side; any: else an animal, or what draws the eye",
        ),
    ] = "any"
    motion: Annotated[Calm, Field(description="how readily the crop moves")] = "calm"
    centre: Annotated[
        tuple[CropOverride, ...], Field(description="the crop's middle by hand, in ranges of time")
    ] = ()
    layout: Annotated[
        Literal["crop", "auto"],
        Field(
            description="auto: shots that don't fit a crop, or whose letters it would cut, show all of the picture"
        ),
    ] = "crop"
    background: Annotated[
        str,
        Field(
            pattern=r"^(blur|#[0-9A-Fa-f]{6})$",
            description="behind a picture that does not fill the frame: blur, or #RRGGBB",
        ),
    ] = "blur"
    inside: Annotated[
        Share,
        Field(description="share of looks in which whom the crop follows must be inside it; 0 takes any"),
    ] = 0.8

    @model_validator(mode="after")
    def _one_at_a_time(self) -> ReframeSettings:
        ordered = sorted(self.centre, key=lambda each: each.start)
        for one, other in pairwise(ordered):
            if one.end is None or one.end > other.start:
                raise ValueError(
                    f"two centres at {float(other.start):g} s: the range from {float(one.start):g} s is not over by then"
                )
        return self


Settings = ReframeSettings  # the name by which every stage's settings are reached (model.Stage)


def questions(settings: ReframeSettings) -> tuple[Analyser[Any], ...]:
    """Shots and faces, when they are to be followed; letters, when they choose the layout. What costs more is asked if they see nobody."""
    if settings.follow != "subject":
        return ()
    return (Shots(), Faces(), TextDetection()) if settings.layout == "auto" else (Shots(), Faces())


def plan(settings: ReframeSettings, programme: Programme, delivery: Delivery, ask: Ask) -> Programme:
    """The programme in the delivery's frame, rate and pixel format; SpecError where `none` would have to crop."""
    rate = delivery.rates.of(programme.rate)
    on = Fraction(0) if programme.still is None else programme.duration - programme.still
    grid = FrameGrid(
        rate,
        max(1, first_frame(programme.duration, rate)),
        on + max(_HOLD, 1 / programme.rate),
        programme.timeline,
    )
    background = "" if settings.background == "blur" else settings.background
    frame = DeliveryFrame(delivery.frame, delivery.picture.pix_fmt, background)
    if frame.size.width % 2 or frame.size.height % 2:
        raise SpecError(
            f"a frame of {frame.size} has an odd side", f"{frame.pix_fmt} halves colour: make both sides even"
        )
    window = CropWindow(programme.frame, frame.size)
    followed = settings.follow == "subject" and not window.whole
    way = _decided(settings, programme, window, ask) if followed else _MIDDLE
    picture, notes, framing = _framed(settings, programme, grid, frame, way)
    frames = grid.length
    sound = _as_long(programme, frames / rate)
    decisions = (Decision(name, _about(settings, programme, window), way.values),) if followed else ()
    framed = replace(
        programme, picture=picture, sound=sound, frame=frame.size, rate=rate, frames=frames, framing=framing
    )
    return framed.add_notes(*cadence(programme.rate, rate), *notes).add_decisions(*decisions)


def _as_long(programme: Programme, seconds: Fraction) -> Stream:
    """The sound to the length of the picture at its new rate, which is up to half a frame longer or shorter."""
    if seconds == (programme.timeline.end if programme.timeline else programme.duration):
        return programme.sound
    return programme.sound.filter("apad", whole_dur=seconds).filter("atrim", end=seconds)


def _framed(
    settings: ReframeSettings,
    programme: Programme,
    grid: FrameGrid,
    frame: DeliveryFrame,
    decided: CropKeyframes,
) -> tuple[Stream, tuple[Note, ...], Framing]:
    picture, window = programme.picture, CropWindow(programme.frame, frame.size)
    if window.whole or settings.follow == "pad":
        fill = frame_layouts.scaled if window.whole else frame_layouts.padded
        unused = (
            (act("centre-unused", "reframe.centre is not used: the whole picture is shown"),)
            if settings.centre
            else ()
        )
        return (
            fill(picture, window, grid, frame),
            (*_enlarged(window, cropped=False), *unused),
            frame_layouts.all_shown(window),
        )
    if settings.follow == "none":
        message = (
            f"reframe.follow: none, but a picture of {programme.frame} does not fill a frame of {frame.size}"
        )
        raise SpecError(
            message,
            "follow: subject keeps faces in a crop, follow: centre crops the middle, follow: pad shows all",
        )
    legs, notes = list(decided.legs), decided.notes
    by_hand = [
        CropLeg(each.start, each.path(window.across), each.end, each.at is None) for each in settings.centre
    ]
    legs = overlaid(legs, by_hand)
    way = DrawnPath(
        legs,
        grid.kept(positions(legs, grid.frames, grid.rate)),
        grid.kept(numbers(legs, grid.frames, grid.rate)),
    )
    shown = frame_layouts.laid_out(picture, window, way, grid, frame)
    return shown, (*_enlarged(window, cropped=True), *notes), frame_layouts.part_shown(window, way)


def _about(settings: ReframeSettings, programme: Programme, window: CropWindow) -> str:
    """What a way through a clip depends on; neither looks nor words, nor who looked, nor how large the frame is."""
    video = programme.source.video
    which = str(video.index if video else "")
    unless = {
        "layout": "crop",
        "subject": "faces",
        "inside": ReframeSettings.model_fields["inside"].default,
    }  # as it was before they were there
    more = [str(said) for key, usual in unless.items() if (said := getattr(settings, key)) != usual]
    return digest(
        "reframe",
        settings.motion,
        programme.source.digest,
        which,
        str(window.picture),
        str(window.frame.aspect),
        *more,
    )[:16]


def _decided(settings: ReframeSettings, programme: Programme, window: CropWindow, ask: Ask) -> CropKeyframes:
    """The way that was decided before, else the one that follows who is there now."""
    known = programme.decided(name, _about(settings, programme, window))
    return _followed(settings, programme, window, ask) if known is None else CropKeyframes.read(known)


def _followed(settings: ReframeSettings, programme: Programme, window: CropWindow, ask: Ask) -> CropKeyframes:
    """A leg for every shot, around its subjects or in the middle; nothing is carried over a cut."""
    shots = seen(settings.subject, settings.layout == "auto", programme, window, ask)
    legs = [_leg(shot, window, settings) for shot in shots]
    if settings.layout == "auto":
        legs = chosen(shots, legs, window)
    if not any(shot.subjects for shot in shots):
        nobody = (
            "no face found" if settings.subject == "faces" else "nobody found, and nothing that draws the eye"
        )
        return CropKeyframes(
            tuple(legs), (know("no-subject", f"{nobody}: the centre is held"), *_fitted_note(legs))
        )
    moves = sum(not leg.path.held and leg.cropped for leg in legs)
    named = f"{len(legs)} shots" if len(legs) > 1 else "1 shot"
    holds = sum(leg.path.held and leg.cropped for leg in legs)
    text = f"{_seen_note(shots)}; {named}: the crop moves in {moves}, holds in {holds}"
    told = [detail("crop", text), *_fitted_note(legs)]
    cropped = [each for leg, shot in zip(legs, shots, strict=True) if leg.cropped for each in shot.subjects]
    free = [
        each
        for each in cropped
        if each.of != "gaze" and not any(one.holds(each.time) for one in settings.centre)
    ]
    if free:
        found_kept = kept(free, legs, float(window.share), float(programme.duration))
        refuse_lost(found_kept, settings.inside, programme.rate)
        told.append(detail("crop-kept", str(found_kept)))
    return CropKeyframes(tuple(legs), tuple(told))


def _leg(shot: Shot, window: CropWindow, settings: ReframeSettings) -> CropLeg:
    """As calm as was asked for; a calm crop that would lose somebody moves more readily in that shot, if that keeps more of them."""
    wanted = [(float(each.time), each.middle) for each in shot.subjects]
    if not wanted:
        return CropLeg(shot.start, hold(0.5))
    people = [each for each in shot.subjects if each.of != "gaze"]
    found: list[tuple[float, CropLeg]] = []
    for motion in _READIER[settings.motion]:
        leg = CropLeg(shot.start, follow(wanted, window.half, motion))
        inside = kept(people, [leg], float(window.share), 1.0).inside if people else 1.0
        if inside >= settings.inside:
            return leg
        found.append((inside, leg))
    return max(found, key=lambda each: each[0])[1]


def _seen_note(shots: Sequence[Shot]) -> str:
    """In how many of the looks at faces whom, by what was seen nearest to each of them."""
    names = {"face": "faces", "body": "bodies", "gaze": "what draws the eye"}
    leads = [nearest(look.time, shot.subjects) for shot in shots for look in shot.looks]
    counted = {name: leads.count(of) for of, name in names.items()}
    return (
        ", ".join(f"{name} in {100 * many / len(leads):.0f} %" for name, many in counted.items() if many)
        + " of the samples"
    )


def _fitted_note(legs: Sequence[CropLeg]) -> tuple[Note, ...]:
    fit, stacked = sum(leg.fit for leg in legs), sum(bool(leg.panels) for leg in legs)
    told = (
        [know("layout", f"two people show one above the other in {stacked} of {len(legs)} shots")]
        if stacked
        else []
    )
    wide = sum(leg.wide for leg in legs)
    told += [know("layout", f"a wider window shows in {wide} of {len(legs)} shots")] if wide else []
    text = (
        f"all of the picture shows in {fit} of {len(legs)} shots: a crop would lose somebody, or cut letters"
    )
    told += [know("layout", text)] if fit else []
    return tuple(told)


def _enlarged(window: CropWindow, *, cropped: bool) -> tuple[Note, ...]:
    scale = window.scale if cropped else window.fit
    if scale <= _ENLARGED:
        return ()
    if not cropped:
        text = f"scaling enlarges {window.picture.width}×{window.picture.height} px {float(scale):.2f}×; a larger source is sharper"
        return (know("enlarged", text),)
    wider = "4:5 or " if window.frame.aspect < _WIDE < window.picture.aspect else ""
    text = (
        f"crop enlarges {window.nominal.width}×{window.nominal.height} px {float(scale):.2f}×; try {wider}pad"
    )
    return (know("enlarged", text),)
