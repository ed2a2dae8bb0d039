"""The only door to media: frames and samples of any stream, filters included, from FFmpeg through a pipe as NUT."""

from __future__ import annotations

import contextlib
import csv
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from itertools import zip_longest
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from finish import graph
from finish.errors import ClusterError, FFmpegError, FinishError, PromiseError
from finish.execution.renderer import Renderer
from finish.execution.tasks import AnalysisTask
from finish.graph import Encoding, Output, Stream
from finish.media.ffmpeg import ffmpeg_program, ffmpeg_runner, full_decode
from finish.media.ffmpeg.ffmpeg_log import CPU_TIME
from finish.model import Array, Folding, Frames, Lines, Measure, Samples, Scores
from finish.storage import cleanup
from finish.storage.store import Store
from finish.units import digest

_HELD: Final = 64  # answers; a deliverable's plan and checks ask a dozen
_TICK: Final = Fraction(
    1, 1000
)  # s: containers round times to their clocks, of which Matroska's is the coarsest
_LOCKS: Final = 256  # so many that two questions hardly ever share one

# rawvideo carries no timestamps; NUT does, and PyAV reads it from a pipe.
# What a container says of itself is not wanted, and may not even be text.
_PLAIN = ("map_metadata", "-1")
_RAW_PICTURE = (_PLAIN, ("c:v", "rawvideo"), ("fps_mode", "passthrough"), ("enc_time_base:v", "filter"))
_RAW_SOUND = (_PLAIN, ("c:a", "pcm_f32le"))
_NUT: Final = b"nut/multimedia container\0"  # file_id_string of the NUT format
_HEADERS: Final = 4096  # bytes; more than the headers of one raw stream take (249 of a picture)
# Frames that a check will compare with the delivery, taken while the picture is rendered: lossless, so nothing is added.
CAPTURE = Encoding(
    ".nut", "nut", (_PLAIN, ("c:v", "ffv1"), ("fps_mode", "passthrough"), ("enc_time_base:v", "filter"))
)


class FrameReader:
    """Reads streams through FFmpeg; encoded streams from the pieces that they became."""

    def __init__(self, workshop: Renderer) -> None:
        self.workshop = workshop

    def samples(self, of: Stream, rate: int) -> Iterator[tuple[Fraction, NDArray[np.float32]]]:
        """Blocks of float32 (n, channels) at `rate` Hz with the time of their first sample."""
        wanted = of.filter("aresample", osr=rate)
        for frame, base in self._read(wanted, _RAW_SOUND):
            data = frame.to_ndarray()
            yield frame.pts * base, data.reshape(-1, frame.layout.nb_channels)

    def frames(self, of: Stream, wants: Frames) -> Iterator[tuple[Fraction, NDArray[np.uint8]]]:
        """Frames (height, width[, 3]) uint8 with their times; from the capture when one was taken."""
        wanted = wants.of(of)
        captured = wanted.encoded(CAPTURE)
        taken = self.workshop.find(captured) is not None
        for frame, base in self._read(captured if taken else wanted, _RAW_PICTURE):
            yield frame.pts * base, frame.to_ndarray()

    def scores(self, of: Stream, feature: str) -> Iterator[tuple[Fraction, NDArray[np.float64]]]:
        """What libvmaf says of each frame: one number, with the frame's number."""
        (end,) = self.workshop.decoded([of])
        with cleanup.scratch() as folder:
            log = folder / "scores.csv"
            scored = end.filter(
                "libvmaf", end, model="", feature=f"name={feature}", log_fmt="csv", log_path=str(log)
            )
            self.workshop.meter.add(self.workshop.run([Output((scored,), "-", "null")]).log.cpu)
            with log.open(newline="") as file:
                for row in csv.DictReader(file):
                    yield Fraction(row["Frame"]), np.float64(row[feature]) * np.ones(())

    def lines(self, of: Stream, tracks: tuple[int, ...]) -> Iterator[tuple[Fraction, NDArray[np.str_]]]:
        """What FFmpeg reports while it decodes `tracks` of the file that `of` is read from."""
        for line in full_decode.lines(of, tracks, self.workshop.cancel):
            if spent := CPU_TIME.search(line):
                self.workshop.meter.add(float(spent[1]) + float(spent[2]))
            yield Fraction(0), np.array(line)

    def _read(self, wanted: Stream, options: tuple[tuple[str, str], ...]) -> Iterator[tuple[Any, Fraction]]:
        import av

        (end,) = self.workshop.decoded([wanted])
        garbled = False  # FFmpeg's own log says better why, where it says anything
        with ffmpeg_runner.piped(Output((end,), "pipe:1", "nut", options), self.workshop.cancel) as pipe:
            head = pipe.head(
                len(_NUT)
            )  # in what has none a demuxer would look for it for ever; a film without frames has one
            if head and head != _NUT:
                raise _garbled()
            try:
                with av.open(pipe, mode="r", format="nut", metadata_errors="replace") as container:
                    frames: Iterator[Any] = container.decode(container.streams[0])
                    yield from ((frame, frame.time_base) for frame in frames)
            except (av.FFmpegError, IndexError):
                garbled = not head or pipe.size > _HEADERS  # PyAV opens no film that has headers and no frame
        if garbled:
            raise _garbled()
        self.workshop.meter.add(pipe.cpu)


