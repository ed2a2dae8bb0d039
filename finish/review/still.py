"""One exact frame of a planned deliverable, without rendering the rest."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from finish import graph
from finish.effects import ffmpeg
from finish.effects.publish import draft_beside
from finish.errors import FinishError
from finish.graph import Output
from finish.model import Planned
from finish.units import Span, clock

# A rate conversion looks one source frame back; the slowest source that is worth finishing has 10 frames a second.
PREROLL = Fraction(1, 5)


def still(planned: Planned, at: Fraction, target: Path) -> Path:
    """Write the frame that is shown at `at` seconds as PNG; FinishError("spec") when the programme is shorter than that."""
    programme = planned.programme
    if at >= programme.duration:
        message = f"{planned.deliverable.name} ends at {clock(programme.duration)}, before {clock(at)}"
        raise FinishError("spec", message, "choose an earlier time")
    start = int(at * programme.rate) / programme.rate
    shown = Span(start, start + 1 / programme.rate)
    (frame,) = graph.sink_pointwise(graph.during([programme.picture], shown, PREROLL))
    # The delivered picture is limited-range BT.709; a PNG is RGB.
    rgb = frame.filter("scale", in_color_matrix="bt709", in_range="tv", out_range="pc", flags="accurate_rnd+full_chroma_int")
    draft = draft_beside(target.parent, target.name)
    try:
        ffmpeg.write([Output((rgb.filter("format", pix_fmts="rgb24"),), str(draft), "image2", (("frames:v", "1"), ("update", "1")))])
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return target
