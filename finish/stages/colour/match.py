"""Shots matched to a reference, a still or a clip: what each needs, as decided before or found now, or said by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, Final

from pydantic import Field, field_validator

from finish import graph
from finish.analysis.colour_tones import FrameTones, Tones
from finish.analysis.shots import Shots
from finish.errors import MediaError, SpecError
from finish.graph import PayloadBytes, Stream
from finish.model import (
    Analyser,
    Ask,
    Document,
    Measure,
    Note,
    OddValue,
    Picture,
    Programme,
    Settings,
    Source,
    Stretch,
    Values,
    detail,
    know,
    reading_lock,
)
from finish.model.colour_codes import ColourOverrides
from finish.model.picture_input import conformed
from finish.stages.colour.balance import Balance
from finish.stages.colour.curve_fitting import PARTS, FittedCorrection, at_bounds, matched, scaled
from finish.stages.colour.table import Transform
from finish.units import clock, digest

_TONES: Final = Tones(rate=4)
QUESTIONS: Final[tuple[Analyser[Any], ...]] = (Shots(), _TONES)
_TOLD: Final = 12  # shots that the notes list
_MAGIC: Final = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg"}


class ManualMatch(Stretch):
    """From `from` to `to` seconds of the clip (else its end) this correction, in the words of `balance`; without one, none."""

    balance: Balance = Field(default=Balance(), description="the correction in this range")


class Match(Settings):
    """`to`: a still or a clip that every shot is made to look like; `strength`: how much of the way; `shots`: what some get instead."""

    to: Annotated[Picture, Field(description="the reference: a still (.png, .jpg) or a clip")]
    strength: Annotated[
        float, Field(ge=0, le=1, allow_inf_nan=False, description="how much of each correction is made")
    ] = 1.0
    shots: Annotated[
        tuple[ManualMatch, ...], Field(description="corrections by hand, in ranges of time")
    ] = ()

    @field_validator("to")
    @classmethod
    def _shows(cls, to: Document | Source) -> Document | Source:
        if isinstance(to, Document) and not any(to.data.startswith(each) for each in _MAGIC):
            raise ValueError(f"{to.path.name} is no PNG or JPEG picture")
        return to


@dataclass(frozen=True)
class MatchedShot:
    """From `start` (s) until the next one's: the shot's correction, and how it was found."""

    start: Fraction
    found: FittedCorrection


def parts(
    match: Match, programme: Programme, before: Sequence[Transform], known: Values | None, ask: Ask
) -> tuple[MatchedShot, ...]:
    """Every shot's correction: as was decided before, else found now."""
    return _read(known) if known is not None else _found(match, programme, before, ask)


def about(match: Match, programme: Programme, *before: object) -> str:
    """What corrections depend on: the clip's picture, what comes before them, and the reference; not how much of them is made."""
    video = programme.source.video
    return digest(
        "match",
        programme.source.digest,
        str(video.index if video else ""),
        match.to.digest,
        *map(repr, before),
    )[:16]


def values(decided: Sequence[MatchedShot]) -> dict[str, Any]:
    """Corrections as the lock file holds them: one line a shot."""
    return {
        "shots": [
            {
                "from": float(each.start),
                **{name: getattr(each.found.balance, name) for name in PARTS},
                "scene": "same" if each.found.same else "other",
                "before": each.found.before,
                "after": each.found.after,
            }
            for each in decided
        ]
    }


def made(match: Match, decided: Sequence[MatchedShot]) -> tuple[tuple[Fraction, Balance], ...]:
    """What is done from when on (s), neighbours that are the same as one: the corrections at their strength, or those by hand."""
    hands = match.shots
    edges = (edge for hand in hands for edge in (hand.start, hand.end) if edge is not None)
    marks = sorted({*(each.start for each in decided), *edges})
    found: list[tuple[Fraction, Balance]] = []
    for mark in marks:
        own = [hand.balance for hand in hands if hand.start <= mark and (hand.end is None or mark < hand.end)]
        shot = [each for each in decided if each.start <= mark][-1]
        balance = own[-1] if own else scaled(shot.found.balance, match.strength)
        if not found or found[-1][1] != balance:
            found.append((mark, balance))
    return tuple(found)


