"""Check a delivered file against its promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from finish.errors import PromiseError
from finish.model import Ask, CheckResult, Measure, Parted, Promise, Source


def check_file(
    promises: Sequence[Promise[Any]], delivered: Source, ask: Ask, packets: str = ""
) -> tuple[CheckResult, ...]:
    """The result of every promise, measured on the delivered file; promises about the same frames or sound
    share a decode.

    Where the file holds exactly the picture packets that were rendered (their digest is `packets`), the
    answers for the pieces are true of it. A comparison with planned frames gives None, a broken promise,
    where the file shows other frames than were planned.
    """
    comparable = all(promise.accept.holds(promise.fact(delivered)) for promise in promises if promise.framing)
    same = bool(packets) and delivered.packets == packets
    measured = [
        (promise, _measures(promise, delivered, comparable=comparable, same=same)) for promise in promises
    ]
    ask.prepare([measure for _, measures in measured for measure in measures or () if not measure.against])
    return tuple(
        CheckResult(promise, _fact(promise, measures, delivered, ask)) for promise, measures in measured
    )


def _fact(
    promise: Promise[Any], measures: Sequence[Measure[object]] | None, delivered: Source, ask: Ask
) -> object:
    """The promised fact; None where there is nothing to measure, such as in a file without sound."""
    if promise.analyser is None:
        return promise.fact(delivered)
    if measures is None:
        return None
    try:
        answers = [ask(measure) for measure in measures]
    except PromiseError:  # frames at other times than planned
        return None
    return promise.fact(
        cast(Parted[Any], promise.analyser).merged(answers) if measures is promise.pieces else answers[0]
    )


def _measures(
    promise: Promise[Any], delivered: Source, *, comparable: bool, same: bool
) -> Sequence[Measure[object]] | None:
    """What to measure for a promise; None where there is nothing to measure."""
    picture = promise.part == "picture"
    has = delivered.video if picture else delivered.audio
    if promise.analyser is None or not has or not (comparable or not promise.against):
        return None
    if same and promise.pieces is not None:
        return promise.pieces
    stream = delivered.picture if picture else delivered.sound()
    return [Measure(promise.analyser, stream, promise.against)]
