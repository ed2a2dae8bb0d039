"""Every effective value of a deliverable, with where it came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from finish.jobspec.asset_library import AssetLibrary
from finish.jobspec.model_shape import written_fields
from finish.jobspec.spec_tree import Node, Origin, plain, spelled
from finish.model import Document


@dataclass(frozen=True)
class SettingOrigin:
    """One setting: its path of keys, its value as a job file would say it, and who said so.

    `origin` is `job.yaml:12`, `brand/brand.yaml:3`, `preset tiktok (2026-11-22)` or `default`.
    """

    key: str
    value: str
    origin: str


@dataclass(frozen=True)
class OriginLabels:
    """In which words: `labels` are what whole files are called in an origin, `library` is how paths were read."""

    labels: Mapping[str, str]
    library: AssetLibrary


def rows(model: BaseModel, tree: Node, prefix: str, telling: OriginLabels) -> Iterator[SettingOrigin]:
    """Every leaf of `model`, which was made of `tree`."""
    shown = model.model_dump(mode="json", by_alias=True)
    for written, (name, field) in written_fields(type(model)).items():
        value, node = getattr(model, name), _beneath(tree, written)
        key = f"{prefix}.{written}"
        if isinstance(value, BaseModel):
            yield from rows(value, node or Node({}, tree.origin), key, telling)
        else:
            stated = plain(node) if node and node.value is not None else field.default
            said = _read(stated, telling.library) if _holds_document(value) else shown[written]
            yield SettingOrigin(key, spelled(said), _said(node, telling.labels))


def _beneath(tree: Node, name: str) -> Node | None:
    """What stands under a key; a null stands for all that would be under it."""
    return tree if tree.value is None else tree.entries.get(name)


def _said(node: Node | None, labels: Mapping[str, str]) -> str:
    if node is None:
        return "default"
    place = _place(node.origin, labels)
    return f"default (unset at {place})" if node.value is None else place


def _place(origin: Origin, labels: Mapping[str, str]) -> str:
    return labels.get(origin.file, origin.place)


def _read(stated: Any, library: AssetLibrary) -> Any:
    """Paths as they were read: their fields filled in."""
    if isinstance(stated, list | tuple):
        return [_read(each, library) for each in stated]
    return library.filled(stated) if isinstance(stated, str) else stated


def _holds_document(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(_holds_document(each) for each in value)
    return isinstance(value, Document)
