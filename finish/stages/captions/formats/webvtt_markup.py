"""The markup of a WebVTT cue and its settings → runs, a place, and a speaker (W3C WebVTT §4, §6)."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, Literal

from finish.stages.captions.cues import CuePosition, StyledRun
from finish.stages.captions.formats.colour_names import colour_code
from finish.stages.captions.formats.markup import TURNING, CueText, tidy

_TAG: Final = re.compile(r"<(/?)([A-Za-z]*|\d[\d:.]*)((?:\.[^\s<>.]+)*)(?:\s+([^<>]*))?>")
_STAMP: Final = re.compile(r"(?:(\d{2,3}):)?([0-5]\d):([0-5]\d\.\d{3})")  # §4.2.2
_STYLES: Final = {"i": "italic", "b": "bold", "u": "underline"}
_SETTING: Final = re.compile(r"(line|position|align|vertical|region):(\S+)")
_PERCENT: Final = re.compile(r"(\d{1,3}(?:\.\d+)?)%")
_STYLE_RULE: Final = re.compile(
    r"::cue\(\s*[cv]?(?:\.([\w-]+)|\[voice=[\"']?([^\"'\]]+)[\"']?\])\s*\)\s*\{([^{}]*)\}"
)
_COLOUR: Final = re.compile(r"(?:^|;)\s*color\s*:\s*([#\w]+(?:\([^()]*\))?)", re.IGNORECASE)
_REGION: Final = re.compile(r"(?:^|\s)id[:=](\S+)")
_ANCHOR: Final = re.compile(r"viewportanchor[:=](\d{1,3}(?:\.\d+)?)%,(\d{1,3}(?:\.\d+)?)%")
_LINE: Final = 0.0533  # of the picture's height: a line of cues is 5.33vh high (§7.4)
_ALIGNS: Final[Mapping[str, Literal["left", "centre", "right"]]] = {
    "start": "left",
    "left": "left",
    "center": "centre",
    "middle": "centre",
    "end": "right",
    "right": "right",
    "line-left": "left",
    "line-right": "right",
}
_EDGES: Final[Mapping[str, Literal["top", "middle", "bottom"]]] = {
    "": "top",
    "start": "top",
    "center": "middle",
    "end": "bottom",
}


@dataclass(frozen=True)
class CueSheet:
    """What STYLE and REGION blocks state: colours of classes (`.loud`) and voices, heights of regions."""

    colours: Mapping[str, str] = field(default_factory=dict)
    regions: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, blocks: list[str]) -> CueSheet:
        """The sheet of the text of these blocks; what isn't a class's colour is left out."""
        colours, regions = dict[str, str](), dict[str, float]()
        for block in blocks:
            for name, voice, rules in _STYLE_RULE.findall(block):
                colour = _COLOUR.search(rules)
                if colour and (code := colour_code(colour[1])):
                    colours[f".{name}" if name else voice] = code
            region, anchor = _REGION.search(block), _ANCHOR.search(block)
            if region and anchor:
                regions[region[1]] = min(1.0, float(anchor[2]) / 100)
        return cls(colours, regions)

    def colour(self, classes: str, voice: str = "") -> str:
        """The colour of a tag's classes, such as ".loud.yellow", or of its voice; "" if none has one."""
        for name in classes.split(".")[1:]:
            if f".{name}" in self.colours:
                return self.colours[f".{name}"]
            if not name.startswith("bg_") and (code := colour_code(name)) and not name[0].isdigit():
                return code
        return self.colours.get(voice, "") if voice else ""


def vtt_text(text: str, settings: str, sheet: CueSheet) -> CueText:
    """The text of a WebVTT cue without its tags, and what its settings state.

    A timestamp is when the text after it is spoken; a reading of ruby text is left out.
    """
    content, end = _Content(sheet), 0
    for tag in _TAG.finditer(text):
        content.add(text[end : tag.start()])
        content.obey(tag)
        end = tag.end()
    content.add(text[end:])
    voices, lost = set(content.voices), content.lost | ({"voices"} if len(set(content.voices)) > 1 else set())
    speaker = content.voices[0] if len(voices) == 1 else ""
    return CueText(tidy(tuple(content.runs)), cue_position(settings, sheet), speaker, frozenset(lost))


