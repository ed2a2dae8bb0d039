"""A job without a job file: one clip, some destinations, a few settings; and its text as a job file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from finish.jobspec.asset_library import Files
from finish.jobspec.job_loader import LoadedJob, assemble
from finish.jobspec.mistakes import Report
from finish.jobspec.spec_tree import Node, Origin, tree_of
from finish.model import Settings, Stage

STATED: Final = "command line"
NAME: Final = "{clip}-{preset}"
Sections = Mapping[str, Mapping[str, Any] | Settings]  # by the stages' names


@dataclass(frozen=True)
class Quick:
    """`finish run clip.mp4 --for tiktok --look warm`: a clip, its destinations, and settings by section.

    `stated_by` is the origin that errors name.
    """

    clip: str
    presets: tuple[str, ...]
    sections: Sections = field(default_factory=dict)
    job: str = ""
    accept: tuple[str, ...] = ()
    stated_by: str = STATED

    def document(self) -> dict[str, Any]:
        """The content of the job file."""
        head: dict[str, Any] = {"job": self.job} if self.job else {}
        sections = {name: values for name, values in plain_sections(self.sections).items() if values}
        return {
            **head,
            "source": self.clip,
            **sections,
            **({"accept": list(self.accept)} if self.accept else {}),
            "deliverables": [{"name": NAME, "preset": preset} for preset in self.presets],
        }

    def tree(self, base: Path) -> Node:
        """The same as a tree. Sections that are settings keep them, so that they aren't validated again."""
        tree = tree_of(self.document(), Origin(self.stated_by, base))
        entries = {
            name: replace(node, validated=settings)
            if isinstance(settings := self.sections.get(name), Settings)
            else node
            for name, node in tree.entries.items()
        }
        return replace(tree, value=entries)

    def written(self) -> str:
        """The text of the job file, for people to edit. Its paths must be valid where it is saved."""
        document = CommentedMap(self.document())
        for key, value in self.document().items():
            if isinstance(value, dict):
                document[key] = _on_one_line(value)
        document["deliverables"] = [_on_one_line(entry) for entry in document["deliverables"]]
        document.yaml_set_comment_before_after_key("deliverables", before=_COMMENT)
        text = StringIO()
        yaml = YAML()
        yaml.width = 4096  # a wrapped line would be valid, but hard to edit
        yaml.indent(mapping=2, sequence=4, offset=2)
        yaml.dump(document, text)
        return text.getvalue()


_COMMENT: Final = "a deliverable can have any of these sections, too: it outranks the job's"


def quick(
    ask: Quick, base: Path, folder: Path, stages: Sequence[Stage], open_folder: Callable[[Path], Files]
) -> LoadedJob:
    """The job in `ask`. Its paths are relative to `base`, and can lead anywhere; files go to `folder`.

    FinishError with every mistake, the same as for a job file.
    """
    files = open_folder(Path(base.anchor))
    return assemble(ask.tree(base), stages, files, Report(ask.stated_by), folder)


def plain_sections(sections: Sections) -> dict[str, dict[str, Any]]:
    """The values that sections state, as a job file has them."""
    return {
        name: section.model_dump(exclude_unset=True, by_alias=True)
        if isinstance(section, Settings)
        else dict(section)
        for name, section in sections.items()
    }


def _on_one_line(value: Mapping[str, Any]) -> CommentedMap:
    plain = {key: list(inner) if isinstance(inner, tuple) else inner for key, inner in value.items()}
    mapping = CommentedMap(plain)
    mapping.fa.set_flow_style()
    return mapping
