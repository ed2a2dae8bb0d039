"""What a destination does not take is refused before anything is rendered."""

from __future__ import annotations

from finish.checks.delivery_format import between
from finish.errors import LimitError
from finish.model import Delivery, Programme
from finish.units import number


def refuse_too_long(programme: Programme, delivery: Delivery) -> None:
    """LimitError for a programme that is too long: no later stage shortens it, and sound of that length must not be made."""
    longest = delivery.limits.seconds_max
    if longest is not None and programme.duration > longest:
        refuse_outside(programme, delivery)


def refuse_outside(programme: Programme, delivery: Delivery) -> None:
    """LimitError for a length or a frame size that the destination does not take."""
    limits, frame = delivery.limits, programme.frame
    length = between(limits.seconds_min, limits.seconds_max)
    shortest, longest = between(limits.side_min, None), between(None, limits.side_max)
    short, long = min(frame.width, frame.height), max(frame.width, frame.height)
    facts = (
        (length, programme.duration, "s", "long", "cut the clip or choose another destination"),
        (shortest, short, "px", "on the short side", "encode: {size: …} can be larger"),
        (longest, long, "px", "on the long side", "encode: {size: …} can be smaller"),
    )
    for accept, fact, unit, which, hint in facts:
        if accept is not None and not accept.holds(fact):
            destination = delivery.preset or "the destination"
            raise LimitError(f"{number(fact)} {unit} {which}, and {destination} takes {accept} {unit}", hint)
