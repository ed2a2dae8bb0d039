"""How a sound track is read, whoever hears it: as 48 kHz stereo."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from finish import graph
from finish.graph import Stream
from finish.model.media import AudioTrack, Source

SOUND_RATE: Final = 48_000
# ITU-R BT.775-3 annex 4: centre and surrounds 3 dB down, no LFE. Named channels, so both 5.1 layouts of FFmpeg.
DOWNMIX: Final = {
    "mono": "stereo|c0=c0|c1=c0",
    "stereo": "stereo|c0=c0|c1=c1",
    "5.0": "stereo|c0=FL+0.7071*FC+0.7071*BL|c1=FR+0.7071*FC+0.7071*BR",
    "5.1": "stereo|c0=FL+0.7071*FC+0.7071*BL|c1=FR+0.7071*FC+0.7071*BR",
    "5.0(side)": "stereo|c0=FL+0.7071*FC+0.7071*SL|c1=FR+0.7071*FC+0.7071*SR",
    "5.1(side)": "stereo|c0=FL+0.7071*FC+0.7071*SL|c1=FR+0.7071*FC+0.7071*SR",
    "quad": "stereo|c0=FL+0.7071*BL|c1=FR+0.7071*BR",
}


def stereo(sound: Stream, track: AudioTrack) -> Stream:
    """The sound of a track as two channels."""
    matrix = DOWNMIX.get(track.layout)
    return sound.filter("pan", args=matrix) if matrix else sound.filter("aformat", channel_layouts="stereo")


def recorded(source: Source) -> Stream:
    """The first sound track of a file as 48 kHz stereo, its first sample at 0."""
    track = source.track
    assert track is not None
    begun = source.sound().filter("asetpts", expr="PTS-STARTPTS").filter("aresample", osr=SOUND_RATE, out_sample_fmt="fltp")
    return stereo(begun, track)


def silence(duration: Fraction) -> Stream:
    """Digital silence of so many seconds."""
    return graph.generate("audio", "anullsrc", channel_layout="stereo", sample_rate=SOUND_RATE).filter("atrim", end=duration)
