"""Codecs of pictures and sounds: one frozen class per codec, with FFmpeg's options, promises about the file,
and the bits that it takes."""

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

# Below this rate, moving H.264 pictures of 1080 lines break up; house: an eighth of the 8 Mbit/s that YouTube
# recommends.
LEAST: Final = 1000  # kbit/s
_FULL: Final = 1920 * 1080
# For a piece that is joined with others: the share of the ceiling that it leaves unused, and the share of its
# buffer that is full when it begins. x264 halves its rate while less than half of the buffer is full
# (clip_qscale): VMAF fell by 1.4 after joints.
_SPARE, _FILLED = Fraction(15, 100), Fraction(1, 2)
_BARE: Final[Options] = (("map_metadata", "-1"), ("fflags", "+bitexact"))


class H264(Settings):
    """H.264 by x264: `crf` with `max_rate` as the ceiling (kbit/s, over `buffer` kbit).

    `threads` is fixed, because another number of threads gives other pixels. `gop` is in seconds. Groups are
    closed, and only the last may be shorter than half of it.
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
        """The encoder's options at a frame rate (Hz); a tick of the piece's clock is a whole number of
        frames."""
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
                *_clock_options(rate),
                *_BARE,
            ),
        )

    def piece(self, rate: Fraction, usual: Fraction, length: Fraction) -> Encoding:
        """The options for a piece of `length` seconds among pieces of `usual` seconds, which are joined
        without encoding again.

        The headers of all pieces must be the same, so the buffer (from which x264 chooses the level) is that
        of the usual pieces. Each piece begins with a buffer so empty that it stays under the ceiling over its
        own length, and its buffer is so small that the end of one piece and the start of the next fit
        together. So the joined stream keeps the ceiling and the buffer of the whole, whatever it shows
        (docs/decisions/2026-11-25-pieces.md).
        """
        lent = _SPARE * self.max_rate * min(usual, length)
        buffer = int(min(self.buffer / (1 + _FILLED), _SPARE * self.max_rate * usual / _FILLED))
        limited = {"max_rate": int((1 - _SPARE) * self.max_rate), "buffer": buffer}
        whole = self.model_copy(update=limited).encoding(rate)
        begun = number(round(min(_FILLED, lent / buffer), 4))
        return replace(whole, options=(("x264-params", f"stitchable=1:vbv-init={begun}"), *whole.options))

    def promises(self, source: str) -> tuple[Promise[Source], ...]:
        """The promises about every file with such a picture."""
        return _exactly(
            source,
            ("picture codec", file_facts.picture_codec, "h264"),
            ("pixel format", file_facts.pixel_format, self.pix_fmt),
        )

    def kbits(self, frame: Size, rate: Fraction) -> Fraction:  # noqa: ARG002 (a codec's method)
        """The ceiling in kbit/s."""
        return Fraction(self.max_rate)

    def most(self, frame: Size, rate: Fraction, seconds: Fraction) -> Fraction:  # noqa: ARG002
        """The most kbit that `seconds` take: the ceiling all the time, plus a full buffer."""
        return self.max_rate * seconds + self.buffer

    def least(self, frame: Size, rate: Fraction) -> Fraction:  # noqa: ARG002
        """The lowest acceptable ceiling (kbit/s): 1,000 for 1080 lines, and for smaller frames in proportion
        to their pixels."""
        return LEAST * min(Fraction(1), Fraction(frame.pixels, _FULL))

    def ceiling(self, kbits: Fraction, seconds: Fraction) -> int:
        """The highest ceiling (kbit/s) with which `seconds` never take more than `kbits`; the buffer shrinks
        with it."""
        return max(0, int(kbits / (seconds + Fraction(self.buffer, self.max_rate))))

    def under(self, ceiling: int) -> H264:
        """A copy with another ceiling (kbit/s), and a buffer of as many seconds."""
        buffer = max(1, ceiling * self.buffer // self.max_rate)
        return self.model_copy(update={"max_rate": ceiling, "buffer": buffer})


class ProRes(Settings):
    """Apple ProRes 422 HQ, ten bits, by FFmpeg's `prores_ks`: each frame by itself, with about `bits` per
    macroblock of 16 × 16 pixels.

    Any number of threads writes the same bytes, so it isn't fixed.
    """

    title: ClassVar[str] = "ProRes 422 HQ"

    codec: Literal["prores_ks"]
    profile: Literal["hq"] = "hq"
    bits: Annotated[int, Field(ge=128, le=8192)]
    pix_fmt: Literal["yuv422p10le"] = "yuv422p10le"

    def encoding(self, rate: Fraction) -> Encoding:
        """The encoder's options. "apl0" is the vendor that Apple's own encoder writes; some readers require
        it."""
        return Encoding(
            ".mov",
            "mov",
            (
                ("c:v", self.codec),
                ("profile:v", self.profile),
                ("vendor", "apl0"),
                ("bits_per_mb", str(self.bits)),
                ("pix_fmt", self.pix_fmt),
                *_clock_options(rate),
                *_BARE,
            ),
        )

    def piece(self, rate: Fraction, usual: Fraction, length: Fraction) -> None:
        """None: ProRes isn't rendered in pieces."""

    def promises(self, source: str) -> tuple[Promise[Source], ...]:
        """The promises about every file with such a picture."""
        return _exactly(
            source,
            ("picture codec", file_facts.picture_codec, "prores"),
            ("profile", file_facts.picture_profile, self.profile.upper()),
            ("pixel format", file_facts.pixel_format, self.pix_fmt),
        )

    def kbits(self, frame: Size, rate: Fraction) -> Fraction:
        """The nominal rate in kbit/s."""
        blocks = ceil(frame.width / 16) * ceil(frame.height / 16)
        return Fraction(self.bits * blocks, 1000) * rate

    def most(self, frame: Size, rate: Fraction, seconds: Fraction) -> Fraction:
        """The most kbit that `seconds` take; measured: noise takes 0.8 % more than the nominal bits."""
        return self.least(frame, rate) * seconds

    def least(self, frame: Size, rate: Fraction) -> Fraction:
        """The rate (kbit/s), which can't be lowered."""
        return self.kbits(frame, rate) * Fraction(101, 100)

    def ceiling(self, kbits: Fraction, seconds: Fraction) -> int:
        """The rate (kbit/s) at which `seconds` take `kbits`."""
        return max(0, int(kbits / seconds))

    def under(self, ceiling: int) -> ProRes:  # noqa: ARG002 (a codec's method)
        """The codec unchanged: a lower rate would be another profile."""
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
        """The rate in kbit/s."""
        return self.bit_rate

    def encoding(self, *, edit_list: bool = True) -> Encoding:
        """The encoder's options.

        Without an edit list, players don't skip AAC's 1,024 priming samples, so the packet that holds them is
        left out. It is left out here, so that the measured sound is the muxed sound.
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
        """The promises about every file with such a sound. It ends with a complete block of 1,024 samples, or
        with two because of the encoder's look-ahead."""
        return _sound_promises(self, source, 2 * 1024 / self.rate * 1000)


