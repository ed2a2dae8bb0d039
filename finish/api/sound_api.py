"""The sound from Python: what a meter says of a file, and of a deliverable before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from finish.analysis.loudness import Loudness
from finish.api.job_api import all_planned, scratch
from finish.api.loading import bare
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
    """What an EBU Mode meter says of the first sound track of a file, with its course; MediaError without one."""
    path = Path(file)
    source = probe(path)
    if not source.audio:
        raise MediaError(f"{path.name} has no sound", "name a file that has")
    with scratch(None) as place:
        store = Store(place)
        return _heard(
            path.name,
            source.sound().filter("aresample", osr=48_000),
            Analysis(FrameReader(Renderer(store)), store),
        )


def loudness(
    job: Job | LoadedJob, name: str = ""
) -> tuple[tuple[MeasuredSound, MeasuredSound], LoudnessAims | None]:
    """A deliverable's sound (default: the first's) before its loudness is set and as it is encoded; and what was to be met."""
    job = bare(job)
    asked = select_one(job, name)
    with scratch(None) as place:
        engine = Engine(replace(job, folder=place), STAGES)
        before, after = _planned(engine, asked)
        settings = asked.settings["sound"]
        aims = (
            LoudnessAims(settings.aim.lufs, settings.aim.ceiling)
            if isinstance(settings, SoundSettings) and settings.target != "none"
            else None
        )
        return (_heard("before", before, engine.ask), _heard("after", after, engine.ask)), aims


def _planned(engine: Engine, asked: Deliverable) -> Sequence[Stream]:
    plain = replace(asked, name="before", settings={**asked.settings, "sound": SoundSettings(target="none")})
    found = engine.plan(
        [plain, replace(asked, name="after")], [stage for stage in STAGES if "audio" in stage.touches]
    )
    all_planned(found)
    first, last = (each.planned.programme.sound for each in found.renderings)
    return first, last.encoded(asked.delivery.sound_encoding())


def _heard(name: str, sound: Stream, ask: Ask) -> MeasuredSound:
    course = Measure(Loudness(course=True), sound)
    spoken = Measure(Dialogue(), sound)
    ask.prepare([course, spoken])
    return MeasuredSound(name, ask(course), ask(spoken))
