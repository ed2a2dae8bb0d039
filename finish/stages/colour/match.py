"""Shots matched to a reference, a still or a clip: corrections from the lock file, found in the clip, or set by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    OddValue,
    Picture,
    Programme,
    Settings,
    Source,
    Stretch,
    Values,
    reading_lock,
)
from finish.model.colour_codes import ColourOverrides
from finish.model.picture_input import conformed
from finish.stages.colour.balance import Balance
from finish.stages.colour.curve_fitting import PARTS, FittedCorrection, fit_correction, scaled
from finish.stages.colour.table import Transform
from finish.units import digest

_TONES: Final = Tones(rate=4)
QUESTIONS: Final[tuple[Analyser[Any], ...]] = (Shots(), _TONES)
_MAGIC: Final = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg"}


class ManualMatch(Stretch):
    """From `from` to `to` seconds of the clip (else its end), this correction, with the keys of `balance`; no key: no correction."""

    balance: Balance = Field(default=Balance(), description="the correction in this range")


class Match(Settings):
    """`to`: the still or clip that every shot is to look like; `strength`: share of each correction; `shots`: corrections by hand."""

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
        if isinstance(to, Document) and not any(to.data.startswith(magic) for magic in _MAGIC):
            raise ValueError(f"{to.path.name} isn't a PNG or JPEG picture")
        return to


@dataclass(frozen=True)
class MatchedShot:
    """A shot from `start` (s) to the next one's, and its correction."""

    start: Fraction
    found: FittedCorrection


def shot_corrections(
    match: Match, programme: Programme, before: Sequence[Transform], locked: Values | None, ask: Ask
) -> tuple[MatchedShot, ...]:
    """Every shot's correction: from the lock file, else found in the clip."""
    return _read(locked) if locked is not None else _found(match, programme, before, ask)


def match_digest(match: Match, programme: Programme, *before: object) -> str:
    """The digest of what corrections depend on: the clip's picture, the steps before them, the reference; not the strength."""
    video = programme.source.video
    return digest(
        "match",
        programme.source.digest,
        str(video.index if video else ""),
        match.to.digest,
        *map(repr, before),
    )[:16]


def lock_values(matches: Sequence[MatchedShot]) -> dict[str, Any]:
    """Corrections as the lock file keeps them: one line per shot."""
    return {
        "shots": [
            {
                "from": float(shot.start),
                **{part: getattr(shot.found.balance, part) for part in PARTS},
                "scene": "same" if shot.found.same else "other",
                "before": shot.found.before,
                "after": shot.found.after,
            }
            for shot in matches
        ]
    }


def correction_steps(match: Match, matches: Sequence[MatchedShot]) -> tuple[tuple[Fraction, Balance], ...]:
    """The correction from each time (s) on: by hand, else the shot's own at the match's strength. Equal neighbours are joined."""
    manual = match.shots
    edges = (edge for override in manual for edge in (override.start, override.end) if edge is not None)
    result: list[tuple[Fraction, Balance]] = []
    for start in sorted({*(shot.start for shot in matches), *edges}):
        by_hand = [
            override.balance
            for override in manual
            if override.start <= start and (override.end is None or start < override.end)
        ]
        shot = [shot for shot in matches if shot.start <= start][-1]
        balance = by_hand[-1] if by_hand else scaled(shot.found.balance, match.strength)
        if not result or result[-1][1] != balance:
            result.append((start, balance))
    return tuple(result)


def _found(
    match: Match, programme: Programme, before: Sequence[Transform], ask: Ask
) -> tuple[MatchedShot, ...]:
    """Every shot's correction, found in the clip. A shot between two looks takes that of the shot before."""
    reference = _reference_tones(match.to, ask)
    cuts = ask(Measure(Shots(), programme.conformed)).cuts
    looks = ask(Measure(_TONES, programme.conformed)).looks
    shots = [
        (start, [look for look in looks if start <= look.time < end])
        for start, end in pairwise((Fraction(0), *cuts, max(programme.duration, *cuts, Fraction(0)) + 1))
    ]
    fitted = {start: fit_correction(tones, reference, before) for start, tones in shots if tones}
    # Intended differences stay: half of the correction of a shot of another scene is the one that all such shots share.
    others = [look for start, tones in shots if tones and not fitted[start].same for look in tones]
    common = fit_correction(others, reference, before).balance if others else Balance()
    last = FittedCorrection(Balance(), same=False, before=0.0, after=0.0)
    result: list[MatchedShot] = []
    for start, tones in shots:
        if tones:
            own = fitted[start]
            last = own if own.same else fit_correction(tones, reference, before, common)
        result.append(MatchedShot(start, last))
    return tuple(result)


def _reference_tones(to: Document | Source, ask: Ask) -> Sequence[FrameTones]:
    """The colours of the reference."""
    try:
        return ask(Measure(_TONES, _reference(to))).looks
    except MediaError as error:
        message = f"colour.match: {to.path.name} can't be read: {error.message}"
        raise SpecError(message, "export it again, or use another reference") from error


def _reference(to: Document | Source) -> Stream:
    """The reference's picture, read as a clip is."""
    if isinstance(to, Document):
        suffix = next(suffix for magic, suffix in _MAGIC.items() if to.data.startswith(magic))
        return graph.image(PayloadBytes(suffix, to.data))
    assert to.video is not None
    return conformed(ColourOverrides("auto", "auto"), to.video, to.picture)[0]


def _read(locked: Mapping[str, Any]) -> tuple[MatchedShot, ...]:
    """The corrections of a lock file. SpecError for values that are out of order or out of range."""
    with reading_lock("colour"):
        shots = tuple(_matched_shot(values) for values in locked["shots"])
        starts = [shot.start for shot in shots]
        if not starts or starts[0] != 0 or any(one >= other for one, other in pairwise(starts)):
            raise OddValue("shots must start at 0, and each later than the one before")
        return shots


def _matched_shot(values: Values) -> MatchedShot:
    balance = Balance.model_validate(
        {part: value for part, value in values.items() if part in Balance.model_fields}
    )
    start = Fraction(float(values["from"])).limit_denominator(1_000_000)
    same, before, after = values.get("scene") == "same", values.get("before", 0), values.get("after", 0)
    return MatchedShot(start, FittedCorrection(balance, same, float(before), float(after)))
