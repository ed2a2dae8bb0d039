"""The settings of the colour stage."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, field_validator, model_validator

from finish import resources
from finish.checks.requirements import LevelsRequirement
from finish.model import Document, Look, Picture, Settings, Source, Stretch
from finish.model.values import as_mistake

NAME: Final = "colour"  # of the stage, and of its section in a job spec

NEUTRAL: Final = 6504  # K; D65
# How the stills that a match can have for a reference begin, and their suffixes.
STILLS: Final = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg"}

Camera = Literal[
    "slog3-sgamut3cine",
    "slog3-sgamut3",
    "logc3",
    "logc4",
    "vlog",
    "clog2",
    "clog3",
    "applelog",
    "log3g10",
    "redlogfilm",
    "dlog",
]
Channels = tuple[float, float, float]  # red, green, blue


class Balance(Settings):
    """Corrections of exposure, white balance, contrast and saturation.

    `exposure` is in stops. `temperature` is the light of the scene in kelvin: 6504 changes nothing, more
    makes the picture warmer. `tint` is across it, from −100 (green) to 100 (magenta). `contrast` turns
    around `pivot`, a code value. `vibrance` is saturation that spares vivid colours. `lift`, `gamma` and
    `gain` are for each channel.
    """

    exposure: Annotated[float, Field(ge=-6, le=6, allow_inf_nan=False, description="stops")] = 0
    temperature: Annotated[
        float,
        Field(
            ge=2500,
            le=20_000,
            allow_inf_nan=False,
            description="kelvin of the light in the scene; more makes the picture warmer",
        ),
    ] = NEUTRAL
    tint: Annotated[
        float, Field(ge=-100, le=100, allow_inf_nan=False, description="−100 green to 100 magenta")
    ] = 0
    contrast: Annotated[
        float, Field(ge=0, le=3, allow_inf_nan=False, description="factor around `pivot`")
    ] = 1
    pivot: Annotated[
        float,
        Field(
            gt=0, lt=1, allow_inf_nan=False, description="the code value that contrast doesn't change, 0 to 1"
        ),
    ] = 0.4
    saturation: Annotated[float, Field(ge=0, le=3, allow_inf_nan=False, description="factor; 0 is grey")] = 1
    vibrance: Annotated[
        float,
        Field(ge=-1, le=1, allow_inf_nan=False, description="saturation that spares vivid colours, −1 to 1"),
    ] = 0
    lift: Channels = Field(default=(0, 0, 0), description="added to red, green, blue in the shadows")
    gamma: Channels = Field(
        default=(1, 1, 1), description="exponent of the mid-tones for red, green, blue; 0.1 to 10"
    )
    gain: Channels = Field(default=(1, 1, 1), description="factor of red, green, blue in the highlights")

    @field_validator("gamma")
    @classmethod
    def _above_zero(cls, gamma: Channels) -> Channels:
        if not all(0.1 <= exponent <= 10 for exponent in gamma):
            raise ValueError("gamma is out of range — use 0.1 to 10 in each channel")
        return gamma

    @property
    def in_light(self) -> bool:
        """Whether it changes light."""
        return (self.exposure, self.temperature, self.tint) != (0, NEUTRAL, 0)

    @property
    def in_picture(self) -> bool:
        """Whether it changes code values."""
        flat = (self.contrast, self.saturation, self.vibrance, self.lift, self.gamma, self.gain)
        return flat != (1, 1, 0, (0, 0, 0), (1, 1, 1), (1, 1, 1))

    @property
    def stated(self) -> str:
        """The values that aren't the defaults, such as "exposure 0.3, saturation 1.1"."""
        changed = {
            name: value
            for name, value in self.model_dump().items()
            if value != type(self).model_fields[name].default
        }
        return ", ".join(f"{name} {_value_text(value)}" for name, value in changed.items())


def _value_text(value: float | tuple[float, ...]) -> str:
    return "/".join(f"{channel:g}" for channel in value) if isinstance(value, tuple) else f"{value:g}"


