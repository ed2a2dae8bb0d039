"""The sound: one chosen track as 48 kHz stereo, exactly as long as the picture, or silence."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from finish import graph
from finish.errors import FinishError
from finish.graph import Stream
from finish.model import AudioTrack, Source
from finish.stages.conform.languages import same

SOUND_RATE: Final = 48_000
# ITU-R BT.775-3 annex 4: centre and surrounds 3 dB down, no LFE. Named channels, so both 5.1 layouts of FFmpeg.
_DOWNMIX: Final = {
    "mono": "stereo|c0=c0|c1=c0",
    "stereo": "stereo|c0=c0|c1=c1",
    "5.0": "stereo|c0=FL+0.7071*FC+0.7071*BL|c1=FR+0.7071*FC+0.7071*BR",
    "5.1": "stereo|c0=FL+0.7071*FC+0.7071*BL|c1=FR+0.7071*FC+0.7071*BR",
    "5.0(side)": "stereo|c0=FL+0.7071*FC+0.7071*SL|c1=FR+0.7071*FC+0.7071*SR",
    "5.1(side)": "stereo|c0=FL+0.7071*FC+0.7071*SL|c1=FR+0.7071*FC+0.7071*SR",
    "quad": "stereo|c0=FL+0.7071*BL|c1=FR+0.7071*BR",
}


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
) -> tuple[Stream, tuple[str, ...]]:
    """The sound of the chosen track, from its stream as decoded with the programme's clock; and what was done, in words."""
    if number is None or sound is None:
        silence = graph.generate("audio", "anullsrc", channel_layout="stereo", sample_rate=SOUND_RATE)
        return silence.filter("atrim", end=duration), ("no sound track: a silent one is delivered",)
    track = tracks[number]
    sound = sound.filter("aresample", osr=SOUND_RATE, out_sample_fmt="fltp", async_=1, first_pts=0)
    sound = _stereo(sound, track).filter("apad", whole_dur=duration).filter("atrim", end=duration)
    return sound, (*_among(tracks, number), *_folded(track))


def _stereo(sound: Stream, track: AudioTrack) -> Stream:
    matrix = _DOWNMIX.get(track.layout)
    return sound.filter("pan", args=matrix) if matrix else sound.filter("aformat", channel_layouts="stereo")


def _among(tracks: Sequence[AudioTrack], number: int) -> tuple[str, ...]:
    if len(tracks) == 1:
        return ()
    others = ", ".join(_named(each, track) for each, track in enumerate(tracks) if each != number)
    return (f"sound track {_named(number, tracks[number])} is delivered, not {others} (conform: {{track: …}} chooses)",)


def _folded(track: AudioTrack) -> tuple[str, ...]:
    if track.layout in ("mono", "stereo"):
        return ()
    how = "BT.775: centre and surrounds −3 dB, no LFE" if track.layout in _DOWNMIX else "FFmpeg's own matrix"
    return (f"{track.layout} sound folded to stereo ({how})",)


def _named(number: int, track: AudioTrack) -> str:
    """As "1 (ger, 5.1)"."""
    return f"{number} ({track.language or 'no language'}, {track.layout})"
