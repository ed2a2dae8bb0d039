"""Encoded streams become files: each once, those of one call in one process from one decode, kept in the store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from itertools import compress
from pathlib import Path

from finish import graph
from finish.errors import DiskError, FinishError, Interrupted, MediaError
from finish.execution.cpu_meter import Meter
from finish.execution.tasks import Executor, MachineTask, RenderTask, ReportFrames
from finish.graph import Output, Stream
from finish.media.ffmpeg import ffmpeg_program, ffmpeg_runner
from finish.media.ffmpeg.cpu_instructions import STEADY
from finish.media.ffmpeg.piece_joining import frame_count, join, proof
from finish.media.probe_cache import State, state
from finish.storage.cleanup import discard
from finish.storage.store import Store, piece_key

# What reads back what our muxers write.
_DEMUXERS = {"mp4": "mov", "ipod": "mov", "mov": "mov", "nut": "nut"}


class Renderer:
    """Makes the pieces that a plan names, or has `executor` make them, and says where they are. `cancel` stops the process that runs."""

    def __init__(
        self, store: Store, cancel: threading.Event | None = None, executor: Executor | None = None
    ) -> None:
        self.store, self.executor = store, executor
        self.cancel = cancel or threading.Event()
        self.states: dict[Path, State] = {}  # of clips, before they were read
        self.here: set[Path] = set()  # files that no other machine sees
        self.meter = Meter()

    def make(
        self,
        *groups: Sequence[Stream],
        tell: ReportFrames | None = None,
        frames: Mapping[str, int] | None = None,
    ) -> int:
        """Have every encoded stream of the groups in the store; what is missing is rendered by one process. How many were.

        Streams of a group are computed together, groups one after the other from the same decode. `frames` is how many each
        must show, by its key: a decoder that lost some says nothing of it. `tell` is told how many of those are encoded.
        """
        missing = [
            kept
            for group in groups
            if (kept := [stream for stream in dict.fromkeys(group) if self.find(stream) is None])
        ]
        wanted = [stream for group in missing for stream in group]
        if not wanted:
            return 0
        if self.executor:
            self.have_done(RenderTask.of(self.store, missing, frames or {}, self.states), tell)
            return len(wanted)
        inner = graph.one_decode([self.decoded([stream.inputs[0] for stream in group]) for group in missing])
        drafts = {stream.key: self.store.draft(stream.encoding.suffix) for stream in wanted}
        outputs = [
            Output((end,), str(drafts[stream.key]), stream.encoding.muxer, stream.encoding.options, number)
            for number, (group, ends) in enumerate(zip(missing, inner, strict=True))
            for stream, end in zip(group, ends, strict=True)
        ]
        counted = [not frames or stream.key in frames for stream in wanted]
        try:
            ran = self.run(outputs, tell and (lambda done: tell(sum(compress(done, counted)))))
            self.meter.rendered(wanted, ran)
            self.refuse_changed(graph.files([end for ends in inner for end in ends]))
            for stream in wanted:
                ffmpeg_runner.refuse_absent(drafts[stream.key])
                _refuse_short(drafts[stream.key], (frames or {}).get(stream.key))
                self.store.keep(_key(stream), drafts[stream.key])
        finally:
            for draft in drafts.values():
                discard(draft)
        return len(wanted)

    def have_done(self, errand: MachineTask, tell: ReportFrames | None = None) -> None:
        """Whoever works for us does an errand. What goes wrong with a clip that has changed meanwhile, went wrong with that."""
        assert self.executor is not None
        try:
            self.executor.do(errand, self.cancel, tell)
        except FinishError:
            self.refuse_changed(graph.files(errand.ends))
            raise
        self.refuse_changed(graph.files(errand.ends))

    def refuse_changed(self, clips: Iterable[Path]) -> None:
        """MediaError for a clip that is not what it was when it was first read: half old, half new is neither."""
        for clip in clips:
            if clip in self.states and (state(clip) or [])[:4] != (self.states[clip] or [])[:4]:
                raise MediaError(f"{clip.name} changed while it was read", "run again")

    @contextmanager
    def assembled(
        self, pieces: Sequence[Stream], frames: Sequence[int], rate: Fraction
    ) -> Iterator[tuple[Stream, str]]:
        """The pieces of a picture as one source, for as long as it is used, and the digest of its packets."""
        if len(pieces) == 1:
            source = self.source(pieces[0])
            yield source, proof(Path(source.path))
            return
        joined = self.store.draft(pieces[0].encoding.suffix)
        try:
            said = join([Path(self.source(each).path) for each in pieces], frames, rate, joined)
            yield graph.source("video", said, str(joined), index=0, demuxer="mov", size=pieces[0].size), said
        finally:
            discard(joined)

    def run(
        self, outputs: Sequence[Output], tell: Callable[[Sequence[int]], None] | None = None
    ) -> ffmpeg_runner.FinishedProcess:
        """One FFmpeg process that writes `outputs`; Interrupted once somebody has stopped the work."""
        if self.cancel.is_set():
            raise Interrupted()
        return ffmpeg_runner.write(outputs, progress=tell, cancel=self.cancel)

    def find(self, stream: Stream) -> Path | None:
        return self.store.piece(_key(stream), stream.encoding.suffix)

    def source(self, stream: Stream) -> Stream:
        """The file that an encoded stream became, as a source; made now if it has not been."""
        path = self.find(stream)
        if path is None:
            self.make([stream])
            path = self.find(stream)
        if path is None:
            raise DiskError(f"a piece is missing from {self.store.folder}", "run again")
        demuxer = _DEMUXERS[stream.encoding.muxer]
        return graph.source(stream.kind, stream.key, str(path), index=0, demuxer=demuxer, size=stream.size)

    def decoded(self, ends: Sequence[Stream]) -> tuple[Stream, ...]:
        """The streams with every encoded one in them read back from its file."""
        return graph.decoded(ends, self.source)


def _refuse_short(draft: Path, wanted: int | None) -> None:
    if wanted is not None and (found := frame_count(draft)) != wanted:
        raise MediaError(
            f"the clip is damaged: only {found} of {wanted} frames could be rendered",
            "export or copy it again",
        )


def _key(stream: Stream) -> str:
    return piece_key(stream.key, ffmpeg_program.version(), str(ffmpeg_runner.FILTER_THREADS), STEADY)
