"""The contact sheet of a plan: the same moments of every clip and deliverable, with the safe area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from finish.errors import FFmpegError, FinishError, MediaError
from finish.model import PlannedDeliverable, RefusedDeliverable, media_of
from finish.planning.render_plan import Rendering
from finish.planning.segment_rows import segment_rows
from finish.review.cost_map import LEGEND, tinted
from finish.review.moments import Moments, moments, tidy
from finish.review.page import PageCell, PageRow, PageSection, SheetPage, zone
from finish.review.small_frames import FrameRequest, Pixels, frames, small
from finish.scene.scene_content import Scene
from finish.units import clock, number


@dataclass(frozen=True)
class PlannedClip:
    """One clip or timeline of a job: planned and refused deliverables, and the times of its cuts (s).

    `scenes` are what the planned ones show, in their order, if costs are drawn.
    """

    job: str
    clip: str
    planned: tuple[Rendering, ...] = ()
    refused: tuple[RefusedDeliverable, ...] = ()
    cuts: tuple[Fraction, ...] = ()
    scenes: tuple[Scene, ...] = ()

    @property
    def size(self) -> int:
        return len(self.planned) + len(self.refused)

    @property
    def is_timeline(self) -> bool:
        deliverables = [rendering.planned.deliverable for rendering in self.planned]
        deliverables += [refusal.deliverable for refusal in self.refused]
        return any(deliverable.edit for deliverable in deliverables)


def page(clips: Sequence[PlannedClip], most: int) -> tuple[SheetPage, tuple[FinishError, ...]]:
    """The page, and the errors of everything that it can't show.

    Each deliverable has at most `most` frames.
    """
    results = [_clip_section(clip, most) for clip in clips]
    jobs = tuple(dict.fromkeys(clip.job for clip in clips))
    title = jobs[0] if len(jobs) == 1 else f"{len(jobs)} jobs"
    facts = ("as planned", *_counts(clips), _counted(sum(clip.size for clip in clips), "deliverable"))
    errors = {
        id(refused.error): _with_clip(refused.error, clip.clip)
        for clip, _ in results
        for refused in clip.refused
    }
    sections = tuple(section for _, section in results)
    return SheetPage("Contact sheet", tidy(title), facts, sections), tuple(errors.values())


def _counts(clips: Sequence[PlannedClip]) -> tuple[str, ...]:
    """How many clips and how many timelines there are."""
    timelines = sum(clip.is_timeline for clip in clips)
    counts = ((len(clips) - timelines, "clip"), (timelines, "timeline"))
    return tuple(_counted(count, noun) for count, noun in counts if count)


def _with_clip(error: FinishError, clip: str) -> FinishError:
    """The error with its clip's name, which the page doesn't repeat below the clip's title."""
    if clip in error.message or not isinstance(error, (MediaError, FFmpegError)):
        return error
    return error.about(clip)


def _clip_section(clip: PlannedClip, most: int) -> tuple[PlannedClip, PageSection]:
    """A clip's section. The page reports a clip that can't be read to its end, and shows the others."""
    try:
        return clip, _section(clip, _rows(clip, most))
    except FinishError as error:
        lost = tuple(RefusedDeliverable(rendering.planned.deliverable, error) for rendering in clip.planned)
        refused = replace(clip, planned=(), refused=(*clip.refused, *lost))
        return refused, _section(refused, ())


def _section(clip: PlannedClip, rows: tuple[PageRow, ...]) -> PageSection:
    facts = [f"job {tidy(clip.job)}"]
    if clip.planned and (planned := clip.planned[0].planned).deliverable.edit:
        facts += _timeline_facts(planned)
    elif clip.planned and (video := clip.planned[0].planned.programme.sources[0].video):
        facts += [str(video.size), f"{number(round(video.rate, 2))} fps", clock(video.end - video.start)]
        facts.append(_counted(len(clip.cuts) + 1, "shot"))
    return PageSection(tidy(clip.clip), tuple(facts), (*rows, *_refusals(clip.refused)))


def _timeline_facts(planned: PlannedDeliverable) -> tuple[str, ...]:
    """How many segments and clips a timeline has, how long it is, and its rate."""
    programme, rows = planned.programme, segment_rows(planned)
    over = sum(row.is_over for row in rows)
    return (
        _counted(len(rows) - over, "segment"),
        *((f"{over} over them",) if over else ()),
        _counted(len(media_of(programme)), "clip"),
        clock(programme.duration),
        f"{number(round(programme.rate, 2))} fps",
    )


def _rows(clip: PlannedClip, most: int) -> tuple[PageRow, ...]:
    if not clip.planned:
        return ()
    chosen = moments([rendering.planned.programme for rendering in clip.planned], clip.cuts, most)
    pictures = frames([_request(rendering) for rendering in clip.planned], chosen.times)
    rows = []
    for index, rendering in enumerate(clip.planned):
        timed = [(time, pictures[index, time]) for time in chosen.times if (index, time) in pictures]
        row = _row(rendering, chosen, timed)
        rows.append(_with_costs(row, timed, clip.scenes[index], rendering) if clip.scenes else row)
    return tuple(rows)


def _with_costs(
    row: PageRow, timed: Sequence[tuple[Fraction, Pixels]], scene: Scene, rendering: Rendering
) -> PageRow:
    """A row whose frames are tinted by the costs of places."""
    programme = rendering.planned.programme
    cells = tuple(
        replace(cell, picture=tinted(picture, scene, programme, time))
        for cell, (time, picture) in zip(row.cells, timed, strict=True)
    )
    return replace(row, cells=cells, facts=(*row.facts, LEGEND))


def _request(rendering: Rendering) -> FrameRequest:
    """The picture as it would be encoded."""
    programme = rendering.planned.programme
    return FrameRequest(programme, rendering.picture.inputs[0], small(programme.frame))


def _row(rendering: Rendering, chosen: Moments, pictures: Sequence[tuple[Fraction, Pixels]]) -> PageRow:
    programme, delivery = rendering.planned.programme, rendering.planned.deliverable.delivery
    cells = tuple(
        PageCell(picture, chosen.head(time, programme), chosen.words(time, programme))
        for time, picture in pictures
    )
    part = f"{len(cells)} of {chosen.total} moments" if chosen.total > len(chosen.times) else ""
    facts = (
        delivery.preset,
        str(programme.frame),
        f"{number(round(programme.rate, 2))} fps",
        clock(programme.duration),
        part,
    )
    safe = zone(delivery.safe, programme.frame)
    return PageRow(tidy(rendering.filename), tuple(filter(None, facts)), cells, safe)


def _refusals(refused: Sequence[RefusedDeliverable]) -> tuple[PageRow, ...]:
    """One row for each error: what is wrong with a clip is wrong with every deliverable of it."""
    groups: dict[int, list[RefusedDeliverable]] = {}
    for refusal in refused:
        groups.setdefault(id(refusal.error), []).append(refusal)
    return tuple(
        PageRow(
            ", ".join(tidy(refusal.deliverable.name) for refusal in group),
            ("can't be made",),
            trouble=tidy(str(group[0].error)),
        )
        for group in groups.values()
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"
