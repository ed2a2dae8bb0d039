"""What a batch will take: from what jobs like it took on this machine, else from what they took on another.

An estimate must not cost what it estimates, so it plans nothing: planning listens to clips and looks at them. It takes each clip's length
and rate, the frames that are asked for, and two measured rates: CPU-seconds for each megapixel of picture, and, for jobs of one kind
(which analyses and stages they have), CPU-seconds of all else for each second delivered. What stands as it was published costs nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from typing import Final

from finish.deliver.outcome import Outcome
from finish.engine.batch_simulation import ClipWork, WorkerPool, simulate
from finish.execution.cpu_meter import Meter
from finish.model import Deliverable, Source, Stage
from finish.planning.piece_spans import PIECE
from finish.planning.piece_tasks import NEIGHBOURS
from finish.storage import run_times
from finish.storage.run_times import Times

# Of two cores (Xeon, 2.1 GHz): a clip of 30 s of 1080p25 for tiktok and youtube, with captions, a look and loudness (bench/RESULTS.md).
REFERENCE: Final = Times(
    deliverables=2, seconds=60.0, megapixels=3110.4, pictures=106.3, others=62.1, wall=89.6
)
LOOK, SOUND, CHECKS, CLIENT = (
    0.64,
    0.13,
    0.19,
    0.04,
)  # shares of `others`, of the same clip on a cluster (bench/sizing.json)
_COLD: Final = 0.9  # a run that rendered less than that of what it delivered says nothing of what it left out


@dataclass(frozen=True)
class Estimate:
    """Of one job: `clips` and `deliverables` that are to be made, CPU-seconds, the `loads` of clips; `basis` says of what jobs the figures
    are, `parallel` how many CPU-seconds a second took on that machine."""

    clips: int
    deliverables: int
    cpu: float
    loads: tuple[ClipWork, ...]
    basis: str
    parallel: float


def wall(estimates: Sequence[Estimate], threads: int) -> float:
    """Seconds of a batch, on a cluster of so many workers of one thread, or with 0 on a machine like the one that was measured."""
    if threads:
        return simulate([load for each in estimates for load in each.loads], WorkerPool(threads)).wall
    return sum(each.cpu / each.parallel for each in estimates)


def kind(deliverables: Iterable[Deliverable], stages: Sequence[Stage]) -> str:
    """Which jobs are alike: those that ask the same of their clips and use the same stages."""
    asked = {
        type(each).__name__
        for one in deliverables
        for stage in stages
        for each in stage.questions(one.settings[stage.name])
    }
    used = {
        stage.name for one in deliverables for stage in stages if one.settings[stage.name].model_fields_set
    }
    return " ".join(sorted(asked | used)) or "plain"


def basis(wanted: str, known: Mapping[str, Times]) -> tuple[Times, str]:
    """The figures for a kind of job, and whose they are."""
    if wanted in known:
        return known[wanted], "jobs of this kind, on this machine"
    if known:
        total = Times()
        for each in known.values():
            total = total.plus(each)
        return total, "other kinds of jobs, on this machine"
    return REFERENCE, "another machine: nothing was finished on this one yet"


def estimate_clips(
    clips: Sequence[tuple[Source, Sequence[Deliverable]]], measured: Times, said: str
) -> Estimate:
    """What is to be made of each clip, at measured rates."""
    loads = tuple(_load(source, asked, measured) for source, asked in clips if asked)
    return Estimate(
        len(loads),
        sum(len(asked) for _, asked in clips),
        sum(each.cpu for each in loads),
        loads,
        said,
        (measured.pictures + measured.others) / measured.wall,
    )


def _load(source: Source, asked: Sequence[Deliverable], measured: Times) -> ClipWork:
    megapixels = sum(_megapixels(source, each) for each in asked)
    others = source.seconds * len(asked) * measured.others / measured.seconds
    pieces = max(1, ceil(source.seconds / float(PIECE)))
    if source.video and source.video.key_gap > PIECE / 2:
        pieces = ceil(pieces / NEIGHBOURS)
    each = megapixels * measured.pictures / measured.megapixels / pieces
    return ClipWork(
        LOOK * others,
        (each,) * pieces,
        (SOUND * others / 4,) * 4,
        (CHECKS * others / len(asked),) * len(asked),
        CLIENT * others,
        2.0 * source.size,
    )


def _megapixels(source: Source, one: Deliverable) -> float:
    delivery = one.delivery
    rate = delivery.rates.of(source.video.rate) if source.video else 0
    return float(source.seconds * rate * delivery.frame.pixels) / 1e6


@contextmanager
def recorded(what: str, meter: Meter) -> Iterator[Callable[[Iterable[Outcome]], None]]:
    """Note what a run took, if it made all that it delivered, which is told; not where another ran in this process meanwhile."""
    began, before, alone, made = time.monotonic(), _process(), [not _RUNNING], [0, 0.0, 0.0]
    for other in _RUNNING:
        other[0] = False
    _RUNNING.append(alone)

    def delivered(outcomes: Iterable[Outcome]) -> None:
        for each in outcomes:
            if each.path and not each.error and each.source and (video := each.source.video):
                made[:] = (
                    made[0] + 1,
                    made[1] + each.source.seconds,
                    made[2] + video.frames * video.size.pixels / 1e6,
                )

    try:
        yield delivered
    finally:
        _RUNNING[:] = [each for each in _RUNNING if each is not alone]
    if alone[0] and made[0] and meter.megapixels >= _COLD * made[2]:
        others = meter.others + _process() - before
        run_times.note(
            what, Times(made[0], made[1], meter.megapixels, meter.pictures, others, time.monotonic() - began)
        )


# Of each run that goes on in this process: whether it has been the only one.
_RUNNING: Final[list[list[bool]]] = []


def _process() -> float:
    """CPU-seconds of this process, its threads included, and not of those it starts."""
    return time.process_time()
