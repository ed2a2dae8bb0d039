"""The loudness of one or two sounds over time: scales and points, and a stand-alone SVG picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import Final

from finish.analysis.loudness import LoudnessCurve
from finish.review.loudness_table import LoudnessAims, MeasuredSound, NamedSpan
from finish.units import clock

LOUDEST, QUIETEST = 0.0, -60.0  # LUFS and dBTP: the ends of the scale
LEVELS: Final = tuple(range(0, -61, -10))
NOTE: Final = "short-term loudness, LUFS (the last 3 s); faint: true peak, dBTP"
_WIDE, _HIGH = 1120, 460  # px
_LEFT, _TOP, _RIGHT, _BOTTOM = 64, 56, 16, 64
_INKS: Final = ("#8a8f98", "#1463c8")  # before, after
_TARGET: Final = "#b3261e"
_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800)  # s between marks
_MAX_MARKS: Final = 12
_LETTER: Final = 8  # px: a wide letter of 13 px
_SILENT: Final = -200  # LUFS: below it nothing is drawn
Points = list[tuple[float, float]]  # time (s), level (LUFS or dBTP)


def length(sounds: Sequence[MeasuredSound]) -> float:
    """The length (s) of the time scale: that of the longest sound, never 0."""
    return max(sound.facts.seconds for sound in sounds) or 1.0


def time_marks(seconds: float) -> list[tuple[float, str]]:
    """Round times (s) on the time scale, with their labels."""
    step = next((step for step in _STEPS if seconds / step <= _MAX_MARKS), 3600)
    times = [number * step for number in range(int(seconds / step) + 1)]
    return [(time, clock(Fraction(time)).removesuffix(".00")) for time in times]


def loudness_points(sound: MeasuredSound) -> Points:
    """Short-term loudness (LUFS), each value at the end of its 3 s."""
    curve = _curve(sound)
    return [((number + 1) / 10, level) for number, level in enumerate(curve.short_term) if level > _SILENT]


def peak_points(sound: MeasuredSound) -> Points:
    """True peaks (dBTP), each in the middle of its 0.1 s."""
    return [(number / 10 + 0.05, level) for number, level in enumerate(_curve(sound).peaks)]


def _curve(sound: MeasuredSound) -> LoudnessCurve:
    assert sound.facts.course is not None
    return sound.facts.course


def picture(title: str, sounds: Sequence[MeasuredSound], aims: LoudnessAims | None) -> str:
    """The curves of one or two sounds as SVG.

    Short-term loudness as lines, true peaks faint, targets dashed.
    """
    area = _PlotArea(length(sounds))
    inks = _INKS[-len(sounds) :]
    curves = [line for sound, ink in zip(sounds, inks, strict=True) for line in _curves(area, sound, ink)]
    targets = (
        [
            _target(area, aims.lufs, f"{aims.lufs:g} LUFS"),
            _target(area, aims.ceiling, f"{aims.ceiling:g} dBTP"),
        ]
        if aims
        else []
    )
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" '
            f'font-family="Noto Sans, sans-serif" font-size="13">',
            f'<rect width="{_WIDE}" height="{_HIGH}" fill="#fff"/>',
            f'<text x="{_LEFT}" y="24" font-size="17" font-weight="600">{escape(title)}</text>',
            *_legend(sounds),
            *_scales(area),
            *_segments(area, sounds[-1].segments),
            *curves,
            *targets,
            "</svg>",
            "",
        )
    )


@dataclass(frozen=True)
class _PlotArea:
    """The places of seconds and decibels on the picture."""

    seconds: float

    def x(self, time: float) -> float:
        return round(_LEFT + time / self.seconds * (_WIDE - _LEFT - _RIGHT), 1)

    def y(self, level: float) -> float:
        share = (LOUDEST - min(max(level, QUIETEST), LOUDEST)) / (LOUDEST - QUIETEST)
        return round(_TOP + share * (_HIGH - _TOP - _BOTTOM), 1)


def _scales(area: _PlotArea) -> Iterator[str]:
    for level in LEVELS:
        y = area.y(level)
        yield f'<path d="M{_LEFT} {y}H{_WIDE - _RIGHT}" stroke="#e3e5e8"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end" fill="#5c5c5c">{level}</text>'
    for time, label in time_marks(area.seconds):
        x, y = area.x(time), _HIGH - _BOTTOM + 20
        yield f'<text x="{x}" y="{y}" text-anchor="middle" fill="#5c5c5c">{label}</text>'
    yield f'<text x="{_LEFT}" y="{_HIGH - 14}" fill="#5c5c5c">{NOTE}</text>'


def _segments(area: _PlotArea, segments: Sequence[NamedSpan]) -> Iterator[str]:
    """A line at the start of each segment but the first, and as much of its name as it has room for."""
    bottom = _HIGH - _BOTTOM
    for number, segment in enumerate(segments):
        x, end = area.x(float(segment.span.start)), area.x(float(segment.span.end))
        if number:
            yield f'<path d="M{x} {_TOP}V{bottom}" stroke="#c4c7cc"/>'
        room = int((end - x - 8) / _LETTER)
        name = segment.name if len(segment.name) <= room else f"{segment.name[: room - 1].rstrip()}…"
        if room > 1:
            yield f'<text x="{x + 5}" y="{bottom - 7}" fill="#5c5c5c">{escape(name)}</text>'


def _curves(area: _PlotArea, sound: MeasuredSound, ink: str) -> Iterator[str]:
    yield _line(area, peak_points(sound), f'stroke="{ink}" stroke-opacity=".35" stroke-width="1"')
    yield _line(area, loudness_points(sound), f'stroke="{ink}" stroke-width="2.5"')


def _line(area: _PlotArea, points: Points, stroke: str) -> str:
    path = "L".join(f"{area.x(time)} {area.y(level)}" for time, level in points)
    return f'<path d="M{path}" fill="none" stroke-linejoin="round" {stroke}/>' if path else ""


def _target(area: _PlotArea, level: float, label: str) -> str:
    y = area.y(level)
    return (
        f'<path d="M{_LEFT} {y}H{_WIDE - _RIGHT}" stroke="{_TARGET}" stroke-dasharray="6 4"/>'
        f'<text x="{_WIDE - _RIGHT - 4}" y="{y - 5}" text-anchor="end" fill="{_TARGET}">{label}</text>'
    )


def _legend(sounds: Sequence[MeasuredSound]) -> Iterator[str]:
    for number, (sound, ink) in enumerate(zip(sounds, _INKS[-len(sounds) :], strict=True)):
        facts = sound.facts
        loudness = "silent" if facts.integrated is None else f"{facts.integrated:.1f} LUFS"
        label = f"{escape(sound.name)}: {loudness}, {facts.true_peak:.1f} dBTP"
        x = _LEFT + number * 300
        yield f'<path d="M{x} 40h24" stroke="{ink}" stroke-width="3"/>'
        yield f'<text x="{x + 30}" y="44" fill="{ink}">{label}</text>'
