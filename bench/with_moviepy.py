"""`python -m bench.with_moviepy PLAN.json`: the same deliverables by a user of MoviePy 2, without finish.

The plan names the clip, the cube, the cues, the gain, and, for each deliverable, frame, text, and encoder
options. The look is applied by NumPy, from a table of all 16.7 million colours that is made once, or by
Pillow's own 3D table; they agree within one code.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from moviepy import CompositeVideoClip, TextClip, VideoClip, VideoFileClip, afx
from PIL import Image, ImageFilter

Grade = Callable[[np.ndarray], np.ndarray]


def main(plan: Mapping[str, Any]) -> None:
    grade = LOOKS[plan["look"]](np.loadtxt(plan["cube"], skiprows=1, dtype=np.float32))
    for deliverable in plan["deliverables"]:
        with VideoFileClip(plan["clip"]) as clip:
            framed = (
                frame(clip, deliverable)
                .image_transform(grade)
                .with_effects([afx.MultiplyVolume(plan["gain"])])
            )
            texts = [text(plan, deliverable, cue) for cue in plan["cues"]]
            CompositeVideoClip([framed, *texts]).with_duration(clip.duration).write_videofile(
                deliverable["file"],
                fps=clip.fps,
                codec="libx264",
                preset=deliverable["speed"],
                audio_codec="aac",
                audio_bitrate=deliverable["sound"],
                temp_audiofile_path=str(Path(deliverable["file"]).parent),
                ffmpeg_params=deliverable["options"],
                threads=deliverable["threads"],
                logger=None,
            )


def by_pillow(rows: np.ndarray) -> Grade:
    """A grade by Pillow's table: trilinear, in C."""
    table = ImageFilter.Color3DLUT(round(len(rows) ** (1 / 3)), rows.ravel().tolist())
    return lambda picture: np.asarray(Image.fromarray(picture).filter(table))


def by_numpy(rows: np.ndarray) -> Grade:
    """A grade by lookup: the cube, interpolated along its three axes to 256 points each, red slowest."""
    size = round(len(rows) ** (1 / 3))
    table = rows.reshape(size, size, size, 3).transpose(2, 1, 0, 3)
    at = np.linspace(0, size - 1, 256, dtype=np.float32)
    low = np.minimum(at.astype(int), size - 2)
    for axis in range(3):
        share = (at - low).reshape([-1 if number == axis else 1 for number in range(4)])
        table = np.take(table, low, axis) * (1 - share) + np.take(table, low + 1, axis) * share
    flat = (table * 255 + 0.5).astype(np.uint8).reshape(-1, 3)

    def look(picture: np.ndarray) -> np.ndarray:
        red, green, blue = np.moveaxis(picture.astype(np.int32), 2, 0)
        return flat[red << 16 | green << 8 | blue]

    return look


LOOKS: Mapping[str, Callable[[np.ndarray], Grade]] = {"numpy": by_numpy, "pillow": by_pillow}


def frame(clip: VideoClip, deliverable: Mapping[str, Any]) -> VideoClip:
    """The middle of the picture in the frame's aspect, at its size; cropped before any other step."""
    width, height = deliverable["frame"]
    wide, high = min(clip.w, round(clip.h * width / height)), min(clip.h, round(clip.w * height / width))
    if (wide, high) != (clip.w, clip.h):
        clip = clip.cropped(x_center=clip.w / 2, y_center=clip.h / 2, width=wide, height=high)
    return clip if (clip.w, clip.h) == (width, height) else clip.resized((width, height))


def text(plan: Mapping[str, Any], deliverable: Mapping[str, Any], cue: Mapping[str, Any]) -> VideoClip:
    """One cue: white with a dark edge, wrapped in the safe width, at the bottom of the safe area."""
    clip = TextClip(
        font=plan["font"],
        text=cue["text"],
        font_size=deliverable["type"],
        color="white",
        stroke_color="black",
        stroke_width=3,
        method="caption",
        size=(deliverable["width"], None),
        text_align="center",
        margin=(0, 10),
    )
    return (
        clip.with_start(cue["start"])
        .with_duration(cue["end"] - cue["start"])
        .with_position(("center", deliverable["foot"] - clip.h))
    )


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
