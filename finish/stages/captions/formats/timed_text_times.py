"""When each element of a TTML document shows (W3C TTML2 §12, §13.3.1): begin, end, dur, and timeContainer.

ttconv resolves these times too, but gives outer elements ends that they don't state, and doesn't end the
children of a sequence with their parent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final
from xml.etree import ElementTree

_TIMED: Final = frozenset({"body", "div", "p", "span", "br"})
_APPLE: Final = "music.apple.com"  # lyrics, whose times all count from the start
_TEXTUAL: Final = frozenset({"p", "span"})
# A clock time as older tools write it: with fewer digits, without hours or with a comma; seconds without a
# unit.
_LOOSE_CLOCK: Final = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{1,2})([.,]\d+)?")
_LOOSE_SECONDS: Final = re.compile(r"\d+(\.\d+)?")
# ttconv keeps no identifiers, but the language of every element, which captions don't need.
_CARRIER: Final = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class ActiveTime:
    """From `start` until `end` (s); None where nothing ends it but the document."""

    start: Fraction
    end: Fraction | None

    @property
    def empty(self) -> bool:
        return self.end is not None and self.end <= self.start


def numbered_times(root: ElementTree.Element) -> Mapping[str, ActiveTime]:
    """The times of the content elements, by a name that each of them gets as its language.

    Their attributes of time are removed, and so is text that shows for no time. ValueError of a message and a
    hint for an element that ends before it starts, for a time that isn't one, and for clocks of the day.
    """
    times: dict[str, ActiveTime] = {}
    clock = _DocumentClock(_context(root), any(_APPLE in name for name in root.attrib))
    body = next((child for child in root if _name(child) == "body"), None)
    if body is not None:
        _resolve(body, Fraction(0), ActiveTime(Fraction(0), None), clock, times)
    return times


@dataclass(frozen=True)
class _DocumentClock:
    """How ttconv reads the times of a document; `absolute` if none of them counts from the element around."""

    context: Any
    absolute: bool


def _context(root: ElementTree.Element) -> Any:
    """The clock that a document states, as ttconv reads it."""
    import ttconv.imsc.attributes as imsc

    if any(name.endswith("timeBase") and base == "clock" for name, base in root.attrib.items()):
        raise ValueError(
            "the times are those of a clock on the wall", "request times from 0 (timeBase media)"
        )
    return imsc.TemporalAttributeParsingContext(
        imsc.FrameRateAttribute.extract(root),
        imsc.TickRateAttribute.extract(root),
        imsc.TimeBaseAttribute.extract(root),
        imsc.DropModeAttribute.extract(root),
    )


def _resolve(
    element: ElementTree.Element,
    base: Fraction,
    parent: ActiveTime,
    clock: _DocumentClock,
    times: dict[str, ActiveTime],
) -> Fraction | None:
    """Store the times of an element and those in it; its own end, before its parent's ends it."""
    begin, end, length = (_stated_time(element, name, clock.context) for name in ("begin", "end", "dur"))
    start = base + (begin or 0)
    ends = [base + end] if end is not None else []
    ends += [start + length] if length is not None else []
    own = min(ends, default=None)
    if own is not None and own < start:
        message = f"an element ends at {float(own):g} s, before it starts at {float(start):g} s"
        raise ValueError(message, "set a later end")
    active = ActiveTime(start, min_end(own, parent.end))
    element.set(_CARRIER, f"t{len(times)}")
    times[f"t{len(times)}"] = active
    in_turn = element.attrib.get("timeContainer") == "seq"
    if in_turn and _name(element) in _TEXTUAL:
        _drop_own_text(element)
    for name in ("begin", "end", "dur", "timeContainer"):
        element.attrib.pop(name, None)
    next_base, last = Fraction(0) if clock.absolute else start, list[Fraction | None]()
    for child in element:
        if _name(child) in _TIMED:
            child_end = _resolve(child, next_base, active, clock, times)
            last.append(child_end)
            if in_turn:
                next_base = child_end if child_end is not None else (active.end or next_base)
    if own is not None:
        return own
    if in_turn and not last:
        return start
    # Without an end of its own, an element lasts as long as what is in it; text alone never ends.
    known = [child_end for child_end in last if child_end is not None]
    return max(known) if known and len(known) == len(last) else None


def _stated_time(element: ElementTree.Element, name: str, context: Any) -> Fraction | None:
    """A time that an element states (s); None for none."""
    from ttconv.imsc.attributes import BeginAttribute, DurAttribute, EndAttribute

    stated = element.attrib.get(name, "").strip()
    if not stated:
        return None
    element.set(name, _strict(stated))
    attribute = {"begin": BeginAttribute, "end": EndAttribute, "dur": DurAttribute}[name]
    time: Fraction | None = attribute.extract(context, element)
    if time is None:
        raise ValueError(f"an element states {stated[:20]!r} as its {name}", "write it as 00:00:01.500")
    return time


def _strict(stated: str) -> str:
    """A time as TTML writes it."""
    if loose := _LOOSE_CLOCK.fullmatch(stated):
        hours, minutes, seconds, part = loose.groups(default="")
        return f"{hours:0>2}:{minutes:0>2}:{seconds:0>2}{part.replace(',', '.')}"
    return f"{stated}s" if _LOOSE_SECONDS.fullmatch(stated) else stated


def _drop_own_text(element: ElementTree.Element) -> None:
    """Remove the text directly in a sequence: it shows for no time (TTML2 §12.4)."""
    element.text = None
    for child in element:
        child.tail = None


def min_end(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    """The earlier of two ends; None if nothing ends either."""
    return min((end for end in (one, other) if end is not None), default=None)


def _name(element: Any) -> str:
    """The name of a TTML element, in any version's namespace; "" for others."""
    space, _, name = str(element.tag).rpartition("}")
    return name if "ttml" in space or "ttaf1" in space else ""
