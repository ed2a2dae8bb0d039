"""Refuses what a destination doesn't accept, before anything is rendered."""

from __future__ import annotations

from finish.checks.delivery_format import between
from finish.errors import LimitError
from finish.model import Delivery, Programme, Tolerance
from finish.units import number


def refuse_too_long(programme: Programme, delivery: Delivery) -> None:
    """LimitError for a programme that is too long.

    No later stage shortens it, and a sound of that length must not be encoded.
    """
    longest = delivery.limits.seconds_max
    if longest is not None and programme.duration > longest:
        refuse_outside(programme, delivery)


def refuse_outside(programme: Programme, delivery: Delivery) -> None:
    """LimitError for a duration or a frame size that the destination doesn't accept."""
    limits, frame = delivery.limits, programme.frame
    sides = sorted((frame.width, frame.height))
    facts = (
        ("length", programme.duration, "s", between(limits.seconds_min, limits.seconds_max)),
        ("short side", sides[0], "px", between(limits.side_min, None)),
        ("long side", sides[1], "px", between(None, limits.side_max)),
    )
    for name, value, unit, accepted in facts:
        if accepted is not None and not accepted.holds(value):
            too_much = accepted.high is not None and value > accepted.high
            destination = delivery.preset or "the destination"
            message = f"{name} is {number(value)} {unit}, but {destination} needs {_needed(accepted)} {unit}"
            raise LimitError(message, _hint(name, too_much))


def _needed(accepted: Tolerance) -> str:
    """A range in words: "at least 3", "at most 60", "3 to 60"."""
    if accepted.low is None:
        return f"at most {accepted.high:g}"
    return f"at least {accepted.low:g}" if accepted.high is None else f"{accepted.low:g} to {accepted.high:g}"


def _hint(name: str, too_much: bool) -> str:
    if name == "length":
        return f"{'shorten' if too_much else 'lengthen'} the clip, or choose another destination"
    return f"{'reduce' if too_much else 'increase'} encode.size"
