"""Colour: what a camera saw, balanced, matched, given looks; composed into cubes and applied in float, rounded only once, at delivery."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Annotated, Any, Final, Literal

from pydantic import Field, field_validator, model_validator

from finish.analysis.flicker import Flicker
from finish.analysis.shots import Shots
from finish.checks import picture_levels
from finish.checks.requirements import LevelsRequirement
from finish.errors import FinishError
from finish.graph import Kind
from finish.model import (
    Analyser,
    Ask,
    Decision,
    Delivery,
    Document,
    Look,
    Measure,
    Note,
    Programme,
    act,
    detail,
    know,
)
from finish.model import Settings as Base
from finish.stages.colour import deflicker, look_reading
from finish.stages.colour import match as matching
from finish.stages.colour.balance import Balance
from finish.stages.colour.camera import RENDERING, Camera
from finish.stages.colour.grading import PictureGrade
from finish.stages.colour.lut_bake import BakedLut, bake, steps
from finish.stages.colour.match import Match, MatchedShot

name: Final = "colour"
touches: Final[tuple[Kind, ...]] = ("video",)

_Looks = Annotated[
    tuple[Look, ...],
    Field(
        description="looks in the order in which they are applied: ours by name, a file, or one correction of a file, as grades.ccc#shot-12"
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
    Field(description="which codes the looks take and give; a display look takes full ones"),
]
_Flicker = Annotated[
    Literal["ignore", "note", "mend"],
    Field(description="a shot's brightness that pumps: measured, or made steady"),
]
_Levels = Annotated[
    Literal["keep", "legal"],
    Field(description="legal: what lies beyond EBU R 103's levels is brought to them"),
]
_Reports = Annotated[
    tuple[Literal["clipping", "banding"], ...],
    Field(description="what of the delivered picture is measured and told"),
]


class ColourSettings(Base):
    """A camera's picture is rendered for BT.709, balanced, matched to a reference, then given its looks: code values of 0 to 1."""

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
        """A look that cannot be understood is told with every other mistake of the spec."""
        for look in looks:
            try:
                look_reading.usable(look.data, look.path.name, look.part)
            except FinishError as wrong:
                raise ValueError(str(wrong)) from wrong
        return looks

    @model_validator(mode="after")
    def _in_light(self) -> ColourSettings:
        """Brightness that pumps is a factor of code values; of a camera's log picture it is none."""
        if self.camera and self.flicker == "mend":
            raise ValueError(
                f"flicker of a log picture cannot be mended: leave out camera: {self.camera}, or flicker: mend"
            )
        return self

    @property
    def requirements(self) -> tuple[LevelsRequirement, ...]:
        """Legal levels, where they are required; and what is to be reported."""
        clipping, banding = "clipping" in self.report, "banding" in self.report
        return (LevelsRequirement(self.levels == "legal", clipping=clipping, banding=banding),)


Settings = ColourSettings  # the name by which every stage's settings are reached (model.Stage)


def questions(settings: ColourSettings) -> tuple[Analyser[Any], ...]:
    """What a clip looks like, shot by shot, where it is to be matched; how it pumps, where that is asked."""
    flicker: tuple[Analyser[Any], ...] = () if settings.flicker == "ignore" else (Shots(), Flicker())
    return tuple(dict.fromkeys((*(matching.QUESTIONS if settings.match else ()), *flicker)))


def plan(settings: ColourSettings, programme: Programme, delivery: Delivery, ask: Ask) -> Programme:
    """The programme with its grade on; where nothing is asked, or at strength 0, the same programme.

    SpecError for decisions in the lock file that are none.
    """
    decided, decisions = _matched(settings, programme, ask)
    pumping, notes = _flicker(settings, programme, ask)
    cubes = _cubes(settings, decided)
    # Above the cut and before the delivery's frames, cubes and gains tell the clip's time; on the same frames they may do so later.
    same_clock = (
        programme.timeline is None and delivery.rates.of(programme.rate) == programme.rate
        if len(cubes) > 1 or pumping
        else True
    )
    grade = PictureGrade(
        cubes, Fraction(1, 2) / programme.rate, pumping, settings.levels == "legal", same_clock
    )
    made = [baked for _, baked in cubes if baked]
    told = (
        *((detail("grade", said(settings, made)),) if made else ()),
        *_clipping(settings),
        *(matching.told(settings.match, decided) if settings.match else ()),
        *notes,
    )
    promises = (
        promise for required in settings.requirements for promise in picture_levels.promises(required)
    )
    graded = programme.with_picture(grade.of(programme.picture)).add_promises(*promises)
    return graded.add_notes(*told).add_decisions(*decisions)


