"""The engine on this machine: one picture process for all deliverables of a clip, then mux, check, publish each."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from finish import pipeline, render
from finish.effects import ffmpeg
from finish.effects.probe import probe
from finish.effects.publish import draft_beside, publish, write_manifest
from finish.effects.reader import CAPTURE, Asker, Reader
from finish.effects.store import Store
from finish.effects.workshop import Workshop
from finish.engine.manifest import about, entry
from finish.errors import FinishError, several
from finish.graph import Output
from finish.model import Deliverable, Job, Planned, Refused, Source, Stage, Verdict
from finish.render import Rendering


@dataclass(frozen=True)
class Event:
    """Something to tell while work goes on: `what` is "clip", "plan", "render", "check", "done", "broken" or "failed".

    `name` is the deliverable (or "" for all), `done` the share of the step that is finished, if known.
    """

    what: str
    name: str = ""
    message: str = ""
    done: float | None = None


@dataclass(frozen=True)
class Outcome:
    """How one deliverable ended: its file when it was published, every verdict, or the error that stopped it."""

    name: str
    path: Path | None
    verdicts: tuple[Verdict, ...] = ()
    notes: tuple[str, ...] = ()
    error: FinishError | None = None
    digest: str = ""
    source: Source | None = field(default=None, repr=False)

    @property
    def broken(self) -> tuple[Verdict, ...]:
        return tuple(each for each in self.verdicts if not each.kept)

    @property
    def exit_code(self) -> int:
        return self.error.exit_code if self.error else 1 if self.broken else 0


@dataclass(frozen=True)
class Plan:
    """What would be made of a clip, and what cannot be."""

    renderings: tuple[Rendering, ...]
    refused: tuple[Refused, ...] = ()


Tell = Callable[[Event], None]
CHECKED_AT_ONCE: Final = 2


class Engine:
    """One job's workshop: its store, and everything measured and made so far."""

    def __init__(  # noqa: PLR0913 (all but two named and optional)
        self, job: Job, stages: Sequence[Stage], *, tell: Tell | None = None, cancel: threading.Event | None = None,
        store: Store | None = None, out: Path | None = None,
    ) -> None:
        self.job, self.stages = job, tuple(stages)
        self.out = out or job.folder / "out"
        self.keeps_manifest = out is None  # a folder that is not the job's own gets the file that was asked for, and no other
        self.tell: Tell = tell or (lambda _: None)
        self.store = store or Store(store_folder(job))
        self.workshop = Workshop(self.store, cancel)
        self.reader = Reader(self.workshop)
        self.ask = Asker(self.reader, self.store)

    def plan(self, deliverables: Sequence[Deliverable] | None = None, stages: Sequence[Stage] | None = None) -> Plan:
        """What would be rendered; asks the clips what planning needs to know. A clip that cannot be used refuses its deliverables."""
        self._refuse_odd_places()
        chosen = self.job.deliverables if deliverables is None else tuple(deliverables)
        found = [each for clip, asked in by_clip(chosen) for each in self._planned(clip, asked, tuple(stages or self.stages))]
        planned = [each for each in found if isinstance(each, Planned)]
        return Plan(render.renderings(planned, CAPTURE), tuple(each for each in found if isinstance(each, Refused)))

    def _planned(self, clip: Path, asked: tuple[Deliverable, ...], stages: tuple[Stage, ...]) -> tuple[Planned | Refused, ...]:
        self.tell(Event("plan", message=f"reading {clip.name}"))
        try:
            source = probe(clip, self._shown(clip))
            with ThreadPoolExecutor(1) as pool:
                heard = pool.submit(self._listen, source, asked, stages)
                try:
                    found = pipeline.plan(source, asked, stages, self.ask)
                    heard.result()
                except BaseException as stop:
                    if getattr(stop, "code", "interrupted") == "interrupted":  # the other thread must end too, at once
                        self.workshop.cancel.set()
                    raise
                return found
        except FinishError as wrong:
            if wrong.code == "interrupted":
                raise
            return tuple(Refused(each, wrong) for each in asked)

    def _listen(self, source: Source, asked: tuple[Deliverable, ...], stages: tuple[Stage, ...]) -> None:
        """Have what the stages of sound ask answered while the picture is looked at: two decoders fill two cores.

        What goes wrong here goes wrong again where the plan is made, and is told there.
        """
        hearing = tuple(stage for stage in stages if "audio" in stage.touches)
        with suppress(FinishError):
            pipeline.plan(source, asked, hearing, self.ask)

    def finish(self, deliverables: Sequence[Deliverable] | None = None) -> Iterator[Outcome]:
        """Plan, render, check and publish, clip after clip; one outcome for each deliverable, in the order given.

        One clip's error stops that clip only, and what one clip needs is gone before the next is read.
        """
        chosen = self.job.deliverables if deliverables is None else tuple(deliverables)
        groups = by_clip(chosen)
        for number, (clip, asked) in enumerate(groups, 1):
            if len(groups) > 1:
                self.tell(Event("clip", message=f"{clip.name} ({number} of {len(groups)})"))
            yield from self.run(self.plan(asked))

    def run(self, plan: Plan) -> tuple[Outcome, ...]:
        """Render, check and publish what was planned of one clip; one outcome each."""
        outcomes = [Outcome(each.deliverable.name, None, error=each.error) for each in plan.refused]
        try:
            self._refuse_to_replace_sources(plan)
            self._render(plan)
            outcomes += self._deliver_all(plan.renderings)
        except FinishError as wrong:
            if wrong.code == "interrupted":
                raise
            outcomes += [Outcome(each.name, None, notes=each.planned.programme.notes, error=wrong) for each in plan.renderings]
        return tuple(sorted(outcomes, key=lambda each: self._places[each.name]))

    @cached_property
    def _places(self) -> dict[str, int]:
        """The place of each deliverable in the job."""
        return {name: place for place, name in enumerate(self.job.clips)}

    def _render(self, plan: Plan) -> None:
        if plan.renderings:
            self.workshop.make(render.pictures(plan.renderings), self.progress(plan.renderings[0].planned.programme.frames))
        for each in plan.renderings:
            self.workshop.make([each.sound])

    def _deliver_all(self, renderings: Sequence[Rendering]) -> list[Outcome]:
        """Several at a time: a check is one decoder's work, and decoders leave cores idle."""
        with ThreadPoolExecutor(CHECKED_AT_ONCE) as pool:
            try:
                return list(pool.map(self._deliver, renderings))
            except BaseException:  # stopped: what still runs must end too
                self.workshop.cancel.set()
                raise

    def _refuse_odd_places(self) -> None:
        """Results stay in the job folder, whatever somebody has linked there."""
        for place in (self.out, self.store.folder):
            if place.is_relative_to(self.job.folder) and not place.resolve().is_relative_to(self.job.folder.resolve()):
                message = f"{self._shown(place)} leads out of the job folder, to {place.resolve()}"
                raise FinishError("path", message, "make it a real folder")

    def _refuse_to_replace_sources(self, plan: Plan) -> None:
        for one in plan.renderings:
            target = self.out / one.filename
            if _identity(target) in self._sources:
                raise FinishError("path", f"{one.name} would replace the source {self._shown(target)}", "name it otherwise")

    @cached_property
    def _sources(self) -> frozenset[tuple[int, int]]:
        """The job's own clips as the file system knows them, whatever they are called."""
        found = (_identity(source) for source in {each.source for each in self.job.deliverables})
        return frozenset(each for each in found if each is not None)

    def progress(self, frames: int) -> Callable[[int], None]:
        """What tells how much of `frames` is rendered."""
        begun = time.monotonic()

        def tell(done: int) -> None:
            speed = f"{done / max(0.01, time.monotonic() - begun):.0f} frames/s"
            self.tell(Event("render", message=speed, done=min(1.0, done / frames)))

        return tell

    def _deliver(self, one: Rendering) -> Outcome:
        """Mux, check, publish; nothing of a deliverable with a broken promise is published."""
        draft = draft_beside(self.out, one.filename)
        target = self.out / one.filename
        notes = one.planned.programme.notes
        try:
            self.mux(one, draft)
            self.tell(Event("check", one.name))
            delivered = probe(draft, one.filename)
            verdicts = pipeline.check(one.planned.promises, delivered, self.ask)
            if not all(each.kept for each in verdicts):
                broken = "; ".join(str(each) for each in verdicts if not each.kept)
                self.tell(Event("broken", one.name, broken))
                return Outcome(one.name, None, verdicts, notes, source=delivered)
            publish(draft, target, one.planned.programme.files)
            if self.keeps_manifest:
                write_manifest(self.out, {one.name: entry(one, delivered, verdicts)}, {"job": self.job.name, **about()})
        except FinishError as wrong:
            if wrong.code == "interrupted":
                raise
            self.tell(Event("failed", one.name, str(wrong)))
            return Outcome(one.name, None, (), notes, error=wrong)
        finally:
            draft.unlink(missing_ok=True)
        self.tell(Event("done", one.name, str(target)))
        return Outcome(one.name, target, verdicts, notes, digest=delivered.digest, source=delivered)

    def mux(self, one: Rendering, draft: Path) -> None:
        """Picture and sound, as they were encoded, into one file."""
        container = one.planned.deliverable.delivery.container
        streams = self.workshop.decoded([one.picture, one.sound])
        ffmpeg.write([Output(streams, str(draft), container.format, container.muxing())], cancel=self.workshop.cancel)

    def _shown(self, path: Path) -> str:
        return str(path.relative_to(self.job.folder)) if path.is_relative_to(self.job.folder) else str(path)


