"""A clip whose picture begins after its sound: a cut into the held time delivers every frame."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from clip_files import clip, ffmpeg_by_hand
from render_jobs import ONE

from finish import api

pytestmark = pytest.mark.render


def test_the_first_picture_is_held_where_a_cut_begins_before_it(tmp_path: Path) -> None:
    clip(tmp_path / "whole.mp4", seconds=6)
    # The picture of one file, 0.8 s later than its sound.
    file = str(tmp_path / "whole.mp4")
    ffmpeg_by_hand(
        *("-i", file, "-itsoffset", "0.8", "-i", file, "-map", "1:v", "-map", "0:a", "-c", "copy"),
        str(tmp_path / "late.mp4"),
    )
    (tmp_path / "job.yaml").write_text(f"source: late.mp4\npacing: {{trim: '0.4-6'}}\n{ONE}")
    (outcome,) = api.run(api.load(tmp_path))
    assert outcome.error is None, outcome.error
    delivered = tmp_path / "out" / "done.mp4"
    with av.open(str(delivered)) as film:
        pictures = [frame.to_ndarray(format="gray") for frame in film.decode(video=0)]
    rate = len(pictures) / 5.6
    assert rate == pytest.approx(round(rate), abs=0.2)
    held = round(0.4 * rate)
    assert max(abs(one.astype(int) - pictures[0]).mean() for one in pictures[:held]) < 2
    assert abs(pictures[held + 3].astype(int) - pictures[0]).mean() > 2
