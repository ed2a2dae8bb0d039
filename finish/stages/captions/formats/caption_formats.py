"""Caption documents of every format → cues, or an error that names the line. No cue is lost without a word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from finish.errors import FinishError, several
from finish.model import Document, Note, act, know
from finish.stages.captions.cues import Cue, StyledRun, caption_error, overlap_count, with_durations
from finish.stages.captions.formats import plain_text, stl, timed_text, transcript_cues
from finish.stages.captions.formats.ass_script import AssScript, read_script
from finish.stages.captions.formats.markup import TURNING, check, decoded, srt_runs, vtt_runs
from finish.units import clock

# A two-hour film has about 1,500 cues of at most 84 characters (standards: caption style).
CUES: Final = 20_000
CHARACTERS: Final = 1_000  # of one cue, its markup and the blank lines after it included
HOURS: Final = 24  # timecodes of a programme begin at 1 or at 10 hours, and none goes on past midnight

_SRT_TIME: Final = r"(\d{1,3}):([0-5]?\d):([0-5]?\d)[,.](\d{3})"
_SRT: Final = re.compile(rf"{_SRT_TIME}\s*-->\s*{_SRT_TIME}(?:\s+[XY]\d:.*)?")
_VTT_TIME: Final = r"(?:(\d{2,3}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_VTT: Final = re.compile(rf"{_VTT_TIME}[ \t]+-->[ \t]+{_VTT_TIME}(?:[ \t].*)?")
_SRT_EXAMPLE, _VTT_EXAMPLE = "0:00:01,500 --> 0:00:03,000", "00:01.500 --> 00:03.000"
_NEGATIVE: Final = re.compile(r"^-\s*\d|-->\s*-\s*\d")
_TIMED: Final = re.compile(r"\d\s*-->|-->\s*-?\s*\d")


@dataclass(frozen=True)
class CaptionFile:
    """A caption file as read: its cues in order of time, what is odd about it, and the script itself when it is ASS.

    `untimed` are the sentences of a plain text, which says nothing of when they are spoken.
    """

    cues: tuple[Cue, ...]
    notes: tuple[Note, ...] = ()
    script: AssScript | None = None
    untimed: tuple[str, ...] = ()


@dataclass(frozen=True)
class _TimedBlock:
    """A timing line and the text lines under it, with the timing line's number in the file."""

    line: int
    timing: str
    text: str


@dataclass(frozen=True)
class _File:
    """A document with its text, and what its decoding had to say."""

    document: Document
    text: str = ""
    notes: tuple[Note, ...] = ()
    fonts: tuple[Document, ...] = ()


def read(
    document: Document, encoding: str = "", language: str = "", fonts: Sequence[Document] = ()
) -> CaptionFile:
    """The captions in a document, by its suffix; FinishError with file and line for whatever cannot be understood exactly.

    `fonts` are files that a script may name fonts of.
    """
    reader, path = _READERS.get(document.suffix), str(document.path)
    if reader is None:
        kind = document.suffix or document.path.name
        raise caption_error(
            f"no captions of type {kind!r} are read", f"these are: {' '.join(_READERS)}", path
        )
    text, note = ("", "") if document.suffix == ".stl" else decoded(document, encoding, language)
    captions = reader(_File(document, text, (know("captions-encoding", note),) if note else (), tuple(fonts)))
    if not captions.cues and not captions.untimed:
        raise caption_error("no cue in the file", "is it the right file?", path)
    if len(captions.cues) > CUES:
        raise caption_error(f"{len(captions.cues):,} cues; {CUES:,} are read at most", "split the file", path)
    return captions


def _ass(file: _File) -> CaptionFile:
    parsed = read_script(file.text, str(file.document.path), file.fonts)
    return CaptionFile(parsed.cues, (*file.notes, *parsed.notes), parsed)


def _json(file: _File) -> CaptionFile:
    found = transcript_cues.read_transcript(file.text, str(file.document.path))
    return CaptionFile(found, (*file.notes, *_oddities(list(found), found, turned=False)))


def _srt(file: _File) -> CaptionFile:
    blocks = list(_srt_blocks(file.text.split("\n"), str(file.document.path)))
    literal = [block.line for block in blocks if "{\\" in block.text]
    text = f"line {literal[0] if literal else 0}: `{{\\…}}` is shown as it stands: SRT has no such tags (save as .ass to use them)"
    notes = (act("captions-tags", text),) if literal else ()
    return _captions(file, blocks, (_SRT, srt_runs, _SRT_EXAMPLE), notes)


