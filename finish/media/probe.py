"""The facts of a media file, read with PyAV: local files and allowed demuxers only."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from finish.errors import MediaError, PathError
from finish.graph import reading
from finish.media import joined_recordings
from finish.media.claims import compared, limits, refuse_claims, refuse_large, refuse_size, stated_ends
from finish.media.containers import encryption
from finish.media.containers.chained_streams import refuse_chained
from finish.media.containers.file_kinds import READ, still, undecodable, unreadable
from finish.media.containers.mp4_boxes import BoxFacts, read_boxes
from finish.media.pictures import first_frames
from finish.media.pictures.animation_tracks import (
    animation_losses,
    delay_warnings,
    refuse,
    timed,
    webp_track,
    with_transparency,
)
from finish.media.pictures.animations import Animation, animation
from finish.media.pictures.field_sampling import with_fields
from finish.media.provenance.origin_facts import with_origin
from finish.media.tracks import (
    PacketWalk,
    language,
    last_of_others,
    picture_streams,
    pictures,
    sounds,
    walk_packets,
)
from finish.model import AudioTrack, Source, VideoTrack
from finish.model.media_extras import Extras
from finish.storage.digests import digest_file

if TYPE_CHECKING:
    import av.container

# Containers of clips and sound. Playlists and concatenation scripts (hls, concat, dash, …) are left out: they
# make a reader open other files, and a protocol whitelist doesn't exclude local ones.
DEMUXERS = (
    "mov",
    "mp4",
    "matroska",
    "webm",
    "avi",
    "mpegts",
    "mpeg",
    "mxf",
    "flv",
    "asf",
    "ogg",
    "wav",
    "mp3",
    "aac",
    "flac",
    "nut",
    "gif",
    "apng",
)

_OPTIONS: Final = {
    "protocol_whitelist": "file",
    "format_whitelist": ",".join(DEMUXERS),
    **limits(),
    **reading("apng"),
}
# Subtitles that are pictures of text.
_DRAWN: Final = frozenset({"hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle", "xsub"})
# SMPTE ST 12-1. Users see the text, so nothing else of a file's tag is taken.
_TIMECODE: Final = re.compile(r"\d\d:\d\d:\d\d[:;.]\d\d")


def probe(path: Path, name: str = "") -> Source:
    """The facts of a media file; MediaError if it can't be read. `name` is its name in errors."""
    source = examined(path, name)
    if source.need == joined_recordings.NEED:
        raise MediaError(f"{name or path.name}: {source.warnings[0]}", joined_recordings.HINT)
    return source


def examined(path: Path, name: str = "", *, made: bool = False) -> Source:
    """Like `probe`, also for a file that must be derived before it can be read: `Source.need` says why. For a
    file that finish `made`, fields and first frames aren't examined, because its frames are compared."""
    name = name or path.name
    size = _regular(path, name)
    moving = animation(path)
    if moving is not None:
        refuse(moving, name)
        if moving.demuxer == "webp_anim":
            return _webp_source(path, size, moving)
    if picture := still(path):
        raise MediaError(f"{name} is {picture[0]}, not a clip", f"{picture[1]}; {READ}")
    encryption.refuse(path, name)
    refuse_claims(path, name)
    with _opened(path, name) as container:
        # Everything is taken from the container while it is open: a stream that outlives it crashes the
        # interpreter.
        contents = _contents(container, path, name)
    videos = _pictures(contents, path, moving, name, made=made)
    demuxer, boxes = contents.demuxer, contents.boxes
    recordings = joined_recordings.parts(path, demuxer) if demuxer in joined_recordings.DEMUXERS else ()
    source = Source(
        path=path,
        digest=digest_file(path),
        size=size,
        demuxer=demuxer,
        start=contents.start,
        video=videos[0] if videos else None,
        audio=contents.audio,
        faststart=boxes.faststart if boxes else None,
        edit_list=boxes.edit_list if boxes else None,
        warnings=(*_warnings(recordings, boxes, moving), *contents.unread),
        pictures=videos,
        extras=contents.extras,
        packets=contents.packets.picture_hash.hexdigest(),
        need="delays" if moving and moving.short else joined_recordings.NEED if recordings else "",
        losses=(
            *joined_recordings.recording_losses(recordings),
            *(animation_losses(moving) if moving else ()),
        ),
    )
    return compared(source, contents.lasting, contents.others)


@dataclass(frozen=True)
class _Contents:
    """The contents of an open container.

    `alpha_apart` are the streams whose transparency is in packets of its own, and `unread` warnings about
    tracks that can't be used. `lasting` and `others` are as in `claims.compared`.
    """

    demuxer: str
    boxes: BoxFacts | None
    packets: PacketWalk
    videos: tuple[VideoTrack, ...]
    audio: tuple[AudioTrack, ...]
    unread: tuple[str, ...]
    extras: Extras
    alpha_apart: frozenset[int]
    lasting: dict[int, Fraction]
    others: Fraction

    @property
    def start(self) -> Fraction:
        """When the first picture or sound begins (s). Other streams (KLV, SCTE-35, timecode, subtitles) don't
        belong to the programme, and often begin before it."""
        sounds = (sound.start for sound in self.audio if sound.end > sound.start)
        return min((*(video.start for video in self.videos), *sounds), default=Fraction(0))


