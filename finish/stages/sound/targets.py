"""What destinations ask of a sound, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True)
class Target:
    """Integrated loudness (LUFS) ± `tolerance` (LU), true peak at most `ceiling` (dBTP), short-term loudness at most `short_term` (LUFS,
    None: any), and who says so."""

    lufs: float
    ceiling: float
    tolerance: float
    source: str
    short_term: float | None = None


PROMISED: Final = 0.1       # LU; what we hold wherever a destination allows more, or says nothing

TARGETS: Final[Mapping[str, Target]] = MappingProxyType({
    "social": Target(-14.0, -1.5, PROMISED, "house policy: TikTok and Instagram publish none, vendors quote -14 LUFS, -1 to -1.5 dBTP"),
    "r128": Target(-23.0, -1.0, 0.2, "EBU R 128 and Tech 3343 (2023): -23.0 LUFS ±0.2 LU, -1 dBTP"),
    "r128-s1": Target(-23.0, -1.0, 0.2, "EBU R 128 s1 (short form), Tech 3343 (2023): -23.0 LUFS, short-term at most -18, -1 dBTP", -18.0),
    "dpp": Target(-23.0, -3.0, 0.2, "UK DPP: -23 LUFS ±0.5, -3 dBTP (recalled, not read again)"),
    "a85": Target(-24.0, -2.0, PROMISED, "ATSC A/85: -24 LKFS ±2 dB, -2 dBTP"),
    "podcast": Target(-16.0, -1.0, PROMISED, "Apple Podcasts: -16 LKFS ±1 dB, -1 dBTP"),
})
