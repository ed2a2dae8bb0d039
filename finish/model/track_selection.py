"""The choice of a file's sound tracks, if the job names none."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from finish.graph import Stream
from finish.model import messages
from finish.model.media import AudioTrack, Source
from finish.model.notes import Note

# dB; house. A channel 30 dB below the loudest is an unconnected input, or crosstalk. A track within 10 dB of
# the delivered one is as loud as speech. The sides of one stereo recording are within 12 dB of each other.
INAUDIBLE: Final = 30.0
AS_LOUD: Final = 10.0
SIDES: Final = 12.0
_TOGETHER: Final = Fraction(1, 10)  # s by which the two sides of a pair may differ in length
_SIDES: Final = re.compile(r"l|r|left|right|links|rechts|gauche|droite|izquierda|derecha")
# Names that containers give to any track.
_PLAIN: Final = re.compile(r"a|mono|audio|sound|track|channel|ch|core|media|apple|handler|soundhandler")


@dataclass(frozen=True)
class ChannelContent:
    """The content of a channel: its `level` (dBFS; None: silence), its `peak` (dBFS), and whether it is
    `bass` only."""

    level: float | None
    peak: float
    bass: bool = False


Listen = Callable[[Stream], Sequence[ChannelContent]]


@dataclass(frozen=True)
class ChosenTracks:
    """The numbers of the tracks in use: one, or the left and the right side; and notes about the choice."""

    tracks: tuple[int, ...]
    notes: tuple[Note, ...] = ()


def best(source: Source, listen: Listen) -> ChosenTracks:
    """The tracks to use if the job names none.

    The first audible track that the container plays by default, else the first audible track. Two mono tracks
    that can be left and right are used together. Silent tracks, commentaries, and audio descriptions come
    last.
    """
    if len(source.audio) < 2:
        return ChosenTracks(tuple(range(len(source.audio))))
    levels = [loudest(listen(source.sound(number))) for number in range(len(source.audio))]
    top = max((level for level in levels if level is not None), default=None)
    audible = [level is not None and top is not None and level > top - INAUDIBLE for level in levels]
    order = sorted(
        range(len(levels)),
        key=lambda at: (not audible[at], bool(source.audio[at].aside), not source.audio[at].default, at),
    )
    first = order[0]
    other = _partner(source.audio, first)
    paired = (
        other is not None
        and audible[first]
        and audible[other]
        and abs((levels[first] or 0) - (levels[other] or 0)) <= SIDES
    )
    taken = tuple(sorted((first, other))) if paired and other is not None else (first,)
    return ChosenTracks(
        taken,
        (*_choice_notes(source.audio, taken, audible), *_unused_notes(source.audio, taken, levels, audible)),
    )


def named(source: Source, tracks: tuple[int, ...]) -> ChosenTracks:
    """The tracks that a job names, with a note about the others."""
    others = [number for number in range(len(source.audio)) if number not in tracks]
    if not others:
        return ChosenTracks(tracks)
    unused = ", ".join(show(number, source.audio[number]) for number in others)
    return ChosenTracks(tracks, (messages.several_tracks(_listed(source.audio, tracks), unused),))


def loudest(levels: Sequence[ChannelContent]) -> float | None:
    """The level of the loudest channel (dBFS); None for silence."""
    return max((channel.level for channel in levels if channel.level is not None), default=None)


def _partner(tracks: Sequence[AudioTrack], number: int) -> int | None:
    """The track that can be the other side of a mono track: its neighbour, in pairs from the first mono track
    of the group."""
    if tracks[number].channels != 1:
        return None
    begin = number
    while begin and tracks[begin - 1].channels == 1:
        begin -= 1
    other = number + 1 if (number - begin) % 2 == 0 else number - 1
    return other if other < len(tracks) and _alike(tracks[number], tracks[other]) else None


def _alike(one: AudioTrack, other: AudioTrack) -> bool:
    """Whether two tracks can be the sides of one sound: both mono, of one codec, rate, start, length,
    language and name."""
    same = all(
        getattr(one, name) == getattr(other, name)
        for name in ("channels", "codec", "rate", "language", "aside")
    )
    near = abs(one.start - other.start) <= _TOGETHER and abs(one.end - other.end) <= _TOGETHER
    return same and near and _named(one) == _named(other)


def _named(track: AudioTrack) -> frozenset[str]:
    """The words of a track's name that identify the recording: neither sides nor numbers."""
    return frozenset(
        word
        for word in re.findall(r"[^\W\d_]+", track.title)
        if not _SIDES.fullmatch(word) and not _PLAIN.fullmatch(word)
    )


def _choice_notes(
    tracks: Sequence[AudioTrack], taken: tuple[int, ...], audible: Sequence[bool]
) -> tuple[Note, ...]:
    """The reason for the choice, if the file's order doesn't explain it."""
    if len(taken) == 2:
        return (messages.paired_tracks(taken[0], taken[1]),)
    silent = [number for number in range(taken[0]) if not audible[number]]
    if silent and audible[taken[0]]:
        listed = ", ".join(show(number, tracks[number]) for number in silent)
        return (messages.silent_track(show(taken[0], tracks[taken[0]]), listed),)
    return ()


def _unused_notes(
    tracks: Sequence[AudioTrack],
    taken: tuple[int, ...],
    levels: Sequence[float | None],
    audible: Sequence[bool],
) -> tuple[Note, ...]:
    """The audible tracks that aren't delivered. A track as loud as the delivered one is urgent, unless the
    container marks the delivered one as default."""
    left = [number for number in range(len(tracks)) if number not in taken and audible[number]]
    if not left:
        return ()
    delivered = max(levels[number] or -99.0 for number in taken)
    defaults = [number for number, track in enumerate(tracks) if track.default and not track.aside]
    chosen = defaults == list(taken)[:1]
    loud = any(
        (levels[number] or -99.0) > delivered - AS_LOUD and not tracks[number].aside for number in left
    )
    listed = ", ".join(f"{show(number, tracks[number])} at {levels[number]:.0f} dBFS" for number in left)
    return (messages.tracks_left_out(_listed(tracks, taken), listed, urgent=loud and not chosen),)


def _listed(tracks: Sequence[AudioTrack], numbers: Sequence[int]) -> str:
    return " and ".join(show(number, tracks[number]) for number in numbers)


def show(number: int, track: AudioTrack) -> str:
    """A track in words, such as "1 (ger, 5.1)"."""
    purpose = f", {track.aside}" if track.aside else ""
    return f"{number} ({track.language or 'no language'}, {track.layout}{purpose})"
