"""The `.cube` format (IRIDAS, Adobe 1.0, Resolve): a file is read exactly, or refused with the line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from finish.errors import FinishError, LutError
from finish.stages.colour.table import Chain, Floats, Table

# Adobe Cube LUT Specification 1.0: points of a 1D table, points per axis of a 3D one.
SIZES: Final = {"LUT_1D_SIZE": range(2, 65_536 + 1), "LUT_3D_SIZE": range(2, 256 + 1)}
DOMAIN: Final = {"DOMAIN_MIN": np.zeros(3), "DOMAIN_MAX": np.ones(3)}
# Only in Resolve: the domain of each table, for all three channels. A file can have a 1D table, the shaper,
# and a 3D table after it.
RANGES: Final = {"LUT_1D_SIZE": "LUT_1D_INPUT_RANGE", "LUT_3D_SIZE": "LUT_3D_INPUT_RANGE"}
KEYWORDS: Final = frozenset({"TITLE", *SIZES, *DOMAIN, *RANGES.values()})
# Room for a 129³ table, the largest that OpenColorIO reads, with eight decimals: 2.1 million lines.
MAX_BYTES: Final = 64 * 1024 * 1024
MAX_LINES: Final = 4_000_000
# FFmpeg holds tables in 32-bit floats.
MAX_NUMBER: Final = float(np.finfo(np.float32).max)

EXPORT: Final = "export it as a plain .cube from the grading tool (3D, 33 or 65 points)"
_NUMBER: Final = re.compile(rb"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_LIKE_A_NUMBER: Final = re.compile(rb"[-+.\d]|(?:nan|inf|infinity)$", re.IGNORECASE)
_TITLE: Final = re.compile(rb'"([^"]*)"|([^"]*)')


def read(data: bytes, name: str) -> Table | Chain:
    """The table in a file called `name`, or its shaper and the table after it.

    LutError, with file and line, for anything else.
    """
    text = _Text(name, _lines(data, name))
    header, start = _header(text)
    shapes = [(int(keyword[4]), _size(text, header, keyword)) for keyword in SIZES if keyword in header]
    if not shapes:
        raise LutError(
            "no LUT_1D_SIZE or LUT_3D_SIZE before the data",
            "check that the .cube file is complete",
            where=text.name,
        )
    domains = [_domain(text, header, f"LUT_{dimensions}D_SIZE") for dimensions, _ in shapes]
    counts = [size**dimensions for dimensions, size in shapes]
    values, title = _values(text, start, sum(counts)), _title(text, header)
    blocks = np.split(values, np.cumsum(counts)[:-1])
    tables = tuple(
        Table(block.reshape(*[size] * dimensions, 3), *domain, title)
        for block, (dimensions, size), domain in zip(blocks, shapes, domains, strict=True)
    )
    return tables[0] if len(tables) == 1 else Chain(tables, title)


@dataclass(frozen=True)
class _Text:
    """The file's lines and the mistakes in them; line numbers count from 1."""

    name: str
    lines: list[bytes]

    def wrong(self, number: int, message: str, hint: str = "") -> FinishError:
        return LutError(message, hint, where=f"{self.name}:{number}")

    def content(self, start: int = 1) -> Iterator[tuple[int, bytes]]:
        """Every line that is neither blank nor a comment, stripped, with its number."""
        for number, line in enumerate(self.lines[start - 1 :], start):
            bare = line.strip()
            if bare and not bare.startswith(b"#"):
                yield number, bare


_Header = Mapping[str, tuple[int, bytes]]


def _lines(data: bytes, name: str) -> list[bytes]:
    """The lines, with any line ends. Only comments and the title can have characters other than ASCII."""
    lines = max(data.count(b"\n"), data.count(b"\r"))
    if len(data) > MAX_BYTES or lines > MAX_LINES:
        limits = f"at most {MAX_BYTES:,} and {MAX_LINES:,} are read"
        raise LutError(f"the look has {len(data):,} bytes in {lines:,} lines; {limits}", EXPORT, where=name)
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data:
        raise LutError("the file isn't plain text", "save it as ASCII or UTF-8", where=name)
    return data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")


def _header(text: _Text) -> tuple[_Header, int]:
    """Each keyword's line number and what follows it, and the number of the first line of data."""
    header: dict[str, tuple[int, bytes]] = {}
    for number, line in text.content():
        word = line.split()[0]
        if _LIKE_A_NUMBER.match(word):
            return header, number
        keyword = word.decode("ascii", "replace")
        if keyword not in KEYWORDS:
            raise text.wrong(
                number,
                f"unknown keyword {_quoted(word)}",
                f"supported keywords: {', '.join(sorted(KEYWORDS))}",
            )
        if keyword in header:
            raise text.wrong(number, f"{keyword} is repeated: first in line {header[keyword][0]}")
        header[keyword] = number, line[len(word) :].strip()
    return header, len(text.lines) + 1


