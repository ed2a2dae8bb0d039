"""A sheet of what is planned: for every clip and every deliverable the same moments, with the destination's safe zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from finish.errors import FFmpegError, FinishError, MediaError
from finish.model import RefusedDeliverable
from finish.planning.render_plan import Rendering
from finish.review.moments import Moments, moments, tidy
from finish.review.page import PageCell, PageRow, PageSection, SheetPage, zone
from finish.review.small_frames import FrameRequest, Pixels, frames, small
from finish.units import clock, number


@dataclass(frozen=True)
class PlannedClip:
    """One clip of a job: what is planned of it, what cannot be made of it, and when its shots change (s)."""

    job: str
    clip: str
    planned: tuple[Rendering, ...] = ()
    refused: tuple[RefusedDeliverable, ...] = ()
    cuts: tuple[Fraction, ...] = ()

    @property
    def size(self) -> int:
        return len(self.planned) + len(self.refused)


def page(reels: Sequence[PlannedClip], most: int) -> tuple[SheetPage, tuple[FinishError, ...]]:
    """The page, each deliverable with at most `most` frames, and everything that could not be shown."""
    shown = [_developed(reel, most) for reel in reels]
    jobs = tuple(dict.fromkeys(reel.job for reel in reels))
    title = jobs[0] if len(jobs) == 1 else f"{len(jobs)} jobs"
    detail = _dotted(
        (
            "as planned",
            _counted(len(reels), "clip"),
            _counted(sum(reel.size for reel in reels), "deliverable"),
        )
    )
    errors = {id(each.error): _told(each.error, reel.clip) for reel, _ in shown for each in reel.refused}
    return SheetPage(tidy(title), detail, tuple(section for _, section in shown)), tuple(errors.values())


def _told(wrong: FinishError, clip: str) -> FinishError:
    """The error away from the page, where it must say which clip it is about."""
    return (
        wrong
        if clip in wrong.message or not isinstance(wrong, (MediaError, FFmpegError))
        else wrong.about(clip)
    )


def _developed(reel: PlannedClip, most: int) -> tuple[PlannedClip, PageSection]:
    """A clip that cannot be read to its end is told of on the page, and doesn't keep others from it."""
    try:
        return reel, _section(reel, _rows(reel, most))
    except FinishError as wrong:
        lost = tuple(RefusedDeliverable(each.planned.deliverable, wrong) for each in reel.planned)
        spoilt = replace(reel, planned=(), refused=(*reel.refused, *lost))
        return spoilt, _section(spoilt, ())


def _section(reel: PlannedClip, rows: tuple[PageRow, ...]) -> PageSection:
    detail = [f"job {tidy(reel.job)}"]
    if reel.planned and (video := reel.planned[0].planned.programme.source.video):
        detail += [str(video.size), f"{number(round(video.rate, 2))} fps", clock(video.end - video.start)]
        detail.append(_counted(len(reel.cuts) + 1, "shot"))
    return PageSection(tidy(reel.clip), _dotted(detail), (*rows, *_troubles(reel.refused)))


def _rows(reel: PlannedClip, most: int) -> tuple[PageRow, ...]:
    if not reel.planned:
        return ()
    chosen = moments([each.planned.programme for each in reel.planned], reel.cuts, most)
    seen = frames([_film(each) for each in reel.planned], chosen.times)
    return tuple(
        _row(each, chosen, [(time, seen[index, time]) for time in chosen.times if (index, time) in seen])
        for index, each in enumerate(reel.planned)
    )


def _film(one: Rendering) -> FrameRequest:
    """The picture as it would be encoded."""
    programme = one.planned.programme
    return FrameRequest(programme, one.picture.inputs[0], small(programme.frame))


def _row(one: Rendering, chosen: Moments, seen: Sequence[tuple[Fraction, Pixels]]) -> PageRow:
    programme, delivery = one.planned.programme, one.planned.deliverable.delivery
    cells = tuple(
        PageCell(picture, chosen.head(time), chosen.words(time, programme)) for time, picture in seen
    )
    some = f"{len(cells)} of {chosen.total} moments" if chosen.total > len(chosen.times) else ""
    about = (
        delivery.preset,
        str(programme.frame),
        f"{number(round(programme.rate, 2))} fps",
        clock(programme.duration),
        some,
    )
    return PageRow(tidy(one.filename), _dotted(about), cells, zone(delivery.safe, programme.frame))


def _troubles(refused: Sequence[RefusedDeliverable]) -> tuple[PageRow, ...]:
    """What is wrong with a clip is wrong with all that is made of it, and said once."""
    groups: dict[int, list[RefusedDeliverable]] = {}
    for each in refused:
        groups.setdefault(id(each.error), []).append(each)
    return tuple(
        PageRow(
            ", ".join(tidy(each.deliverable.name) for each in group),
            "cannot be made",
            trouble=tidy(str(group[0].error)),
        )
        for group in groups.values()
    )


def _dotted(parts: Sequence[str]) -> str:
    return "  ·  ".join(filter(None, parts))


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'s' * (count != 1)}"
