"""Job folders that render in a second, and a record of every FFmpeg process."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import numpy as np
from clip_files import TAGS, clip, ffmpeg_by_hand
from numpy.typing import NDArray

import finish
from finish.analysis.faces import FaceBox, FaceFacts, Faces, FacesAtTime
from finish.checks.file_check import check_file
from finish.engine.engine import Engine
from finish.errors import FinishError
from finish.execution.frame_reader import fact_key  # the store's own name for an answer
from finish.media.ffmpeg import ffmpeg_runner
from finish.media.ffmpeg.ffmpeg_log import FFmpegLog
from finish.media.probe import examined
from finish.model import Job, Measure
from finish.planning.render_plan import Rendering
from finish.planning.stage_pipeline import StagePipeline

CAPTIONS = """\
1
00:00:00,200 --> 00:00:00,900
Hello <i>there</i>

2
00:00:01,000 --> 00:00:01,800
and goodbye
"""

# The smallest pictures that TikTok accepts, encoded fast.
JOB = """\
job: spring
source: hero.mp4
captions: {file: hero.en.srt, lang: en}
colour: {looks: [warm]}
encode: {picture: {speed: ultrafast}}
deliverables:
  - name: "{clip}-tiktok"
    preset: tiktok
    encode: {size: 360x640}
    captions: {sidecar: [srt, vtt]}
  - name: "{clip}-youtube"
    preset: youtube
    encode: {size: 320x180}
"""
ONE = "encode: {picture: {speed: ultrafast}, size: 320x180}\ndeliverables: [{name: done, preset: youtube}]\n"


def folder(place: Path, job: str = JOB, captions: str = CAPTIONS, **clip_facts: Any) -> Path:
    """A job folder with its clip and captions."""
    place.mkdir(parents=True, exist_ok=True)
    clip(place / "hero.mp4", **clip_facts)
    (place / "hero.en.srt").write_text(captions, encoding="utf-8")
    (place / "job.yaml").write_text(job, encoding="utf-8")
    return place


def walked(job: Job) -> None:
    """Let the store answer that a face walks from left to right through the clip, so that the crop moves."""
    engine = Engine(job, finish.STAGES)
    about_faces: list[Measure[Any]] = []
    prepare = engine.ask.prepare

    def held_back(questions: Sequence[Measure[Any]]) -> None:
        """Questions about faces get the answer below; all other questions get their usual answers."""
        about_faces.extend(question for question in questions if isinstance(question.analyser, Faces))
        if not any(isinstance(question.analyser, Faces) for question in questions):
            prepare(questions)

    def planned_no_further(*_: Any) -> Any:
        raise FinishError("")

    stopped = patch.object(StagePipeline, "_fold", planned_no_further)
    with patch.object(engine.ask, "prepare", held_back), stopped:
        engine.plan()
    (question,) = {measure.key: measure for measure in about_faces}.values()
    looks = [
        FacesAtTime(Fraction(step, 5), (FaceBox(0.1 + 0.08 * step, 0.2, 0.2 + 0.08 * step, 0.4, 0.9),))
        for step in range(10)
    ]
    from pydantic import TypeAdapter

    engine.store.keep_fact(fact_key(question), TypeAdapter(FaceFacts).dump_json(FaceFacts(tuple(looks))))


@dataclass
class Process:
    """One FFmpeg process: its arguments, and its log if it was written to a file."""

    argv: list[str]
    log: FFmpegLog | None = None

    def has(self, *words: str) -> bool:
        """Whether `words` are consecutive arguments."""
        return f" {' '.join(words)} " in f" {' '.join(self.argv)} "


@dataclass
class Processes:
    """Every FFmpeg process that was started."""

    all: list[Process] = field(default_factory=list)

    @property
    def working(self) -> list[Process]:
        """The processes that render or measure, without the single-frame probe of a changed clip."""
        return [process for process in self.all if not process.has("-frames:v", "1")]

    @property
    def pictures(self) -> list[Process]:
        return [process for process in self.all if process.has("-c:v", "libx264")]

    @property
    def sounds(self) -> list[Process]:
        return [process for process in self.all if process.has("-c:a", "aac")]

    @property
    def muxes(self) -> list[Process]:
        return [process for process in self.all if process.has("-c", "copy")]


@contextmanager
def heard() -> Iterator[Processes]:
    """The FFmpeg processes started in the meantime."""
    processes, own = Processes(), threading.local()
    start, write = ffmpeg_runner.started, ffmpeg_runner.write

    def started(arguments: list[str], *limits: Any, **options: Any) -> Any:
        own.last = Process(list(arguments))
        processes.all.append(own.last)
        return start(arguments, *limits, **options)

    def written(*args: Any, **options: Any) -> ffmpeg_runner.FinishedProcess:
        ran = write(*args, **options)
        own.last.log = ran.log
        return ran

    with patch.object(ffmpeg_runner, "started", started), patch.object(ffmpeg_runner, "write", written):
        yield processes


@dataclass(frozen=True)
class Finished:
    """A finished run: its folder, outcomes, processes, and what is needed to check its files again."""

    place: Path
    job: Job
    outcomes: tuple[finish.Outcome, ...]
    processes: Processes
    engine: Engine
    renderings: tuple[Rendering, ...]

    @property
    def out(self) -> Path:
        return self.place / "out"

    @property
    def manifest(self) -> dict[str, Any]:
        return dict(json.loads((self.out / "manifest.json").read_text(encoding="utf-8")))

    def broken(self, name: str, file: Path) -> dict[str, str]:
        """The promises about deliverable `name` that `file` breaks, each with its verdict's text."""
        (one,) = (rendering for rendering in self.renderings if rendering.name == name)
        verdicts = check_file(one.planned.promises, examined(file, made=True), self.engine.ask)
        return {verdict.promise.name: str(verdict) for verdict in verdicts if not verdict.kept}


