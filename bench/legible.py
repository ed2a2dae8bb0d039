"""Captions on delivered pixels: `python -m bench.legible CLIP…` measures each card of every style.

Clips are finished in four aspects. For every card, in the frame in its middle: whether ink is outside the
safe area or missing (the promises of the file), the contrast of its letters to their surroundings, and how
much of the largest face they cover while a place without a face existed.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from finish import api, graph, resources
from finish.checks import graphic_clearance
from finish.engine.engine import Engine
from finish.graph import Output, Stream
from finish.media.ffmpeg import ffmpeg_runner
from finish.review.style_sheet import sample
from finish.stages import STAGES
from finish.stages.captions.drawing.ass_writer import AssCards
from finish.stages.captions.placement.card_placement import PlacedCard

ASPECTS = ("tiktok", "instagram-feed-4x5", "square", "youtube")
NEEDED = 4.5  # WCAG 2.2, 1.4.3
_SURE = 0.9  # of the face model
Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Card:
    """One card on one delivered frame.

    The contrast of its letters, to one, and the share of the largest face under its ink.
    """

    style: str
    aspect: str
    contrast: float
    face: float


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.legible", description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--styles", nargs="*", default=list(resources.names("styles")))
    settings = parser.parse_args()
    cards: list[Card] = []
    kept, all_of_them, outside, missing = 0, 0, 0, 0
    for clip in settings.clips:
        with tempfile.TemporaryDirectory(prefix="finish-legible-") as folder:
            job = _job(Path(folder), clip, settings.seconds, settings.styles)
            for outcome in api.finishing(api.load(job).job):
                all_of_them += 1
                facts = {result.promise.fact: result.measured for result in outcome.results}
                outside += facts.get(graphic_clearance.outside) or 0
                missing += facts.get(graphic_clearance.missing) or 0
                kept += outcome.path is not None
                if outcome.path is None:
                    sys.stderr.write(f"{clip.name} {outcome.name}: {outcome.error or outcome.broken[0]}\n")
            measured = list(_measured(job))
            cards += measured
            sys.stderr.write(
                f"{clip.name}: {len(measured)} cards, least contrast "
                f"{min(card.contrast for card in measured):.1f}\n"
            )
    sys.stdout.write(
        f"{len(settings.clips)} clips × {len(ASPECTS)} aspects × {len(settings.styles)} styles: "
        f"{kept} of {all_of_them} delivered, {outside} px outside the safe zone, {missing} cards missing\n\n"
    )
    sys.stdout.write("".join(_table(cards)))
    return 0


def _table(cards: Sequence[Card]) -> Iterator[str]:
    yield (
        "| style | cards | least contrast | median | below 4.5 : 1 | covering a face |\n"
        "|---|---|---|---|---|---|\n"
    )
    for style in (*sorted({card.style for card in cards}), ""):
        styled = [card for card in cards if not style or card.style == style]
        contrasts = [card.contrast for card in styled]
        on_faces = sum(card.face > 0.1 for card in styled)
        yield (
            f"| {style or 'all'} | {len(styled)} | {min(contrasts):.1f} | {np.median(contrasts):.1f} | "
            f"{sum(contrast < NEEDED for contrast in contrasts)} | {on_faces} |\n"
        )


def _job(folder: Path, clip: Path, seconds: int, styles: Sequence[str]) -> Path:
    shutil.copyfile(clip, folder / clip.name)
    (folder / "sample.vtt").write_bytes(sample().data)
    lines = [
        f"source: {clip.name}",
        f"pacing: {{trim: 0-{seconds}}}",
        "sound: {accept: achievable}",
        "deliverables:",
    ]
    lines += [
        (
            f"  - {{name: {aspect}_{style}, preset: {aspect}, captions: {{file: sample.vtt, style: "
            f"{style}, position: auto}}}}"
        )
        for aspect in ASPECTS
        for style in styles
    ]
    (folder / "job.yaml").write_text("\n".join(lines) + "\n")
    return folder


def _measured(folder: Path) -> Iterator[Card]:
    """Every card of every delivered file."""
    engine = Engine(api.load(folder).job, [stage for stage in STAGES if "video" in stage.touches])
    for one in engine.plan().renderings:
        aspect, style = one.name.split("_")
        file = next((folder / "out").glob(f"{one.name}.*"), None)
        burnt = next(
            (
                node.arg("filename")
                for node in graph.history([one.planned.programme.picture])
                if node.name == "ass"
            ),
            None,
        )
        if file is None or not isinstance(burnt, AssCards):
            continue
        times = [Fraction(card.card.start + card.card.end, 2) / burnt.rate for card in burnt.cards]
        frames = _frames(file, [int(time * burnt.rate) for time in times])
        for card, delivered, letters in zip(burnt.cards, frames, _letters(burnt, times), strict=True):
            yield Card(style, aspect, _contrast(delivered, letters, burnt.em), _covered(card, delivered))


def _frames(file: Path, numbers: Sequence[int]) -> list[Picture]:
    with av.open(str(file)) as container:
        decoded = enumerate(container.decode(video=0))
        pictures = {
            number: frame.to_ndarray(format="rgb24") for number, frame in decoded if number in set(numbers)
        }
    return [pictures[number] for number in numbers]


def _letters(burnt: AssCards, times: Sequence[Fraction]) -> list[Picture]:
    """The letters alone, white on black, in the given frames."""
    bare = burnt.style.model_copy(
        update={
            "outline": None,
            "shadow": None,
            "box": None,
            "colour": "#FFFFFF",
            "emphasis": None,
            "spoken": burnt.style.spoken and burnt.style.spoken.model_copy(update={"colour": "#FFFFFF"}),
        }
    )
    black = graph.generate(
        "video",
        "color",
        size=burnt.frame,
        color="black",
        s=str(burnt.frame),
        rate=burnt.rate,
        duration=max(times) + 1,
    ).filter("format", pix_fmts="gray")
    letters = black.filter("ass", filename=replace(burnt, style=bare), shaping="complex")
    selected = "+".join(f"eq(n,{int(time * burnt.rate)})" for time in times)
    return _grey(letters.filter("select", expr=selected))


def _grey(stream: Stream) -> list[Picture]:
    output = Output(
        (stream.filter("format", pix_fmts="gray"),),
        "pipe:1",
        "nut",
        (("c:v", "rawvideo"), ("fps_mode", "passthrough")),
    )
    with ffmpeg_runner.piped(output) as pipe, av.open(pipe, format="nut") as container:
        return [frame.to_ndarray() for frame in container.decode(video=0)]


def _contrast(delivered: Picture, letters: Picture, em: float) -> float:
    """The contrast of the letters' inside with the ring around them, by mean luminance."""
    inside = cv2.erode((letters > 200).astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    inside = inside if inside.any() else letters > 200
    near, far = (
        cv2.dilate((letters > 32).astype(np.uint8), _round(width)).astype(bool)
        for width in (1, max(2, round(0.035 * em)))
    )
    light = _luminance(delivered)
    one, other = light[inside].mean(), light[far & ~near].mean()
    return float((max(one, other) + 0.05) / (min(one, other) + 0.05))


def _round(radius: int) -> Picture:
    return np.asarray(
        cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)), np.uint8
    )


def _luminance(rgb: Picture) -> NDArray[np.float64]:
    value = rgb / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array((0.2126, 0.7152, 0.0722)))


def _covered(card: PlacedCard, delivered: Picture) -> float:
    """The share of the largest face under the card's text box."""
    detector = resources.network(
        "face_detection_yunet_2023mar.onnx",
        lambda cv, path: cv.FaceDetectorYN.create(path, "", (delivered.shape[1], delivered.shape[0]), _SURE),
    )
    _, rows = detector.detect(np.ascontiguousarray(delivered[..., ::-1]))
    if rows is None:
        return 0.0
    left, top, wide, high = max((row[:4] for row in rows), key=lambda box: box[2] * box[3])
    across = max(0.0, min(left + wide, card.ink.right) - max(left, card.ink.left))
    down = max(0.0, min(top + high, card.ink.bottom) - max(top, card.ink.top))
    return float(across * down / (wide * high))


if __name__ == "__main__":
    sys.exit(main())
