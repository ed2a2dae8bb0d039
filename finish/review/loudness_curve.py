"""How loud a sound is from moment to moment, as a picture (SVG) and as numbers: before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import Final

from finish.analysis.loudness import LoudnessFacts
from finish.checks.dialogue_level import DialogueFacts
from finish.units import clock

_WIDE, _HIGH = 1120, 460  # px
_LEFT, _TOP, _RIGHT, _BOTTOM = 64, 56, 16, 64
_LOUDEST, _QUIETEST = 0.0, -60.0  # LUFS and dBTP: what the scale reaches
_LINES: Final = tuple(range(0, -61, -10))
_INKS: Final = ("#8a8f98", "#1463c8")  # before, after
_TARGET: Final = "#b3261e"
_TICKS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800)  # s between marks
_MARKS: Final = 12  # of them at most


@dataclass(frozen=True)
class MeasuredSound:
    """One sound by its name: what the meter says, with its course, and what is said of its speech."""

    name: str
    facts: LoudnessFacts
    dialogue: DialogueFacts | None = None


@dataclass(frozen=True)
class LoudnessAims:
    """What the destination asks: loudness (LUFS) and ceiling (dBTP)."""

    lufs: float
    ceiling: float


def table(heard: Sequence[MeasuredSound]) -> Iterator[str]:
    """The numbers, a line each: EBU Mode's (Tech 3341), peaks, channels and speech."""
    rows = (
        ("integrated", "LUFS", [each.facts.integrated for each in heard]),
        ("range", "LU", [each.facts.range for each in heard]),
        ("short-term, max", "LUFS", [each.facts.short_term for each in heard]),
        ("momentary, max", "LUFS", [each.facts.momentary for each in heard]),
        ("true peak", "dBTP", [each.facts.true_peak for each in heard]),
        (
            "dialogue (estimate)",
            "LUFS",
            [each.dialogue.dialogue if each.dialogue else None for each in heard],
        ),
        ("share of speech", "%", [each.dialogue.share * 100 if each.dialogue else None for each in heard]),
        ("left over right", "dB", [each.facts.balance for each in heard]),
        ("heard as one", "dB", [None if each.facts.balance is None else each.facts.fold for each in heard]),
        ("length", "s", [each.facts.seconds for each in heard]),
    )
    if len(heard) > 1:
        yield f"{'':<20}" + "".join(f"{each.name:>10}" for each in heard)
    for what, unit, values in rows:
        yield f"{what:<20}" + "".join(f"{_shown(value):>10}" for value in values) + f" {unit}"
    if any(each.facts.seconds < 60 for each in heard):
        yield "range is not stable below 60 s (EBU Tech 3342)"


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{round(value, 1) + 0.0:.1f}"  # no minus before nothing


def picture(title: str, heard: Sequence[MeasuredSound], aims: LoudnessAims | None) -> str:
    """The course of one or two sounds as SVG: short-term loudness as lines, true peaks as faint ones; what is asked dashed."""
    seconds = max(each.facts.seconds for each in heard) or 1.0
    frame = _Frame(seconds)
    parts = [
        *_scale(frame),
        *(
            part
            for each, ink in zip(heard, _INKS[-len(heard) :], strict=True)
            for part in _drawn(frame, each, ink)
        ),
    ]
    if aims:
        parts += [
            _level(frame, aims.lufs, f"{aims.lufs:g} LUFS"),
            _level(frame, aims.ceiling, f"{aims.ceiling:g} dBTP"),
        ]
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" font-family="Noto Sans, sans-serif" font-size="13">',
            f'<rect width="{_WIDE}" height="{_HIGH}" fill="#fff"/>',
            f'<text x="{_LEFT}" y="24" font-size="17" font-weight="600">{escape(title)}</text>',
            *_legend(heard),
            *parts,
            "</svg>",
            "",
        )
    )


@dataclass(frozen=True)
class _Frame:
    """Where seconds and decibels stand on the picture."""

    seconds: float

    def x(self, time: float) -> float:
        return round(_LEFT + time / self.seconds * (_WIDE - _LEFT - _RIGHT), 1)

    def y(self, level: float) -> float:
        share = (_LOUDEST - min(max(level, _QUIETEST), _LOUDEST)) / (_LOUDEST - _QUIETEST)
        return round(_TOP + share * (_HIGH - _TOP - _BOTTOM), 1)


def _scale(frame: _Frame) -> Iterator[str]:
    for level in _LINES:
        y = frame.y(level)
        yield f'<path d="M{_LEFT} {y}H{_WIDE - _RIGHT}" stroke="#e3e5e8"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end" fill="#5c5c5c">{level}</text>'
    step = next((each for each in _TICKS if frame.seconds / each <= _MARKS), 3600)
    for number in range(int(frame.seconds / step) + 1):
        told = clock(Fraction(number * step)).removesuffix(".00")
        yield f'<text x="{frame.x(number * step)}" y="{_HIGH - _BOTTOM + 20}" text-anchor="middle" fill="#5c5c5c">{told}</text>'
    told = "short-term loudness, LUFS (3 s to the moment shown); faint: true peak, dBTP"
    yield f'<text x="{_LEFT}" y="{_HIGH - 14}" fill="#5c5c5c">{told}</text>'


def _drawn(frame: _Frame, heard: MeasuredSound, ink: str) -> Iterator[str]:
    course = heard.facts.course
    assert course is not None
    peaks = [(number / 10 + 0.05, level) for number, level in enumerate(course.peaks)]
    shown = [((number + 1) / 10, level) for number, level in enumerate(course.short_term) if level > -200]
    yield _line(frame, peaks, f'stroke="{ink}" stroke-opacity=".35" stroke-width="1"')
    yield _line(frame, shown, f'stroke="{ink}" stroke-width="2.5"')


def _line(frame: _Frame, points: Sequence[tuple[float, float]], how: str) -> str:
    path = "L".join(f"{frame.x(time)} {frame.y(level)}" for time, level in points)
    return f'<path d="M{path}" fill="none" stroke-linejoin="round" {how}/>' if path else ""


def _level(frame: _Frame, level: float, told: str) -> str:
    y = frame.y(level)
    return (
        f'<path d="M{_LEFT} {y}H{_WIDE - _RIGHT}" stroke="{_TARGET}" stroke-dasharray="6 4"/>'
        f'<text x="{_WIDE - _RIGHT - 4}" y="{y - 5}" text-anchor="end" fill="{_TARGET}">{told}</text>'
    )


def _legend(heard: Sequence[MeasuredSound]) -> Iterator[str]:
    for number, (each, ink) in enumerate(zip(heard, _INKS[-len(heard) :], strict=True)):
        lufs = "silent" if each.facts.integrated is None else f"{each.facts.integrated:.1f} LUFS"
        x = _LEFT + number * 300
        yield f'<path d="M{x} 40h24" stroke="{ink}" stroke-width="3"/>'
        yield f'<text x="{x + 30}" y="44" fill="{ink}">{escape(each.name)}: {lufs}, {each.facts.true_peak:.1f} dBTP</text>'
