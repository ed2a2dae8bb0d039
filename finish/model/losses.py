"""The losses of a clip: what its container states, compared with what decodes; every loss is reported
once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from typing import Any, Final

from finish.model.account import (
    BEHIND,
    INDEX_CUT,
    DecodedTrack,
    DecodeFault,
    DecodeReport,
    Loss,
    Whose,
    merged,
)
from finish.model.media import AudioTrack, Source, VideoTrack

# Containers of recordings that may begin anywhere: data before the first complete picture or sound isn't
# damage.
_STREAMS: Final = frozenset(("mpegts", "mpeg"))
# Codecs in which a field may be a packet of its own, and a picture two of them (ITU-T H.262, H.264, H.265,
# SMPTE ST 421).
_FIELDS: Final = frozenset(("mpeg2video", "h264", "hevc", "vc1"))
_HIDING: Final = frozenset(("vp8",))  # packets of pictures that are never displayed: RFC 6386, 9.1
# Decoder messages about pictures that refer to a picture before the beginning: they aren't shown, and nothing
# else is wrong with them.
_UNREFERENCED: Final = (
    "mmco: unref short failure",
    "co located POCs unavailable",
    "Missing reference picture",
    "reference picture missing",
    "Could not find ref with POC",
)
# Demuxer messages about an index that is cut off.
_ENDED: Final = ("Truncating packet of size", "File ended prematurely")
# Decoder messages about a packet without output: if it belonged to the sound, the sound would be shorter than
# stated.
_NO_SOUND: Final = (
    "Header missing",
    "invalid sync code",
    "invalid frame header",
    "decode_frame() failed",
    "Error submitting packet to decoder",
    "Decoding error",
)
_PAUSING: Final = frozenset(("opus", "amrnb", "amrwb", "speex"))  # they may omit packets of silence
_INDEXED: Final = frozenset(("mov", "mp4", "gif", "apng", "webp_anim"))
_PLACE: Final = Fraction(1, 2)  # s; faults that are closer count as one place
_SLOW, _FAST = 0.9, 1.2  # house: gaps and the rounding of writers change the pace less
_HOUR: Final = 3600
_LONGEST: Final = 24 * _HOUR  # s; house: the longest clip
JOINED: Final = "join the parts with FFmpeg's concat demuxer, or name them one by one"
_STAMPS: Final = "its timestamps are damaged: export the clip again"


def as_decoded(source: Source, decoded: DecodeReport) -> Source:
    """The source as it decodes, from the first picture that can be decoded, with all losses."""
    counts = {track.index: track for track in decoded.tracks}
    readable = _from_first_picture(source, counts)
    losses = (
        *source.losses,
        *_clock_restarts(decoded),
        *_implausible_lengths(source),
        *_decode_errors(source, decoded),
        *_undecoded(source, counts),
        *_gaps(source, decoded),
        *_wrong_clocks(source, counts),
        *_late_start(source, readable, decoded),
    )
    return replace(readable, decoded=decoded, losses=merged(losses))


def clip_account(source: Source) -> dict[str, Any]:
    """A clip's account for JSON: what its container states, what is read and decoded, and all losses; lengths
    in s."""
    stated, decoded = source.stated.seconds, source.decoded
    tracks: tuple[VideoTrack | AudioTrack, ...] = (*source.pictures, *source.audio)
    return {
        "stated": None if stated is None else round(float(stated), 3),
        "tracks": [_track(track, decoded) for track in tracks],
        "faults": 0 if decoded is None else decoded.count,
        "losses": [loss.values for loss in source.losses],
    }


def _track(track: VideoTrack | AudioTrack, decoded: DecodeReport | None) -> dict[str, Any]:
    """One track: its length by its packets, and the numbers of packets, decoded pictures or blocks, and
    samples (null: it wasn't decoded)."""
    counts = (
        next((count for count in decoded.tracks if count.index == track.index), None) if decoded else None
    )
    return {
        "index": track.index,
        "part": "picture" if isinstance(track, VideoTrack) else "sound",
        "seconds": round(float(track.end - track.start), 3),
        "packets": counts and counts.packets,
        "decoded": counts and counts.frames,
        "samples": counts and counts.samples,
    }


def _from_first_picture(source: Source, counts: dict[int, DecodedTrack]) -> Source:
    """The source from the first picture on that can be decoded."""
    pictures = tuple(_from_first(picture, counts.get(picture.index)) for picture in source.pictures)
    index = None if source.video is None else source.pictures.index(source.video)
    if index is None or pictures == source.pictures:
        return source
    start = pictures[index].start
    audio = tuple(replace(track, start=min(max(track.start, start), track.end)) for track in source.audio)
    return replace(
        source, pictures=pictures, video=pictures[index], audio=audio, start=max(source.start, start)
    )


def _from_first(video: VideoTrack, track: DecodedTrack | None) -> VideoTrack:
    if track is None or track.first is None or not track.lead or not video.start < track.first < video.end:
        return video
    return replace(video, start=track.first, frames=max(1, video.frames - track.lead))


def _late_start(source: Source, readable: Source, decoded: DecodeReport) -> Iterator[Loss]:
    """The loss of the first pictures: a recording begins within a group of pictures, or, in other containers,
    the first picture is damaged."""
    if source.video is None or readable.video is None or readable.video.start <= source.video.start:
        return
    early = any(
        fault.part == "picture" and fault.time is None and not _is_unreferenced(fault)
        for fault in decoded.faults
    )
    damaged = early and source.demuxer not in _STREAMS
    begins = "the recording begins within a group of pictures: the first ones are dropped"
    text = "its first pictures can't be decoded" if damaged else begins
    yield Loss(
        "starts-late",
        text,
        "picture",
        source.video.start,
        readable.video.start - source.video.start,
        source.video.index,
        certain=damaged,
    )


def _clock_restarts(decoded: DecodeReport) -> Iterator[Loss]:
    if decoded.restarts:
        text = "its timestamps restart: it was joined from several recordings"
        yield Loss("clock-restarts", text, start=decoded.restarts[0], hint=JOINED)


def _implausible_lengths(source: Source) -> Iterator[Loss]:
    """Implausible lengths."""
    video = source.video
    if video is not None and video.gap > _HOUR and video.gap * 2 > video.end - video.start:
        text = f"one of its pictures lasts {float(video.gap / _HOUR):.1f} hours"
        yield Loss("stands-still", text, "picture", track=video.index, hint=_STAMPS)
    tracks: tuple[VideoTrack | AudioTrack, ...] = (*source.pictures, *source.audio)
    for track in tracks:
        if track.end - track.start > _LONGEST:
            hours = float((track.end - track.start) / _HOUR)
            text = f"it claims to be {hours:.0f} hours long; the maximum is 24 hours"
            yield Loss("too-long", text, track=track.index, hint=_STAMPS)


def _gaps(source: Source, decoded: DecodeReport) -> Iterator[Loss]:
    """Gaps without data in a stream. A container that states the duration of each picture has none."""
    pictures = {picture.index for picture in source.pictures}
    silent = {track.index for track in source.audio if track.codec in _PAUSING}
    if source.demuxer in _INDEXED or decoded.restarts:
        return
    for track, group in groupby(
        (gap for gap in decoded.gaps if gap.track not in silent), key=lambda gap: gap.track
    ):
        holes = tuple(group)
        part: Whose = "picture" if track in pictures else "sound"
        times = f" ({len(holes)} times)" if len(holes) > 1 else ""
        missing = sum((hole.seconds for hole in holes), Fraction(0))
        yield Loss(
            "hole",
            f"there is a gap in the {part}{times}",
            part,
            holes[0].start,
            missing,
            track,
            certain=False,
        )


def _wrong_clocks(source: Source, counts: dict[int, DecodedTrack]) -> Iterator[Loss]:
    """Sound whose timestamps differ from its samples by more than any clock drifts."""
    for track in source.audio:
        pace = counts[track.index].pace if track.index in counts else 1.0
        if track.codec not in _PAUSING and source.demuxer not in _INDEXED and not _SLOW < pace < _FAST:
            text = f"by its timestamps, its sound lasts {pace:.2f} times as long as its samples"
            yield Loss("clock-wrong", text, "sound", track=track.index, certain=False)


def _decode_errors(source: Source, decoded: DecodeReport) -> Iterator[Loss]:
    """The errors of demuxers and decoders, once per stream."""
    outside = [fault for fault in decoded.faults if _is_outside_sound(fault, source, decoded)]
    if outside:
        text = "it contains bytes that aren't sound; all of its stated sound decodes"
        yield Loss(BEHIND, text, "sound", track=outside[0].track, certain=False)
    rest = (
        fault
        for fault in decoded.faults
        if fault not in outside and not _is_explained(fault, source, decoded)
    )
    faults = sorted(rest, key=_stream_of)
    for (part, track, _), group in groupby(faults, key=_stream_of):
        same = tuple(group)
        places = _fault_times(same)
        damaged = "the file is damaged" if part == "file" else f"its {part} is damaged"
        where = f"{damaged} in {len(places)} places, first" if len(places) > 1 else damaged
        stated = source.start if not places else places[0]
        yield Loss(
            "decode-errors", where, part, stated, None, None if track < 0 else track, evidence=same[0].text
        )


def _stream_of(fault: DecodeFault) -> tuple[Whose, int, str]:
    return fault.part, -1 if fault.track is None else fault.track, ""


def _fault_times(faults: Sequence[DecodeFault]) -> list[Fraction]:
    """The times of faults (s); faults near one another count once."""
    places: list[Fraction] = []
    for time in sorted(fault.time for fault in faults if fault.time is not None):
        if not places or time - places[-1] > _PLACE:
            places.append(time)
    return places


def _is_explained(fault: DecodeFault, source: Source, decoded: DecodeReport) -> bool:
    """Whether a fault isn't damage: it comes from a start within a group of pictures, from an end that isn't
    stated, or from a join that is reported itself."""
    if (decoded.restarts or source.open_ended) and "orrupt" in fault.text:
        return True
    if any(text in fault.text for text in _ENDED) and any(loss.code == INDEX_CUT for loss in source.losses):
        return True
    if fault.part == "file" and not source.whole:  # the container's own account is more precise
        return True
    if fault.time is not None:
        return False
    return (fault.part != "file" and source.demuxer in _STREAMS) or (
        fault.part == "picture" and _is_unreferenced(fault)
    )


def _is_outside_sound(fault: DecodeFault, source: Source, decoded: DecodeReport) -> bool:
    """Whether a fault is about bytes that aren't sound: a sound file counts its sound, and exactly so much
    decodes."""
    blocks, samples, tracks = source.stated.blocks, source.stated.samples, decoded.tracks
    if len(tracks) != 1 or source.pictures or not any(text in fault.text for text in _NO_SOUND):
        return False
    return (
        blocks + samples > 0
        and tracks[0].frames == (blocks or tracks[0].frames)
        and tracks[0].samples == (samples or tracks[0].samples)
    )


def _is_unreferenced(fault: DecodeFault) -> bool:
    return any(text in fault.text for text in _UNREFERENCED)


def _undecoded(source: Source, counts: dict[int, DecodedTrack]) -> Iterator[Loss]:
    """Pictures that can't be decoded, and sound tracks of which nothing can be decoded."""
    for picture in source.pictures:
        track = counts.get(picture.index)
        if track is None or picture.codec in _HIDING or (picture.interlaced and picture.codec in _FIELDS):
            continue
        missing = picture.frames - track.lead - track.frames
        if missing > 0:
            text = f"{missing:,} of its {picture.frames:,} pictures can't be decoded"
            yield Loss("pictures-lost", text, "picture", seconds=None, track=picture.index)
    for sound in source.audio:
        track = counts.get(sound.index)
        if track is not None and not track.frames:
            text = "its sound can't be decoded" if track.packets else "one of its sound tracks is empty"
            yield Loss("sound-empty", text, "sound", track=sound.index, certain=bool(track.packets))
