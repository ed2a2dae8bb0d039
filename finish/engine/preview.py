"""A look before delivery: small, or a part, from the same plan as the delivery; not checked, and never published."""

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
from finish.engine.selection import by_clip
from finish.errors import FinishError, SpecError
from finish.model import AAC, H264, Container, Deliverable, Delivery, DeliveryLimits, SafeZone
from finish.planning.piece_tasks import PieceTask
from finish.planning.render_plan import Piece, Rendering
from finish.storage.cleanup import discard
from finish.storage.publish import draft_beside
from finish.units import Size, Span, clock, even

# Short side of a draft in pixels (design: verbs): a quarter of the pixels of a 1080 delivery, and captions can still be read.
DRAFT_SIDE: Final = 540
DRAFTS: Final = "drafts"
_FAST: Final = H264(speed="ultrafast", crf=26)


@dataclass(frozen=True)
class PreviewRequest:
    """What of a job is to be looked at: only `span` of the programme, or all; as it will be delivered, or small (`draft`)."""

    span: Span | None = None
    draft: bool = False


def preview(
    engine: Engine, deliverables: tuple[Deliverable, ...], asked: PreviewRequest
) -> Iterator[Outcome]:
    """Render into the job's `drafts/`, clip after clip; one outcome for each deliverable."""
    job_paths.refuse_odd(engine.job, engine.out, engine.store.folder)
    job_paths.refuse_unwritable(engine.job.folder / DRAFTS, engine.store.folder)
    for _, group in by_clip(deliverables):
        plan = engine.plan(
            [replace(each, delivery=small(each.delivery)) for each in group] if asked.draft else group
        )
        yield from (Outcome(each.deliverable.name, None, error=each.error) for each in plan.refused)
        shown: list[Rendering] = []
        for one in plan.renderings:
            try:
                shown.append(part(one, asked.span))
            except FinishError as wrong:
                yield Outcome(one.name, None, error=wrong)
        yield from _made(engine, shown, asked.span)


def _made(engine: Engine, shown: list[Rendering], span: Span | None) -> Iterator[Outcome]:
    if not shown:
        return
    task = PieceTask((tuple(each.pieces[0] for each in shown),))
    engine.renderer.make(*task.streams, tell=Progress(engine.tell, sum(task.frames.values())).of(task))
    for one in shown:
        times = f"-{float(span.start):.2f}-{float(span.end):.2f}" if span else ""
        target = engine.job.folder / DRAFTS / f"{one.name}{times}{one.filename.removeprefix(one.name)}"
        draft = draft_beside(target.parent, target.name)
        try:
            mux(engine.renderer, one, draft)
            draft.replace(target)
        finally:
            discard(draft)
        yield Outcome(one.name, target, notes=one.planned.programme.notes)


def small(delivery: Delivery) -> Delivery:
    """The same frame with a short side of 540 px, encoded fast; what the destination limits doesn't matter to a draft."""
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


def part(one: Rendering, span: Span | None) -> Rendering:
    """The pieces of just that time, starting at 0, without what checks compare; SpecError for a time after the end."""
    if span is None:
        return _whole(one)
    programme = one.planned.programme
    if span.start >= programme.duration:
        raise SpecError(
            f"{one.name} ends at {clock(programme.duration)}, before the range starts at {clock(span.start)}",
            "choose an earlier range",
        )
    rate = programme.rate
    shown = Span(round(span.start * rate) / rate, min(round(span.end * rate) / rate, programme.duration))
    picture, sound = graph.slice_streams(
        [one.picture.inputs[0], one.sound.inputs[0]], shown, programme.preroll
    )
    return _whole(
        replace(one, picture=picture.encoded(one.picture.encoding), sound=sound.encoded(one.sound.encoding))
    )


def _whole(one: Rendering) -> Rendering:
    """The picture in one piece, without what checks compare."""
    span = Span(Fraction(0), one.planned.programme.duration)
    return replace(one, pieces=(Piece(0, span, one.planned.programme.frames, one.picture),))
