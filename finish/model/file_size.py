"""Whether a delivery of a given length fits the destination's file size and rate, and the bit rate ceiling
with which it fits."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import Final

from finish.errors import LimitError
from finish.model import messages
from finish.model.account import in_seconds
from finish.model.delivery import Delivery, DeliveryLimits
from finish.model.notes import Note
from finish.units import number

# Besides the picture, the tables of an MP4 take less than 24 bytes per frame and 8 bytes per block of sound
# (60 Hz: 15 kbit/s), and about 4 kB once. A sound encoder keeps its rate only on average, within 5 % (house).
_TABLES: Final = 16  # kbit/s
_ONCE: Final = 64  # kbit
_SOUND: Final = Fraction(105, 100)


def fitted(delivery: Delivery, rate: Fraction, seconds: Fraction) -> tuple[Delivery, tuple[Note, ...]]:
    """The delivery of `seconds` at `rate` (Hz), with a ceiling that keeps the file within its limits, and a
    note if the ceiling was lowered.

    LimitError if the ceiling would be too low for such a picture, or if the codec has no ceiling.
    """
    whole = _room(delivery.limits, seconds)
    if whole is None:
        return delivery, ()
    room = whole - _ONCE - (_TABLES + delivery.sound.kbits * _SOUND) * seconds
    picture, frame = delivery.picture, delivery.frame
    if picture.most(frame, rate, seconds) <= room:
        return delivery, ()
    ceiling, least = picture.ceiling(room, seconds), picture.least(frame, rate)
    stated, length = _stated(delivery.limits), in_seconds(seconds)
    if ceiling < least:
        message = (
            f"{length} in {stated} leave {ceiling} kbit/s for the picture, "
            f"but {frame} needs {ceil(least)} kbit/s"
        )
        raise LimitError(message, "cut the clip, or make the frame smaller: encode: {size: …}")
    lower = delivery.model_copy(update={"picture": picture.under(ceiling)})
    return lower, (messages.rate_lowered(length, stated, ceiling),)


def _room(limits: DeliveryLimits, seconds: Fraction) -> Fraction | None:
    """The kbit that the file may have; None without a limit."""
    rooms = [
        *([Fraction(limits.bytes_max * 8, 1000)] if limits.bytes_max else []),
        *([limits.kbits_max * seconds] if limits.kbits_max else []),
    ]
    return min(rooms, default=None)


def _stated(limits: DeliveryLimits) -> str:
    """The limits in words, such as "512 MB and 25000 kbit/s"."""
    size = [f"{number(Fraction(limits.bytes_max, 10**6))} MB"] if limits.bytes_max else []
    return " and ".join([*size, *([f"{limits.kbits_max} kbit/s"] if limits.kbits_max else [])])
