"""Lies of a container: tables, counters, sizes, and clocks that contradict the file's content."""

from __future__ import annotations

from typing import Final

from bench.damage.harm import Make
from bench.damage.lies.avi import AVI, WAV
from bench.damage.lies.matroska import BLOCKS, MATROSKA
from bench.damage.lies.mp4 import FRAGMENTED, M4A, PROGRESSIVE
from bench.damage.lies.ogg import FLAC, MP3, OGG, OGV
from bench.damage.lies.streams import ASF, FLV, MXF, NUT, PS, TS


def _some(lies: dict[str, Make], *names: str) -> dict[str, Make]:
    return {name: lies[name] for name in names}


LIES: Final[dict[str, dict[str, Make]]] = {
    "plain.mp4": PROGRESSIVE,
    "faststart.mp4": _some(
        PROGRESSIVE,
        "stsz-half",
        "stsz-half-sound",
        "stts-half",
        "stco-half-sound",
        "elst-half",
        "elst-later",
        "mdhd-timescale-0",
        "mdat-longer",
        "mdat-shorter",
    ),
    "fragmented.mp4": FRAGMENTED,
    "prores.mov": _some(
        PROGRESSIVE,
        "stsz-half",
        "stts-half",
        "stts-twice-as-slow",
        "stco-half",
        "size-65535",
        "mdhd-timescale-0",
        "stts-half-sound",
        "stco-half-sound",
    ),
    "hevc.mp4": _some(PROGRESSIVE, "stsz-half", "stts-huge", "stco-behind-end", "elst-half"),
    "plain.mkv": MATROSKA,
    "ffv1.mkv": _some(MATROSKA, "picture-gone", "sound-gone", "duration-half", "cluster-gone"),
    "vp9.webm": _some(
        MATROSKA,
        "pictures-gone-to-end",
        "sound-gone-to-end",
        "duration-twice",
        "cues-gone",
        "cluster-shorter",
    ),
    "live.webm": BLOCKS,
    "mpeg4.avi": AVI,
    "mjpeg.avi": _some(
        AVI,
        "avih-frames-half",
        "strh-length-half",
        "idx1-gone",
        "pictures-gone",
        "sound-gone-to-end",
        "movi-half",
    ),
    "theora.ogv": OGV,
    "plain.ts": TS,
    "mpeg2.ts": _some(
        TS,
        "packet-dropped",
        "packets-dropped",
        "starts-mid-gop",
        "pat-gone-later",
        "sound-gone-to-end",
        "pictures-gone-middle",
    ),
    "plain.mpg": PS,
    "h264.flv": FLV,
    "wmv2.wmv": ASF,
    "mpeg2.mxf": MXF,
    "mpeg4.nut": NUT,
    "music.wav": WAV,
    "music.mp3": MP3,
    "music.flac": FLAC,
    "music.m4a": M4A,
    "music.opus": OGG,
}
