"""An ASS script: shown with its own styles and overrides, after it has been proven to be one that is understood whole."""

from __future__ import annotations

import math
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Final

from pysubs2 import SSAEvent, SSAFile
from pysubs2.exceptions import Pysubs2Error

from finish import units
from finish.errors import FinishError, GlyphError, several
from finish.graph import TimeSliced
from finish.model import Document, Note, act, know
from finish.stages.captions.cues import Cue, StyledRun, caption_error
from finish.stages.captions.formats.script_fonts import resolve_fonts
from finish.stages.captions.typesetting import packaged_fonts
from finish.units import Span

EVENTS: Final = 20_000
LETTERS: Final = 10_000  # of one event, overrides and drawings included
PLAY_RES: Final = range(64, 8193)
# libass takes 13 s for one frame of `\fs100000` (measured); four pictures high and a hundred times as large are drawn in 0.1 s.
PICTURES_HIGH, SCALE = 4, 10_000

# The headers that change how a script looks; everything else (comments, an editor's own data, embedded files) is left behind.
_KEPT: Final = (
    "PlayResX",
    "PlayResY",
    "LayoutResX",
    "LayoutResY",
    "WrapStyle",
    "ScaledBorderAndShadow",
    "Kerning",
    "Language",
)
_FORMATS: Final = {
    "Style": "Name,Fontname,Fontsize,PrimaryColour,SecondaryColour,OutlineColour,BackColour,Bold,Italic,Underline,StrikeOut,ScaleX,ScaleY,"
    "Spacing,Angle,BorderStyle,Outline,Shadow,Alignment,MarginL,MarginR,MarginV,Encoding",
    "Dialogue": "Layer,Start,End,Style,Name,MarginL,MarginR,MarginV,Effect,Text",
}
_ANEW: Final = "save it anew as ASS v4.00+ in a subtitle editor"
_TIME: Final = re.compile(r"(\d):([0-5]\d):([0-5]\d)\.(\d\d)")
_COLOUR: Final = re.compile(r"&H[0-9A-Fa-f]{1,8}&?|-?\d{1,10}")
_NUMBER: Final = re.compile(r"-?\d{1,6}(\.\d{1,6})?")
_SIZE_TAG: Final = re.compile(r"\\fs(c[xy])?\s*([+-]?\d+)")


@dataclass(frozen=True)
class AssScript(TimeSliced):
    """A script that libass shows as it stands; the payload of the `ass` filter. `cues` are its texts, for sidecars and checks."""

    data: bytes = field(repr=False)
    cues: tuple[Cue, ...] = field(repr=False)
    play: tuple[int, int] = (384, 288)
    notes: tuple[Note, ...] = ()
    rate: Fraction | None = None  # of the frame grid that its events stand on, once they have been moved

    suffix = ".ass"

    @cached_property
    def digest(self) -> str:
        return units.digest(self.data, *(face.digest for face in packaged_fonts.faces()))

    def during(self, span: Span) -> AssScript | None:
        """The events that show in `span`, and those that they may have made way for, or the other way round.

        libass moves text that would stand on other text, and leaves it where it stood: what overlaps belongs together.
        """
        kept = [event for group in self._groups if _reaches(group, span) for event in group]
        if not kept:
            return None
        if len(kept) == sum(map(len, self._groups)):
            return self
        file = SSAFile()
        file.info, file.styles, file.events, file.fonts_opaque = (
            self._file.info,
            self._file.styles,
            kept,
            self._file.fonts_opaque,
        )
        return replace(self, data=file.to_string("ass", header_notice="").encode())

    def moved(self, rate: Fraction, move: Callable[[Span], Span | None]) -> AssScript:
        """Every event shown in the frames of a grid that `move` makes of those it was shown in; those that it makes nothing of are gone.

        Times are in hundredths, so half a frame early: far from where clocks round, up to 99 Hz.
        """
        file, kept = SSAFile.from_string(self.data.decode(), format_="ass"), []
        for event in file.events:
            first, last = (math.ceil(Fraction(time, 1000) * rate) for time in (event.start, event.end))
            span = move(Span(first / rate, max(last, first + 1) / rate))
            if span is not None:
                event.start, event.end = (
                    max(0, round((time - 1 / rate / 2) * 100) * 10) for time in (span.start, span.end)
                )
                kept.append(event)
        file.events = kept
        return replace(self, data=file.to_string("ass", header_notice="").encode(), rate=rate)

    def later(self, by: Fraction) -> AssScript:
        """The same on a clock that is ahead by `by` seconds, a whole number of frames of the grid that it was moved onto."""
        assert self.rate is not None
        return self.moved(self.rate, lambda span: Span(span.start + by, span.end + by))

    @cached_property
    def _file(self) -> SSAFile:
        return SSAFile.from_string(self.data.decode(), format_="ass")

    @cached_property
    def _groups(self) -> list[list[SSAEvent]]:
        return list(_together(self._file.events))

    def content(self) -> bytes:
        return self.data


