"""The tracks of an open container, from one pass over its packets: all times, and one decoded frame of each
picture."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from finish.errors import MediaError
from finish.media.pictures.picture_changes import DecodedFrames, FrameDecoder, video_track
from finish.media.sample_clocks import TrackFrames, placed
from finish.model import AudioTrack, SoundChange, VideoTrack

if TYPE_CHECKING:
    import av.container

_MOST_PICTURES: Final = 32  # house: as many as `conform: {picture: …}` can name
# Caption data as encoders write it: with every frame, from the first ones on. ANSI/SCTE 128-1 §8.1 in H.264
# and HEVC (T.35: country 0xB5, provider 0x0031), ATSC A/53-4 §6.2.3 in MPEG-2 user data; type 3 is cc_data.
_CAPTIONS: Final = (b"\xb5\x00\x31GA94\x03", b"\x00\x00\x01\xb2GA94\x03")
_CAPTION_PACKETS: Final = 60
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")  # BCP 47 (RFC 5646)

# The layouts that FFmpeg assumes for one or two channels without a layout.
_USUAL: Final = {"1 channels": "mono", "2 channels": "stereo"}
_ASIDE: Final = {
    "comment": "commentary",
    "visual_impaired": "audio description",
    "descriptions": "audio description",
    "hearing_impaired": "for the hard of hearing",
    "karaoke": "karaoke",
    "clean_effects": "effects only",
}
_TITLE: Final = 40

Times = list[tuple[int, int]]


@dataclass
class PacketWalk:
    """The result of one pass over a container's packets.

    `times` are the start and duration of every packet that is shown, by stream, in the stream's ticks.
    `frames` are the decoded frames of each picture, `keys` the ticks of its keyframes, and `clocks` the
    decoded frames of sound. `picture_hash` is the SHA-256 of the first picture's packets.
    """

    times: dict[int, Times]
    frames: dict[int, DecodedFrames] = field(default_factory=dict)
    closed_captions: bool = False
    picture_hash: Any = field(default_factory=hashlib.sha256)
    keys: dict[int, list[int]] = field(default_factory=dict)
    clocks: dict[int, TrackFrames] = field(default_factory=dict)


def walk_packets(container: av.container.InputContainer, pictures: Sequence[Any]) -> PacketWalk:
    """One pass over the whole container."""
    packets = PacketWalk({stream.index: [] for stream in container.streams})
    decoders = {
        picture.index: FrameDecoder(picture) for picture in pictures if picture.codec_context is not None
    }
    packets.frames = {index: decoder.frames for index, decoder in decoders.items()}
    packets.clocks = {
        sound.index: TrackFrames() for sound in container.streams.audio if sound.codec_context is not None
    }
    for packet in container.demux():
        index = packet.stream.index
        if index in decoders:
            decoders[index].add(packet)
        elif index in packets.clocks:
            _decode_sound(packet, packets.clocks[index])
        if not packet.size or packet.is_discard:
            continue
        if pictures and packet.stream is pictures[0]:
            packets.picture_hash.update(bytes(packet))
        time = packet.pts if packet.pts is not None else packet.dts
        if time is not None:
            packets.times[index].append((time, packet.duration or 0))
            if packet.is_keyframe:
                packets.keys.setdefault(index, []).append(time)
        early = len(packets.times[index]) <= _CAPTION_PACKETS
        if packet.stream.type == "video" and early and not packets.closed_captions:
            data = bytes(packet)
            packets.closed_captions = any(caption in data for caption in _CAPTIONS)
    return packets


def _decode_sound(packet: Any, clock: TrackFrames) -> None:
    """Decode the sound of a packet; an undecodable packet leaves a gap in the timestamps."""
    import av

    if not clock.whole:
        return
    with contextlib.suppress(av.FFmpegError):
        for frame in packet.decode():
            clock.add(frame)


def picture_streams(container: av.container.InputContainer) -> list[Any]:
    """The video streams without cover pictures."""
    import av.stream

    cover = av.stream.Disposition.attached_pic
    return [video for video in container.streams.video if not video.disposition & cover][:_MOST_PICTURES]


def pictures(
    streams: Sequence[Any], packets: PacketWalk, name: str
) -> tuple[tuple[VideoTrack, ...], tuple[str, ...]]:
    """The video tracks that can be read, and warnings about the others; MediaError if the first can't be
    read."""
    tracks, warnings = [], []
    for stream in streams:
        frames, times = packets.frames.get(stream.index), packets.times[stream.index]
        if frames and times:
            span, keys = _bounds(times, stream.time_base), packets.keys.get(stream.index, [])
            tracks.append(video_track(stream, times, span, keys, frames))
            continue
        no_codec = stream.codec_context is None
        why = "has no codec and can't be read" if no_codec else "has no frame that can be decoded"
        if not tracks:
            raise MediaError(f"{name}: picture stream {stream.index} {why}", "export the clip again")
        warnings.append(f"picture stream {stream.index} {why}: ignored")
    return tuple(tracks), tuple(warnings)


def sounds(
    container: av.container.InputContainer, packets: PacketWalk, name: str
) -> tuple[tuple[AudioTrack, ...], tuple[str, ...]]:
    """The sound tracks that can be read, and warnings about the others; MediaError if none can be read."""
    tracks, faults = [], []
    for stream in container.streams.audio:
        if stream.codec_context is not None and getattr(stream.codec_context, "rate", None):
            tracks.append(_audio(stream, packets.times[stream.index], packets.clocks[stream.index]))
        else:
            faults.append(f"sound stream {stream.index} has no codec and can't be read")
    if faults and not tracks:
        raise MediaError(f"{name}: {faults[0]}", "export the clip again")
    return tuple(tracks), tuple(f"{fault}: ignored" for fault in faults)


def last_of_others(container: av.container.InputContainer, packets: PacketWalk) -> Fraction:
    """When the last packet that is neither picture nor sound ends (s): subtitles and data may outlast
    both."""
    others = [
        (stream.index, stream.time_base)
        for stream in container.streams
        if stream.type not in ("video", "audio")
    ]
    return max(
        (_bounds(packets.times[index], base)[1] for index, base in others if base), default=Fraction(0)
    )


def language(stream: Any) -> str:
    """The stream's language as the container states it; "" if it states none, or something else."""
    text = str(stream.metadata.get("language", ""))
    return text if _LANGUAGE.fullmatch(text) and text != "und" else ""


