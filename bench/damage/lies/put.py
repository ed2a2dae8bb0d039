"""Changes of bytes and numbers."""

from __future__ import annotations

import struct
from collections.abc import Callable


def put(data: bytes, at: int, value: bytes) -> bytes:
    """The same bytes with `value` at an offset."""
    return data[:at] + value + data[at + len(value) :]


def u32(value: int) -> bytes:
    """A big-endian number."""
    return struct.pack(">I", value)


def half(value: int) -> int:
    """Half of a number."""
    return value // 2


def to(value: int) -> Callable[[int], int]:
    """This number, whatever it was before."""
    return lambda _: value
