"""Colour: camera, balance, match and looks, composed into cubes, applied in float, rounded once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from finish.analysis.flicker import Flicker
from finish.analysis.shots import Shots
from finish.checks import picture_levels
from finish.model import Analyser, Ask, ClipProgramme, Decision, Delivery, Measure, Note
from finish.stages.colour import deflicker, look_reading, messages
from finish.stages.colour import match as matching
from finish.stages.colour.camera import RENDERING
from finish.stages.colour.colour_settings import NAME, Balance, ColourSettings
from finish.stages.colour.grading import PictureGrade
from finish.stages.colour.lut_bake import BakedLut, bake, correction_transforms
from finish.stages.colour.shot_corrections import ShotCorrections


def questions(settings: ColourSettings) -> tuple[Analyser[Any], ...]:
    """Shots and their colours for a match; shots and their flicker unless it is ignored."""
    flicker: tuple[Analyser[Any], ...] = () if settings.flicker == "ignore" else (Shots(), Flicker())
    return tuple(dict.fromkeys((*(matching.QUESTIONS if settings.match else ()), *flicker)))


def plan(settings: ColourSettings, programme: ClipProgramme, delivery: Delivery, ask: Ask) -> ClipProgramme:
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
    settings: ColourSettings, programme: ClipProgramme, ask: Ask
) -> tuple[ShotCorrections, tuple[Decision, ...]]:
    """Each shot's correction to match the reference, and the decision that records them."""
    if settings.match is None:
        return ShotCorrections(()), ()
    before = (settings.camera, settings.balance)
    of = matching.match_digest(settings.match, programme, *before)
    locked = programme.decided(NAME, of)
    corrections = matching.matched_shots(
        settings.match, programme, correction_transforms(*before), locked, ask
    )
    return corrections, (Decision(NAME, of, corrections.values),)


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
    settings: ColourSettings, programme: ClipProgramme, ask: Ask
) -> tuple[deflicker.FrameGains | None, tuple[Note, ...]]:
    """The gains that make shots steady, if the settings ask for them, and the note on flicker."""
    if settings.flicker == "ignore":
        return None, ()
    facts = ask(Measure(Flicker(), programme.conformed))
    cuts = ask(Measure(Shots(), programme.conformed)).cuts
    mended = settings.flicker == "mend"
    gains = deflicker.gains(facts, cuts, Fraction(1, 2) / programme.rate) if mended else None
    return gains, (messages.flicker(deflicker.shot_flicker(facts, cuts), mended=mended),)
