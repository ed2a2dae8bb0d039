"""A sheet of caption styles: a clip's own frames with its captions in every style, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from finish.model import Deliverable, Document, Programme
from finish.review.limits import without_limits
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
_CUE_LENGTH: Final = 2.4  # s
_MOMENTS: Final = 3


def sample() -> Document:
    """Captions for a clip that has none; cues after the clip's end aren't shown."""
    count = 4 * len(_LINES)
    times = (
        f"{_clock(_CUE_LENGTH * number + 0.1)} --> {_clock(_CUE_LENGTH * (number + 1) - 0.1)}"
        for number in range(count)
    )
    cues = "\n".join(f"{time}\n{line}\n" for time, line in zip(times, 4 * _LINES, strict=True))
    return Document(Path("sample.vtt"), f"WEBVTT\n\n{cues}".encode())


def style_variants(deliverables: Sequence[Deliverable]) -> tuple[Deliverable, ...]:
    """One clip's deliverables under names of their own, without their limits.

    A clip without captions gets sample captions.
    """
    return tuple(
        replace(
            without_limits(deliverable),
            name=f"style-{number}",
            settings={**deliverable.settings, "captions": _burnt(deliverable.settings["captions"])},
        )
        for number, deliverable in enumerate(deliverables)
    )


def page(names: Sequence[str], programmes: Sequence[Programme]) -> SheetPage:
    """The page: a few moments, each in every style, in their order."""
    chosen = moments(programmes[:1], (), min(_MOMENTS, share(len(programmes))))
    requests = [
        FrameRequest(programme, programme.picture, small(programme.frame)) for programme in programmes
    ]
    pictures = frames(requests, chosen.times)
    titles = [tidy(Path(name).stem) for name in names]
    rows = tuple(
        PageRow(
            chosen.head(time),
            cells=tuple(PageCell(pictures[index, time], title) for index, title in enumerate(titles)),
        )
        for time in chosen.times
    )
    title = tidy(programmes[0].title)
    facts = (f"{len(names)} caption styles", "as burnt into the picture")
    return SheetPage("Caption styles", title, facts, (PageSection("", (), rows),))


def _burnt(captions: Any) -> Any:
    return captions.model_copy(update={"burn": True} if captions.file else {"burn": True, "file": sample()})


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60:02d}:{seconds % 60:06.3f}"
