"""Every promise, asked of the delivered file itself."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, cast

from finish.errors import PromiseError
from finish.model import Ask, CheckResult, Measure, Parted, Promise, Source


def check(
    promises: Sequence[Promise], delivered: Source, ask: Ask, packets: str = ""
) -> tuple[CheckResult, ...]:
    """Every promise, asked of the delivered file itself; those that look at the same frames or sound share a decode.

    Where the file holds the very picture packets that were rendered (their digest is `packets`), what was found of the pieces
    is true of it. What is compared with planned frames is None, and so broken, where the file shows other frames than were planned.
    """
    comparable = all(each.accept.holds(_fact(each, delivered)) for each in promises if each.framing)
    same = bool(packets) and delivered.packets == packets
    measures = [(each, _measures(each, delivered, comparable=comparable, same=same)) for each in promises]
    ask.prepare([measure for _, found in measures for measure in found or () if not measure.against])
    return tuple(
        CheckResult(promise, _fact(promise, _answer(promise, found, delivered, ask)))
        for promise, found in measures
    )


def _answer(promise: Promise, measures: Sequence[Measure[Any]] | None, delivered: Source, ask: Ask) -> Any:
    """What the fact is taken from: the file, or an analyser's answer; None where there is nothing to ask."""
    if promise.analyser is None:
        return delivered
    if measures is None:
        return None
    try:
        answers = [ask(each) for each in measures]
        return (
            cast(Parted[Any], promise.analyser).merged(answers) if measures is promise.pieces else answers[0]
        )
    except PromiseError:  # frames at other times than planned
        return None


def _measures(
    promise: Promise, delivered: Source, *, comparable: bool, same: bool
) -> Sequence[Measure[Any]] | None:
    """What must be asked for a promise; None where there is nothing to ask."""
    has = delivered.video if promise.part == "picture" else delivered.audio
    if promise.analyser is None or not has or not (comparable or not promise.against):
        return None
    if same and promise.pieces is not None:
        return promise.pieces
    return [
        Measure(
            promise.analyser,
            delivered.picture if promise.part == "picture" else delivered.sound(),
            promise.against,
        )
    ]


def _fact(promise: Promise, answer: Any) -> Any:
    """The promised fact; None where the file has nothing to ask (no sound, no picture), which no promise accepts."""
    try:
        return attrgetter(promise.fact)(answer)
    except AttributeError:
        return None
