"""Previews: small, or a range, from the same plan as the delivery. They aren't checked or published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from finish import graph
from finish.deliver.mux import mux
from finish.deliver.outcome import Outcome
from finish.engine import job_paths
from finish.engine.engine import Engine
from finish.engine.progress import Progress
from finish.engine.selection import by_footage
from finish.errors import FinishError, SpecError
from finish.model import AAC, H264, Container, Deliverable, Delivery, DeliveryLimits, SafeZone
from finish.planning.piece_tasks import PieceTask
from finish.planning.render_plan import Piece, Rendering
from finish.storage.cleanup import discard
from finish.storage.publish import draft_beside
from finish.units import Size, Span, clock, even

# Short side of a draft (px; design: verbs): a quarter of the pixels of a 1080 delivery, and captions stay
# readable.
DRAFT_SIDE: Final = 540
DRAFTS: Final = "drafts"
_FAST: Final = H264(speed="ultrafast", crf=26)


@dataclass(frozen=True)
class PreviewRequest:
    """What to preview: only `span` of the programme, or all; in the delivery's size, or small (`draft`)."""

    span: Span | None = None
    draft: bool = False


def preview(
    engine: Engine, deliverables: tuple[Deliverable, ...], request: PreviewRequest
) -> Iterator[Outcome]:
    """Render previews into the job's `drafts/`, clip after clip; one outcome for each deliverable."""
    job_paths.refuse_odd(engine.job, engine.out, engine.store.folder)
    job_paths.refuse_unwritable(engine.job.folder / DRAFTS, engine.store.folder)
    for _, group in by_footage(deliverables):
        drafts = [
            replace(deliverable, delivery=small(deliverable.delivery), spec_digest="")
            for deliverable in group
        ]
        plan = engine.plan(drafts if request.draft else group)
        yield from (Outcome(refused.deliverable.name, None, error=refused.error) for refused in plan.refused)
        previews: list[Rendering] = []
        for rendering in plan.renderings:
            try:
                previews.append(part(rendering, request.span))
            except FinishError as error:
                yield Outcome(rendering.name, None, error=error)
        yield from _rendered(engine, previews, request.span)


def _rendered(engine: Engine, previews: list[Rendering], span: Span | None) -> Iterator[Outcome]:
    """Render previews of one clip with one process."""
    if not previews:
        return
    task = PieceTask((tuple(preview.pieces[0] for preview in previews),))
    engine.renderer.make(*task.streams, tell=Progress(engine.tell, sum(task.frames.values())).of(task))
    for preview in previews:
        name = preview.name
        times = f"-{float(span.start):.2f}-{float(span.end):.2f}" if span else ""
        target = engine.job.folder / DRAFTS / f"{name}{times}{preview.filename.removeprefix(name)}"
        draft = draft_beside(target.parent, target.name)
        try:
            mux(engine.renderer, preview, draft)
            draft.replace(target)
        finally:
            discard(draft)
        yield Outcome(name, target, notes=preview.planned.programme.notes)


def small(delivery: Delivery) -> Delivery:
    """The delivery with a short side of 540 px, encoded fast, and without the destination's limits."""
    share = min(Fraction(1), Fraction(DRAFT_SIDE, min(delivery.frame.width, delivery.frame.height)))
    safe = SafeZone(**{side: round(inset * share) for side, inset in delivery.safe})
    frame = Size(even(delivery.frame.width * share), even(delivery.frame.height * share))
    changes = {
        "frame": frame,
        "safe": safe,
        "picture": _FAST,
        "sound": AAC(),
        "container": Container(),
        "limits": DeliveryLimits(),
    }
    return delivery.model_copy(update=changes)


def part(rendering: Rendering, span: Span | None) -> Rendering:
    """A range of a rendering in one piece, from 0, without captures; SpecError for a range after the end."""
    if span is None:
        return _whole(rendering)
    programme = rendering.planned.programme
    if span.start >= programme.duration:
        end, start = clock(programme.duration), clock(span.start)
        message = f"{rendering.name} ends at {end}, before the range starts at {start}"
        raise SpecError(message, "choose an earlier range")
    rate = programme.rate
    on_grid = Span(round(span.start * rate) / rate, min(round(span.end * rate) / rate, programme.duration))
    ends = [rendering.picture.inputs[0], rendering.sound.inputs[0]]
    picture, sound = graph.slice_streams(ends, on_grid, programme.preroll)
    picture, sound = picture.encoded(rendering.picture.encoding), sound.encoded(rendering.sound.encoding)
    return _whole(replace(rendering, picture=picture, sound=sound))


def _whole(rendering: Rendering) -> Rendering:
    """A rendering with its picture in one piece, without captures."""
    programme = rendering.planned.programme
    span = Span(Fraction(0), programme.duration)
    return replace(rendering, pieces=(Piece(0, span, programme.frames, rendering.picture),))
