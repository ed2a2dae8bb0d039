"""Plans as text, complete or in short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from finish import graph
from finish.model import Footage, Note, ranked
from finish.planning.render_plan import Rendering
from finish.planning.segment_rows import segment_rows, table_lines


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
        lines += [_headline(rendering), *_segments(rendering)]
        lines += [f"  note: {note}" for note in planned.programme.notes]
        lines += [
            f"  promise: {promise.name} {promise.accept} {promise.unit}".rstrip()
            for promise in planned.promises
        ]
        lines += _sidecars(rendering)
    return "\n".join(lines) + "\n"


def summary(renderings: Sequence[Rendering]) -> Iterator[str]:
    """The plan in short: each file's length and number of promises; each timeline's segments, and the
    important notes of each clip or timeline, once."""
    written: set[tuple[Footage, str]] = set()
    for rendering in renderings:
        planned = rendering.planned
        yield f"{_headline(rendering)}, {len(planned.promises)} promises"
        footage = planned.deliverable.footage
        table = "\n".join(_segments(rendering))
        if table and (footage, table) not in written:
            yield table
        notes = [(footage, line) for line in note_lines(planned.programme.notes)]
        yield from (f"  {line}" for _, line in notes if (footage, line) not in written)
        written.update([(footage, table), *notes])
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


def _segments(rendering: Rendering) -> list[str]:
    return [f"  {line}" for line in table_lines(segment_rows(rendering.planned))]


def _sidecars(rendering: Rendering) -> list[str]:
    return [f"  beside it: {rendering.name}{file.suffix}" for file in rendering.planned.programme.files]
