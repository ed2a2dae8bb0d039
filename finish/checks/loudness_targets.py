"""The loudness standards of destinations, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Gate = Literal["programme", "dialogue"]


@dataclass(frozen=True)
class LoudnessStandard:
    """The loudness that a destination requires, and the `source` of its numbers.

    Integrated loudness is `lufs` ± `tolerance` (LU), the true peak at most `ceiling` (dBTP), and short-term
    loudness at most `short_term` (LUFS, None: any). With the gate "dialogue", the loudness is that of speech
    (see `Dialogue`).
    """

    lufs: float
    ceiling: float
    tolerance: float
    source: str
    short_term: float | None = None
    gate: Gate = "programme"


PROMISED: Final = 0.1  # LU; the tolerance of finish where a destination allows more, or states none
ESTIMATED: Final = 0.5  # LU; the tolerance for dialogue, which a detector finds
_TWO: Final = (
    "dialogue -27 LKFS ±2, -2 dBTP (speech below 15 %: programme -24 LKFS); an estimate, of where WebRTC's "
    "detector hears speech"
)

TARGETS: Final[Mapping[str, LoudnessStandard]] = MappingProxyType(
    {
        "social": LoudnessStandard(
            -14.0,
            -1.5,
            PROMISED,
            "house policy: TikTok and Instagram publish none, vendors quote -14 LUFS, -1 to -1.5 dBTP",
        ),
        "youtube": LoudnessStandard(
            -14.0, -1.0, PROMISED, "YouTube turns down to -14 LUFS (unpublished), -1 dBTP"
        ),
        "spotify": LoudnessStandard(
            -14.0, -1.0, PROMISED, "Spotify: -14 LUFS, -1 dBTP (recalled, not read again)"
        ),
        "snapchat": LoudnessStandard(
            -16.0,
            -1.5,
            PROMISED,
            "Snapchat's advertisements: -16 LUFS (quoted); no peak is named: house policy, -1.5 dBTP",
        ),
        "podcast": LoudnessStandard(-16.0, -1.0, PROMISED, "Apple Podcasts: -16 LKFS ±1 dB, -1 dBTP"),
        "aes-speech": LoudnessStandard(
            -18.0, -1.0, PROMISED, "AES TD1008: speech -18 LUFS (quoted), -1 dBTP"
        ),
        "aes-music": LoudnessStandard(
            -16.0, -1.0, PROMISED, "AES TD1008: a track of music -16 LUFS (quoted), -1 dBTP"
        ),
        "r128": LoudnessStandard(
            -23.0, -1.0, 0.2, "EBU R 128 and Tech 3343 (2023): -23.0 LUFS ±0.2 LU, -1 dBTP"
        ),
        "r128-s1": LoudnessStandard(
            -23.0,
            -1.0,
            0.2,
            "EBU R 128 s1 (short form), Tech 3343 (2023): -23.0 LUFS, short-term at most -18, -1 dBTP",
            -18.0,
        ),
        "r128-s2": LoudnessStandard(
            -18.0,
            -1.0,
            0.2,
            "EBU R 128 s2 (streaming to what is no television set), Tech 3343 (2023): -18 LUFS, -1 dBTP",
        ),
        "dpp": LoudnessStandard(
            -23.0, -3.0, 0.2, "UK DPP: -23 LUFS ±0.5, -3 dBTP (recalled, not read again)"
        ),
        "a85": LoudnessStandard(-24.0, -2.0, PROMISED, "ATSC A/85: -24 LKFS ±2 dB, -2 dBTP"),
        "netflix": LoudnessStandard(-27.0, -2.0, ESTIMATED, f"Netflix originals: {_TWO}", gate="dialogue"),
        "streaming": LoudnessStandard(
            -27.0, -2.0, ESTIMATED, f"Prime, Apple TV+, Disney+, Max (quoted): {_TWO}", gate="dialogue"
        ),
    }
)
