"""Renders the pictures of a clip piece by piece, in several processes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from finish.deliver.outcome import Tell
from finish.engine import machine_limits
from finish.engine.progress import Progress
from finish.engine.scheduler import Scheduler, in_order
from finish.execution.renderer import Renderer
from finish.graph import Stream, derived_frames
from finish.planning import piece_tasks
from finish.planning.piece_tasks import PieceTask
from finish.planning.render_plan import Rendering


class PieceRenderer:
    """Renders the pieces that aren't in the store.

    Threads share its processes: the clip with the lowest number goes first.
    """

    def __init__(
        self, renderer: Renderer, at_once: int, tell: Tell, stop: Callable[[BaseException], None]
    ) -> None:
        self._renderer, self._at_once, self._tell, self._stop = renderer, at_once, tell, stop
        self._scheduler = Scheduler(at_once)

    def render(self, renderings: Sequence[Rendering], number: int) -> None:
        """Render every missing piece of the pictures of a clip; `number` is its position in the job."""
        tasks = piece_tasks.tasks(renderings, self.is_rendered, machine_limits.PIXELS_AT_ONCE)
        if not tasks:
            return
        footage = renderings[0].planned.deliverable.footage
        streams = [stream for task in tasks for group in task.streams for stream in group]
        sources = self._renderer.absent_sources(streams)
        progress = Progress(self._tell, _frames(tasks, sources), footage)

        def render_source(source: Stream) -> None:
            with self._scheduler.turn(number):
                self._renderer.source(source, progress.of(source))

        def render_task(task: PieceTask) -> None:
            with self._scheduler.turn(number):
                self._renderer.make(*task.streams, tell=progress.of(task), frames=task.frames)

        list(in_order([partial(render_source, source) for source in sources], self._at_once, self._stop))
        list(in_order([partial(render_task, task) for task in tasks], self._at_once, self._stop))

    def is_rendered(self, piece: Stream) -> bool:
        """Whether a piece is in the store."""
        return self._renderer.find(piece) is not None


def _frames(tasks: Sequence[PieceTask], sources: Sequence[Stream]) -> int:
    """The number of frames of pieces and of derived sources."""
    counts = (derived_frames(source) or 0 for source in sources)
    return sum(sum(task.frames.values()) for task in tasks) + sum(counts)
