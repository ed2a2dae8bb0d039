"""The state of a watched folder: as a web page that reloads itself, and as lines of text."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from finish.pages import components, document
from finish.pages.components import Column, KeyFigure, Status
from finish.pages.html_markup import Child, Markup, element
from finish.watch.watch_ledger import State, WatchEntry

PAGE: Final = "status.html"
# What needs people comes first.
ORDER: Final[tuple[State, ...]] = ("failed", "running", "waiting", "done")
_RELOAD: Final = 5  # s
_STATUS: Final[Mapping[State, Status]] = {
    "failed": "bad",
    "running": "active",
    "waiting": "idle",
    "done": "good",
}
_COLUMNS: Final = (
    Column("State", labelled=False),
    Column("Item", labelled=False),
    Column("Result", labelled=False),
    Column("Changed", numeric=True),
)


def ordered(entries: Iterable[WatchEntry]) -> list[WatchEntry]:
    """Entries by state, in the order of `ORDER`, the latest first."""
    return sorted(entries, key=lambda entry: (ORDER.index(entry.state), -entry.when, entry.name))


def line(entry: WatchEntry) -> str:
    """An entry as one line of text."""
    result = entry.message.splitlines()[0] if entry.message else ", ".join(entry.made)
    return f"{entry.state:<8} {entry.name}" + (f": {result}" if result else "")


def html(title: str, entries: Sequence[WatchEntry]) -> bytes:
    """The folder's state as a web page in UTF-8."""
    counts = {state: sum(entry.state == state for entry in entries) for state in ORDER}
    return document.page(
        title,
        components.key_figures(_figure(state, count) for state, count in counts.items()),
        _table(entries)
        if entries
        else components.notice("idle", "The folder is empty. Drop a job folder or a clip."),
        kind="Watched folder",
        refresh=_RELOAD,
    )


def _figure(state: State, count: int) -> KeyFigure:
    return KeyFigure(state.capitalize(), str(count), status=_STATUS[state] if count else "idle")


def _table(entries: Sequence[WatchEntry]) -> Markup:
    return components.table(_COLUMNS, (_row(entry) for entry in ordered(entries)))


def _row(entry: WatchEntry) -> tuple[Child, ...]:
    return (
        components.badge(_STATUS[entry.state], entry.state),
        element("strong", entry.name),
        entry.message or ", ".join(Path(path).name for path in entry.made),
        element("span", _moment(entry.when), class_="quiet") if entry.when else "",
    )


def _moment(when: float) -> str:
    """Local time, with the day, as "30 Nov 17:42"."""
    return time.strftime("%d %b %H:%M", time.localtime(when))
