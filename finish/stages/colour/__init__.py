"""Colour: camera, balance, match and looks, composed into cubes, applied in float, rounded once."""

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
from finish.model import Analyser, Ask, Decision, Delivery, Document, Look, Measure, Note, Programme
from finish.model import Settings as Base
from finish.stages.colour import deflicker, look_reading, messages
from finish.stages.colour import match as matching
from finish.stages.colour.balance import Balance
from finish.stages.colour.camera import RENDERING, Camera
from finish.stages.colour.grading import PictureGrade
from finish.stages.colour.lut_bake import BakedLut, bake, correction_transforms
from finish.stages.colour.match import Match
from finish.stages.colour.shot_corrections import ShotCorrections

name: Final = "colour"
touches: Final[tuple[Kind, ...]] = ("video",)

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


class ColourSettings(Base):
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
        """A look that can't be read is reported with every other mistake of the spec."""
        for look in looks:
            try:
                look_reading.read_usable(look.data, look.path.name, look.part)
            except FinishError as error:
                raise ValueError(str(error)) from error
        return looks

    @model_validator(mode="after")
    def _in_light(self) -> ColourSettings:
        """Flicker is corrected as a factor of code values; in a camera's log picture it isn't one."""
        if self.camera and self.flicker == "mend":
            raise ValueError(
                f"flicker: mend doesn't work on a log picture: remove it, or camera: {self.camera}"
            )
        return self

    @property
    def requirements(self) -> tuple[LevelsRequirement, ...]:
        """Legal levels if the settings ask for them, and the measures to report."""
        clipping, banding = "clipping" in self.report, "banding" in self.report
        return (LevelsRequirement(self.levels == "legal", clipping=clipping, banding=banding),)


Settings = ColourSettings  # the name by which the pipeline reaches every stage's settings (model.Stage)


def questions(settings: ColourSettings) -> tuple[Analyser[Any], ...]:
    """Shots and their colours for a match; shots and their flicker unless it is ignored."""
    flicker: tuple[Analyser[Any], ...] = () if settings.flicker == "ignore" else (Shots(), Flicker())
    return tuple(dict.fromkeys((*(matching.QUESTIONS if settings.match else ()), *flicker)))


def plan(settings: ColourSettings, programme: Programme, delivery: Delivery, ask: Ask) -> Programme:
    """The programme with its grade; the same programme without settings, or at strength 0.

    SpecError for values in the lock file that can't be read.
    """
    matches, decisions = _matched(settings, programme, ask)
    gains, flicker_notes = _flicker(settings, programme, ask)
    cubes = _cubes(settings, matches)
    # Cubes and gains use the clip's times: above the cut, before the delivery's frame rate. If the frames
    # stay the same, the grade can be applied at any later place.
    everywhere = (len(cubes) <= 1 and gains is None) or (
        programme.timeline is None and delivery.rates.of(programme.rate) == programme.rate
    )
    legal = settings.levels == "legal"
    grade = PictureGrade(cubes, Fraction(1, 2) / programme.rate, gains, legal, everywhere)
    luts = [baked for _, baked in cubes if baked]
    notes = (
        *((grade_note(settings, luts),) if luts else ()),
        *_clipping(settings),
        *(
            (messages.match(settings.match, matches.shots), *messages.match_shots(matches.shots))
            if settings.match
            else ()
        ),
        *flicker_notes,
    )
    promises = (
        promise for requirement in settings.requirements for promise in picture_levels.promises(requirement)
    )
    graded = programme.with_picture(grade.of(programme.picture)).add_promises(*promises)
    return graded.add_notes(*notes).add_decisions(*decisions)


def _clipping(settings: ColourSettings) -> Iterator[Note]:
    """Looks that take the detail from many colours; `finish lut inspect` examines them the same way."""
    for look in settings.looks if settings.strength else ():
        _, effect = look_reading.read_usable(look.data, look.path.name, look.part)
        if effect.much_lost:
            yield messages.look_clips(look.title, effect.lost)


def grade_note(settings: ColourSettings, luts: Sequence[BakedLut]) -> Note:
    """The note on a grade: its steps in order, and the cubes that they make."""
    return messages.grade(_steps(settings), luts)


def _steps(settings: ColourSettings) -> list[str]:
    """The steps of the grade in order, such as "exposure 0.3" and "warm on full-range codes"."""
    looks = " + ".join(look.title for look in settings.looks) if settings.strength else ""
    strength = "" if settings.strength == 1 else f" at {100 * settings.strength:.0f} %"
    camera = f"{settings.camera} (full-range RGB) rendered by {RENDERING}" if settings.camera else ""
    match = f"matched to {settings.match.to.path.name}" if settings.match else ""
    mixed = looks and f"{looks}{strength} on {settings.lut_range}-range codes"
    return [step for step in (camera, settings.balance.stated, match, mixed) if step]


def _matched(
    settings: ColourSettings, programme: Programme, ask: Ask
) -> tuple[ShotCorrections, tuple[Decision, ...]]:
    """Each shot's correction to match the reference, and the decision that records them."""
    if settings.match is None:
        return ShotCorrections(()), ()
    before = (settings.camera, settings.balance)
    of = matching.match_digest(settings.match, programme, *before)
    locked = programme.decided(name, of)
    corrections = matching.matched_shots(
        settings.match, programme, correction_transforms(*before), locked, ask
    )
    return corrections, (Decision(name, of, corrections.values),)


def _cubes(
    settings: ColourSettings, matches: ShotCorrections
) -> tuple[tuple[Fraction, BakedLut | None], ...]:
    """The whole grade from each time (s) on; None where it does nothing."""
    looks = settings.looks if settings.strength else ()
    corrections: tuple[tuple[Fraction, Balance], ...] = ((Fraction(0), Balance()),)
    if settings.match:
        corrections = matching.correction_steps(settings.match, matches)
    before, legal = (settings.camera, settings.balance), settings.lut_range == "legal"
    return tuple(
        (
            start,
            bake(looks, settings.strength, *before, correction, legal=legal)
            if looks or correction_transforms(*before, correction)
            else None,
        )
        for start, correction in corrections
    )


def _flicker(
    settings: ColourSettings, programme: Programme, ask: Ask
) -> tuple[deflicker.FrameGains | None, tuple[Note, ...]]:
    """The gains that make shots steady, if the settings ask for them, and the note on flicker."""
    if settings.flicker == "ignore":
        return None, ()
    facts = ask(Measure(Flicker(), programme.conformed))
    cuts = ask(Measure(Shots(), programme.conformed)).cuts
    mended = settings.flicker == "mend"
    gains = deflicker.gains(facts, cuts, Fraction(1, 2) / programme.rate) if mended else None
    return gains, (messages.flicker(deflicker.shot_flicker(facts, cuts), mended=mended),)
