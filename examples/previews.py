"""Writes `preview.png` into every folder of `finish/styles/`, and `luts/previews/`; `make golden` runs it.

A preview is the style as libass draws it. The digest of the style or look is in the picture's metadata, so
that a test finds a preview that is out of date.
"""

from __future__ import annotations

import struct
import zlib
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from finish import graph, resources
from finish.graph import Output
from finish.media.ffmpeg import ffmpeg_runner
from finish.model import Document
from finish.review.lut_report import thumbnail
from finish.stages.captions.drawing.ass_writer import AssCards
from finish.stages.captions.formats.caption_formats import read
from finish.stages.captions.placement.card_fitting import CardGrid, cards_of
from finish.stages.captions.placement.card_placement import CaptionArea, place_cards
from finish.stages.captions.typesetting import style_file as styles
from finish.stages.captions.typesetting.word_fitting import WordFitting
from finish.units import Box, Size

FRAME = Size(480, 270)
RATE = Fraction(25)
TEXT = "WEBVTT\n\n00:00.000 --> 00:02.400\nAa <b>Captions</b> that everybody reads\n"
AT = Fraction(7, 5)  # s: half of the words are spoken
KEY = b"finish-style"


def preview(document: Document) -> bytes:
    """A PNG of a style."""
    style = styles.read(document)
    em = style.size * 1.6 * FRAME.height  # larger than on a video: a preview is small
    room = CaptionArea(FRAME, Box(0, 0, FRAME.width, FRAME.height), em, style)
    grid = CardGrid(RATE, 60)
    cues = read(Document(Path("preview.vtt"), TEXT.encode())).cues
    made = tuple(cards_of(cues, WordFitting(style, room.limit), grid))
    payload = AssCards(FRAME, RATE, em, style, place_cards(made, room, lambda _: "middle"))
    ground = graph.generate(
        "video",
        "gradients",
        size=FRAME,
        s=str(FRAME),
        c0="0x28465a",
        c1="0xc8a078",
        x0=0,
        y0=0,
        x1=FRAME.width,
        y1=FRAME.height,
        nb_colors=2,
        seed=7,
        speed=0.00001,
        rate=RATE,
        duration=3,
    )
    picture_stream = (
        ground.filter("format", pix_fmts="yuv420p")
        .filter("setparams", colorspace="bt709", range="tv")
        .filter("ass", filename=payload, shaping="complex")
        .filter("trim", start=AT)
        .filter("format", pix_fmts="bgr24")
    )
    output = Output((picture_stream,), "pipe:1", "nut", (("c:v", "rawvideo"), ("frames:v", "1")))
    with ffmpeg_runner.piped(output) as pipe, av.open(pipe, format="nut") as file:
        (frame,) = file.decode(video=0)
        picture = frame.to_ndarray()
    # Six bits: a third of the bytes.
    done, png = cv2.imencode(".png", np.asarray(picture) & 0xFC, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    assert done
    return marked(png.tobytes(), document.digest)


def marked(png: bytes, digest: str) -> bytes:
    """A PNG with the digest of its style or look inserted before the end."""
    body = b"tEXt" + KEY + b"\0" + digest.encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:-12] + chunk + png[-12:]


def main() -> None:
    for name in resources.names("styles"):
        path = resources.entry("styles", name)
        path.with_name("preview.png").write_bytes(preview(Document(path, path.read_bytes())))
    for name in resources.names("luts"):
        path = resources.entry("luts", name)
        look = Document(path, path.read_bytes())
        target = path.parent / "previews" / f"{name}.png"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(marked(thumbnail(look), look.digest))


if __name__ == "__main__":
    main()
