"""What FFmpeg, which renders, makes of a file's pictures: its first frame of each, cropped and turned, and
what it says of them."""

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
_FRAMES: Final = 100  # that one look may take: limits of time and output follow


@dataclass
class _Said:
    """Of one picture: the size of its first frame as rendered, whether its container crops it, its Dolby
    Vision."""

    size: Size | None = None
    cropped: bool = False
    dolby: tuple[int, int] | None = None


@dataclass
class _Account:
    """FFmpeg's own description of what it reads and writes, line by line."""

    tracks: Sequence[int]
    said: dict[int, _Said] = field(default_factory=dict)
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

    def _of(self, track: int) -> _Said:
        return self.said.setdefault(track, _Said())


def as_rendered(videos: Sequence[VideoTrack], path: Path, demuxer: str, name: str) -> tuple[VideoTrack, ...]:
    """The pictures as they are rendered: container cropping applied, Dolby Vision named.

    MediaError where the first frame that FFmpeg renders has another size than the file states, and no
    cropping explains it.
    """
    if not videos:
        return ()
    account = _Account([video.index for video in videos])
    for line in _look(account.tracks, path, demuxer):
        account.add(line)
    return tuple(_agreed(video, account.said.get(video.index, _Said()), name) for video in videos)


def _look(tracks: Sequence[int], path: Path, demuxer: str) -> Iterable[str]:
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


def _agreed(video: VideoTrack, said: _Said, name: str) -> VideoTrack:
    """What the file states, and what is rendered, as one account."""
    video = replace(video, dolby=said.dolby)
    turned = video.rotation % 180 == 90
    if said.size is None or video.changes:
        return video
    coded = Size(said.size.height, said.size.width) if turned else said.size
    if coded == video.coded:
        return video
    if not said.cropped:
        message = f"{name}: the header states a picture of {video.coded}, but the first frame is {coded}"
        raise MediaError(message, "export the clip again")
    across = video.size.height if turned else video.size.width
    wide = (
        2 * round(across * coded.width / video.coded.width / 2) if video.sample_aspect != 1 else coded.width
    )
    return replace(video, coded=coded, size=Size(coded.height, wide) if turned else Size(wide, coded.height))
