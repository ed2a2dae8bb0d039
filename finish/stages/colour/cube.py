"""The `.cube` format (IRIDAS, Adobe 1.0 and Resolve), read strictly: every file is understood exactly or refused with its line."""

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
# Resolve's own: the domain of each table, for all three channels; a file may hold a 1D table, the shaper, and a 3D one behind it.
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
    """The table in a file called `name`, or its shaper and the table behind it; FinishError "lut" with file and line otherwise."""
    text = _Text(name, _lines(data, name))
    header, start = _header(text)
    shapes = [(int(keyword[4]), _size(text, header, keyword)) for keyword in SIZES if keyword in header]
    if not shapes:
        raise LutError(
            "no LUT_1D_SIZE or LUT_3D_SIZE above the data", "is it a whole .cube file?", where=text.name
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

    def spoken(self, start: int = 1) -> Iterator[tuple[int, bytes]]:
        """Every line that is neither blank nor a comment, stripped, with its number."""
        for number, line in enumerate(self.lines[start - 1 :], start):
            bare = line.strip()
            if bare and not bare.startswith(b"#"):
                yield number, bare


_Header = Mapping[str, tuple[int, bytes]]


def _lines(data: bytes, name: str) -> list[bytes]:
    """Lines, whatever the line ends; only comments and the title may hold more than ASCII."""
    lines = max(data.count(b"\n"), data.count(b"\r"))
    if len(data) > MAX_BYTES or lines > MAX_LINES:
        limits = f"at most {MAX_BYTES:,} and {MAX_LINES:,}"
        raise LutError(
            f"a look of {len(data):,} bytes in {lines:,} lines is too large ({limits})", EXPORT, where=name
        )
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data:
        raise LutError("this is not plain text", "save it as ASCII or UTF-8", where=name)
    return data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")


def _header(text: _Text) -> tuple[_Header, int]:
    """Each keyword's line number and what follows it, and the number of the first line of data."""
    header: dict[str, tuple[int, bytes]] = {}
    for number, line in text.spoken():
        word = line.split()[0]
        if _LIKE_A_NUMBER.match(word):
            return header, number
        keyword = word.decode("ascii", "replace")
        if keyword not in KEYWORDS:
            raise text.wrong(
                number,
                f"no keyword {_shown(word)} in a .cube file",
                f"the keywords are {', '.join(sorted(KEYWORDS))}",
            )
        if keyword in header:
            raise text.wrong(number, f"{keyword} again: it stands in line {header[keyword][0]} already")
        header[keyword] = number, line[len(word) :].strip()
    return header, len(text.lines) + 1


def _size(text: _Text, header: _Header, keyword: str) -> int:
    """Points per axis; nothing is allocated before they are known to be sane."""
    (number, rest), allowed = header[keyword], SIZES[keyword]
    if not re.fullmatch(rb"\d{1,9}", rest) or int(rest) not in allowed:
        raise text.wrong(
            number, f"{keyword} wants a whole number from {allowed[0]} to {allowed[-1]}, not {_shown(rest)}"
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
                f"the domain of {channel} goes from {least:g} to {most:g}",
                "DOMAIN_MIN must be below DOMAIN_MAX",
            )
    return low, high


def _range(text: _Text, header: _Header, keyword: str) -> tuple[Floats, Floats]:
    number, rest = header[keyword]
    words = rest.split()
    if len(words) != 2 or not all(
        _NUMBER.fullmatch(word) and abs(float(word)) <= MAX_NUMBER for word in words
    ):
        raise text.wrong(number, f"{keyword} wants two numbers, not {_shown(rest)}")
    low, high = (float(word) for word in words)
    if low >= high:
        raise text.wrong(
            number, f"{keyword} goes from {low:g} to {high:g}", "the first must be below the second"
        )
    if other := next((each for each in DOMAIN if each in header), None):
        raise text.wrong(header[other][0], f"{other} beside {keyword}: two dialects in one file", EXPORT)
    return np.full(3, low), np.full(3, high)


def _title(text: _Text, header: _Header) -> str:
    number, rest = header.get("TITLE", (0, b""))
    match = _TITLE.fullmatch(rest)
    if match is None:
        raise text.wrong(number, f"TITLE wants one text in quotes, not {_shown(rest)}")
    return (match[1] or match[2] or b"").decode("utf-8", "replace")


def _values(text: _Text, start: int, wanted: int) -> Floats:
    """All rows, (wanted, 3): read at one go, and one by one only to say what is wrong."""
    rows = [line for line in text.lines[start - 1 :] if line.strip() and not line.lstrip().startswith(b"#")]
    if len(rows) == wanted:
        try:
            values = np.loadtxt(rows, dtype=np.float64, comments=None, ndmin=2, encoding="latin-1")
        except ValueError:
            values = np.full((1, 1), np.nan)
        if values.shape == (wanted, 3) and bool((np.abs(values) <= MAX_NUMBER).all()):
            return values
    raise _mistake(text, start, wanted)


def _mistake(text: _Text, start: int, wanted: int) -> FinishError:
    """The first row that is none, or else how many there are."""
    numbers = []
    for number, line in text.spoken(start):
        word = line.split()[0]
        if not _LIKE_A_NUMBER.match(word):
            return text.wrong(
                number,
                f"{_shown(word)} after the data began",
                "keywords stand above the data, and only there",
            )
        _three(text, number, line, "a row")
        numbers.append(number)
    where, hint = (
        (numbers[wanted], "") if len(numbers) > wanted else (len(text.lines), "the file is cut short")
    )
    return text.wrong(where, f"{len(numbers):,} rows of data where the size calls for {wanted:,}", hint)


def _three(text: _Text, number: int, line: bytes, what: str) -> list[float]:
    words = line.split()
    if len(words) != 3:
        raise text.wrong(number, f"{what} wants three numbers, not {len(words)}")
    for word in words:
        if not _NUMBER.fullmatch(word) or abs(float(word)) > MAX_NUMBER:
            raise text.wrong(number, f"{_shown(word)} is no number that a picture can hold")
    return [float(word) for word in words]


def _shown(raw: bytes) -> str:
    """A piece of the file that is safe to print: short, control characters escaped."""
    return repr(raw[:40].decode("ascii", "replace") + ("…" if len(raw) > 40 else ""))
