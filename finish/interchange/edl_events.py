"""A timeline as CMX 3600: an event for each clip, and two lines for each transition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from finish.errors import LimitError
from finish.interchange.edl import MAX_EVENTS, ascii_name, motion, timecode
from finish.interchange.exported_tracks import ExportedPart, ExportedTracks
from finish.model import EditTransition

_BLACK: Final = "BL"  # the reel of black, in CMX 3600
_DRAWN: Final = "AX"  # the reel of material without a tape
_REEL: Final = 8  # characters
_WIPE: Final = "right"  # the direction of SMPTE 258M's wipe 001


def edl_of_tracks(title: str, tracks: ExportedTracks) -> tuple[str, tuple[str, ...]]:
    """The timeline as CMX 3600, and what the format can't hold, which is also in its comments.

    LimitError for more than 999 events.
    """
    reels, losses = _reels((*tracks.pictures, *tracks.sounds)), tuple(_losses(tracks))
    events = list(_events(tracks))
    if len(events) > MAX_EVENTS:
        message = f"{title}: the timeline has {len(events)} events; CMX 3600 holds at most {MAX_EVENTS}"
        raise LimitError(message, "export it as .otio")
    lines = [f"TITLE: {ascii_name(title)}", "FCM: NON-DROP FRAME", *(f"* {_ascii(loss)}" for loss in losses)]
    for number, event in enumerate(events, start=1):
        lines += ["", *event.lines(f"{number:03d}", reels)]
    return "\n".join((*lines, "")), losses


@dataclass(frozen=True)
class _Event:
    """An item of a track, and the one before it if a transition leads from there.

    `channels` are those that it changes. `end` is the frame at which the transition to the next one begins.
    """

    item: ExportedPart
    channels: str
    end: int
    before: ExportedPart | None = None

    @property
    def start(self) -> int:
        """The frame at which it begins to be visible or audible."""
        return self.item.start - self.item.into[0]

    @property
    def place(self) -> tuple[object, ...]:
        """What it shows and when, whatever its channels are."""
        item = self.item
        return item.row.segment.name, item.part, item.start, item.end, item.into, self.end

    def lines(self, number: str, reels: Mapping[str, str]) -> Iterator[str]:
        """The event as text."""
        item, rate, frames = self.item, self.item.row.rate, sum(self.item.into)
        name = ascii_name(item.name)
        if frames:
            # A transition is an event of two lines; the first is the outgoing clip, for no time.
            yield self._line(number, self.before, "C", (self.start, self.start), reels)
            code = f"{_code(item.row.segment.transition)}    "[:4]
            yield self._line(number, item, f"{code} {frames:03d}", (self.start, self.end), reels)
        else:
            yield self._line(number, item, "C", (self.start, self.end), reels)
        yield from motion(item.part, rate, _reel(item, reels), item.moment(self.start))
        if frames:
            yield f"* FROM CLIP NAME: {ascii_name(self.before.name) if self.before else 'BLACK'}"
        yield f"* {'TO' if frames else 'FROM'} CLIP NAME: {name}"

    def _line(
        self,
        number: str,
        item: ExportedPart | None,
        kind: str,
        frames: tuple[int, int],
        reels: Mapping[str, str],
    ) -> str:
        rate = self.item.row.rate
        moments = [item.moment(frame) if item else 0 / rate for frame in frames]
        times = (*moments, *(frame / rate for frame in frames))
        codes = " ".join(timecode(time, rate) for time in times)
        return f"{number}  {_reel(item, reels):<8} {self.channels:<5} {kind:<8} {codes}"


def _events(tracks: ExportedTracks) -> list[_Event]:
    """Pictures, together with their sounds where both change, and the other sounds by themselves."""
    pictures, sounds = (
        {event.place: event for event in _of_track(items, channels)}
        for items, channels in ((tracks.pictures, "V"), (tracks.sounds, "AA"))
    )
    together = [
        replace(event, channels="AA/V") if place in sounds else event for place, event in pictures.items()
    ]
    alone = [event for place, event in sounds.items() if place not in pictures]
    return sorted((*together, *alone), key=lambda event: (event.start, event.channels == "AA"))


def _of_track(items: Sequence[ExportedPart], channels: str) -> Iterator[_Event]:
    ends = [one.end - other.into[0] if other.start == one.end else one.end for one, other in pairwise(items)]
    ends += [item.end for item in items[-1:]]
    for item, end, before in zip(items, ends, (None, *items[:-1]), strict=True):
        yield _Event(item, channels, end, before if sum(item.into) else None)


def _code(transition: EditTransition | None) -> str:
    return "W001" if transition and transition.kind == "wipe" else "D"


def _losses(tracks: ExportedTracks) -> Iterator[str]:
    """What the format can't hold, in words."""
    for item in tracks.pictures:
        transition, name = item.row.segment.transition, item.row.segment.name
        if transition and sum(item.into):
            if transition.kind not in ("wipe", "dissolve"):
                yield f"{name}: the {transition.kind} is written as a dissolve"
            elif transition.kind == "wipe" and transition.direction != _WIPE:
                yield f"{name}: the wipe to the {transition.direction} is written as one to the {_WIPE}"
        if not item.row.parts and item.row.kind != "gap":
            yield f"{name}: the {item.row.kind} is written as an event without a tape"
    for item in tracks.over:
        yield f"{item.row.segment.name}: it's over the main track, and left out"


def _reel(item: ExportedPart | None, reels: Mapping[str, str]) -> str:
    if item is None or item.row.kind == "gap":
        return _BLACK
    return reels.get(_path(item), _DRAWN)


def _path(item: ExportedPart) -> str:
    return str(item.row.source.path) if item.row.source else ""


def _reels(items: Sequence[ExportedPart]) -> dict[str, str]:
    """A reel for each clip, named like its file, each name once."""
    reels = dict[str, str]()
    for item in items:
        path = _path(item)
        if not item.row.source or path in reels:
            continue
        stem = item.row.source.path.stem.upper()
        letters = "".join(letter for letter in stem if letter.isascii() and letter.isalnum()) or "CLIP"
        name, number = letters[:_REEL], 1
        while name in (*reels.values(), _BLACK, _DRAWN):
            number += 1
            name = f"{letters[: _REEL - len(str(number))]}{number}"
        reels[path] = name
    return reels


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode().replace("?", "_")
