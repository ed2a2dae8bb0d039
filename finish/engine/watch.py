"""A watched folder: each thing that is dropped into it is finished once, when it has stopped growing; what cannot be is set aside."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from html import escape
from pathlib import Path
from typing import Final

from finish.effects.publish import write_whole
from finish.effects.watched import Entry, Growing, Item, Ledger, State, afterwards, files, items, job_of, set_aside
from finish.engine.outcome import Outcome
from finish.errors import FinishError

LOOK: Final = 1.0       # s between looks at the folder
QUIET: Final = 5.0      # s without a change: longer than a copy over a network pauses
PAGE: Final = "status.html"
ORDER: Final[tuple[State, ...]] = ("failed", "running", "waiting", "done")

Finish = Callable[[Path], Iterable[Outcome]]    # a job folder finished
Tell = Callable[[Entry], None]


class Watch:
    """One folder's watch. `finish` is given a job folder; `template` (a job folder) makes one of a clip; so many at once."""

    def __init__(  # noqa: PLR0913 (all but two named and optional)
        self, folder: Path, finish: Finish, template: Path | None = None, *, at_once: int = 1, quiet: float = QUIET,
        tell: Tell = lambda _: None,
    ) -> None:
        self.folder, self.ledger = folder, Ledger(folder)
        self._finish, self._template, self._at_once, self._tell = finish, template, at_once, tell
        self._growing, self._out = Growing(quiet), dict[str, Future[None]]()
        self._noting = threading.Lock()

    def run(self, stop: threading.Event, *, once: bool = False) -> None:
        """Finish what is dropped, until somebody stops it; with `once`, until nothing waits any more."""
        with self.ledger.alone(), ThreadPoolExecutor(self._at_once) as pool:
            try:
                while not stop.is_set():
                    waiting = self.step(pool)
                    if once and not waiting and not self._out:
                        return
                    self._wait(stop)
            finally:
                stop.set()      # whoever still works, or the pool would wait for them

    def _wait(self, stop: threading.Event) -> None:
        """Until it is time to look again, or one in hand has ended."""
        if self._out:
            wait(self._out.values(), LOOK, FIRST_COMPLETED)
        else:
            stop.wait(LOOK)

    def step(self, pool: ThreadPoolExecutor) -> bool:
        """One look at the folder; whether anything waits."""
        for name, future in list(self._out.items()):
            if future.done():
                del self._out[name]
                future.result()
        found = [each for each in items(self.folder, self._template is not None) if each.name not in self._out]
        fresh = [each for each in found if self._fresh(each)]
        known = {name for name, each in self.ledger.entries.items() if each.state == "waiting"}
        self._note(*(Entry(each.name, "waiting") for each in fresh if each.name not in known))
        for each in [each for each in fresh if self._growing.still(each)]:
            if len(self._out) < self._at_once:
                self._note(Entry(each.name, "running", each.of))
                self._out[each.name] = pool.submit(self._one, each)
        return bool(fresh)

    def _fresh(self, item: Item) -> bool:
        """Whether an item was never finished as it is now."""
        entry = self.ledger.entries.get(item.name)
        return entry is None or entry.state not in ("done", "failed") or entry.of != item.of

    def _one(self, item: Item) -> None:
        """Finish an item, and say what became of it; whatever goes wrong with it is its own."""
        try:
            job = job_of(self.folder, item.name, self._template) if item.clip and self._template else self.folder / item.name
            outcomes = list(self._finish(job))
            wrong = [f"{each.name}: {each.error or '; '.join(map(str, each.broken))}" for each in outcomes if each.exit_code]
            made = tuple(str(each.path) for each in outcomes if each.path)
        except FinishError as error:
            if error.code == "interrupted":
                return self._note(Entry(item.name, "waiting"))
            wrong, made = [str(error)], ()
        except Exception as fault:  # ours; the next item must not pay for it
            wrong, made = [f"{type(fault).__name__}: {fault} — a fault of finish: please report it"], ()
        if wrong:
            return self._note(self._failed(item, "\n".join(wrong)))
        done = item if item.clip else afterwards(item, files(self.folder / item.name))
        return self._note(Entry(item.name, "done", done.of, made=made))

    def _failed(self, item: Item, message: str) -> Entry:
        try:
            place = set_aside(self.folder, item.name, message)
        except (FinishError, OSError) as stuck:     # it stays where it is, and is not tried again as it is
            return Entry(item.name, "failed", item.of, f"{message}\n{stuck}")
        return Entry(item.name, "failed", "", f"{message}\nset aside as {place.relative_to(self.folder)}")

    def _note(self, *entries: Entry) -> None:
        """Keep and show what became of some; each time both files are written whole."""
        if not entries:
            return
        with self._noting:
            self.ledger.note(*entries)
            write_whole(self.folder / PAGE, page(self.folder.name, list(self.ledger.entries.values())).encode())
        for each in entries:
            self._tell(each)


def ordered(entries: Iterable[Entry]) -> list[Entry]:
    """What needs somebody first, then the latest."""
    return sorted(entries, key=lambda each: (ORDER.index(each.state), -each.when, each.name))


def page(title: str, entries: Sequence[Entry]) -> str:
    """The folder's state as a web page that looks again by itself."""
    counts = " · ".join(f"{sum(each.state == state for each in entries)} {state}" for state in ORDER)
    rows = "\n".join(
        f'<tr class="{each.state}"><td>{each.state}</td><td>{escape(each.name)}</td>'
        f"<td>{escape(each.message or ', '.join(Path(made).name for made in each.made))}</td></tr>" for each in ordered(entries))
    return _PAGE.replace("$title", escape(title)).replace("$counts", counts).replace("$rows", rows)


def told(entry: Entry) -> str:
    """An entry as a line."""
    said = entry.message.splitlines()[0] if entry.message else ", ".join(entry.made)
    return f"{entry.state:<8} {entry.name}" + (f": {said}" if said else "")


_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>$title</title>
<style>
:root { color-scheme: light dark; --paper: #f4f4f4; --ink: #161616; --quiet: #5c5c5c; --line: #d0d0d0; --bad: #b3261e; --good: #1b6e3c; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #1a1a1a; --ink: #eee; --quiet: #a0a0a0; --line: #3a3a3a; --bad: #ff8070; --good: #6fcf97; }
}
body { margin: 0 auto; padding: 24px; max-width: 1100px; background: var(--paper); color: var(--ink);
       font: 15px/1.4 "Noto Sans", system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; margin: 0; } p { color: var(--quiet); }
table { border-collapse: collapse; width: 100%; } td { padding: 6px 12px 6px 0; border-top: 1px solid var(--line); vertical-align: top;
       white-space: pre-line; }
td:first-child { width: 6em; color: var(--quiet); }
.failed td:first-child { color: var(--bad); } .done td:first-child { color: var(--good); }
</style>
</head>
<body>
<h1>$title</h1>
<p>$counts</p>
<table>
$rows
</table>
</body>
</html>
"""