def finished(place: Path, *, walking: bool = False) -> Finished:
    """Run the job in a folder."""
    job = finish.load(place).job
    if walking:
        walked(job)
    with heard() as processes:
        outcomes = finish.run(job)
    engine = Engine(job, finish.STAGES)
    return Finished(place, job, outcomes, processes, engine, engine.plan().renderings)


def pictures(path: Path) -> list[tuple[float, NDArray[np.uint8]]]:
    """Every frame of a file with its time, as RGB by its matrix, converted with a still's precision."""
    import av

    care = (
        "scale=in_color_matrix=bt709:in_range=tv:out_range=pc:flags=accurate_rnd+full_chroma_int,format=rgb24"
    )
    with TemporaryDirectory() as place:
        raw = f"{place}/raw.nut"
        ffmpeg_by_hand(
            "-i", str(path), "-vf", care, "-an", "-c:v", "rawvideo", "-fps_mode", "passthrough", raw
        )
        with av.open(raw) as container:
            return [
                (float(frame.pts * frame.time_base), frame.to_ndarray())
                for frame in container.decode(video=0)
            ]


def samples(path: Path) -> tuple[float, NDArray[np.float32]]:
    """The sound of a file as played: the time of the first sample, and all samples (n, channels)."""
    import av

    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
    return float(frames[0].pts * frames[0].time_base), np.concatenate(
        [frame.to_ndarray().T for frame in frames]
    )


def psnr(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Peak signal-to-noise ratio of two 8-bit pictures, in dB."""
    error = float(np.mean((one.astype(np.float64) - other.astype(np.float64)) ** 2))
    return 10 * float(np.log10(255**2 / error)) if error else float("inf")


def flashes(path: Path, seconds: int = 3) -> Path:
    """A lossless clip: each second's thirteenth frame of 25 is white, and starts with a click of 1 ms."""
    white = "drawbox=color=white:t=fill:enable='eq(mod(n,25),12)'"
    picture = f"color=black:size=320x180:rate=25:duration={seconds},{white},format=yuv420p,{TAGS}"
    click = "if(lt(mod(n+48000-23040,48000),48),0.5,0)"
    sound = f"aevalsrc='{click}':sample_rate=48000:duration={seconds}:channel_layout=mono"
    inputs: Sequence[str] = ("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound)
    ffmpeg_by_hand(
        *inputs, "-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-c:a", "pcm_s16le", str(path)
    )
    return path
