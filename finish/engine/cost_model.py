"""How long a batch takes: estimated from similar jobs on this machine, or else from a reference machine.

An estimate must cost far less than the batch, so it plans nothing: planning listens to clips and looks at
them. It uses the length and rate of each clip, the frame sizes to deliver, and two measured rates:
CPU-seconds per megapixel of picture, and, for jobs of one kind (the same analyses and stages), CPU-seconds of
everything else per delivered second. Deliverables that are up to date cost nothing.
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
from finish.model.edit import StillMaterial
from finish.model.pulldown import restored_track
from finish.planning.piece_spans import PIECE
from finish.planning.piece_tasks import NEIGHBOURS
from finish.stages.conform import ConformSettings
from finish.storage import run_times
from finish.storage.run_times import Times

# On two cores (Xeon, 2.1 GHz): a clip of 30 s of 1080p25 for tiktok and youtube, with captions, a look and
# loudness (bench/RESULTS.md).
REFERENCE: Final = Times(
    deliverables=2, seconds=60.0, megapixels=3110.4, pictures=106.3, others=62.1, wall=89.6
)
# Shares of `others`, for the same clip on a cluster (bench/sizing.json).
LOOK, SOUND, CHECKS, CLIENT = 0.64, 0.13, 0.19, 0.04
# A run that rendered a smaller share of its megapixels reused too much to tell what everything costs.
_LEAST_RENDERED: Final = 0.9


@dataclass(frozen=True)
class Estimate:
    """The cost of one job: its `clips` and `deliverables` to render, CPU-seconds, and the `loads` of its
    clips.

    `basis` says which jobs the figures come from, and `parallel` is how many CPU-seconds that machine did per
    second.
    """

    clips: int
    deliverables: int
    cpu: float
    loads: tuple[ClipWork, ...]
    basis: str
    parallel: float


def wall(estimates: Sequence[Estimate], threads: int) -> float:
    """The duration of a batch (s) on a cluster of so many workers with one thread each.

    With 0 `threads`, on a machine like the measured one.
    """
    if threads:
        return simulate([load for job in estimates for load in job.loads], WorkerPool(threads)).wall
    return sum(job.cpu / job.parallel for job in estimates)


def kind(deliverables: Iterable[Deliverable], stages: Sequence[Stage]) -> str:
    """A text that is equal for similar jobs: those with the same analyses and stages."""
    settings = [(stage, deliverable.settings[stage.name]) for deliverable in deliverables for stage in stages]
    analyses = {type(analyser).__name__ for stage, values in settings for analyser in stage.questions(values)}
    used = {stage.name for stage, values in settings if values.model_fields_set}
    return " ".join(sorted(analyses | used)) or "plain"


def basis(job_kind: str, known: Mapping[str, Times]) -> tuple[Times, str]:
    """The figures for a kind of job, and where they come from."""
    if job_kind in known:
        return known[job_kind], "jobs of this kind, on this machine"
    if known:
        total = Times()
        for times in known.values():
            total = total.plus(times)
        return total, "other kinds of jobs, on this machine"
    return REFERENCE, "another machine: nothing was finished on this one yet"


def estimate_clips(
    clips: Sequence[tuple[Source, Sequence[Deliverable]]], measured: Times, origin: str
) -> Estimate:
    """The cost of the deliverables of each clip at measured rates, which come from `origin`."""
    loads = tuple(_load(source, deliverables, measured) for source, deliverables in clips if deliverables)
    listed = (deliverable for _, deliverables in clips for deliverable in deliverables)
    return Estimate(
        len({clip for deliverable in listed for clip in deliverable.shown_clips}),
        sum(len(deliverables) for _, deliverables in clips),
        sum(load.cpu for load in loads),
        loads,
        origin,
        (measured.pictures + measured.others) / measured.wall,
    )


def _load(source: Source, deliverables: Sequence[Deliverable], measured: Times) -> ClipWork:
    count = len(deliverables)
    megapixels = sum(_megapixels(source, deliverable) for deliverable in deliverables)
    megapixels += derived_megapixels(source, deliverables)
    others = source.seconds * count * measured.others / measured.seconds
    pieces = max(1, ceil(source.seconds / float(PIECE)))
    if source.video and source.video.key_gap > PIECE / 2:
        pieces = ceil(pieces / NEIGHBOURS)
    piece = megapixels * measured.pictures / measured.megapixels / pieces
    return ClipWork(
        LOOK * others,
        (piece,) * pieces,
        (SOUND * others / 4,) * 4,
        (CHECKS * others / count,) * count,
        CLIENT * others,
        2.0 * source.size,
    )


def _megapixels(source: Source, deliverable: Deliverable) -> float:
    delivery = deliverable.delivery
    rate = delivery.rates.of(source.video.rate) if source.video else 0
    return float(source.seconds * rate * delivery.frame.pixels) / 1e6


def derived_megapixels(source: Source, deliverables: Sequence[Deliverable]) -> float:
    """The size of the derived sources of a clip: restored film, once, and each still in each frame size and
    rate."""
    video = source.video
    if video is None:
        return 0.0
    fields = {_fields(deliverable) for deliverable in deliverables}
    films = [film for name in fields if (film := restored_track(source, name)) is not video]
    stills = {
        (segment.material, delivery.frame, delivery.rates.of(video.rate))
        for deliverable in deliverables
        if deliverable.edit
        for segment in (*deliverable.edit.segments, *deliverable.edit.over)
        if isinstance(segment.material, StillMaterial)
        for delivery in (deliverable.delivery,)
    }
    pixels = sum(still.length.count(rate) * frame.pixels for still, frame, rate in stills)
    return (pixels + (films[0].frames * video.coded.pixels if films else 0)) / 1e6


def _fields(deliverable: Deliverable) -> str:
    settings = deliverable.settings.get("conform")
    return settings.fields if isinstance(settings, ConformSettings) else "auto"


@contextmanager
def recorded(job_kind: str, meter: Meter) -> Iterator[Callable[[Iterable[Outcome]], None]]:
    """Record what a run cost, for later estimates. Call the yielded function with the run's outcomes.

    Nothing is recorded for a run that reused much, or if another run in this process overlapped with it.
    """
    began, before, alone, delivered = time.monotonic(), _process(), [not _RUNNING], [Times()]
    for other in _RUNNING:
        other[0] = False
    _RUNNING.append(alone)

    def add(outcomes: Iterable[Outcome]) -> None:
        for outcome in outcomes:
            if outcome.path and not outcome.error and outcome.source and (video := outcome.source.video):
                megapixels = video.frames * video.size.pixels / 1e6
                delivered[0] = delivered[0].plus(Times(1, outcome.source.seconds, megapixels))

    try:
        yield add
    finally:
        _RUNNING[:] = [run for run in _RUNNING if run is not alone]
    total = delivered[0]
    if alone[0] and total.deliverables and meter.megapixels >= _LEAST_RENDERED * total.megapixels:
        others = meter.others + _process() - before
        wall_time = time.monotonic() - began
        run_times.note(
            job_kind,
            Times(total.deliverables, total.seconds, meter.megapixels, meter.pictures, others, wall_time),
        )


# For each run in this process: whether it has been the only one so far.
_RUNNING: Final[list[list[bool]]] = []


def _process() -> float:
    """CPU-seconds of this process with its threads, but without its child processes."""
    return time.process_time()
