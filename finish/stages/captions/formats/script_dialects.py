"""Scripts as editors write them → ASS v4.00+ with its fields in order, line by line.

SSA v4 has other fields, alignments, and colours; a Format line can state any order; times come with fewer
digits, and before 0. Where libass has a rule, it's that (libass 0.17, `ass.c`). Lines keep their numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from finish.stages.captions.source_place import SourcePlace, caption_error

# The fields in order, with what libass takes where a script leaves one out; None: it must be there.
FIELDS: Final[Mapping[str, Mapping[str, str | None]]] = {
    "Style": {
        "Name": None,
        "Fontname": None,
        "Fontsize": None,
        "PrimaryColour": "&H00FFFFFF",
        "SecondaryColour": "&H000000FF",
        "OutlineColour": "&H00000000",
        "BackColour": "&H80000000",
        "Bold": "0",
        "Italic": "0",
        "Underline": "0",
        "StrikeOut": "0",
        "ScaleX": "100",
        "ScaleY": "100",
        "Spacing": "0",
        "Angle": "0",
        "BorderStyle": "1",
        "Outline": "2",
        "Shadow": "3",
        "Alignment": "2",
        "MarginL": "20",
        "MarginR": "20",
        "MarginV": "20",
        "Encoding": "1",
    },
    "Dialogue": {
        "Layer": "0",
        "Start": None,
        "End": None,
        "Style": None,
        "Name": "",
        "MarginL": "0",
        "MarginR": "0",
        "MarginV": "0",
        "Effect": "",
        "Text": None,
    },
}
_OLD_STYLE: Final = (
    "Name,Fontname,Fontsize,PrimaryColour,SecondaryColour,TertiaryColour,BackColour,Bold,Italic,BorderStyle,"
    "Outline,Shadow,Alignment,MarginL,MarginR,MarginV,AlphaLevel,Encoding"
)
_OLD_EVENT: Final = "Marked,Start,End,Style,Name,MarginL,MarginR,MarginV,Effect,Text"
_ALIASES: Final = {"actor": "name", "marked": "layer", "tertiarycolour": "outlinecolour"}
_SECTION: Final = re.compile(r"\[(v4(?P<new>\+{0,2}) styles|events|[A-Za-z0-9+ ]+)\]", re.IGNORECASE)
# SSA counts from the left in three rows: 1 at the bottom, 5 at the top, 9 in the middle.
_OLD_ALIGNMENT: Final = {1: 1, 2: 2, 3: 3, 5: 7, 6: 8, 7: 9, 9: 4, 10: 5, 11: 6}
_TIME: Final = re.compile(r"(-?\d{1,2}):(\d{1,3}):(\d{1,3})(?:[.,:](\d{1,3}))?")
_COLOUR: Final = re.compile(r"&H([0-9A-Fa-f]{1,8})&?|(-?\d{1,10})")


def in_order(text: str, place: SourcePlace) -> str:
    """The text of a script with every Style and Dialogue line in the fields of ASS v4.00+.

    A line that has other fields than its Format line stays as it is. FinishError for a Format line without
    the fields that nothing can replace.
    """
    return "\n".join(_lines(text.split("\n"), place))


def _lines(lines: Sequence[str], place: SourcePlace) -> Iterator[str]:
    kind, old = "", False
    names: Sequence[str] = ()
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        head, colon, rest = line.partition(":")
        if section := _SECTION.fullmatch(line):
            styles = section["new"] is not None
            old = section["new"] == "" if styles else old
            kind = "Style" if styles else "Dialogue" if section[1].lower() == "events" else ""
            default = (_OLD_STYLE if styles else _OLD_EVENT) if old else ",".join(FIELDS.get(kind, ()))
            names = _known(default.split(","))
            yield "[V4+ Styles]" if styles else "[Events]" if kind else raw
        elif colon and kind and head == "Format":
            names = _known(rest.split(","))
            _check(names, kind, place.at_line(number))
            yield f"Format: {', '.join(FIELDS[kind])}"
        elif colon and kind and head == kind:
            yield _line(kind, rest, names, old) or raw
        else:
            yield raw


def _known(names: Sequence[str]) -> list[str]:
    """Names of fields, in lower case, as ASS v4.00+ calls them."""
    return [_ALIASES.get(name.strip().lower(), name.strip().lower()) for name in names]


def _check(names: Sequence[str], kind: str, place: SourcePlace) -> None:
    missing = [
        name for name, default in FIELDS[kind].items() if default is None and name.lower() not in names
    ]
    if missing or (kind == "Dialogue" and names[-1] != "text"):
        message = f"the Format line has no {', '.join(missing)}" if missing else "Text isn't the last field"
        raise caption_error(message, "save it as ASS v4.00+ in a subtitle editor", place)


def _line(kind: str, rest: str, names: Sequence[str], old: bool) -> str:
    """A line with its fields in order; "" if it has another number of fields than its Format line."""
    values = [value.strip() for value in rest.strip().split(",", len(names) - 1)]
    if len(values) != len(names):
        return ""
    stated = dict(zip(names, values, strict=True))
    fields = {name: stated.get(name.lower(), default or "") for name, default in FIELDS[kind].items()}
    if kind == "Style":
        _as_new_style(fields, old)
    else:
        fields |= {name: _time(fields[name]) for name in ("Start", "End")}
        fields["Layer"] = "0" if old or not fields["Layer"] else fields["Layer"]
    return f"{kind}: {','.join(fields.values())}"


def _as_new_style(fields: dict[str, str], old: bool) -> None:
    """Change, in place, what SSA means otherwise, and an alignment that there isn't into that of libass."""
    number = int(fields["Alignment"]) if fields["Alignment"].isdecimal() else 0
    if old:
        number = _OLD_ALIGNMENT.get(number, 2)
        back = _COLOUR.fullmatch(fields["BackColour"])
        code = (int(back[1], 16) if back[1] else int(back[2])) & 0xFFFFFF if back else 0
        # Its BackColour is that of the outline and of the half transparent shadow.
        fields |= {"OutlineColour": f"&H00{code:06X}", "BackColour": f"&H80{code:06X}"}
    fields["Alignment"] = str(number if 1 <= number <= 9 else 2)


def _time(stated: str) -> str:
    """A time in hundredths of a second, from 0 on; what isn't one stays as it is."""
    match = _TIME.fullmatch(stated)
    if match is None:
        return stated
    hours, minutes, seconds = (int(part) for part in match.groups()[:3])
    part = round(int((match[4] or "0").ljust(3, "0")) / 10)
    total = max(0, ((hours * 60 + minutes) * 60 + seconds) * 100 + part)
    return f"{total // 360_000}:{total // 6000 % 60:02}:{total // 100 % 60:02}.{total % 100:02}"
