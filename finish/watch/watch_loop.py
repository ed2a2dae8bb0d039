"""A watched folder: each thing that is dropped into it is finished once, when it has stopped growing; what cannot be is set aside."""

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
from finish.watch.watch_folder import (
    Settling,
    WatchEntry,
    WatchItem,
    WatchLedger,
    afterwards,
    files,
    item_at,
    items,
    job_of,
    set_aside,
)
from finish.watch.watch_page import PAGE, html

LOOK: Final = 1.0  # s between looks at the folder
QUIET: Final = 5.0  # s without a change: longer than a copy over a network pauses
PAUSE, LONGEST = (
    30.0,
    600.0,
)  # s before what others' trouble stopped is tried again: twice as long each time, up to the longest

# What is wrong with a clip, or with us; all else that is wrong with a job of one clip is its template's, and waits for it.
_OWN: Final = (PromiseError, MediaError, InternalError)

Finish = Callable[[Path], Iterable[Outcome]]  # a job folder finished
Tell = Callable[[WatchEntry], None]


class WatchLoop:
    """One folder's watch. `finish` is given a job folder; `template` (a job folder) makes one of a clip; so many at once."""

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
        self._growing, self._out = Settling(quiet), dict[str, Future[None]]()
        self._again: dict[
            str, tuple[float, float]
        ] = {}  # who was put off: until when (s, monotonic), after which pause (s)
        self._noting, self._unwritten, self._away = threading.Lock(), False, False
        self._template_of = ""

    def run(self, stop: threading.Event, *, once: bool = False) -> None:
        """Finish what is dropped, until somebody stops it; with `once`, until nothing waits any more that was not tried."""
        with self.ledger.alone(), ThreadPoolExecutor(self._at_once) as pool:
            self.ledger.read()  # another watch may have ended since, or been killed over some
            self._note(
                *(
                    WatchEntry(each.name, "waiting")
                    for each in self.ledger.entries.values()
                    if each.state == "running"
                )
            )
            try:
                while not stop.is_set():
                    waiting = self.step(pool, once=once)
                    if once and not waiting and not self._out:
                        return self._write()
                    self._wait(stop)
            finally:
                stop.set()  # whoever still works, or the pool would wait for them

    def _wait(self, stop: threading.Event) -> None:
        """Until it is time to look again, or one in hand has ended."""
        if self._out:
            wait(self._out.values(), LOOK, FIRST_COMPLETED)
        else:
            stop.wait(LOOK)

    def step(self, pool: ThreadPoolExecutor, *, once: bool = False) -> bool:
        """One look at the folder; whether anything waits (with `once`: that was not tried) or may, because the folder is away."""
        for name, future in list(self._out.items()):
            if future.done():
                del self._out[name]
                future.result()
        lying = self._look(once)
        if lying is None:
            return True
        self._forget({each.name for each in lying})
        if self._unwritten:
            with self._noting:
                self._keep()
        found = [each for each in lying if each.name not in self._out and self._fresh(each)]
        known = {name for name, each in self.ledger.entries.items() if each.state == "waiting"}
        self._note(*(WatchEntry(each.name, "waiting") for each in found if each.name not in known))
        due = [each for each in found if self._due(each.name, once)]
        ready = self._ready()
        for each in [each for each in due if self._growing.still(each) and (ready or not each.clip)]:
            if len(self._out) < self._at_once:
                self._note(WatchEntry(each.name, "running", each.of))
                self._out[each.name] = pool.submit(self._one, each)
        return bool(due)

    def _ready(self) -> bool:
        """Whether the template, if there is one, has stopped changing. As soon as it is another, who was put off is tried again."""
        if self._template is None:
            return True
        try:
            now = WatchItem("", False, files(self._template))
        except OSError:  # its disk, or share, is away
            return False
        if now.of != self._template_of:
            self._template_of = now.of
            self._again.clear()
        return self._growing.still(now)

    def _look(self, once: bool) -> list[WatchItem] | None:
        """What lies in the folder. Where it is away, that is told once, and there is no list: nothing in it is known to be gone."""
        try:
            found = list(items(self.folder, self._template))
            self.ledger.here()
        except OSError as wrong:
            away = PathError(
                f"{self.folder} cannot be looked at: {wrong.strerror or wrong}",
                "is its disk, or share, there?",
            )
            if once:
                raise away from wrong
            if not self._away:
                self._tell(WatchEntry(str(self.folder), "waiting", message=str(away)))
            self._away = True
            return None
        self._away = False
        return found

    def _forget(self, lying: set[str]) -> None:
        """Who waited, and was taken away, waits no more."""
        missing = [
            name
            for name, each in self.ledger.entries.items()
            if each.state == "waiting" and name not in lying
        ]
        for name in filter(self._gone, missing):
            self._again.pop(name, None)
            with self._noting:
                self.ledger.forget(name)
                self._unwritten = True

    def _gone(self, name: str) -> bool:
        """Whether nothing of that name lies there to be finished; not where that cannot be told."""
        with suppress(OSError):
            return item_at(self.folder / name, self._template) is None
        return False

    def _due(self, name: str, once: bool) -> bool:
        """Whether an item is to be tried now: never before, or its pause is over and it is not to be tried only once."""
        until, _ = self._again.get(name, (0.0, 0.0))
        return not until or (not once and time.monotonic() >= until)

    def _fresh(self, item: WatchItem) -> bool:
        """Whether an item was never finished as it is now."""
        entry = self.ledger.entries.get(item.name)
        return entry is None or entry.state not in ("done", "failed") or entry.of != item.of

    def _one(self, item: WatchItem) -> None:
        """Finish an item, and say what became of it; whatever goes wrong with it is its own, but for what passes or is its template's."""
        try:
            made = self._made(item)
        except Interrupted as stop:
            entry = WatchEntry(item.name, "waiting", message=str(stop))
        except Exception as wrong:  # one of ours too: the next item must not pay for it
            error = unforeseen(wrong)
            others = isinstance(error, TEMPORARY) or (item.clip and not isinstance(error, _OWN))
            entry = self._put_off(item, error) if others else self._failed(item, str(error))
        else:
            entry = WatchEntry(item.name, "done", self._afterwards(item).of, made=made)
        if entry.state != "waiting":
            self._again.pop(item.name, None)
        self._note(entry)

    def _made(self, item: WatchItem) -> tuple[str, ...]:
        """What was made of an item; FinishError for all that went wrong, or for what passes alone."""
        job = (
            job_of(self.folder, item.name, self._template)
            if item.clip and self._template
            else self.folder / item.name
        )
        outcomes = list(self._finish(job))
        for each in outcomes:
            if isinstance(each.error, TEMPORARY):
                raise each.error
        wrong = [
            f"{each.name}: {each.error or '; '.join(map(str, each.broken))}"
            for each in outcomes
            if each.exit_code
        ]
        if wrong:
            raise PromiseError("\n".join(wrong))
        return tuple(str(each.path) for each in outcomes if each.path)

    def _afterwards(self, item: WatchItem) -> WatchItem:
        """The item with what finishing has added; as it was, where that cannot be read now."""
        with suppress(OSError):
            return item if item.clip else afterwards(item, files(self.folder / item.name))
        return item

    def _put_off(self, item: WatchItem, error: FinishError) -> WatchEntry:
        _, last = self._again.get(item.name, (0.0, PAUSE / 2))
        pause = min(2 * last, LONGEST)
        self._again[item.name] = time.monotonic() + pause, pause
        return WatchEntry(item.name, "waiting", message=str(error))

    def _failed(self, item: WatchItem, message: str) -> WatchEntry:
        """Set aside; but what changed meanwhile was not whole yet, and of what is away nothing is known: that is looked at again."""
        if not self._unchanged(item):
            return WatchEntry(item.name, "waiting", message=message)
        try:
            place = set_aside(self.folder, item.name, message)
        except (FinishError, OSError) as stuck:  # it stays where it is, and is not tried again as it is
            return WatchEntry(item.name, "failed", self._afterwards(item).of, f"{message}\n{stuck}")
        return WatchEntry(
            item.name, "failed", "", f"{message}\nset aside as {place.relative_to(self.folder)}"
        )

    def _unchanged(self, item: WatchItem) -> bool:
        """Whether an item lies there as it was when it was begun, but for what finishing adds."""
        with suppress(OSError):
            now = item_at(self.folder / item.name, self._template)
            return now is not None and now == afterwards(item, now.files)
        return False

    def _note(self, *entries: WatchEntry) -> None:
        """Keep, show and tell what became of some."""
        if not entries:
            return
        with self._noting:
            self.ledger.note(*entries)
            self._keep()
        for each in entries:
            self._tell(each)

    def _keep(self) -> None:
        """Write what was noted; where that cannot be now, at the next look."""
        try:
            self._write()
        except (DiskError, OSError):
            self._unwritten = True
        else:
            self._unwritten = False

    def _write(self) -> None:
        """Both files, each whole; a share that is away is not made anew in its place."""
        self.ledger.here()
        self.ledger.write()
        write_whole(self.folder / PAGE, html(self.folder.name, list(self.ledger.entries.values())))
