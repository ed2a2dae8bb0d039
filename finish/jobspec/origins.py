"""Every effective value of a deliverable, with its origin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from finish.jobspec.asset_library import AssetLibrary
from finish.jobspec.model_shape import written_fields
from finish.jobspec.spec_tree import Node, Origin, plain, spelled
from finish.jobspec.stated_edit import StatedEdit
from finish.model import Document, Edit


@dataclass(frozen=True)
class SettingOrigin:
    """One setting: its path of keys, its value as in a job file, and its origin.

    `origin` is `job.yaml:12`, `brand/brand.yaml:3`, `preset tiktok (2026-11-22)` or `default`.
    """

    key: str
    value: str
    origin: str


@dataclass(frozen=True)
class OriginLabels:
    """How origins are worded: `labels` are the names of files, `library` fills in the fields of paths."""

    labels: Mapping[str, str]
    library: AssetLibrary


def rows(model: BaseModel, tree: Node, prefix: str, labels: OriginLabels) -> Iterator[SettingOrigin]:
    """Every leaf of `model`, which was made from `tree`."""
    dumped = model.model_dump(mode="json", by_alias=True)
    for written, (name, field) in written_fields(type(model)).items():
        value, node = getattr(model, name), _beneath(tree, written)
        key = f"{prefix}.{written}"
        if isinstance(value, BaseModel):
            yield from rows(value, node or Node({}, tree.origin), key, labels)
        else:
            stated = plain(node) if node and node.value is not None else field.default
            effective = _filled(stated, labels.library) if _has_document(value) else dumped[written]
            yield SettingOrigin(key, spelled(effective), _origin_text(node, labels.labels))


def segment_rows(stated: StatedEdit, edit: Edit, labels: OriginLabels) -> Iterator[SettingOrigin]:
    """Every value that a job states of the segments of an edit. All other settings of a segment are those of
    its deliverable."""
    names = {segment.name for segment in (*edit.segments, *edit.over)}
    for track, segments in (("timeline", stated.segments), ("over", stated.over)):
        for one in segments:
            if one.segment.name in names:
                yield from _leaves(one.source.node, f"{track}.{one.segment.name}", labels.labels)


def _leaves(node: Node, prefix: str, labels: Mapping[str, str]) -> Iterator[SettingOrigin]:
    for key, inner in node.entries.items():
        if inner.entries:
            yield from _leaves(inner, f"{prefix}.{key}", labels)
        else:
            yield SettingOrigin(f"{prefix}.{key}", spelled(plain(inner)), _place(inner.origin, labels))


def _beneath(tree: Node, name: str) -> Node | None:
    """The node under a key; a null counts for all keys under it."""
    return tree if tree.value is None else tree.entries.get(name)


def _origin_text(node: Node | None, labels: Mapping[str, str]) -> str:
    if node is None:
        return "default"
    place = _place(node.origin, labels)
    return f"default (unset at {place})" if node.value is None else place


def _place(origin: Origin, labels: Mapping[str, str]) -> str:
    return labels.get(origin.file, origin.place)


def _filled(stated: Any, library: AssetLibrary) -> Any:
    """Paths with their fields filled in."""
    if isinstance(stated, list | tuple):
        return [_filled(path, library) for path in stated]
    return library.filled(stated) if isinstance(stated, str) else stated


def _has_document(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(_has_document(item) for item in value)
    return isinstance(value, Document)
