"""A sheet of caption styles: a clip's own frames, each with its captions in every style, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from finish.model import Deliverable, DeliveryLimits, Document, Programme
from finish.review.moments import moments, share, tidy
from finish.review.page import PageCell, PageRow, PageSection, SheetPage
from finish.review.small_frames import FrameRequest, frames, small

# Short and long, with an emphasis, a question, letters above and below the line, and numbers.
_LINES: Final = (
    "This is how your captions <b>look</b>",
    "Short words, long ones, and every unforgettable number: 1,250",
    "Can everybody read them?",
    "Jumping quickly over lazy, foggy gaps",
    "Turn the sound off and watch again",
    "One more line before we go",
)
_EACH: Final = 2.4  # s
_MOMENTS: Final = 3


def sample() -> Document:
    """A few lines for a clip that has no captions; what lies behind its end is left out."""
    times = (
        f"{_clock(_EACH * at + 0.1)} --> {_clock(_EACH * (at + 1) - 0.1)}" for at in range(4 * len(_LINES))
    )
    cues = "\n".join(f"{time}\n{line}\n" for time, line in zip(times, 4 * _LINES, strict=True))
    return Document(Path("sample.vtt"), f"WEBVTT\n\n{cues}".encode())


def in_turn(deliverables: Sequence[Deliverable]) -> tuple[Deliverable, ...]:
    """One clip's deliverables as they are, told apart, with the sample's lines where they have none; without the destination's limits."""
    return tuple(
        replace(
            each,
            name=f"style-{number}",
            delivery=each.delivery.model_copy(update={"limits": DeliveryLimits()}),
            settings={**each.settings, "captions": _said(each.settings["captions"])},
        )
        for number, each in enumerate(deliverables)
    )


def page(names: Sequence[str], programmes: Sequence[Programme]) -> SheetPage:
    """The page: a few moments, each in every style, in their order."""
    chosen = moments(programmes[:1], (), min(_MOMENTS, share(len(programmes))))
    seen = frames([FrameRequest(each, each.picture, small(each.frame)) for each in programmes], chosen.times)
    rows = tuple(
        PageRow(
            chosen.head(time),
            cells=tuple(
                PageCell(seen[index, time], tidy(Path(name).stem)) for index, name in enumerate(names)
            ),
        )
        for time in chosen.times
    )
    return SheetPage(
        tidy(programmes[0].source.path.name),
        f"{len(names)} caption styles, as they would be burnt",
        (PageSection("", "", rows),),
    )


def _said(captions: Any) -> Any:
    return captions.model_copy(update={"burn": True} if captions.file else {"burn": True, "file": sample()})


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60:02d}:{seconds % 60:06.3f}"
