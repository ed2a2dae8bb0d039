"""A sheet of looks: a clip's own frames, each with every look on, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from finish import graph
from finish.graph import Stream
from finish.model import Deliverable, DeliveryLimits, Programme
from finish.review.moments import moments, share, tidy
from finish.review.page import PageCell, PageRow, PageSection, SheetPage
from finish.review.small_frames import FrameRequest, frames, small

SHORT: Final = 60  # s; house policy: of a longer clip, moments far apart show different scenes, and finding its cuts would take long


def each_alone(one: Deliverable) -> tuple[Deliverable, ...]:
    """The same clip without a look, and with each of its deliverable's looks alone; for no destination, so without limits."""
    colour: Any = one.settings["colour"]
    delivery = one.delivery.model_copy(update={"limits": DeliveryLimits()})
    graded = [
        colour.model_copy(update={"looks": looks}) for looks in ((), *((look,) for look in colour.looks))
    ]
    return tuple(
        replace(one, name=f"look-{number}", delivery=delivery, settings={**one.settings, "colour": each})
        for number, each in enumerate(graded)
    )


def page(
    names: Sequence[str], programmes: Sequence[Programme], cuts: Sequence[Fraction], most: int
) -> SheetPage:
    """The page: at most `most` moments from different shots, each with all of `programmes`, conformed and graded, in their order."""
    chosen = moments(programmes[:1], cuts, min(most, share(len(programmes))))
    seen = frames([_film(each) for each in programmes], chosen.times)
    rows = tuple(
        PageRow(
            chosen.head(time),
            cells=tuple(PageCell(seen[index, time], tidy(name)) for index, name in enumerate(names)),
        )
        for time in chosen.times
    )
    clip = tidy(programmes[0].source.path.name)
    return SheetPage(
        clip,
        f"the clip as it is, and {len(names) - 1} looks; not framed, no captions",
        (PageSection("", "", rows),),
    )


def _film(programme: Programme) -> FrameRequest:
    """The clip made small before it is graded: a look costs by the pixel, and nobody chooses one by grain."""
    size = small(programme.frame)
    conformed = programme.conformed.filter(
        "zscale", size=size, width=size.width, height=size.height, filter="spline36"
    )

    def change(node: Stream) -> Stream:
        return conformed if node == programme.conformed else node

    (graded,) = graph.substitute([programme.picture], change)
    # A clip of variable rate has no frame of its own on most places of a grid.
    return FrameRequest(programme, graded.filter("fps", fps=programme.rate, start_time=0, round="near"), size)
