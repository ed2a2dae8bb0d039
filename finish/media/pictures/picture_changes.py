"""The facts of a picture as a track, from a frame that is decoded wherever the picture may have changed."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from finish import units
from finish.media.pictures import frame_rates, keyframe_headers
from finish.model import PictureShape, VideoTrack
from finish.model.colour_codes import HDR
from finish.units import Size

# FFmpeg's names (libavutil/pixdesc.c) for the codes of ITU-T H.273 tables 2 to 4. 2 is "unspecified", and
# reserved codes mean nothing more; 256 is FFmpeg's own number for what Panasonic's cameras write.
_PRIMARIES: Final = {
    0: "",
    1: "bt709",
    2: "",
    3: "",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "film",
    9: "bt2020",
    10: "smpte428",
    11: "smpte431",
    12: "smpte432",
    22: "ebu3213",
    256: "vgamut",
}
_TRANSFERS: Final = {
    0: "",
    1: "bt709",
    2: "",
    3: "",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "linear",
    9: "log100",
    10: "log316",
    11: "iec61966-2-4",
    12: "bt1361e",
    13: "iec61966-2-1",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    17: "smpte428",
    18: "arib-std-b67",
    256: "vlog",
}
_MATRICES: Final = {
    0: "gbr",
    1: "bt709",
    2: "",
    3: "",
    4: "fcc",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "ycgco",
    9: "bt2020nc",
    10: "bt2020c",
    11: "smpte2085",
    12: "chroma-derived-nc",
    13: "chroma-derived-c",
    14: "ictcp",
    15: "ipt-c2",
    16: "ycgco-re",
    17: "ycgco-ro",
}
_CHANGES: Final = 100  # different headers of one picture, after which no more frames are decoded
_LIGHT: Final = ("CONTENT_LIGHT_LEVEL", "MASTERING_DISPLAY_METADATA")

Times = Sequence[tuple[int, int]]
DecodedFrames = list[tuple[int, "DecodedFrame"]]


@dataclass(frozen=True)
class DecodedFrame:
    """The facts that only a decoded frame shows. `colour` are the codes of its primaries, transfer, matrix,
    and range; `aspect` is that of a pixel."""

    pix_fmt: str
    size: Size
    bits: int
    alpha: bool
    rotation: int
    interlaced: bool
    peak: Fraction | None
    colour: tuple[int, int, int, int]
    aspect: Fraction | None

    @property
    def shape(self) -> tuple[object, ...]:
        """The facts that must not change within one filter graph of FFmpeg."""
        return self.size, self.aspect, self.pix_fmt, self.colour


class FrameDecoder:
    """Decodes the first frame of a picture, and a frame wherever the header of a keyframe differs.

    `frames` are the decoded frames with the ticks at which they begin.
    """

    def __init__(self, stream: Any) -> None:
        self._context = stream.codec_context
        self._codec, self._extradata = (
            self._context.codec.canonical_name,
            bytes(self._context.extradata or b""),
        )
        self._header, self._since, self._left = b"", 0, _CHANGES
        self._waiting = True
        self.frames: DecodedFrames = []

    def add(self, packet: Any) -> None:
        """Read the next packet of the picture. Packets that can't be decoded are skipped: a recording may
        begin anywhere."""
        if packet.size and packet.is_keyframe and not packet.is_discard and self._left:
            self._read(packet)
        if self._waiting:
            self._decode(packet)

    def _read(self, packet: Any) -> None:
        header = keyframe_headers.stated(self._codec, bytes(packet), self._extradata)
        header += bytes(packet.get_sidedata("new_extradata")) if packet.has_sidedata("new_extradata") else b""
        if header and header != self._header:
            if self._header or not self._waiting:
                self._context.flush_buffers()
                self._waiting, self._left = True, self._left - 1
                self._since = packet.pts if packet.pts is not None else packet.dts or 0
            self._header = header

    def _decode(self, packet: Any) -> None:
        import av

        frames: list[Any] = []
        with contextlib.suppress(av.FFmpegError):
            frames = packet.decode()
        if frames:
            self.frames.append((self._since, _frame(frames[0], self._context)))
            self._waiting = False


def _frame(frame: Any, context: Any) -> DecodedFrame:
    components = frame.format.components
    return DecodedFrame(
        pix_fmt=frame.format.name,
        size=Size(frame.width, frame.height),
        bits=max(component.bits for component in components),
        alpha=any(component.is_alpha for component in components),
        rotation=_quarter_turns(frame.rotation),
        interlaced=bool(frame.interlaced_frame),
        peak=_peak(frame),
        aspect=Fraction(context.sample_aspect_ratio or 0) or None,
        colour=(
            int(context.color_primaries),
            int(context.color_trc),
            int(context.colorspace),
            int(context.color_range),
        ),
    )


def _quarter_turns(rotation: int) -> int:
    """FFmpeg rotates by a quarter turn if the angle is within a degree of it; it keeps the size for any other
    angle."""
    nearest = round(rotation / 90) * 90
    return (nearest if abs(rotation - nearest) <= 1 else rotation) % 360


def _peak(frame: Any) -> Fraction | None:
    """The brightest pixel (MaxCLL), else the brightest that the mastering display could show, in cd/m²;
    SMPTE ST 2086, CTA-861.3."""
    try:
        stated = {data.type.name: bytes(data) for data in frame.side_data if data.type.name in _LIGHT}
    except ValueError:  # PyAV has no name for some kinds (EXIF of pictures), and then reports none
        return None
    light = stated.get("CONTENT_LIGHT_LEVEL", b"")
    if len(light) >= 4 and (brightest := struct.unpack_from("I", light)[0]):
        return Fraction(brightest)
    display = stated.get("MASTERING_DISPLAY_METADATA", b"")
    # AVMasteringDisplayMetadata: nine rationals of colour and minimum luminance, the maximum luminance, two
    # flags.
    if len(display) >= 88:
        over, under, _, has_luminance = struct.unpack_from("4i", display, 72)
        return Fraction(over, under) if has_luminance and under > 0 and over > 0 else None
    return None


def video_track(
    stream: Any, times: Times, span: tuple[Fraction, Fraction], keys: Sequence[int], frames: DecodedFrames
) -> VideoTrack:
    """The facts of a picture, from the timestamps and durations of its packets, the `span` (s) of the track,
    the ticks of its keyframes, and its decoded frames."""
    context, base = stream.codec_context, stream.time_base
    start, end = span
    gaps = frame_rates.gaps_of((time for time, _ in times), times[0][1])
    frame, changes = _shapes(stream, frames, start, end)
    coded, sample = frame.size, Fraction(stream.sample_aspect_ratio or 1) or Fraction(1)
    if changes:
        coded, sample = _square(frame), Fraction(1)
    primaries, transfer, matrix, limits = frame.colour
    curve = _named(_TRANSFERS, transfer)
    return VideoTrack(
        index=stream.index,
        codec=context.codec.canonical_name,
        profile=context.profile or "",
        pix_fmt=frame.pix_fmt,
        coded=coded,
        size=_displayed(coded, sample, frame.rotation),
        sample_aspect=sample,
        rotation=frame.rotation,
        rate=frame_rates.rate_of(gaps, base, (stream.guessed_rate, stream.average_rate)),
        variable=frame_rates.varies(gaps),
        gap=max(gaps) * base,
        frames=len(times),
        start=start,
        end=end,
        primaries=_named(_PRIMARIES, primaries),
        transfer=curve,
        matrix=_named(_MATRICES, matrix),
        full_range={1: False, 2: True}.get(limits),
        interlaced=any(frame.interlaced for _, frame in frames),
        hdr=curve in HDR,
        bits=frame.bits,
        alpha=any(frame.alpha for _, frame in frames),
        peak=frame.peak,
        changes=changes,
        key_gap=max(
            after - before for before, after in pairwise(sorted({start, *(key * base for key in keys), end}))
        ),
    )


def _named(names: Mapping[int, str], code: int) -> str:
    """The meaning of a code of H.273. A code without a name isn't the same as no code."""
    return names.get(code, f"code {code} of H.273")


