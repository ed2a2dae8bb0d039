"""What the styles of a TTML or SCC document state of a text: how it looks, whether it shows, and where."""

from __future__ import annotations

from typing import Any, Final, Literal

from finish.stages.captions.cues import CuePosition

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


def visible(element: Any) -> bool:
    """Whether a piece of text shows: it isn't the reading of ruby text, and nothing hides it."""
    from ttconv.model import Rp, Rt, Rtc
    from ttconv.style_properties import DisplayType, StyleProperties, VisibilityType

    if _stated(element, StyleProperties.Visibility) is VisibilityType.hidden:
        return False
    region = _region(element)
    chain = [*_chain(element), *([region] if region is not None else [])]
    return not any(
        isinstance(outer, (Rp, Rt, Rtc))
        or outer.get_style(StyleProperties.Display) is DisplayType.none
        or outer.get_style(StyleProperties.Opacity) == 0
        for outer in chain
    )


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
