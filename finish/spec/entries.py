"""One deliverable of a job: its layers merged and checked, its delivery fixed, its name given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, create_model

from finish.model import Deliverable, Settings, Stage
from finish.spec import names, presets
from finish.spec.check import checked, checked_layer
from finish.spec.encode import Encode, change, delivery
from finish.spec.library import Shelves
from finish.spec.presets import Shelved, shelved
from finish.spec.report import Report, choices
from finish.spec.tree import Node, Origin, layered


class Entry(Settings):
    """One file to be made."""

    name: Annotated[str, AfterValidator(names.template)] = Field(description="file name; takes {clip}, {preset} and {aspect}")
    preset: Annotated[str, AfterValidator(presets.known)] = Field(description="the destination")
    encode: Any = None


@cache
def opened(base: type[Settings], sections: tuple[str, ...]) -> type[BaseModel]:
    """`base` with a key for every section, whose content is checked once its layers are merged."""
    fields: dict[str, Any] = dict.fromkeys(sections, (Any, None))
    return create_model(base.__name__, __base__=base, __doc__=base.__doc__, **fields)


@dataclass(frozen=True)
class Made:
    """One deliverable with the trees that it was made of, by section ("delivery" is one)."""

    deliverable: Deliverable
    trees: Mapping[str, Node]
    shelf: Shelved


@dataclass(frozen=True)
class Desk:
    """What every deliverable of one job is made with; `layers` are the job's and its brand's trees, the first outranks the next."""

    stages: tuple[Stage, ...]
    library: Shelves
    report: Report
    layers: tuple[Node | None, ...]
    source: Path | None = None
    taken: dict[str, Origin] = field(default_factory=dict)

    def check_layers(self) -> None:
        """Mistakes in what the job and its brand say, even where every deliverable says something else."""
        models: dict[str, type[Settings]] = {**{stage.name: stage.Settings for stage in self.stages}, "encode": Encode}
        for layer in self.layers:
            for name, model in models.items():
                if layer and (node := layer.at(name)) and node.value is not None:
                    checked_layer(model, node, self.report, self.library)

    def made(self, entry: Node, clip: str) -> Made | None:
        """One deliverable; None when it has a mistake."""
        checked(opened(Entry, tuple(stage.name for stage in self.stages)), entry, self.report)
        preset = entry.at("preset")
        shelf = _shelf(preset)
        trees = {stage.name: self._section(stage, entry, shelf) for stage in self.stages}
        settings = {stage.name: self._settings(stage, trees[stage.name]) for stage in self.stages}
        asked = change([layer.at("encode") for layer in (entry, self.layers[0]) if layer], self.report, entry.origin)
        fixed = None
        if shelf and preset and asked:
            self._refuse_unknown_defaults(shelf)
            fixed, trees["delivery"] = delivery(shelf, asked, preset, self.report)
        name = self._name(entry, names.fields(clip, shelf.name if shelf else "", fixed))
        if shelf is None or fixed is None or self.source is None:
            return None
        whole = {key: value for key, value in settings.items() if value is not None}
        return Made(Deliverable(name, self.source, fixed, whole, entry.origin.place), trees, shelf)

    def _section(self, stage: Stage, entry: Node, shelf: Shelved | None) -> Node:
        defaults = shelf.tree.at("defaults") if shelf else None
        merged = layered([layer.at(stage.name) for layer in (entry, *self.layers, defaults) if layer])
        return merged or Node({}, entry.origin.under(stage.name))

    def _settings(self, stage: Stage, tree: Node) -> Settings | None:
        unset = tree.value is None  # a null in the section's place: all of it is default
        return checked(stage.Settings, Node({}, tree.origin) if unset else tree, self.report, self.library)

    def _refuse_unknown_defaults(self, shelf: Shelved) -> None:
        known = [stage.name for stage in self.stages]
        defaults = shelf.tree.at("defaults")
        for key, node in (defaults.entries if defaults else {}).items():
            if key not in known:
                self.report.add(node.key or node.origin, "unknown key", choices(key, known))

    def _name(self, entry: Node, fields: Mapping[str, str]) -> str:
        """The deliverable's name with its fields filled in, "" when it has none; one that is taken is a mistake."""
        node = entry.at("name")
        if node is None or not isinstance(node.value, str) or not names.complete(node.value, fields):
            return ""
        try:
            name = names.filled(node.value, fields)
        except ValueError as wrong:
            self.report.add(node.origin, str(wrong))
            return ""
        first = self.taken.setdefault(name.casefold(), entry.origin)
        if first is not entry.origin:
            message = f'"{name}" is also the name of {first.path} ({first.place})'
            self.report.add(node.origin, message, "names must differ by more than case")
        return name


def _shelf(preset: Node | None) -> Shelved | None:
    try:
        return shelved(str(preset.value)) if preset else None
    except KeyError:
        return None