class ManualMatch(Stretch):
    """A correction by hand, from `from` to `to` seconds of the clip (else its end).

    It has the keys of `balance`. Without a key, the range has no correction.
    """

    balance: Balance = Field(default=Balance(), description="the correction in this range")


class Match(Settings):
    """Every shot is corrected so that it looks like a reference.

    `to` is the reference, a still or a clip. `strength` is the share of each correction. `shots` are
    corrections by hand.
    """

    to: Annotated[Picture, Field(description="the reference: a still (.png, .jpg) or a clip")]
    strength: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            allow_inf_nan=False,
            description="share of each correction that is applied: 0 none, 1 all of it",
        ),
    ] = 1.0
    shots: Annotated[
        tuple[ManualMatch, ...], Field(description="corrections by hand, in ranges of time")
    ] = ()

    @field_validator("to")
    @classmethod
    def _is_readable(cls, to: Document | Source) -> Document | Source:
        if isinstance(to, Document) and not any(to.data.startswith(magic) for magic in STILLS):
            raise ValueError(f"{to.path.name} isn't a PNG or JPEG picture — export it as one")
        return to


_Looks = Annotated[
    tuple[Look, ...],
    Field(
        description=(
            "looks in the order in which they are applied: a built-in look by name, a file, or one "
            "correction of a file, such as grades.ccc#shot-12"
        )
    ),
]
_Strength = Annotated[
    float,
    Field(
        ge=0, le=1, allow_inf_nan=False, description="how much of each look is mixed in: 0 none, 1 all of it"
    ),
]
_Range = Annotated[
    Literal["full", "legal"],
    Field(description="range of the codes that the looks take and give; display looks use full"),
]
_Flicker = Annotated[
    Literal["ignore", "note", "mend"],
    Field(description="brightness that flickers within a shot: note measures it, mend corrects it"),
]
_Levels = Annotated[
    Literal["keep", "legal"],
    Field(description="legal: values beyond the levels of EBU R 103 are limited to them"),
]
_Reports = Annotated[
    tuple[Literal["clipping", "banding"], ...],
    Field(description="measures of the delivered picture to report"),
]


class ColourSettings(Settings):
    """A camera's picture is rendered for BT.709, balanced, matched to a reference, then graded by looks.

    All steps take and give code values of 0 to 1.
    """

    looks: _Looks = ()
    strength: _Strength = 1.0
    lut_range: _Range = "full"
    camera: Camera | None = Field(default=None, description="the log format that the camera recorded")
    balance: Balance = Field(default=Balance(), description="corrections before any look")
    match: Match | None = Field(default=None, description="make every shot look like a reference")
    flicker: _Flicker = "ignore"
    levels: _Levels = "keep"
    report: _Reports = ()

    @field_validator("looks")
    @classmethod
    def _readable(cls, looks: tuple[Document, ...]) -> tuple[Document, ...]:
        """A look that can't be read is a mistake of the spec. Packaged looks can be read."""
        own = [look for look in looks if look.part or not resources.is_packaged("luts", look.path)]
        if not own:
            return looks
        from finish.stages.colour import look_reading  # NumPy and OpenColorIO, only where a file is examined

        for look in own:
            with as_mistake():
                look_reading.read_usable(look.data, look.path.name, look.part)
        return looks

    @model_validator(mode="after")
    def _in_light(self) -> ColourSettings:
        """Flicker is corrected as a factor of code values; in a camera's log picture it isn't one."""
        if self.camera and self.flicker == "mend":
            raise ValueError(
                f"flicker: mend doesn't work on a log picture — remove it, or camera: {self.camera}"
            )
        return self

    @property
    def requirements(self) -> tuple[LevelsRequirement, ...]:
        """Legal levels if the settings ask for them, and the measures to report."""
        clipping, banding = "clipping" in self.report, "banding" in self.report
        return (LevelsRequirement(self.levels == "legal", clipping=clipping, banding=banding),)
