"""Reads media for analyses: frames and samples of any stream, from FFmpeg through a pipe as NUT."""

from __future__ import annotations

import contextlib
import csv
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import zip_longest
from typing import Any, Final, TypeVar

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

F = TypeVar("F")  # the facts of an answer

_MOST_ANSWERS: Final = 64  # in memory; the plan and the checks of a deliverable need a dozen
_TICK: Final = Fraction(1, 1000)  # s: containers round times to their clocks, and Matroska's is the coarsest
_LOCKS: Final = 256  # enough that two questions rarely share one

# rawvideo has no timestamps. NUT has, and PyAV reads it from a pipe.
# A container's metadata isn't needed, and may not even be text.
_PLAIN = ("map_metadata", "-1")
_RAW_PICTURE = (_PLAIN, ("c:v", "rawvideo"), ("fps_mode", "passthrough"), ("enc_time_base:v", "filter"))
_RAW_SOUND = (_PLAIN, ("c:a", "pcm_f32le"))
_NUT: Final = b"nut/multimedia container\0"  # file_id_string of the NUT format
_HEADERS: Final = 4096  # bytes; more than the headers of one raw stream take (249 of a picture)
# For the frames that a check compares with the delivered ones, stored while the picture is rendered:
# lossless.
CAPTURE = Encoding(
    ".nut", "nut", (_PLAIN, ("c:v", "ffv1"), ("fps_mode", "passthrough"), ("enc_time_base:v", "filter"))
)


class FrameReader:
    """Reads streams through FFmpeg, and encoded streams from their files."""

    def __init__(self, renderer: Renderer) -> None:
        self.renderer = renderer

    def samples(self, of: Stream, rate: int) -> Iterator[tuple[Fraction, NDArray[np.float32]]]:
        """Blocks of float32 (n, channels) at `rate` Hz, each with the time of its first sample (s)."""
        for frame, base in self._read(of.filter("aresample", osr=rate), _RAW_SOUND):
            data = frame.to_ndarray()
            yield frame.pts * base, data.reshape(-1, frame.layout.nb_channels)

    def frames(self, of: Stream, wants: Frames) -> Iterator[tuple[Fraction, NDArray[np.uint8]]]:
        """Frames (height, width[, 3]) uint8 with their times (s), from the capture if there is one."""
        picture = wants.of(of)
        capture = picture.encoded(CAPTURE)
        is_captured = self.renderer.find(capture) is not None
        for frame, base in self._read(capture if is_captured else picture, _RAW_PICTURE):
            yield frame.pts * base, frame.to_ndarray()

    def scores(self, of: Stream, feature: str) -> Iterator[tuple[Fraction, NDArray[np.float64]]]:
        """The score of each frame by libvmaf, with the number of the frame."""
        (end,) = self.renderer.decoded([of])
        with cleanup.scratch() as folder:
            log = folder / "scores.csv"
            scored = end.filter(
                "libvmaf", end, model="", feature=f"name={feature}", log_fmt="csv", log_path=str(log)
            )
            ran = self.renderer.run([Output((scored,), "-", "null")])
            self.renderer.meter.add(ran.log.cpu)
            with log.open(newline="") as file:
                for row in csv.DictReader(file):
                    yield Fraction(row["Frame"]), np.float64(row[feature]) * np.ones(())

    def lines(self, of: Stream, tracks: tuple[int, ...]) -> Iterator[tuple[Fraction, NDArray[np.str_]]]:
        """The lines that FFmpeg reports while it decodes `tracks` of the file of `of`, each with time 0."""
        for line in full_decode.lines(of, tracks, self.renderer.cancel):
            if spent := CPU_TIME.search(line):
                self.renderer.meter.add(float(spent[1]) + float(spent[2]))
            yield Fraction(0), np.array(line)

    def _read(self, stream: Stream, options: tuple[tuple[str, str], ...]) -> Iterator[tuple[Any, Fraction]]:
        """PyAV's frames of a stream, each with its time base."""
        import av

        (end,) = self.renderer.decoded([stream])
        unreadable = False  # reported only if FFmpeg's own log reports nothing, because that knows the reason
        with ffmpeg_runner.piped(Output((end,), "pipe:1", "nut", options), self.renderer.cancel) as pipe:
            # Without the signature, the demuxer would search for it without end. Output without frames has
            # one.
            head = pipe.head(len(_NUT))
            if head and head != _NUT:
                raise _unreadable()
            try:
                with av.open(pipe, mode="r", format="nut", metadata_errors="replace") as container:
                    frames: Iterator[Any] = container.decode(container.streams[0])
                    yield from ((frame, frame.time_base) for frame in frames)
            except (av.FFmpegError, IndexError):
                # PyAV can't open output that has headers and no frame.
                unreadable = not head or pipe.size > _HEADERS
        if unreadable:
            raise _unreadable()
        self.renderer.meter.add(pipe.cpu)


