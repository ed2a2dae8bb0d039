"""A ten-bit delivery is planned in ten bits or more from clip to encoder: no node of its graph has eight."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import pytest
from golden_world import CASES, Case, job, planned, source, video

from finish import graph
from finish.graph import Stream

MASTER = "  - {name: master, preset: ebu-hd-prores%s}"
BOTH = "colour: {looks: [warm]}\ncaptions: {file: clip.en.srt, style: boxed, rules: note}"
TEN = video("1920x1080", pix_fmt="yuv422p10le", codec="prores", profile="HQ")


def shallow(picture: Stream) -> list[str]:
    """The nodes of a picture's graph that name a format of fewer than ten bits."""
    return [
        f"{node.name} {name}={value}"
        for node in graph.history([picture])
        for name, value in node.args
        if name in ("pix_fmts", "pix_fmt", "format") and bits(str(value)) < 10
    ]


def bits(name: str) -> int:
    """Bits per sample of a pixel format, by FFmpeg's name or `overlay`'s own: "yuv422p10", "yuv420"."""
    known = {
        "yuv420": "yuv420p",
        "yuv422": "yuv422p",
        "yuv422p10": "yuv422p10le",
        "yuv420p10": "yuv420p10le",
    }.get(name, name)
    return min(part.bits for part in av.VideoFormat(known).components)


@pytest.mark.parametrize(
    "case",
    [
        Case(MASTER % "", clip=source(TEN)),
        Case(MASTER % "", BOTH, source(TEN)),
        Case(MASTER % "", BOTH, source(video("1080x1920", pix_fmt="yuv420p10le"))),
        Case(MASTER % ", reframe: {follow: centre}", BOTH, source(video("1080x1920", pix_fmt="yuv420p10le"))),
        Case(MASTER % "", BOTH, source(video("1920x1080", pix_fmt="p010le"))),
        Case(
            MASTER % "",
            BOTH,
            source(
                video(
                    "3840x2160",
                    pix_fmt="yuv420p10le",
                    primaries="bt2020",
                    transfer="arib-std-b67",
                    matrix="bt2020nc",
                    hdr=True,
                )
            ),
        ),
    ],
    ids=["bare", "finished", "padded", "cropped", "packed", "hdr"],
)
def test_nothing_in_a_masters_graph_has_eight_bits(case: Case, tmp_path: Path) -> None:
    case = replace(case, answers=CASES["master"].answers)
    (one,) = planned(job(tmp_path, case), case)
    assert shallow(one.picture) == []
    assert dict(one.picture.encoding.options)["pix_fmt"] == "yuv422p10le" and one.filename == "master.mov"


def test_an_eight_bit_delivery_is_found_out(tmp_path: Path) -> None:
    case = Case("  - {name: wide, preset: youtube}", BOTH, source(video("1080x1920", pix_fmt="yuv420p10le")))
    (one,) = planned(job(tmp_path, case), case)
    assert {"format pix_fmts=yuv420p", "overlay format=yuv420", "encode pix_fmt=yuv420p"} <= set(
        shallow(one.picture)
    )
