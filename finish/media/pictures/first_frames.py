"""The pictures of a file as FFmpeg renders them: the first frame of each, cropped and rotated, and what
FFmpeg's log states about them."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from finish.errors import MediaError
from finish.graph import reading
from finish.graph.compiler import PROTOCOLS
from finish.media.claims import limits
from finish.media.ffmpeg import ffmpeg_runner
from finish.media.ffmpeg.ffmpeg_program import binary
from finish.model import VideoTrack
from finish.units import Size

_INPUT: Final = re.compile(r"\[info\]   Stream #0:(\d+)")
_OUTPUT: Final = re.compile(r"\[info\]   Stream #0:(\d+)(?:\(\w+\))?: Video: .*?, (\d+)x(\d+)")
_CROPPED: Final = re.compile(r"\[info\]       Frame Cropping: [\d/]+$")
_DOLBY: Final = re.compile(
    r"\[info\]       DOVI configuration record: .*?profile: (\d+),.*?compatibility id: (\d+)"
)
_FRAMES: Final = 100  # for the limits of CPU time and output of one FFmpeg run


@dataclass
class _RenderedFrame:
    """The first frame of a picture: its size as rendered, whether its container crops it, and its Dolby
    Vision (profile, compatibility ID)."""

    size: Size | None = None
    cropped: bool = False
    dolby: tuple[int, int] | None = None


@dataclass
class _InfoLog:
    """FFmpeg's description of its inputs and outputs, line by line."""

    tracks: Sequence[int]
    frames: dict[int, _RenderedFrame] = field(default_factory=dict)
    _at: int = -1
    _writing: bool = False

    def add(self, line: str) -> None:
        self._writing = self._writing or line.startswith("[info] Output #")
        if self._writing:
            if (match := _OUTPUT.match(line)) and int(match[1]) < len(self.tracks):
                self._of(self.tracks[int(match[1])]).size = Size(int(match[2]), int(match[3]))
        elif match := _INPUT.match(line):
            self._at = int(match[1])
        elif _CROPPED.match(line):
            self._of(self._at).cropped = True
        elif match := _DOLBY.match(line):
            self._of(self._at).dolby = int(match[1]), int(match[2])

    def _of(self, track: int) -> _RenderedFrame:
        return self.frames.setdefault(track, _RenderedFrame())


def as_rendered(videos: Sequence[VideoTrack], path: Path, demuxer: str, name: str) -> tuple[VideoTrack, ...]:
    """The pictures as they are rendered: with container cropping, and with their Dolby Vision.

    MediaError if the first frame that FFmpeg renders has another size than the file states, and no cropping
    explains it.
    """
    if not videos:
        return ()
    log = _InfoLog([video.index for video in videos])
    for line in _log_lines(log.tracks, path, demuxer):
        log.add(line)
    return tuple(_agreed(video, log.frames.get(video.index, _RenderedFrame()), name) for video in videos)


def _log_lines(tracks: Sequence[int], path: Path, demuxer: str) -> Iterable[str]:
    """FFmpeg's log of decoding the first frame of each track."""
    options = {
        "f": demuxer,
        "protocol_whitelist": PROTOCOLS,
        "format_whitelist": demuxer,
        **limits(),
        **reading(demuxer),
    }
    maps = [word for track in tracks for word in ("-map", f"0:{track}")]
    arguments = [
        binary(),
        "-hide_banner",
        "-nostdin",
        "-nostats",
        "-loglevel",
        "repeat+level+info",
        "-threads",
        "1",
        *(word for name, value in options.items() for word in (f"-{name}", value)),
        "-i",
        f"file:{path}",
        *maps,
        "-frames:v",
        "1",
        "-fps_mode",
        "passthrough",
        "-f",
        "null",
        "-",
    ]
    return ffmpeg_runner.lines(arguments, _FRAMES, threading.Event())


def _agreed(video: VideoTrack, frame: _RenderedFrame, name: str) -> VideoTrack:
    """The picture's facts from the file, with those of its rendered frame."""
    video = replace(video, dolby=frame.dolby)
    turned = video.rotation % 180 == 90
    if frame.size is None or video.changes:
        return video
    coded = Size(frame.size.height, frame.size.width) if turned else frame.size
    if coded == video.coded:
        return video
    if not frame.cropped:
        message = f"{name}: the header states a picture of {video.coded}, but the first frame is {coded}"
        raise MediaError(message, "export the clip again")
    across = video.size.height if turned else video.size.width
    wide = (
        2 * round(across * coded.width / video.coded.width / 2) if video.sample_aspect != 1 else coded.width
    )
    return replace(video, coded=coded, size=Size(coded.height, wide) if turned else Size(wide, coded.height))
