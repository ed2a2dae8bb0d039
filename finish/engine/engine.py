"""A run of a job on this machine: plan, render and deliver, clip after clip."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path

from finish.deliver import history, lock_file, signing
from finish.deliver.approval_notes import ApprovalNotes
from finish.deliver.companion_files import has_approval
from finish.deliver.documents import ManifestEntry
from finish.deliver.manifest import entries_of_ours, is_unchanged, picture_name
from finish.deliver.marking_steps import Sign, WriteMetadata
from finish.deliver.outcome import Event, Outcome, Tell
from finish.deliver.publication_record import PublicationRecord
from finish.deliver.steps import Check, DeliveryStep, Draft, Mux, Publish, Record, deliver
from finish.deliver.upload import Upload
from finish.engine import cost_model, job_paths, machine_limits
from finish.engine.edit_facts import programme_facts
from finish.engine.job_store import store_of
from finish.engine.piece_renderer import PieceRenderer
from finish.engine.plan import TRUSTING, Invalidation, Plan
from finish.engine.planner import Pictures, Planner
from finish.engine.scheduler import in_order
from finish.engine.selection import by_footage
from finish.engine.unchanged_job import footage_event, recorded_outcomes
from finish.errors import FinishError, Interrupted
from finish.execution.frame_reader import Analysis, FrameReader
from finish.execution.renderer import Renderer
from finish.execution.tasks import Executor
from finish.media.probe_cache import ProbeCache
from finish.model import Deliverable, Footage, Job, Source, Stage
from finish.planning.render_plan import Rendering
from finish.storage.cleanup import discard
from finish.storage.download_cache import fetched
from finish.storage.file_state import state
from finish.storage.publish import draft_beside, write_once
from finish.storage.store import Store, most_bytes


class Engine:
    """Runs one job: with one store, it connects the planner, the renderer and the delivery steps.

    Results go to the job's own `out/`, or to the folder `out`, which gets the files without a manifest.
    """

    def __init__(  # noqa: PLR0913 (all but two named and optional)
        self,
        job: Job,
        stages: Sequence[Stage],
        *,
        tell: Tell | None = None,
        cancel: threading.Event | None = None,
        store: Store | None = None,
        out: Path | None = None,
        invalidation: Invalidation = TRUSTING,
        executor: Executor | None = None,
    ) -> None:
        self.job, self.stages, self.invalidation = job, tuple(stages), invalidation
        self.out = out or job.folder / "out"
        self.keeps_manifest = out is None
        self.tell: Tell = tell or (lambda _: None)
        self.store = store or store_of(job)
        self.renderer = Renderer(self.store, cancel, executor)
        self.reader = FrameReader(self.renderer)
        self.ask = Analysis(self.reader, self.store)
        self.probe = ProbeCache(self.store.alone(), verify=invalidation.verify, cancel=self.renderer.cancel)
        self._at_once = max(1, executor.capacity()) if executor else machine_limits.RENDERED_AT_ONCE
        lock = lock_file.lock_of(job) if self.keeps_manifest else None
        self._planner = Planner(job, self.stages, self.ask, self.probe, lock, invalidation)
        self._pieces = PieceRenderer(self.renderer, self._at_once, self.tell, self._stop_others)
        # The publication history belongs to the job, wherever its store is.
        self._notes = job.folder / ".finish"
        self._approval = ApprovalNotes(
            job, self.stages, self.out if self.keeps_manifest else None, self._notes
        )
        self._publications = PublicationRecord(job, self.out, self.stages)
        url = job.deliver if self.keeps_manifest else ""
        self._upload = Upload(url, self.out, self._notes, self.renderer.cancel)
        self._check = Check(self.renderer, self.probe, self.ask, self.tell)
        self._begun = time.time()

    # Delivery steps.

    @property
    def making(self) -> tuple[DeliveryStep, ...]:
        """The steps from rendered pieces to a published file."""
        marking = (WriteMetadata(), Sign(self.published))
        return (Mux(self.renderer), *marking, self._check, Publish(self.renderer))

    @property
    def after_publishing(self) -> tuple[DeliveryStep, ...]:
        """The steps after a file has its public name, or keeps it because nothing has changed."""
        as_next_asked, defaults = self._planner.as_next_asked, self._approval.defaults
        record = Record(self.renderer, self._notes, self._publications, defaults, as_next_asked)
        return (record, self._upload) if self.keeps_manifest else ()

    # Plan.

    def plan(
        self, deliverables: Sequence[Deliverable] | None = None, stages: Sequence[Stage] | None = None
    ) -> Plan:
        """What a run renders. The deliverables of an unusable clip are refused."""
        job_paths.refuse_odd(self.job, self.out, self.store.folder)
        plan = self._planner.plan(deliverables, stages)
        return plan if stages else self._noted(plan)

    def _noted(self, plan: Plan) -> Plan:
        """The plan with notes on what the job's approval changes, and on what it can't keep."""
        return replace(plan, renderings=tuple(map(self._approval.noted, plan.renderings)))

    def revision(self, rendering: Rendering) -> Iterator[str]:
        """What a run renders of a deliverable, and why, as lines."""
        return history.text(rendering, history.known(self._notes, rendering.name), self._pieces.is_rendered)

    def difference(self, rendering: Rendering) -> Iterator[str]:
        """Where the history of a deliverable differs from that of its published file, as lines."""
        return history.difference(rendering, history.known(self._notes, rendering.name))

    def outstanding(self) -> Iterator[tuple[Source, tuple[Deliverable, ...]]]:
        """Each clip or timeline that isn't up to date, as facts of one clip, with its deliverables."""
        for _, deliverables in by_footage(self.job.deliverables):
            if not self._up_to_date(deliverables):
                yield programme_facts(deliverables[0], self._planner.probed), deliverables

    def finish(self, deliverables: Sequence[Deliverable] | None = None) -> Iterator[Outcome]:
        """Plan, render and deliver, clip after clip; one outcome for each deliverable, in the given order.

        An error stops only its own clip. While one clip is rendered, the next is read and planned; the
        earlier clip has priority.
        """
        job_paths.refuse_odd(self.job, self.out, self.store.folder)
        self._upload.refuse({file for deliverable in self.job.deliverables for file in deliverable.inputs})
        deliverables = self.job.deliverables if deliverables is None else deliverables
        signing.refuse_unready(deliverables)
        groups = by_footage(tuple(deliverables))
        clips = [
            partial(self._finish_clip, number, len(groups), *group) for number, group in enumerate(groups, 1)
        ]
        kind = cost_model.kind(self.job.deliverables, self.stages)
        clips_at_once = max(machine_limits.CLIPS_AT_ONCE, self._at_once)
        try:
            with cost_model.recorded(kind, self.renderer.meter) as add_outcomes:
                for outcomes in in_order(clips, clips_at_once, self._stop_others):
                    add_outcomes(outcomes)
                    yield from outcomes
        finally:
            self._publications.close()
            self._upload.close()
        self.store.collect(most_bytes(), since=self._begun)

    def _finish_clip(
        self, number: int, count: int, footage: Footage, deliverables: tuple[Deliverable, ...]
    ) -> tuple[Outcome, ...]:
        if count > 1:
            self.tell(footage_event(footage, number, count))
        outcomes = self._up_to_date(deliverables)
        if outcomes:
            return tuple(self._upload.sent(outcome) for outcome in outcomes)
        self.tell(Event("plan", message=f"reading {footage}", footage=footage))
        try:
            # Before any work, so that nobody waits for a file that can't be written.
            own = () if has_approval(self.job) else (self.job.folder,)
            job_paths.refuse_unwritable(self.out, self.store.folder, self._notes, *own)
            for file in dict.fromkeys(file for deliverable in deliverables for file in deliverable.clips):
                self.renderer.states[file] = state(fetched(file, self.renderer.cancel))
        except FinishError as error:
            return tuple(Outcome(deliverable.name, None, error=error) for deliverable in deliverables)
        return self._plan_and_run(deliverables)

    def _up_to_date(self, deliverables: Sequence[Deliverable]) -> tuple[Outcome, ...]:
        """The outcomes for a clip whose deliverables are all up to date; () if anything may have changed."""
        if self.invalidation != TRUSTING or not has_approval(self.job):
            return ()
        return recorded_outcomes(self._planner.with_decisions(deliverables), self.published, self.out)

    def _plan_and_run(self, deliverables: tuple[Deliverable, ...]) -> tuple[Outcome, ...]:
        """Run a clip.

        Its pictures are rendered while its sound is planned, because the search for a gain leaves cores idle.
        """
        pictures = self._planner.pictures(deliverables)
        with ThreadPoolExecutor(1) as pool:
            rendered = pool.submit(self._render_early, pictures)
            try:
                return self.run(self._noted(self._planner.complete(pictures)), rendered)
            except BaseException as stop:
                self._stop_others(stop)
                raise

    def _render_early(self, pictures: Pictures) -> None:
        """Render what `run` will need.

        A picture that is already published is needed only if another part of its file has changed.
        """
        self.render(
            [rendering for rendering in self._planner.promising(pictures) if not self._has_picture(rendering)]
        )

    def _has_picture(self, rendering: Rendering) -> bool:
        """Whether the published file has exactly this picture."""
        known = self.published.get(rendering.name)
        return known is not None and known.picture == picture_name(rendering)

    def run(self, plan: Plan, rendered: Future[None] | None = None) -> tuple[Outcome, ...]:
        """Render and deliver the plan of a clip; one outcome for each deliverable.

        `rendered` is the early rendering of its pictures.
        """
        outcomes = [Outcome(refused.deliverable.name, None, error=refused.error) for refused in plan.refused]
        try:
            job_paths.refuse_to_replace(self.job, self._sources, plan, self.out)
            for draft in {
                draft for rendering in plan.renderings for draft in rendering.planned.programme.drafts
            }:
                write_once(draft.path, draft.content)
            if rendered:
                rendered.result()
            outcomes += self._deliver_all(plan.renderings)
        except FinishError as error:
            outcomes += [
                Outcome(rendering.name, None, notes=rendering.planned.programme.notes, error=error)
                for rendering in plan.renderings
            ]
        return tuple(sorted(outcomes, key=lambda outcome: self._places[outcome.name]))

    def render(self, renderings: Sequence[Rendering]) -> None:
        """Render every missing piece of the pictures of one clip."""
        if renderings:
            self._pieces.render(renderings, self._places.get(renderings[0].name, 0))

    def _deliver_all(self, renderings: Sequence[Rendering]) -> list[Outcome]:
        """Deliver what has changed, several files in parallel.

        A check is the work of one decoder, which leaves cores idle.
        """
        unchanged = {
            rendering.name: outcome
            for rendering in renderings
            if (outcome := self._deliver_unchanged(rendering)) is not None
        }
        changed = [rendering for rendering in renderings if rendering.name not in unchanged]
        self.render(changed)
        for rendering in changed:
            self.renderer.make([rendering.sound])
        deliveries = [partial(self._deliver, rendering) for rendering in changed]
        delivered = in_order(deliveries, machine_limits.CHECKED_AT_ONCE, self._stop_others)
        return [*unchanged.values(), *delivered]

    def _deliver(self, rendering: Rendering) -> Outcome:
        """Deliver one file. A deliverable with a broken promise isn't published."""
        file = draft_beside(self.out, rendering.filename)
        try:
            draft = Draft(rendering, file, self.out / rendering.filename)
            return deliver(draft, (*self.making, *self.after_publishing), self.tell)
        finally:
            discard(file)

    def _deliver_unchanged(self, rendering: Rendering) -> Outcome | None:
        """The outcome for a published file that is still right; its promises are checked again."""
        known, target = self.published.get(rendering.name), self.out / rendering.filename
        if known is None or not is_unchanged(rendering, known, target):
            return None
        try:
            delivered = self.probe(target, rendering.filename, made=True)
        except FinishError:  # the file is damaged
            return None
        if delivered.digest != known.sha256:
            return None
        draft = Draft(rendering, target, target, delivered.packets, delivered, published=True)
        checked = self._check.checked(draft)
        return None if checked.broken else deliver(checked, self.after_publishing, self.tell, ": unchanged")

    def _stop_others(self, stop: BaseException) -> None:
        """When the run is interrupted, end the work in the other threads at once.

        Several engines may share `cancel`, so an error in one of them doesn't set it.
        """
        if isinstance(stop, Interrupted | KeyboardInterrupt | GeneratorExit):
            self.renderer.cancel.set()

    @cached_property
    def published(self) -> Mapping[str, ManifestEntry]:
        """The entry of each deliverable in the job's manifest before this run."""
        return entries_of_ours(self.out) if self.keeps_manifest else {}

    @cached_property
    def _places(self) -> dict[str, int]:
        """The position of each deliverable in the job."""
        return {name: place for place, name in enumerate(self.job.clips)}

    @cached_property
    def _sources(self) -> frozenset[tuple[int, int]]:
        return job_paths.sources(self.job)
