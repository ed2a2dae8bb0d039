"""Segments that aren't clips: gaps, cards and stills, as programmes that begin with what is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

from finish import graph
from finish.analysis.faces import Faces
from finish.graph import FrameFormat, Stream
from finish.model import (
    Ask,
    CardMaterial,
    ClipProgramme,
    Delivery,
    GapMaterial,
    Measure,
    Note,
    Source,
    StillMaterial,
    VideoTrack,
)
from finish.model.sound_input import silence
from finish.model.still_move import PictureShare, StillMove, filled, move_boxes, still_move, still_payload
from finish.planning import messages
from finish.stages.composite.end_card import EndCardPicture
from finish.stages.composite.overlay_area import FrameWindow, OverlayArea
from finish.stages.composite.picture_file import read
from finish.stages.composite.titles.card_words import card_box, card_title
from finish.stages.composite.titles.title_frames import TitleFrames
from finish.units import Size, digest

_CERTAIN: Final = 0.8  # score of a face that a move keeps in the frame; house, as captions keep clear of
_ENLARGED: Final = 1.5  # times; above it softness is visible, as in reframe

DrawnMaterial = GapMaterial | CardMaterial | StillMaterial


def drawn_segment(
    material: DrawnMaterial, delivery: Delivery, rate: Fraction, frames: int, ask: Ask
) -> ClipProgramme:
    """A drawn picture of `frames` at `rate` (Hz) and the delivery's size, silent.

    MediaError for a still that can't be read, SpecError for text that doesn't fit.
    """
    size, sound = delivery.frame, silence(frames / rate)
    notes: tuple[Note, ...] = ()
    if isinstance(material, GapMaterial):
        picture, path = _gap(material, size, rate, frames), Path("gap")
    elif isinstance(material, CardMaterial):
        picture, path = _held(_card(material, delivery, rate), rate, frames), Path("card")
        if material.design is not None:
            picture = _designed(material, picture, delivery, FrameWindow(0, frames, rate))
    else:
        move = still_boxes(material, size, ask)
        picture, path = (
            still_move(material.picture, move, FrameFormat(size, rate, frames)),
            material.picture.path,
        )
        notes = tuple(_enlarged(material, move, size))
    return ClipProgramme(
        notes=notes,
        source=drawn_source(path, picture.key, size, rate, frames),
        conformed=picture,
        picture=picture,
        sound=sound,
        frame=size,
        rate=rate,
        frames=frames,
    )


def still_boxes(still: StillMaterial, frame: Size, ask: Ask) -> StillMove:
    """What is shown of a still at its start and at its end: as stated, else a move that keeps faces in the
    frame."""
    picture = still_size(still)
    if still.box or still.until:
        first, last = (PictureShare(*box) if box else None for box in (still.box, still.until))
        return StillMove(filled(picture, frame, first), filled(picture, frame, last))
    return move_boxes(picture, frame, still.move, _faces(still, picture, ask))


def still_size(still: StillMaterial) -> Size:
    """The size of a still's picture; MediaError if it can't be read."""
    height, width = read(still.picture).shape[:2]
    return Size(width, height)


def _faces(still: StillMaterial, size: Size, ask: Ask) -> PictureShare | None:
    """The part of a still with all its certain faces; None without any."""
    looks = ask(Measure(Faces(), graph.image(still_payload(still.picture), size))).looks
    faces = [face for look in looks for face in look.faces if face.score >= _CERTAIN]
    if not faces:
        return None
    return PictureShare(
        min(face.left for face in faces),
        min(face.top for face in faces),
        max(face.right for face in faces),
        max(face.bottom for face in faces),
    )


def _enlarged(still: StillMaterial, move: StillMove, frame: Size) -> Iterator[Note]:
    """A note if the nearest part of a still is too small for the frame."""
    size = still_size(still)
    narrowest = min((move.end.right - move.end.left), (move.start.right - move.start.left))
    scale = frame.width / (size.width * narrowest)
    if scale > _ENLARGED:
        yield messages.still_enlarged(still.picture.path.name, size, scale)


def _gap(gap: GapMaterial, size: Size, rate: Fraction, frames: int) -> Stream:
    colour = graph.generate("video", "color", size=size, c=gap.colour.replace("#", "0x"), s=str(size), r=rate)
    return _held(colour.filter("format", pix_fmts="gbrp"), rate, frames)


def _card(card: CardMaterial, delivery: Delivery, rate: Fraction) -> Stream:
    area = OverlayArea.of(delivery, rate, 1)
    text = "" if card.design else "\n".join(filter(None, (card.title, card.subtitle)))
    drawn = EndCardPicture(delivery.frame, area.middle, None, text, card.background)
    assert drawn.lines or not text  # text that doesn't fit, or that no font has, is an error of the plan
    return graph.image(drawn, delivery.frame, rate).filter("format", pix_fmts="gbrp")


def _designed(card: CardMaterial, ground: Stream, delivery: Delivery, window: FrameWindow) -> Stream:
    """A card with the words of its template over its ground."""
    area = OverlayArea.of(delivery, window.rate, window.end)
    request = card_title(card, area, float(window.end / window.rate))
    frames = TitleFrames(request, window.rate, window.end)
    box = card_box(frames.size, area, request.template.align)
    words = frames.timed(window).filter("format", pix_fmts="gbrap")
    over = ground.filter("overlay", words, x=box.left, y=box.top, format="gbrp", alpha="straight")
    return over.filter("setparams", colorspace="gbr", range="pc", color_primaries="bt709", color_trc="bt709")


def _held(picture: Stream, rate: Fraction, frames: int) -> Stream:
    """One picture for so many frames, with stated colour: full-range RGB."""
    held = picture.filter("tpad", stop_mode="clone", stop_duration=frames / rate).filter(
        "trim", end=frames / rate
    )
    return held.filter("setparams", colorspace="gbr", range="pc", color_primaries="bt709", color_trc="bt709")


def drawn_source(path: Path, key: str, size: Size, rate: Fraction, frames: int) -> Source:
    """The facts of a drawn picture, as if it were a clip of one track."""
    end = frames / rate
    track = VideoTrack(
        index=0,
        codec="drawn",
        profile="",
        pix_fmt="gbrp",
        coded=size,
        size=size,
        sample_aspect=Fraction(1),
        rotation=0,
        rate=rate,
        variable=False,
        frames=frames,
        start=Fraction(0),
        end=end,
        gap=1 / rate,
    )
    return Source(path, digest("drawn", key), 0, "drawn", Fraction(0), track)
