"""Segments that aren't clips: gaps, cards and stills, as programmes that begin with what is drawn."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from finish import graph
from finish.graph import Stream
from finish.model import CardMaterial, ClipProgramme, Delivery, GapMaterial, Source, StillMaterial, VideoTrack
from finish.model.sound_input import silence
from finish.stages.composite.end_card import EndCardPicture
from finish.stages.composite.overlay_area import OverlayArea
from finish.units import Box, Size, digest

DrawnMaterial = GapMaterial | CardMaterial | StillMaterial


def drawn_segment(material: DrawnMaterial, delivery: Delivery, rate: Fraction, frames: int) -> ClipProgramme:
    """A drawn picture of `frames` at `rate` (Hz) and the delivery's size, silent."""
    picture, path = _picture(material, delivery, rate, frames)
    size, sound = delivery.frame, silence(frames / rate)
    return ClipProgramme(
        source=_source(path, picture.key, size, rate, frames),
        conformed=picture,
        picture=picture,
        sound=sound,
        frame=size,
        rate=rate,
        frames=frames,
    )


def _picture(material: DrawnMaterial, delivery: Delivery, rate: Fraction, frames: int) -> tuple[Stream, Path]:
    if isinstance(material, GapMaterial):
        return _gap(material, delivery.frame, rate, frames), Path("gap")
    if isinstance(material, CardMaterial):
        return _held(_card(material, delivery, rate), rate, frames), Path("card")
    return _held(_still(material, delivery.frame, rate), rate, frames), material.picture.path


def _gap(gap: GapMaterial, size: Size, rate: Fraction, frames: int) -> Stream:
    colour = graph.generate("video", "color", size=size, c=gap.colour.replace("#", "0x"), s=str(size), r=rate)
    return _held(colour.filter("format", pix_fmts="gbrp"), rate, frames)


def _card(card: CardMaterial, delivery: Delivery, rate: Fraction) -> Stream:
    area = OverlayArea.of(delivery, rate, 1)
    text = "\n".join(filter(None, (card.title, card.subtitle)))
    drawn = EndCardPicture(delivery.frame, area.middle, None, text, card.background)
    assert drawn.lines  # text that doesn't fit, or that no font has, is an error of the plan
    return graph.image(drawn, delivery.frame, rate).filter("format", pix_fmts="gbrp")


def _still(still: StillMaterial, size: Size, rate: Fraction) -> Stream:
    drawn = EndCardPicture(size, Box(0, 0, size.width, size.height), still.picture, "", None)
    return graph.image(drawn, size, rate).filter("format", pix_fmts="gbrp")


def _held(picture: Stream, rate: Fraction, frames: int) -> Stream:
    """One picture for so many frames, with stated colour: full-range RGB."""
    held = picture.filter("tpad", stop_mode="clone", stop_duration=frames / rate).filter(
        "trim", end=frames / rate
    )
    return held.filter("setparams", colorspace="gbr", range="pc", color_primaries="bt709", color_trc="bt709")


def _source(path: Path, key: str, size: Size, rate: Fraction, frames: int) -> Source:
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
