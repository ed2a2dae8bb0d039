"""Loudness from Python: of a file, and of a deliverable before and after its loudness is normalised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from finish.analysis.loudness import Loudness
from finish.api.job_api import require_all_planned, scratch
from finish.api.loading import job_of
from finish.checks.dialogue_level import Dialogue
from finish.engine.engine import Engine
from finish.engine.selection import select_one
from finish.errors import MediaError
from finish.execution.frame_reader import Analysis, FrameReader
from finish.execution.renderer import Renderer
from finish.graph import Stream
from finish.jobspec import LoadedJob
from finish.media.probe import probe
from finish.model import Ask, Deliverable, Job, Measure, PlannedDeliverable
from finish.planning.segment_rows import segment_rows
from finish.review.loudness_table import LoudnessAims, MeasuredSound, NamedSpan
from finish.stages import STAGES
from finish.stages.sound import SoundSettings
from finish.storage.store import Store


def meter(file: str | Path) -> MeasuredSound:
    """Measure the first audio track of a file, as an EBU Mode meter does, with its loudness over time.

    MediaError for a file without sound.
    """
    path = Path(file)
    source = probe(path)
    if not source.audio:
        raise MediaError(f"{path.name} has no sound", "name a file that has sound")
    with scratch(None) as folder:
        store = Store(folder)
        return _measured(
            path.name,
            source.sound().filter("aresample", osr=48_000),
            Analysis(FrameReader(Renderer(store)), store),
        )


def loudness(
    job: Job | LoadedJob, name: str = ""
) -> tuple[tuple[MeasuredSound, MeasuredSound], LoudnessAims | None]:
    """Measure a deliverable's sound (default: the first's) before normalisation and as it is encoded.

    Returns both, and the loudness target, None for the target "none".
    """
    job = job_of(job)
    deliverable = select_one(job, name)
    with scratch(None) as folder:
        engine = Engine(replace(job, folder=folder), STAGES)
        before, after = _planned(engine, deliverable)
        segments = _segments(after)
        settings = deliverable.settings["sound"]
        aims = (
            LoudnessAims(settings.aim.lufs, settings.aim.ceiling)
            if isinstance(settings, SoundSettings) and settings.target != "none"
            else None
        )
        encoded = after.programme.sound.encoded(deliverable.delivery.sound_encoding())
        measured = (
            _measured("before", before.programme.sound, engine.ask),
            _measured("after", encoded, engine.ask),
        )
        return (replace(measured[0], segments=segments), replace(measured[1], segments=segments)), aims


def _segments(planned: PlannedDeliverable) -> tuple[NamedSpan, ...]:
    """The segments of a timeline's main track; () for one clip."""
    return tuple(NamedSpan(row.segment.name, row.span) for row in segment_rows(planned) if not row.is_over)


def _planned(engine: Engine, deliverable: Deliverable) -> Sequence[PlannedDeliverable]:
    """A deliverable without its loudness being normalised, and as it is."""
    settings = {**deliverable.settings, "sound": SoundSettings(target="none")}
    variants = [replace(deliverable, name="before", settings=settings), replace(deliverable, name="after")]
    plan = engine.plan(variants, [stage for stage in STAGES if "audio" in stage.touches])
    require_all_planned(plan)
    return [rendering.planned for rendering in plan.renderings]


def _measured(name: str, sound: Stream, ask: Ask) -> MeasuredSound:
    """The loudness of a stream over time, and its dialogue level."""
    loudness = Measure(Loudness(course=True), sound)
    dialogue = Measure(Dialogue(), sound)
    ask.prepare([loudness, dialogue])
    return MeasuredSound(name, ask(loudness), ask(dialogue))
