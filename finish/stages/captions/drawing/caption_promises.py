"""What a finished file with captions must show, and the frames at which it is checked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final, TypeVar

from finish.analysis.clearance import ExpectedGraphic, GraphicClearance
from finish.checks import graphic_clearance
from finish.graph import Payload, Stream
from finish.model import Delivery, Programme, Promise, Tolerance

T = TypeVar("T")

SAMPLED: Final = 200  # cards at which the finished file is checked: all, or this many evenly spread
# s: an encoder that has no bits left shows a card so much later, and a viewer doesn't see it (house value)
SETTLED: Final = Fraction(1, 20)


def caption_promises(
    delivery: Delivery, graphics: Sequence[ExpectedGraphic], before: Stream
) -> tuple[Promise[Any], ...]:
    """The promises about captions drawn on the picture `before`."""
    safe = delivery.safe.within(delivery.frame)
    shared: dict[str, Any] = {
        "source": "house rule: captions show, and clear of the destination's own buttons",
        "part": "picture",
        "analyser": GraphicClearance.of(delivery.frame, safe, evenly_sampled(graphics)),
        "against": (before,),
    }
    return (
        Promise(
            "captions outside the safe zone",
            graphic_clearance.outside,
            Tolerance(exactly=0),
            "px",
            hint="lower `captions: size` or choose another position; move the text of an ASS file inwards",
            **shared,
        ),
        Promise(
            "captions that don't show",
            graphic_clearance.missing,
            Tolerance(exactly=0),
            "cards",
            hint="for more contrast with the picture, try `captions: style: boxed`; "
            "for more bits, raise `encode: {picture: {max_rate: …}}`",
            **shared,
        ),
        Promise(
            "captions other than planned",
            graphic_clearance.differing,
            Tolerance(exactly=0),
            "places",
            hint="for more bits, raise `encode: {picture: {max_rate: …}}`; if that doesn't help, run again",
            **shared,
        ),
    )


def drawn_with_promises(
    programme: Programme, payload: Payload, graphics: Sequence[ExpectedGraphic], delivery: Delivery
) -> Programme:
    """The programme with an ASS file on its picture, and the promises that its text shows."""
    promises = caption_promises(delivery, graphics, programme.picture)
    return programme.with_picture(with_letters(programme.picture, payload)).add_promises(*promises)


def with_letters(picture: Stream, payload: Payload) -> Stream:
    """A picture with an ASS file drawn on it."""
    return picture.filter("ass", filename=payload, shaping="complex")


def evenly_sampled(items: Sequence[T]) -> Sequence[T]:
    """All items, or as many as are checked, evenly spread."""
    if len(items) <= SAMPLED:
        return items
    return [items[at * (len(items) - 1) // (SAMPLED - 1)] for at in range(SAMPLED)]


def sampled_times(start: int, end: int, rate: Fraction) -> tuple[Fraction, ...]:
    """The times (s) at which a card is checked: its first, settled, middle, and last frame."""
    settled = min(start + math.ceil(SETTLED * rate), end - 1)
    return tuple(frame / rate for frame in sorted({start, settled, (start + end) // 2, end - 1}))
