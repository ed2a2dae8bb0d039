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
from finish.model import Ask, Deliverable, Job, Measure
from finish.review.loudness_table import LoudnessAims, MeasuredSound
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
        settings = deliverable.settings["sound"]
        aims = (
            LoudnessAims(settings.aim.lufs, settings.aim.ceiling)
            if isinstance(settings, SoundSettings) and settings.target != "none"
            else None
        )
        return (_measured("before", before, engine.ask), _measured("after", after, engine.ask)), aims


def _planned(engine: Engine, deliverable: Deliverable) -> Sequence[Stream]:
    """A deliverable's sound before normalisation, and as it is encoded."""
    settings = {**deliverable.settings, "sound": SoundSettings(target="none")}
    variants = [replace(deliverable, name="before", settings=settings), replace(deliverable, name="after")]
    plan = engine.plan(variants, [stage for stage in STAGES if "audio" in stage.touches])
    require_all_planned(plan)
    before, after = (rendering.planned.programme.sound for rendering in plan.renderings)
    return before, after.encoded(deliverable.delivery.sound_encoding())


def _measured(name: str, sound: Stream, ask: Ask) -> MeasuredSound:
    """The loudness of a stream over time, and its dialogue level."""
    loudness = Measure(Loudness(course=True), sound)
    dialogue = Measure(Dialogue(), sound)
    ask.prepare([loudness, dialogue])
    return MeasuredSound(name, ask(loudness), ask(dialogue))
