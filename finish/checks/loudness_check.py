"""Whether a sound has the loudness of a target, and keeps below its ceiling."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from finish.analysis.loudness import Loudness, LoudnessFacts
from finish.checks.dialogue_level import Dialogue, DialogueFacts
from finish.checks.loudness_targets import LoudnessStandard
from finish.checks.requirements import LoudnessRequirement
from finish.model import Deliverable, Promise, Tolerance

_HINT: Final = "lower the target, or sound: {accept: achievable}"


def promises(requirement: LoudnessRequirement) -> tuple[Promise[Any], ...]:
    """What the requirement demands of a file."""
    standard = requirement.standard
    if requirement.album:
        return peaks(standard)
    promise = loudness(standard, standard.lufs)
    accept = promise.accept if requirement.exact else replace(promise.accept, low=None)
    return (replace(promise, accept=accept), *peaks(standard))


def integrated(facts: LoudnessFacts) -> float | None:
    """LUFS."""
    return facts.integrated


def anchor(facts: DialogueFacts) -> float | None:
    """LUFS of the speech, or what streaming services take in its place."""
    return facts.anchor


def true_peak(facts: LoudnessFacts) -> float:
    """dBTP."""
    return facts.true_peak


def loudest(facts: LoudnessFacts) -> float:
    """LUFS of the loudest 3 s."""
    return facts.loudest


def loudness(standard: LoudnessStandard, lufs: float) -> Promise[Any]:
    """The loudness that the standard's gate measures is `lufs`, within its tolerance."""
    return _dialogue(standard, lufs) if standard.gate == "dialogue" else programme_loudness(standard, lufs)


def programme_loudness(
    standard: LoudnessStandard, lufs: float, name: str = "loudness"
) -> Promise[LoudnessFacts]:
    """The integrated loudness is `lufs`, within the standard's tolerance."""
    return Promise(
        name,
        integrated,
        _around(standard, lufs),
        "LUFS",
        standard.source,
        hint=_HINT,
        part="sound",
        analyser=Loudness(),
    )


def _dialogue(standard: LoudnessStandard, lufs: float) -> Promise[DialogueFacts]:
    return Promise(
        "dialogue loudness (estimate)",
        anchor,
        _around(standard, lufs),
        "LUFS",
        standard.source,
        hint=_HINT,
        part="sound",
        analyser=Dialogue(),
    )


def _around(standard: LoudnessStandard, lufs: float) -> Tolerance:
    return Tolerance(round(lufs - standard.tolerance, 2), round(lufs + standard.tolerance, 2))


def peaks(standard: LoudnessStandard) -> tuple[Promise[LoudnessFacts], ...]:
    """The true-peak ceiling, and the loudest 3 s where the standard limits them; a shorter sound has none."""
    ceiling = Promise(
        "true peak",
        true_peak,
        Tolerance(high=standard.ceiling),
        "dBTP",
        standard.source,
        hint="lower sound: {lufs: …}, or raise its bit rate",
        part="sound",
        analyser=Loudness(),
    )
    if standard.short_term is None:
        return (ceiling,)
    short_term = Promise(
        "short-term loudness",
        loudest,
        Tolerance(high=standard.short_term),
        "LUFS",
        standard.source,
        hint="lower sound: {lufs: …}",
        part="sound",
        analyser=Loudness(),
    )
    return (ceiling, short_term)


def check(deliverable: Deliverable) -> tuple[Promise[Any], ...]:
    return tuple(
        promise for required in deliverable.required(LoudnessRequirement) for promise in promises(required)
    )