@dataclass
class _Content:
    """What a cue says up to a tag, and the tags that are open there."""

    sheet: CueSheet
    runs: list[StyledRun] = field(default_factory=list)
    voices: list[str] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    _depth: dict[str, int] = field(default_factory=lambda: {"italic": 0, "bold": 0, "underline": 0})
    _colours: list[str] = field(default_factory=list)
    _stamp: Fraction | None = None
    _reading: int = 0
    _ruby: int = 0

    def add(self, text: str) -> None:
        plain = TURNING.sub("", html.unescape(text))
        if plain and not self._reading:
            colour = next((colour for colour in reversed(self._colours) if colour), "")
            italic, bold, underline = (level > 0 for level in self._depth.values())
            self.runs.append(StyledRun(plain, italic, bold, underline, self._stamp, colour))
            self._stamp = None

    def obey(self, tag: re.Match[str]) -> None:
        by, name = -1 if tag[1] else 1, tag[2].lower()
        if name in _STYLES:
            self._depth[_STYLES[name]] = max(0, self._depth[_STYLES[name]] + by)
        elif name in ("c", "v", "lang"):
            self._span(name, by, tag)
        elif name in ("rt", "ruby"):
            self._ruby_part(name, by)
        elif match := _STAMP.fullmatch(tag[2]):
            hours, minutes, seconds = (Fraction(part or 0) for part in match.groups())
            self._stamp = 3600 * hours + 60 * minutes + seconds
        elif name == "br":
            self.runs.append(StyledRun("\n"))
        elif name:
            self.lost.add("unknown tags")

    def _ruby_part(self, name: str, by: int) -> None:
        """Readings are left out; `rt` outside `ruby` is none (§6.4)."""
        if name == "ruby":
            self._ruby, self._reading = max(0, self._ruby + by), self._reading * (by > 0)
        elif self._ruby:
            self._reading = max(0, self._reading + by)
            self.lost.add("ruby")

    def _span(self, name: str, by: int, tag: re.Match[str]) -> None:
        if by < 0:
            del self._colours[-1:]
            return
        voice = " ".join(html.unescape(tag[4] or "").split()) if name == "v" else ""
        self._colours.append(self.sheet.colour(tag[3], voice))
        self.voices += [voice] if voice else []


def cue_position(settings: str, sheet: CueSheet) -> CuePosition | None:
    """The place that a cue's settings state; None for the usual one.

    A side counts only beside a line: many writers state one for every cue without meaning it.
    """
    stated = dict(_SETTING.findall(settings))
    vertical = stated.get("vertical") in ("rl", "lr")
    if "line" not in stated and stated.get("region") in sheet.regions:
        return CuePosition(down=sheet.regions[stated["region"]], edge="bottom", vertical=vertical)
    value, _, edge = stated.get("line", "").partition(",")
    down = _down(value, edge)
    if down is None:
        return CuePosition(vertical=True) if vertical else None
    across, _, anchor = stated.get("position", "").partition(",")
    share, align = _PERCENT.fullmatch(across), _ALIGNS.get(anchor or stated.get("align", "center"), "centre")
    if share is None:
        sides = {"left": 0.0, "centre": None, "right": 1.0}
        return CuePosition(*down, across=sides[align], align=align, vertical=vertical)
    return CuePosition(*down, across=min(1.0, float(share[1]) / 100), align=align, vertical=vertical)


def _down(value: str, edge: str) -> tuple[float, Literal["top", "middle", "bottom"]] | None:
    """The share of the height and the edge of a `line`; None for the lowest line, where captions are."""
    percent = _PERCENT.fullmatch(value)
    if percent:
        return min(1.0, float(percent[1]) / 100), _EDGES.get(edge, "top")
    if not re.fullmatch(r"-?\d{1,4}(?:\.0+)?", value):
        return None
    number = int(float(value))
    if number >= 0:
        return min(1.0, number * _LINE), "top"
    return None if number == -1 else (max(0.0, 1 + (number + 1) * _LINE), "bottom")
