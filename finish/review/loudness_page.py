"""The loudness of a sound, before and after, as a web page.

It has key figures, the curve, and everything that the meter measures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from finish.pages import components, document, plots
from finish.pages.components import Column, KeyFigure, Status
from finish.pages.html_markup import Child, Markup, element, joined
from finish.pages.plots import Axis, Curve, Level, Plot, PlotPart
from finish.review.loudness_curve import (
    LEVELS,
    LOUDEST,
    NOTE,
    QUIETEST,
    length,
    loudness_points,
    peak_points,
    time_marks,
)
from finish.review.loudness_table import (
    RANGE_NOTE,
    LoudnessAims,
    MeasuredSound,
    MeterRow,
    range_is_unstable,
    rows,
)

_TOLERANCE: Final = 0.05  # LU and dB: half of the last digit that is shown
_KEY: Final = ("integrated", "true peak", "range", "dialogue (estimate)")
_INKS: Final[tuple[plots.Ink, ...]] = ("muted", "accent")  # before, after


def html(title: str, sounds: Sequence[MeasuredSound], aims: LoudnessAims | None) -> bytes:
    """The page of one sound, or of a sound before and after.

    `aims`, if any, are drawn, and compared with the figures.
    """
    facts = (_minus(f"target {aims.lufs:g} LUFS"), _minus(f"ceiling {aims.ceiling:g} dBTP")) if aims else ()
    return document.page(
        title,
        components.key_figures(_key_figures(sounds, aims)),
        components.card("Loudness over time", plots.plot(_plot(title, sounds, aims))),
        components.section("All figures", _table(sounds), _range_note(sounds)),
        kind="Loudness",
        details=facts,
    )


def _key_figures(sounds: Sequence[MeasuredSound], aims: LoudnessAims | None) -> Iterator[KeyFigure]:
    """The last sound's main figures."""
    by_name = {row.name: row for row in rows(sounds)}
    for name in _KEY:
        row = by_name[name]
        status = _status(name, row.values[-1], aims)
        yield KeyFigure(name.capitalize(), _minus(row.texts[-1]), row.unit, status)


def _status(name: str, value: float | None, aims: LoudnessAims | None) -> Status | None:
    if aims is None or value is None or name not in ("integrated", "true peak"):
        return None
    if name == "true peak":
        return "good" if value <= aims.ceiling + _TOLERANCE else "bad"
    return "good" if abs(value - aims.lufs) <= _TOLERANCE else "attention"


def _plot(title: str, sounds: Sequence[MeasuredSound], aims: LoudnessAims | None) -> Plot:
    seconds = length(sounds)
    levels = (
        (
            Level(aims.lufs, _minus(f"{aims.lufs:g} LUFS")),
            Level(aims.ceiling, _minus(f"{aims.ceiling:g} dBTP")),
        )
        if aims
        else ()
    )
    return Plot(
        f"Loudness of {title} over time",
        Axis(0.0, seconds, tuple(time_marks(seconds))),
        Axis(QUIETEST, LOUDEST, tuple((float(level), _minus(str(level))) for level in LEVELS)),
        tuple(_curves(sounds)),
        levels,
        NOTE,
        tuple(_parts(sounds)),
    )


def _parts(sounds: Sequence[MeasuredSound]) -> Iterator[PlotPart]:
    for segment in sounds[-1].segments:
        yield PlotPart(float(segment.span.start), float(segment.span.end), segment.name)


def _curves(sounds: Sequence[MeasuredSound]) -> Iterator[Curve]:
    for sound, ink in zip(sounds, _INKS[-len(sounds) :], strict=True):
        yield Curve("", peak_points(sound), ink, faint=True)
        yield Curve(sound.name, loudness_points(sound), ink)


def _table(sounds: Sequence[MeasuredSound]) -> Markup:
    columns = [Column("Figure"), *(Column(sound.name.capitalize(), numeric=True) for sound in sounds)]
    return components.table(columns, (_row(row) for row in rows(sounds)), compact=True)


def _range_note(sounds: Sequence[MeasuredSound]) -> Markup | None:
    if not range_is_unstable(sounds):
        return None
    return components.notice("attention", f"{RANGE_NOTE[0].upper()}{RANGE_NOTE[1:]}.")


def _row(row: MeterRow) -> tuple[Child, ...]:
    name = joined(row.name.capitalize(), element("span", row.unit, class_="quiet"))
    return name, *(_minus(text) for text in row.texts)


def _minus(text: str) -> str:
    """A number with the sign that typesetting has for it."""
    return text.replace("-", "−")
