"""Pictures from Python: stills, sheets of what is planned, of looks and of caption styles; the cuts of a clip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from finish import resources
from finish.analysis.faces import Faces
from finish.analysis.people import Bodies
from finish.analysis.shots import Shots
from finish.api.job_api import Listener, all_planned, scratch
from finish.api.loading import alone, bare
from finish.engine.engine import Engine
from finish.engine.plan import Plan
from finish.engine.selection import by_clip, select, select_one
from finish.errors import FinishError, several
from finish.interchange.timeline_formats import format_named, timeline_of
from finish.jobspec import LoadedJob
from finish.model import Deliverable, Job, Measure, RefusedDeliverable, Stage
from finish.review import crop_picture as cropped
from finish.review import look_sheet as looked
from finish.review import planned_sheet
from finish.review import scopes_sheet as scoped
from finish.review import sheet as sheets
from finish.review import style_sheet as styled
from finish.review.cover import best
from finish.review.crop_film import preview
from finish.review.limits import without_limits
from finish.review.moments import share
from finish.review.planned_sheet import PlannedClip
from finish.review.sheet import Sheet
from finish.review.still import still as write_still
from finish.stages import STAGES


def still(
    job: Job | LoadedJob,
    name: str,
    at: Fraction,
    target: Path | None = None,
    stages: Sequence[Stage] = STAGES,
) -> Path:
    """Write one exact frame of a deliverable as PNG (default: `NAME-12.40s.png` in the job's `out/`)."""
    job = bare(job)
    asked, engine = select_one(job, name), Engine(job, stages)
    found = engine.plan([asked], [stage for stage in stages if "video" in stage.touches])
    all_planned(found)
    return write_still(
        found.renderings[0].planned, at, target or engine.out / f"{asked.name}-{float(at):.2f}s.png"
    )


def cover(
    job: Job | LoadedJob, name: str = "", target: Path | None = None, stages: Sequence[Stage] = STAGES
) -> tuple[Path, Fraction]:
    """Write the frame of a deliverable (default: the first) that is best for a cover, without its captions, as PNG (default:
    `NAME-cover.png` in the job's `out/`); its path, and its time (s)."""
    job = bare(job)
    asked, engine = select_one(job, name), Engine(job, stages)
    seeing = [stage for stage in stages if "video" in stage.touches and stage.name != "captions"]
    found = engine.plan([asked], seeing)
    all_planned(found)
    planned_one = found.renderings[0].planned
    faces = engine.ask(Measure(Faces(), planned_one.programme.conformed))
    frame = best(planned_one.programme, planned_one.deliverable.delivery, faces, _cuts(engine, found))
    return write_still(planned_one, frame.time, target or engine.out / f"{asked.name}-cover.png"), frame.time


def sheet(
    jobs: Sequence[Job | LoadedJob],
    target: Path | None = None,
    names: Sequence[str] = (),
    *,
    on_event: Listener | None = None,
    stages: Sequence[Stage] = STAGES,
) -> Sheet:
    """Write one picture (.png) or page (.html) of what is planned: a frame per cue and shot of every deliverable, safe zones drawn.

    Default: `sheet.png` in the `out/` of the first job. What cannot be made is told of on the sheet and in its `errors`;
    FinishError when nothing can.
    """
    path = target or bare(jobs[0]).folder / "out" / "sheet.png"
    sheets.form(path)
    meant = [(Engine(job, stages, tell=on_event), select(job, names)) for job in map(bare, jobs)]
    most = share(sum(len(each.deliverables) for _, each in meant))
    reels = [_reel(engine, asked) for engine, each in meant for _, asked in by_clip(each.deliverables)]
    made, errors = planned_sheet.page(reels, most)
    errors = (*errors, *(wrong for _, each in meant for wrong in each.errors))
    if not any(row.cells for row in made.rows):
        raise several(errors)
    sheets.write(made, path)
    return Sheet(path, errors)


def _reel(engine: Engine, asked: Sequence[Deliverable]) -> PlannedClip:
    """One clip, planned by the stages of the picture."""
    reel = PlannedClip(engine.job.name, asked[0].source.name)
    try:
        found = engine.plan(asked, [stage for stage in engine.stages if "video" in stage.touches])
        return replace(reel, planned=found.renderings, refused=found.refused, cuts=_cuts(engine, found))
    except FinishError as wrong:
        return replace(reel, refused=tuple(RefusedDeliverable(each, wrong) for each in asked))


def _cuts(engine: Engine, found: Plan) -> tuple[Fraction, ...]:
    return (
        engine.ask(Measure(Shots(), found.renderings[0].planned.programme.conformed)).cuts
        if found.renderings
        else ()
    )


def edit_list(job: Job | LoadedJob, name: str = "", form: str = "edl") -> str:
    """The timeline of a deliverable (default: the first) for other programs, on the delivery's frames.

    `form` names one of `finish.interchange.timeline_formats.FORMATS`; SpecError for any other name.
    """
    chosen_format = format_named(form)
    job = bare(job)
    deliverable = select_one(job, name)
    with scratch(None) as place:
        engine = Engine(replace(job, folder=place), STAGES)
        stages = [stage for stage in STAGES if stage.name in ("conform", "pacing")]
        plan = engine.plan([deliverable], stages=stages)
        all_planned(plan)
        planned = plan.renderings[0].planned
        rate = planned.deliverable.delivery.rates.of(planned.programme.rate)
        timeline = timeline_of(planned.programme, rate)
        return chosen_format.write(planned.deliverable.name, planned.programme, timeline)


def cuts(clip: str | Path) -> tuple[Fraction, tuple[Fraction, ...]]:
    """A clip's frame rate (Hz), and the times (s) at which its shots begin, but for the first."""
    job = alone(clip, ["youtube"]).job
    with scratch(None) as place:
        engine = Engine(replace(job, folder=place), STAGES)
        found = engine.plan(stages=[stage for stage in STAGES if stage.name == "conform"])
        all_planned(found)
        source = found.renderings[0].planned.programme.source
        return source.video.rate if source.video else Fraction(0), _cuts(engine, found)


def looks(clip: str | Path, target: Path, names: Sequence[str] = (), most: int = 4) -> Path:
    """Write a sheet (.png or .html) of a clip's own frames, at most `most`, plain and with each look on: those named, or all of ours."""
    sheets.form(target)
    asked = tuple(dict.fromkeys(names or resources.names("luts")))
    graded = select_one(alone(clip, ["youtube"], {"colour": {"looks": asked}}).job)
    with scratch(None) as place:
        engine = Engine(Job("looks", place, looked.look_variants(graded)), STAGES)
        found = engine.plan(stages=[stage for stage in STAGES if stage.name in ("conform", "colour")])
        all_planned(found)
        programmes = [each.planned.programme for each in found.renderings]
        cuts = _cuts(engine, found) if programmes[0].duration <= looked.SHORT else ()
        sheets.write(looked.page(("original", *asked), programmes, cuts, most), target)
    return target


def crops(job: Job | LoadedJob, target: Path, names: Sequence[str] = ()) -> Path:
    """Write a sheet (.png or .html) of a clip's own frames with each deliverable's window on them (default: all of the first clip's); or a
    film (.mp4) of the clip with the first one's."""
    film = target.suffix.lower() == ".mp4"
    if not film:
        sheets.form(target)
    job = bare(job)
    meant = select(job, names).whole() if names else select(job, [select_one(job).name]).deliverables
    clip = meant[0].source
    asked = [without_limits(each) for each in (meant if names else job.deliverables) if each.source == clip]
    with scratch(None) as place:
        engine = Engine(replace(job, folder=place), STAGES)
        seen = [stage for stage in STAGES if stage.name in ("conform", "pacing", "reframe")]
        found = engine.plan(asked, seen)
        all_planned(found)
        plain = engine.plan(asked[:1], seen[:1]).renderings[0].planned.programme
        if film:
            return preview(plain, found.renderings[0].planned.programme, target)
        faces = engine.ask(Measure(Faces(), plain.conformed))
        planned_of = [(each.name, each.planned.programme) for each in found.renderings]
        unseen = any(not look.faces for look in faces.looks)
        bodies = engine.ask(Measure(Bodies(), plain.conformed)) if unseen else None
        spotted = cropped.ClipSightings(faces, bodies, _cuts(engine, found))
        sheets.write(cropped.page(plain, planned_of, spotted, share(len(planned_of))), target)
    return target


def scopes(job: Job | LoadedJob, name: str, target: Path, at: Sequence[Fraction] = ()) -> Path:
    """Write a sheet (.png or .html) of moments of a deliverable's clip (default: its middle), before and after its grade, with scopes."""
    sheets.form(target)
    asked = select_one(bare(job), name)
    with scratch(None) as place:
        engine = Engine(Job("scopes", place, scoped.before_and_after(asked)), STAGES)
        found = engine.plan(stages=[stage for stage in STAGES if stage.name in ("conform", "colour")])
        all_planned(found)
        programmes = [each.planned.programme for each in found.renderings]
        named = [(label, each) for label, each in zip(("before", "after"), programmes, strict=True)]
        shown = named if programmes[0].picture != programmes[1].picture else [("as it is", programmes[0])]
        sheets.write(scoped.page(asked.source.name, shown, at or (programmes[0].duration / 2,)), target)
    return target


def styles(
    clip: str | Path, target: Path, names: Sequence[str] = (), captions: str = "", preset: str = "tiktok"
) -> Path:
    """Write a sheet (.png or .html) of a clip framed for a destination, with captions in each style: those named, or all of ours.

    The captions are those of a file, or a few lines of ours.
    """
    sheets.form(target)
    asked = tuple(dict.fromkeys(names or resources.names("styles")))
    file = {"file": captions} if captions else {}
    found = [select_one(alone(clip, [preset], {"captions": {"style": name, **file}}).job) for name in asked]
    with scratch(None) as place:
        engine = Engine(Job("styles", place, styled.style_variants(found)), STAGES)
        plan = engine.plan(stages=[stage for stage in STAGES if "video" in stage.touches])
        all_planned(plan)
        sheets.write(styled.page(asked, [each.planned.programme for each in plan.renderings]), target)
    return target