def _vtt(file: _File) -> CaptionFile:
    return _captions(
        file,
        list(_vtt_blocks(file.text.split("\n"), str(file.document.path))),
        (_VTT, vtt_runs, _VTT_EXAMPLE),
        (),
    )


def _exchanged(file: _File) -> CaptionFile:
    path = str(file.document.path)
    found, notes = (
        stl.read_stl(file.document)
        if file.document.suffix == ".stl"
        else timed_text.read_timed_text(file.text, file.document.path)
    )
    for cue in found:
        _keep_short(cue.text, f"{path}, cue {cue.number}")
        _keep_hours(cue.end, f"{path}, cue {cue.number}")
    cues = _sorted(found)
    return CaptionFile(cues, (*file.notes, *notes, *_oddities(found, cues, turned=False)))


def _plain(file: _File) -> CaptionFile:
    return CaptionFile((), file.notes, untimed=plain_text.text_sentences(file.text))


_READERS: Final[dict[str, Callable[[_File], CaptionFile]]] = {
    ".srt": _srt,
    ".vtt": _vtt,
    ".ass": _ass,
    ".json": _json,
    ".scc": _exchanged,
    ".stl": _exchanged,
    ".txt": _plain,
    **dict.fromkeys(timed_text.XML, _exchanged),
}


def _srt_blocks(lines: list[str], path: str) -> Iterator[_TimedBlock]:
    """A block starts at a timing line; the number above it, after a blank line or one more than the last, belongs to it."""
    starts = [number for number, line in enumerate(lines) if _is_srt_timing(lines, number)]
    heads = [_head(lines, start) for start in starts]
    ends = [*heads, len(lines)]
    _nothing_before(lines, ends[0], path)
    for start, end in zip(starts, ends[1:], strict=True):
        yield _TimedBlock(start + 1, lines[start].strip(), "\n".join(lines[start + 1 : end]))


def _is_srt_timing(lines: list[str], number: int) -> bool:
    """An arrow next to a digit, or at the head of a block; any other arrow is text."""
    line = lines[number]
    if "-->" not in line:
        return False
    above = lines[number - 1].strip() if number else ""
    return (
        bool(_TIMED.search(line))
        or not above
        or (_counts(above) and (number < 2 or not lines[number - 2].strip()))
    )


def _head(lines: list[str], start: int) -> int:
    above = lines[start - 1].strip() if start else ""
    if not _counts(above):
        return start
    alone = start < 2 or not lines[start - 2].strip()
    return start - 1 if alone or _follows(lines, start - 2, int(above)) else start


def _counts(line: str) -> bool:
    return line.isdecimal() and len(line) < 10


def _follows(lines: list[str], at: int, number: int) -> bool:
    """Whether the cue before was number − 1: then this number is a counter although no blank line stands above it."""
    arrow = next((each for each in range(at, 0, -1) if "-->" in lines[each]), 0)
    return lines[arrow - 1].strip() == str(number - 1) if arrow else False


def _nothing_before(lines: list[str], head: int, path: str) -> None:
    stray = next((number for number, line in enumerate(lines[:head], 1) if line.strip()), None)
    if stray is not None:
        found = f"text outside any cue: {lines[stray - 1].strip()[:40]!r}"
        raise caption_error(found, f"a cue starts with a line like {_SRT_EXAMPLE}", f"{path}:{stray}")


def _vtt_blocks(lines: list[str], path: str) -> Iterator[_TimedBlock]:
    """Blocks stand between blank lines; NOTE, STYLE and REGION are passed over, a cue may have an identifier above its times."""
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        raise caption_error(
            "a WebVTT file starts with the line WEBVTT", "add it, or name the file .srt", f"{path}:1"
        )
    head = next((number for number, line in enumerate(lines) if not line.strip()), len(lines))
    early = next((number for number, line in enumerate(lines[:head], 1) if "-->" in line), None)
    if early is not None:
        raise caption_error(
            "a cue inside the header", "put a blank line under the line WEBVTT", f"{path}:{early}"
        )
    for first, block in _paragraphs(lines, head):
        if re.match(r"(NOTE|STYLE|REGION)(?:[ \t]|$)", block[0]) and "-->" not in block[0]:
            continue
        at = 0 if "-->" in block[0] else 1
        if at >= len(block) or "-->" not in block[at]:
            raise caption_error(
                f"neither a cue nor a NOTE: {block[0][:40]!r}",
                "a blank line inside a cue? Take it out",
                f"{path}:{first}",
            )
        arrow = next(
            (number for number, line in enumerate(block[at + 1 :], first + at + 1) if "-->" in line), None
        )
        if arrow is not None:
            raise caption_error(
                "an arrow --> inside a cue's text",
                "put a blank line before the next cue, or write --&gt;",
                f"{path}:{arrow}",
            )
        yield _TimedBlock(first + at, block[at].strip(), "\n".join(block[at + 1 :]))


