"""The sound: one chosen track as 48 kHz stereo, exactly as long as the picture, or silence."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from finish.errors import FinishError
from finish.graph import Stream
from finish.model import SOUND_RATE, AudioTrack, Note, Source, know, stereo
from finish.model.sounding import DOWNMIX, silence
from finish.stages.conform.languages import same


def chosen(track: int | str, source: Source) -> int | None:
    """The number of the sound track that is meant; None for a clip without sound. FinishError("spec") where there is no such track."""
    if not source.audio and track == 0:
        return None
    if isinstance(track, int):
        found = [track] if track < len(source.audio) else []
    else:
        exact = [number for number, each in enumerate(source.audio) if each.language.lower() == track.lower()]
        found = exact or [number for number, each in enumerate(source.audio) if same(each.language, track)]
    if not found:
        there = ", ".join(_named(number, each) for number, each in enumerate(source.audio)) or "no sound"
        raise FinishError("spec", f"conform.track: {source.path.name} has no sound track {track}", f"it has {there}")
    return found[0]


def conformed(
    tracks: Sequence[AudioTrack], number: int | None, sound: Stream | None, duration: Fraction,
) -> tuple[Stream, tuple[Note, ...]]:
    """The sound of the chosen track, from its stream as decoded with the programme's clock; and what was done, in words."""
    if number is None or sound is None:
        return silence(duration), (know("no-sound-track", "no sound track"),)
    track = tracks[number]
    sound = sound.filter("aresample", osr=SOUND_RATE, out_sample_fmt="fltp", async_=1, first_pts=0)
    sound = stereo(sound, track).filter("apad", whole_dur=duration).filter("atrim", end=duration)
    return sound, (*_among(tracks, number), *_folded(track))


def _among(tracks: Sequence[AudioTrack], number: int) -> tuple[Note, ...]:
    if len(tracks) == 1:
        return ()
    others = ", ".join(_named(each, track) for each, track in enumerate(tracks) if each != number)
    text = f"sound track {_named(number, tracks[number])} is delivered, not {others} (conform: {{track: …}} chooses)"
    return (know("several-tracks", text),)


def _folded(track: AudioTrack) -> tuple[Note, ...]:
    if track.layout in ("mono", "stereo"):
        return ()
    how = "BT.775: centre and surrounds −3 dB, no LFE" if track.layout in DOWNMIX else "FFmpeg's own matrix"
    return (know("downmix", f"{track.layout} sound folded to stereo ({how})"),)


def _named(number: int, track: AudioTrack) -> str:
    """As "1 (ger, 5.1)"."""
    return f"{number} ({track.language or 'no language'}, {track.layout})"