def _garbled() -> FinishError:
    message = "FFmpeg's output can't be read, and FFmpeg reported no error"
    return FFmpegError(message, "run `finish doctor` to see which FFmpeg is used")


class Analysis:
    """Answers measures, from the store where it can; questions of one stream that want the same share one decode."""

    def __init__(self, reader: FrameReader, store: Store) -> None:
        self._reader, self._store = reader, store
        self._answers: OrderedDict[str, Any] = OrderedDict()
        self._locks = tuple(threading.Lock() for _ in range(_LOCKS))

    def __call__(self, question: Measure[Any], /) -> Any:
        self.prepare([question])
        return self._recalled(question)

    def prepare(self, questions: Sequence[Measure[Any]], /) -> None:
        groups: dict[str, list[Measure[Any]]] = {}
        for each in {each.key: each for each in questions}.values():
            groups.setdefault(
                digest(*(stream.key for stream in each.streams), repr(each.analyser.wants)), []
            ).append(each)
        for name, group in groups.items():
            with self._locks[
                int(name[:8], 16) % _LOCKS
            ]:  # who asks what another thread is finding out waits for its answer
                if unknown := [each for each in group if self._recalled(each) is None]:
                    self._have_answered(unknown)

    def _recalled(self, question: Measure[Any]) -> Any:
        """The answer that is held or kept; None where there is none."""
        held = self._answers.get(question.key)
        data = None if held is not None else self._store.fact(fact_key(question))
        if data is not None:
            with contextlib.suppress(ValidationError):  # a rotten answer is asked again
                held = _adapter(question.analyser.facts).validate_json(data)  # type: ignore[arg-type]  # types are hashable
                self._hold(question, held)
        return held

    def _hold(self, question: Measure[Any], answer: Any) -> None:
        """Hold an answer, and of all the latest few only: memory must not grow with a batch, and the store has them."""
        self._answers[question.key] = answer
        while len(self._answers) > _HELD:
            with contextlib.suppress(KeyError):  # another thread was faster
                self._answers.popitem(last=False)

    def _have_answered(self, group: Sequence[Measure[Any]]) -> None:
        """By whoever works for us; the answers come through the store."""
        workshop = self._reader.workshop
        if workshop.executor is None or workshop.here & set(graph.files([each.of for each in group])):
            return self._answer(group)
        workshop.have_done(AnalysisTask.of(self._store, group, workshop.states))
        for each in group:
            if self._recalled(each) is None:
                message = f"a measurement is missing from {self._store.folder}"
                raise ClusterError(message, "make sure that all machines share this folder")
        return None

    def _answer(self, group: Sequence[Measure[Any]]) -> None:
        folds: list[Folding[Any]] = [each.analyser.begin() for each in group]
        for time, data in self._data(group[0]):
            for fold in folds:
                fold.add(time, data)
        for each, fold in zip(group, folds, strict=True):
            answer = fold.result()
            self._store.keep_fact(fact_key(each), _adapter(each.analyser.facts).dump_json(answer))  # type: ignore[arg-type]
            self._hold(each, answer)

    def _data(self, question: Measure[Any]) -> Iterator[tuple[Fraction, Array]]:
        wants = question.analyser.wants
        if isinstance(wants, Samples):
            yield from self._reader.samples(question.of, wants.rate)
        elif isinstance(wants, Lines):
            yield from self._reader.lines(question.of, wants.tracks)
        elif isinstance(wants, Scores):
            yield from self._reader.scores(question.of, wants.feature)
        elif not question.against:
            yield from self._reader.frames(question.of, wants)
        else:
            yield from self._beside(question, wants)

    def _beside(self, question: Measure[Any], wants: Frames) -> Iterator[tuple[Fraction, Array]]:
        for at_once in zip_longest(*(self._reader.frames(stream, wants) for stream in question.streams)):
            there = [each for each in at_once if each is not None]
            time, first = there[0]
            if len(there) < len(at_once) or any(
                abs(when - time) > _TICK or data.shape != first.shape for when, data in there
            ):
                message = f"the delivered frame at {float(time):.3f} s isn't the planned one"
                raise PromiseError(message, "run again; if it repeats, delete .finish and report it")
            yield time, np.stack([data for _, data in there])


@cache  # it takes as long to make one as to read a thousand answers
def _adapter(facts: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(facts)


def fact_key(question: Measure[Any]) -> str:
    """The name under which a store keeps an answer."""
    return digest("fact", question.key, ffmpeg_program.version())
