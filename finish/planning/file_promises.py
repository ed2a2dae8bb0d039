"""What a file for a destination must satisfy, as promises: codecs, tags, structure, size, rate, length, and the destination's limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from finish.model import Deliverable, Delivery, DeliveryLimits, Programme, Promise, Stage, Tolerance


def file_promises(programme: Programme, delivery: Delivery) -> tuple[Promise, ...]:
    """The promises of one planned file: exact size, rate and length, and what every file for its destination must satisfy."""
    hint = "the clip may be damaged near its end"
    plan = "the plan"
    return (
        Promise("frame size", "video.size", Tolerance(exactly=programme.frame), source=plan, framing=True),
        Promise("frame rate", "video.rate", Tolerance(exactly=programme.rate), "fps", plan, framing=True),
        Promise(
            "frame count",
            "video.frames",
            Tolerance(exactly=programme.frames),
            "frames",
            plan,
            hint,
            framing=True,
        ),
        *standing_promises(delivery),
    )


def qc_promises(deliverable: Deliverable, stages: Sequence[Stage]) -> tuple[Promise, ...]:
    """What any file for a destination must satisfy, whichever program made it."""
    delivery = deliverable.delivery
    rates = delivery.rates
    return (
        Promise("frame size", "video.size", Tolerance(exactly=delivery.frame), source=delivery.preset),
        Promise(
            "frame rate", "video.rate", Tolerance(float(rates.low), float(rates.high)), "fps", delivery.preset
        ),
        *standing_promises(delivery),
        *(promise for stage in stages for promise in stage.standing(deliverable.settings[stage.name])),
    )


def standing_promises(delivery: Delivery) -> tuple[Promise, ...]:
    """What is true of every file for a destination: codecs, tags, structure, and the destination's limits."""
    source = delivery.preset or "the job"
    exact: tuple[tuple[str, str, Any], ...] = (
        ("square pixels", "video.sample_aspect", 1),
        ("upright", "video.rotation", 0),
        ("whole file", "whole", True),
        ("interlaced", "video.fielded", False),
        ("variable rate", "video.variable", False),
        *((f"{name} tag", f"video.{name}", "bt709") for name in ("primaries", "transfer", "matrix")),
        ("full range", "video.full_range", False),
    )
    return (
        *delivery.picture.promises(source),
        *(Promise(name, fact, Tolerance(exactly=value), source=source) for name, fact, value in exact),
        *delivery.container.promises(source),
        # ITU-R BT.1359: 15 ms is the least lead or lag that anyone notices; ours is 0 but for the container's clock.
        Promise("sound against picture", "sound_lead", Tolerance(-1.0, 1.0), "ms", "ITU-R BT.1359"),
        *delivery.sound.promises(source),
        *limit_promises(delivery.limits, source),
    )


def limit_promises(limits: DeliveryLimits, source: str) -> tuple[Promise, ...]:
    """The destination's limits as promises about the file."""
    table = (
        ("duration", "seconds", within(limits.seconds_min, limits.seconds_max), "s"),
        ("file size", "size", within(None, limits.bytes_max), "bytes"),
        ("mean rate", "kbits", within(None, limits.kbits_max), "kbit/s"),
        ("short side", "video.short_side", within(limits.side_min, None), "px"),
        ("long side", "video.long_side", within(None, limits.side_max), "px"),
    )
    hint = "lower encode: {picture: {max_rate: …}}"
    return tuple(
        Promise(name, fact, accept, unit, source, hint) for name, fact, accept, unit in table if accept
    )


def within(low: Any, high: Any) -> Tolerance | None:
    """The tolerance between two bounds, either of which may be None; None without any."""
    return (
        None
        if low is None and high is None
        else Tolerance(None if low is None else float(low), None if high is None else float(high))
    )
