"""The promises about a planned file: its exact frame size, rate and count, and its destination's limits."""

from __future__ import annotations

from finish.checks import delivery_format
from finish.model import Delivery, Programme, Promise, Source, Tolerance, file_facts


def file_promises(programme: Programme, delivery: Delivery) -> tuple[Promise[Source], ...]:
    """The promises about one planned file that no stage makes."""
    hint = "the clip may be damaged near its end"
    size, rate, count = (
        Tolerance(exactly=value) for value in (programme.frame, programme.rate, programme.file_frames)
    )
    plan = "the plan"
    return (
        Promise("frame size", file_facts.frame_size, size, source=plan, framing=True),
        Promise("frame rate", file_facts.frame_rate, rate, "fps", plan, framing=True),
        Promise("frame count", file_facts.frame_count, count, "frames", plan, hint, framing=True),
        *delivery_format.file_format(delivery),
        *delivery_format.limits(delivery),
    )
