"""A complete decode of a file without output, for FFmpeg's log."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from typing import Final

from finish.graph import Stream, reading
from finish.graph.compiler import PROTOCOLS
from finish.media.ffmpeg import ffmpeg_runner
from finish.media.ffmpeg.ffmpeg_program import binary
from finish.media.ffmpeg.process import UNKNOWN_FRAMES
from finish.media.pictures.still_headers import MOST_PIXELS

_THREADS: Final = 4  # more need more memory: each holds its own pictures
# Checksums, and errors that no writer makes: `careful` are those that FFmpeg's authors never met in a good
# file.
_STRICT: Final = "crccheck+bitstream+buffer+careful"
_RELEVANT: Final = re.compile(
    r"\[(?:error|fatal|warning|exit)\]|decoder -> |demuxer -> |Input stream #|bench: "
)


def lines(of: Stream, tracks: tuple[int, ...], cancel: threading.Event) -> Iterator[str]:
    """The relevant lines of FFmpeg's log while it decodes `tracks` of the file of `of`, in order and from its
    start.

    Errors are those of `ffmpeg_runner.lines`.
    """
    demuxer, frames = str(of.arg("demuxer")), of.arg("frames")
    options = {"f": demuxer, "protocol_whitelist": PROTOCOLS, "format_whitelist": demuxer, **reading(demuxer)}
    maps = [word for track in tracks for word in ("-map", f"0:{track}")]
    arguments = [
        binary(),
        "-hide_banner",
        "-nostdin",
        "-nostats",
        "-benchmark",
        "-loglevel",
        "repeat+level+verbose",
        "-max_error_rate",
        "1",
        "-copyts",
        "-debug_ts",
        "-threads",
        str(min(_THREADS, os.cpu_count() or 1)),
        "-err_detect",
        _STRICT,
        "-max_pixels",
        str(MOST_PIXELS),
        *(word for name, value in options.items() for word in (f"-{name}", value)),
        "-i",
        f"file:{of.path}",
        *maps,
        "-fps_mode",
        "passthrough",
        "-f",
        "null",
        "-",
    ]
    known = int(str(frames)) if frames is not None else UNKNOWN_FRAMES
    yield from filter(_RELEVANT.search, ffmpeg_runner.lines(arguments, known, cancel))
