"""The packaged destinations: one YAML each, with its date and sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Final

from finish import resources
from finish.jobspec.mistakes import Report, choices
from finish.jobspec.spec_tree import Node, Origin, printable
from finish.jobspec.validation import validated
from finish.jobspec.yaml_parser import parse
from finish.model import Delivery, Preset

# Platforms change their tables several times a year: after one year, a number is more likely wrong than right
# (house policy).
OLD_DAYS: Final = 365


@dataclass(frozen=True)
class LoadedPreset:
    """A preset, its file's text and tree. `label` is its name in explanations."""

    name: str
    preset: Preset
    text: str = field(repr=False)
    tree: Node = field(repr=False)
    recorded: bool = False  # whether an approval holds it, and this version of finish has another

    @property
    def label(self) -> str:
        return f"preset {self.name} ({self.preset.checked}{', as approved' * self.recorded})"

    @property
    def delivery(self) -> Delivery:
        """The delivery, if a job changes nothing of it."""
        return Delivery.model_validate(
            {**self.preset.delivery, "limits": self.preset.limits, "preset": self.name}
        )


@cache
def packaged_preset(name: str) -> LoadedPreset:
    """The packaged preset of a name; KeyError if there is none, FinishError if its file isn't valid."""
    path = resources.entry("presets", name)
    origin = Origin(f"presets/{name}.yaml", path.parent)
    report = Report(origin.file)
    loaded = parsed_preset(name, path.read_bytes(), origin, report)
    report.settle()
    assert loaded is not None
    return loaded


def parsed_preset(name: str, data: bytes, origin: Origin, report: Report) -> LoadedPreset | None:
    """The preset in a file's text; None if it isn't valid, and then every mistake is in `report`."""
    tree = parse(data, origin, report)
    preset = validated(Preset, tree, report, strict=False) if tree else None
    return LoadedPreset(name, preset, data.decode(), tree) if tree and preset else None


def known_preset(name: str) -> str:
    """`name`, unchanged, if a preset has it; ValueError with the near misses otherwise."""
    names = resources.names("presets")
    if name not in names:
        raise ValueError(f'unknown preset "{printable(name)}" — {choices(name, names)}')
    return name


def outdated(presets: Mapping[str, Preset], today: date) -> tuple[str, ...]:
    """A warning for each preset that was last checked more than a year before `today`."""
    ages = {name: (preset, (today - preset.checked).days) for name, preset in presets.items()}
    return tuple(
        f"preset {name} was last checked on {preset.checked}, {days} days ago — compare it with its sources"
        for name, (preset, days) in ages.items()
        if days > OLD_DAYS
    )
