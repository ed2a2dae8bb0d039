"""Where what a container states and what of it decodes differ: a pure comparison, which names every loss once."""

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

# Recordings may begin anywhere in these, so what comes before the first whole picture or sound is no damage.
_STREAMS: Final = frozenset(("mpegts", "mpeg"))
# A field is a packet of its own in some of these files, and one picture is two of them (ITU-T H.262, H.264, H.265, SMPTE ST 421).
_FIELDS: Final = frozenset(("mpeg2video", "h264", "hevc", "vc1"))
_HIDING: Final = frozenset(("vp8",))  # packets of pictures that are never shown: RFC 6386, 9.1
# What decoders say of pictures that refer to one before the beginning: those are not shown, and nothing else is wrong with them.
_UNREFERENCED: Final = (
    "mmco: unref short failure",
    "co located POCs unavailable",
    "Missing reference picture",
    "reference picture missing",
    "Could not find ref with POC",
)
_ENDED: Final = (
    "Truncating packet of size",
    "File ended prematurely",
)  # what a demuxer says of an index that is cut
# What decoders say of a packet of which nothing comes: were it one of the sound, the sound would be shorter than it states.
_NO_SOUND: Final = (
    "Header missing",
    "invalid sync code",
    "invalid frame header",
    "decode_frame() failed",
    "Error submitting packet to decoder",
    "Decoding error",
)
_PAUSING: Final = frozenset(("opus", "amrnb", "amrwb", "speex"))  # they may leave out packets of silence
_INDEXED: Final = frozenset(("mov", "mp4", "gif", "apng", "webp_anim"))
_PLACE: Final = Fraction(1, 2)  # s; faults that are nearer to each other are one place
_SLOW, _FAST = 0.9, 1.2  # house: what a hole leaves out, and what writers round, is less
_HOUR: Final = 3600
_LONGEST: Final = 24 * _HOUR  # s; house: the longest clip
JOINED: Final = "join the parts with FFmpeg's concat demuxer, or name them one by one"
_STAMPS: Final = "its time stamps are damaged: export the clip again"


def witnessed(source: Source, decoded: DecodeReport) -> Source:
    """The source as it decodes: what cannot be shown at its beginning is left out, and every loss is named."""
    counts = {each.index: each for each in decoded.tracks}
    found = (
        *source.losses,
        *_restarted(decoded),
        *_lasting(source),
        *_faulty(source, decoded),
        *_uncounted(source, counts),
        *_holes(source, decoded),
        *_paced(source, counts),
    )
    begun = _begun(source, counts)
    led = begun.video is not None and source.video is not None and begun.video.start > source.video.start
    return replace(
        begun, decoded=decoded, losses=merged((*found, *(_late(source, begun, decoded) if led else ())))
    )


def accounted(source: Source) -> dict[str, Any]:
    """What a clip's container states, what of it is read and decodes, and every loss, as JSON carries it; lengths in seconds."""
    stated, decoded = source.stated.seconds, source.decoded
    tracks: tuple[VideoTrack | AudioTrack, ...] = (*source.pictures, *source.audio)
    return {
        "stated": None if stated is None else round(float(stated), 3),
        "tracks": [_track(each, decoded) for each in tracks],
        "faults": 0 if decoded is None else decoded.count,
        "losses": [each.values for each in source.losses],
    }


def _track(track: VideoTrack | AudioTrack, decoded: DecodeReport | None) -> dict[str, Any]:
    """One track: its length by its packets, and how many packets, pictures or blocks of sound, and samples decoded (null: not tried)."""
    found = next((each for each in decoded.tracks if each.index == track.index), None) if decoded else None
    return {
        "index": track.index,
        "part": "picture" if isinstance(track, VideoTrack) else "sound",
        "seconds": round(float(track.end - track.start), 3),
        "packets": found and found.packets,
        "decoded": found and found.frames,
        "samples": found and found.samples,
    }