class PCM(Settings):
    """Uncompressed 24-bit sound, exactly as long as the picture."""

    title: ClassVar[str] = "PCM 24"

    codec: Literal["pcm_s24le"]
    rate: Literal[48_000] = 48_000
    channels: Literal[1, 2] = 2

    @property
    def kbits(self) -> int:
        """The rate in kbit/s."""
        return self.rate * 24 * self.channels // 1000

    def encoding(self, *, edit_list: bool = True) -> Encoding:  # noqa: ARG002 (a codec's method)
        """The encoder's options."""
        options = (("c:a", self.codec), ("ar", str(self.rate)), ("ac", str(self.channels)))
        return Encoding(".mov", "mov", (*options, ("flags:a", "+bitexact"), *_BARE))

    def promises(self, source: str) -> tuple[Promise[Source], ...]:
        """The promises about every file with such a sound."""
        return _sound_promises(self, source, 1.0)


PictureEncoding = Annotated[H264 | ProRes, Field(discriminator="codec")]
SoundEncoding = Annotated[AAC | PCM, Field(discriminator="codec")]


def timescale(rate: Fraction) -> int:
    """The ticks per second (at least 10,000, for players that round) with which every frame starts on a whole
    tick."""
    scale = rate.numerator
    while scale < 10_000:
        scale *= 2
    return scale


def _clock_options(rate: Fraction) -> Options:
    return (
        ("fps_mode", "passthrough"),
        ("enc_time_base:v", f"{rate.denominator}/{rate.numerator}"),
        ("video_track_timescale", str(timescale(rate))),
    )


def _exactly(source: str, *facts: tuple[str, FileFact[Any], object]) -> tuple[Promise[Source], ...]:
    return tuple(Promise(name, fact, Tolerance(exactly=value), source=source) for name, fact, value in facts)


def _sound_promises(sound: AAC | PCM, source: str, excess: float) -> tuple[Promise[Source], ...]:
    """The promises about a sound that may be `excess` ms longer than the picture."""
    name, tolerance = "sound past the picture's end", Tolerance(-1.0, round(excess, 1))
    return (
        *_exactly(
            source,
            ("sound codec", file_facts.sound_codec, sound.codec),
            ("sound rate", file_facts.sound_rate, sound.rate),
            ("sound channels", file_facts.sound_channels, sound.channels),
        ),
        Promise(name, file_facts.sound_excess, tolerance, "ms", source),
    )
