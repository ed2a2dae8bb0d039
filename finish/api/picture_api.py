"""Pictures from Python: stills, covers and sheets; the cuts of a clip, and edit lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

from finish import resources
from finish.analysis.faces import Faces
from finish.analysis.people import Bodies
from finish.analysis.shots import Shots
from finish.api.job_api import require_all_planned, scratch
from finish.api.loading import job_of, one_clip_job
from finish.api.running import Listener
from finish.engine.engine import Engine
from finish.engine.plan import Plan
from finish.engine.plan_pictures import readable
from finish.engine.selection import by_footage, select, select_one
from finish.errors import FinishError, several
from finish.interchange.timeline_formats import exported, format_named
from finish.jobspec import LoadedJob
from finish.model import ClipProgramme, Deliverable, Job, RefusedDeliverable, Stage, only_clip
from finish.model.graphics import AVOIDED
from finish.review import crop_picture, look_sheet, planned_sheet, scopes_sheet
from finish.review import sheet as sheets
from finish.review.cover import best
from finish.review.crop_film import preview
from finish.review.limits import without_limits
from finish.review.moments import share
from finish.review.planned_sheet import PlannedClip
from finish.review.segment_crops import segments_page
from finish.review.sheet import Sheet
from finish.review.still import still as write_still
from finish.scene.scene_content import Scene
from finish.stages import STAGES


def still(
    job: Job | LoadedJob,
    name: str,
    at: Fraction,
    target: Path | None = None,
    stages: Sequence[Stage] = STAGES,
) -> Path:
    """Write the exact frame of a deliverable at a time (s) as PNG; returns its path.

    The default target is `NAME-12.40s.png` in the job's `out/`.
    """
    job = job_of(job)
    deliverable, engine = select_one(job, name), Engine(job, stages)
    plan = engine.plan([deliverable], [stage for stage in stages if "video" in stage.touches])
    require_all_planned(plan)
    plan = readable(plan, engine.renderer)
    path = target or engine.out / f"{deliverable.name}-{float(at):.2f}s.png"
    return write_still(plan.renderings[0].planned, at, path)


def cover(
    job: Job | LoadedJob, name: str = "", target: Path | None = None, stages: Sequence[Stage] = STAGES
) -> tuple[Path, Fraction]:
    """Write the best frame for a cover of a deliverable (default: the first) as PNG, without captions.

    Returns its path and its time (s). The default target is `NAME-cover.png` in the job's `out/`.
    """
    job = job_of(job)
    deliverable, engine = select_one(job, name), Engine(job, stages)
    # The disclosure: a cover states how it was made, as the film does.
    drawing = [
        stage
        for stage in stages
        if ("video" in stage.touches and stage.name != "captions") or stage.name == "disclosure"
    ]
    plan = engine.plan([deliverable], drawing)
    require_all_planned(plan)
    plan = readable(plan, engine.renderer)
    planned = plan.renderings[0].planned
    faces = planned.programme.content(Faces(), engine.ask)
    frame = best(planned.programme, planned.deliverable.delivery, faces, _cuts(engine, plan))
    path = target or engine.out / f"{deliverable.name}-cover.png"
    return write_still(planned, frame.time, path), frame.time


def sheet(  # noqa: PLR0913 (all but one named or optional)
    jobs: Sequence[Job | LoadedJob],
    target: Path | None = None,
    names: Sequence[str] = (),
    *,
    costs: bool = False,
    on_event: Listener | None = None,
    stages: Sequence[Stage] = STAGES,
) -> Sheet:
    """Write a picture (.png) or page (.html) of a plan: a frame per cue and shot, with safe areas drawn.

    With `costs`, frames are the redder the more of faces and letters a graphic there would cover.

    The default target is `sheet.png` in the `out/` of the first job. The sheet and its `errors` list what
    can't be planned; FinishError if nothing can.
    """
    path = target or job_of(jobs[0]).folder / "out" / "sheet.png"
    sheets.form(path)
    selections = [(Engine(job, stages, tell=on_event), select(job, names)) for job in map(job_of, jobs)]
    most = share(sum(len(selection.deliverables) for _, selection in selections))
    clips = [
        _planned_clip(engine, deliverables, costs=costs)
        for engine, selection in selections
        for _, deliverables in by_footage(selection.deliverables)
    ]
    page, errors = planned_sheet.page(clips, most)
    errors = (*errors, *(error for _, selection in selections for error in selection.errors))
    if not any(row.cells for row in page.rows):
        raise several(errors)
    sheets.write(page, path)
    return Sheet(path, errors)


def _planned_clip(engine: Engine, deliverables: Sequence[Deliverable], *, costs: bool) -> PlannedClip:
    """The deliverables of one clip, planned by the picture stages."""
    clip = PlannedClip(engine.job.name, deliverables[0].footage.title)
    try:
        plan = engine.plan(deliverables, [stage for stage in engine.stages if "video" in stage.touches])
        plan = readable(plan, engine.renderer)
        scenes = (
            Scene.of(rendering.planned.programme, AVOIDED, engine.ask)
            for rendering in (plan.renderings if costs else ())
        )
        return replace(
            clip,
            planned=plan.renderings,
            refused=plan.refused,
            cuts=_cuts(engine, plan),
            scenes=tuple(scenes),
        )
    except FinishError as error:
        refused = (RefusedDeliverable(deliverable, error) for deliverable in deliverables)
        return replace(clip, refused=tuple(refused))


def _cuts(engine: Engine, plan: Plan) -> tuple[Fraction, ...]:
    """The cuts (s) of a plan's first clip; empty if nothing is planned."""
    if not plan.renderings:
        return ()
    return plan.renderings[0].planned.programme.content(Shots(), engine.ask).cuts


