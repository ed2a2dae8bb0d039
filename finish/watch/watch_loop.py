"""The loop of a watched folder.

It finishes each item once, when the item has stopped changing, and sets failures aside.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import Final

from finish.deliver.outcome import Outcome
from finish.errors import (
    TEMPORARY,
    DiskError,
    FinishError,
    InternalError,
    Interrupted,
    MediaError,
    PathError,
    PromiseError,
    unforeseen,
)
from finish.storage.publish import write_whole
from finish.watch.clip_jobs import job_of, set_aside
from finish.watch.watch_items import SettleTimer, WatchItem, item_at, items, job_files, with_results
from finish.watch.watch_ledger import WatchEntry, WatchLedger
from finish.watch.watch_page import PAGE, html

LOOK: Final = 1.0  # s between looks at the folder
QUIET: Final = 5.0  # s without a change: longer than the pauses of a copy over a network
# Seconds before a temporary failure is retried: twice as long each time, up to the longest.
PAUSE, LONGEST = 30.0, 600.0

# Errors of a clip, or of finish itself. Any other error of a clip's job is an error of its template: the clip
# waits for a new template.
_OF_THE_CLIP: Final = (PromiseError, MediaError, InternalError)

Finish = Callable[[Path], Iterable[Outcome]]  # finish a job folder
Tell = Callable[[WatchEntry], None]


class WatchLoop:
    """The watch of one folder.

    `finish` finishes a job folder, `template` (a job folder) turns clips into jobs, `at_once` items are
    finished at the same time, and `tell` receives every change of an item's state.
    """

    def __init__(  # noqa: PLR0913 (all but two named and optional)
        self,
        folder: Path,
        finish: Finish,
        template: Path | None = None,
        *,
        at_once: int = 1,
        quiet: float = QUIET,
        tell: Tell = lambda _: None,
    ) -> None:
        self.folder, self.ledger = folder, WatchLedger(folder)
        self._finish, self._template, self._at_once, self._tell = finish, template, at_once, tell
        self._settling, self._running = SettleTimer(quiet), dict[str, Future[None]]()
        # The next try (s, monotonic) of each postponed item, and the pause (s) before it.
        self._retries: dict[str, tuple[float, float]] = {}
        self._noting, self._unwritten, self._away = threading.Lock(), False, False
        self._template_digest = ""

    def run(self, stop: threading.Event, *, once: bool = False) -> None:
        """Finish items until `stop` is set; with `once`, until each waiting item was tried."""
        with self.ledger.alone(), ThreadPoolExecutor(self._at_once) as pool:
            self.ledger.read()  # another watch may have ended, or been killed, since this one was made
            interrupted = [entry for entry in self.ledger.entries.values() if entry.state == "running"]
            self._note(*(WatchEntry(entry.name, "waiting") for entry in interrupted))
            try:
                while not stop.is_set():
                    waiting = self.step(pool, once=once)
                    if once and not waiting and not self._running:
                        return self._write()
                    self._wait(stop)
            finally:
                stop.set()  # the pool would wait for items that are still running

    def _wait(self, stop: threading.Event) -> None:
        """Wait until the next look is due or an item has ended."""
        if self._running:
            wait(self._running.values(), LOOK, FIRST_COMPLETED)
        else:
            stop.wait(LOOK)

    def step(self, pool: ThreadPoolExecutor, *, once: bool = False) -> bool:
        """Look at the folder once and start what is ready.

        True if an item is due (with `once`: not tried yet), or if the folder is away, so that one may be.
        """
        self._collect()
        present = self._look(once)
        if present is None:
            return True
        self._forget({item.name for item in present})
        if self._unwritten:
            with self._noting:
                self._keep()
        open_items = [item for item in present if item.name not in self._running and self._is_new(item)]
        self._note_waiting(open_items)
        due = [item for item in open_items if self._is_due(item.name, once)]
        ready = self._template_ready()
        for item in [item for item in due if self._settling.settled(item) and (ready or not item.clip)]:
            if len(self._running) < self._at_once:
                self._note(WatchEntry(item.name, "running", item.of))
                self._running[item.name] = pool.submit(self._process, item)
        return bool(due)

    def _collect(self) -> None:
        """Remove the items that have ended; an error that isn't an item's own is raised."""
        for name, future in list(self._running.items()):
            if future.done():
                del self._running[name]
                future.result()

    def _note_waiting(self, open_items: Iterable[WatchItem]) -> None:
        known = {name for name, entry in self.ledger.entries.items() if entry.state == "waiting"}
        self._note(*(WatchEntry(item.name, "waiting") for item in open_items if item.name not in known))

    def _template_ready(self) -> bool:
        """Whether the template, if any, has stopped changing.

        A changed template makes postponed items due again.
        """
        if self._template is None:
            return True
        try:
            content = WatchItem("", False, job_files(self._template))
        except OSError:  # its disk or network share is away
            return False
        if content.of != self._template_digest:
            self._template_digest = content.of
            self._retries.clear()
        return self._settling.settled(content)

    def _look(self, once: bool) -> list[WatchItem] | None:
        """The items of the folder; None, reported once, if the folder is away.

        Its items may still exist then.
        """
        try:
            present = list(items(self.folder, self._template))
            self.ledger.check_present()
        except OSError as error:
            away = PathError(
                f"{self.folder} can't be read: {error.strerror or error}",
                "check that its disk or network share is mounted",
            )
            if once:
                raise away from error
            if not self._away:
                self._tell(WatchEntry(str(self.folder), "waiting", message=str(away)))
            self._away = True
            return None
        self._away = False
        return present

    def _forget(self, present: set[str]) -> None:
        """Drop waiting items that were taken out of the folder."""
        missing = [
            name
            for name, entry in self.ledger.entries.items()
            if entry.state == "waiting" and name not in present
        ]
        for name in filter(self._is_gone, missing):
            self._retries.pop(name, None)
            with self._noting:
                self.ledger.forget(name)
                self._unwritten = True

    def _is_gone(self, name: str) -> bool:
        """Whether the folder certainly has no such item."""
        with suppress(OSError):
            return item_at(self.folder / name, self._template) is None
        return False

    def _is_due(self, name: str, once: bool) -> bool:
        """Whether to try an item now: it was never tried, or its pause is over.

        With `once`, an item isn't tried again.
        """
        until, _ = self._retries.get(name, (0.0, 0.0))
        return not until or (not once and time.monotonic() >= until)

    def _is_new(self, item: WatchItem) -> bool:
        """Whether an item was never finished with its present content."""
        entry = self.ledger.entries.get(item.name)
        return entry is None or entry.state not in ("done", "failed") or entry.of != item.of

    def _process(self, item: WatchItem) -> None:
        """Finish an item and note the result.

        Temporary errors and errors of the template postpone it. Any other error fails it.
        """
        try:
            made = self._deliver(item)
        except Interrupted as stop:
            entry = WatchEntry(item.name, "waiting", message=str(stop))
        except Exception as fault:  # even a fault of finish mustn't stop the next item
            error = unforeseen(fault)
            postponed = isinstance(error, TEMPORARY) or (item.clip and not isinstance(error, _OF_THE_CLIP))
            entry = self._postpone(item, error) if postponed else self._fail(item, str(error))
        else:
            entry = WatchEntry(item.name, "done", self._finished(item).of, made=made)
        if entry.state != "waiting":
            self._retries.pop(item.name, None)
        self._note(entry)

    def _deliver(self, item: WatchItem) -> tuple[str, ...]:
        """The paths of an item's deliverables.

        FinishError with all failures, or with only a temporary error.
        """
        clip_job = item.clip and self._template
        job = job_of(self.folder, item.name, clip_job) if clip_job else self.folder / item.name
        outcomes = list(self._finish(job))
        for outcome in outcomes:
            if isinstance(outcome.error, TEMPORARY):
                raise outcome.error
        failures = [
            f"{outcome.name}: {outcome.error or '; '.join(map(str, outcome.broken))}"
            for outcome in outcomes
            if outcome.exit_code
        ]
        if failures:
            raise PromiseError("\n".join(failures))
        return tuple(str(outcome.path) for outcome in outcomes if outcome.path)

    def _finished(self, item: WatchItem) -> WatchItem:
        """The item with what finishing added; unchanged if that can't be read now."""
        with suppress(OSError):
            return item if item.clip else with_results(item, job_files(self.folder / item.name))
        return item

    def _postpone(self, item: WatchItem, error: FinishError) -> WatchEntry:
        _, last = self._retries.get(item.name, (0.0, PAUSE / 2))
        pause = min(2 * last, LONGEST)
        self._retries[item.name] = time.monotonic() + pause, pause
        return WatchEntry(item.name, "waiting", message=str(error))

    def _fail(self, item: WatchItem, message: str) -> WatchEntry:
        """Set an item aside.

        An item that changed meanwhile wasn't complete, and one that is away is unknown: both wait.
        """
        if not self._is_unchanged(item):
            return WatchEntry(item.name, "waiting", message=message)
        try:
            place = set_aside(self.folder, item.name, message)
        except (FinishError, OSError) as error:
            # It stays in the folder, and isn't tried again until it changes.
            return WatchEntry(item.name, "failed", self._finished(item).of, f"{message}\n{error}")
        return WatchEntry(
            item.name, "failed", "", f"{message}\nset aside as {place.relative_to(self.folder)}"
        )

    def _is_unchanged(self, item: WatchItem) -> bool:
        """Whether an item is as it was at its start, but for what finishing adds."""
        with suppress(OSError):
            now = item_at(self.folder / item.name, self._template)
            return now is not None and now == with_results(item, now.files)
        return False

    def _note(self, *entries: WatchEntry) -> None:
        """Keep the states of items, show them on the page, and report them."""
        if not entries:
            return
        with self._noting:
            self.ledger.note(*entries)
            self._keep()
        for entry in entries:
            self._tell(entry)

    def _keep(self) -> None:
        """Write the ledger and the page; if that fails, the next look writes them."""
        try:
            self._write()
        except (DiskError, OSError):
            self._unwritten = True
        else:
            self._unwritten = False

    def _write(self) -> None:
        """Write the ledger and the page, each atomically.

        Nothing is written into the empty folder that an unmounted share leaves.
        """
        self.ledger.check_present()
        self.ledger.write()
        write_whole(self.folder / PAGE, html(self.folder.name, list(self.ledger.entries.values())))
