"""A planned timeline on paper: cuts, a dissolve, a speed, a J cut, a card, and a clip over them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from paper_media import video_track

from finish import graph
from finish.graph import SoundLayout, Timeline
from finish.graph.timeline import SpeedSpan
from finish.model import (
    CardMaterial,
    ClipMaterial,
    ClipProgramme,
    Deliverable,
    Delivery,
    Edit,
    EditSegment,
    EditTime,
    EditTransition,
    PlacedClip,
    PlannedDeliverable,
    Rates,
    SequenceProgramme,
    Source,
    SpeedKey,
)
from finish.model.edit import Place, SoundEdges
from finish.model.sequence_programme import PictureRun, SoundTrack
from finish.units import Size, Span

RATE, FRAME = Fraction(25), Size(1080, 1920)


def frames(first: int, end: int) -> Span:
    return Span(first / RATE, end / RATE)


def clip(name: str, kept: Timeline | None, count: int, demuxer: str = "mov") -> ClipProgramme:
    """A clip of 20 s of which `kept` is played, `count` frames."""
    track = video_track(Size(1280, 720), RATE, frames=500, gap=1 / RATE)
    picture = graph.source("video", name, name, index=0, demuxer="mov", size=FRAME)
    sound = graph.source("audio", name, name, index=1, demuxer="mov")
    return ClipProgramme(
        source=Source(Path(f"/in/{name}"), name, 1, demuxer, Fraction(0), track),
        conformed=picture,
        picture=picture,
        sound=sound,
        frame=FRAME,
        rate=RATE,
        frames=count,
        timeline=kept,
        content_sound=None if demuxer == "drawn" else sound,
    )


def part(*spans: Span) -> Timeline:
    return Timeline(RATE, spans)


def _fast(first: int, end: int, count: int) -> SpeedSpan:
    span = frames(first, end)
    return SpeedSpan(span.start, span.end, count / RATE)


def _placed(name: str, made: ClipProgramme, first: int) -> PlacedClip:
    visible = frames(first, first + made.frames)
    return PlacedClip(name, made, visible.start, (visible,))


_SEGMENTS = (
    EditSegment("beach", 1, ClipMaterial(Path("/in/beach.mp4")), "job.yaml:3"),
    EditSegment(
        "walk",
        2,
        ClipMaterial(Path("/in/walk.mp4"), speed=(SpeedKey(EditTime(), Fraction(2)),)),
        "job.yaml:4",
        EditTransition("dissolve", EditTime(frames=10)),
    ),
    EditSegment("Spring", 3, CardMaterial("chapter", EditTime(Fraction(1)), "Spring"), "job.yaml:5"),
    EditSegment(
        "again",
        4,
        ClipMaterial(Path("/in/beach.mp4")),
        "job.yaml:6",
        sound=SoundEdges(lead=EditTime(frames=8), gain=-3.0),
    ),
)
_OVER = EditSegment(
    "hands", 1, ClipMaterial(Path("/in/hands.mp4")), "job.yaml:8", place=Place(corner="top-left", width=0.3)
)


_RUNS = tuple(enumerate((frames(0, 50), frames(50, 90), frames(90, 115), frames(115, 145))))
_COVERED = (_RUNS[0], (1, frames(50, 60)), (4, frames(60, 80)), (1, frames(80, 90)), *_RUNS[2:])


def film(*, over: bool = False) -> PlannedDeliverable:
    """Segments of 50, 40, 25 and 30 frames at 25 fps; `over`: with a clip over frames 60 until 80."""
    placed = [
        _placed("beach", clip("beach.mp4", part(frames(25, 80)), 55), 0),
        _placed("walk", clip("walk.mp4", part(_fast(40, 130, 45)), 45), 45),
        _placed("Spring", clip("card", None, 25, "drawn"), 90),
        _placed("again", clip("beach.mp4", part(frames(200, 230)), 30), 115),
    ]
    if over:
        hands = clip("hands.mp4", part(frames(10, 30)), 20)
        placed.append(_placed("hands", hands, 60))
    programme = SequenceProgramme(
        picture=placed[0].clip.picture,
        sound=placed[0].clip.sound,
        content_sound=placed[0].clip.sound,
        frame=FRAME,
        rate=RATE,
        frames=145,
        name="film",
        placed=tuple(placed),
        owned=tuple(span for _, span in _RUNS),
        runs=tuple(PictureRun(*run) for run in (_COVERED if over else _RUNS)),
        sounds=(SoundTrack(SoundLayout(278_400, ()), ()),),
        transitions=(frames(45, 55),),
        end=frames(0, 145).end,
    )
    edit = Edit("film", _SEGMENTS, (_OVER,) if over else ())
    delivery = Delivery(frame=FRAME, rates=Rates(low=RATE, high=RATE, otherwise=RATE))
    return PlannedDeliverable(
        Deliverable("film-tiktok", Path("/in/beach.mp4"), delivery, {}, edit=edit), programme, ()
    )
