"""Which of a file's sound tracks are taken, where the job names none."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from finish.graph import Stream
from finish.model.media import AudioTrack, Source
from finish.model.notes import Note, act, know

# House. What is 30 dB under the loudest is an input where nothing was connected, or crosstalk from the others; what is within 10 dB of
# what is delivered is as loud as speech beside it; sides of one stereo picture are nearer to each other than 12.
UNHEARD: Final = 30.0
AS_LOUD: Final = 10.0
SIDES: Final = 12.0
_TOGETHER: Final = Fraction(1, 10)  # s by which the two sides of a pair may differ in length
_SIDES: Final = re.compile(r"l|r|left|right|links|rechts|gauche|droite|izquierda|derecha")
_PLAIN: Final = re.compile(
    r"a|mono|audio|sound|track|channel|ch|core|media|apple|handler|soundhandler"
)  # what containers call any track


@dataclass(frozen=True)
class ChannelContent:
    """What a channel carries: its `level` (dBFS) where it is heard, None for silence; its `peak` (dBFS); whether it is `bass` alone."""

    level: float | None
    peak: float
    bass: bool = False


Listen = Callable[[Stream], Sequence[ChannelContent]]


@dataclass(frozen=True)
class ChosenTracks:
    """The tracks that are taken, by number: one, or the left and the right side; and what is to be reported of that."""

    tracks: tuple[int, ...]
    notes: tuple[Note, ...] = ()


def best(source: Source, listen: Listen) -> ChosenTracks:
    """The tracks that somebody would mean who names none.

    The first that the container plays by default among those that are heard, else the first that is heard; two mono tracks that can be
    left and right are taken together. Silent tracks, commentaries and audio descriptions come last.
    """
    if len(source.audio) < 2:
        return ChosenTracks(tuple(range(len(source.audio))))
    levels = [loudest(listen(source.sound(number))) for number in range(len(source.audio))]
    top = max((each for each in levels if each is not None), default=None)
    heard = [level is not None and top is not None and level > top - UNHEARD for level in levels]
    order = sorted(
        range(len(levels)),
        key=lambda at: (not heard[at], bool(source.audio[at].aside), not source.audio[at].default, at),
    )
    first = order[0]
    other = _partner(source.audio, first)
    paired = (
        other is not None
        and heard[first]
        and heard[other]
        and abs((levels[first] or 0) - (levels[other] or 0)) <= SIDES
    )
    taken = tuple(sorted((first, other))) if paired and other is not None else (first,)
    return ChosenTracks(
        taken, (*_why(source.audio, taken, heard), *_left(source.audio, taken, levels, heard))
    )


def named(source: Source, tracks: tuple[int, ...]) -> ChosenTracks:
    """The tracks that a job names; the others are said."""
    others = [number for number in range(len(source.audio)) if number not in tracks]
    if not others:
        return ChosenTracks(tracks)
    text = f"sound track {_listed(source.audio, tracks)} is delivered, not {', '.join(show(each, source.audio[each]) for each in others)}"
    return ChosenTracks(tracks, (know("several-tracks", text),))


def loudest(levels: Sequence[ChannelContent]) -> float | None:
    """The level of the loudest channel (dBFS); None for silence."""
    return max((each.level for each in levels if each.level is not None), default=None)


def _partner(tracks: Sequence[AudioTrack], number: int) -> int | None:
    """The track that can be the other side of a mono one: its neighbour, counted in pairs from the first mono track of the group."""
    if tracks[number].channels != 1:
        return None
    begin = number
    while begin and tracks[begin - 1].channels == 1:
        begin -= 1
    other = number + 1 if (number - begin) % 2 == 0 else number - 1
    return other if other < len(tracks) and _alike(tracks[number], tracks[other]) else None


def _alike(one: AudioTrack, other: AudioTrack) -> bool:
    """Whether two tracks can be the sides of one sound: both mono, of one codec, rate, start, length, language and name."""
    same = all(
        getattr(one, name) == getattr(other, name)
        for name in ("channels", "codec", "rate", "language", "aside")
    )
    near = abs(one.start - other.start) <= _TOGETHER and abs(one.end - other.end) <= _TOGETHER
    return same and near and _named(one) == _named(other)


def _named(track: AudioTrack) -> frozenset[str]:
    """The words of a track's name that say what was recorded: neither sides nor numbers."""
    return frozenset(
        word
        for word in re.findall(r"[^\W\d_]+", track.title)
        if not _SIDES.fullmatch(word) and not _PLAIN.fullmatch(word)
    )


def _why(tracks: Sequence[AudioTrack], taken: tuple[int, ...], heard: Sequence[bool]) -> tuple[Note, ...]:
    """Why these tracks, where that is not what the file's order says."""
    if len(taken) == 2:
        text = (
            f"sound tracks {taken[0]} and {taken[1]}, both mono, are delivered as left and right "
            f"(conform: {{track: {taken[0]}}} takes one)"
        )
        return (know("paired-tracks", text),)
    silent = [number for number in range(taken[0]) if not heard[number]]
    if silent and heard[taken[0]]:
        listed = ", ".join(show(each, tracks[each]) for each in silent)
        text = f"sound track {show(taken[0], tracks[taken[0]])} is delivered: {listed} is silent"
        return (know("silent-track", text),)
    return ()


def _left(
    tracks: Sequence[AudioTrack],
    taken: tuple[int, ...],
    levels: Sequence[float | None],
    heard: Sequence[bool],
) -> tuple[Note, ...]:
    """The tracks that are heard and not delivered; one as loud as what is delivered needs a look, unless the container chose."""
    left = [number for number in range(len(tracks)) if number not in taken and heard[number]]
    if not left:
        return ()
    delivered = max(levels[each] or -99.0 for each in taken)
    defaults = [number for number, track in enumerate(tracks) if track.default and not track.aside]
    chosen = defaults == list(taken)[:1]
    loud = any((levels[each] or -99.0) > delivered - AS_LOUD and not tracks[each].aside for each in left)
    listed = ", ".join(f"{show(each, tracks[each])} at {levels[each]:.0f} dBFS" for each in left)
    text = (
        f"sound track {_listed(tracks, taken)} is delivered; "
        f"not delivered: {listed} (conform: {{track: …}} chooses)"
    )
    return ((act if loud and not chosen else know)("tracks-left-out", text),)


def _listed(tracks: Sequence[AudioTrack], numbers: Sequence[int]) -> str:
    return " and ".join(show(each, tracks[each]) for each in numbers)


def show(number: int, track: AudioTrack) -> str:
    """As "1 (ger, 5.1)"."""
    said = f", {track.aside}" if track.aside else ""
    return f"{number} ({track.language or 'no language'}, {track.layout}{said})"
