"""The tracks of an opened container, from one walk over its packets: times of all, one decoded frame of each picture."""

from __future__ import annotations

import contextlib
import hashlib
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from finish import units
from finish.effects.clocks import Clock, placed
from finish.errors import FinishError
from finish.model import AudioTrack, Change, VideoTrack
from finish.units import Size

if TYPE_CHECKING:
    import av.container

# FFmpeg's numbers (libavutil/pixfmt.h, ITU-T H.273 tables 2-4) for the names that its filters take.
_PRIMARIES = {1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020", 11: "smpte431", 12: "smpte432"}
_TRANSFERS = {1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "linear", 13: "iec61966-2-1", 14: "bt2020-10",
              15: "bt2020-12", 16: "smpte2084", 18: "arib-std-b67"}
_MATRICES = {0: "gbr", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc", 10: "bt2020c"}
_HDR: Final = frozenset({"smpte2084", "arib-std-b67"})
# Clocks in whole milliseconds make 30 fps look like 30.3.
_JITTER: Final = Fraction(2, 100)
_MOST_PICTURES: Final = 32  # house: as many as `conform: {picture: …}` can name
# Caption data as encoders write it: with every frame, so it is there from the first ones on. ANSI/SCTE 128-1 §8.1 in H.264 and
# HEVC (T.35: country 0xB5, provider 0x0031), ATSC A/53-4 §6.2.3 in MPEG-2 user data; type 3 is cc_data.
_CAPTIONS: Final = (b"\xb5\x00\x31GA94\x03", b"\x00\x00\x01\xb2GA94\x03")
_CAPTION_PACKETS: Final = 60
_LIGHT: Final = ("CONTENT_LIGHT_LEVEL", "MASTERING_DISPLAY_METADATA")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}")  # BCP 47, RFC 5646: what may be shown to a person

# FFmpeg takes one or two channels without a layout for its usual one.
_USUAL: Final = {"1 channels": "mono", "2 channels": "stereo"}
_ASIDE: Final = {"comment": "commentary", "visual_impaired": "audio description", "descriptions": "audio description",
                 "hearing_impaired": "for the hard of hearing", "karaoke": "karaoke", "clean_effects": "effects only"}
_TITLE: Final = 40

Times = list[tuple[int, int]]


@dataclass(frozen=True)
class Frame:
    """What only a decoded frame tells."""

    pix_fmt: str
    size: Size
    bits: int
    alpha: bool
    rotation: int
    interlaced: bool
    peak: Fraction | None


@dataclass
class Walk:
    """Start and duration of every packet that is shown, by stream, in the stream's ticks; and what the pictures look like."""

    times: dict[int, Times]
    frames: dict[int, Frame] = field(default_factory=dict)
    closed_captions: bool = False
    packets: Any = field(default_factory=hashlib.sha256)
    keys: dict[int, list[int]] = field(default_factory=dict)
    clocks: dict[int, Clock] = field(default_factory=dict)


def walk(container: av.container.InputContainer, pictures: Sequence[Any]) -> Walk:
    """One pass over the whole container; of the first picture an error of the decoder is raised, others are left out."""
    walked = Walk({each.index: [] for each in container.streams})
    waiting = {each.index: each is pictures[0] for each in pictures if each.codec_context is not None}
    walked.clocks = {each.index: Clock() for each in container.streams.audio if each.codec_context is not None}
    for packet in container.demux():
        index = packet.stream.index
        if index in waiting:
            _decode(packet, waiting, walked)
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
        if packet.stream.type == "video" and not walked.closed_captions and len(walked.times[index]) <= _CAPTION_PACKETS:
            data = bytes(packet)
            walked.closed_captions = any(each in data for each in _CAPTIONS)
    return walked


def _decode(packet: Any, waiting: dict[int, bool], walked: Walk) -> None:
    import av

    index = packet.stream.index
    try:
        frames = packet.decode()
    except av.FFmpegError:
        if waiting.pop(index):
            raise
        return
    if frames:
        walked.frames[index] = _frame(frames[0])
        del waiting[index]


def _hear(packet: Any, clock: Clock) -> None:
    """The sound of a packet; one that cannot be decoded leaves a gap in the stamps."""
    import av

    if not clock.whole:
        return
    with contextlib.suppress(av.FFmpegError):
        for frame in packet.decode():
            clock.add(frame)


def _frame(frame: Any) -> Frame:
    components = frame.format.components
    bits, alpha = max(each.bits for each in components), any(each.is_alpha for each in components)
    size = Size(frame.width, frame.height)
    return Frame(frame.format.name, size, bits, alpha, _quarter_turns(frame.rotation), bool(frame.interlaced_frame), _peak(frame))


def _quarter_turns(rotation: int) -> int:
    """FFmpeg turns by quarters what is within a degree of one, and keeps the size of what it turns by any other angle."""
    nearest = round(rotation / 90) * 90
    return (nearest if abs(rotation - nearest) <= 1 else rotation) % 360


def _peak(frame: Any) -> Fraction | None:
    """The brightest pixel (MaxCLL), else the brightest that the mastering display could show, in cd/m²; SMPTE ST 2086, CTA-861.3."""
    try:
        stated = {each.type.name: bytes(each) for each in frame.side_data if each.type.name in _LIGHT}
    except ValueError:  # PyAV has no name for some kinds that FFmpeg has (EXIF of pictures), and then tells of none
        return None
    light = stated.get("CONTENT_LIGHT_LEVEL", b"")
    if len(light) >= 4 and (brightest := struct.unpack_from("I", light)[0]):
        return Fraction(brightest)
    display = stated.get("MASTERING_DISPLAY_METADATA", b"")
    if len(display) >= 88:  # AVMasteringDisplayMetadata: ten rationals of colour and darkness, the brightest, and two flags
        over, under, _, has_luminance = struct.unpack_from("4i", display, 72)
        return Fraction(over, under) if has_luminance and under > 0 and over > 0 else None
    return None


def picture_streams(container: av.container.InputContainer) -> list[Any]:
    """The real video streams: a cover picture is not one."""
    import av.stream

    cover = av.stream.Disposition.attached_pic
    return [each for each in container.streams.video if not each.disposition & cover][:_MOST_PICTURES]


def pictures(streams: Sequence[Any], walked: Walk, shown: str) -> tuple[tuple[VideoTrack, ...], tuple[str, ...]]:
    """The video tracks that can be read, and words about those that cannot; FinishError("media") when the first cannot."""
    found, lost = [], []
    for stream in streams:
        frame, times = walked.frames.get(stream.index), walked.times[stream.index]
        if frame is not None and times:
            found.append(_video(stream, times, walked.keys.get(stream.index, []), frame))
            continue
        why = "has no codec and cannot be read" if stream.codec_context is None else "has no frame that can be decoded"
        if not found:
            raise FinishError("media", f"{shown}: picture stream {stream.index} {why}", "export the clip again")
        lost.append(f"picture stream {stream.index} {why}: left out")
    return tuple(found), tuple(lost)


def sounds(container: av.container.InputContainer, walked: Walk, shown: str) -> tuple[tuple[AudioTrack, ...], tuple[str, ...]]:
    """The sound tracks that can be read, and words about those that cannot; FinishError("media") when none of them can."""
    found, lost = [], []
    for stream in container.streams.audio:
        if stream.codec_context is not None and getattr(stream.codec_context, "rate", None):
            found.append(_audio(stream, walked.times[stream.index], walked.clocks[stream.index]))
        else:
            lost.append(f"sound stream {stream.index} has no codec and cannot be read")
    if lost and not found:
        raise FinishError("media", f"{shown}: {lost[0]}", "export the clip again")
    return tuple(found), tuple(f"{each}: left out" for each in lost)


def language(stream: Any) -> str:
    """The stream's language as the container writes it, "" where it says none or something that is no language."""
    said = str(stream.metadata.get("language", ""))
    return said if _LANGUAGE.fullmatch(said) and said != "und" else ""


def _audio(stream: Any, times: Times, clock: Clock) -> AudioTrack:
    """What was decoded outranks what the container states: an AAC's header knows nothing of its doubled rate."""
    context = stream.codec_context
    start, end = _bounds(times, stream.time_base)
    first = clock.changes[0] if clock.changes else _stated(context, start)
    return AudioTrack(
        index=stream.index, codec=context.codec.canonical_name, rate=first.rate, channels=clock.channels or context.channels,
        layout=_USUAL.get(first.layout, first.layout), start=start, end=end, language=language(stream), runs=clock.runs,
        changes=tuple(clock.changes), places=first.places, default=bool(stream.disposition & 1), aside=_aside(stream), title=_title(stream),
    )


def _stated(context: Any, start: Fraction) -> Change:
    """What the container states of a sound of which nothing could be decoded."""
    return Change(start, context.rate, context.layout.name, placed([each.name for each in context.layout.channels]))


def _aside(stream: Any) -> str:
    """What a track is besides the programme's own sound, as its container marks it."""
    marked = {each.name for each in stream.disposition}
    return next((said for name, said in _ASIDE.items() if name in marked), "")


def _title(stream: Any) -> str:
    """The letters of a track's name, as it may be shown."""
    said = str(stream.metadata.get("title", "") or stream.metadata.get("name", "") or stream.metadata.get("handler_name", ""))
    return " ".join(re.findall(r"\w+", said.lower()))[:_TITLE]


def _video(stream: Any, times: Times, keys: Sequence[int], frame: Frame) -> VideoTrack:
    context = stream.codec_context
    start, end = _bounds(times, stream.time_base)
    gaps = _gaps(times)
    sample = Fraction(stream.sample_aspect_ratio or 1) or Fraction(1)
    transfer = _TRANSFERS.get(context.color_trc, "")
    return VideoTrack(
        index=stream.index, codec=context.codec.canonical_name, profile=context.profile or "", pix_fmt=frame.pix_fmt, coded=frame.size,
        size=_displayed(frame.size, sample, frame.rotation), sample_aspect=sample, rotation=frame.rotation,
        rate=_rate(stream, gaps), variable=_varies(gaps), gap=max(gaps) * stream.time_base, frames=len(times), start=start, end=end,
        primaries=_PRIMARIES.get(context.color_primaries, ""), transfer=transfer, matrix=_MATRICES.get(context.colorspace, ""),
        full_range={1: False, 2: True}.get(int(context.color_range)), interlaced=frame.interlaced, hdr=transfer in _HDR,
        bits=frame.bits, alpha=frame.alpha, peak=frame.peak,
        key_gap=max(after - before for before, after in pairwise(sorted({start, *(key * stream.time_base for key in keys), end}))),
    )


def _displayed(coded: Size, sample: Fraction, rotation: int) -> Size:
    square = Size(units.even(coded.width * sample), coded.height) if sample != 1 else coded
    return Size(square.height, square.width) if rotation % 180 == 90 else square


def _bounds(times: Times, base: Fraction) -> tuple[Fraction, Fraction]:
    if not times:
        return Fraction(0), Fraction(0)
    return min(time for time, _ in times) * base, max(time + length for time, length in times) * base


def _gaps(times: Times) -> list[int]:
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
