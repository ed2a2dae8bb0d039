"""Plans a picture at the destination's frame and rate, cropped around its subject or padded."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from finish.analysis.faces import Faces
from finish.analysis.shots import Shots
from finish.analysis.text_detection import TextDetection
from finish.errors import SpecError
from finish.graph import Stream
from finish.model import Analyser, Ask, ClipProgramme, Decision, Delivery, Framing, Note
from finish.stages.reframe import crop_framing, frame_layouts, messages
from finish.stages.reframe.cadence import cadence
from finish.stages.reframe.camera_path import moving_path, still_path
from finish.stages.reframe.crop_framing import FrameCrops
from finish.stages.reframe.crop_keyframes import CropKeyframes
from finish.stages.reframe.crop_planner import decided_keyframes, keyframe_notes
from finish.stages.reframe.crop_segments import CropSegment, spliced
from finish.stages.reframe.crop_window import CropWindow
from finish.stages.reframe.delivery_frame import DeliveryFrame, FrameGrid
from finish.stages.reframe.settings import CropOverride, ReframeSettings
from finish.units import first_frame

_ENLARGED: Final = Fraction(3, 2)  # times; above it softness shows on a phone
_HOLD: Final = Fraction(1, 10)  # s, or one source frame: how long the last picture may replace a missing one
_WIDE: Final = Fraction(4, 5)  # the widest vertical that feeds show at full width
_CENTRE: Final = CropKeyframes((CropSegment(Fraction(0), still_path(0.5)),))


def questions(settings: ReframeSettings) -> tuple[Analyser[Any], ...]:
    """Shots and faces for a crop that follows; text where it chooses the layout.

    Dearer questions are asked in `plan`, where nobody is found.
    """
    if settings.follow != "subject":
        return ()
    return (Shots(), Faces(), TextDetection()) if settings.layout == "auto" else (Shots(), Faces())


def plan(settings: ReframeSettings, programme: ClipProgramme, delivery: Delivery, ask: Ask) -> ClipProgramme:
    """The programme in the delivery's frame, rate and pixel format. SpecError if `none` had to crop."""
    grid, frame = _grid(programme, delivery), _frame(settings, delivery)
    window = CropWindow(programme.frame, frame.size)
    keyframes, decisions = _CENTRE, tuple[Decision, ...]()
    if settings.follow == "subject" and not window.whole:
        keyframes, decision = decided_keyframes(settings, programme, window, ask)
        decisions = (decision,)
    picture, notes, framing = _framed(settings, programme, grid, frame, keyframes)
    framed = replace(
        programme,
        picture=picture,
        sound=_sound_of_length(programme, grid.length / grid.rate),
        frame=frame.size,
        rate=grid.rate,
        frames=grid.length,
        framing=framing,
    )
    return framed.add_notes(*cadence(programme.rate, grid.rate), *notes).add_decisions(*decisions)


def _grid(programme: ClipProgramme, delivery: Delivery) -> FrameGrid:
    """The delivery's frame grid over the clip; over a still end, the last picture is held."""
    rate = delivery.rates.of(programme.rate)
    still = Fraction(0) if programme.still is None else programme.duration - programme.still
    return FrameGrid(
        rate,
        max(1, first_frame(programme.duration, rate)),
        still + max(_HOLD, 1 / programme.rate),
        programme.timeline,
    )


def _frame(settings: ReframeSettings, delivery: Delivery) -> DeliveryFrame:
    background = "" if settings.background == "blur" else settings.background
    frame = DeliveryFrame(delivery.frame, delivery.picture.pix_fmt, background)
    if frame.size.width % 2 or frame.size.height % 2:
        raise SpecError(
            f"the frame of {frame.size} has an odd side",
            f"make both sides even: {frame.pix_fmt} halves the resolution of colour",
        )
    return frame


def _sound_of_length(programme: ClipProgramme, seconds: Fraction) -> Stream:
    """The sound at the length of the picture, which differs by up to half a frame at its new rate."""
    if seconds == (programme.timeline.end if programme.timeline else programme.duration):
        return programme.sound
    return programme.sound.filter("apad", whole_dur=seconds).filter("atrim", end=seconds)


def _framed(
    settings: ReframeSettings,
    programme: ClipProgramme,
    grid: FrameGrid,
    frame: DeliveryFrame,
    keyframes: CropKeyframes,
) -> tuple[Stream, tuple[Note, ...], Framing]:
    """The picture in its frame, the notes on it, and where it is on the frame."""
    picture, window = programme.picture, CropWindow(programme.frame, frame.size)
    if window.whole or settings.follow == "pad":
        fill = frame_layouts.scaled if window.whole else frame_layouts.padded
        unused = (messages.centre_unused(),) if settings.centre else ()
        framing = crop_framing.whole_framing(window)
        return fill(picture, window, grid, frame), (*_enlarged_picture(window), *unused), framing
    if settings.follow == "none":
        raise SpecError(
            f"reframe.follow is none, but a picture of {programme.frame} doesn't fill "
            f"a frame of {frame.size}",
            "use follow: subject to keep people in a crop, follow: centre to crop the middle, or "
            "follow: pad to show the whole picture",
        )
    by_hand = [_override_segment(override, window.across) for override in settings.centre]
    crops = FrameCrops.of(spliced(keyframes.segments, by_hand), grid)
    filled = frame_layouts.fill_frame(picture, window, crops, grid, frame)
    notes = (*_enlarged_crop(window), *keyframe_notes(settings, keyframes))
    return filled, notes, crop_framing.crops_framing(window, crops)


def _override_segment(override: CropOverride, across: bool) -> CropSegment:
    """The part of a clip whose crop is placed by hand, along the axis on which crops move."""
    axis = 0 if across else 1
    if override.at is None:
        path = still_path(0.5)
    elif override.until is None:
        path = still_path(override.at[axis])
    else:
        path = moving_path(
            float(override.start), float(override.end or 0), override.at[axis], override.until[axis]
        )
    return CropSegment(override.start, path, override.end, override.at is None)


def _enlarged_picture(window: CropWindow) -> tuple[Note, ...]:
    return () if window.fit <= _ENLARGED else (messages.enlarged_picture(window.picture, window.fit),)


def _enlarged_crop(window: CropWindow) -> tuple[Note, ...]:
    if window.scale <= _ENLARGED:
        return ()
    wider = window.frame.aspect < _WIDE < window.picture.aspect
    return (messages.enlarged_crop(window.nominal, window.scale, wider),)
