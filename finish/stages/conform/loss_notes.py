"""Damaged or missing data of a clip: refused, or accepted and noted with the times."""

from __future__ import annotations

from collections.abc import Sequence

from finish.errors import MediaError
from finish.model import Loss, Note, Source
from finish.stages.conform import messages

ACCEPT = "conform: {damaged: accept}"


def damage_notes(source: Source, tracks: tuple[int | None, ...], *, accept: bool) -> tuple[Note, ...]:
    """Notes about everything that is missing from the clip; `tracks` are the numbers of the streams in use.

    MediaError for data that is certainly missing from these, unless the loss is accepted and the rest can be
    delivered.
    """
    used = [loss for loss in source.losses if loss.track is None or loss.track in tracks]
    certain = [loss for loss in used if loss.certain]
    if certain and (not accept or any(loss.hint for loss in certain)):
        raise _damaged(source, certain)
    unused = [loss for loss in source.losses if loss not in used]
    return (
        *([messages.damaged_accepted(certain, source.start)] if certain else []),
        *(messages.possible_loss(loss, source.start) for loss in used if not loss.certain),
        *([messages.damaged_unused(unused, source.start)] if unused else []),
    )


def _damaged(source: Source, losses: Sequence[Loss]) -> MediaError:
    """The error with the hint of a loss that can't be accepted, else how to accept it."""
    hint = next((loss.hint for loss in losses if loss.hint), "")
    accept = f"copy the clip again, or set {ACCEPT} to accept the loss"
    return messages.damaged(source.path.name, losses, source.start, hint or accept)
