"""An ASS script on a delivery: text without a position stays in the safe area of the delivered shape."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from pysubs2 import SSAEvent, SSAFile, SSAStyle

from finish import graph
from finish.analysis.caption_ink import CaptionInk
from finish.model import Ask, Frames, Measure, Programme
from finish.stages.captions.cues import Cue
from finish.stages.captions.formats.ass_script import AssScript, written
from finish.stages.captions.source_place import SourcePlace, caption_error
from finish.units import Box, Size, clock

SAME: Final = 0.02  # of an aspect ratio: a stretch that nobody can see
_OVERRIDE: Final = re.compile(r"\{[^{}]*\}")
_POSITION_TAG: Final = re.compile(r"\\(?:pos|move|org|i?clip)\s*\(|\\p[1-9]")
_ALIGNMENT_TAG: Final = re.compile(r"\\an([1-9])")
_MOST: Final = 9999  # libass reads four digits of a margin
_SHAPES: Final = {"16:9": 16 / 9, "9:16": 9 / 16, "4:3": 4 / 3, "3:4": 3 / 4, "1:1": 1.0, "4:5": 4 / 5}


@dataclass(frozen=True)
class ScriptFrame:
    """What a script is drawn on: the clip's shape, the delivered frame, its safe area, and the area for text.

    `place` is that of the script's file.
    """

    clip: Size
    frame: Size
    safe: Box
    area: Box
    place: SourcePlace


def fit_script(script: AssScript, ground: ScriptFrame) -> AssScript:
    """The script as it is drawn on a delivery.

    Its positions are those of the clip's picture. If the delivery has another shape, text with a position is
    refused with its line; other text keeps its share of the short side, and its lines are broken again.
    Margins grow to the safe area's.
    """
    clip, frame = ground.clip, ground.frame
    reshaped = abs(clip.aspect / frame.aspect - 1) > SAME
    file = SSAFile.from_string(script.data.decode(), format_="ass")
    positioned = [event for event in file.events if _is_positioned(event)]
    if reshaped and positioned:
        width, height = script.play
        raise caption_error(
            f"the script positions text on a {_shape(clip)} picture (PlayRes {width}x{height}), "
            f"but the delivery is {frame}",
            "save it for that shape in a subtitle editor, or as .srt, which is laid out again",
            _place(script, positioned[0], ground),
        )
    play = _play_resolution(script.play, clip, frame) if reshaped else script.play
    across = play[0] / script.play[0]
    for event in file.events:
        if event not in positioned:
            _keep_inside(event, file.styles.get(event.style) or SSAStyle(), ground, play, across)
    file.info |= {"PlayResX": str(play[0]), "PlayResY": str(play[1])}
    for name in ("LayoutResX", "LayoutResY", "WrapStyle") if reshaped else ():
        file.info.pop(name, None)
    return replace(script, data=written(file), play=play)


def check_safe_area(
    script: AssScript, ground: ScriptFrame, samples: Mapping[Fraction, Cue], programme: Programme, ask: Ask
) -> None:
    """FinishError for a script with ink outside the safe area at a sample (frame time with its cue)."""
    frame, rate, times = ground.frame, programme.rate, tuple(sorted(samples))
    flat = graph.generate(
        "video", "color", size=frame, color="0x808080", s=str(frame), rate=rate, duration=programme.duration
    )
    few = Frames("yuv420p", at=times).of(flat)
    drawn = few.filter("ass", filename=script, shaping="complex")
    outside = ask(Measure(CaptionInk(ground.safe, times), drawn, (few,))).outside
    if outside:
        cue = samples[outside[0][0]]
        raise caption_error(
            f"the text at {clock(cue.start)} extends beyond the safe area ({ground.safe.size} of {frame})",
            "move it inwards or make it smaller in a subtitle editor, or save it as .srt",
            cue.place,
        )


def _place(script: AssScript, event: SSAEvent, ground: ScriptFrame) -> SourcePlace:
    """The place of an event's cue; the script's file for a drawing, which has none."""
    cues = (cue.place for cue in script.cues if cue.start * 1000 == event.start)
    return next(cues, ground.place)


def _is_positioned(event: SSAEvent) -> bool:
    """Whether an event has a position of its own, or draws."""
    blocks = _OVERRIDE.findall(event.text)
    return bool(event.effect.strip()) or any(_POSITION_TAG.search(block) for block in blocks)


def _shape(size: Size) -> str:
    """The aspect ratio as people call it, else the size."""
    names = (name for name, aspect in _SHAPES.items() if abs(size.aspect / aspect - 1) < SAME)
    return next(names, str(size))


def _play_resolution(play: tuple[int, int], clip: Size, frame: Size) -> tuple[int, int]:
    """The script's resolution on the frame, in which letters keep their share of the short side.

    A unit is a share of the clip's height, whatever PlayResX is.
    """
    unit = Fraction(clip.height, play[1]) * min(frame.width, frame.height) / min(clip.width, clip.height)
    return round(frame.width / unit), round(frame.height / unit)


def _keep_inside(
    event: SSAEvent, style: SSAStyle, ground: ScriptFrame, play: tuple[int, int], across: float
) -> None:
    """Raise, in place, margins to the area's edges, with room for the letters' outline and shadow."""
    frame, area = ground.frame, ground.area
    edge = math.ceil(style.outline + abs(style.shadow))
    tags = [number for block in _OVERRIDE.findall(event.text) for number in _ALIGNMENT_TAG.findall(block)]
    alignment = int(tags[0]) if tags else int(style.alignment)
    vertical = frame.height - area.bottom if alignment <= 3 else area.top
    left, right = area.left * play[0] / frame.width, (frame.width - area.right) * play[0] / frame.width
    event.marginl = _margin((event.marginl or style.marginl) * across, left + edge)
    event.marginr = _margin((event.marginr or style.marginr) * across, right + edge)
    event.marginv = _margin(event.marginv or style.marginv, vertical * play[1] / frame.height + edge)


def _margin(stated: float, least: float) -> int:
    return min(_MOST, max(round(stated), math.ceil(least)))
