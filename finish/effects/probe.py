"""What is in a media file, through PyAV (design: chosen parts): only local bytes, only demuxers that we allow."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finish import units
from finish.effects.boxes import Boxes, read_boxes
from finish.errors import FinishError
from finish.model import AudioTrack, Source, VideoTrack
from finish.units import Size

if TYPE_CHECKING:
    import av.container

# Containers of clips and sound. Playlists and concatenation scripts (hls, concat, dash, ...) are absent on purpose: they
# make a reader open other files, and a protocol whitelist alone does not stop a local one.
DEMUXERS = ("mov", "mp4", "matroska", "webm", "avi", "mpegts", "mpeg", "mxf", "flv", "asf", "ogg", "wav", "mp3", "aac", "flac", "nut")

# FFmpeg's numbers (libavutil/pixfmt.h, ITU-T H.273 tables 2-4) for the names that its filters take.
_PRIMARIES = {1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020", 11: "smpte431", 12: "smpte432"}
_TRANSFERS = {1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "linear", 13: "iec61966-2-1", 14: "bt2020-10",
              15: "bt2020-12", 16: "smpte2084", 18: "arib-std-b67"}
_MATRICES = {0: "gbr", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc", 10: "bt2020c"}
# Clocks in whole milliseconds make 30 fps look like 30.3.
_JITTER = Fraction(2, 100)
_HDR = frozenset({"smpte2084", "arib-std-b67"})


def probe(path: Path, name: str = "") -> Source:
    """The facts of a media file; FinishError("media") when it is not one that can be read. `name` is how errors call it."""
    shown = name or path.name
    size = _regular(path, shown)
    with _opened(path, shown) as container:
        demuxer = next(each for each in container.format.name.split(",") if each in DEMUXERS)
        boxes = read_boxes(path) if demuxer in ("mov", "mp4") else None
        packets = _packets(container, shown)
        start = Fraction(container.start_time or 0, 1_000_000)
        sounds = [each for each in container.streams if each.type == "audio"]
        audio = tuple(_audio(each, packets, shown) for each in sounds)
        picture = _picture_stream(container)
        # Everything is taken from the container while it is open: a stream that outlives it crashes the interpreter.
        video = None if picture is None else _video(picture, packets[picture.index], _first_frame(path, shown), shown)
    return Source(
        path=path, digest=digest_file(path), size=size, demuxer=demuxer, start=start, video=video, audio=audio,
        faststart=boxes.faststart if boxes else None, edit_list=boxes.edit_list if boxes else None, warnings=_warnings(boxes, video),
    )


def digest_file(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _regular(path: Path, shown: str) -> int:
    try:
        status = path.stat()
    except OSError as wrong:
        raise FinishError("path", f"{shown}: {wrong.strerror}", "check the file's name and rights") from wrong
    if not stat.S_ISREG(status.st_mode):
        raise FinishError("path", f"{shown} is not a regular file", "name a media file")
    if status.st_size == 0:
        raise FinishError("media", f"{shown} is empty (0 bytes)", "copy or render the clip again")
    return status.st_size


@contextmanager
def _opened(path: Path, shown: str) -> Iterator[av.container.InputContainer]:
    import av  # 60 ms: only where a file is really opened

    options = {"protocol_whitelist": "file", "format_whitelist": ",".join(DEMUXERS)}
    try:
        with av.open(f"file:{path}", options=options, metadata_errors="replace") as container:
            yield container
    except (av.FFmpegError, OSError, ValueError, StopIteration) as wrong:
        message = getattr(wrong, "strerror", None) or str(wrong)
        hint = "check that it plays, or export it again"
        raise FinishError("media", f"{shown} is not a clip that can be read: {message}", hint) from wrong


def _packets(container: av.container.InputContainer, shown: str) -> dict[int, list[tuple[int, int]]]:
    """Start and duration of every packet that is shown, by stream, in the stream's own ticks."""
    found: dict[int, list[tuple[int, int]]] = {each.index: [] for each in container.streams}
    for packet in container.demux():
        if packet.size and not packet.is_discard:
            time = packet.pts if packet.pts is not None else packet.dts
            if time is not None:
                found[packet.stream.index].append((time, packet.duration or 0))
    if not any(found.values()):
        raise FinishError("media", f"{shown} has no packets of picture or sound", "export it again")
    return found


def _picture_stream(container: av.container.InputContainer) -> Any:
    """The first real video stream: a cover picture is not one."""
    import av.stream

    cover = av.stream.Disposition.attached_pic
    return next((each for each in container.streams.video if not each.disposition & cover), None)


