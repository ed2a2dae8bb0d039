"""Renders encoded streams to files in the store: each once, and those of one call from one decode."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from fractions import Fraction
from itertools import compress
from pathlib import Path

from finish import graph
from finish.errors import DiskError, FinishError, Interrupted, MediaError
from finish.execution.computing import computed_frames
from finish.execution.cpu_meter import Meter
from finish.execution.tasks import Executor, MachineTask, RenderTask, ReportFrames
from finish.graph import Output, Stream
from finish.media.ffmpeg import ffmpeg_program, ffmpeg_runner
from finish.media.ffmpeg.cpu_instructions import STEADY
from finish.media.ffmpeg.piece_joining import frame_count, join, proof
from finish.storage.cleanup import discard
from finish.storage.file_state import State, state
from finish.storage.store import Store, piece_key

# The demuxers for the files that our muxers write.
_DEMUXERS = {"mp4": "mov", "ipod": "mov", "mov": "mov", "nut": "nut"}


class Renderer:
    """Renders the pieces of a plan, or has `executor` do it, and knows where they are.

    `cancel` stops the running process.
    """

    def __init__(
        self, store: Store, cancel: threading.Event | None = None, executor: Executor | None = None
    ) -> None:
        self.store, self.executor = store, executor
        self.cancel = cancel or threading.Event()
        self.states: dict[Path, State] = {}  # of clips, from before they were read
        self.local_files: set[Path] = set()  # that other machines can't see
        self.meter = Meter()
        self._locks: dict[str, threading.Lock] = {}  # of the streams that `source` renders, by their key

    def make(
        self,
        *groups: Sequence[Stream],
        tell: ReportFrames | None = None,
        frames: Mapping[str, int] | None = None,
    ) -> int:
        """Render the encoded streams of the groups that aren't in the store, in one process; their number.

        The streams of a group are computed together, and groups one after the other from the same decode.
        `frames` is the number of frames that each stream must have, by its key: a decoder that loses some
        doesn't report it. `tell` is called with the number of those that are encoded.
        """
        absent = (
            [stream for stream in dict.fromkeys(group) if self.find(stream) is None] for group in groups
        )
        missing = [group for group in absent if group]
        streams = [stream for group in missing for stream in group]
        if not streams:
            return 0
        if self.executor:
            for source in _derived_sources(streams):  # once, and not by each worker that reads it
                self.source(source)
            self.delegate(RenderTask.of(self.store, missing, frames or {}, self.states), tell)
        else:
            self._render(missing, tell, frames or {})
        return len(streams)

    def _render(
        self, missing: Sequence[Sequence[Stream]], tell: ReportFrames | None, frames: Mapping[str, int]
    ) -> None:
        """Render groups of streams in a process on this machine."""
        streams = [stream for group in missing for stream in group]
        inner = graph.one_decode([self.decoded([stream.inputs[0] for stream in group]) for group in missing])
        computed = _computed([end for ends in inner for end in ends])
        drafts = {stream.key: self.store.draft(stream.encoding.suffix) for stream in streams}
        outputs = [
            Output((end,), str(drafts[stream.key]), stream.encoding.muxer, stream.encoding.options, number)
            for number, (group, ends) in enumerate(zip(missing, inner, strict=True))
            for stream, end in zip(group, ends, strict=True)
        ]
        counted = [not frames or stream.key in frames for stream in streams]
        try:
            ran = self.run(outputs, tell and (lambda done: tell(sum(compress(done, counted)))), computed)
            self.meter.rendered(streams, ran)
            self.refuse_changed(graph.files([end for ends in inner for end in ends]))
            for stream, encoded in zip(streams, ran.frames, strict=True):
                ffmpeg_runner.refuse_absent(drafts[stream.key])
                if stream.key in frames:
                    _refuse_short(frame_count(drafts[stream.key]), frames[stream.key])
                elif (expected := graph.derived_frames(stream)) is not None:
                    _refuse_short(encoded, expected)
                self.store.keep(_key(stream), drafts[stream.key])
        finally:
            for draft in drafts.values():
                discard(draft)

    def delegate(self, task: MachineTask, tell: ReportFrames | None = None) -> None:
        """Have the executor do a task. If a clip has changed meanwhile, that is the error that is raised."""
        assert self.executor is not None
        try:
            self.executor.do(task, self.cancel, tell)
        except FinishError:
            self.refuse_changed(graph.files(task.ends))
            raise
        self.refuse_changed(graph.files(task.ends))

    def refuse_changed(self, clips: Iterable[Path]) -> None:
        """MediaError for a clip that has changed since it was read: the output would mix two versions."""
        for clip in clips:
            if clip in self.states and (state(clip) or [])[:4] != (self.states[clip] or [])[:4]:
                raise MediaError(f"{clip.name} changed while it was read", "run again")

    @contextmanager
    def assembled(
        self, pieces: Sequence[Stream], frames: Sequence[int], rate: Fraction
    ) -> Iterator[tuple[Stream, str]]:
        """The pieces of a picture as one temporary source, and the digest of its packets."""
        if len(pieces) == 1:
            source = self.source(pieces[0])
            yield source, proof(Path(source.path))
            return
        joined = self.store.draft(pieces[0].encoding.suffix)
        try:
            digest = join([Path(self.source(piece).path) for piece in pieces], frames, rate, joined)
            source = graph.source("video", digest, str(joined), index=0, demuxer="mov", size=pieces[0].size)
            yield source, digest
        finally:
            discard(joined)

    def run(
        self,
        outputs: Sequence[Output],
        tell: Callable[[Sequence[int]], None] | None = None,
        computed: Stream | None = None,
    ) -> ffmpeg_runner.FinishedProcess:
        """Write `outputs` with one FFmpeg process, which receives the frames of a `computed` node.

        Interrupted if the run is stopped.
        """
        if self.cancel.is_set():
            raise Interrupted()
        if computed is None:
            return ffmpeg_runner.write(outputs, progress=tell, cancel=self.cancel)
        frames = computed_frames(computed, self.cancel, self.meter)
        alone = [replace(output, streams=graph.substitute(output.streams, _alone)) for output in outputs]
        with closing(frames):
            return ffmpeg_runner.write(alone, progress=tell, cancel=self.cancel, fed=frames)

    def find(self, stream: Stream) -> Path | None:
        """The file of an encoded stream in the store; None if it isn't rendered."""
        return self.store.piece(_key(stream), stream.encoding.suffix)

    def absent_sources(self, streams: Sequence[Stream]) -> tuple[Stream, ...]:
        """The derived sources that encoded streams read and that aren't in the store."""
        return tuple(source for source in _derived_sources(streams) if self.find(source) is None)

    def source(self, stream: Stream, tell: ReportFrames | None = None) -> Stream:
        """The file of an encoded stream as a source, rendered now if it's missing."""
        path = self.find(stream)
        if path is None:
            # A thread that needs the same stream waits for this one.
            with self._locks.setdefault(stream.key, threading.Lock()):
                self.make([stream], tell=tell)
            path = self.find(stream)
        if path is None:
            raise DiskError(f"a piece is missing from {self.store.folder}", "run again")
        demuxer = _DEMUXERS[stream.encoding.muxer]
        return graph.source(
            stream.kind,
            stream.key,
            str(path),
            index=0,
            demuxer=demuxer,
            size=stream.size,
            frames=graph.derived_frames(stream),
        )

    def opened(self, ends: Sequence[Stream]) -> tuple[Stream, ...]:
        """The streams with every derived source in them read from its file, and everything else as it is."""
        return graph.decoded(
            ends, lambda node: node if graph.derived_frames(node) is None else self.source(node)
        )

    def decoded(self, ends: Sequence[Stream]) -> tuple[Stream, ...]:
        """The streams with every encoded stream in them read from its file."""
        return graph.decoded(ends, self.source)


def _computed(ends: Sequence[Stream]) -> Stream | None:
    """The node of the streams that finish computes itself, if any: a process has one standard input."""
    nodes = [node for node in graph.history(ends) if node.name == "computed"]
    assert len(nodes) <= 1, "computed pictures are rendered one by one"
    return nodes[0] if nodes else None


def _alone(node: Stream) -> Stream:
    """A computed node without its inputs: FFmpeg reads only its frames."""
    return replace(node, inputs=()) if node.name == "computed" else node


def _derived_sources(streams: Sequence[Stream]) -> Iterator[Stream]:
    """The derived sources that the encoded streams read; one of another's history isn't included."""
    nodes = graph.history([stream.inputs[0] for stream in streams], into_encoded=False)
    yield from (node for node in nodes if graph.derived_frames(node) is not None)


def _refuse_short(count: int, expected: int) -> None:
    if count != expected:
        message = f"the clip is damaged: only {count} of {expected} frames could be rendered"
        raise MediaError(message, "export or copy it again")


def _key(stream: Stream) -> str:
    return piece_key(stream.key, ffmpeg_program.version(), str(ffmpeg_runner.FILTER_THREADS), STEADY)
