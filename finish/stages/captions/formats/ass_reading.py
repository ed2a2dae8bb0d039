"""ASS text → a script that is proven to be understood whole; libass would guess where a script is wrong."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from pysubs2 import SSAEvent, SSAFile
from pysubs2.exceptions import Pysubs2Error

from finish.errors import FinishError, GlyphError, several
from finish.model import Document
from finish.stages.captions import messages
from finish.stages.captions.cues import Cue, StyledRun
from finish.stages.captions.formats.ass_script import AssScript, written
from finish.stages.captions.formats.script_dialects import FIELDS, in_order
from finish.stages.captions.formats.script_fonts import resolve_fonts
from finish.stages.captions.source_place import SourcePlace, caption_error
from finish.stages.captions.typesetting import packaged_fonts

EVENTS: Final = 20_000
LETTERS: Final = 10_000  # of one event, overrides and drawings included
PLAY_RES: Final = range(64, 8193)
# libass takes 13 s for one frame of `\fs100000` (measured); text four pictures high and scaled a hundredfold
# is drawn in 0.1 s.
PICTURES_HIGH, SCALE = 4, 10_000

# The headers that change how a script looks; all others (comments, an editor's own data, embedded files) are
# dropped.
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
_SAVE_AGAIN: Final = "save it as ASS v4.00+ in a subtitle editor"
_TIME: Final = re.compile(r"(\d{1,2}):([0-5]\d):([0-5]\d)\.(\d\d)")
_COLOUR: Final = re.compile(r"&H[0-9A-Fa-f]{1,8}&?|-?\d{1,10}")
_NUMBER: Final = re.compile(r"-?\d{1,6}(\.\d{1,6})?")
_WHOLE_NUMBER: Final = re.compile(r"\s*\d{1,6}\s*")
_SIZE_TAG: Final = re.compile(r"\\fs(c[xy])?\s*([+-]?\d+)")


@dataclass(frozen=True)
class _ScriptLine:
    """A Style or Dialogue line of a script, with its number in the file."""

    line: int
    kind: str
    fields: tuple[str, ...]


def read_script(text: str, place: SourcePlace, fonts: Sequence[Document] = ()) -> AssScript:
    """The script in a text, with `fonts` of the user.

    FinishError with every line that isn't understood and every character that no font draws.
    """
    text = in_order(text, place)
    lines = list(_script_lines(text.split("\n"), place))
    dialogue = [line for line in lines if line.kind == "Dialogue"]
    mistakes = [error for line in lines if (error := _mistake(line, place.at_line(line.line)))]
    if len(dialogue) > EVENTS:
        message = f"the file has {len(dialogue):,} events; the limit is {EVENTS:,}"
        mistakes.append(caption_error(message, "split the file", place))
    if mistakes:
        raise several(tuple(mistakes))
    file = _loaded(text, place)
    play = _play_res(file, place)
    file.events = [event for event in file.events if event.type == "Dialogue"]
    if len(file.events) != len(dialogue):
        raise caption_error("a Dialogue line is outside [Events]", _SAVE_AGAIN, place)
    mistakes += [*_unknown_styles(lines, place), *_too_large(lines, play[1], place)]
    mistakes += _undrawn(file.events, dialogue, place)
    if mistakes:
        raise several(tuple(mistakes))
    embedded = bool(file.fonts_opaque or file.graphics_opaque)
    _clean(file, play)
    notes = [messages.ass_styles(), *resolve_fonts(file, fonts)]
    notes += [messages.ass_embedded()] if embedded else []
    return AssScript(written(file), tuple(_cues(file.events, dialogue, place)), play, tuple(notes))


def _script_lines(lines: Sequence[str], place: SourcePlace) -> Iterator[_ScriptLine]:
    section = ""
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if re.fullmatch(r"\[[A-Za-z0-9+ ]+\]", line):
            section = line.lower()
        kind, _, rest = line.partition(":")
        if section == "[v4+ styles]" and kind == "Style":
            yield _ScriptLine(number, kind, tuple(value.strip() for value in rest.split(",")))
        elif section == "[events]" and kind == "Dialogue":
            yield _ScriptLine(number, kind, tuple(rest.strip().split(",", 9)))
    if section == "" or "[v4+ styles]" not in "\n".join(lines).lower():
        raise caption_error("not an ASS script: [V4+ Styles] is missing", _SAVE_AGAIN, place)


def _mistake(line: _ScriptLine, place: SourcePlace) -> FinishError | None:
    names = tuple(FIELDS[line.kind])
    if len(line.fields) != len(names):
        message = f"{line.kind} line with {len(line.fields)} fields instead of {len(names)}"
        return caption_error(message, _SAVE_AGAIN, place)
    values = dict(zip(names, line.fields, strict=True))
    return _style_mistake(values, place) if line.kind == "Style" else _event_mistake(values, place)


def _style_mistake(values: dict[str, str], place: SourcePlace) -> FinishError | None:
    for name, value in list(values.items())[2:]:
        if not (_COLOUR if "Colour" in name else _NUMBER).fullmatch(value):
            message = f"invalid {name} {value[:20]!r} in style {values['Name']!r}"
            return caption_error(message, "write a number", place)
    return None


def _event_mistake(values: dict[str, str], place: SourcePlace) -> FinishError | None:
    times = [_TIME.fullmatch(values[name].strip()) for name in ("Start", "End")]
    if not all(times):
        message = f"invalid times {values['Start']!r}, {values['End']!r}"
        return caption_error(message, "write them as 0:00:01.50", place)
    start, end = (tuple(map(int, time.groups())) for time in times if time)
    if end <= start:
        return caption_error("the event ends before it starts", "set a later end", place)
    if any(not _WHOLE_NUMBER.fullmatch(values[name]) for name in ("Layer", "MarginL", "MarginR", "MarginV")):
        return caption_error("layer and margins must be whole numbers", "correct them", place)
    if len(values["Text"]) > LETTERS:
        message = f"an event of {len(values['Text']):,} characters; the limit is {LETTERS:,}"
        return caption_error(message, "split the event", place)
    return None


def _loaded(text: str, place: SourcePlace) -> SSAFile:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return SSAFile.from_string(text, format_="ass")
    except (Pysubs2Error, ValueError, TypeError, KeyError, IndexError, Warning) as error:
        raise caption_error("the file isn't valid ASS", _SAVE_AGAIN, place) from error


def _play_res(file: SSAFile, place: SourcePlace) -> tuple[int, int]:
    """PlayResX and PlayResY.

    384 × 288 where a script states neither, 4:3 where it states one; 0 states none (libass,
    `ass_lazy_track_init`).
    """
    infos = [file.info.get(name) for name in ("PlayResX", "PlayResY")]
    stated = [None if value == "0" else value for value in infos]
    width, height = (int(value) if value and value.isdecimal() else None for value in stated)
    if stated[0] is None and height is not None:
        width = 1280 if height == 1024 else height * 4 // 3
    elif stated[1] is None and width is not None:
        height = 1024 if width == 1280 else width * 3 // 4
    sides = zip((width, height), stated, (384, 288), strict=True)
    values = [str(side if side is not None else text or default) for side, text, default in sides]
    if not all(value.isdecimal() and int(value) in PLAY_RES for value in values):
        hint = f"write whole numbers from {PLAY_RES[0]} to {PLAY_RES[-1]}"
        raise caption_error(f"invalid PlayRes {' × '.join(values)}", hint, place)
    return int(values[0]), int(values[1])


def _clean(file: SSAFile, play: tuple[int, int]) -> None:
    """Drop in place all that doesn't change how the script looks."""
    info = {name: file.info[name] for name in _KEPT if name in file.info}
    file.info.clear()
    # libass would convert colours for the video that the script was written for. They mean what the script
    # states, on BT.709.
    file.info |= info | {"PlayResX": str(play[0]), "PlayResY": str(play[1]), "YCbCr Matrix": "TV.709"}
    for section in (file.aegisub_project, file.fonts_opaque, file.graphics_opaque):
        section.clear()


