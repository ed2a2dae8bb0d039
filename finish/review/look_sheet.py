"""A sheet of looks: a clip's own frames with every look, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from finish import graph
from finish.graph import Stream
from finish.model import ClipProgramme, Deliverable
from finish.review.limits import without_limits
from finish.review.moments import moments, share, tidy
from finish.review.page import PageCell, PageRow, PageSection, SheetPage
from finish.review.small_frames import FrameRequest, frames, small

# Seconds; house policy: the moments of a longer clip are far apart and show different scenes anyway, and
# finding its cuts takes long.
SHORT: Final = 60


def look_variants(deliverable: Deliverable) -> tuple[Deliverable, ...]:
    """The clip without a look, and with each of the deliverable's looks alone.

    The destination's limits don't apply.
    """
    colour: Any = deliverable.settings["colour"]
    looks = ((), *((look,) for look in colour.looks))
    plain = without_limits(deliverable)
    return tuple(
        replace(
            plain,
            name=f"look-{number}",
            settings={**plain.settings, "colour": colour.model_copy(update={"looks": only})},
        )
        for number, only in enumerate(looks)
    )


def page(
    names: Sequence[str], programmes: Sequence[ClipProgramme], cuts: Sequence[Fraction], most: int
) -> SheetPage:
    """The page: at most `most` moments of different shots, each in all programmes.

    `programmes` are conformed and graded, and in the order of `names`.
    """
    chosen = moments(programmes[:1], cuts, min(most, share(len(programmes))))
    pictures = frames([_request(programme) for programme in programmes], chosen.times)
    rows = tuple(
        PageRow(
            chosen.head(time),
            cells=tuple(PageCell(pictures[index, time], tidy(name)) for index, name in enumerate(names)),
        )
        for time in chosen.times
    )
    title = tidy(programmes[0].source.path.name)
    facts = (f"the original and {len(names) - 1} looks", "before reframing", "without captions")
    return SheetPage("Looks", title, facts, (PageSection("", (), rows),))


def _request(programme: ClipProgramme) -> FrameRequest:
    """The clip at its small size before the grade.

    A look costs time for every pixel, and its grain doesn't matter to the choice.
    """
    size = small(programme.frame)
    conformed = programme.conformed.filter(
        "zscale", size=size, width=size.width, height=size.height, filter="spline36"
    )

    def change(node: Stream) -> Stream:
        return conformed if node == programme.conformed else node

    (graded,) = graph.substitute([programme.picture], change)
    # A clip of variable rate has no frame of its own at most places of a grid.
    return FrameRequest(programme, graded.filter("fps", fps=programme.rate, start_time=0, round="near"), size)
