"""The engine on this machine: pictures in pieces, sounds whole; what is missing is rendered, then joined, checked, published."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from finish.checks.file_check import check_file
from finish.engine import cost_model, history, job_paths, lock_file, machine_limits
from finish.engine.manifest import beside, entry, made, picture, stand_beside, written_here
from finish.engine.outcome import TRUSTING, Event, Invalidation, Outcome, Plan, Progress, Tell
from finish.engine.planner import Pictures, Planner
from finish.engine.publication_record import PublicationRecord
from finish.engine.scheduler import Scheduler, in_order
from finish.engine.selection import by_clip, store_of
from finish.engine.up_to_date import record, standing
from finish.engine.upload import Upload
from finish.errors import FinishError, Interrupted
from finish.execution.frame_reader import Analysis, FrameReader
from finish.execution.renderer import Renderer
from finish.execution.tasks import Executor
from finish.graph import Output
from finish.media.ffmpeg import ffmpeg_runner
from finish.media.probe_cache import ProbeCache, state
from finish.model import CheckResult, Deliverable, Job, Source, Stage
from finish.planning import render_plan
from finish.planning.render_plan import PieceTask, Rendering
from finish.storage.cleanup import discard
from finish.storage.download_cache import fetched
from finish.storage.publish import draft_beside, publish, write_once
from finish.storage.store import Store, most_bytes


class Engine:
    """One job's workshop: its store, and everything measured and made so far."""

    def __init__(  # noqa: PLR0913 (all but two named and optional)
        self,
        job: Job,
        stages: Sequence[Stage],
        *,
        tell: Tell | None = None,
        cancel: threading.Event | None = None,
        store: Store | None = None,
        out: Path | None = None,
        anew: Invalidation = TRUSTING,
        hands: Executor | None = None,
    ) -> None:
        self.job, self.stages = job, tuple(stages)
        self.out = out or job.folder / "out"
        self.keeps_manifest = (
            out is None
        )  # a folder that is not the job's own gets the file that was asked for, and no other
        self.tell: Tell = tell or (lambda _: None)
        self.store = store or store_of(job)
        self.workshop = Renderer(self.store, cancel, hands)
        self._at_once = max(1, hands.room()) if hands else machine_limits.RENDERED_AT_ONCE
        self.reader = FrameReader(self.workshop)
        self.ask = Analysis(self.reader, self.store)
        self.probe = ProbeCache(self.store.alone(), verify=anew.verify, cancel=self.workshop.cancel)
        self.anew = anew
        lock = lock_file.lock_of(job) if self.keeps_manifest else None
        self._planner = Planner(job, self.stages, self.ask, self.probe, lock, anew)
        self._begun = time.time()
        self._ledger = PublicationRecord(job, self.out)
        self._rendering = Scheduler(self._at_once)
        self._most = most_bytes()
        self._notes = (
            job.folder / ".finish"
        )  # history of what was published: the job's, wherever its store is
        self._sending = Upload(
            job.deliver if self.keeps_manifest else "", self.out, self._notes, self.workshop.cancel
        )

    def plan(
        self, deliverables: Sequence[Deliverable] | None = None, stages: Sequence[Stage] | None = None
    ) -> Plan:
        """What a run would render. A clip that cannot be used refuses its deliverables."""
        job_paths.refuse_odd(self.job, self.out, self.store.folder)
        return self._planner.plan(deliverables, stages)

    def finish(self, deliverables: Sequence[Deliverable] | None = None) -> Iterator[Outcome]:
        """Plan, render, check and publish, clip after clip; one outcome for each deliverable, in the order given.

        One clip's error stops that clip only. While a clip is rendered the next is read and planned; the earlier goes first.
        """
        job_paths.refuse_odd(self.job, self.out, self.store.folder)
        self._sending.refuse({each.source for each in self.job.deliverables})
        groups = by_clip(self.job.deliverables if deliverables is None else tuple(deliverables))
        works = [partial(self._one, number, len(groups), *group) for number, group in enumerate(groups, 1)]
        try:
            with cost_model.noted(
                cost_model.kind(self.job.deliverables, self.stages), self.workshop.meter
            ) as made:
                for outcomes in in_order(
                    works, max(machine_limits.CLIPS_AT_ONCE, self._at_once), self._end_all
                ):
                    made(outcomes)
                    yield from outcomes
        finally:
            self._ledger.close()
            self._sending.close()
        self.store.collect(self._most, since=self._begun)

    def outstanding(self) -> Iterator[tuple[Source, tuple[Deliverable, ...]]]:
        """Each clip, with what is asked of it, that does not stand as it was published; FinishError for one that cannot be read."""
        for clip, asked in by_clip(self.job.deliverables):
            if not self._standing(asked):
                yield self.probe(clip, job_paths.shown(self.job, clip)), asked

    def _one(
        self, number: int, count: int, clip: Path, asked: tuple[Deliverable, ...]
    ) -> tuple[Outcome, ...]:
        if count > 1:
            self.tell(Event("clip", message=f"{clip.name} ({number} of {count})", clip=clip))
        found = self._standing(asked) or self._finished(clip, asked)
        return tuple(self._sending.sent(each) for each in found)

    def _standing(self, asked: Sequence[Deliverable]) -> tuple[Outcome, ...]:
        """The outcomes of a clip of which everything stands as it was published; none where anything may have changed."""
        if self.anew != TRUSTING or any(
            settings.together for each in asked for settings in each.settings.values()
        ):
            return ()  # what other clips sound like may have changed
        found = tuple(
            standing(self.published.get(each.name, {}), each, self.out)
            for each in self._planner.with_decisions(asked)
        )
        return tuple(each for each in found if each) if all(found) else ()

    def _finished(self, clip: Path, asked: tuple[Deliverable, ...]) -> tuple[Outcome, ...]:
        self.tell(Event("plan", message=f"reading {clip.name}", clip=clip))
        try:
            job_paths.refuse_unwritable(
                self.out, self.store.folder, self._notes
            )  # nobody waits for a film that has no place to go
            self.workshop.states[clip] = state(fetched(clip, self.workshop.cancel))
        except FinishError as wrong:
            return tuple(Outcome(each.name, None, error=wrong) for each in asked)
        return self._planned_and_rendered(clip, asked)

    def _planned_and_rendered(self, clip: Path, deliverables: tuple[Deliverable, ...]) -> tuple[Outcome, ...]:
        """Run a clip; its pictures are rendered while its sound is planned, because the search for a gain leaves cores idle."""
        pictures = self._planner.pictures(clip, deliverables)
        with ThreadPoolExecutor(1) as pool:
            rendered = pool.submit(self._render_early, pictures)
            try:
                return self.run(self._planner.complete(pictures), rendered)
            except BaseException as stop:
                self._end_all(stop)
                raise

    def _render_early(self, pictures: Pictures) -> None:
        """Render what `run` will need. A picture that is published already is needed only if something else of it has changed."""
        renderings = self._planner.promising(pictures)
        self.render(
            [
                rendering
                for rendering in renderings
                if self.published.get(rendering.name, {}).get("picture") != picture(rendering)
            ]
        )

    def run(self, plan: Plan, rendered: Future[None] | None = None) -> tuple[Outcome, ...]:
        """Render, check and publish what was planned of one clip; one outcome each. Waits for pictures that are being `rendered`."""
        outcomes = [Outcome(each.deliverable.name, None, error=each.error) for each in plan.refused]
        try:
            job_paths.refuse_to_replace(self.job, self._sources, plan, self.out)
            for draft in {draft for one in plan.renderings for draft in one.planned.programme.drafts}:
                write_once(draft.path, draft.content)
            if rendered:
                rendered.result()
            kept = {
                one.name: outcome for one in plan.renderings if (outcome := self._unchanged(one)) is not None
            }
            changed = [one for one in plan.renderings if one.name not in kept]
            self.render(changed)
            for each in changed:
                self.workshop.make([each.sound])
            outcomes += [*kept.values(), *self._deliver_all(changed)]
        except FinishError as wrong:
            outcomes += [
                Outcome(each.name, None, notes=each.planned.programme.notes, error=wrong)
                for each in plan.renderings
            ]
        return tuple(sorted(outcomes, key=lambda each: self._places[each.name]))

    @cached_property
    def _places(self) -> dict[str, int]:
        """The place of each deliverable in the job."""
        return {name: place for place, name in enumerate(self.job.clips)}

    @cached_property
    def _sources(self) -> frozenset[tuple[int, int]]:
        return job_paths.sources(self.job)

    @cached_property
    def published(self) -> Mapping[str, Mapping[str, Any]]:
        """What the job's manifest said of each deliverable before this run."""
        return written_here(self.out) if self.keeps_manifest else {}

    def _unchanged(self, one: Rendering) -> Outcome | None:
        """The published file itself, where it is the very one that would be made now; every promise is looked at all the same."""
        known, target = self.published.get(one.name, {}), self.out / one.filename
        if known.get("made") != made(one) or not target.is_file() or not stand_beside(one, target):
            return None
        try:
            delivered = self.probe(target, one.filename, made=True)
        except FinishError:  # somebody has harmed it
            return None
        if delivered.digest != known.get("sha256"):
            return None
        verdicts = self._judged(one, delivered, delivered.packets)
        if not all(each.kept for each in verdicts):
            return None
        self._note(one, entry(one, delivered, verdicts))
        self.tell(Event("done", one.name, f"{target}: unchanged"))
        return self._published(one, delivered, verdicts)

    def render(self, renderings: Sequence[Rendering]) -> None:
        """Have every piece of the pictures, first things first, in as many processes as the cores hold."""
        tasks = render_plan.tasks(
            renderings, lambda piece: self.workshop.find(piece) is not None, machine_limits.PIXELS_AT_ONCE
        )
        if not tasks:
            return
        clip, number = renderings[0].planned.deliverable.source, self._places.get(renderings[0].name, 0)
        progress = Progress(self.tell, sum(sum(task.frames.values()) for task in tasks), clip)

        def make(task: PieceTask) -> None:
            with self._rendering.turn(number):
                self.workshop.make(*task.streams, tell=progress.of(task), frames=task.frames)

        list(in_order([partial(make, task) for task in tasks], self._at_once, self._end_all))

    def revision(self, one: Rendering) -> Iterator[str]:
        """What a run would render of a deliverable, and why, in lines."""
        return history.text(
            one, history.known(self._notes, one.name), lambda piece: self.workshop.find(piece) is not None
        )

    def difference(self, one: Rendering) -> Iterator[str]:
        """Where a deliverable's history is not that of the published file, in lines."""
        return history.difference(one, history.known(self._notes, one.name))

    def _end_all(self, stop: BaseException) -> None:
        """What runs in other threads must end too, at once, when somebody stops the run."""
        if isinstance(stop, Interrupted | KeyboardInterrupt | GeneratorExit):
            self.workshop.cancel.set()  # several engines may share it, and a fault in one is none of the others'

    def _deliver_all(self, renderings: Sequence[Rendering]) -> list[Outcome]:
        """Several at a time: a check is one decoder's work, and decoders leave cores idle."""
        return list(
            in_order(
                [partial(self._deliver, each) for each in renderings],
                machine_limits.CHECKED_AT_ONCE,
                self._end_all,
            )
        )

    def _deliver(self, one: Rendering) -> Outcome:
        """Mux, check, publish; nothing of a deliverable with a broken promise is published."""
        draft = draft_beside(self.out, one.filename)
        target = self.out / one.filename
        notes = one.planned.programme.notes
        try:
            packets = self.mux(one, draft)
            self.tell(Event("check", one.name))
            delivered = self.probe(draft, one.filename, made=True)
            verdicts = self._judged(one, delivered, packets)
            if not all(each.kept for each in verdicts):
                broken = "; ".join(str(each) for each in verdicts if not each.kept)
                self.tell(Event("broken", one.name, broken))
                return Outcome(one.name, None, verdicts, notes, source=delivered)
            self.workshop.refuse_changed([one.planned.deliverable.source])
            publish(draft, target, one.planned.programme.files)
            if self.keeps_manifest:
                self._note(one, entry(one, delivered, verdicts))
        except FinishError as wrong:
            self.tell(Event("failed", one.name, str(wrong)))
            return Outcome(one.name, None, (), notes, error=wrong)
        finally:
            discard(draft)
        self.tell(Event("done", one.name, str(target)))
        return self._published(one, delivered, verdicts)

    def _judged(self, one: Rendering, delivered: Source, packets: str) -> tuple[CheckResult, ...]:
        if self.store.shelf:  # machines that share no folder share no finished file either
            self.workshop.here.add(delivered.path)
        return check_file(one.planned.promises, delivered, self.ask, packets)

    def _published(self, one: Rendering, delivered: Source, verdicts: Sequence[CheckResult]) -> Outcome:
        target, notes = self.out / one.filename, one.planned.programme.notes
        files = beside(one, target)
        return Outcome(
            one.name, target, tuple(verdicts), notes, digest=delivered.digest, source=delivered, beside=files
        )

    def _note(self, one: Rendering, said: dict[str, Any]) -> None:
        """Write down what was published: its history, its decisions, and its entry in the manifest."""
        history.keep(self._notes, one)
        decisions = one.planned.programme.decisions
        locked = {
            **self._planner.locked.get(one.name, {}),
            **{each.stage: {"of": each.of, **each.values} for each in decisions},
        }
        delivery = self._planner.all_deliverables[
            one.name
        ].delivery  # as it was asked for: a plan may lower its ceiling
        asked = replace(one.planned.deliverable, delivery=delivery, locked=locked)
        beside = tuple(each.suffix for each in one.planned.programme.files)
        said["standing"] = record(
            asked, self.workshop.states.get(asked.source), self.out / one.filename, beside
        )
        self._ledger.add(one.name, said, decisions)

    def mux(self, one: Rendering, draft: Path) -> str:
        """Picture and sound, as they were encoded, into one file; the digest of the picture's packets."""
        container = one.planned.deliverable.delivery.container
        (sound,) = self.workshop.decoded([one.sound])
        pieces, frames = [each.picture for each in one.pieces], [each.frames for each in one.pieces]
        with self.workshop.assembled(pieces, frames, one.planned.programme.rate) as (picture, packets):
            ffmpeg_runner.write(
                [Output((picture, sound), str(draft), container.format, container.muxing())],
                cancel=self.workshop.cancel,
            )
        ffmpeg_runner.refuse_absent(draft)
        return packets
