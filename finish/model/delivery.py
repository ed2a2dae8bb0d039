"""What a destination fixes: frame, rate, colour, safe zone, encoding, and limits. A preset file states it in
YAML."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from finish.graph import Encoding
from finish.model import file_facts
from finish.model.codecs import AAC, H264, Options, PictureEncoding, Positive, SoundEncoding
from finish.model.file_facts import FileFact
from finish.model.media import Source
from finish.model.promises import Promise, Tolerance
from finish.model.values import FrameSize, Rate, Seconds, Settings
from finish.units import STANDARD_RATES, Box, Size

# House values for everything that is laid over a picture. It stays at least 5 % of the frame away from the
# frame's edge (graphics safe area of EBU R 95), and `BREATH` of the frame's shorter side away from the edge
# of the safe box: room for the encoder's ringing (an 8×8 block and the deblocking of its neighbour take 11 px
# of 1080).
GRAPHICS_SAFE: Final = 0.05
BREATH: Final = 0.011
_TIMES: Final = 10  # house: a slower picture is a slide show, for which any rate is even enough


class SafeZone(Settings):
    """The margins of the frame (px) that the destination's own buttons and texts may cover."""

    top: Annotated[int, Field(ge=0, description="px")] = 0
    bottom: Annotated[int, Field(ge=0, description="px")] = 0
    left: Annotated[int, Field(ge=0, description="px")] = 0
    right: Annotated[int, Field(ge=0, description="px")] = 0

    def within(self, frame: Size) -> Box:
        """The safe box: the area for text."""
        return Box(self.left, self.top, frame.width - self.right, frame.height - self.bottom)


class Rates(Settings):
    """Source rates from `low` to `high` are kept. Other rates are multiplied or divided by a whole number to
    a standard rate in this range, so that motion stays even; if there is none, the rate becomes
    `otherwise`."""

    low: Rate
    high: Rate
    otherwise: Rate

    def of(self, source: Fraction) -> Fraction:
        """The delivered rate (Hz) of a source with this rate."""
        if self.low <= source <= self.high:
            return source
        even = (source * times if source < self.low else source / times for times in range(2, _TIMES + 1))
        return next(
            (rate for rate in even if rate in STANDARD_RATES and self.low <= rate <= self.high),
            self.otherwise,
        )


class Container(Settings):
    """How picture and sound are muxed in one file.

    `edit_list` is false if the destination forbids edit lists. `timecode` is that of the first frame (in MOV,
    a track of its own); `;` before the frames means drop-frame.
    """

    format: Literal["mp4", "mov"] = "mp4"
    edit_list: bool = True
    faststart: bool = True
    timecode: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d:[0-5]\d[:;]\d\d$")] | None = None

    def muxing(self) -> Options:
        """FFmpeg's options for copying one picture and one sound into the file.

        Without an edit list, negative composition offsets keep the first frame at 0 despite B-frames.
        """
        flags = "+faststart" if self.faststart else ""
        flags += "" if self.edit_list else "+negative_cts_offsets"
        return (
            ("c", "copy"),
            ("map_metadata", "-1"),
            ("map_chapters", "-1"),
            ("fflags", "+bitexact"),
            *((("timecode", self.timecode),) if self.timecode else ()),
            *(() if self.edit_list else (("use_editlist", "0"),)),
            *((("movflags", flags),) if flags else ()),
        )

    def promises(self, source: str) -> tuple[Promise[Source], ...]:
        """The promises about the file's structure, for what the destination requires."""
        demanded: tuple[tuple[bool, str, FileFact[Any], object], ...] = (
            (self.faststart, "index first (faststart)", file_facts.faststart, True),
            (not self.edit_list, "edit list", file_facts.edit_list, False),
            (self.timecode is not None, "timecode", file_facts.timecode, self.timecode),
        )
        return tuple(
            Promise(name, fact, Tolerance(exactly=value), source=source)
            for required, name, fact, value in demanded
            if required
        )


class DeliveryLimits(Settings):
    """The limits that the destination accepts: checked when the job is planned, and on the finished file.
    Users can't override them."""

    side_min: Positive | None = None
    side_max: Positive | None = None
    seconds_min: Seconds | None = None
    seconds_max: Seconds | None = None
    bytes_max: Positive | None = None
    kbits_max: Positive | None = None


class Delivery(Settings):
    """Everything that the destination fixes for one deliverable."""

    frame: FrameSize
    rates: Rates
    safe: SafeZone = SafeZone()
    picture: PictureEncoding = H264()
    sound: SoundEncoding = AAC()
    container: Container = Container()
    limits: DeliveryLimits = DeliveryLimits()
    preset: str = ""
    strict: Annotated[
        bool, Field(description="whether a note that asks for action refuses the deliverable")
    ] = False

    def sound_encoding(self) -> Encoding:
        """The encoding of the sound as it is muxed."""
        return self.sound.encoding(edit_list=self.container.edit_list)


class Preset(Settings):
    """One destination: `delivery` (users change parts of it under `encode:`), `defaults` for stages, and
    `limits`."""

    title: str
    checked: date
    sources: tuple[str, ...]
    delivery: dict[str, Any]
    defaults: dict[str, Any] = Field(default_factory=dict)
    limits: DeliveryLimits = DeliveryLimits()
