"""The ways in from Python: job folders, single clips, and the stages as a lazy value."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from finish import pipeline, render, resources, spec
from finish._fluent import Fluent
from finish.analyse.shots import Shots
from finish.effects.files import Folder
from finish.effects.newjob import gather, new_job
from finish.effects.probe import probe
from finish.effects.publish import write_whole
from finish.effects.store import Store
from finish.engine.chosen import by_clip, only, store_folder, unmade
from finish.engine.local import Engine
from finish.engine.outcome import TRUSTING, Anew, Event, Outcome, Plan
from finish.engine.preview import Preview, preview
from finish.errors import FinishError, several
from finish.model import Deliverable, Job, Measure, Refused, Settings, Stage, Verdict
from finish.review import looks as looked
from finish.review import planned
from finish.review import sheet as sheets
from finish.review import styles as styled
from finish.review.moments import share
from finish.review.planned import Reel
from finish.review.sheet import Sheet
from finish.review.still import still as write_still
from finish.spec import Loaded, Quick, Shelves
from finish.spec.check import checked
from finish.spec.report import Report
from finish.spec.tree import Origin, tree
from finish.stages import STAGES

Sections = Mapping[str, Mapping[str, Any]]
Listener = Callable[[Event], None]


@dataclass(frozen=True)
class Delivered:
    """A published file: where it lies, every measured fact by the name of its promise, and the verdicts."""

    path: Path
    measured: Mapping[str, Any]
    promises: tuple[Verdict, ...]


def load(target: str | Path, stages: Sequence[Stage] = STAGES) -> Loaded:
    """The job in a folder or job file; FinishError with every mistake at once."""
    return spec.load(Path(target), stages, Folder)


def quick(clip: str | Path, presets: Sequence[str], sections: Sections | None = None, *, folder: Path | None = None,
          stages: Sequence[Stage] = STAGES) -> Loaded:
    """A job without a job file: one clip for some destinations; results go below `folder` (here by default)."""
    here = Path.cwd()
    return spec.quick(Quick(str(clip), tuple(presets), sections or {}), here, folder or here, stages, Folder)


def finishing(  # noqa: PLR0913 (all but the job optional, most of them named)
    job: Job, names: Sequence[str] = (), *, on_event: Listener | None = None, cancel: threading.Event | None = None,
    store: Path | None = None, lenders: Sequence[Path] = (), look: Preview | None = None, anew: Anew = TRUSTING,
    stages: Sequence[Stage] = STAGES,
) -> Iterator[Outcome]:
    """The outcomes of `run` as they come, clip after clip; what the stores of `lenders` hold isn't made again.

    With a `look`, a small or short version goes to the job's `drafts/`, neither checked nor published.
    """
    engine = Engine(job, stages, tell=on_event, cancel=cancel, store=Store(store or store_folder(job), lenders), anew=anew)
    chosen = only(job, names)
    yield from preview(engine, chosen, look) if look else engine.finish(chosen)
    yield from unmade(job, names)


def run(  # noqa: PLR0913
    job: Job, names: Sequence[str] = (), *, on_event: Listener | None = None, cancel: threading.Event | None = None,
    store: Path | None = None, anew: Anew = TRUSTING, stages: Sequence[Stage] = STAGES,
) -> tuple[Outcome, ...]:
    """Finish a job: render, check, publish, and write `out/manifest.json`. One outcome per deliverable, in the job's order.

    What cannot be made ends as an outcome with its error, and the rest goes on.
    """
    return tuple(finishing(job, names, on_event=on_event, cancel=cancel, store=store, anew=anew, stages=stages))


def plan(
    job: Job, names: Sequence[str] = (), *, on_event: Listener | None = None, anew: Anew = TRUSTING, stages: Sequence[Stage] = STAGES,
) -> str:
    """The plan as text: the graph, all that would be promised, what a run would render and why; FinishError for what cannot be."""
    engine = Engine(job, stages, tell=on_event, anew=anew)
    found = engine.plan(only(job, names))
    _all_planned(found)
    revisions = [line for one in found.renderings for line in engine.revision(one)]
    return render.text(found.renderings) + "\n" + "\n".join(revisions) + "\n"


def why(job: Job, names: Sequence[str] = (), *, on_event: Listener | None = None, stages: Sequence[Stage] = STAGES) -> str:
    """Where the deliverables, as planned now, have another history than the published files: every filter that differs, by its piece."""
    engine = Engine(job, stages, tell=on_event)
    found = engine.plan(only(job, names))
    _all_planned(found)
    return "\n".join(f"{one.name}:\n" + "\n".join(f"  {line}" for line in engine.difference(one)) for one in found.renderings) + "\n"


def _all_planned(found: Plan) -> None:
    if found.refused:
        errors = tuple({id(each.error): each.error for each in found.refused}.values())
        raise several(errors[0].code, errors)


def still(job: Job, name: str, at: Fraction, target: Path | None = None, stages: Sequence[Stage] = STAGES) -> Path:
    """Write one exact frame of a deliverable as PNG (default: `NAME-12.40s.png` in the job's `out/`)."""
    engine = Engine(job, stages)
    seeing = [stage for stage in stages if "video" in stage.touches]
    found = engine.plan(only(job, [name]), seeing)
    _all_planned(found)
    (one,) = found.renderings
    return write_still(one.planned, at, target or engine.out / f"{name}-{float(at):.2f}s.png")


def sheet(jobs: Sequence[Job], target: Path | None = None, names: Sequence[str] = (), *, on_event: Listener | None = None,
          stages: Sequence[Stage] = STAGES) -> Sheet:
    """Write one picture (.png) or page (.html) of what is planned: a frame per cue and shot of every deliverable, safe zones drawn.

    Default: `sheet.png` in the `out/` of the first job. What cannot be made is told of on the sheet and in its `errors`;
    FinishError when nothing can.
    """
    path = target or jobs[0].folder / "out" / "sheet.png"
    sheets.form(path)
    chosen = [(Engine(job, stages, tell=on_event), only(job, names)) for job in jobs]
    most = share(sum(len(asked) for _, asked in chosen))
    reels = [_reel(engine, asked) for engine, deliverables in chosen for _, asked in by_clip(deliverables)]
    made, errors = planned.page(reels, most)
    if not any(row.cells for row in made.rows):
        raise several(errors[0].code, errors)
    sheets.write(made, path)
    return Sheet(path, errors)


def _reel(engine: Engine, asked: Sequence[Deliverable]) -> Reel:
    """One clip, planned by the stages of the picture."""
    reel = Reel(engine.job.name, asked[0].source.name)
    try:
        found = engine.plan(asked, [stage for stage in engine.stages if "video" in stage.touches])
        return replace(reel, planned=found.renderings, refused=found.refused, cuts=_cuts(engine, found))
    except FinishError as wrong:
        if wrong.code == "interrupted":
            raise
        return replace(reel, refused=tuple(Refused(each, wrong) for each in asked))


def _cuts(engine: Engine, found: Plan) -> tuple[Fraction, ...]:
    return engine.ask(Measure(Shots(), found.renderings[0].planned.programme.conformed)).cuts if found.renderings else ()


def looks(clip: str | Path, target: Path, names: Sequence[str] = (), most: int = 4) -> Path:
    """Write a sheet (.png or .html) of a clip's own frames, at most `most`, plain and with each look on: those named, or all of ours."""
    sheets.form(target)
    chosen = tuple(dict.fromkeys(names or resources.names("luts")))
    (one,) = quick(clip, ["youtube"], {"colour": {"looks": chosen}}).job.deliverables
    with _scratch(None) as place:
        engine = Engine(Job("looks", place, looked.each_alone(one)), STAGES)
        found = engine.plan(stages=[stage for stage in STAGES if stage.name in ("conform", "colour")])
        _all_planned(found)
        programmes = [each.planned.programme for each in found.renderings]
        cuts = _cuts(engine, found) if programmes[0].duration <= looked.SHORT else ()
        sheets.write(looked.page(("original", *chosen), programmes, cuts, most), target)
    return target


def styles(clip: str | Path, target: Path, names: Sequence[str] = (), captions: str = "", preset: str = "tiktok") -> Path:
    """Write a sheet (.png or .html) of a clip framed for a destination, with captions in each style: those named, or all of ours.

    The captions are those of a file, or a few lines of ours.
    """
    sheets.form(target)
    chosen = tuple(dict.fromkeys(names or resources.names("styles")))
    file = {"file": captions} if captions else {}
    found = [quick(clip, [preset], {"captions": {"style": name, **file}}).job.deliverables[0] for name in chosen]
    with _scratch(None) as place:
        engine = Engine(Job("styles", place, styled.in_turn(found)), STAGES)
        plan = engine.plan(stages=[stage for stage in STAGES if "video" in stage.touches])
        _all_planned(plan)
        sheets.write(styled.page(chosen, [each.planned.programme for each in plan.renderings]), target)
    return target


def qc(file: str | Path, preset: str, *, stages: Sequence[Stage] = STAGES, store: Path | None = None) -> tuple[Verdict, ...]:
    """What a destination demands, asked of a finished file, whoever made it."""
    path = Path(file)
    if not path.exists():
        raise FinishError("path", f"no file {str(file)!r}", "name a finished file")
    loaded = quick(path, [preset], stages=stages)
    (deliverable,) = loaded.job.deliverables
    with _scratch(store) as place:
        engine = Engine(loaded.job, stages, store=Store(place))
        return pipeline.check(pipeline.qc_promises(deliverable, stages), probe(path), engine.ask)


def new(folder: Path, clip: Path | None = None, presets: Sequence[str] = ("tiktok", "youtube")) -> tuple[Path, ...]:
    """Make a job folder whose own `make` works; the files that were written."""
    return new_job(folder, clip, presets)


def save(clip: str | Path, presets: Sequence[str], sections: Sections, folder: Path, stages: Sequence[Stage] = STAGES) -> Path:
    """Write what `quick` would do as a job folder of its own, with copies of the files it names; the folder."""
    quick(clip, presets, sections, folder=folder, stages=stages)  # every mistake is told before anything is written
    inside, held = gather(folder, Path(clip), sections)
    write_whole(folder / "job.yaml", Quick(inside, tuple(presets), held).written().encode())
    return folder


@contextmanager
def _scratch(store: Path | None) -> Iterator[Path]:
    """A store that is gone afterwards, unless one was given."""
    import tempfile

    if store:
        yield store
        return
    with tempfile.TemporaryDirectory(prefix="finish-store-") as folder:
        yield Path(folder)


def open(path: str | Path, stages: Sequence[Stage] = STAGES) -> Clip:
    """A clip to put stages on; nothing is read until it is explained or rendered."""
    return Clip(Path(path), (), tuple(stages))


@dataclass(frozen=True)
class Clip(Fluent):
    """A clip with stages put on it, lazily: their order doesn't matter, a repeated stage replaces the earlier one."""

    path: Path
    stated: tuple[Settings, ...] = ()
    stages: tuple[Stage, ...] = tuple(STAGES)

    def then(self, settings: Settings) -> Clip:
        """The clip with one stage's settings put on it; FinishError for settings of a stage that it doesn't have."""
        if not any(isinstance(settings, stage.Settings) for stage in self.stages):
            raise FinishError("spec", f"no stage takes {type(settings).__module__}.{type(settings).__name__}", "pass it in stages=")
        kept = tuple(each for each in self.stated if type(each) is not type(settings))
        return replace(self, stated=(*kept, settings))

    def _put(self, name: str, values: Mapping[str, Any]) -> Clip:
        stage = next((each for each in self.stages if each.name == name), None)
        if stage is None:
            raise FinishError("spec", f"this clip has no stage {name!r}", f"it has {', '.join(each.name for each in self.stages)}")
        return self.then(_checked(stage, values))

    def explain(self, preset: str = "youtube") -> str:
        """The plan as text, for a destination."""
        return plan(self._job(preset), stages=self.stages)

    def render(self, target: str | Path, preset: str, *, on_event: Listener | None = None, cancel: threading.Event | None = None,
               store: Path | None = None) -> Delivered:
        """Render, check and publish one file; FinishError("promise") when a promise breaks, and then nothing is published."""
        path = Path(target).absolute()
        job = self._job(preset)
        (asked,) = job.deliverables
        if path.suffix != f".{asked.delivery.container.format}":
            raise FinishError("spec", f"{path.name}: {preset} is delivered as .{asked.delivery.container.format}", "name it so")
        named = replace(job, folder=path.parent, deliverables=(replace(asked, name=path.stem),))
        engine = Engine(named, self.stages, tell=on_event, cancel=cancel, store=Store(store) if store else None, out=path.parent)
        (outcome,) = engine.finish()
        return _delivered(outcome)

    def _job(self, preset: str) -> Job:
        sections = {
            stage.name: settings.model_dump(exclude_unset=True, by_alias=True)
            for settings in self.stated for stage in self.stages if isinstance(settings, stage.Settings)
        }
        return quick(self.path, [preset], sections, stages=self.stages).job


def _checked(stage: Stage, values: Mapping[str, Any]) -> Settings:
    """A stage's settings from plain values, with the same messages as for a job file; paths count from the folder of work."""
    report = Report("python")
    here = Path.cwd()
    stated = tree(dict(values), Origin("python", here, path=stage.name))
    settings = checked(stage.Settings, stated, report, Shelves(Folder(Path(here.anchor))))
    report.settle()
    assert settings is not None
    return settings


def _delivered(outcome: Outcome) -> Delivered:
    if outcome.error:
        raise outcome.error
    if outcome.path is None:
        raise FinishError("promise", "; ".join(str(each) for each in outcome.broken), "nothing was published")
    return Delivered(outcome.path, {each.promise.name: each.measured for each in outcome.verdicts}, outcome.verdicts)
