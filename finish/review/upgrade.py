"""A job planned twice: with its approval, and with what this version of finish brings."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from finish.jobspec import LoadedJob
from finish.model import Promise
from finish.planning.render_plan import Piece, Rendering

Change = tuple[str, str, str]  # what changes, its approved value, and its present value


@dataclass(frozen=True)
class FileUpgrade:
    """One deliverable as approved and as this version makes it."""

    before: Rendering
    after: Rendering
    changes: tuple[Change, ...] = ()

    @property
    def name(self) -> str:
        """The deliverable's name."""
        return self.after.name

    @property
    def changed_pieces(self) -> tuple[Piece, ...]:
        """The pieces of the picture that would be rendered again."""
        approved = {piece.picture.key for piece in self.before.pieces}
        return tuple(piece for piece in self.after.pieces if piece.picture.key not in approved)

    @property
    def sound_changes(self) -> bool:
        """Whether the sound would be another."""
        return self.before.sound.key != self.after.sound.key

    @property
    def files_change(self) -> bool:
        """Whether a file beside the picture would be another."""
        return self.before.planned.programme.files != self.after.planned.programme.files

    @property
    def is_same(self) -> bool:
        """Whether nothing would change."""
        return self.before.key == self.after.key and not self.changes


def compared(
    approved: LoadedJob, current: LoadedJob, before: Sequence[Rendering], after: Sequence[Rendering]
) -> tuple[FileUpgrade, ...]:
    """Every deliverable that both plans have, in their order."""
    earlier = {rendering.name: rendering for rendering in before}
    return tuple(
        FileUpgrade(
            earlier[rendering.name],
            rendering,
            (
                *_settings(approved, current, rendering.name),
                *_styles(earlier[rendering.name], rendering),
                *_promises(earlier[rendering.name], rendering),
            ),
        )
        for rendering in after
        if rendering.name in earlier
    )


def newer_analysers(recorded: Mapping[str, int], current: Mapping[str, int]) -> tuple[Change, ...]:
    """The analysers that have another version than the approval records."""
    return tuple(
        (name, str(recorded[name]), str(version))
        for name, version in current.items()
        if recorded.get(name, version) != version
    )


def _settings(approved: LoadedJob, current: LoadedJob, name: str) -> Iterator[Change]:
    before = {row.key: row.value for row in approved.explain(name)}
    after = {row.key: row.value for row in current.explain(name)}
    for key in dict.fromkeys([*before, *after]):
        values = before.get(key, "–"), after.get(key, "–")
        if values[0] != values[1]:
            yield (key, *values)


def _styles(before: Rendering, after: Rendering) -> Iterator[Change]:
    """The lines in which a packaged caption style differs."""
    texts = [_style_lines(rendering) for rendering in (before, after)]
    for path in sorted(texts[0].keys() & texts[1].keys()):
        label = f"style {path}"
        matcher = difflib.SequenceMatcher(None, texts[0][path], texts[1][path], autojunk=False)
        for kind, start, end, other_start, other_end in matcher.get_opcodes():
            if kind != "equal":
                old, new = texts[0][path][start:end], texts[1][path][other_start:other_end]
                yield label, ", ".join(old) or "–", ", ".join(new) or "–"


def _style_lines(rendering: Rendering) -> dict[str, list[str]]:
    documents = (
        document for document in rendering.planned.deliverable.documents if document.path.name == "style.yaml"
    )
    return {document.path.parent.name: _statements(document.data.decode()) for document in documents}


def _statements(text: str) -> list[str]:
    """The lines of a YAML file that state something, without comments at their end."""
    lines = (line.split("  #")[0].strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _promises(before: Rendering, after: Rendering) -> Iterator[Change]:
    earlier, later = (_accepted(rendering.planned.promises) for rendering in (before, after))
    for name in dict.fromkeys([*earlier, *later]):
        values = earlier.get(name, "not promised"), later.get(name, "not promised")
        if values[0] != values[1]:
            yield (f"promise {name}", *values)


def _accepted(promises: Sequence[Promise[object]]) -> dict[str, str]:
    return {promise.name: f"{promise.accept} {promise.unit}".strip() for promise in promises}
