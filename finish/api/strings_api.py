"""The texts of a job for translators: string tables are written, and read back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

from finish.api.loading import load
from finish.errors import PathError
from finish.jobspec.string_table import StringRow, read_table, written_table
from finish.jobspec.wording import FOLDER, TextUse, Wording
from finish.storage.publish import write_whole

_SOURCE_WAS: Final = "source was: "  # begins the note on a row whose source has changed since its translation


@dataclass(frozen=True)
class JobStrings:
    """The texts of the job in the folder `root` that are stated by language or key."""

    root: Path
    wording: Wording

    @property
    def problems(self) -> Iterator[str]:
        """Every text that is missing or doesn't fit, and every translation of a source that has changed."""
        for use in self._uses:
            if use.text is None:
                yield f"{use.at.where}  {use.label}: has no text in {use.lang}"
            for fit in self.wording.fits.get((use.path, use.lang), ()):
                if fit.problem:
                    yield f"{use.at.where}  {use.label} in {use.lang}: {fit.problem} — {fit.hint}"
        for (folder, lang), rows in self.tables.items():
            for row in rows:
                if row.note.startswith(_SOURCE_WAS) and row.translation:
                    place = f"{self._name(folder)}/{lang}.csv:{row.line}"
                    yield f"{place}  {row.key}: the source has changed — check the text, and delete the note"

    @cached_property
    def tables(self) -> dict[tuple[Path, str], tuple[StringRow, ...]]:
        """The rows of each table by its folder and language: those of the job in its order, then others."""
        keyed = [use for use in self._uses if use.key and use.table]
        places = dict.fromkeys((use.at.folder, use.table) for use in keyed)
        return {
            (folder / FOLDER, lang): self._rows(
                [use for use in keyed if (use.at.folder, use.table) == (folder, lang)]
            )
            for folder, lang in places
        }

    def write(self, folder: Path | None = None) -> tuple[Path, ...]:
        """Write the tables, to `folder` or beside the files that state their texts; returns the written ones.

        Translations that are there stay. PathError for a table that isn't in the job's folder, or that can't
        be read.
        """
        merged: dict[Path, tuple[StringRow, ...]] = {}
        for (own, lang), rows in self.tables.items():
            path = (folder or self._inside(own)) / f"{lang}.csv"
            merged[path] = _joined(merged.get(path, ()), _kept(path, rows) if folder else rows)
        for path, rows in merged.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, written_table(rows))
        return tuple(merged)

    @property
    def _uses(self) -> Sequence[TextUse]:
        return tuple(self.wording.uses.values())

    def _rows(self, uses: Sequence[TextUse]) -> tuple[StringRow, ...]:
        """The rows of one table."""
        known = self.wording.table(uses[0].at, uses[0].table).rows
        by_key: dict[str, list[TextUse]] = {}
        for use in uses:
            by_key.setdefault(use.key, []).append(use)
        rows = [self._row(key, group, known.get(key)) for key, group in by_key.items()]
        unused = [replace(row, used="", room="") for key, row in known.items() if key not in by_key]
        return (*rows, *unused)

    def _row(self, key: str, uses: Sequence[TextUse], known: StringRow | None) -> StringRow:
        rooms = [fit.room for use in uses for fit in self.wording.fits.get((use.path, use.lang), ())]
        labels = dict.fromkeys(f"{use.label} ({use.at.place})" for use in uses)
        row = known or StringRow(key)
        source = next((use.source for use in uses if use.source), "") or self._source(key, uses[0].table)
        changed = bool(row.translation and row.source and source and row.source != source)
        return replace(
            row,
            source=source or row.source,
            used="; ".join(labels),
            room=str(min(rooms)) if rooms else "",
            note=f"{_SOURCE_WAS}{row.source}" if changed else row.note,
        )

    def _source(self, key: str, lang: str) -> str:
        """The text of a key in the first language of the job that has one; "" for that language itself."""
        first = next((use for use in self._uses if use.key == key and use.text and use.table), None)
        return first.text or "" if first and first.table != lang else ""

    def _inside(self, folder: Path) -> Path:
        """The folder of a table, if it is in the job's folder."""
        root = self.root.resolve()
        if not folder.resolve().is_relative_to(root):
            message = f"{folder} isn't in the folder of the job"
            raise PathError(message, "name the folder to write to: finish strings JOB -o DIR")
        return folder

    def _name(self, folder: Path) -> str:
        inside = folder.is_relative_to(self.root)
        return folder.relative_to(self.root).as_posix() if inside else str(folder)


def job_strings(target: str | Path, *, libraries: Sequence[str | Path] = ()) -> JobStrings:
    """The texts of a job; FinishError for mistakes other than texts that are missing or don't fit."""
    loaded = load(target, libraries=libraries, untranslated=True)
    assert loaded.wording is not None
    return JobStrings(loaded.job.folder, loaded.wording)


def _kept(path: Path, rows: Sequence[StringRow]) -> tuple[StringRow, ...]:
    """The rows with the translations of the file at `path`, and its other rows."""
    if not path.exists():
        return tuple(rows)
    table = read_table(path.read_bytes())
    if table.problems:
        problem = table.problems[0]
        raise PathError(f"{path}:{problem.line}: {problem.message}", problem.hint)
    translated = {key: row for key, row in table.rows.items() if row.translation}
    own = [
        replace(row, translation=translated[row.key].translation) if row.key in translated else row
        for row in rows
    ]
    return _joined(own, tuple(table.rows.values()))


def _joined(rows: Sequence[StringRow], others: Sequence[StringRow]) -> tuple[StringRow, ...]:
    """The rows, and of the others those with other keys."""
    keys = {row.key for row in rows}
    return (*rows, *(row for row in others if row.key not in keys))
