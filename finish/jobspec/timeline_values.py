"""Times, speeds, transitions and sounds of a timeline, as people write them."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from finish.jobspec.spec_tree import printable, quoted
from finish.model import (
    Document,
    EditTime,
    EditTransition,
    File,
    Settings,
    SoundEdges,
    SpeedKey,
    TransitionKind,
)
from finish.model.edit import Align, Direction
from finish.model.values import BY_CLASS, STILLS

SLOWEST, FASTEST = 0.25, 4.0  # times as fast; house limits: beyond, speech isn't understood
# House defaults in seconds, for a transition without a length. A dissolve of editors is 12 to 15 frames; a
# whip is 8 frames at 30 a second.
LENGTHS: Final[dict[TransitionKind, float]] = {
    "dissolve": 0.5,
    "dip": 0.5,
    "wipe": 0.5,
    "slide": 0.5,
    "whip": 0.27,
    "zoom": 0.5,
}
# The kinds of transition that each option changes.
_TAKEN_BY: Final = {"light": ("dissolve",), "colour": ("dip",), "direction": ("wipe", "slide", "whip")}


def as_time(value: Any) -> EditTime:
    """A time that a job states; ValueError otherwise."""
    if isinstance(value, EditTime):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"must be a time, not {quoted(value)}")  # noqa: TRY004 (for pydantic)
    return EditTime.parse(value)


def more_than_none(time: EditTime) -> EditTime:
    """The time; ValueError if it is 0 at every rate."""
    if time.count(Fraction(10**6)) == 0:
        raise ValueError(f"{time} is out of range — use more than 0")
    return time


TIME_SCHEMA: Final = WithJsonSchema({"type": ["number", "string"]})
Time = Annotated[
    EditTime, BY_CLASS, BeforeValidator(as_time), PlainSerializer(str, return_type=str), TIME_SCHEMA
]
Length = Annotated[Time, AfterValidator(more_than_none)]
Speed = Annotated[float, Field(ge=SLOWEST, le=FASTEST)]
Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]


def _name(name: str) -> str:
    if odd := next(
        (letter for letter in name if not (letter.isascii() and letter.isalnum()) and letter not in "._-"), ""
    ):
        raise ValueError(f'"{printable(odd)}" can\'t be used in a name — use A-Z a-z 0-9 . _ -')
    return name


def _still(picture: Document) -> Document:
    if picture.suffix not in STILLS:
        raise ValueError(
            f'"{printable(picture.path.name)}" isn\'t a still picture — use {", ".join(sorted(STILLS))}'
        )
    return picture


Share = Annotated[float, Field(ge=0, le=1)]
Box = tuple[Share, Share, Share, Share]
Name = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_name)]
StillFile = Annotated[File, AfterValidator(_still)]


class SpeedEntry(Settings):
    """A speed, and the moment from which on it counts."""

    at: Time = Field(description="the clip's time")
    by: Speed = Field(description="times as fast")


def _rising(keys: float | tuple[SpeedEntry, ...]) -> float | tuple[SpeedEntry, ...]:
    if isinstance(keys, tuple):
        for before, after in pairwise(keys):
            if before.at.is_before(after.at) is False:
                raise ValueError(f"{after.at} isn't after {before.at} — state rising times")
    return keys


Speeds = Annotated[
    Speed | Annotated[tuple[SpeedEntry, ...], Field(min_length=1, max_length=100)], AfterValidator(_rising)
]


def speed_keys(speed: float | tuple[SpeedEntry, ...]) -> tuple[SpeedKey, ...]:
    """The speeds that are stated; none is the clip's own."""
    if isinstance(speed, tuple):
        return tuple(SpeedKey(entry.at, Fraction(str(entry.by))) for entry in speed)
    return (SpeedKey(EditTime(), Fraction(str(speed))),) if speed != 1 else ()


class TransitionEntry(Settings):
    """A transition from the segment before. One word, such as dissolve, has a usual length."""

    dissolve: Length | None = Field(None, description="its length: one picture fades into the next")
    dip: Length | None = Field(None, description="its length: to a colour, and from it to the next picture")
    wipe: Length | None = Field(None, description="its length: an edge uncovers the next picture")
    slide: Length | None = Field(None, description="its length: the next picture moves in over this one")
    whip: Length | None = Field(None, description="its length: a fast blurred pan")
    zoom: Length | None = Field(None, description="its length: into this picture, and out of the next")
    align: Align = Field("centre", description="where it is: centred on the joint, or beside it")
    light: Literal["code", "linear"] = Field(
        "code", description="a dissolve mixes code values, as editors do, or linear light"
    )
    direction: Direction = Field("left", description="where a wipe, a slide or a whip moves to")
    colour: Colour = Field("#000000", description="of a dip")
    short: Literal["refuse", "hold"] = Field(
        "refuse", description="if a clip has too few frames beyond its range: an error, or its last is held"
    )

    @classmethod
    def shorthand(cls, text: str) -> dict[str, Any] | None:
        """The transition that a word means, with its usual length."""
        return {kind: length for kind, length in LENGTHS.items() if kind == text} or None

    @property
    def kinds(self) -> tuple[TransitionKind, ...]:
        """The kinds of transition that are stated: one, if the entry is valid."""
        return tuple(kind for kind in LENGTHS if getattr(self, kind) is not None)

    @property
    def value(self) -> EditTransition:
        """The transition that is stated."""
        (kind,) = self.kinds
        length = getattr(self, kind)
        return EditTransition(kind, length, self.align, self.light, self.direction, self.colour, self.short)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.kinds) != 1:
            stated = f"{' and '.join(self.kinds)} are stated" if self.kinds else "no kind is stated"
            raise ValueError(f"{stated} — state one of {', '.join(LENGTHS)} with its length")
        for option, kinds in _TAKEN_BY.items():
            words = ", ".join(kinds)
            if option in self.model_fields_set and self.kinds[0] not in kinds:
                raise ValueError(f"a {self.kinds[0]} has no {option} — delete it, or use one of: {words}")
        return self


class SoundEntry(Settings):
    """How a segment's sound differs from its picture."""

    lead: Time = Field(EditTime(), description="how much earlier it begins than the picture (J cut)")
    lag: Time = Field(EditTime(), description="how much later it ends than the picture (L cut)")
    gain: Annotated[float, Field(ge=-60, le=24)] = Field(0.0, description="dB")
    mute: bool = Field(False, description="whether it is silent")

    @property
    def value(self) -> SoundEdges:
        """The edges that are stated."""
        return SoundEdges(self.lead, self.lag, self.gain, self.mute)