def _begun(source: Source, counts: dict[int, DecodedTrack]) -> Source:
    """The source from the first picture on that decodes."""
    pictures = tuple(_from_first(each, counts.get(each.index)) for each in source.pictures)
    index = None if source.video is None else source.pictures.index(source.video)
    if index is None or pictures == source.pictures:
        return source
    start = pictures[index].start
    audio = tuple(replace(each, start=min(max(each.start, start), each.end)) for each in source.audio)
    return replace(
        source, pictures=pictures, video=pictures[index], audio=audio, start=max(source.start, start)
    )


def _from_first(video: VideoTrack, track: DecodedTrack | None) -> VideoTrack:
    if track is None or track.first is None or not track.lead or not video.start < track.first < video.end:
        return video
    return replace(video, start=track.first, frames=max(1, video.frames - track.lead))


def _late(source: Source, begun: Source, decoded: DecodeReport) -> Iterator[Loss]:
    """A recording that begins between two pictures which decode by themselves; in other files the first picture is damaged."""
    assert source.video is not None and begun.video is not None
    early = any(
        each.part == "picture" and each.time is None and not _unreferenced(each) for each in decoded.faults
    )
    damaged = early and source.demuxer not in _STREAMS
    begins = "the recording begins in the middle of a group of pictures, of which the first are left out"
    text = "its first pictures cannot be decoded" if damaged else begins
    yield Loss(
        "starts-late",
        text,
        "picture",
        source.video.start,
        begun.video.start - source.video.start,
        source.video.index,
        certain=damaged,
    )


def _restarted(decoded: DecodeReport) -> Iterator[Loss]:
    if decoded.restarts:
        text = "its time stamps start again: several recordings were joined into it"
        yield Loss("clock-restarts", text, start=decoded.restarts[0], hint=JOINED)


def _lasting(source: Source) -> Iterator[Loss]:
    """Lengths that no clip has."""
    video = source.video
    if video is not None and video.gap > _HOUR and video.gap * 2 > video.end - video.start:
        text = f"one of its pictures stands for {float(video.gap / _HOUR):.1f} hours"
        yield Loss("stands-still", text, "picture", track=video.index, hint=_STAMPS)
    tracks: tuple[VideoTrack | AudioTrack, ...] = (*source.pictures, *source.audio)
    for each in tracks:
        if each.end - each.start > _LONGEST:
            hours = float((each.end - each.start) / _HOUR)
            yield Loss(
                "too-long",
                f"it claims to be {hours:.0f} hours long, and at most 24 are taken",
                track=each.index,
                hint=_STAMPS,
            )


def _holes(source: Source, decoded: DecodeReport) -> Iterator[Loss]:
    """Times for which a stream has nothing; an index that says how long each picture stands has no holes."""
    pictures = {each.index for each in source.pictures}
    silent = {each.index for each in source.audio if each.codec in _PAUSING}
    if source.demuxer in _INDEXED or decoded.restarts:
        return
    for track, group in groupby(
        (each for each in decoded.gaps if each.track not in silent), key=lambda each: each.track
    ):
        holes = tuple(group)
        part: Whose = "picture" if track in pictures else "sound"
        times = f" ({len(holes)} times)" if len(holes) > 1 else ""
        missing = sum((each.seconds for each in holes), Fraction(0))
        yield Loss(
            "hole",
            f"there is no {part} for a while{times}",
            part,
            holes[0].start,
            missing,
            track,
            certain=False,
        )


def _paced(source: Source, counts: dict[int, DecodedTrack]) -> Iterator[Loss]:
    """Sound whose time stamps are not those of its samples, by more than any clock drifts."""
    for each in source.audio:
        pace = counts[each.index].pace if each.index in counts else 1.0
        if each.codec not in _PAUSING and source.demuxer not in _INDEXED and not _SLOW < pace < _FAST:
            text = f"its time stamps let its sound last {pace:.2f} times as long as it is"
            yield Loss("clock-wrong", text, "sound", track=each.index, certain=False)


