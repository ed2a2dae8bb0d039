"""What is in a media file, through PyAV (design: chosen parts): only local bytes, only demuxers that we allow."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from finish.errors import MediaError, PathError
from finish.graph import reading
from finish.media import encryption, first_frames, joined_recordings
from finish.media.animation_tracks import lost, oddities, refuse, shown_through, timed, webp
from finish.media.animations import animation
from finish.media.chained_streams import refuse_chained
from finish.media.claims import compared, limits, refuse_claims, refuse_large, refuse_size, stated_ends
from finish.media.field_sampling import woven
from finish.media.file_kinds import READ, still, undecodable, unreadable
from finish.media.mp4_boxes import BoxFacts, read_boxes
from finish.media.tracks import language, last_of_others, picture_streams, pictures, sounds, walk
from finish.model import Extras, Source
from finish.storage.digests import digest_file

if TYPE_CHECKING:
    import av.container

# Containers of clips and sound. Playlists and concatenation scripts (hls, concat, dash, ...) are absent on purpose: they
# make a reader open other files, and a protocol whitelist alone does not stop a local one.
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
_DRAWN: Final = frozenset(
    {"hdmv_pgs_subtitle", "dvd_subtitle", "dvb_subtitle", "xsub"}
)  # subtitles that are pictures of letters
_TIMECODE: Final = re.compile(
    r"\d\d:\d\d:\d\d[:;.]\d\d"
)  # SMPTE ST 12-1; what a file says is shown to people, so nothing else


def probe(path: Path, name: str = "") -> Source:
    """The facts of a media file; MediaError when it is not one that can be read. `name` is how errors call it."""
    found = examined(path, name)
    if found.need == joined_recordings.NEED:
        raise MediaError(f"{name or path.name}: {found.warnings[0]}", joined_recordings.HINT)
    return found


def examined(path: Path, name: str = "", *, made: bool = False) -> Source:
    """The same, of a file that cannot be read as it is too: `Source.need` says why. Of one that we have `made` nobody asks
    for fields, or what FFmpeg renders of it: its frames are compared."""
    shown = name or path.name
    size = _regular(path, shown)
    moving = animation(path)
    if moving is not None:
        refuse(moving, shown)
        if moving.demuxer == "webp_anim":
            return Source(
                path=path,
                digest=digest_file(path),
                size=size,
                demuxer=moving.demuxer,
                start=Fraction(0),
                video=webp(moving),
                warnings=oddities(moving),
                losses=lost(moving),
            )
    if picture := still(path):
        raise MediaError(f"{shown} is {picture[0]}, and no clip", f"{picture[1]}; {READ}")
    encryption.refuse(path, shown)
    refuse_claims(path, shown)
    with _opened(path, shown) as container:
        demuxer = next(each for each in container.format.name.split(",") if each in DEMUXERS)
        refuse_chained(path, demuxer, shown)
        boxes = read_boxes(path) if demuxer in ("mov", "mp4") else None
        seen = picture_streams(container)
        if boxes and seen and seen[0].codec_context is None and (name_of := undecodable(path)):
            raise MediaError(f"{shown} is {name_of[0]}, which FFmpeg cannot decode", name_of[1])
        refuse_size(seen, path, shown, _OPTIONS)
        walked = walk(container, seen)
        if not any(walked.times[each.index] for each in (*seen, *container.streams.audio)):
            raise MediaError(f"{shown} has no packets of picture or sound", "export it again")
        # Everything is taken from the container while it is open: a stream that outlives it crashes the interpreter.
        audio, deaf = sounds(container, walked, shown)
        videos, blind = pictures(seen, walked, shown)
        extras = _extras(container, boxes, closed_captions=walked.closed_captions)
        # VP8 and VP9 hold it in packets of their own, which no decoder of ours reads (WebM Container Guidelines, "Alpha Channel").
        apart = {each.index for each in seen if str(each.metadata.get("alpha_mode", "")) == "1"}
        lasting, others = stated_ends(container.streams), last_of_others(container, walked)
    # Other streams (KLV, SCTE-35, timecode, subtitles) are no programme, and often begin before it.
    start = min(
        (*(each.start for each in videos), *(each.start for each in audio if each.end > each.start)),
        default=Fraction(0),
    )
    videos = videos if made else first_frames.shown(videos, path, demuxer, shown)
    videos = tuple(replace(each, alpha=each.alpha or each.index in apart) for each in videos)
    videos = tuple(shown_through(each, path, demuxer) for each in videos)
    videos = tuple(timed(each, moving) for each in videos) if moving else videos
    videos = (
        videos
        if made
        else tuple(woven(each, walked.keys.get(each.index, ()), path, demuxer) for each in videos)
    )
    recordings = joined_recordings.parts(path, demuxer) if demuxer in joined_recordings.DEMUXERS else ()
    return compared(
        Source(
            path=path,
            digest=digest_file(path),
            size=size,
            demuxer=demuxer,
            start=start,
            video=videos[0] if videos else None,
            audio=audio,
            faststart=boxes.faststart if boxes else None,
            edit_list=boxes.edit_list if boxes else None,
            warnings=(
                *joined_recordings.said(recordings),
                *(boxes.warnings if boxes else ()),
                *blind,
                *deaf,
                *(oddities(moving) if moving else ()),
            ),
            pictures=videos,
            extras=extras,
            packets=walked.packets.hexdigest(),
            need="delays" if moving and moving.short else joined_recordings.NEED if recordings else "",
            losses=(*joined_recordings.lost(recordings), *(lost(moving) if moving else ())),
        ),
        lasting,
        others,
    )


def _regular(path: Path, shown: str) -> int:
    try:
        status = path.stat()
    except OSError as wrong:
        raise PathError(f"{shown}: {wrong.strerror}", "check the file's name and rights") from wrong
    if not stat.S_ISREG(status.st_mode):
        raise PathError(f"{shown} is not a regular file", "name a media file")
    if status.st_size == 0:
        raise MediaError(f"{shown} is empty (0 bytes)", "copy or render the clip again")
    return status.st_size


@contextmanager
def _opened(path: Path, shown: str) -> Iterator[av.container.InputContainer]:
    import av  # 60 ms: only where a file is really opened

    try:
        with av.open(f"file:{path}", options=dict(_OPTIONS), metadata_errors="replace") as container:
            yield container
    except (av.FFmpegError, OSError, ValueError, StopIteration) as wrong:
        refuse_large(path, shown, _OPTIONS)
        why, hint = unreadable(path)
        raise MediaError(f"{shown} is not a clip that can be read: {why}", hint) from wrong


def _extras(
    container: av.container.InputContainer, boxes: BoxFacts | None, *, closed_captions: bool
) -> Extras:
    streams: list[Any] = list(container.streams)
    said = (str(each.metadata.get("timecode", "")) for each in (container, *streams))
    # A c608 track is closed captions in a track of its own (QuickTime File Format); FFmpeg calls its codec eia_608.
    texts = [each for each in streams if each.type == "subtitle"]
    boxed = [each for each in texts if _codec(each) == "eia_608"]
    drawn = sum(_codec(each) in _DRAWN for each in texts)
    return Extras(
        drawn=drawn,
        provenance=bool(boxes and boxes.provenance),
        chapters=len(container.chapters()),
        timecode=next((found[0] for each in said if (found := _TIMECODE.match(each))), ""),
        closed_captions=closed_captions or bool(boxed),
        subtitles=tuple(language(each) for each in texts if each not in boxed),
    )


def _codec(stream: Any) -> str:
    return stream.codec_context.codec.canonical_name if stream.codec_context else ""
