"""Writes `preview.png` into every folder of `finish/styles/` and `finish/titles/`, and `luts/previews/`.

`make golden` runs it. A preview of a style is as libass draws it. The digest of what a preview shows is in
the picture's metadata, so that a test finds a preview that is out of date.
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
from finish.stages.composite.canvas import rgb
from finish.stages.composite.titles.title_content import TitleContent
from finish.stages.composite.titles.title_drawing import TitleDrawing
from finish.stages.composite.titles.title_frames import TitleFrames
from finish.stages.composite.titles.title_layers import TitleClock
from finish.stages.composite.titles.title_layout import TitleRequest
from finish.stages.composite.titles.title_shapes import LeaderSide
from finish.stages.composite.titles.title_template import WORDS, read_template
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


def title_preview(document: Document) -> bytes:
    """A PNG of a title template with its own sample words, when all of it is in."""
    template = read_template(document)
    words = template.sample
    texts = tuple((key, text) for key in WORDS if (text := getattr(words, key)))
    count = None if words.count is None else (0.0, words.count, 1.0)
    ground = "#101014" if template.kind == "end card" else ""
    content = TitleContent(texts, words.items, count=count, ground=ground, link="https://example.org/")
    room = Size(FRAME.width - 24, FRAME.height - 16)
    leader: LeaderSide = "left" if template.leader else ""
    request = TitleRequest(document, content, 250, room, 4, 1.0, leader)
    made = TitleFrames(request, RATE, 100)
    drawn = TitleDrawing(made.size, made.layout.layers).frame(TitleClock(3, 4, template.exit)) / 255
    slope = np.linspace(0, 1, FRAME.width, dtype=np.float32)[None, :, None]
    page = (1 - slope) * np.array(rgb("#28465A")) + slope * np.array(rgb("#C8A078"))
    page = np.repeat(page, FRAME.height, 0) if not ground else np.full((FRAME.height, FRAME.width, 3), 0.065)
    left, top = (FRAME.width - made.size.width) // 2, (FRAME.height - made.size.height) // 2
    part = page[top : top + made.size.height, left : left + made.size.width]
    part += drawn[:, :, 3:] * (drawn[:, :, :3] - part)
    picture = np.rint(page[:, :, ::-1] * 255).astype(np.uint8)
    done, png = cv2.imencode(".png", picture & 0xFC, [cv2.IMWRITE_PNG_COMPRESSION, 9])
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
    for name in resources.names("titles"):
        path = resources.entry("titles", name)
        path.with_name("preview.png").write_bytes(title_preview(Document(path, path.read_bytes())))
    for name in resources.names("luts"):
        path = resources.entry("luts", name)
        look = Document(path, path.read_bytes())
        target = path.parent / "previews" / f"{name}.png"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(marked(thumbnail(look), look.digest))


if __name__ == "__main__":
    main()
