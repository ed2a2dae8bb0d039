"""An ASS script on a delivery: text that names no place of its own keeps to the safe zone, in the shape that is delivered."""

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
from finish.stages.captions.cues import Cue, caption_error
from finish.stages.captions.formats.ass_script import AssScript
from finish.units import Box, Size, clock

SAME: Final = 0.02  # of an aspect: nobody sees such a stretch
_OVERRIDE: Final = re.compile(r"\{[^{}]*\}")
_PLACES: Final = re.compile(r"\\(?:pos|move|org|i?clip)\s*\(|\\p[1-9]")
_ALIGNED: Final = re.compile(r"\\an([1-9])")
_MOST: Final = 9999  # libass reads four digits of a margin


@dataclass(frozen=True)
class ScriptFrame:
    """What a script is laid out on: the clip's own shape, the delivered frame, the box in it where ink may stand, and the part of that
    where text is put. `path` is the script's file."""

    clip: Size
    frame: Size
    safe: Box
    room: Box
    path: str


def fit_script(script: AssScript, ground: ScriptFrame) -> AssScript:
    """The script as it is drawn on a delivery.

    Its places are those of the clip's picture, so where a delivery has another shape, text with places of its own is refused with its line;
    other text keeps its share of the short side, and its lines are broken anew. Margins grow to the safe zone's.
    """
    clip, frame = ground.clip, ground.frame
    other = abs(clip.aspect / frame.aspect - 1) > SAME
    file = SSAFile.from_string(script.data.decode(), format_="ass")
    placed = [event for event in file.events if _placed(event)]
    if other and placed:
        line = next((cue.line for cue in script.cues if cue.start * 1000 == placed[0].start), 0)
        width, height = script.play
        raise caption_error(
            f"it places text on a picture of {_shape(clip)} (PlayRes {width}x{height}), and {frame} is delivered",
            "save it for that shape in a subtitle editor, or as .srt, which is laid out anew",
            f"{ground.path}:{line}" if line else ground.path,
        )
    play = _play(script.play, clip, frame) if other else script.play
    across = play[0] / script.play[0]
    for event in file.events:
        if event not in placed:
            _kept_inside(event, file.styles.get(event.style) or SSAStyle(), ground, play, across)
    file.info |= {"PlayResX": str(play[0]), "PlayResY": str(play[1])}
    for name in ("LayoutResX", "LayoutResY", "WrapStyle") if other else ():
        file.info.pop(name, None)
    return replace(script, data=file.to_string("ass", header_notice="").encode(), play=play)


def check_safe_area(
    script: AssScript, ground: ScriptFrame, looks: Mapping[Fraction, Cue], programme: Programme, ask: Ask
) -> None:
    """FinishError for a script that draws outside the safe box at one of the `looks` (frame times, with the cue that shows)."""
    frame, rate, times = ground.frame, programme.rate, tuple(sorted(looks))
    flat = graph.generate(
        "video", "color", size=frame, color="0x808080", s=str(frame), rate=rate, duration=programme.duration
    )
    few = Frames("yuv420p", at=times).of(flat)
    drawn = few.filter("ass", filename=script, shaping="complex")
    found = ask(Measure(CaptionInk(ground.safe, times), drawn, (few,))).outside
    if found:
        cue = looks[found[0][0]]
        raise caption_error(
            f"the text at {clock(cue.start)} reaches outside the safe zone ({ground.safe.size} of {frame})",
            "move it inwards or make it smaller in a subtitle editor, or save it as .srt",
            f"{ground.path}:{cue.line}",
        )


def _placed(event: SSAEvent) -> bool:
    return bool(event.effect.strip()) or any(_PLACES.search(block) for block in _OVERRIDE.findall(event.text))


def _shape(size: Size) -> str:
    known = {"16:9": 16 / 9, "9:16": 9 / 16, "4:3": 4 / 3, "3:4": 3 / 4, "1:1": 1.0, "4:5": 4 / 5}
    return next((name for name, aspect in known.items() if abs(size.aspect / aspect - 1) < SAME), str(size))


def _play(play: tuple[int, int], clip: Size, frame: Size) -> tuple[int, int]:
    """The script's own units on the frame: letters keep their share of the short side. A unit is a share of the clip's height, whatever
    PlayResX is."""
    unit = Fraction(clip.height, play[1]) * min(frame.width, frame.height) / min(clip.width, clip.height)
    return round(frame.width / unit), round(frame.height / unit)


def _kept_inside(
    event: SSAEvent, style: SSAStyle, ground: ScriptFrame, play: tuple[int, int], across: float
) -> None:
    """Margins of at least the room's edges, what the letters' outline and shadow add included."""
    frame, room = ground.frame, ground.room
    edge = math.ceil(style.outline + abs(style.shadow))
    found = [text for block in _OVERRIDE.findall(event.text) for text in _ALIGNED.findall(block)]
    alignment = int(found[0]) if found else int(style.alignment)
    below = alignment <= 3
    vertical = frame.height - room.bottom if below else room.top
    event.marginl = _margin(
        (event.marginl or style.marginl) * across, room.left * play[0] / frame.width + edge
    )
    event.marginr = _margin(
        (event.marginr or style.marginr) * across, (frame.width - room.right) * play[0] / frame.width + edge
    )
    event.marginv = _margin(event.marginv or style.marginv, vertical * play[1] / frame.height + edge)


def _margin(own: float, least: float) -> int:
    return min(_MOST, max(round(own), math.ceil(least)))