def _together(events: list[SSAEvent]) -> Iterator[list[SSAEvent]]:
    """Events in groups that share no moment, in order of time."""
    group: list[SSAEvent] = []
    end = 0
    for event in sorted(events, key=lambda each: each.start):
        if group and event.start >= end:
            yield group
            group, end = [], 0
        group.append(event)
        end = max(end, event.end)
    if group:
        yield group


def _reaches(group: list[SSAEvent], span: Span) -> bool:
    """Whether a group shows in `span`, a tenth of a second around it counted in: scripts stand on no frame grid."""
    near = Fraction(1, 10)
    start, end = Fraction(group[0].start, 1000), Fraction(max(each.end for each in group), 1000)
    return start < span.end + near and span.start - near < end


@dataclass(frozen=True)
class _Entry:
    line: int
    kind: str
    fields: tuple[str, ...]


def read_script(text: str, path: str, given: Sequence[Document] = ()) -> AssScript:
    """The script in a text, with the fonts that the user has `given`; FinishError with every line that is not understood, and every
    character that no font draws."""
    lines = text.split("\n")
    entries = list(_entries(lines, path))
    mistakes = [wrong for entry in entries if (wrong := _mistake(entry, f"{path}:{entry.line}"))]
    spoken = [entry for entry in entries if entry.kind == "Dialogue"]
    if len(spoken) > EVENTS:
        mistakes.append(
            caption_error(f"{len(spoken):,} events; {EVENTS:,} are read at most", "split the file", path)
        )
    if mistakes:
        raise several(tuple(mistakes))
    file = _loaded(text, path)
    play = _play_res(file, path)
    file.events = [event for event in file.events if event.type == "Dialogue"]
    if len(file.events) != len(spoken):
        raise caption_error("a Dialogue line outside [Events]", _ANEW, path)
    mistakes += [*_unknown_styles(entries, path), *_too_large(entries, play[1], path)]
    mistakes += _undrawn(file.events, spoken, path)
    if mistakes:
        raise several(tuple(mistakes))
    dropped = bool(file.fonts_opaque or file.graphics_opaque)
    _clean(file, play)
    dressing = resolve_fonts(file, given)
    notes = [
        know(
            "ass-styles",
            "an ASS file is shown with its own styles: style, wrapping, size and position of `captions:` don't apply",
        )
    ]
    notes += [
        *dressing,
        *[act("ass-embedded", "fonts and pictures embedded in the ASS file are not read")] * dropped,
    ]
    return AssScript(
        file.to_string("ass", header_notice="").encode(),
        tuple(_cues(file.events, spoken)),
        play,
        tuple(notes),
    )


def _entries(lines: list[str], path: str) -> Iterator[_Entry]:
    section = ""
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if re.fullmatch(r"\[[A-Za-z0-9+ ]+\]", line):
            section = line.lower()
        kind, _, rest = line.partition(":")
        if section == "[v4+ styles]" and kind == "Style":
            yield _Entry(number, kind, tuple(each.strip() for each in rest.split(",")))
        elif section == "[events]" and kind == "Dialogue":
            yield _Entry(number, kind, tuple(rest.strip().split(",", 9)))
        elif kind == "Format" and section in ("[v4+ styles]", "[events]"):
            expected = _FORMATS["Style" if section != "[events]" else "Dialogue"]
            if rest.replace(" ", "").lower() != expected.lower():
                raise caption_error("fields in another order than ASS v4.00+ has", _ANEW, f"{path}:{number}")
    if section == "" or "[v4+ styles]" not in "\n".join(lines).lower():
        raise caption_error("no ASS v4.00+ script: it has no [V4+ Styles]", _ANEW, path)


def _mistake(entry: _Entry, where: str) -> FinishError | None:
    names = _FORMATS[entry.kind].split(",")
    if len(entry.fields) != len(names):
        return caption_error(f"{entry.kind} with {len(entry.fields)} fields of {len(names)}", _ANEW, where)
    value = dict(zip(names, entry.fields, strict=True))
    if entry.kind == "Style":
        odd = next(
            (
                name
                for name in names[2:]
                if not (_COLOUR if "Colour" in name else _NUMBER).fullmatch(value[name])
            ),
            "",
        )
        return (
            caption_error(f"{odd} of style {value['Name']!r}: {value[odd][:20]!r}", "write a number", where)
            if odd
            else None
        )
    times = [_TIME.fullmatch(value[name].strip()) for name in ("Start", "End")]
    if not all(times):
        return caption_error(
            f"no times: {value['Start']!r}, {value['End']!r}", "write them as 0:00:01.50", where
        )
    start, end = (tuple(map(int, time.groups())) for time in times if time)
    if end <= start:
        return caption_error("the event ends before it starts", "set its end later than its start", where)
    if any(
        not re.fullmatch(r"\s*\d{1,6}\s*", value[name]) for name in ("Layer", "MarginL", "MarginR", "MarginV")
    ):
        return caption_error("layer and margins are whole numbers", "correct them", where)
    if len(value["Text"]) > LETTERS:
        return caption_error(
            f"an event of {len(value['Text']):,} characters; {LETTERS:,} are read at most", "split it", where
        )
    return None