def _audio(stream: Any, packets: dict[int, list[tuple[int, int]]], shown: str) -> AudioTrack:
    context = stream.codec_context
    if context is None or not getattr(context, "rate", 0):
        raise FinishError("media", f"{shown}: sound stream {stream.index} has no codec and cannot be read", "export the clip again")
    start, end = _bounds(packets[stream.index], stream.time_base)
    layout = context.layout.name
    return AudioTrack(
        index=stream.index, codec=context.codec.canonical_name, rate=context.rate, channels=context.channels,
        layout={"1 channels": "mono", "2 channels": "stereo"}.get(layout, layout), start=start, end=end,
        language=stream.metadata.get("language", ""),
    )


@dataclass(frozen=True)
class _Frame:
    """What only a decoded frame tells."""

    pix_fmt: str
    rotation: int
    interlaced: bool


def _video(stream: Any, times: list[tuple[int, int]], frame: _Frame, shown: str) -> VideoTrack:
    context = stream.codec_context
    if not times:
        raise FinishError("media", f"{shown} has a picture stream without frames", "export the clip again")
    start, end = _bounds(times, stream.time_base)
    gaps = _gaps(times)
    sample = Fraction(stream.sample_aspect_ratio or 1) or Fraction(1)
    coded = Size(context.width, context.height)
    transfer = _TRANSFERS.get(context.color_trc, "")
    return VideoTrack(
        index=stream.index, codec=context.codec.canonical_name, profile=context.profile or "", pix_fmt=frame.pix_fmt, coded=coded,
        size=_displayed(coded, sample, frame.rotation), sample_aspect=sample, rotation=frame.rotation % 360,
        rate=_rate(stream, gaps), variable=_varies(gaps), gap=max(gaps) * stream.time_base, frames=len(times), start=start, end=end,
        primaries=_PRIMARIES.get(context.color_primaries, ""), transfer=transfer, matrix=_MATRICES.get(context.colorspace, ""),
        full_range={1: False, 2: True}.get(int(context.color_range)), interlaced=frame.interlaced, hdr=transfer in _HDR,
    )


def _first_frame(path: Path, shown: str) -> _Frame:
    with _opened(path, shown) as container:
        stream = _picture_stream(container)
        for frame in container.decode(stream):
            return _Frame(frame.format.name, frame.rotation, bool(frame.interlaced_frame))
    raise FinishError("media", f"{shown}: no frame of the picture can be decoded", "export the clip again")


def _displayed(coded: Size, sample: Fraction, rotation: int) -> Size:
    square = Size(units.even(coded.width * sample), coded.height) if sample != 1 else coded
    return Size(square.height, square.width) if rotation % 180 else square


def _bounds(times: list[tuple[int, int]], base: Fraction) -> tuple[Fraction, Fraction]:
    if not times:
        return Fraction(0), Fraction(0)
    return min(time for time, _ in times) * base, max(time + length for time, length in times) * base


def _gaps(times: list[tuple[int, int]]) -> list[int]:
    """How long each frame is shown, in ticks, shortest first; of a single frame its own duration."""
    shown = sorted(time for time, _ in times)
    return sorted(after - before for before, after in pairwise(shown)) or [max(1, times[0][1])]


def _rate(stream: Any, gaps: list[int]) -> Fraction:
    """The rate that the container means (FFmpeg's guess); of a variable one the average where it is a real one, else the usual.

    A guess follows the shortest gaps: jittered 30 fps would pass for 50 or 60. An average suffers from frames left out.
    """
    usual = 1 / (max(1, gaps[len(gaps) // 2]) * stream.time_base)
    if _varies(gaps):
        average = units.rate(len(gaps) / (sum(gaps) * stream.time_base), near=_JITTER)
        return average if average in units.STANDARD_RATES else units.rate(min(max(usual, Fraction(1)), Fraction(240)), near=_JITTER)
    found = (each for each in (stream.guessed_rate, stream.average_rate, usual) if each and 1 <= each <= 240)
    return units.rate(Fraction(next(found, 25)))


def _varies(gaps: list[int]) -> bool:
    """Variable frame rate: gaps between shown frames differ by more than a tenth of the median gap."""
    return gaps[-1] - gaps[0] > max(2, gaps[len(gaps) // 2] // 10)


def _warnings(boxes: Boxes | None, video: VideoTrack | None) -> tuple[str, ...]:
    found = list(boxes.warnings) if boxes else []
    if video and video.variable:
        found.append(f"variable frame rate: made constant at {float(video.rate):.3f} fps")
    return tuple(found)
