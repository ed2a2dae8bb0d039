"""The text of `finish presets`: a row for each destination, or one with the reason of each number."""

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

_HEAD: Final = ("name", "frame", "fps", "codecs", "Mbit/s", "LUFS", "length", "safe area", "checked")
# Units of long lengths: the seconds from which they are used, the name, and the seconds in one.
_UNITS: Final = ((3600, "h", 3600), (300, "min", 60))


def packaged() -> tuple[LoadedPreset, ...]:
    """Every packaged destination, in the order of names."""
    return tuple(packaged_preset(name) for name in resources.names("presets"))


def listing(presets: Sequence[LoadedPreset], today: date) -> tuple[str, ...]:
    """An aligned table of destinations with headings, then a warning for each that is outdated on that day.

    Mbit/s is the ceiling of the picture; the safe area is in pixels of the frame: top, bottom, left, right.
    """
    rows = [_HEAD, *map(_row, presets)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    warnings = outdated({preset.name: preset.preset for preset in presets}, today)
    return (*lines, *(f"note: {warning}" for warning in warnings))


def details(preset: LoadedPreset, today: date) -> tuple[str, ...]:
    """One destination: its row, and its file with the reason and the source of each number."""
    return (*listing([preset], today), "", *preset.text.splitlines())


def _row(preset: LoadedPreset) -> tuple[str, ...]:
    delivery = preset.delivery
    rate = f"{float(delivery.picture.kbits(delivery.frame, delivery.rates.otherwise)) / 1000:.0f}"
    codecs = f"{delivery.picture.title} + {delivery.sound.title}"
    return (
        preset.name,
        str(delivery.frame),
        _rates(delivery.rates),
        codecs,
        rate,
        _loudness(preset),
        _length(delivery.limits),
        _safe_area(delivery.safe),
        str(preset.preset.checked),
    )


def _rates(rates: Rates) -> str:
    low, high = (f"{float(rate):.5g}" for rate in (rates.low, rates.high))
    return low if low == high else f"{low}–{high}"


def _loudness(preset: LoadedPreset) -> str:
    settings = SoundSettings.model_validate(preset.preset.defaults.get("sound", {}))
    return "unchanged" if settings.target == "none" else number(settings.aim.lufs)


def _length(limits: DeliveryLimits) -> str:
    low, high = limits.seconds_min, limits.seconds_max
    if high is None:
        return f"≥ {_time(low)}" if low else "any"
    return f"{_time(low)} – {_time(high)}" if low else f"≤ {_time(high)}"


def _time(seconds: Fraction) -> str:
    for least, unit, length in _UNITS:
        if seconds >= least:
            return f"{number(seconds / length)} {unit}"
    return f"{number(seconds)} s"


def _safe_area(safe: SafeZone) -> str:
    return f"{safe.top} {safe.bottom} {safe.left} {safe.right}"
