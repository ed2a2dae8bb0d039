"""The tracks of an open container, from one pass over its packets: all times, and one decoded frame per
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
from finish.media.pictures.picture_changes import FrameDecoder, Looks, video
from finish.media.sample_clocks import TrackFrames, placed
from finish.model import AudioTrack, SoundChange, VideoTrack

if TYPE_CHECKING:
    import av.container

_MOST_PICTURES: Final = 32  # house: as many as `conform: {picture: …}` can name
# Caption data as encoders write it: with every frame, so it is there from the first ones on. ANSI/SCTE 128-1
# §8.1 in H.264 and HEVC (T.35: country 0xB5, provider 0x0031), ATSC A/53-4 §6.2.3 in MPEG-2 user data; type 3
# is cc_data.
_CAPTIONS: Final = (b"\xb5\x00\x31GA94\x03", b"\x00\x00\x01\xb2GA94\x03")
_CAPTION_PACKETS: Final = 60
_LANGUAGE: Final = re.compile(
    r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}"
)  # BCP 47, RFC 5646: what may be shown to a person

# FFmpeg takes one or two channels without a layout for its usual one.
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
    """Start and duration of every packet that is shown, by stream, in the stream's ticks; and what the
    pictures look like, from when on."""

    times: dict[int, Times]
    frames: dict[int, Looks] = field(default_factory=dict)
    closed_captions: bool = False
    packets: Any = field(default_factory=hashlib.sha256)
    keys: dict[int, list[int]] = field(default_factory=dict)
    clocks: dict[int, TrackFrames] = field(default_factory=dict)


def walk(container: av.container.InputContainer, pictures: Sequence[Any]) -> PacketWalk:
    """One pass over the whole container; of the first picture an error of the decoder is raised, others
    are left out."""
    walked = PacketWalk({stream.index: [] for stream in container.streams})
    looks = {
        picture.index: FrameDecoder(picture) for picture in pictures if picture.codec_context is not None
    }
    walked.frames = {index: look.seen for index, look in looks.items()}
    walked.clocks = {
        each.index: TrackFrames() for each in container.streams.audio if each.codec_context is not None
    }
    for packet in container.demux():
        index = packet.stream.index
        if index in looks:
            looks[index].add(packet)
        elif index in walked.clocks:
            _hear(packet, walked.clocks[index])
        if not packet.size or packet.is_discard:
            continue
        if pictures and packet.stream is pictures[0]:
            walked.packets.update(bytes(packet))
        time = packet.pts if packet.pts is not None else packet.dts
        if time is not None:
            walked.times[index].append((time, packet.duration or 0))
            if packet.is_keyframe:
                walked.keys.setdefault(index, []).append(time)
        if (
            packet.stream.type == "video"
            and not walked.closed_captions
            and len(walked.times[index]) <= _CAPTION_PACKETS
        ):
            data = bytes(packet)
            walked.closed_captions = any(caption in data for caption in _CAPTIONS)
    return walked


def _hear(packet: Any, clock: TrackFrames) -> None:
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
    return [each for each in container.streams.video if not each.disposition & cover][:_MOST_PICTURES]


def pictures(
    streams: Sequence[Any], walked: PacketWalk, name: str
) -> tuple[tuple[VideoTrack, ...], tuple[str, ...]]:
    """The video tracks that can be read, and words about those that cannot; MediaError when the first
    cannot."""
    found, lost = [], []
    for stream in streams:
        seen, times = walked.frames.get(stream.index), walked.times[stream.index]
        if seen and times:
            found.append(
                video(
                    stream, times, _bounds(times, stream.time_base), walked.keys.get(stream.index, []), seen
                )
            )
            continue
        why = (
            "has no codec and can't be read"
            if stream.codec_context is None
            else "has no frame that can be decoded"
        )
        if not found:
            raise MediaError(f"{name}: picture stream {stream.index} {why}", "export the clip again")
        lost.append(f"picture stream {stream.index} {why}: ignored")
    return tuple(found), tuple(lost)


def sounds(
    container: av.container.InputContainer, walked: PacketWalk, name: str
) -> tuple[tuple[AudioTrack, ...], tuple[str, ...]]:
    """The sound tracks that can be read, and words about those that cannot; MediaError when none of them
    can."""
    found, lost = [], []
    for stream in container.streams.audio:
        if stream.codec_context is not None and getattr(stream.codec_context, "rate", None):
            found.append(_audio(stream, walked.times[stream.index], walked.clocks[stream.index]))
        else:
            lost.append(f"sound stream {stream.index} has no codec and can't be read")
    if lost and not found:
        raise MediaError(f"{name}: {lost[0]}", "export the clip again")
    return tuple(found), tuple(f"{each}: ignored" for each in lost)


def last_of_others(container: av.container.InputContainer, walked: PacketWalk) -> Fraction:
    """When the last packet of what is neither picture nor sound ends (s): subtitles and data may outlast
    both."""
    others = [
        (stream.index, stream.time_base)
        for stream in container.streams
        if stream.type not in ("video", "audio")
    ]
    return max((_bounds(walked.times[index], base)[1] for index, base in others if base), default=Fraction(0))


def language(stream: Any) -> str:
    """The stream's language as the container writes it, "" where it says none or something that is no
    language."""
    said = str(stream.metadata.get("language", ""))
    return said if _LANGUAGE.fullmatch(said) and said != "und" else ""


def _audio(stream: Any, times: Times, clock: TrackFrames) -> AudioTrack:
    """What was decoded outranks what the container states: an AAC's header knows nothing of its doubled
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
    """What the container states of a sound of which nothing could be decoded."""
    return SoundChange(
        start,
        context.rate,
        context.layout.name,
        placed([channel.name for channel in context.layout.channels]),
    )


def _aside(stream: Any) -> str:
    """The track's role other than main sound, as the container marks it."""
    marked = {each.name for each in stream.disposition}
    return next((said for name, said in _ASIDE.items() if name in marked), "")


def _title(stream: Any) -> str:
    """The printable letters of a track's name."""
    said = str(
        stream.metadata.get("title", "")
        or stream.metadata.get("name", "")
        or stream.metadata.get("handler_name", "")
    )
    return " ".join(re.findall(r"\w+", said.lower()))[:_TITLE]


def _bounds(times: Times, base: Fraction) -> tuple[Fraction, Fraction]:
    if not times:
        return Fraction(0), Fraction(0)
    return min(time for time, _ in times) * base, max(time + length for time, length in times) * base