def _size(text: _Text, header: _Header, keyword: str) -> int:
    """Points per axis, checked before anything is allocated."""
    (number, rest), allowed = header[keyword], SIZES[keyword]
    if not re.fullmatch(rb"\d{1,9}", rest) or int(rest) not in allowed:
        raise text.wrong(
            number,
            f"{keyword} must be a whole number from {allowed[0]} to {allowed[-1]}, not {_quoted(rest)}",
        )
    return int(rest)


def _domain(text: _Text, header: _Header, size: str) -> tuple[Floats, Floats]:
    """The two ends of a table's domain, (3,) each."""
    if RANGES[size] in header:
        return _range(text, header, RANGES[size])
    stated = {keyword: header[keyword] for keyword in DOMAIN if keyword in header}
    ends = DOMAIN | {
        keyword: np.array(_three(text, number, rest, keyword)) for keyword, (number, rest) in stated.items()
    }
    low, high = ends["DOMAIN_MIN"], ends["DOMAIN_MAX"]
    for channel, least, most in zip(("red", "green", "blue"), low, high, strict=True):
        if least >= most:
            number = max(number for number, _ in stated.values())
            raise text.wrong(
                number,
                f"the domain of {channel} is from {least:g} to {most:g}",
                "DOMAIN_MIN must be below DOMAIN_MAX",
            )
    return low, high


def _range(text: _Text, header: _Header, keyword: str) -> tuple[Floats, Floats]:
    number, rest = header[keyword]
    words = rest.split()
    if len(words) != 2 or not all(
        _NUMBER.fullmatch(word) and abs(float(word)) <= MAX_NUMBER for word in words
    ):
        raise text.wrong(number, f"{keyword} must be two numbers, not {_quoted(rest)}")
    low, high = (float(word) for word in words)
    if low >= high:
        raise text.wrong(
            number, f"{keyword} is from {low:g} to {high:g}", "the first must be below the second"
        )
    if other := next((end for end in DOMAIN if end in header), None):
        raise text.wrong(header[other][0], f"{other} and {keyword} mix two dialects", EXPORT)
    return np.full(3, low), np.full(3, high)


def _title(text: _Text, header: _Header) -> str:
    number, rest = header.get("TITLE", (0, b""))
    match = _TITLE.fullmatch(rest)
    if match is None:
        raise text.wrong(number, f"TITLE must be one text in quotes, not {_quoted(rest)}")
    return (match[1] or match[2] or b"").decode("utf-8", "replace")


def _values(text: _Text, start: int, expected: int) -> Floats:
    """All rows, (expected, 3): read at once, and one by one only to report a mistake."""
    rows = [line for line in text.lines[start - 1 :] if line.strip() and not line.lstrip().startswith(b"#")]
    if len(rows) == expected:
        try:
            values = np.loadtxt(rows, dtype=np.float64, comments=None, ndmin=2, encoding="latin-1")
        except ValueError:
            values = np.full((1, 1), np.nan)
        if values.shape == (expected, 3) and bool((np.abs(values) <= MAX_NUMBER).all()):
            return values
    raise _mistake(text, start, expected)


def _mistake(text: _Text, start: int, expected: int) -> FinishError:
    """The first row that can't be read, or else the number of rows."""
    numbers = []
    for number, line in text.content(start):
        word = line.split()[0]
        if not _LIKE_A_NUMBER.match(word):
            return text.wrong(
                number, f"{_quoted(word)} after the first row of data", "move keywords before the data"
            )
        _three(text, number, line, "a row")
        numbers.append(number)
    where, hint = (
        (numbers[expected], "")
        if len(numbers) > expected
        else (len(text.lines), "the file is incomplete: export it again")
    )
    return text.wrong(where, f"{len(numbers):,} rows of data, but the size requires {expected:,}", hint)


def _three(text: _Text, number: int, line: bytes, what: str) -> list[float]:
    words = line.split()
    if len(words) != 3:
        raise text.wrong(number, f"{what} must have three numbers, not {len(words)}")
    for word in words:
        if not _NUMBER.fullmatch(word) or abs(float(word)) > MAX_NUMBER:
            raise text.wrong(number, f"{_quoted(word)} isn't a finite 32-bit number")
    return [float(word) for word in words]


def _quoted(raw: bytes) -> str:
    """A part of the file that is safe to print: short, control characters escaped."""
    return repr(raw[:40].decode("ascii", "replace") + ("…" if len(raw) > 40 else ""))