def edit_list(job: Job | LoadedJob, name: str = "", form: str = "edl") -> str:
    """The timeline of a deliverable (default: the first) for other programs, in the delivery's frames.

    `form` names one of `finish.interchange.timeline_formats.FORMATS`; SpecError for any other name.
    """
    return exported_edit(job, name, form)[0]


def exported_edit(job: Job | LoadedJob, name: str = "", form: str = "edl") -> tuple[str, tuple[str, ...]]:
    """The same as `edit_list`, and what of the timeline the format can't hold, in words."""
    chosen_format = format_named(form)
    job = job_of(job)
    deliverable = select_one(job, name)
    with scratch(None) as folder:
        engine = Engine(replace(job, folder=folder), STAGES)
        stages = [stage for stage in STAGES if stage.name in ("conform", "pacing")]
        plan = engine.plan([deliverable], stages=stages)
        require_all_planned(plan)
        return exported(chosen_format, plan.renderings[0].planned)


def cuts(clip: str | Path) -> tuple[Fraction, tuple[Fraction, ...], Fraction]:
    """A clip's frame rate (Hz), the times (s) of its cuts, and its length (s)."""
    job = one_clip_job(clip, ["youtube"]).job
    with scratch(None) as folder:
        engine = Engine(replace(job, folder=folder), STAGES)
        plan = engine.plan(stages=[stage for stage in STAGES if stage.name == "conform"])
        require_all_planned(plan)
        programme = plan.renderings[0].planned.programme
        return programme.content_rate, _cuts(engine, plan), programme.content_length


def looks(clip: str | Path, target: Path, names: Sequence[str] = (), most: int = 4) -> Path:
    """Write a sheet (.png or .html) of a clip's own frames, original and with each look.

    `names` are the looks (default: all packaged ones), `most` is the greatest number of frames.
    """
    sheets.form(target)
    chosen = tuple(dict.fromkeys(names or resources.names("luts")))
    graded = select_one(one_clip_job(clip, ["youtube"], {"colour": {"looks": chosen}}).job)
    with scratch(None) as folder:
        engine = Engine(Job("looks", folder, look_sheet.look_variants(graded)), STAGES)
        plan = engine.plan(stages=[stage for stage in STAGES if stage.name in ("conform", "colour")])
        require_all_planned(plan)
        plan = readable(plan, engine.renderer)
        programmes = [
            only_clip(rendering.planned.programme, "a sheet of looks") for rendering in plan.renderings
        ]
        cuts = _cuts(engine, plan) if programmes[0].duration <= look_sheet.SHORT else ()
        sheets.write(look_sheet.page(("original", *chosen), programmes, cuts, most), target)
    return target


