"""The notes of this stage, one function for each code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from finish.model import Note, act, detail, know
from finish.stages.colour.colour_settings import Match
from finish.stages.colour.deflicker import VISIBLE, FlickerShot
from finish.stages.colour.lut_bake import BakedLut
from finish.stages.colour.shot_corrections import MatchedShot
from finish.units import clock, number

_LISTED: Final = 12  # shots; the others are in the lock file
_VISIBLE: Final = 0.5  # of 255 codes; a smaller error of a LUT is lost in rounding


def grade(steps: Sequence[str], luts: Sequence[BakedLut]) -> Note:
    """The steps of a grade in order, and the cubes that they make."""
    distinct = tuple(dict.fromkeys(luts))
    size, error = max(lut.size for lut in distinct), max(lut.worst for lut in distinct) * 255
    cubes = f"one {size}³ cube" if len(distinct) == 1 else f"{len(distinct)} {size}³ cubes"
    visible = f"; LUT error up to {error:.1f}/255" if error >= _VISIBLE else ""
    return detail("grade", f"colour: {', then '.join(steps)} in {cubes}{visible}")


def look_clips(title: str, lost: float) -> Note:
    """A look takes the detail from many colours."""
    return act(
        "look-clips",
        f"look {title}: {100 * lost:.0f} % of colours come out below black or above white and lose their "
        "detail — reduce colour.strength, or see `finish lut inspect`",
    )


def flicker(shots: Sequence[FlickerShot], *, mended: bool) -> Note:
    """How many shots flicker visibly, and what is done about it."""
    flickering = [shot for shot in shots if shot.stops >= VISIBLE]
    worst = max(shots, key=lambda shot: shot.stops, default=FlickerShot(Fraction(0), 0.0))
    if not flickering:
        return know("flicker", f"flicker: no shot flickers visibly (at most {worst.stops:.2g} stops RMS)")
    at = f"the worst from {number(round(worst.start, 2))} s by {worst.stops:.2g} stops RMS"
    done = "corrected" if mended else "not corrected — set colour.flicker: mend"
    return know("flicker", f"flicker: {len(flickering)} of {len(shots)} shots flicker, {at}: {done}")


def match(settings: Match, shots: Sequence[MatchedShot]) -> Note:
    """How far the shots were from the reference on average, and how far they are now."""
    count = f"{len(shots)} shots" if len(shots) > 1 else "1 shot"
    before = sum(shot.correction.before for shot in shots) / len(shots)
    after = sum(shot.correction.after for shot in shots) / len(shots)
    strength = (
        ""
        if settings.strength == 1
        else f" at full strength, of which {100 * settings.strength:.0f} % is applied"
    )
    change = f"ΔE2000 {before:.1f} before, {after:.1f} after"
    return know("match", f"match: {count} to {settings.to.path.name}: {change}{strength}")


def match_shots(shots: Sequence[MatchedShot]) -> Iterator[Note]:
    """The correction of each of the first shots."""
    for position, shot in enumerate(shots[:_LISTED], start=1):
        scene = "" if shot.correction.same_scene else ", matched by overall impression (another scene)"
        limited = shot.correction.limited
        limits = f", {' and '.join(limited)} at the limit" if limited else ""
        correction = shot.correction.balance.stated or "unchanged"
        change = f"ΔE2000 {shot.correction.before:.1f} → {shot.correction.after:.1f}"
        yield detail(
            "match-shot",
            f"match: shot {position} from {clock(shot.start)}: {change}: {correction}{scene}{limits}",
        )
    if len(shots) > _LISTED:
        yield detail("match-shot", f"match: {len(shots) - _LISTED} more shots are in the lock file")