def _faulty(source: Source, decoded: DecodeReport) -> Iterator[Loss]:
    """What demuxers and decoders complained of, once for each stream."""
    beside = [each for each in decoded.faults if _beside(each, source, decoded)]
    if beside:
        text = "it holds bytes that are no sound, behind its end or between; all the sound that it states decodes"
        yield Loss(BEHIND, text, "sound", track=beside[0].track, certain=False)
    rest = (each for each in decoded.faults if each not in beside and not _explained(each, source, decoded))
    faults = sorted(rest, key=_whose)
    for (part, track, _), group in groupby(faults, key=_whose):
        each = tuple(group)
        places = _places(each)
        damaged = "the file is damaged" if part == "file" else f"its {part} is damaged"
        where = f"{damaged} in {len(places)} places, first" if len(places) > 1 else damaged
        stated = source.start if not places else places[0]
        yield Loss(
            "decode-errors", where, part, stated, None, None if track < 0 else track, evidence=each[0].text
        )


def _whose(fault: DecodeFault) -> tuple[Whose, int, str]:
    return fault.part, -1 if fault.track is None else fault.track, ""


def _places(faults: Sequence[DecodeFault]) -> list[Fraction]:
    """The times of faults, those near each other once."""
    found: list[Fraction] = []
    for time in sorted(each.time for each in faults if each.time is not None):
        if not found or time - found[-1] > _PLACE:
            found.append(time)
    return found


def _explained(fault: DecodeFault, source: Source, decoded: DecodeReport) -> bool:
    """Whether a fault is no damage: of a beginning in the middle, of an end that nobody stated, of a join that is named by itself."""
    if (decoded.restarts or source.open_ended) and "orrupt" in fault.text:
        return True
    if any(each in fault.text for each in _ENDED) and any(each.code == INDEX_CUT for each in source.losses):
        return True
    if fault.part == "file" and not source.whole:  # the container's own account says it better
        return True
    if fault.time is not None:
        return False
    return (fault.part != "file" and source.demuxer in _STREAMS) or (
        fault.part == "picture" and _unreferenced(fault)
    )


def _beside(fault: DecodeFault, source: Source, decoded: DecodeReport) -> bool:
    """Whether a fault is of a packet beside the sound: a file of sound counts its sound, and all of it decodes, no more and no less."""
    blocks, samples, tracks = source.stated.blocks, source.stated.samples, decoded.tracks
    if len(tracks) != 1 or source.pictures or not any(each in fault.text for each in _NO_SOUND):
        return False
    return (
        blocks + samples > 0
        and tracks[0].frames == (blocks or tracks[0].frames)
        and tracks[0].samples == (samples or tracks[0].samples)
    )


def _unreferenced(fault: DecodeFault) -> bool:
    return any(each in fault.text for each in _UNREFERENCED)


def _uncounted(source: Source, counts: dict[int, DecodedTrack]) -> Iterator[Loss]:
    """Pictures that are in the file, and that no decoder showed; sound that is there, and of which nothing was heard."""
    for each in source.pictures:
        track = counts.get(each.index)
        if track is None or each.codec in _HIDING or (each.interlaced and each.codec in _FIELDS):
            continue
        missing = each.frames - track.lead - track.frames
        if missing > 0:
            text = f"{missing:,} of its {each.frames:,} pictures cannot be decoded"
            yield Loss("pictures-lost", text, "picture", seconds=None, track=each.index)
    for sound in source.audio:
        track = counts.get(sound.index)
        if track is not None and not track.frames:
            text = (
                "its sound cannot be decoded"
                if track.packets
                else "it has a track of sound with nothing in it"
            )
            yield Loss("sound-empty", text, "sound", track=sound.index, certain=bool(track.packets))
