"""The downmix of a track's channels to two: by their positions, or, without positions, by their content."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from finish.graph import Stream
from finish.model import messages
from finish.model.media import AudioTrack
from finish.model.notes import Note
from finish.model.track_selection import INAUDIBLE, ChannelContent, Listen, loudest

# ITU-R BT.775-3 annex 4: centre and surrounds 3 dB down, no LFE. Positions that it doesn't name (heights,
# between centre and side) get the same power.
_HALF: Final = "0.7071*"
PLACES: Final = {
    "FL": ("", None),
    "FR": (None, ""),
    "FC": (_HALF, _HALF),
    "LFE": (None, None),
    "LFE2": (None, None),
    "BL": (_HALF, None),
    "BR": (None, _HALF),
    "SL": (_HALF, None),
    "SR": (None, _HALF),
    "BC": ("0.5*", "0.5*"),
    "FLC": ("0.9239*", "0.3827*"),
    "FRC": ("0.3827*", "0.9239*"),
    "DL": ("", None),
    "DR": (None, ""),
    "WL": (_HALF, None),
    "WR": (None, _HALF),
    "TFL": (_HALF, None),
    "TFR": (None, _HALF),
    "TBL": (_HALF, None),
    "TBR": (None, _HALF),
    "TSL": (_HALF, None),
    "TSR": (None, _HALF),
    "TC": ("0.5*", "0.5*"),
    "TFC": ("0.5*", "0.5*"),
    "TBC": ("0.5*", "0.5*"),
    "BFC": ("0.5*", "0.5*"),
    "BFL": (_HALF, None),
    "BFR": (None, _HALF),
    "SDL": (_HALF, None),
    "SDR": (None, _HALF),
}
BASS: Final = frozenset({"LFE", "LFE2"})
# The usual layout of a number of channels without positions.
_USUAL: Final = {
    5: ("FL", "FR", "FC", "BL", "BR"),
    6: ("FL", "FR", "FC", "LFE", "BL", "BR"),
    8: ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"),
}


@dataclass(frozen=True)
class Downmix:
    """The downmix of a track to stereo: the arguments of FFmpeg's `pan`, and notes."""

    args: str
    notes: tuple[Note, ...] = ()


def fold(track: AudioTrack, sound: Stream, listen: Listen) -> Downmix:
    """The downmix of a track; its channels are measured if their positions don't decide it."""
    if track.channels == 1:
        return Downmix("stereo|c0=c0|c1=c0")
    if track.channels == 2 and set(track.places) <= {"FL", "FR"}:
        return Downmix("stereo|c0=c0|c1=c1")
    if track.places and track.places[0].startswith("AMBI"):
        return _ambisonic(track)
    if set(track.places) <= set(PLACES) and track.places:
        return _placed(track, sound, listen)
    return _unplaced(track, listen(sound))


def picked(track: AudioTrack, channels: Sequence[int]) -> Downmix:
    """The channels that a job names, counted from 1: two channels are left and right; one, or more than two,
    are on both sides."""
    listed = " and ".join(map(str, channels))
    if len(channels) == 2:
        sides = f"stereo|c0=c{channels[0] - 1}|c1=c{channels[1] - 1}"
        return Downmix(sides, (messages.channels_as_sides(listed, track.channels),))
    note = messages.channels_on_both(listed, track.channels, several=len(channels) > 1)
    return Downmix(_on_both_sides([channel - 1 for channel in channels]), (note,))


def _placed(track: AudioTrack, sound: Stream, listen: Listen) -> Downmix:
    """The downmix by positions; if only the LFE channel is audible, it is delivered."""
    by_place = Downmix(matrix(track.places), (messages.downmix(track.layout),))
    if not BASS & set(track.places):
        return by_place
    levels = listen(sound)
    audible = _audible(levels)
    if not audible or any(track.places[at] not in BASS for at in audible):
        return by_place
    return Downmix(_on_both_sides(audible), (messages.lfe_alone(track.layout, audible[0] + 1),))


def matrix(places: Sequence[str]) -> str:
    """BT.775's downmix of channels with positions, by their names."""
    sides = [
        "+".join(f"{weight}{place}" for place in places if (weight := PLACES[place][side]) is not None)
        for side in (0, 1)
    ]
    return f"stereo|c0={sides[0]}|c1={sides[1]}"


def _unplaced(track: AudioTrack, levels: Sequence[ChannelContent]) -> Downmix:
    """The downmix of channels without positions: the usual layout if their content fits it, else all audible
    channels on both sides."""
    audible = _audible(levels)
    usual = _USUAL.get(track.channels)
    if usual and _surround(usual, levels, audible):
        return Downmix(_numbered(matrix(usual), usual), (messages.surround_guessed(track.channels),))
    listed = " and ".join(str(at + 1) for at in audible)
    if not audible or audible == [0, 1]:
        note = messages.stereo_guessed(track.channels, silent=not audible)
        return Downmix("stereo|c0=c0|c1=c1", (note,))
    note = messages.both_sides_guessed(track.channels, listed, several=len(audible) > 1)
    return Downmix(_on_both_sides(audible), (note,))


def _surround(usual: Sequence[str], levels: Sequence[ChannelContent], audible: Sequence[int]) -> bool:
    """Whether the content fits the usual layout: both front channels and more are audible, and an LFE channel
    has bass only."""
    bass = [at for at, place in enumerate(usual) if place in BASS]
    return (
        {0, 1} <= set(audible)
        and len(audible) > 2
        and all(at not in audible or levels[at].bass for at in bass)
    )


def _numbered(sides: str, places: Sequence[str]) -> str:
    """A matrix by the numbers of channels."""
    return re.sub(r"[A-Z]{2,3}2?", lambda match: f"c{list(places).index(match[0])}", sides)


def _ambisonic(track: AudioTrack) -> Downmix:
    """The downmix of ambisonic sound: two cardioids to the left and right (ACN, SN3D: W and Y are the first
    two channels), with the stereo pair of other channels, if there is one."""
    beside = [at for at, place in enumerate(track.places) if not place.startswith("AMBI")][:2]
    left, right = (f"+c{at}" for at in beside) if len(beside) == 2 else ("", "")
    return Downmix(
        f"stereo|c0=0.5*c0+0.5*c1{left}|c1=0.5*c0-0.5*c1{right}", (messages.ambisonic_downmix(track.layout),)
    )


def _audible(levels: Sequence[ChannelContent]) -> list[int]:
    """The channels that are audible compared with the loudest."""
    top = loudest(levels)
    return [
        at
        for at, channel in enumerate(levels)
        if top is not None and channel.level is not None and channel.level > top - INAUDIBLE
    ]


def _on_both_sides(channels: Sequence[int]) -> str:
    """All of the channels on both sides, with the power of one."""
    weight = f"{round(len(channels) ** -0.5, 4):g}*" if len(channels) > 1 else ""
    mixed = "+".join(f"{weight}c{channel}" for channel in channels)
    return f"stereo|c0={mixed}|c1={mixed}"