def _unreadable() -> FinishError:
    message = "FFmpeg's output can't be read, and FFmpeg reported no error"
    return FFmpegError(message, "run `finish doctor` to see which FFmpeg is used")


class Analysis:
    """Answers questions about streams, from the store if possible.

    Questions that need the same data share one decode.
    """

    def __init__(self, reader: FrameReader, store: Store) -> None:
        self._reader, self._store = reader, store
        self._answers: OrderedDict[str, Any] = OrderedDict()
        self._locks = tuple(threading.Lock() for _ in range(_LOCKS))

    def __call__(self, question: Measure[F], /) -> F:
        self.prepare([question])
        answer = self._stored_answer(question)
        assert answer is not None, "prepared answers are in memory or in the store"
        return answer

    def prepare(self, questions: Sequence[Measure[object]], /) -> None:
        groups: dict[str, list[Measure[object]]] = {}
        for question in {question.key: question for question in questions}.values():
            groups.setdefault(_data_key(question), []).append(question)
        for name, group in groups.items():
            # A thread with the same question waits for the answer of this one.
            with self._locks[int(name[:8], 16) % _LOCKS]:
                if unknown := [question for question in group if self._stored_answer(question) is None]:
                    self._measure(unknown)

    def _stored_answer(self, question: Measure[F]) -> F | None:
        """The answer from memory or the store; None if there is none."""
        answer: F | None = self._answers.get(question.key)
        data = None if answer is not None else self._store.fact(fact_key(question))
        if data is not None:
            with contextlib.suppress(ValidationError):  # a damaged answer is measured again
                answer = _adapter(question.analyser.facts).validate_json(data)
                self._remember(question, answer)
        return answer

    def _remember(self, question: Measure[F], answer: F) -> None:
        """Remember an answer, and forget the oldest, so that memory doesn't grow: the store has them all."""
        self._answers[question.key] = answer
        while len(self._answers) > _MOST_ANSWERS:
            with contextlib.suppress(KeyError):  # another thread was faster
                self._answers.popitem(last=False)

    def _measure(self, group: Sequence[Measure[object]]) -> None:
        """Answer questions that share a decode, by the executor if it can see their files."""
        renderer = self._reader.renderer
        files = graph.files([question.of for question in group])
        if renderer.executor is None or renderer.local_files & set(files):
            self._measure_locally(group)
            return
        renderer.delegate(AnalysisTask.of(self._store, group, renderer.states))
        for question in group:  # the answers come through the store
            if self._stored_answer(question) is None:
                message = f"a measurement is missing from {self._store.folder}"
                raise ClusterError(message, "make sure that all machines share this folder")

    def _measure_locally(self, group: Sequence[Measure[object]]) -> None:
        folds: list[Folding[object]] = [question.analyser.begin() for question in group]
        for time, data in self._data(group[0]):
            for fold in folds:
                fold.add(time, data)
        for question, fold in zip(group, folds, strict=True):
            answer = fold.result()
            self._store.keep_fact(fact_key(question), _adapter(question.analyser.facts).dump_json(answer))
            self._remember(question, answer)

    def _data(self, question: Measure[object]) -> Iterator[tuple[Fraction, Array]]:
        """The data that an analyser wants, with its times."""
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
            yield from self._side_by_side(question, wants)

    def _side_by_side(self, question: Measure[object], wants: Frames) -> Iterator[tuple[Fraction, Array]]:
        """The frames of several streams at the same times, as arrays (streams, …)."""
        for row in zip_longest(*(self._reader.frames(stream, wants) for stream in question.streams)):
            frames = [frame for frame in row if frame is not None]
            time, first = frames[0]
            if len(frames) < len(row) or any(
                abs(other - time) > _TICK or data.shape != first.shape for other, data in frames
            ):
                message = f"the delivered frame at {float(time):.3f} s isn't the planned one"
                raise PromiseError(message, "run again; if it repeats, delete .finish and report it")
            yield time, np.stack([data for _, data in frames])


def _data_key(question: Measure[object]) -> str:
    """The key of the data that a question needs."""
    return digest(*(stream.key for stream in question.streams), repr(question.analyser.wants))


# By the type of the answer: making one takes as long as reading a thousand answers.
_ADAPTERS: Final[dict[type[Any], TypeAdapter[Any]]] = {}


def _adapter(facts: type[F]) -> TypeAdapter[F]:
    if facts not in _ADAPTERS:
        _ADAPTERS[facts] = TypeAdapter(facts)
    return _ADAPTERS[facts]


def fact_key(question: Measure[object]) -> str:
    """The key of an answer in a store."""
    return digest("fact", question.key, ffmpeg_program.version())
