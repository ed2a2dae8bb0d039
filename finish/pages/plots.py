"""Plots of any width: curves as SVG, and labels as text, so that both are sharp on a phone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from finish.pages.html_markup import Markup, element

_SIDE: Final = 1000  # units of the drawing, for any size on the page
Ink = Literal["accent", "muted"]


@dataclass(frozen=True)
class Axis:
    """From `low` to `high`, with marks (value, label)."""

    low: float
    high: float
    marks: tuple[tuple[float, str], ...]

    def share(self, value: float) -> float:
        """The place of a value on the axis, 0 to 1; a value beyond an end is at that end."""
        inside = min(max(value, self.low), self.high)
        return (inside - self.low) / ((self.high - self.low) or 1.0)


@dataclass(frozen=True)
class Curve:
    """Points (x, y) as a line; a `faint` one is the background of another."""

    label: str
    points: Sequence[tuple[float, float]]
    ink: Ink = "accent"
    faint: bool = False


@dataclass(frozen=True)
class Level:
    """A target value, as a dotted line with its label."""

    value: float
    label: str


@dataclass(frozen=True)
class PlotPart:
    """A named part of the axis across, with a line at its start."""

    low: float
    high: float
    label: str


@dataclass(frozen=True)
class Plot:
    """Curves over two axes, with targets and named parts; `note` explains the curves."""

    title: str
    across: Axis
    up: Axis
    curves: tuple[Curve, ...]
    levels: tuple[Level, ...] = ()
    note: str = ""
    parts: tuple[PlotPart, ...] = ()


def plot(drawing: Plot) -> Markup:
    """The plot with its legend and its note."""
    curves = [_path(drawing, curve) for curve in drawing.curves]
    svg = element(
        "svg",
        list(_grid(drawing)),
        list(_borders(drawing)),
        curves,
        [_level(drawing, level) for level in drawing.levels],
        viewBox=f"0 0 {_SIDE} {_SIDE}",
        preserveAspectRatio="none",
        role="img",
        aria_label=drawing.title,
    )
    area = element("div", svg, list(_labels(drawing)), class_="area")
    legend = [
        element("li", element("i", class_=curve.ink), curve.label)
        for curve in drawing.curves
        if curve.label and not curve.faint
    ]
    note = element("span", drawing.note) if drawing.note else None
    caption = element("figcaption", element("ul", legend, class_="legend"), note)
    return element("figure", area, caption, class_="plot")


def _grid(drawing: Plot) -> Iterator[Markup]:
    for value, _ in drawing.up.marks:
        yield element("path", d=f"M0 {_y(drawing, value)}H{_SIDE}", class_="rule")


def _borders(drawing: Plot) -> Iterator[Markup]:
    for part in drawing.parts[1:]:
        yield element("path", d=f"M{_x(drawing, part.low)} 0V{_SIDE}", class_="border")


def _path(drawing: Plot, curve: Curve) -> Markup | None:
    if not curve.points:
        return None
    line = "L".join(f"{_x(drawing, x)} {_y(drawing, y)}" for x, y in curve.points)
    return element("path", d=f"M{line}", class_=f"curve {curve.ink}{' faint' if curve.faint else ''}")


def _level(drawing: Plot, level: Level) -> Markup:
    return element("path", d=f"M0 {_y(drawing, level.value)}H{_SIDE}", class_="level")


def _labels(drawing: Plot) -> Iterator[Markup]:
    for value, label in drawing.up.marks:
        yield element("span", label, class_="up", style=f"top:{100 * (1 - drawing.up.share(value)):.2f}%")
    for number, (value, label) in enumerate(drawing.across.marks):
        minor = " minor" if number % 2 else ""
        yield element("span", label, class_=f"across{minor}", style=f"left:{_percent(drawing, value)}")
    for level in drawing.levels:
        place = f"top:{100 * (1 - drawing.up.share(level.value)):.2f}%"
        yield element("span", level.label, class_="level", style=place)
    for part in drawing.parts:
        width = 100 * (drawing.across.share(part.high) - drawing.across.share(part.low))
        place = f"left:{_percent(drawing, part.low)};width:{width:.2f}%"
        yield element("span", part.label, class_="part", style=place, title=part.label)


def _percent(drawing: Plot, value: float) -> str:
    return f"{100 * drawing.across.share(value):.2f}%"


def _x(drawing: Plot, value: float) -> float:
    return round(_SIDE * drawing.across.share(value), 1)


def _y(drawing: Plot, value: float) -> float:
    return round(_SIDE * (1 - drawing.up.share(value)), 1)
