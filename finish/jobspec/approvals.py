"""The approval of a job: what it was first published with replaces what this version of finish contains.

The file `job.approved.yaml` comes with the job folder, so it is not trusted: it is read by the rules of
a job spec, and every preset and default in it is validated as if the job had stated it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePath
from typing import Final

from finish import resources
from finish.jobspec.asset_library import Files
from finish.jobspec.mistakes import Report
from finish.jobspec.presets import LoadedPreset, packaged_preset, parsed_preset
from finish.jobspec.setting_defaults import setting_defaults, with_defaults
from finish.jobspec.spec_tree import Node, Origin, plain
from finish.jobspec.validation import validated
from finish.jobspec.yaml_parser import parse
from finish.model import Approval, Preset, Settings, Stage
from finish.model.approval import APPROVAL_VERSION

SUFFIX: Final = ".approved.yaml"


def approval_name(job_file: str) -> str:
    """The name of the approval of a job file: `job.approved.yaml` of `job.yaml`."""
    return f"{PurePath(job_file).stem}{SUFFIX}"


@dataclass(frozen=True)
class KeptApproval:
    """An approval as it was read: the document, and the tree of it, which knows its lines."""

    document: Approval
    tree: Node = field(repr=False)
    presets: dict[str, LoadedPreset | None] = field(default_factory=dict, compare=False, repr=False)

    @property
    def file(self) -> str:
        """The name of the file."""
        return self.tree.origin.file

    def preset(self, name: str, report: Report) -> LoadedPreset | None:
        """The recorded preset; None if it is the same as the packaged one, or can't be read."""
        if name not in self.presets:
            self.presets[name] = self._preset(name, report)
        return self.presets[name]

    def _preset(self, name: str, report: Report) -> LoadedPreset | None:
        text = self.document.presets.get(name)
        packaged = packaged_preset(name) if name in resources.names("presets") else None
        if text is None or (packaged and text == packaged.text):
            return None
        origin = Origin(f"{self.file}: presets.{name}", self.tree.origin.folder)
        loaded = parsed_preset(name, text.encode(), origin, report)
        if loaded is None or (packaged and _numbers(loaded.preset) == _numbers(packaged.preset)):
            return None
        return replace(loaded, recorded=True)

    @property
    def changed_designs(self) -> dict[tuple[str, str], bytes]:
        """The text of each recorded design that is packaged otherwise now, by kind and name."""
        return {
            (kind, name): text.encode()
            for kind, texts in (("styles", self.document.styles), ("titles", self.document.titles))
            for name, text in texts.items()
            if name not in resources.names(kind)
            or not _states_the_same(resources.entry(kind, name).read_text(), text)
        }

    @cached_property
    def _recorded(self) -> Mapping[str, Node]:
        recorded = self.tree.at("defaults")
        return recorded.entries if recorded else {}

    def defaults(self, stages: Sequence[Stage]) -> ApprovedDefaults:
        """The recorded defaults of settings that have another default now."""
        current = setting_defaults(stages)
        changed = {
            path: node
            for path, node in self._recorded.items()
            if path in current and node.value is not None and plain(node) != current[path]
        }
        return ApprovedDefaults(self.file, changed)


@dataclass(frozen=True)
class ApprovedDefaults:
    """The recorded defaults that differ from the present ones, as the resolver fills them in."""

    file: str = ""
    nodes: Mapping[str, Node] = field(default_factory=dict)

    def filled(self, tree: Node, model: type[Settings], section: str) -> Node:
        """The tree of a section with these defaults where it states nothing."""
        return with_defaults(tree, model, section, self.nodes)

    def without(self, tree: Node) -> Node:
        """A tree without what was filled in: what people stated."""
        if isinstance(tree.value, tuple):
            return replace(tree, value=tuple(map(self.without, tree.value)))
        stated = {key: self.without(node) for key, node in tree.entries.items() if not self._is_kept(node)}
        return replace(tree, value=stated) if isinstance(tree.value, Mapping) else tree

    def paths_in(self, tree: Node, prefix: str) -> Iterator[str]:
        """The paths of the settings in a tree that these defaults filled in."""
        for key, node in tree.entries.items():
            if self._is_kept(node) and not node.entries:
                yield f"{prefix}.{key}"
            else:
                yield from self.paths_in(node, f"{prefix}.{key}")
        for item in tree.value if isinstance(tree.value, tuple) else ():
            yield from self.paths_in(item, prefix)

    def _is_kept(self, node: Node) -> bool:
        return bool(self.file) and node.origin.file == self.file


def _numbers(preset: Preset) -> tuple[object, ...]:
    """What a preset states, without its title, its sources and when they were checked."""
    return preset.delivery, preset.defaults, preset.limits


def _states_the_same(text: str, other: str) -> bool:
    """Whether two YAML texts state the same, whatever their comments say."""
    if text == other:
        return True
    origin, report = Origin("style.yaml", resources.PACKAGE), Report("style.yaml")
    first, second = (parse(words.encode(), origin, report) for words in (text, other))
    return first is not None and second is not None and plain(first) == plain(second)


def read_approval(files: Files, job_file: str, report: Report) -> KeptApproval | None:
    """The approval beside a job file; None if there is none, or if it has a mistake (see `report`)."""
    name = approval_name(job_file)
    try:
        if not files.has(name, files.root):
            return None
        data = files.document(name, files.root).data
    except ValueError as error:
        report.add(Origin(name, files.root), str(error))
        return None
    if not data.strip():
        report.add(Origin(name, files.root), "the file is empty", "delete it")
        return None
    tree = parse(data, Origin(name, files.root), report)
    if tree is None or _is_later(tree, report):
        return None
    document = validated(Approval, tree, report)
    return KeptApproval(document, tree) if document is not None else None


def _is_later(tree: Node, report: Report) -> bool:
    """Whether a later version of finish wrote the file, which is then a mistake in `report`."""
    version = tree.at("version")
    if version is None or not isinstance(version.value, int) or version.value <= APPROVAL_VERSION:
        return False
    report.add(
        version.origin, "a later version of finish wrote this file", "upgrade finish, or delete the file"
    )
    return True
