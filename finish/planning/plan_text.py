"""Plans as text, complete or in short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from finish import graph
from finish.model import Note, ranked
from finish.planning.render_plan import Rendering


def text(renderings: Sequence[Rendering]) -> str:
    """The complete plan: the graph that runs, each promise, and each note."""
    streams = {
        f"{rendering.name} {part}": stream
        for rendering in renderings
        for part, stream in (("picture", rendering.picture), ("sound", rendering.sound))
    }
    lines = [graph.describe(streams)]
    for rendering in renderings:
        planned = rendering.planned
        lines += [_headline(rendering), *(f"  note: {note}" for note in planned.programme.notes)]
        lines += [
            f"  promise: {promise.name} {promise.accept} {promise.unit}".rstrip()
            for promise in planned.promises
        ]
        lines += _sidecars(rendering)
    return "\n".join(lines) + "\n"


def summary(renderings: Sequence[Rendering]) -> Iterator[str]:
    """The plan in short: each file's length and number of promises, and each clip's important notes once."""
    written: set[tuple[Path, str]] = set()
    for rendering in renderings:
        planned = rendering.planned
        yield f"{_headline(rendering)}, {len(planned.promises)} promises"
        notes = [(planned.deliverable.source, line) for line in note_lines(planned.programme.notes)]
        yield from (f"  {line}" for clip, line in notes if (clip, line) not in written)
        written.update(notes)
        yield from _sidecars(rendering)


def note_lines(notes: Sequence[Note]) -> tuple[str, ...]:
    """The notes that ask for action, with the codes that accept them, and then the notes worth knowing."""
    return (
        *(f"action: {note} [{note.code}]" for note in ranked(notes, "act")),
        *(f"note: {note}" for note in ranked(notes, "know")),
    )


def _headline(rendering: Rendering) -> str:
    programme = rendering.planned.programme
    count = len(rendering.pieces)
    pieces = f"in {count} pieces" if count > 1 else "in one piece"
    return f"{rendering.filename}: {programme.frames} frames, {float(programme.duration):.2f} s, {pieces}"


def _sidecars(rendering: Rendering) -> list[str]:
    return [f"  beside it: {rendering.name}{file.suffix}" for file in rendering.planned.programme.files]