def _pictures(
    contents: _Contents, path: Path, moving: Animation | None, name: str, *, made: bool
) -> tuple[VideoTrack, ...]:
    """The picture tracks, with the facts that aren't read from an open container."""
    videos, demuxer, keys = contents.videos, contents.demuxer, contents.packets.keys
    if not made:
        videos = first_frames.as_rendered(videos, path, demuxer, name)
    apart = contents.alpha_apart
    videos = tuple(replace(video, alpha=video.alpha or video.index in apart) for video in videos)
    videos = tuple(with_transparency(video, path, demuxer) for video in videos)
    if moving:
        videos = tuple(timed(video, moving) for video in videos)
    if not made:
        videos = tuple(with_fields(video, keys.get(video.index, ()), path, demuxer) for video in videos)
    return videos


def _contents(container: av.container.InputContainer, path: Path, name: str) -> _Contents:
    demuxer = next(demuxer for demuxer in container.format.name.split(",") if demuxer in DEMUXERS)
    refuse_chained(path, demuxer, name)
    boxes = read_boxes(path) if demuxer in ("mov", "mp4") else None
    streams = picture_streams(container)
    if boxes and streams and streams[0].codec_context is None and (codec := undecodable(path)):
        raise MediaError(f"{name} is {codec[0]}, which FFmpeg can't decode", codec[1])
    refuse_size(streams, path, name, _OPTIONS)
    packets = walk_packets(container, streams)
    if not any(packets.times[stream.index] for stream in (*streams, *container.streams.audio)):
        raise MediaError(f"{name} has no picture or sound packets", "export it again")
    audio, sound_warnings = sounds(container, packets, name)
    videos, picture_warnings = pictures(streams, packets, name)
    # VP8 and VP9 hold transparency in packets of its own, which FFmpeg's decoder doesn't read (WebM Container
    # Guidelines, "Alpha Channel").
    apart = frozenset(stream.index for stream in streams if str(stream.metadata.get("alpha_mode", "")) == "1")
    return _Contents(
        demuxer=demuxer,
        boxes=boxes,
        packets=packets,
        videos=videos,
        audio=audio,
        unread=(*picture_warnings, *sound_warnings),
        extras=with_origin(
            _extras(container, closed_captions=packets.closed_captions),
            path,
            demuxer,
            boxed=bool(boxes and boxes.provenance),
        ),
        alpha_apart=apart,
        lasting=stated_ends(container.streams),
        others=last_of_others(container, packets),
    )


def _warnings(
    recordings: Sequence[joined_recordings.Recording], boxes: BoxFacts | None, moving: Animation | None
) -> tuple[str, ...]:
    boxed, animated = boxes.warnings if boxes else (), delay_warnings(moving) if moving else ()
    return (*joined_recordings.recording_warnings(recordings), *boxed, *animated)


def _webp_source(path: Path, size: int, moving: Animation) -> Source:
    """The facts of an animated WebP, from its headers: PyAV has no demuxer for it."""
    return Source(
        path=path,
        digest=digest_file(path),
        size=size,
        demuxer=moving.demuxer,
        start=Fraction(0),
        video=webp_track(moving),
        warnings=delay_warnings(moving),
        losses=animation_losses(moving),
    )


def _regular(path: Path, name: str) -> int:
    """The size of a regular file in bytes; PathError or MediaError for anything else."""
    try:
        status = path.stat()
    except OSError as error:
        raise PathError(f"{name}: {error.strerror}", "check the file's name and permissions") from error
    if not stat.S_ISREG(status.st_mode):
        raise PathError(f"{name} isn't a regular file", "name a media file")
    if status.st_size == 0:
        raise MediaError(f"{name} is empty (0 bytes)", "copy or render the clip again")
    return status.st_size


@contextmanager
def _opened(path: Path, name: str) -> Iterator[av.container.InputContainer]:
    import av  # it takes 60 ms, and is needed only when a file is opened

    try:
        with av.open(f"file:{path}", options=dict(_OPTIONS), metadata_errors="replace") as container:
            yield container
    except (av.FFmpegError, OSError, ValueError, StopIteration) as error:
        refuse_large(path, name, _OPTIONS)
        why, hint = unreadable(path)
        raise MediaError(f"{name} can't be read as a clip: {why}", hint) from error


def _extras(container: av.container.InputContainer, *, closed_captions: bool) -> Extras:
    streams: list[Any] = list(container.streams)
    timecodes = (str(stream.metadata.get("timecode", "")) for stream in (container, *streams))
    # A c608 track holds closed captions (QuickTime File Format); FFmpeg calls its codec eia_608.
    texts = [stream for stream in streams if stream.type == "subtitle"]
    boxed = [text for text in texts if _codec(text) == "eia_608"]
    drawn = sum(_codec(text) in _DRAWN for text in texts)
    return Extras(
        drawn=drawn,
        chapters=len(container.chapters()),
        timecode=next((match[0] for text in timecodes if (match := _TIMECODE.match(text))), ""),
        closed_captions=closed_captions or bool(boxed),
        subtitles=tuple(language(text) for text in texts if text not in boxed),
    )


def _codec(stream: Any) -> str:
    return stream.codec_context.codec.canonical_name if stream.codec_context else ""
