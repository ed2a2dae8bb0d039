"""`python -m bench.film_by_moviepy PLAN.json`: a film of several clips by a user of MoviePy 2."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from moviepy import CompositeVideoClip, VideoFileClip, afx, vfx


def main(plan: Mapping[str, Any]) -> None:
    dissolve, clips, start = plan["dissolve"], [], 0.0
    following = [*plan["dissolved"][1:], False]
    for (path, begin, end), mixed, mixes in zip(plan["takes"], plan["dissolved"], following, strict=True):
        clip = VideoFileClip(path).subclipped(begin, end)
        start -= dissolve if mixed else 0
        effects = [vfx.CrossFadeIn(dissolve), afx.AudioFadeIn(dissolve)] if mixed else []
        effects += [afx.AudioFadeOut(dissolve)] if mixes else []
        clips.append(clip.with_effects(effects).with_start(start))
        start += clip.duration
    CompositeVideoClip(clips).write_videofile(
        plan["file"],
        fps=plan["rate"],
        codec="libx264",
        audio_codec="aac",
        temp_audiofile_path=str(Path(plan["file"]).parent),
        ffmpeg_params=plan["options"],
        logger=None,
    )


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text()))
