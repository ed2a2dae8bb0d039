"""What a destination fixes: frame, rate, colour, safe zone, encoding, limits. A preset file is this, as YAML."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field

from finish.graph import Encoding
from finish.model.values import FrameSize, Rate, Seconds, Settings
from finish.units import Box, Size, number

Positive = Annotated[int, Field(gt=0)]


class SafeZone(Settings):
    """Pixels of the frame's edge that the destination's own buttons and texts may cover."""

    top: Annotated[int, Field(ge=0)] = 0
    bottom: Annotated[int, Field(ge=0)] = 0
    left: Annotated[int, Field(ge=0)] = 0
    right: Annotated[int, Field(ge=0)] = 0

    def within(self, frame: Size) -> Box:
        """The safe box: where text may stand."""
        return Box(self.left, self.top, frame.width - self.right, frame.height - self.bottom)


class Rates(Settings):
    """Source rates from `low` to `high` are kept; any other becomes `otherwise`."""

    low: Rate
    high: Rate
    otherwise: Rate

    def of(self, source: Fraction) -> Fraction:
        return source if self.low <= source <= self.high else self.otherwise


class PictureEncoding(Settings):
    """How the picture is encoded; `crf` with `max_rate` as the ceiling (kbit/s, over `buffer` kbit).

    `threads` is pinned because x264 at other thread counts decodes to other pixels. `gop` is in seconds; groups are closed.
    """

    codec: Literal["libx264"] = "libx264"
    profile: Literal["main", "high"] = "high"
    speed: Literal["ultrafast", "veryfast", "faster", "fast", "medium", "slow", "slower"] = "medium"
    crf: Annotated[float, Field(ge=0, le=40)] = 19
    max_rate: Positive = 12_000
    buffer: Positive = 24_000
    gop: Seconds = Fraction(2)
    b_frames: Annotated[int, Field(ge=0, le=4)] = 2
    pix_fmt: Literal["yuv420p"] = "yuv420p"
    threads: Annotated[int, Field(ge=1, le=16)] = 4

    def encoding(self, rate: Fraction) -> Encoding:
        """The encoder's options at a frame rate; the piece's clock ticks whole frames."""
        group = max(1, round(self.gop * rate))
        return Encoding(".mp4", "mp4", (
            ("c:v", self.codec), ("preset", self.speed), ("profile:v", self.profile), ("crf", number(self.crf)),
            ("maxrate", f"{self.max_rate}k"), ("bufsize", f"{self.buffer}k"), ("bf", str(self.b_frames)),
            ("g", str(group)), ("keyint_min", str(max(1, group // 2))), ("flags:v", "+cgop"), ("threads:v", str(self.threads)),
            ("pix_fmt", self.pix_fmt), ("fps_mode", "passthrough"), ("enc_time_base:v", f"{rate.denominator}/{rate.numerator}"),
            ("video_track_timescale", str(timescale(rate))), ("map_metadata", "-1"), ("fflags", "+bitexact"),
        ))


class SoundEncoding(Settings):
    """How the sound is encoded; `bit_rate` in kbit/s."""

    codec: Literal["aac"] = "aac"
    bit_rate: Annotated[int, Field(ge=64, le=512)] = 192
    rate: Literal[44_100, 48_000] = 48_000
    channels: Literal[1, 2] = 2

    def encoding(self, *, edit_list: bool = True) -> Encoding:
        """The encoder's options.

        Without an edit list nothing tells a player to skip AAC's 1,024 priming samples, so the packet that holds them is
        left out: already here, so that what is measured is what will be muxed.
        """
        common = (
            ("c:a", self.codec), ("b:a", f"{self.bit_rate}k"), ("ar", str(self.rate)), ("ac", str(self.channels)),
            ("flags:a", "+bitexact"), ("map_metadata", "-1"), ("fflags", "+bitexact"),
        )
        primed = () if edit_list else (("bsf:a", r"noise=drop=eq(n\,0)"), ("use_editlist", "0"))
        return Encoding(".m4a", "ipod", (*common, *primed))


class Container(Settings):
    """How picture and sound are put in one file. `edit_list: false` where the destination forbids edit lists."""

    format: Literal["mp4", "mov"] = "mp4"
    edit_list: bool = True
    faststart: bool = True

    def muxing(self) -> tuple[tuple[str, str], ...]:
        """FFmpeg's options for copying one picture and one sound into the file.

        Without an edit list, negative composition offsets keep the first frame at 0 in spite of B-frames.
        """
        flags = "+faststart" if self.faststart else ""
        common = (("c", "copy"), ("map_metadata", "-1"), ("map_chapters", "-1"), ("fflags", "+bitexact"))
        if self.edit_list:
            return (*common, *((("movflags", flags),) if flags else ()))
        return (*common, ("use_editlist", "0"), ("movflags", f"{flags}+negative_cts_offsets"))


class Limits(Settings):
    """What the destination accepts; checked at plan time and on the finished file, never layered."""

    side_min: Positive | None = None
    side_max: Positive | None = None
    seconds_min: Seconds | None = None
    seconds_max: Seconds | None = None
    bytes_max: Positive | None = None
    kbits_max: Positive | None = None


class Delivery(Settings):
    """All that the destination fixes about one deliverable."""

    frame: FrameSize
    rates: Rates
    safe: SafeZone = SafeZone()
    picture: PictureEncoding = PictureEncoding()
    sound: SoundEncoding = SoundEncoding()
    container: Container = Container()
    limits: Limits = Limits()
    preset: str = ""

    def sound_encoding(self) -> Encoding:
        """The sound as it will stand in the file."""
        return self.sound.encoding(edit_list=self.container.edit_list)


class Preset(Settings):
    """One destination: `delivery` (what the user may change stands under `encode:`), `defaults` for stages, `limits`."""

    title: str
    checked: date
    sources: tuple[str, ...]
    delivery: dict[str, Any]
    defaults: dict[str, Any] = Field(default_factory=dict)
    limits: Limits = Limits()


def timescale(rate: Fraction) -> int:
    """Ticks a second in which every frame starts on a whole tick, fine enough for players that round (≥ 10,000)."""
    scale = rate.numerator
    while scale < 10_000:
        scale *= 2
    return scale
