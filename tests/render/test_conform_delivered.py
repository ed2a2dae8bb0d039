"""Whole deliveries of clips with several defects at once: the published file against the drawing."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from known import CORNERS, DELIVERED, WIDE, Clip, Codes, clicks, numbered, numbers, peaks, ran, read, wav

import finish
from finish.execution.frame_reader import FrameReader
from finish.execution.renderer import Renderer
from finish.media.probe import probe
from finish.storage.store import Store

pytestmark = pytest.mark.render

JOB = """\
source: clip.mkv
conform: {{track: de}}
sound: {{target: none}}
reframe: {{follow: centre}}
encode: {{size: 256x144, rate: {rate}, picture: {{speed: ultrafast, crf: 8}}}}
deliverables: [{{name: done, preset: youtube}}]
"""


@pytest.mark.parametrize(("rate", "to"), [("16", "24"), ("30000/1001", "25")])
def test_a_clip_with_many_defects_is_delivered_as_it_was_meant(rate: str, to: str, tmp_path: Path) -> None:
    """BT.601, full range, 4:2:2, 10 bit, a start at 3 s, another rate, and German on track two.

    That sound track is mono at 44.1 kHz.
    """
    count = int(Fraction(rate) * 2)
    codes = Codes("yuv422p10le", "smpte170m", full=True, bits=10, shared=(2, 1))
    video = Clip(codes, rate=rate).write(tmp_path / "video.mkv", numbered(count))
    one, two = (wav(tmp_path / f"{at}.wav", clicks([at], 2.0, 44_100), 44_100) for at in (0.4, 1.25))
    inputs = [word for each in (video, one, two) for word in ("-itsoffset", "3", "-i", str(each))]
    languages = ["-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=ger"]
    ran(
        [*inputs, "-map", "0", "-map", "1", "-map", "2", "-c", "copy", *languages, str(tmp_path / "clip.mkv")]
    )
    (tmp_path / "job.yaml").write_text(JOB.format(rate=to))
    (outcome,) = finish.run(finish.load(tmp_path).job)
    assert outcome.path is not None, (outcome.error, outcome.broken)
    delivered = probe(outcome.path)
    assert delivered.video is not None and delivered.sound_lead == pytest.approx(0, abs=1)
    small = delivered.picture.filter("scale", w=WIDE.width, h=WIDE.height, flags="area", size=WIDE)
    frames = read(small)
    grid, clip = Fraction(to), Fraction(rate)
    placed = [int(number / clip * grid + Fraction(1, 2)) for number in range(count)]
    assert numbers(frames) == [
        max(number for number, at in enumerate(placed) if at <= place) for place in range(len(frames))
    ]
    for colour, rows, columns in zip(
        CORNERS, ((2, 6), (2, 6), (30, 34), (30, 34)), ((4, 12), (52, 60)) * 2, strict=True
    ):
        expected = [float(plane[0, 0]) for plane in DELIVERED.of(np.full((2, 2, 3), colour))]
        steps = (2, 1, 1)
        found = [
            planes[each][rows[0] * step : rows[1] * step, columns[0] * step : columns[1] * step].mean()
            for each, step in enumerate(steps)
            for _, planes in frames[:1]
        ]
        assert found == pytest.approx(expected, abs=2), "8-bit codes after x264"
    samples = np.concatenate(
        [
            data
            for _, data in FrameReader(Renderer(Store(tmp_path / "store"))).samples(delivered.sound(), 48_000)
        ]
    )
    assert max(peaks(samples, 0.05), key=lambda time: abs(samples[round(time * 48_000), 0])) == pytest.approx(
        1.25, abs=0.002
    )