def _clipping(settings: ColourSettings) -> Iterator[Note]:
    """Looks that take the detail from many colours, as they are examined by `finish lut inspect`."""
    for look in settings.looks if settings.strength else ():
        _, done = look_reading.usable(look.data, look.path.name, look.part)
        if done.much_lost:
            share = (
                f"{done.lost:.0%} of all colours come out below black or above white and lose their detail"
            )
            yield act("look-clips", f"look {look.title}: {share} (`finish lut inspect` shows it)")


def said(settings: ColourSettings, cubes: Sequence[BakedLut]) -> str:
    """As "colour: warm + matte at 80% on full-range codes in one 33³ cube, off by at most 0.31 and on average 0.02 codes of 255"."""
    looks = " + ".join(look.title for look in settings.looks) if settings.strength else ""
    mixed = "" if settings.strength == 1 else f" at {settings.strength:.0%}"
    mixed += f" on {settings.lut_range}-range codes"
    camera = (
        f"{settings.camera} (full scale of the RGB picture) rendered by {RENDERING}"
        if settings.camera
        else ""
    )
    match = f"matched to {settings.match.to.path.name}" if settings.match else ""
    what = ", then ".join(
        each for each in (camera, settings.balance.stated, match, looks and f"{looks}{mixed}") if each
    )
    made = tuple(dict.fromkeys(cubes))
    worst, mean, size = (max(getattr(each, fact) for each in made) for fact in ("worst", "mean", "size"))
    count = "one" if len(made) == 1 else str(len(made))
    off = f"off by at most {worst * 255:.2f} and on average {mean * 255:.3f} codes of 255"
    return f"colour: {what} in {count} {size}³ cube{'s' * (len(made) > 1)}, {off}"


def _matched(
    settings: ColourSettings, programme: Programme, ask: Ask
) -> tuple[tuple[MatchedShot, ...], tuple[Decision, ...]]:
    """What every shot needs to match the reference, and that decision."""
    if settings.match is None:
        return (), ()
    before = (settings.camera, settings.balance)
    of = matching.about(settings.match, programme, *before)
    decided = matching.parts(settings.match, programme, steps(*before), programme.decided(name, of), ask)
    return decided, (Decision(name, of, matching.values(decided)),)


def _cubes(
    settings: ColourSettings, decided: Sequence[MatchedShot]
) -> tuple[tuple[Fraction, BakedLut | None], ...]:
    """The whole grade from when on (s); None where it does nothing."""
    looks = settings.looks if settings.strength else ()
    shots = matching.made(settings.match, decided) if settings.match else ((Fraction(0), Balance()),)
    before, legal = (settings.camera, settings.balance), settings.lut_range == "legal"
    return tuple(
        (
            start,
            bake(looks, settings.strength, *before, each, legal=legal)
            if looks or steps(*before, each)
            else None,
        )
        for start, each in shots
    )


def _flicker(
    settings: ColourSettings, programme: Programme, ask: Ask
) -> tuple[deflicker.FrameGains | None, tuple[Note, ...]]:
    """The gains that make pumping shots steady, where that is asked, and what is to be said."""
    if settings.flicker == "ignore":
        return None, ()
    facts, cuts = (
        ask(Measure(Flicker(), programme.conformed)),
        ask(Measure(Shots(), programme.conformed)).cuts,
    )
    mended = settings.flicker == "mend"
    gains = deflicker.gains(facts, cuts, Fraction(1, 2) / programme.rate) if mended else None
    return gains, (know("flicker", deflicker.told(deflicker.pumped(facts, cuts), mended=mended)),)
