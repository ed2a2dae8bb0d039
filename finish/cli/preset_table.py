"""What `finish presets` prints: every destination in a row, or one of them with each number's reason. Text only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from finish import resources
from finish.jobspec.presets import LoadedPreset, outdated, packaged_preset
from finish.model import DeliveryLimits, Rates, SafeZone
from finish.stages.sound.sound_settings import SoundSettings
from finish.units import number

_HEAD: Final = ("name", "frame", "fps", "codecs", "Mbit/s", "LUFS", "length", "safe zone", "checked")
# From how many seconds on a length is told in which unit, and how many seconds that has.
_LONG: Final = ((3600, "h", 3600), (300, "min", 60))


def packaged() -> tuple[LoadedPreset, ...]:
    """Every destination that comes with the package, by name."""
    return tuple(packaged_preset(name) for name in resources.names("presets"))


def listing(shelves: Sequence[LoadedPreset], today: date) -> tuple[str, ...]:
    """One aligned line for each destination below a line of headings, then a warning for each that is old on that day.

    Mbit/s is the picture's ceiling, the safe zone is in pixels of the frame: top, bottom, left, right.
    """
    rows = [_HEAD, *map(_row, shelves)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return (
        *lines,
        *(f"note: {old}" for old in outdated({each.name: each.preset for each in shelves}, today)),
    )


def details(shelf: LoadedPreset, today: date) -> tuple[str, ...]:
    """One destination: its row, and its file with the reason and the source of each number."""
    return (*listing([shelf], today), "", *shelf.text.splitlines())


def _row(shelf: LoadedPreset) -> tuple[str, ...]:
    made = shelf.delivery
    rate = f"{float(made.picture.kbits(made.frame, made.rates.otherwise)) / 1000:.0f}"
    codecs = f"{made.picture.title} + {made.sound.title}"
    return (
        shelf.name,
        str(made.frame),
        _rates(made.rates),
        codecs,
        rate,
        _loudness(shelf),
        _length(made.limits),
        _safe(made.safe),
        str(shelf.preset.checked),
    )


def _rates(rates: Rates) -> str:
    low, high = (f"{float(rate):.5g}" for rate in (rates.low, rates.high))
    return low if low == high else f"{low}–{high}"


def _loudness(shelf: LoadedPreset) -> str:
    settings = SoundSettings.model_validate(shelf.preset.defaults.get("sound", {}))
    return "as it is" if settings.target == "none" else number(settings.aim.lufs)


def _length(limits: DeliveryLimits) -> str:
    low, high = limits.seconds_min, limits.seconds_max
    if high is None:
        return f"≥ {_told(low)}" if low else "any"
    return f"{_told(low)} – {_told(high)}" if low else f"≤ {_told(high)}"


def _told(seconds: Fraction) -> str:
    for least, unit, length in _LONG:
        if seconds >= least:
            return f"{number(seconds / length)} {unit}"
    return f"{number(seconds)} s"


def _safe(safe: SafeZone) -> str:
    return f"{safe.top} {safe.bottom} {safe.left} {safe.right}"
