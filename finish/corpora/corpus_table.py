"""The comparison of a corpus as a table, as lists of what differs, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from finish.corpora.caption_corpus import LEAST, JudgedFile
from finish.units import clock

_TOTAL: Final = "all"
# Each kind of difference, as the list of differing files names it.
_KINDS: Final = {
    "lost": "lost",
    "time": "wrong time",
    "words": "other words",
    "added": "only read by us",
    "reported": "left out with a note",
}
_FEW: Final = 3  # texts that the list quotes of one file
_QUOTED: Final = 60  # characters


@dataclass(frozen=True)
class CorpusRow:
    """The files of one format that one independent reader reads, and what of them we read.

    `cues` and `our_cues` are counted in files that both read, and so are the four kinds of differences.
    `disputed` is how many files differ from this reader, and not from another independent one.
    """

    format: str
    judge: str
    files: int
    read: int
    percent: float
    cues: int
    our_cues: int
    lost: int
    wrong_times: int
    other_words: int
    added: int
    disputed: int


def rows(files: Sequence[JudgedFile]) -> tuple[CorpusRow, ...]:
    """A row for each format and independent reader, then one of all files that any of them reads."""
    pairs = sorted({(file.form, file.judge) for file in files})
    each_pair = (
        _row(form, judge, [file for file in files if (file.form, file.judge) == (form, judge)])
        for form, judge in pairs
    )
    return (*each_pair, _row(_TOTAL, _TOTAL, files))


def passed(files: Sequence[JudgedFile]) -> bool:
    """Whether 99 % of the files are read, without a lost cue or a wrong time."""
    total = rows(files)[-1]
    return total.read >= LEAST * total.files and not total.lost and not total.wrong_times


def table(files: Sequence[JudgedFile]) -> Iterator[str]:
    """The rows as an aligned table, then each file that is refused or differs, with the reason."""
    heads = [field.name.replace("_", " ") for field in fields(CorpusRow)]
    cells = [heads, *([str(getattr(row, field.name)) for field in fields(row)] for row in rows(files))]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    for file in files:
        if reason := _reason(file):
            yield f"{file.path} ({file.judge}): {reason}"


def as_json(files: Sequence[JudgedFile]) -> Mapping[str, Any]:
    """The rows, and each file that is refused or differs with every difference; times in seconds."""
    return {
        "passed": passed(files),
        "rows": [{field.name: getattr(row, field.name) for field in fields(row)} for row in rows(files)],
        "files": [_file_json(file) for file in files if file.refusal or file.differences],
    }


def _row(form: str, judge: str, files: Sequence[JudgedFile]) -> CorpusRow:
    both = [file for file in files if not file.refusal]
    paths, read = len({file.path for file in files}), len({file.path for file in both})
    lost, times, words, added = (
        sum(file.count(kind) for file in both) for kind in ("lost", "time", "words", "added")
    )
    return CorpusRow(
        format=form,
        judge=judge,
        files=paths,
        read=read,
        percent=round(100 * read / max(paths, 1), 1),
        cues=sum(file.cues for file in both),
        our_cues=sum(file.our_cues for file in both),
        lost=lost,
        wrong_times=times,
        other_words=words,
        added=added,
        disputed=sum(file.disputed for file in both),
    )


def _reason(file: JudgedFile) -> str:
    if file.refusal:
        return f"refused: {file.refusal}"
    if not file.differences:
        return ""
    counted = ", ".join(_counted(file, _KINDS))
    quoted = "; ".join(
        f"{clock(difference.start)} {difference.text[:_QUOTED]!r}" for difference in file.differences[:_FEW]
    )
    return f"{'disputed: ' if file.disputed else ''}{counted}: {quoted}"


def _counted(file: JudgedFile, kinds: Iterable[str]) -> Iterator[str]:
    for kind in kinds:
        count = sum(difference.kind == kind for difference in file.differences)
        if count:
            yield f"{count} {_KINDS[kind]}"


def _file_json(file: JudgedFile) -> Mapping[str, Any]:
    return {
        "path": str(file.path),
        "judge": file.judge,
        "refused": file.refusal,
        "disputed": file.disputed,
        "differences": [
            {"kind": difference.kind, "start": float(difference.start), "text": difference.text}
            for difference in file.differences
        ],
    }
