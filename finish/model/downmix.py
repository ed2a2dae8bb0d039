"""How the channels of a track become two: by their places, or where they have none by what they carry."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from finish.graph import Stream
from finish.model.media import AudioTrack
from finish.model.notes import Note, act, know
from finish.model.track_selection import UNHEARD, ChannelContent, Listen, loudest

# ITU-R BT.775-3 annex 4: centre and surrounds 3 dB down, no LFE; what it doesn't name (heights, between centre and side) by the same power.
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
# What a number of channels without places usually is.
_USUAL: Final = {
    5: ("FL", "FR", "FC", "BL", "BR"),
    6: ("FL", "FR", "FC", "LFE", "BL", "BR"),
    8: ("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR"),
}


@dataclass(frozen=True)
class Downmix:
    """How the channels of a track become two: FFmpeg's `pan`, and what is to be reported of that."""

    args: str
    notes: tuple[Note, ...] = ()


def fold(track: AudioTrack, sound: Stream, listen: Listen) -> Downmix:
    """The two sides of a track; its channels are listened to where their places don't tell all."""
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
    """The channels that a job names, counted from 1: one on both sides, two left and right, more of them all on both."""
    listed = " and ".join(str(each) for each in channels)
    if len(channels) == 2:
        sides = f"stereo|c0=c{channels[0] - 1}|c1=c{channels[1] - 1}"
        return Downmix(
            sides,
            (
                know(
                    "channels-chosen",
                    f"channels {listed} of {track.channels} are delivered as left and right",
                ),
            ),
        )
    which = (
        f"channels {listed} of {track.channels} are"
        if len(channels) > 1
        else f"channel {listed} of {track.channels} is"
    )
    return Downmix(
        _both([each - 1 for each in channels]), (know("channels-chosen", f"{which} delivered on both sides"),)
    )


def _placed(track: AudioTrack, sound: Stream, listen: Listen) -> Downmix:
    """By the places; a subwoofer's channel that carries all there is was meant to be heard."""
    said = (
        know(
            "downmix", f"{track.layout} sound folded to stereo (BT.775: centre and surrounds −3 dB, no LFE)"
        ),
    )
    by_place = Downmix(matrix(track.places), said)
    if not BASS & set(track.places):
        return by_place
    levels = listen(sound)
    heard = _heard(levels)
    if not heard or any(track.places[at] not in BASS for at in heard):
        return by_place
    text = f"{track.layout} sound: nothing is heard but channel {heard[0] + 1}, which the layout calls LFE: it is delivered on both sides"
    return Downmix(_both(heard), (act("lfe-alone", text),))


def matrix(places: Sequence[str]) -> str:
    """BT.775's fold of channels with places, by their names."""
    sides = [
        "+".join(f"{weight}{place}" for place in places if (weight := PLACES[place][side]) is not None)
        for side in (0, 1)
    ]
    return f"stereo|c0={sides[0]}|c1={sides[1]}"


def _unplaced(track: AudioTrack, levels: Sequence[ChannelContent]) -> Downmix:
    """Channels without places: as their number usually means where they sound so, else all that are heard on both sides."""
    heard = _heard(levels)
    usual = _USUAL.get(track.channels)
    if usual and _surround(usual, levels, heard):
        sides = matrix(usual)
        text = f"{track.channels} channels without places, taken for surround and folded to stereo (BT.775)"
        return Downmix(
            _numbered(sides, usual),
            (know("channels-guessed", f"{text}; conform: {{channels: [1, 2]}} picks"),),
        )
    listed = " and ".join(str(each + 1) for each in heard)
    if not heard or heard == [0, 1]:
        rest = f": 1 and 2 are delivered as left and right, {'the others are silent' if heard else 'all are silent'}"
        return Downmix(
            "stereo|c0=c0|c1=c1",
            (know("channels-guessed", f"{track.channels} channels without places{rest}"),),
        )
    are = "are" if len(heard) > 1 else "is"
    text = f"{track.channels} channels without places: {listed} {are} heard and delivered on both sides (conform: {{channels: …}} picks)"
    return Downmix(_both(heard), ((act if len(heard) > 1 else know)("channels-guessed", text),))


def _surround(usual: Sequence[str], levels: Sequence[ChannelContent], heard: Sequence[int]) -> bool:
    """Whether channels sound as the usual layout would: both sides in front and more, and a subwoofer's channel that has bass only."""
    bass = [at for at, place in enumerate(usual) if place in BASS]
    return {0, 1} <= set(heard) and len(heard) > 2 and all(at not in heard or levels[at].bass for at in bass)


def _numbered(sides: str, places: Sequence[str]) -> str:
    """A matrix by the numbers of channels."""
    return re.sub(r"[A-Z]{2,3}2?", lambda found: f"c{list(places).index(found[0])}", sides)


def _ambisonic(track: AudioTrack) -> Downmix:
    """Two cardioids to the left and right (ACN, SN3D: W and Y are the first two); a stereo pair beside them is added."""
    beside = [at for at, place in enumerate(track.places) if not place.startswith("AMBI")][:2]
    left, right = (f"+c{at}" for at in beside) if len(beside) == 2 else ("", "")
    text = f"{track.layout} sound folded to stereo: two cardioids to the sides"
    return Downmix(f"stereo|c0=0.5*c0+0.5*c1{left}|c1=0.5*c0-0.5*c1{right}", (know("downmix", text),))


def _heard(levels: Sequence[ChannelContent]) -> list[int]:
    """The channels that carry something beside the loudest."""
    top = loudest(levels)
    return [
        at
        for at, each in enumerate(levels)
        if top is not None and each.level is not None and each.level > top - UNHEARD
    ]


def _both(channels: Sequence[int]) -> str:
    """All of these on both sides, at the power of one."""
    weight = f"{round(len(channels) ** -0.5, 4):g}*" if len(channels) > 1 else ""
    mixed = "+".join(f"{weight}c{each}" for each in channels)
    return f"stereo|c0={mixed}|c1={mixed}"