def _shapes(
    stream: Any, frames: DecodedFrames, start: Fraction, end: Fraction
) -> tuple[DecodedFrame, tuple[PictureShape, ...]]:
    """The frame that represents a picture, and the picture's shapes in order; () if there is only one.

    The frame has the largest shape that lasts a quarter of the time, else the shape that lasts longest.
    """
    turns = [(start, frames[0][1])]
    turns += [
        (since * stream.time_base, frame)
        for (_, before), (since, frame) in pairwise(frames)
        if frame.shape != before.shape
    ]
    if len(turns) == 1:
        return turns[0][1], ()
    lasting: dict[tuple[object, ...], Fraction] = {}
    for (since, frame), until in zip(turns, (*(since for since, _ in turns[1:]), end), strict=True):
        lasting[frame.shape] = lasting.get(frame.shape, Fraction(0)) + until - since
    long = [frame for _, frame in turns if 4 * lasting[frame.shape] >= end - start]
    large = {frame.shape: _square(frame).pixels for frame in long} or lasting
    longest = max(large, key=lambda shape: (large[shape], lasting[shape]))
    main = next(frame for _, frame in turns if frame.shape == longest)
    return main, tuple(PictureShape(since, _square(frame), frame.pix_fmt) for since, frame in turns)


def _square(frame: DecodedFrame) -> Size:
    """A frame's size in square pixels."""
    return _displayed(frame.size, frame.aspect or Fraction(1), 0)


def _displayed(coded: Size, sample: Fraction, rotation: int) -> Size:
    square = Size(units.even(coded.width * sample), coded.height) if sample != 1 else coded
    return Size(square.height, square.width) if rotation % 180 == 90 else square
