"""The steps from rendered pieces to a published file, in the order of a list.

To add a step, such as a timecode track or a signature, write a frozen dataclass with a `__call__` that takes
a `Draft` and returns it with what the step changed or measured, and add it to the list in
`finish.engine.engine.Engine`. A step before `Check` may rewrite `Draft.file`; later steps get
the checked file. To stop the delivery, a step raises a FinishError.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from finish.checks.file_check import check_file
from finish.deliver import history
from finish.deliver.approval_record import approved_streams
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
    """A deliverable between the steps: `file` is the path of its bytes now, `target` its public path.

    `packets` is the digest of the muxed picture packets, `delivered` the probe of the file, `results` its
    check results, and `published` whether the file has its public path.
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
        """The results of broken promises."""
        return tuple(result for result in self.results if not result.kept)

    @property
    def outcome(self) -> Outcome:
        """The outcome if the delivery ends after this step."""
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
    """Run the steps in order; the first error or broken promise ends the delivery.

    `done` is the text that the last event adds to the path of the published file.
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
    """The outcome of a deliverable without a published file or check results."""
    return Outcome(draft.rendering.name, None, notes=draft.rendering.planned.programme.notes)


@dataclass(frozen=True)
class Mux:
    """Muxes the encoded picture and sound into one file."""

    renderer: Renderer

    def __call__(self, draft: Draft, /) -> Draft:
        return replace(draft, packets=mux(self.renderer, draft.rendering, draft.file))


@dataclass(frozen=True)
class Check:
    """Checks every promise on the file."""

    renderer: Renderer
    probe: ProbeCache
    ask: Ask
    tell: Tell

    def __call__(self, draft: Draft, /) -> Draft:
        self.tell(Event("check", draft.rendering.name))
        delivered = self.probe(draft.file, draft.rendering.filename, made=True)
        return self.checked(replace(draft, delivered=delivered))

    def checked(self, draft: Draft) -> Draft:
        """The draft, whose file was probed, with its check results."""
        assert draft.delivered is not None
        if self.renderer.store.shared:  # machines without a common folder can't read the file
            self.renderer.local_files.add(draft.delivered.path)
        promises = draft.rendering.planned.promises
        return replace(draft, results=check_file(promises, draft.delivered, self.ask, draft.packets))


@dataclass(frozen=True)
class Publish:
    """Renames the file and its sidecars to their public paths, unless a clip changed since it was read."""

    renderer: Renderer

    def __call__(self, draft: Draft, /) -> Draft:
        planned = draft.rendering.planned
        self.renderer.refuse_changed(planned.deliverable.clips)
        publish(draft.file, draft.target, planned.programme.files)
        return replace(draft, published=True)


@dataclass(frozen=True)
class Record:
    """Records what was published: history in the folder `notes`, decisions in the lock file, manifest entry.

    `defaults` are those that the job's approval records. `as_next_asked` returns the deliverable as the job's
    next run sees it, with the decisions of this one.
    """

    renderer: Renderer
    notes: Path
    publications: PublicationRecord
    defaults: Mapping[str, Any]
    as_next_asked: Callable[[Rendering], Deliverable]

    def __call__(self, draft: Draft, /) -> Draft:
        assert draft.delivered is not None
        rendering, programme = draft.rendering, draft.rendering.planned.programme
        history.keep(self.notes, rendering)
        deliverable = self.as_next_asked(rendering)
        suffixes = tuple(sidecar.suffix for sidecar in programme.files)
        standing = published_state(deliverable, self.renderer.states, draft.target, suffixes)
        approved = approved_streams(rendering, deliverable.locked, self.defaults)
        recorded = entry(rendering, draft.delivered, draft.results, standing, approved)
        self.publications.add(deliverable, recorded, programme.decisions)
        return draft
