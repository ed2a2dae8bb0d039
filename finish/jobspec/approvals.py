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
from finish.model import Approval, Settings, Stage
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

    @property
    def file(self) -> str:
        """The name of the file."""
        return self.tree.origin.file

    def preset(self, name: str, report: Report) -> LoadedPreset | None:
        """The recorded preset; None if it is the same as the packaged one, or can't be read."""
        text = self.document.presets.get(name)
        if text is None or (name in resources.names("presets") and text == packaged_preset(name).text):
            return None
        origin = Origin(f"{self.file}: presets.{name}", self.tree.origin.folder)
        loaded = parsed_preset(name, text.encode(), origin, report)
        return replace(loaded, recorded=True) if loaded else None

    @property
    def changed_styles(self) -> dict[str, bytes]:
        """The text of each recorded caption style that is packaged otherwise now, by name."""
        packaged = resources.names("styles")
        return {
            name: text.encode()
            for name, text in self.document.styles.items()
            if name not in packaged or resources.entry("styles", name).read_text() != text
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
            if path in current and plain(node) != current[path]
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
            if self._is_kept(node):
                yield f"{prefix}.{key}"
            else:
                yield from self.paths_in(node, f"{prefix}.{key}")
        for item in tree.value if isinstance(tree.value, tuple) else ():
            yield from self.paths_in(item, prefix)

    def _is_kept(self, node: Node) -> bool:
        return bool(self.file) and node.origin.file == self.file


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
