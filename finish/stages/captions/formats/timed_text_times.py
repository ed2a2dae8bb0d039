"""When each element of a TTML document shows (W3C TTML2 §12, §13.3.1): begin, end, dur, and timeContainer.

ttconv resolves these times too, but gives outer elements ends that they don't state, and doesn't end the
children of a sequence with their parent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final
from xml.etree import ElementTree

_TIMED: Final = frozenset({"body", "div", "p", "span", "br"})
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

    Their attributes of time are removed. ValueError for an element that ends before it starts.
    """
    times: dict[str, ActiveTime] = {}
    context = _context(root)
    body = next((child for child in root if _name(child) == "body"), None)
    if body is not None:
        _resolve(body, Fraction(0), ActiveTime(Fraction(0), None), context, times)
    return times


def _context(root: ElementTree.Element) -> Any:
    """The clock that a document states, as ttconv reads it."""
    import ttconv.imsc.attributes as imsc

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
    context: Any,
    times: dict[str, ActiveTime],
) -> Fraction | None:
    """Store the times of an element and those in it; its own end, before its parent's ends it."""
    from ttconv.imsc.attributes import BeginAttribute, DurAttribute, EndAttribute

    stated: list[Fraction | None] = [
        attribute.extract(context, element) for attribute in (BeginAttribute, EndAttribute, DurAttribute)
    ]
    begin, end, length = stated
    start = base + (begin or 0)
    ends = [base + end] if end is not None else []
    ends += [start + length] if length is not None else []
    own = min(ends, default=None)
    if own is not None and own < start:
        raise ValueError(f"ends at {float(own):g} s, before it starts at {float(start):g} s")
    active = ActiveTime(start, _earlier(own, parent.end))
    element.set(_CARRIER, f"t{len(times)}")
    times[f"t{len(times)}"] = active
    in_turn = element.attrib.get("timeContainer") == "seq"
    for name in ("begin", "end", "dur", "timeContainer"):
        element.attrib.pop(name, None)
    next_base, last = start, list[Fraction | None]()
    for child in element:
        if _name(child) in _TIMED:
            child_end = _resolve(child, next_base if in_turn else start, active, context, times)
            last.append(child_end)
            if in_turn:
                next_base = child_end if child_end is not None else (active.end or next_base)
    if own is not None:
        return own
    # Without an end of its own, an element lasts as long as what is in it; text alone never ends.
    known = [child_end for child_end in last if child_end is not None]
    return max(known) if known and len(known) == len(last) else None


def _earlier(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return min((end for end in (one, other) if end is not None), default=None)


def _name(element: Any) -> str:
    """The name of a TTML element, in any version's namespace; "" for others."""
    space, _, name = str(element.tag).rpartition("}")
    return name if "ttml" in space or "ttaf1" in space else ""
