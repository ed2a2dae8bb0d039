"""Shots matched to a reference, a still or a clip.

Corrections come from the lock file, are fitted to the reference, or are set by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from finish import graph
from finish.analysis.colour_tones import FrameTones, Tones
from finish.analysis.shots import Shots
from finish.errors import MediaError, SpecError
from finish.graph import PayloadBytes, Stream
from finish.model import Analyser, Ask, ClipProgramme, Document, Measure, Source, Values
from finish.model.colour_codes import ColourOverrides
from finish.model.picture_input import conformed
from finish.stages.colour.colour_settings import STILLS, Balance, Match
from finish.stages.colour.correction_fitting import FittedCorrection, fit_correction, scaled
from finish.stages.colour.shot_corrections import MatchedShot, ShotCorrections
from finish.stages.colour.table import Transform
from finish.units import digest

_TONES: Final = Tones(rate=4)
QUESTIONS: Final[tuple[Analyser[Any], ...]] = (Shots(), _TONES)


def matched_shots(
    match: Match, programme: ClipProgramme, before: Sequence[Transform], locked: Values | None, ask: Ask
) -> ShotCorrections:
    """Every shot's correction: from the lock file, else fitted to the reference."""
    return ShotCorrections.read(locked) if locked is not None else _fitted(match, programme, before, ask)


def match_digest(match: Match, programme: ClipProgramme, *before: object) -> str:
    """The digest of what corrections depend on.

    It covers the clip's picture, the steps before the corrections, and the reference, but not the strength.
    """
    video = programme.source.video
    return digest(
        "match",
        programme.source.digest,
        str(video.index if video else ""),
        match.to.digest,
        *map(repr, before),
    )[:16]


def correction_steps(match: Match, corrections: ShotCorrections) -> tuple[tuple[Fraction, Balance], ...]:
    """The correction from each time (s) on: by hand, else the shot's own at the match's strength.

    Equal neighbours are joined.
    """
    edges = {edge for override in match.shots for edge in (override.start, override.end) if edge is not None}
    steps: list[tuple[Fraction, Balance]] = []
    for start in sorted({*(shot.start for shot in corrections.shots), *edges}):
        by_hand = [
            override.balance
            for override in match.shots
            if override.start <= start and (override.end is None or start < override.end)
        ]
        balance = by_hand[-1] if by_hand else scaled(corrections.at(start).balance, match.strength)
        if not steps or steps[-1][1] != balance:
            steps.append((start, balance))
    return tuple(steps)


def _fitted(match: Match, programme: ClipProgramme, before: Sequence[Transform], ask: Ask) -> ShotCorrections:
    """Every shot's correction, fitted to the reference; without a sample, that of the shot before."""
    reference = _reference_tones(match.to, ask)
    cuts = ask(Measure(Shots(), programme.conformed)).cuts
    samples = ask(Measure(_TONES, programme.conformed)).looks
    shots = [
        (start, [sample for sample in samples if start <= sample.time < end])
        for start, end in pairwise((Fraction(0), *cuts, max(programme.duration, *cuts, Fraction(0)) + 1))
    ]
    fitted = {start: fit_correction(tones, reference, before) for start, tones in shots if tones}
    # Intended differences stay: shots of another scene share half of their correction.
    others = [sample for start, tones in shots if tones and not fitted[start].same_scene for sample in tones]
    common = fit_correction(others, reference, before).balance if others else Balance()
    last = FittedCorrection(Balance(), same_scene=False, before=0.0, after=0.0)
    matched: list[MatchedShot] = []
    for start, tones in shots:
        if tones:
            own = fitted[start]
            last = own if own.same_scene else fit_correction(tones, reference, before, common)
        matched.append(MatchedShot(start, last))
    return ShotCorrections(tuple(matched))


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
        suffix = next(suffix for magic, suffix in STILLS.items() if to.data.startswith(magic))
        return graph.image(PayloadBytes(suffix, to.data))
    assert to.video is not None
    return conformed(ColourOverrides("auto", "auto"), to.video, to.picture)[0]
