"""`strings/{lang}.csv`: the texts of one language by key, as spreadsheets write them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

COLUMNS: Final = ("key", "source", "translation", "used", "room", "note")
ROWS: Final = 10_000  # house limit, as for the files of a job
KEY_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
_DELIMITERS: Final = ",;\t"
# What a spreadsheet takes as a formula (OWASP, CSV injection), also in full width. A cell that begins so is
# written with an apostrophe before it; one that already has apostrophes there gets one more.
_FORMULA: Final = re.compile("'*[=+\\-@\t\r＝＋－＠]")
_QUOTED: Final = re.compile("'+[=+\\-@\t\r＝＋－＠]")


@dataclass(frozen=True)
class TableProblem:
    """What is wrong in a line of a table (from 1), and what to do about it."""

    line: int
    message: str
    hint: str


@dataclass(frozen=True)
class StringRow:
    """One key with its texts. `line` is its line in the file (from 1), 0 if it comes from none.

    `note` is for people: what the source was before it changed.
    """

    key: str
    source: str = ""
    translation: str = ""
    used: str = ""
    room: str = ""
    note: str = ""
    line: int = 0


@dataclass(frozen=True)
class StringTable:
    """The rows of a file by key, and what is wrong with it."""

    rows: Mapping[str, StringRow] = field(default_factory=dict)
    problems: tuple[TableProblem, ...] = ()


def read_table(data: bytes) -> StringTable:
    """A table of UTF-8 or UTF-16, separated by commas, semicolons or tabs; its header names the columns.

    Columns and rows can be in any order; columns other than `COLUMNS` are left out.
    """
    try:
        text = _decoded(data)
    except UnicodeDecodeError:
        return _wrong(1, "isn't UTF-8", 'save it as "CSV UTF-8"')
    first = text.split("\n", 1)[0].strip().casefold()
    stated = first.removeprefix("sep=") if first.startswith("sep=") else ""
    skipped = 1 if stated else 0
    body = text.split("\n", 1)[1] if stated and "\n" in text else text
    delimiter = stated[:1] if stated[:1] and stated[:1] in _DELIMITERS else _delimiter(body)
    try:
        records = list(_records(body, delimiter, skipped))
    except csv.Error as error:
        return _wrong(1, f"isn't a table: {error}", "check its quotes, and save it again")
    return _table(records)


def written_table(rows: Sequence[StringRow]) -> bytes:
    """The rows as UTF-8 with a byte order mark, by which spreadsheets know it, and lines ending in CRLF."""
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_safe(getattr(row, column)) for column in COLUMNS])
    return lines.getvalue().encode("utf-8-sig")


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")


def _delimiter(text: str) -> str:
    """The sign that the header has most often."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=header.count)


def _records(text: str, delimiter: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """Each record that isn't empty, with the line of its beginning."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    for record in reader:
        if any(cell.strip() for cell in record):
            yield skipped + line, record
        line = reader.line_num + 1


def _table(records: list[tuple[int, list[str]]]) -> StringTable:
    if not records:
        return _wrong(1, "is empty", 'write it with "finish strings"')
    (line, header), *others = records
    columns = [cell.strip().casefold() for cell in header]
    if missing := next((name for name in ("key", "translation") if columns.count(name) != 1), ""):
        count = "no" if missing not in columns else "more than one"
        return _wrong(line, f'has {count} column "{missing}"', f"its first line is {','.join(COLUMNS)}")
    if len(others) > ROWS:
        return _wrong(line, f"has {len(others)} rows", f"use at most {ROWS}")
    rows: dict[str, StringRow] = {}
    problems = []
    for at, cells in others:
        row = _row(at, columns, cells)
        if problem := _row_problem(row, len(cells) > len(columns), rows):
            problems.append(problem)
        else:
            rows[row.key] = row
    return StringTable(rows, tuple(problems))


def _row(line: int, columns: Sequence[str], cells: Sequence[str]) -> StringRow:
    named = {name: _text(cell) for name, cell in zip(columns, cells, strict=False) if name in COLUMNS}
    key = named.pop("key", "").strip()
    return StringRow(key, **named, line=line)


def _row_problem(row: StringRow, too_long: bool, rows: Mapping[str, StringRow]) -> TableProblem | None:
    if too_long:
        return TableProblem(row.line, "has more cells than the header", "put texts with separators in quotes")
    if not KEY_NAME.fullmatch(row.key):
        return TableProblem(row.line, "has no valid key", "use A-Z a-z 0-9 _ . -, at most 60")
    if row.key in rows:
        return TableProblem(row.line, f'"{row.key}" is in line {rows[row.key].line}, too', "keep one row")
    return None


def _safe(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _text(cell: str) -> str:
    bare = cell[1:] if _QUOTED.match(cell) else cell
    return bare.replace("\r\n", "\n").replace("\r", "\n")


def _wrong(line: int, message: str, hint: str) -> StringTable:
    return StringTable({}, (TableProblem(line, message, hint),))