def _unknown_styles(lines: Sequence[_ScriptLine], place: SourcePlace) -> Iterator[FinishError]:
    """Events whose style is missing; libass would use `Default` silently."""
    styles = sorted({line.fields[0].lstrip("*") for line in lines if line.kind == "Style"})
    for line in lines:
        if line.kind == "Dialogue" and (name := line.fields[3].strip()).lstrip("*") not in styles:
            hint = f"the file has these styles: {', '.join(styles)}"
            yield caption_error(f"unknown style {name!r}", hint, place.at_line(line.line))


def _too_large(lines: Sequence[_ScriptLine], height: int, place: SourcePlace) -> Iterator[FinishError]:
    for line in lines:
        sizes = _style_sizes(line) if line.kind == "Style" else _SIZE_TAG.findall(line.fields[9])
        if any(abs(float(size)) > (SCALE if scale else PICTURES_HIGH * height) for scale, size in sizes):
            message = f"text more than {PICTURES_HIGH} pictures high"
            yield caption_error(message, "lower its size", place.at_line(line.line))


def _style_sizes(line: _ScriptLine) -> list[tuple[str, str]]:
    """Font size and scales of a Style line, in the form of size tags."""
    return [("", line.fields[2]), ("c", line.fields[11]), ("c", line.fields[12])]


def _undrawn(
    events: Sequence[SSAEvent], lines: Sequence[_ScriptLine], place: SourcePlace
) -> Iterator[FinishError]:
    for event, line in zip(events, lines, strict=True):
        text = "" if event.is_drawing else event.plaintext.replace("\n", " ")
        if missing := packaged_fonts.missing_character(text):
            name = f"U+{ord(missing):04X} {unicodedata.name(missing, 'unnamed')}"
            message = f"no font has {missing!r} ({name})"
            yield GlyphError(message, "replace the character", where=str(place.at_line(line.line)))


def _cues(events: Sequence[SSAEvent], lines: Sequence[_ScriptLine], place: SourcePlace) -> Iterator[Cue]:
    """The texts of the events, in order of time."""
    order = sorted(zip(events, lines, strict=True), key=lambda pair: (pair[0].start, pair[1].line))
    for number, (event, line) in enumerate(order, 1):
        start, end = Fraction(event.start, 1000), Fraction(event.end, 1000)
        cue = Cue(start, end, (StyledRun(event.plaintext),), number, place.at_line(line.line))
        if not event.is_drawing and not cue.empty:
            yield cue
