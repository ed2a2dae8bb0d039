"""What the styles of a TTML or SCC document state of a text: how it looks, whether it shows, and where."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from typing import Any, Final, Literal
from xml.etree import ElementTree

from finish.stages.captions.cues import CuePosition
from finish.stages.captions.formats.timed_text_times import ActiveTime, min_end

# The styles of TTML that change what captions show; of two of them only values that are two lengths.
_LENGTHS: Final = frozenset({"origin", "extent"})
_USED: Final = _LENGTHS | {
    "color", "display", "displayAlign", "fontStyle", "fontWeight", "opacity", "ruby", "textDecoration",
    "visibility",
}  # fmt: skip
_PAIR: Final = re.compile(r"[+-]?[\d.]+(px|%|em|c|rw|rh)\s+[+-]?[\d.]+(px|%|em|c|rw|rh)")
_WHITE: Final = "#FFFFFF"  # the colour that a document has without stating one
# House value: a region whose text is within this share of the height from the bottom is where captions are.
_USUAL: Final = 0.75


def styling(element: Any) -> tuple[bool, bool, bool, str]:
    """Italic, bold, underlined, and the colour (#RRGGBB; "" for white), as the nearest element states it."""
    from ttconv.style_properties import FontStyleType, FontWeightType, StyleProperties

    slant, weight, lines, colour = (
        _stated(element, style)
        for style in (
            StyleProperties.FontStyle,
            StyleProperties.FontWeight,
            StyleProperties.TextDecoration,
            StyleProperties.Color,
        )
    )
    code = "" if colour is None else "#" + bytes(colour.components[:3]).hex().upper()
    return (
        slant in (FontStyleType.italic, FontStyleType.oblique),
        weight is FontWeightType.bold,
        bool(lines and lines.underline),
        "" if code == _WHITE else code,
    )


def without_other_styles(root: ElementTree.Element) -> None:
    """Remove every style that captions don't take: ttconv refuses a document for one that it doesn't know."""
    for element in root.iter():
        for name, value in list(element.attrib.items()):
            space, _, style = name.rpartition("}")
            unused = "#styl" in space and (
                style not in _USED or (style in _LENGTHS and not _PAIR.fullmatch(value.strip()))
            )
            if unused:
                del element.attrib[name]


def visible_times(element: Any, active: ActiveTime, start_of: Callable[[Any], Fraction]) -> list[ActiveTime]:
    """When a piece of text shows while it's active: nothing hides it, and its region is there.

    It never shows if it is the reading of ruby text, or without a region where its neighbours have one.
    `start_of` states when an element starts (s), from which its animations count.
    """
    from ttconv.model import Rp, Rt, Rtc

    chain, region = _chain(element), _region(element)
    if any(isinstance(outer, (Rp, Rt, Rtc)) for outer in chain) or (
        region is None and _beside_regions(chain)
    ):
        return []
    if region is not None:
        chain.append(region)
        active = _within(active, region)
    steps = [
        _Change(outer, step.style_property, step.value, start_of(outer), step.begin, step.end)
        for outer in chain
        for step in outer.iter_animation_steps()
    ]
    edges = {active.start, *(edge for step in steps for edge in step.edges)}
    inside = sorted(edge for edge in edges if active.start <= edge and _before(edge, active.end))
    times: list[ActiveTime] = []
    for start, end in zip_longest(inside, inside[1:], fillvalue=active.end):
        if start is not None and not _hidden(chain, [step for step in steps if step.applies(start)]):
            joins = bool(times) and times[-1].end == start
            times.append(ActiveTime(times.pop().start if joins else start, end))
    return times


@dataclass(frozen=True)
class _Change:
    """A style that an element has for a time (`set` in TTML), counted from the start of the element."""

    element: Any
    style: Any
    value: Any
    base: Fraction
    begin: Fraction | None
    end: Fraction | None

    @property
    def edges(self) -> tuple[Fraction, ...]:
        start = self.base + (self.begin or 0)
        return (start,) if self.end is None else (start, self.base + self.end)

    def applies(self, time: Fraction) -> bool:
        start, *end = self.edges
        return start <= time and (not end or time < end[0])


def _hidden(chain: Sequence[Any], changes: Sequence[_Change]) -> bool:
    """Whether an element is hidden, by itself or by one around it, with these changes of styles."""
    from ttconv.style_properties import DisplayType, StyleProperties, VisibilityType

    changed = {(id(change.element), change.style): change.value for change in changes}

    def stated(element: Any, style: Any) -> Any:
        return changed.get((id(element), style), element.get_style(style))

    visibility = (stated(outer, StyleProperties.Visibility) for outer in chain)
    return next((value for value in visibility if value is not None), None) is VisibilityType.hidden or any(
        stated(outer, StyleProperties.Display) is DisplayType.none
        or stated(outer, StyleProperties.Opacity) == 0
        for outer in chain
    )


def _within(active: ActiveTime, region: Any) -> ActiveTime:
    """The part of a time in which a region is there."""
    begin, end = region.get_begin() or Fraction(0), region.get_end()
    return ActiveTime(max(active.start, begin), min_end(active.end, end))


def _before(time: Fraction, end: Fraction | None) -> bool:
    return end is None or time < end


def _beside_regions(chain: Sequence[Any]) -> bool:
    """Whether some part of the paragraph of an element has a region."""
    from ttconv.model import P

    paragraph = next((outer for outer in chain if isinstance(outer, P)), None)
    return paragraph is not None and any(part.get_region() is not None for part in paragraph.dfs_iterator())


def cue_region(paragraph: Any) -> CuePosition | None:
    """The place of a paragraph's region; None for the usual one, at the bottom."""
    from ttconv.style_properties import DisplayAlignType, LengthType, StyleProperties

    region = _region(paragraph)
    if region is None:
        return None
    origin, extent = (region.get_style(style) for style in (StyleProperties.Origin, StyleProperties.Extent))
    if origin is None or extent is None:
        return None
    lengths = (origin.y, extent.height)
    units = {LengthType.Units.pct: 0.01, LengthType.Units.rh: 0.01}
    if any(length.units not in units for length in lengths):
        return None
    top, height = (length.value * units[length.units] for length in lengths)
    align = region.get_style(StyleProperties.DisplayAlign) or DisplayAlignType.before
    edge: Literal["top", "middle", "bottom"] = {
        DisplayAlignType.before: "top",
        DisplayAlignType.center: "middle",
        DisplayAlignType.after: "bottom",
    }[align]  # type: ignore[assignment]
    down = top + {"top": 0.0, "middle": height / 2, "bottom": height}[edge]
    if edge == "bottom" and down >= _USUAL:
        return None
    return CuePosition(down=min(1.0, max(0.0, down)), edge=edge)


def _chain(element: Any) -> list[Any]:
    """An element and those around it."""
    chain = []
    while element is not None:
        chain.append(element)
        element = element.parent()
    return chain


def _region(element: Any) -> Any:
    return next((region for outer in _chain(element) if (region := outer.get_region()) is not None), None)


def _stated(element: Any, style: Any) -> Any:
    """The value of a style that is inherited, as the nearest element states it."""
    values = (outer.get_style(style) for outer in _chain(element))
    return next((value for value in values if value is not None), None)
