"""How pictures and sounds are encoded: one frozen class a codec, with FFmpeg's options, what follows for the
file, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field

from finish.graph import Encoding
from finish.model import file_facts
from finish.model.file_facts import FileFact
from finish.model.media import Source
from finish.model.promises import Promise, Tolerance
from finish.model.values import Seconds, Settings
from finish.units import Size, number

Positive = Annotated[int, Field(gt=0)]
Options = tuple[tuple[str, str], ...]

# H.264 of 1080 lines that moves falls apart below this; house: an eighth of the 8 Mbit/s that YouTube
# recommends.
LEAST: Final = 1000  # kbit/s
_FULL: Final = 1920 * 1080
# Of a piece that is joined with others: the share of the ceiling that it leaves, and how much of its buffer
# is full when it begins. x264 saves half of its rate for as long as less than half of the buffer is full
# (clip_qscale): VMAF fell by 1.4 behind joints.
_SPARED, _BEGUN = Fraction(15, 100), Fraction(1, 2)
_BARE: Final[Options] = (("map_metadata", "-1"), ("fflags", "+bitexact"))


class H264(Settings):
    """H.264 by x264; `crf` with `max_rate` as the ceiling (kbit/s, over `buffer` kbit).

    `threads` is pinned because x264 at other thread counts decodes to other pixels. `gop` is in seconds;
    groups are closed, and none but the last is shorter than half of it.
    """

    title: ClassVar[str] = "H.264"

    codec: Literal["libx264"] = "libx264"
    profile: Literal["main", "high"] = "high"
    speed: Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower"] = (
        Field(default="medium", description="x264's preset: slower makes smaller files")
    )
    crf: Annotated[float, Field(ge=0, le=40, description="x264's quality; lower is better")] = 19
    max_rate: Positive = Field(default=12_000, description="kbit/s; the ceiling")
    buffer: Positive = 24_000
    gop: Seconds = Field(default=Fraction(2), description="s from keyframe to keyframe at most")
    b_frames: Annotated[int, Field(ge=0, le=4)] = 2
    pix_fmt: Literal["yuv420p"] = "yuv420p"
    threads: Annotated[int, Field(ge=1, le=16)] = 4

    def encoding(self, rate: Fraction) -> Encoding:
        """The encoder's options at a frame rate; the piece's clock ticks whole frames."""
        group = max(1, round(self.gop * rate))
        return Encoding(
            ".mp4",
            "mp4",
            (
                ("c:v", self.codec),
                ("preset", self.speed),
                ("profile:v", self.profile),
                ("crf", number(self.crf)),
                ("maxrate", f"{self.max_rate}k"),
                ("bufsize", f"{self.buffer}k"),
                ("bf", str(self.b_frames)),
                ("g", str(group)),
                ("keyint_min", str(max(1, group // 2))),
                ("flags:v", "+cgop"),
                ("threads:v", str(self.threads)),
                ("pix_fmt", self.pix_fmt),
                *_clocked(rate),
                *_BARE,
            ),
        )

    def piece(self, rate: Fraction, usual: Fraction, length: Fraction) -> Encoding:
        """The options for a piece of `length` among pieces that are `usual` seconds long, joined without
        encoding again.

        Headers say the same in all of them, so the buffer (on which x264 chooses the level) is that of the
        usual ones. Each begins with so little in it that it never takes more than the ceiling over its own
        length, and may hold so little beyond that that the end of one and the start of the next fit together:
        so the joined stream keeps the ceiling and the buffer of the whole, whatever is in it (see
        docs/decisions).
        """
        lent = _SPARED * self.max_rate * min(usual, length)
        buffer = int(min(self.buffer / (1 + _BEGUN), _SPARED * self.max_rate * usual / _BEGUN))
        whole = self.model_copy(
            update={"max_rate": int((1 - _SPARED) * self.max_rate), "buffer": buffer}
        ).encoding(rate)
        begun = number(round(min(_BEGUN, lent / buffer), 4))
        return replace(whole, options=(("x264-params", f"stitchable=1:vbv-init={begun}"), *whole.options))

    def promises(self, source: str) -> tuple[Promise[Source], ...]:
        """What is true of every file whose picture is encoded so."""
        return _exactly(
            source,
            ("picture codec", file_facts.picture_codec, "h264"),
            ("pixel format", file_facts.pixel_format, self.pix_fmt),
        )

    def kbits(self, frame: Size, rate: Fraction) -> Fraction:  # noqa: ARG002 (a codec's signature)
        """Its ceiling in kbit/s."""
        return Fraction(self.max_rate)

    def most(self, frame: Size, rate: Fraction, seconds: Fraction) -> Fraction:  # noqa: ARG002
        """The most kbit that `seconds` of it take: the ceiling all the time, and a full buffer on top."""
        return self.max_rate * seconds + self.buffer

    def least(self, frame: Size, rate: Fraction) -> Fraction:  # noqa: ARG002
        """The lowest ceiling (kbit/s) that is still worth watching: 1,000 for 1080 lines, for less in
        proportion to the pixels."""
        return LEAST * min(Fraction(1), Fraction(frame.pixels, _FULL))

    def ceiling(self, kbits: Fraction, seconds: Fraction) -> int:
        """The highest ceiling (kbit/s) under which `seconds` of it never take more than `kbits`, the buffer
        lowered with it."""
        return max(0, int(kbits / (seconds + Fraction(self.buffer, self.max_rate))))

    def under(self, ceiling: int) -> H264:
        """The same under another ceiling (kbit/s), with a buffer of as many seconds."""
        return self.model_copy(
            update={"max_rate": ceiling, "buffer": max(1, ceiling * self.buffer // self.max_rate)}
        )


class ProRes(Settings):
    """Apple ProRes 422 HQ, ten bits, by FFmpeg's `prores_ks`: each frame by itself, at about `bits` a
    macroblock of 16 × 16 pixels.

    Any number of threads writes the same bytes, so none is pinned.
    """

    title: ClassVar[str] = "ProRes 422 HQ"

    codec: Literal["prores_ks"]
    profile: Literal["hq"] = "hq"
    bits: Annotated[int, Field(ge=128, le=8192)]
    pix_fmt: Literal["yuv422p10le"] = "yuv422p10le"

    def encoding(self, rate: Fraction) -> Encoding:
        """The encoder's options; "apl0" is the vendor that Apple's own encoder writes, which some readers
        insist on."""
        return Encoding(
            ".mov",
            "mov",
            (
                ("c:v", self.codec),
                ("profile:v", self.profile),
                ("vendor", "apl0"),
                ("bits_per_mb", str(self.bits)),
                ("pix_fmt", self.pix_fmt),
                *_clocked(rate),
                *_BARE,
            ),
        )

    def piece(self, rate: Fraction, usual: Fraction, length: Fraction) -> None:
        """It is rendered whole."""

    def promises(self, source: str) -> tuple[Promise[Source], ...]:
        """What is true of every file whose picture is encoded so."""
        return _exactly(
            source,
            ("picture codec", file_facts.picture_codec, "prores"),
            ("profile", file_facts.picture_profile, self.profile.upper()),
            ("pixel format", file_facts.pixel_format, self.pix_fmt),
        )

    def kbits(self, frame: Size, rate: Fraction) -> Fraction:
        """Its nominal rate in kbit/s."""
        blocks = ceil(frame.width / 16) * ceil(frame.height / 16)
        return Fraction(self.bits * blocks, 1000) * rate

    def most(self, frame: Size, rate: Fraction, seconds: Fraction) -> Fraction:
        """What `seconds` of a picture that is hard throughout take, in kbit: noise came to 0.8 % above the
        nominal bits."""
        return self.least(frame, rate) * seconds

    def least(self, frame: Size, rate: Fraction) -> Fraction:
        """Its rate (kbit/s): there is no lower one."""
        return self.kbits(frame, rate) * Fraction(101, 100)

    def ceiling(self, kbits: Fraction, seconds: Fraction) -> int:
        """The rate (kbit/s) at which `seconds` of it take `kbits`."""
        return max(0, int(kbits / seconds))

    def under(self, ceiling: int) -> ProRes:  # noqa: ARG002 (a codec's signature)
        """Itself: at a lower rate it would be another profile."""
        return self


class AAC(Settings):
    """AAC-LC; `bit_rate` in kbit/s."""

    title: ClassVar[str] = "AAC"

    codec: Literal["aac"] = "aac"
    bit_rate: Annotated[int, Field(ge=64, le=512, description="kbit/s")] = 192
    rate: Literal[44_100, 48_000] = 48_000
    channels: Literal[1, 2] = 2

    @property
    def kbits(self) -> int:
        """Its rate in kbit/s."""
        return self.bit_rate

    def encoding(self, *, edit_list: bool = True) -> Encoding:
        """The encoder's options.

        Without an edit list nothing tells a player to skip AAC's 1,024 priming samples, so the packet that
        holds them is left out: already here, so that what is measured is what will be muxed.
        """
        common = (
            ("c:a", self.codec),
            ("b:a", f"{self.bit_rate}k"),
            ("ar", str(self.rate)),
            ("ac", str(self.channels)),
            ("flags:a", "+bitexact"),
            *_BARE,
        )
        primed = () if edit_list else (("bsf:a", r"noise=drop=eq(n\,0)"), ("use_editlist", "0"))
        return Encoding(".m4a", "ipod", (*common, *primed))

    def promises(self, source: str) -> tuple[Promise[Source], ...]:
        """What is true of every file whose sound is encoded so: it ends on a whole block of 1,024 samples, or
        two with its look-ahead."""
        return _sounding(self, source, 2 * 1024 / self.rate * 1000)


class PCM(Settings):
    """Uncompressed 24-bit sound: as long as the picture, to the sample."""

    title: ClassVar[str] = "PCM 24"

    codec: Literal["pcm_s24le"]
    rate: Literal[48_000] = 48_000
    channels: Literal[1, 2] = 2

    @property
    def kbits(self) -> int:
        """Its rate in kbit/s."""
        return self.rate * 24 * self.channels // 1000

    def encoding(self, *, edit_list: bool = True) -> Encoding:  # noqa: ARG002 (a codec's signature)
        """The encoder's options."""
        return Encoding(
            ".mov",
            "mov",
            (
                ("c:a", self.codec),
                ("ar", str(self.rate)),
                ("ac", str(self.channels)),
                ("flags:a", "+bitexact"),
                *_BARE,
            ),
        )

    def promises(self, source: str) -> tuple[Promise[Source], ...]:
        """What is true of every file whose sound is encoded so."""
        return _sounding(self, source, 1.0)