def _loaded(text: str, path: str) -> SSAFile:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return SSAFile.from_string(text, format_="ass")
    except (Pysubs2Error, ValueError, TypeError, KeyError, IndexError, Warning) as wrong:
        raise caption_error("not an ASS file that can be read whole", _ANEW, path) from wrong


def _play_res(file: SSAFile, path: str) -> tuple[int, int]:
    """PlayResX and PlayResY; 384 × 288 where a script states neither, 4:3 where it states one (libass, `ass_lazy_track_init`)."""
    stated = [file.info.get(name) for name in ("PlayResX", "PlayResY")]
    width, height = (int(each) if each and each.isdecimal() else None for each in stated)
    if stated[0] is None and height is not None:
        width = 1280 if height == 1024 else height * 4 // 3
    elif stated[1] is None and width is not None:
        height = 1024 if width == 1280 else width * 3 // 4
    both = zip((width, height), stated, (384, 288), strict=True)
    found = [str(known if known is not None else given or least) for known, given, least in both]
    if not all(each.isdecimal() and int(each) in PLAY_RES for each in found):
        raise caption_error(
            f"PlayRes {' × '.join(found)}", f"write whole numbers from {PLAY_RES[0]} to {PLAY_RES[-1]}", path
        )
    return int(found[0]), int(found[1])


def _clean(file: SSAFile, play: tuple[int, int]) -> None:
    info = {name: file.info[name] for name in _KEPT if name in file.info}
    file.info.clear()
    # libass would convert colours as the video that the script was written for; here they are what the script says, on BT.709.
    file.info |= info | {"PlayResX": str(play[0]), "PlayResY": str(play[1]), "YCbCr Matrix": "TV.709"}
    for each in (file.aegisub_project, file.fonts_opaque, file.graphics_opaque):
        each.clear()


def _unknown_styles(entries: list[_Entry], path: str) -> Iterator[FinishError]:
    """libass would take `Default` without a word."""
    styles = sorted({entry.fields[0].lstrip("*") for entry in entries if entry.kind == "Style"})
    for entry in entries:
        wanted = entry.fields[3].strip()
        if entry.kind == "Dialogue" and wanted.lstrip("*") not in styles:
            yield caption_error(
                f"no style {wanted!r}", f"these are in the file: {', '.join(styles)}", f"{path}:{entry.line}"
            )


def _stated_sizes(entry: _Entry) -> list[tuple[str, str]]:
    return [("", entry.fields[2]), ("c", entry.fields[11]), ("c", entry.fields[12])]


def _too_large(entries: list[_Entry], height: int, path: str) -> Iterator[FinishError]:
    for entry in entries:
        sizes = _stated_sizes(entry) if entry.kind == "Style" else _SIZE_TAG.findall(entry.fields[9])
        if any(abs(float(size)) > (SCALE if scale else PICTURES_HIGH * height) for scale, size in sizes):
            yield caption_error(
                f"text more than {PICTURES_HIGH} pictures high", "lower its size", f"{path}:{entry.line}"
            )


def _undrawn(events: list[SSAEvent], entries: list[_Entry], path: str) -> Iterator[FinishError]:
    for event, entry in zip(events, entries, strict=True):
        missing = (
            "" if event.is_drawing else packaged_fonts.missing_character(event.plaintext.replace("\n", " "))
        )
        if missing:
            name = f"U+{ord(missing):04X} {unicodedata.name(missing, 'without a name')}"
            yield GlyphError(
                f"no font draws {missing!r} ({name})", "replace the character", where=f"{path}:{entry.line}"
            )


def _cues(events: list[SSAEvent], entries: list[_Entry]) -> Iterator[Cue]:
    order = sorted(zip(events, entries, strict=True), key=lambda pair: (pair[0].start, pair[1].line))
    for number, (event, entry) in enumerate(order, 1):
        cue = Cue(
            Fraction(event.start, 1000),
            Fraction(event.end, 1000),
            (StyledRun(event.plaintext),),
            number,
            entry.line,
        )
        if not event.is_drawing and not cue.empty:
            yield cue
