"""What a destination fixes about every file: frame, codecs, tags, structure and limits."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from finish.model import Delivery, DeliveryLimits, Promise, Source, Tolerance, file_facts
from finish.model.file_facts import FileFact

# ITU-R BT.1359: nobody notices less than 15 ms of lead or lag. Here it is 0, rounded to the container's
# clock.
SYNC: Final = Tolerance(-1.0, 1.0)  # ms

_EVERY_PICTURE: Final[tuple[tuple[str, FileFact[Any], object], ...]] = (
    ("square pixels", file_facts.pixel_aspect, 1),
    ("upright", file_facts.rotation, 0),
    ("whole file", file_facts.whole, True),
    ("interlaced", file_facts.interlaced, False),
    ("variable rate", file_facts.variable_rate, False),
    ("primaries tag", file_facts.primaries, "bt709"),
    ("transfer tag", file_facts.transfer, "bt709"),
    ("matrix tag", file_facts.matrix, "bt709"),
    ("full range", file_facts.full_range, False),
)


def frame(delivery: Delivery) -> tuple[Promise[Source], ...]:
    """The frame's size, and a frame rate that the destination takes."""
    size, rates = Tolerance(exactly=delivery.frame), delivery.rates
    return (
        Promise("frame size", file_facts.frame_size, size, source=delivery.preset),
        Promise(
            "frame rate",
            file_facts.frame_rate,
            Tolerance(float(rates.low), float(rates.high)),
            "fps",
            delivery.preset,
        ),
    )


def file_format(delivery: Delivery) -> tuple[Promise[Source], ...]:
    """Codecs, tags and structure of every file for the destination."""
    source = authority(delivery)
    return (
        *delivery.picture.promises(source),
        *(
            Promise(name, fact, Tolerance(exactly=value), source=source)
            for name, fact, value in _EVERY_PICTURE
        ),
        *delivery.container.promises(source),
        Promise("sound against picture", file_facts.sound_lead, SYNC, "ms", "ITU-R BT.1359"),
        *delivery.sound.promises(source),
    )


def limits(delivery: Delivery) -> tuple[Promise[Source], ...]:
    """The destination's limits."""
    return limit_promises(delivery.limits, authority(delivery))


def authority(delivery: Delivery) -> str:
    """The source of the requirements: the preset, or the job."""
    return delivery.preset or "the job"


def limit_promises(limits: DeliveryLimits, source: str) -> tuple[Promise[Source], ...]:
    """Limits as promises about the file."""
    table: tuple[tuple[str, FileFact[Any], Tolerance | None, str], ...] = (
        ("duration", file_facts.seconds, between(limits.seconds_min, limits.seconds_max), "s"),
        ("file size", file_facts.file_size, between(None, limits.bytes_max), "bytes"),
        ("mean rate", file_facts.mean_rate, between(None, limits.kbits_max), "kbit/s"),
        ("short side", file_facts.short_side, between(limits.side_min, None), "px"),
        ("long side", file_facts.long_side, between(None, limits.side_max), "px"),
    )
    hint = "lower encode: {picture: {max_rate: …}}"
    return tuple(
        Promise(name, fact, accept, unit, source, hint) for name, fact, accept, unit in table if accept
    )


def between(low: Fraction | int | None, high: Fraction | int | None) -> Tolerance | None:
    """The range from `low` to `high`, either of which may be open; None where both are."""
    if low is None and high is None:
        return None
    return Tolerance(None if low is None else float(low), None if high is None else float(high))