def _paragraphs(lines: list[str], start: int) -> Iterator[tuple[int, list[str]]]:
    block: list[str] = []
    for number, line in enumerate([*lines[start:], ""], start + 1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


_Dialect = tuple[
    re.Pattern[str], Callable[[str], tuple[StyledRun, ...]], str
]  # timing line, markup, an example of a timing line


def _captions(
    file: _File, blocks: list[_TimedBlock], dialect: _Dialect, notes: tuple[Note, ...]
) -> CaptionFile:
    found: list[Cue] = []
    mistakes: list[FinishError] = []
    for number, block in enumerate(blocks, 1):
        try:
            found.append(_cue(number, block, dialect, f"{file.document.path}:{block.line}"))
        except FinishError as wrong:
            mistakes.append(wrong)
    if mistakes:
        raise several(tuple(mistakes))
    cues, given = with_durations(_sorted(found))
    odd = _oddities(found, cues, turned=any(TURNING.search(block.text) for block in blocks))
    return CaptionFile(cues, (*file.notes, *notes, *odd, *given))


def _sorted(found: list[Cue]) -> tuple[Cue, ...]:
    return tuple(sorted((cue for cue in found if not cue.empty), key=lambda cue: (cue.start, cue.number)))


def _cue(number: int, block: _TimedBlock, dialect: _Dialect, where: str) -> Cue:
    pattern, runs, example = dialect
    start, end = _times(block, pattern, example, where)
    _keep_short(block.text, where)
    cue = Cue(start, end, runs(block.text), number, block.line)
    check(cue.text, where)
    return cue


def _times(
    block: _TimedBlock, pattern: re.Pattern[str], example: str, where: str
) -> tuple[Fraction, Fraction]:
    if _NEGATIVE.search(block.timing):
        raise caption_error(
            f"a negative time: {block.timing[:60]}", "times count from 0, the first frame", where
        )
    match = pattern.fullmatch(block.timing)
    if match is None:
        raise caption_error(f"no times: {block.timing[:60]!r}", f"write them as {example}", where)
    parts = [int(part or 0) for part in match.groups()]
    start, end = (3600 * h + 60 * m + s + Fraction(ms, 1000) for h, m, s, ms in (parts[:4], parts[4:]))
    if end < start:
        raise caption_error(
            f"the cue ends before it starts: {block.timing[:60]}", "set its end later than its start", where
        )
    _keep_hours(end, where)
    return start, end


def _keep_short(text: str, where: str) -> None:
    if len(text) > CHARACTERS:
        raise caption_error(
            f"a cue of {len(text):,} characters; {CHARACTERS:,} are read at most", "split it", where
        )


def _keep_hours(end: Fraction, where: str) -> None:
    if end >= HOURS * 3600:
        raise caption_error(
            f"a time past {HOURS} hours: {clock(end)}",
            "times count from 0, the first frame, or are timecodes of one day",
            where,
        )


def _oddities(found: list[Cue], cues: tuple[Cue, ...], *, turned: bool) -> Iterator[Note]:
    empty = [cue for cue in found if cue.empty]
    if empty:
        yield know(
            "captions-odd",
            f"{len(empty)} empty cue{'s' * (len(empty) > 1)} left out, the first at line {empty[0].line}",
        )
    if [cue.number for cue in cues] != sorted(cue.number for cue in cues):
        yield know("captions-odd", "the cues were not in order of time: sorted")
    if over := overlap_count(cues):
        yield know(
            "captions-odd",
            f"{over} cue{'s start' if over > 1 else ' starts'} before the one before has ended",
        )
    if turned:
        yield know(
            "captions-odd",
            "invisible marks that turn the reading direction (U+202A–202E, U+2066–2069) or byte order marks "
            "inside the text taken out",
        )