def store_folder(job: Job) -> Path:
    """Where a job keeps what it has made and measured; safe to delete."""
    return job.folder / ".finish" / "store"


def by_clip(deliverables: Sequence[Deliverable]) -> tuple[tuple[Path, tuple[Deliverable, ...]], ...]:
    """Deliverables in groups of one clip: what shares a decode."""
    groups: dict[Path, list[Deliverable]] = {}
    for each in deliverables:
        groups.setdefault(each.source, []).append(each)
    return tuple((clip, tuple(group)) for clip, group in groups.items())


def _identity(path: Path) -> tuple[int, int] | None:
    """What the file system knows a file by; None where there is none."""
    if not path.exists():
        return None
    found = path.stat()
    return found.st_dev, found.st_ino


def unmade(job: Job, wanted: Sequence[str]) -> tuple[Outcome, ...]:
    """How the deliverables end that lack something of their own, as the captions of one clip."""
    return tuple(Outcome(each.name, None, error=each.error) for each in job.unmade if not wanted or each.name in wanted)


def only(job: Job, wanted: Sequence[str]) -> tuple[Deliverable, ...]:
    """The named deliverables of a job, or all when none is named; FinishError for a name that it does not have."""
    known, asked = {each.name: each for each in job.deliverables}, list(job.clips)
    hint = f"it has {', '.join(asked[:30])}"
    wrong = [FinishError("spec", f"{job.name} has no deliverable {name!r}", hint) for name in wanted if name not in asked]
    if wrong:
        raise several("spec", tuple(wrong))
    return tuple(known[name] for name in wanted if name in known) if wanted else job.deliverables