def crops(job: Job | LoadedJob, target: Path, names: Sequence[str] = ()) -> Path:
    """Write a sheet (.png or .html) of a clip's own frames with the crop of each deliverable drawn on them.

    The default is all deliverables of the first clip. A target .mp4 is a video of the clip with the first
    crop.
    """
    is_video = target.suffix.lower() == ".mp4"
    if not is_video:
        sheets.form(target)
    job = job_of(job)
    deliverables = _of_one_clip(job, names)
    with scratch(None) as folder:
        engine = Engine(replace(job, folder=folder), STAGES)
        stages = [stage for stage in STAGES if stage.name in ("conform", "pacing", "reframe")]
        plan = engine.plan(deliverables, stages)
        require_all_planned(plan)
        programmes = [(rendering.name, rendering.planned.programme) for rendering in plan.renderings]
        if deliverables[0].edit and not is_video:
            look_up = partial(_sightings, engine)
            sheets.write(segments_page(programmes, look_up, share(len(programmes))), target)
            return target
        clip = readable(engine.plan(deliverables[:1], stages[:1]), engine.renderer)
        first = clip.renderings[0].planned.programme
        conformed = only_clip(first, "a sheet of crops")
        if is_video:
            cropped = only_clip(plan.renderings[0].planned.programme, "a video of the crop")
            return preview(conformed, cropped, target)
        sightings = _sightings(engine, conformed)
        sheets.write(crop_picture.page(conformed, programmes, sightings, share(len(programmes))), target)
    return target


def _of_one_clip(job: Job, names: Sequence[str]) -> list[Deliverable]:
    """The named deliverables of the first one's clip, or all of the job's first clip, without limits."""
    named = select(job, names).whole() if names else select(job, [select_one(job).name]).deliverables
    clip = named[0].source
    deliverables = named if names else job.deliverables
    return [without_limits(deliverable) for deliverable in deliverables if deliverable.source == clip]


def _sightings(engine: Engine, conformed: ClipProgramme) -> crop_picture.ClipSightings:
    """The faces and cuts of a clip; bodies too if some frame has no face."""
    faces = conformed.content(Faces(), engine.ask)
    faceless = any(not look.faces for look in faces.looks)
    bodies = conformed.content(Bodies(), engine.ask) if faceless else None
    return crop_picture.ClipSightings(faces, bodies, conformed.content(Shots(), engine.ask).cuts)


def scopes(job: Job | LoadedJob, name: str, target: Path, at: Sequence[Fraction] = ()) -> Path:
    """Write a sheet (.png or .html) of a clip before and after a deliverable's grade, with scopes.

    `at` are times (s) in the clip, or in the timeline; by default, its middle.
    """
    sheets.form(target)
    deliverable = select_one(job_of(job), name)
    with scratch(None) as folder:
        engine = Engine(Job("scopes", folder, scopes_sheet.before_and_after(deliverable)), STAGES)
        plan = engine.plan(stages=[stage for stage in STAGES if stage.name in ("conform", "colour")])
        require_all_planned(plan)
        plan = readable(plan, engine.renderer)
        before, after = (rendering.planned.programme for rendering in plan.renderings)
        is_graded = before.picture != after.picture
        rows = [("before", before), ("after", after)] if is_graded else [("ungraded", before)]
        sheets.write(scopes_sheet.page(deliverable.footage.title, rows, at or (before.duration / 2,)), target)
    return target