PictureEncoding = Annotated[H264 | ProRes, Field(discriminator="codec")]
SoundEncoding = Annotated[AAC | PCM, Field(discriminator="codec")]


def timescale(rate: Fraction) -> int:
    """Ticks a second in which every frame starts on a whole tick, fine enough for players that round (≥
    10,000)."""
    scale = rate.numerator
    while scale < 10_000:
        scale *= 2
    return scale


def _clocked(rate: Fraction) -> Options:
    return (
        ("fps_mode", "passthrough"),
        ("enc_time_base:v", f"{rate.denominator}/{rate.numerator}"),
        ("video_track_timescale", str(timescale(rate))),
    )


def _exactly(source: str, *facts: tuple[str, FileFact[Any], object]) -> tuple[Promise[Source], ...]:
    return tuple(Promise(name, fact, Tolerance(exactly=value), source=source) for name, fact, value in facts)


def _sounding(sound: AAC | PCM, source: str, excess: float) -> tuple[Promise[Source], ...]:
    """`excess` is how much longer than the picture it may be, in ms."""
    return (
        *_exactly(
            source,
            ("sound codec", file_facts.sound_codec, sound.codec),
            ("sound rate", file_facts.sound_rate, sound.rate),
            ("sound channels", file_facts.sound_channels, sound.channels),
        ),
        Promise(
            "sound past the picture's end",
            file_facts.sound_excess,
            Tolerance(-1.0, round(excess, 1)),
            "ms",
            source,
        ),
    )
