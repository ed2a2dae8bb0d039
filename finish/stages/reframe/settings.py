"""The settings of `reframe` in a job spec."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from finish import model

NAME: Final = "reframe"  # of the stage, and of its section in a job spec

MotionChoice = Literal["responsive", "calm", "locked"]
SubjectChoice = Literal["faces", "people", "any"]
Share = Annotated[float, Field(ge=0, le=1)]


class CropOverride(model.Stretch):
    """A crop by hand from `from` to `to` seconds (else the end): centre `at`, or the whole picture."""

    at: Annotated[
        tuple[Share, Share] | None,
        Field(description="centre, as shares of the picture's width and height; not with layout: fit"),
    ] = None
    until: Annotated[
        tuple[Share, Share] | None, Field(description="centre at the end; without it, the crop doesn't move")
    ] = None
    layout: Annotated[
        Literal["crop", "fit"],
        Field(description="crop, or fit: the whole picture in front of a blurred background"),
    ] = "crop"

    @model_validator(mode="after")
    def _has_a_place(self) -> CropOverride:
        if (self.at is None) is (self.layout == "crop"):
            raise ValueError("either a crop or the whole picture — state `at`, or layout: fit")
        if self.until is not None and (self.at is None or self.end is None):
            raise ValueError("a crop that moves needs `at`, `until` and `to` — state all three")
        return self

    def holds(self, time: Fraction) -> bool:
        """Whether the override applies at a time (s)."""
        return self.start <= time and (self.end is None or time < self.end)


class ReframeSettings(model.Settings):
    """How a picture of another aspect fills the frame.

    `follow`: `subject` keeps the subject in a crop, `centre` crops the middle, `pad` shows the whole
    picture in front of a blurred background, `none` refuses to crop. `motion`: how readily a crop that
    follows moves. `centre`: the crop's place by hand, in ranges of time; it overrides what `follow` finds.
    """

    follow: Annotated[
        Literal["subject", "centre", "pad", "none"], Field(title="mode", description="what the crop keeps")
    ] = "centre"
    subject: Annotated[
        SubjectChoice,
        Field(
            title="subject",
            description="faces; people: also bodies from any side; any: also animals and salient regions",
        ),
    ] = "any"
    motion: Annotated[MotionChoice, Field(description="how readily the crop moves")] = "calm"
    centre: Annotated[
        tuple[CropOverride, ...], Field(description="the crop's centre by hand, in ranges of time")
    ] = ()
    layout: Annotated[
        Literal["crop", "auto"],
        Field(description="auto: shots whose people or text don't fit a crop show the whole picture"),
    ] = "crop"
    background: Annotated[
        str,
        Field(
            pattern=r"^(blur|#[0-9A-Fa-f]{6})$",
            description="behind a picture that doesn't fill the frame: blur, or #RRGGBB",
        ),
    ] = "blur"
    inside: Annotated[
        Share, Field(description="share of samples that must have the subject in frame; 0 accepts any")
    ] = 0.8

    @property
    def filling(self) -> ReframeSettings:
        """Beside or over other pictures, no picture is padded: its subject stays in a crop."""
        return self.model_copy(update={"follow": "subject"}) if self.follow in ("pad", "none") else self

    @model_validator(mode="after")
    def _one_at_a_time(self) -> ReframeSettings:
        ordered = sorted(self.centre, key=lambda override: override.start)
        for one, other in pairwise(ordered):
            if one.end is None or one.end > other.start:
                raise ValueError(
                    f"two centres at {float(other.start):g} s: "
                    f"the range from {float(one.start):g} s ends after that — lower its `to`"
                )
        return self
