"""The steps from rendered pieces to a published file, in an order that a list states.

To add a step (a timecode track, a signature), write a frozen dataclass with a `__call__` that takes a `Draft` and returns it with
what the step has found or changed, and put it in its place in `finish.engine.engine.Engine`. A step before `Check` may rewrite
`Draft.file`; every step after it sees the file that was checked. A step raises a FinishError to stop the delivery.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from finish.checks.file_check import check_file
from finish.deliver import history
from finish.deliver.manifest import entry, paths_beside
from finish.deliver.mux import mux
from finish.deliver.outcome import Event, Outcome, Tell
from finish.deliver.publication_record import PublicationRecord
from finish.deliver.up_to_date import published_state
from finish.errors import FinishError
from finish.execution.renderer import Renderer
from finish.media.probe_cache import ProbeCache
from finish.model import Ask, CheckResult, Deliverable, Source
from finish.planning.render_plan import Rendering
from finish.storage.publish import publish


@dataclass(frozen=True)
class Draft:
    """A deliverable on its way: `file` is where its bytes are now, `target` is its public name.

    `packets` is the digest of the picture packets that were muxed, `delivered` what a probe of the file says, `results` how its
    promises were kept, and `published` whether the file has its public name.
    """

    rendering: Rendering
    file: Path
    target: Path
    packets: str = ""
    delivered: Source | None = None
    results: tuple[CheckResult, ...] = ()
    published: bool = False

    @property
    def broken(self) -> tuple[CheckResult, ...]:
        """The promises that the file does not keep."""
        return tuple(result for result in self.results if not result.kept)

    @property
    def outcome(self) -> Outcome:
        """How the delivery ends if it ends after this step."""
        notes = self.rendering.planned.programme.notes
        if not self.published:
            return Outcome(self.rendering.name, None, self.results, notes, source=self.delivered)
        return Outcome(
            self.rendering.name,
            self.target,
            self.results,
            notes,
            digest=self.delivered.digest if self.delivered else "",
            source=self.delivered,
            beside=paths_beside(self.rendering, self.target),
        )


class DeliveryStep(Protocol):
    """One step of a delivery."""

    def __call__(self, draft: Draft, /) -> Draft: ...


def deliver(draft: Draft, steps: Sequence[DeliveryStep], tell: Tell, done: str = "") -> Outcome:
    """Take a draft through the steps in their order; the first error or broken promise ends the delivery.

    `done` is what the last event adds to the name of the published file.
    """
    name = draft.rendering.name
    try:
        for step in steps:
            draft = step(draft)
            if draft.broken:
                tell(Event("broken", name, "; ".join(map(str, draft.broken))))
                return draft.outcome
    except FinishError as error:
        tell(Event("failed", name, str(error)))
        return replace(draft.outcome if draft.published else _nothing(draft), error=error)
    tell(Event("done", name, f"{draft.target}{done}"))
    return draft.outcome


def _nothing(draft: Draft) -> Outcome:
    return Outcome(draft.rendering.name, None, notes=draft.rendering.planned.programme.notes)


@dataclass(frozen=True)
class Mux:
    """Puts picture and sound into one file, as they were encoded."""

    renderer: Renderer

    def __call__(self, draft: Draft, /) -> Draft:
        return replace(draft, packets=mux(self.renderer, draft.rendering, draft.file))


@dataclass(frozen=True)
class Check:
    """Asks the file for every promise."""

    renderer: Renderer
    probe: ProbeCache
    ask: Ask
    tell: Tell

    def __call__(self, draft: Draft, /) -> Draft:
        self.tell(Event("check", draft.rendering.name))
        delivered = self.probe(draft.file, draft.rendering.filename, made=True)
        return self.checked(replace(draft, delivered=delivered))

    def checked(self, draft: Draft) -> Draft:
        """The draft, whose file is already probed, with the results of its promises."""
        assert draft.delivered is not None
        if self.renderer.store.shared:  # machines that share no folder share no finished file either
            self.renderer.local_files.add(draft.delivered.path)
        promises = draft.rendering.planned.promises
        return replace(draft, results=check_file(promises, draft.delivered, self.ask, draft.packets))


@dataclass(frozen=True)
class Publish:
    """Gives the file and its sidecars their public names, unless the clip has changed since it was read."""

    renderer: Renderer

    def __call__(self, draft: Draft, /) -> Draft:
        planned = draft.rendering.planned
        self.renderer.refuse_changed([planned.deliverable.source])
        publish(draft.file, draft.target, planned.programme.files)
        return replace(draft, published=True)


@dataclass(frozen=True)
class Record:
    """Writes down what was published: its history in `notes`, its decisions in the lock file, and its entry in the manifest.

    `as_next_asked` is the deliverable as the next run of the job asks for it, with the decisions of this one.
    """

    renderer: Renderer
    notes: Path
    publications: PublicationRecord
    as_next_asked: Callable[[Rendering], Deliverable]

    def __call__(self, draft: Draft, /) -> Draft:
        assert draft.delivered is not None
        rendering, programme = draft.rendering, draft.rendering.planned.programme
        history.keep(self.notes, rendering)
        deliverable = self.as_next_asked(rendering)
        suffixes = tuple(sidecar.suffix for sidecar in programme.files)
        clip = self.renderer.states.get(deliverable.source)
        standing = published_state(deliverable, clip, draft.target, suffixes)
        recorded = entry(rendering, draft.delivered, draft.results, standing)
        self.publications.add(rendering.name, recorded, programme.decisions)
        return draft