def _audio(stream: Any, times: Times, clock: TrackFrames) -> AudioTrack:
    """The facts of a sound track. Decoded frames outrank the container: an AAC header doesn't state a doubled
    rate."""
    context = stream.codec_context
    start, end = _bounds(times, stream.time_base)
    first, fit = clock.changes[0] if clock.changes else _stated(context, start), clock.fit
    return AudioTrack(
        index=stream.index,
        codec=context.codec.canonical_name,
        rate=first.rate,
        channels=clock.channels or context.channels,
        layout=_USUAL.get(first.layout, first.layout),
        start=start,
        end=end,
        language=language(stream),
        runs=fit.runs,
        torn=fit.torn,
        changes=tuple(clock.changes),
        places=first.places,
        default=bool(stream.disposition & 1),
        aside=_aside(stream),
        title=_title(stream),
    )


def _stated(context: Any, start: Fraction) -> SoundChange:
    """The format that the container states for sound that can't be decoded."""
    return SoundChange(
        start,
        context.rate,
        context.layout.name,
        placed([channel.name for channel in context.layout.channels]),
    )


def _aside(stream: Any) -> str:
    """The track's role other than main sound, as the container marks it; "" for main sound."""
    marked = {flag.name for flag in stream.disposition}
    return next((role for name, role in _ASIDE.items() if name in marked), "")


def _title(stream: Any) -> str:
    """The words of a track's name, in lower case."""
    tags = stream.metadata
    text = str(tags.get("title", "") or tags.get("name", "") or tags.get("handler_name", ""))
    return " ".join(re.findall(r"\w+", text.lower()))[:_TITLE]


def _bounds(times: Times, base: Fraction) -> tuple[Fraction, Fraction]:
    """When packets begin and end (s)."""
    if not times:
        return Fraction(0), Fraction(0)
    return min(time for time, _ in times) * base, max(time + length for time, length in times) * base