def told(match: Match, decided: Sequence[MatchedShot]) -> Iterator[Note]:
    """How far the shots were from the reference, and what is left; then shot by shot."""
    count = f"{len(decided)} shots" if len(decided) > 1 else "1 shot"
    before, after = (
        sum(getattr(each.found, side) for each in decided) / len(decided) for side in ("before", "after")
    )
    mixed = "" if match.strength == 1 else f", of which {match.strength:.0%} is done"
    yield know(
        "match",
        f"match: {count} to {match.to.path.name}: ΔE2000 {before:.2f} before, {after:.2f} after{mixed}",
    )
    for number, each in enumerate(decided[:_TOLD], start=1):
        scene = "" if each.found.same else ", another scene: by its impression"
        ends = at_bounds(each.found)
        more = f", {' and '.join(ends)} at the end of what is allowed" if ends else ""
        done = each.found.balance.stated or "left as it is"
        change = f"ΔE {each.found.before:.2f} → {each.found.after:.2f}"
        yield detail(
            "match-shot", f"match: shot {number} from {clock(each.start)}: {change}: {done}{scene}{more}"
        )
    if len(decided) > _TOLD:
        yield detail("match-shot", f"match: {len(decided) - _TOLD} more shots in the lock file")


def _found(
    match: Match, programme: Programme, before: Sequence[Transform], ask: Ask
) -> tuple[MatchedShot, ...]:
    reference = _seen(match.to, ask)
    cuts = ask(Measure(Shots(), programme.conformed)).cuts
    looks = ask(Measure(_TONES, programme.conformed)).looks
    shots = [
        (start, [look for look in looks if start <= look.time < end])
        for start, end in pairwise((Fraction(0), *cuts, max(programme.duration, *cuts, Fraction(0)) + 1))
    ]
    found = {start: matched(seen, reference, before) for start, seen in shots if seen}
    # What differs on purpose keeps differing: half of what a shot of another scene gets is what all such shots get.
    others = [look for start, seen in shots if seen and not found[start].same for look in seen]
    whole = matched(others, reference, before).balance if others else Balance()
    done: list[MatchedShot] = []
    for start, seen in shots:
        if seen:
            done.append(
                MatchedShot(
                    start, found[start] if found[start].same else matched(seen, reference, before, whole)
                )
            )
        else:  # shorter than the time between two looks
            done.append(
                replace(done[-1], start=start)
                if done
                else MatchedShot(start, FittedCorrection(Balance(), same=False, before=0.0, after=0.0))
            )
    return tuple(done)


def _seen(to: Document | Source, ask: Ask) -> Sequence[FrameTones]:
    """What the reference looks like."""
    try:
        return ask(Measure(_TONES, _reference(to))).looks
    except MediaError as wrong:
        hint = "export it again, or name another"
        raise SpecError(f"colour.match: {to.path.name} cannot be read: {wrong.message}", hint) from wrong


def _reference(to: Document | Source) -> Stream:
    """The reference's picture, read as a clip is."""
    if isinstance(to, Document):
        return graph.image(
            PayloadBytes(
                next(suffix for magic, suffix in _MAGIC.items() if to.data.startswith(magic)), to.data
            )
        )
    assert to.video is not None
    return conformed(ColourOverrides("auto", "auto"), to.video, to.picture)[0]


def _read(known: Mapping[str, Any]) -> tuple[MatchedShot, ...]:
    """The corrections in a lock file; SpecError for what is none."""
    with reading_lock("colour"):
        found = tuple(_part(each) for each in known["shots"])
        if (
            not found
            or found[0].start != 0
            or any(one.start >= other.start for one, other in pairwise(found))
        ):
            raise OddValue("shots begin at 0, and each later than the one before")
        return found


def _part(shot: Values) -> MatchedShot:
    balance = Balance.model_validate(
        {name: value for name, value in shot.items() if name in Balance.model_fields}
    )
    start = Fraction(float(shot["from"])).limit_denominator(1_000_000)
    return MatchedShot(
        start,
        FittedCorrection(
            balance, shot.get("scene") == "same", float(shot.get("before", 0)), float(shot.get("after", 0))
        ),
    )
