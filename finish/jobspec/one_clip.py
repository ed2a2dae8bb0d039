"""A job without a job file: one clip, some destinations, a few settings; and the same as a job file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from finish.jobspec.asset_library import Files
from finish.jobspec.job_loader import LoadedJob, assemble
from finish.jobspec.mistakes import Report
from finish.jobspec.spec_tree import Origin, tree_of
from finish.model import Stage

STATED: Final = "command line"
NAME: Final = "{clip}-{preset}"


@dataclass(frozen=True)
class Quick:
    """`finish run clip.mp4 --for tiktok,youtube --look warm`: a clip, its destinations, and settings by section."""

    clip: str
    presets: tuple[str, ...]
    sections: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    job: str = ""
    accept: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """The same in the words of a job file."""
        head: dict[str, Any] = {"job": self.job} if self.job else {}
        sections = {name: dict(settings) for name, settings in self.sections.items() if settings}
        return {
            **head,
            "source": self.clip,
            **sections,
            **({"accept": list(self.accept)} if self.accept else {}),
            "deliverables": [{"name": NAME, "preset": preset} for preset in self.presets],
        }

    def written(self) -> str:
        """The same as a job file, for a person to go on with; paths as they are, so they must hold where it is saved."""
        document = CommentedMap(self.document())
        for key, value in self.document().items():
            if isinstance(value, dict):
                document[key] = _on_one_line(value)
        document["deliverables"] = [_on_one_line(entry) for entry in document["deliverables"]]
        document.yaml_set_comment_before_after_key("deliverables", before=_COMMENT)
        text = StringIO()
        yaml = YAML()
        yaml.width = 4096  # a broken line would be valid, and hard to edit
        yaml.indent(mapping=2, sequence=4, offset=2)
        yaml.dump(document, text)
        return text.getvalue()


_COMMENT: Final = "any section may stand in a deliverable too, and outranks the job's there"


def quick(
    ask: Quick, base: Path, folder: Path, stages: Sequence[Stage], open_folder: Callable[[Path], Files]
) -> LoadedJob:
    """The job that `ask` states: its paths count from `base` and may lead anywhere; deliverables go below `folder`.

    FinishError with every mistake, as for a job file.
    """
    stated = tree_of(ask.document(), Origin(STATED, base))
    return assemble(stated, stages, open_folder(Path(base.anchor)), Report(STATED), folder)


def _on_one_line(value: Mapping[str, Any]) -> CommentedMap:
    mapping = CommentedMap(
        {key: list(each) if isinstance(each, tuple) else each for key, each in value.items()}
    )
    mapping.fa.set_flow_style()
    return mapping
